//! `photoplay takes`: more takes of a shot, to choose from.

use std::path::PathBuf;

use super::args::{OutputFormat, TakesArgs};
use super::outcome::{CommandResult, Exit};
use super::output::{print, read_valid};
use crate::project::circles::owner;
use crate::project::takes::dailies_file;
use crate::project::{CheckedScript, Project};
use crate::report::{OutputStyle, shell_path, shell_word};
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::progress::{ProgressEvent, TakeToChoose};
use crate::shoot::recipe::KeyedRecipe;
use crate::shoot::vault::payload;

pub(super) fn run(args: &TakesArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project_on(&args.script, &args.device);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut film_plan = project.plan(&script)?;
    let owner = owner(&script, &film_plan, &args.shot)?;
    if let Some(most) = args.number {
        let exit = shoot(args, &project, &script, (&mut film_plan, owner, most), style)?;
        if exit != Exit::Done {
            return Ok(exit);
        }
    }
    let vault = vault_of(&script.folder);
    let takes = film_plan.made(owner, &vault);
    let used = film_plan.number(owner);
    let film = dailies_file(&script, owner);
    let film = (!takes.is_empty() && film.is_file()).then_some(film);
    print(&match args.format {
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
    let (path, number) = (shell_path(&script.path), shell_word(&shot.number));
    let mut text = format!("shot {}  {}\n", shot.number, shot.shows);
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

#[cfg(not(feature = "ffmpeg"))]
fn shoot(
    _: &TakesArgs,
    _: &Project,
    _: &CheckedScript,
    _: (&mut FilmPlan, usize, u32),
    _: OutputStyle,
) -> CommandResult {
    Err(super::build::unequipped("takes -n"))
}

/// Shoots takes 1 to `most` of a shot and shows how far it is.
#[cfg(feature = "ffmpeg")]
fn shoot(
    args: &TakesArgs,
    project: &Project,
    script: &CheckedScript,
    (film_plan, owner, most): (&mut FilmPlan, usize, u32),
    style: OutputStyle,
) -> CommandResult {
    use super::output::{interrupted, interruptible};
    use crate::project::takes::shoot_takes;
    use crate::report::progress::for_format;

    let cancel = interruptible();
    let progress = for_format(args.format == OutputFormat::Json, style);
    let vram = project.options().vram;
    let made = shoot_takes(script, film_plan, (owner, most), vram, (&*progress, &cancel))?;
    Ok(if made { Exit::Done } else { interrupted() })
}
