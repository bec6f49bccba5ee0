//! Plans the film of a script: compares it with the vault and with the last build, pins
//! pictures and model files, and finds for each missing take the one it replaces.
//!
//! Knows the files of a project; does not know threads or displays.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::current_take::{current_takes, earlier, of_history};
use super::jobs::BuildInputs;
use super::preview_film::PreviewFilm;
use crate::cut::footage::animatic;
use crate::project::notes::notes;
use crate::project::pinning::{check_model, pin};
use crate::project::portraits::uncast;
use crate::project::voices::voice_keys;
use crate::project::{CheckedScript, Error};
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::history::{Difference, History, differences};
use crate::shoot::plan::history;
use crate::shoot::preview_takes::preview_takes;
use crate::shoot::recipe::{KeyedRecipe, TakeKey};
use crate::shoot::vault::Vault;

/// A film that was planned, and how each missing take differs from the one it
/// replaces.
pub(crate) type PlannedFilm = (PreviewFilm, BTreeMap<TakeKey, Vec<Difference>>);

/// Makes a film of a script and its plan. `before` is the film shown until now.
pub(crate) fn plan_film(
    script: &Arc<CheckedScript>,
    mut film_plan: FilmPlan,
    vault: &Vault,
    before: Option<&PreviewFilm>,
    show_note: &mut dyn FnMut(&str),
) -> Result<PlannedFilm, Error> {
    let model_note = check_model(&film_plan, false)?;
    for note in model_note.into_iter().chain(notes(script, &film_plan)) {
        show_note(&note);
    }
    if uncast(&film_plan).is_empty() {
        pin(script, &mut film_plan)?;
    }
    let rate = film_plan.fingerprint.settings.frame_rate;
    let past = History::read(vault.root(), &script.path);
    // A take that the film still uses has not become another one.
    let mut gone = past.clone();
    let (list, work) = film_plan.work(&script.list);
    let used = work.piece_keys();
    gone.takes.retain(|take| !used.contains(&take.key));
    let mut held = BTreeSet::new();
    let mut missing = Vec::new();
    let mut why = BTreeMap::new();
    for (index, planned) in work.shots.iter().enumerate() {
        let number = list.shots[index].number.as_str();
        match planned.recipes.last() {
            Some(_) if planned.is_held(&|key| vault.glance(key)) => {
                held.extend(planned.all_recipes().map(KeyedRecipe::key));
            }
            Some(recipe) => {
                missing.push((index, number));
                let now = recipe.explain();
                if let Some(past) = gone.nearest(number, &now) {
                    why.insert(recipe.key(), differences(&past.recipe, &now));
                }
            }
            None if planned.take == Some(index) => missing.push((index, number)),
            None => {}
        }
    }
    let shown = match before {
        Some(film) => film.current_takes.iter().flatten().cloned().collect(),
        None => of_history(&past, vault, rate),
    };
    let animatic = animatic(&script.list, &script.folder);
    let earlier = match &film_plan.reel {
        // The animatic draws a shot until its stills exist.
        Some(reel) => vec![None; reel.shots.len()],
        None => earlier(&shown, &film_plan.takes, &animatic, &missing),
    };
    let mut now = history(list, work);
    now.alternatives.extend(film_plan.takes.keys());
    now.alternatives.extend(voice_keys(script, &film_plan.lock));
    now.write(vault.root(), &script.path).map_err(Error::History)?;
    let decoder = film_plan.fingerprint.preview_decoder;
    let previews = preview_takes(work, decoder, &|key| held.contains(key));
    let inputs = BuildInputs { script: script.clone(), film_plan: Arc::new(film_plan), previews };
    let current = current_takes(&inputs, &animatic, &earlier, vault);
    Ok((PreviewFilm::new(inputs, animatic, earlier, current)?, why))
}
