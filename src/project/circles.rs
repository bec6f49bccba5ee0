//! Circled takes: writes the choice of a take to the lock file, and offers
//! choices again after an edit.

use std::path::Path;

use super::error::Error;
use super::plan::plan_again;
use super::script::CheckedScript;
#[cfg(feature = "ffmpeg")]
use crate::report::{shell_path, shell_word};
use crate::shoot::circled::{Circled, adrift};
use crate::shoot::film_plan::FilmPlan;

/// The shot whose takes a shot of a number uses.
pub(crate) fn owner(
    script: &CheckedScript,
    film_plan: &FilmPlan,
    number: &str,
) -> Result<usize, Error> {
    let shot = script.shot(number)?;
    let Some(owner) = film_plan.takes.shots[shot].take else {
        return Err(Error::NoTake(number.to_owned()));
    };
    Ok(owner)
}

/// Writes the choice to the lock file and plans the film with it.
pub(crate) fn choose(
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    owner: usize,
    take: u32,
) -> Result<(), Error> {
    let shot = &script.list.shots[owner];
    let planned = &film_plan.takes.shots[owner];
    let recipes = planned.take(take);
    let (Some(identity), Some(last)) = (planned.identity, recipes.last()) else {
        return Err(Error::NotCast { shot: shot.number.clone(), script: script.path.clone() });
    };
    let (name, model) = (file_name(&script.path), film_plan.fingerprint.settings.name.clone());
    let answered: Vec<_> =
        adrift(&film_plan.lock.circled, &name, &model, &script.list, &film_plan.takes)
            .into_iter()
            .filter(|(_, offered)| *offered == owner)
            .map(|(choice, _)| choice.identity)
            .collect();
    let circled = &mut film_plan.lock.circled;
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
    film_plan.lock.write(&script.folder)?;
    plan_again(film_plan, script)
}

/// Choices for shots that were edited since, offered again.
#[cfg(feature = "ffmpeg")]
pub(crate) fn offers(script: &CheckedScript, film_plan: &FilmPlan) -> Vec<String> {
    let (name, model) = (file_name(&script.path), &film_plan.fingerprint.settings.name);
    adrift(&film_plan.lock.circled, &name, model, &script.list, &film_plan.takes)
        .into_iter()
        .map(|(choice, offered)| {
            let Circled { shot, shows, take, .. } = choice;
            let number = &script.list.shots[offered].number;
            format!(
                "take {take} of shot {shot} ({shows}) was circled before the shot was edited; \
                 `photoplay circle {} {} {take}` circles it again, and 0 in the place of {take} forgets it",
                shell_path(&script.path),
                shell_word(number)
            )
        })
        .collect()
}

/// The name of a script's file.
pub(crate) fn file_name(script: &Path) -> String {
    script.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
