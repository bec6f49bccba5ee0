//! Circled takes: writes the choice of a take to the lock file, and offers
//! choices again after an edit.

#[cfg(feature = "ffmpeg")]
use std::collections::BTreeSet;
use std::path::Path;

use super::error::Error;
use super::plan::plan_again;
use super::script::CheckedScript;
#[cfg(feature = "ffmpeg")]
use crate::report::{shell_path, shell_word};
use crate::shoot::circled::{Circled, adrift};
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::lock::Lock;
use crate::shoot::picks::Picks;

/// The shot whose takes a shot of a number uses.
pub(crate) fn owner(
    script: &CheckedScript,
    film_plan: &FilmPlan,
    number: &str,
) -> Result<usize, Error> {
    let shot = script.shot(number)?;
    let Some(owner) = film_plan.owner(shot) else {
        return Err(Error::NoTake(number.to_owned()));
    };
    Ok(owner)
}

/// Writes the choice to the lock file and plans the film with it. In a story reel the
/// choice concerns the stills of everybody in the shot, or that of the set if nobody is in
/// it.
pub(crate) fn choose(
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    owner: usize,
    take: u32,
) -> Result<(), Error> {
    let number = &script.list.shots[owner].number;
    let (name, model) = (file_name(&script.path), film_plan.fingerprint.settings.name.clone());
    let (list, plan) = film_plan.work(&script.list);
    let parts: Vec<usize> = match &film_plan.reel {
        Some(reel) => {
            reel.shots[owner].iter().flat_map(|shot| shot.choice().iter().copied()).collect()
        }
        None => vec![owner],
    };
    let adrift = adrift(&film_plan.lock.circled, &name, &model, list, plan);
    let answered = adrift.into_iter().filter(|(_, offered)| parts.contains(offered));
    let mut replaced: Vec<_> = answered.map(|(choice, _)| choice.identity).collect();
    let mut choices = Vec::new();
    for part in parts {
        let planned = &plan.shots[part];
        let (Some(identity), recipes) = (planned.identity, planned.take(take)) else {
            return Err(Error::NotCast { shot: number.clone(), script: script.path.clone() });
        };
        let key = recipes.last().expect("what has an identity has a recipe").key();
        replaced.push(identity);
        choices.push(Circled {
            script: name.clone(),
            shot: number.clone(),
            shows: list.shots[part].shows.to_string(),
            model: model.clone(),
            take,
            identity,
            key,
            again: 0,
        });
    }
    film_plan.lock = Lock::change(&script.folder, |lock| -> Result<(), Error> {
        for choice in &mut choices {
            let before = lock.circled.iter().filter(|it| it.identity == choice.identity);
            choice.again = before.map(|it| it.again + 1).max().unwrap_or(0);
        }
        lock.circled.retain(|choice| !replaced.contains(&choice.identity));
        lock.circled.extend(choices.into_iter().filter(|choice| choice.take > 0));
        Ok(())
    })?;
    if take == 0 && film_plan.reel.is_some() {
        // Back to the first take, and not to the one that Photoplay picked.
        let vault = vault_of(&script.folder);
        let mut picks = Picks::read(&vault);
        picks.0.extend(replaced.into_iter().map(|still| (still, 0)));
        picks.write(&vault).map_err(Error::History)?;
    }
    plan_again(film_plan, script)
}

/// Shots for which two people chose different takes.
#[cfg(feature = "ffmpeg")]
pub(crate) fn disputed(script: &CheckedScript, film_plan: &FilmPlan) -> Vec<String> {
    let (list, plan) = film_plan.work(&script.list);
    let mut notes = Vec::new();
    for (shot, planned) in list.shots.iter().zip(&plan.shots) {
        let choices = film_plan.lock.circled.iter();
        let numbers: BTreeSet<u32> = choices
            .filter(|choice| planned.identity == Some(choice.identity))
            .map(|choice| choice.take)
            .collect();
        let others: Vec<String> = numbers
            .iter()
            .filter(|number| **number != planned.number)
            .map(|number| format!("take {number}"))
            .collect();
        if !others.is_empty() {
            notes.push(format!(
                "shot {}: the film uses take {}, and {} is chosen too, by somebody whose choices \
                 were merged; `photoplay circle {} {} NUMBER` settles it",
                shot.number,
                planned.number,
                others.join(" and "),
                shell_path(&script.path),
                shell_word(&shot.number)
            ));
        }
    }
    notes
}

/// Offers choices again for shots that somebody has edited since.
#[cfg(feature = "ffmpeg")]
pub(crate) fn offers(script: &CheckedScript, film_plan: &FilmPlan) -> Vec<String> {
    let (name, model) = (file_name(&script.path), &film_plan.fingerprint.settings.name);
    let (list, plan) = film_plan.work(&script.list);
    adrift(&film_plan.lock.circled, &name, model, list, plan)
        .into_iter()
        .map(|(choice, offered)| {
            let Circled { shot, shows, take, .. } = choice;
            let number = &list.shots[offered].number;
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
