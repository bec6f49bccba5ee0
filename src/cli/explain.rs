//! `photoplay explain`: why a shot would be made again.

use serde_json::json;

use super::args::{ExplainArgs, OutputFormat};
use super::outcome::{CommandResult, Exit};
use super::output::{print, read_valid};
use crate::report::OutputStyle;
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::history::{Difference, History, differences};
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
    let (state, changes) = explain(&film_plan, &vault, &script.path, &args.shot, index);
    match args.format {
        OutputFormat::Json => {
            let held = |key: &TakeKey| glance(&vault, key);
            let key = film_plan.waiting(index, &held).and_then(|part| part.key);
            let explained =
                json!({ "shot": args.shot, "key": key, "state": state.0, "differences": changes });
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
        }
    }
    Ok(Exit::Done)
}

/// The state of a shot, in a word and in words, and what differs from what was
/// made before.
fn explain(
    film_plan: &FilmPlan,
    vault: &std::path::Path,
    script: &std::path::Path,
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
    let history = History::read(vault, script);
    match history.nearest(number, &now) {
        None => (("to_shoot", "no take of it exists yet".to_owned()), Vec::new()),
        Some(past) if past.key == key => {
            let words = format!("take {} is not in the vault, or is damaged", key.short());
            (("to_shoot", words), Vec::new())
        }
        Some(past) => {
            let words = format!(
                "would be made again; compared with shot {} of the last build",
                past.number
            );
            (("to_shoot", words), differences(&past.recipe, &now))
        }
    }
}
