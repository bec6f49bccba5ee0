//! `photoplay explain`: why a shot would be made again.

use serde_json::json;

use super::args::{ExplainArgs, OutputFormat};
use super::outcome::{CommandResult, Exit};
use super::output::{print, read_valid};
use crate::project::CheckedScript;
use crate::report::OutputStyle;
use crate::shoot::circled::MOST;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::history::{Difference, History, PastTake, differences};
use crate::shoot::plan::ShotTakes;
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::glance;

pub(super) fn run(args: &ExplainArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project(&args.script);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let index = script.shot(&args.shot)?;
    let film_plan = project.plan(&script)?;
    let vault = vault_of(&script.folder);
    let history = History::read(&vault, &script.path);
    let (state, changes) = explain(&film_plan, &vault, &history, &args.shot, index);
    let shared = shared(&script, &film_plan, index);
    match args.format {
        OutputFormat::Json => {
            let held = |key: &TakeKey| glance(&vault, key);
            let key = film_plan.waiting(index, &held).and_then(|part| part.key);
            let explained = json!({
                "shot": args.shot,
                "key": key,
                "state": state.0,
                "differences": changes,
                "shared_with": shared,
            });
            print(&format!("{explained:#}\n"));
        }
        OutputFormat::Human => {
            print(&format!("shot {}: {}\n", args.shot, state.1));
            for Difference { field, before, now } in &changes {
                let words = |value: &Option<String>| {
                    value
                        .as_ref()
                        .map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
                };
                print(&format!("  {field}: {} is now {}\n", words(before), words(now)));
            }
            print(&shared_in_words(&film_plan, &history, (index, &args.shot), &shared));
        }
    }
    Ok(Exit::Done)
}

/// The state of a shot, in a word and in words, and what differs from what was
/// made before.
fn explain(
    film_plan: &FilmPlan,
    vault: &std::path::Path,
    history: &History,
    number: &str,
    index: usize,
) -> ((&'static str, String), Vec<Difference>) {
    let held = |key: &TakeKey| glance(vault, key);
    let Some(planned) = film_plan.waiting(index, &held) else {
        let words = "a card, a plain colour or a picture of yours; nothing is generated for it";
        return (("no_take", words.to_owned()), Vec::new());
    };
    let Some(recipe) = planned.recipes.last() else {
        let missing = planned.looks.iter().filter(|look| film_plan.chosen[**look].is_none());
        let names: Vec<&str> =
            missing.map(|look| film_plan.cast.looks[*look].name.as_str()).collect();
        let words = if names.is_empty() {
            "it continues a shot that waits for a portrait".to_owned()
        } else {
            format!("waits for a portrait of {}", names.join(" and "))
        };
        return (("to_cast", words), Vec::new());
    };
    let key = recipe.key();
    if planned.is_held(&held) {
        let words = match &film_plan.reel {
            Some(_) => "cached; its stills are in the vault".to_owned(),
            None => format!("cached; take {} is in the vault", key.short()),
        };
        return (("cached", words), Vec::new());
    }
    let now = recipe.explain();
    match history.nearest(number, &now) {
        None => (("to_shoot", "no take of it exists yet".to_owned()), Vec::new()),
        Some(past) if past.key == key => {
            let words = format!("take {} is not in the vault, or is damaged", key.short());
            (("to_shoot", words), Vec::new())
        }
        Some(past) => {
            let changes = differences(&past.recipe, &now);
            if let Some(words) = another_take(planned, past, &changes) {
                return (("to_shoot", words), Vec::new());
            }
            let words = format!(
                "would be made again; compared with shot {} of the last build",
                past.number
            );
            (("to_shoot", words), changes)
        }
    }
}

/// If a shot differs from a past take by the number of the take alone: which is used now.
fn another_take(planned: &ShotTakes, past: &PastTake, changes: &[Difference]) -> Option<String> {
    let seeds = |change: &Difference| ["seed", "continues"].contains(&change.field.as_str());
    if !changes.iter().all(seeds) {
        return None;
    }
    let before = (0..=MOST)
        .find(|number| planned.take(*number).iter().any(|recipe| recipe.key() == past.key))?;
    let name = |number: u32| match number {
        0 => "its first take".to_owned(),
        number => format!("take {number}"),
    };
    let (used, now) = (name(before), name(planned.number));
    Some(match planned.number {
        0 => format!("{now} is used again, which is not in the vault; {used} was used before"),
        _ => format!("{now} is circled and not made yet; {used} was used before"),
    })
}

/// The numbers of the other shots that show the same take.
fn shared(script: &CheckedScript, film_plan: &FilmPlan, index: usize) -> Vec<String> {
    let shots = &film_plan.takes.shots;
    let (Some(key), None) = (shots[index].key, &film_plan.reel) else { return Vec::new() };
    let others = (0..shots.len()).filter(|other| *other != index && shots[*other].key == Some(key));
    others.map(|other| script.list.shots[other].number.clone()).collect()
}

fn shared_in_words(
    film_plan: &FilmPlan,
    history: &History,
    (index, number): (usize, &str),
    shared: &[String],
) -> String {
    if shared.is_empty() {
        return String::new();
    }
    let apart = |past: &&PastTake| past.number == number && film_plan.key(index) != Some(past.key);
    let before = match history.takes.iter().find(apart) {
        Some(_) => "; at the last build it had a take of its own",
        None => "",
    };
    let others = if shared.len() == 1 { "shot" } else { "shots" };
    format!(
        "  {others} {} {} the same take: the model is told the same of them{before}\n",
        shared.join(", "),
        if shared.len() == 1 { "shows" } else { "show" }
    )
}
