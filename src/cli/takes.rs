//! `photoplay takes`: more takes of a shot, to choose from.

use std::path::PathBuf;

use super::args::{OutputFormat, TakesArgs};
use super::console::{read_valid, say};
use super::outcome::{CommandResult, Exit};
use crate::project::CheckedScript;
use crate::project::circles::owner;
use crate::report::OutputStyle;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::progress::{ProgressEvent, TakeToChoose};
use crate::shoot::recipe::KeyedRecipe;
use crate::shoot::retakes::made;
use crate::shoot::vault::payload;

pub(super) fn run(args: &TakesArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project_on(&args.script, &args.device);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut film_plan = project.plan(&script)?;
    let owner = owner(&script, &film_plan, &args.shot)?;
    if let Some(most) = args.number {
        let exit = shoot(args, &script, &mut film_plan, (owner, most), style)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let vault = vault_of(&script.folder);
    let takes = made(&film_plan.plan.shots[owner], &vault);
    let used = film_plan.plan.shots[owner].number;
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
    script: &CheckedScript,
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
fn dailies_of(script: &CheckedScript, owner: usize) -> PathBuf {
    let plain = |letter: char| if letter.is_alphanumeric() || letter == '.' { letter } else { '-' };
    let number: String = script.list.shots[owner].number.chars().map(plain).collect();
    let stem = script.path.file_stem().unwrap_or_default().to_string_lossy();
    script.path.with_file_name("takes").join(format!("{stem} {number}.mp4"))
}

#[cfg(not(feature = "ffmpeg"))]
fn shoot(
    _: &TakesArgs,
    _: &CheckedScript,
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
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    (owner, most): (usize, u32),
    style: OutputStyle,
) -> CommandResult {
    use super::console::{interrupted, interruptible};
    use crate::project::Error;
    use crate::project::film::{all_made, start};
    use crate::project::pinning::{check_model, pin};
    use crate::project::portraits::{make_portraits, uncast};
    use crate::report::progress::for_format;
    use crate::shoot::drive::{DriveInputs, drive, survey};
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::prompts;
    use crate::shoot::history::History;
    use crate::shoot::plan::spans;
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::retakes::{keys, retakes};
    use crate::shoot::vault::Vault;

    let cancel = interruptible();
    let progress = for_format(args.format == OutputFormat::Json, style);
    let note = |message: String| progress.report(&ProgressEvent::Note { message });
    check_model(film_plan, false)?.map(note).unwrap_or_default();
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(Error::from)?;
    let (_, to_read) = retakes(&script.list, &film_plan.plan, owner, most);
    let mut camera = RemoteCamera::new(&film_plan.model, &film_plan.network, &root, &*progress)
        .with_placement(placement(&film_plan.model, args.device.vram))
        .with_prompts(prompts(&to_read, &film_plan.network));
    let uncast = uncast(film_plan);
    if film_plan.plan.shots[owner].recipes.is_empty() && !uncast.is_empty() {
        let crew = (&vault, &mut camera as _);
        if !make_portraits(script, film_plan, &uncast, crew, &*progress, &cancel)? {
            return Ok(interrupted());
        }
    }
    pin(script, film_plan)?;
    let mut history = History::read(&root, &script.path);
    history.alternatives.extend(keys(&film_plan.plan.shots[owner], most));
    history.write(&root, &script.path).map_err(Error::History)?;

    let (list, plan) = retakes(&script.list, &film_plan.plan, owner, most);
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
        start(&mut camera)?;
    }
    let outcome = drive(
        DriveInputs {
            list: &list,
            plan: &plan,
            chosen: &film_plan.chosen,
            project: &script.folder,
            vault: &vault,
            progress: &*progress,
            goals: &cancel,
        },
        &mut camera,
    )
    .map_err(Error::from)?;
    drop(camera);
    if outcome.cancelled {
        return Ok(interrupted());
    }
    all_made(&outcome, "take")?;
    print_dailies(script, film_plan, &vault, (owner, frames))?;
    Ok(Exit::Done)
}

/// Cuts the takes there are of a shot into one film.
#[cfg(feature = "ffmpeg")]
fn print_dailies(
    script: &CheckedScript,
    film_plan: &FilmPlan,
    vault: &crate::shoot::vault::Vault,
    (owner, frames): (usize, u32),
) -> Result<(), crate::project::Error> {
    use crate::cut::assemble::assemble;
    use crate::cut::dailies::dailies;
    use crate::cut::print::print;
    use crate::project::Error;
    use crate::project::film::take_file;
    use crate::source::folder_of;

    let takes = made(&film_plan.plan.shots[owner], vault.root());
    let numbers: Vec<u32> = takes.iter().map(|(take, _)| *take).collect();
    let film = dailies(&script.list, owner, frames, &numbers);
    let rate = film_plan.network.settings.frame_rate;
    let take = |shot: usize| take_file(vault, &takes[shot / 2].1, rate);
    let out = dailies_of(script, owner);
    let folder = folder_of(&out);
    std::fs::create_dir_all(&folder).map_err(|why| Error::MakeFolder { folder, why })?;
    print(&film, &assemble(&film), &take, vault.root(), &out, &mut |_| {})?;
    Ok(())
}
