//! `photoplay circle`: chooses a take of a shot.

use std::path::Path;

use super::args::CircleArgs;
use super::{CommandResult, Exit, Failure, say};
use crate::project::plan;
use crate::project::script::{self, Script};
use crate::report::{OutputStyle, plural};
use crate::shoot::circled::{Circled, adrift};
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::plan::TakePlan;
use crate::shoot::vault::glance;

pub(super) fn run(args: &CircleArgs, style: OutputStyle) -> CommandResult {
    let Some(script) = script::read_valid(&args.script, &args.options, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut studio = plan::open(&script, &args.options)?;
    let owner = owner(&script, &studio, &args.shot)?;
    let before = studio.plan.clone();
    choose(&script, &mut studio, owner, args.take)?;
    say(&told(&script, &before, &studio.plan, owner, args.take));
    Ok(Exit::Done)
}

/// The shot whose takes a shot of a number uses.
pub(super) fn owner(script: &Script, studio: &FilmPlan, number: &str) -> Result<usize, Failure> {
    let shot = script.shot(number)?;
    let Some(owner) = studio.plan.shots[shot].take else {
        let message = format!("shot {number} is a card or a plain colour: nothing is shot for it");
        return Err(Failure::new(Exit::Usage, message)
            .help("`photoplay plan` shows which shots have a prompt"));
    };
    Ok(owner)
}

/// Writes the choice to the lock file and plans the film with it.
fn choose(script: &Script, studio: &mut FilmPlan, owner: usize, take: u32) -> Result<(), Failure> {
    let shot = &script.list.shots[owner];
    let planned = &studio.plan.shots[owner];
    let recipes = planned.take(take);
    let (Some(identity), Some(last)) = (planned.identity, recipes.last()) else {
        let message = format!("shot {} waits for a portrait", shot.number);
        let help = format!("`photoplay cast {} --make` makes it", script.path.display());
        return Err(Failure::new(Exit::ShotFailed, message).help(help));
    };
    let (name, model) = (file_name(&script.path), studio.network.settings.name.clone());
    let answered: Vec<_> = adrift(&studio.lock.circled, &name, &model, &script.list, &studio.plan)
        .into_iter()
        .filter(|(_, offered)| *offered == owner)
        .map(|(choice, _)| choice.identity)
        .collect();
    let circled = &mut studio.lock.circled;
    circled.retain(|choice| choice.identity != identity && !answered.contains(&choice.identity));
    if take > 0 {
        circled.push(Circled {
            script: name,
            shot: shot.number.clone(),
            shows: shot.shows.to_string(),
            model,
            take,
            identity,
            key: last.key(),
        });
    }
    let failed = |error| Failure::new(Exit::ShotFailed, error);
    studio.lock.write(&script.folder).map_err(failed)?;
    plan::plan_again(studio, script)
}

fn told(script: &Script, before: &TakePlan, after: &TakePlan, owner: usize, take: u32) -> String {
    let number = &script.list.shots[owner].number;
    let path = script.path.display();
    let shot = if before.shots[owner].number == take {
        format!("shot {number}: take {take} is the one that is used already")
    } else if take == 0 {
        format!("shot {number}: back to its first take")
    } else {
        format!("shot {number}: take {take} is circled")
    };
    let vault = vault_of(&script.folder);
    let made = after.is_held(owner, &|key| glance(&vault, key));
    let next = if made {
        format!("`photoplay build {path}` cuts it in")
    } else {
        format!("it is not shot yet: `photoplay build {path}` shoots it and cuts it in")
    };
    let following = (0..after.shots.len())
        .filter(|shot| *shot != owner && after.shots[*shot].key != before.shots[*shot].key)
        .count();
    let following = match following {
        0 => String::new(),
        1 => "1 shot goes on from it and is shot again\n".to_owned(),
        more => format!("{} go on from it and are shot again\n", plural(more, "shot")),
    };
    format!("{shot}; {next}\n{following}")
}

/// Choices for shots that were edited since, offered again.
#[cfg(feature = "ffmpeg")]
pub(crate) fn offers(script: &Script, studio: &FilmPlan) -> Vec<String> {
    let (name, model) = (file_name(&script.path), &studio.network.settings.name);
    adrift(&studio.lock.circled, &name, model, &script.list, &studio.plan)
        .into_iter()
        .map(|(choice, offered)| {
            let Circled { shot, shows, take, .. } = choice;
            let number = &script.list.shots[offered].number;
            format!(
                "take {take} of shot {shot} ({shows}) was circled before the shot was edited; \
                 `photoplay circle {} {number} {take}` circles it again, and 0 in the place of {take} forgets it",
                script.path.display()
            )
        })
        .collect()
}

/// The name of a script's file.
pub(crate) fn file_name(script: &Path) -> String {
    script.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
