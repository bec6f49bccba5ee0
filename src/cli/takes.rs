//! `photoplay takes`: more takes of a shot, to choose from.

use std::path::PathBuf;

#[cfg(feature = "ffmpeg")]
use super::Failure;
use super::args::{OutputFormat, TakesArgs};
use super::circle::owner;
use super::{CommandResult, Exit, say};
use crate::project::plan;
use crate::project::script::{self, Script};
use crate::report::OutputStyle;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::progress::{ProgressEvent, TakeToChoose};
use crate::shoot::recipe::KeyedRecipe;
use crate::shoot::retakes::made;
use crate::shoot::vault::payload;

pub(super) fn run(args: &TakesArgs, style: OutputStyle) -> CommandResult {
    let Some(script) = script::read_valid(&args.script, &args.options, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut studio = plan::open(&script, &args.options)?;
    let owner = owner(&script, &studio, &args.shot)?;
    if let Some(most) = args.number {
        let exit = shoot(args, &script, &mut studio, (owner, most), style)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let vault = vault_of(&script.folder);
    let takes = made(&studio.plan.shots[owner], &vault);
    let used = studio.plan.shots[owner].number;
    let film = dailies_of(&script, owner);
    let film = (!takes.is_empty() && film.is_file()).then_some(film);
    say(&match args.format {
        OutputFormat::Json => {
            let file = |(take, pieces): &(u32, Vec<KeyedRecipe>)| {
                let key = pieces.last()?.key();
                let mut files = pieces.iter().map(|piece| payload(&vault, &piece.key()));
                Some(TakeToChoose { take: *take, key, file: files.next()?, more: files.collect() })
            };
            let takes = takes.iter().filter_map(file).collect();
            let shot = script.list.shots[owner].number.clone();
            let event = ProgressEvent::Takes { shot, used, film, takes };
            format!("{}\n", serde_json::to_string(&event).expect("plain data becomes JSON"))
        }
        OutputFormat::Human => human(&script, owner, &takes, used, film),
    });
    Ok(Exit::Done)
}

fn human(
    script: &Script,
    owner: usize,
    takes: &[(u32, Vec<KeyedRecipe>)],
    used: u32,
    film: Option<PathBuf>,
) -> String {
    let shot = &script.list.shots[owner];
    let (path, number) = (script.path.display(), &shot.number);
    let mut text = format!("shot {number}  {}\n", shot.shows);
    for (take, _) in takes {
        let mark = if *take == used { "  used by the film" } else { "" };
        text.push_str(&format!("  take {take}{mark}\n"));
    }
    if let Some(film) = film {
        text.push_str(&format!("`{}` shows them one after the other\n", film.display()));
    }
    text.push_str(&match takes.iter().find(|(take, _)| *take != used) {
        Some((take, _)) => format!("choose one: `photoplay circle {path} {number} {take}`\n"),
        None => {
            format!("no other take is made; `photoplay takes {path} {number} -n 4` shoots four\n")
        }
    });
    text
}

/// Where the film of a shot's takes is.
fn dailies_of(script: &Script, owner: usize) -> PathBuf {
    let plain = |letter: char| if letter.is_alphanumeric() || letter == '.' { letter } else { '-' };
    let number: String = script.list.shots[owner].number.chars().map(plain).collect();
    let stem = script.path.file_stem().unwrap_or_default().to_string_lossy();
    script.path.with_file_name("takes").join(format!("{stem} {number}.mp4"))
}

#[cfg(not(feature = "ffmpeg"))]
fn shoot(
    _: &TakesArgs,
    _: &Script,
    _: &mut FilmPlan,
    _: (usize, u32),
    _: OutputStyle,
) -> CommandResult {
    Err(super::build::unequipped("takes -n"))
}

/// Shoots takes 1 to `most` of a shot, as far as they are missing, and cuts all
/// there are into a film to choose from.
#[cfg(feature = "ffmpeg")]
fn shoot(
    args: &TakesArgs,
    script: &Script,
    studio: &mut FilmPlan,
    (owner, most): (usize, u32),
    style: OutputStyle,
) -> CommandResult {
    use crate::project::film::{
        all_made, check_model, interrupted, make_portraits, pin, shot_failed, uncast, unshot,
    };
    use crate::report::progress::for_format;
    use crate::shoot::drive::{DriveInputs, drive, survey};
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::prompts;
    use crate::shoot::history::History;
    use crate::shoot::plan::spans;
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::retakes::{keys, retakes};
    use crate::shoot::vault::Vault;

    let cancel = super::interruptible();
    let progress = for_format(args.format == OutputFormat::Json, style);
    let note = |message: String| progress.report(&ProgressEvent::Note { message });
    check_model(studio, false)?.map(note).unwrap_or_default();
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(shot_failed)?;
    let (_, to_read) = retakes(&script.list, &studio.plan, owner, most);
    let mut camera = RemoteCamera::new(&studio.model, &studio.network, &root, &*progress)
        .placed(placement(&studio.model, args.device.vram))
        .reading(prompts(&to_read, &studio.network));
    let uncast = uncast(studio);
    if studio.plan.shots[owner].recipes.is_empty() && !uncast.is_empty() {
        let crew = (&vault, &mut camera as _);
        if !make_portraits(script, studio, &uncast, crew, &*progress, &cancel)? {
            return Ok(interrupted());
        }
    }
    pin(script, studio)?;
    let mut history = History::read(&root, &script.path);
    history.alternatives.extend(keys(&studio.plan.shots[owner], most));
    history.write(&root, &script.path).map_err(shot_failed)?;

    let (list, plan) = retakes(&script.list, &studio.plan, owner, most);
    let survey = survey(&plan, &|key| vault.glance(key));
    let frames = spans(&script.list)[owner];
    progress.report(&ProgressEvent::Plan {
        shots: 1,
        frames,
        portraits: 0,
        takes_to_make: survey.to_make,
        takes_cached: survey.cached,
        work: survey.work,
    });
    if survey.to_make > 0 {
        camera.inspect().map_err(|error| unshot(Box::new(error)))?;
    }
    let outcome = drive(
        DriveInputs {
            list: &list,
            plan: &plan,
            chosen: &studio.chosen,
            project: &script.folder,
            vault: &vault,
            progress: &*progress,
            direction: &cancel,
        },
        &mut camera,
    )
    .map_err(shot_failed)?;
    drop(camera);
    if outcome.cancelled {
        return Ok(interrupted());
    }
    all_made(&outcome, "take")?;
    print_dailies(script, studio, &vault, (owner, frames))?;
    Ok(Exit::Done)
}

/// Cuts the takes there are of a shot into one film.
#[cfg(feature = "ffmpeg")]
fn print_dailies(
    script: &Script,
    studio: &FilmPlan,
    vault: &crate::shoot::vault::Vault,
    (owner, frames): (usize, u32),
) -> Result<(), Failure> {
    use crate::cut::assemble::assemble;
    use crate::cut::dailies::dailies;
    use crate::cut::print::print;
    use crate::project::film::take_file;

    let takes = made(&studio.plan.shots[owner], vault.root());
    let numbers: Vec<u32> = takes.iter().map(|(take, _)| *take).collect();
    let film = dailies(&script.list, owner, frames, &numbers);
    let rate = studio.network.settings.frame_rate;
    let take = |shot: usize| take_file(vault, &takes[shot / 2].1, rate);
    let out = dailies_of(script, owner);
    let failed = |error| Failure::new(Exit::FilmFailed, error);
    let folder = out.parent().expect("the film lies in a folder");
    std::fs::create_dir_all(folder).map_err(|source| {
        let message = format!("cannot make `{}`: {source}", folder.display());
        Failure::new(Exit::FilmFailed, message)
    })?;
    print(&film, &assemble(&film), &take, vault.root(), &out, &mut |_| {}).map_err(failed)?;
    Ok(())
}
