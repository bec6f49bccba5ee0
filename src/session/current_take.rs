//! What stands in the film for each take: itself, its draft, the take it had
//! before the edit, or nothing yet.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::cut::conform::TakeFile;
use crate::preview::state::PreviewPicture;
use crate::project::film;
use crate::shoot::history::{History, differences};
use crate::shoot::plan::TakePlan;
use crate::shoot::recipe::{Recipe, TakeKey};
use crate::shoot::vault::Vault;
use crate::time::Rate;

/// A take that can be shown.
#[derive(Debug, Clone)]
pub(crate) struct CurrentTake {
    pub shown: PreviewPicture,
    pub number: String,
    pub key: TakeKey,
    pub recipe: IndexMap<String, String>,
    pub file: TakeFile,
}

/// A take of the vault as the cut uses it; `None` when it is not there.
pub(crate) fn take_file(vault: &Vault, recipe: &Recipe, frame_rate: u32) -> Option<TakeFile> {
    let held = crate::shoot::vault::glance(vault.root(), &recipe.key());
    held.then(|| film::take_file(vault, recipe, frame_rate))
}

/// What was shown by the last build, as far as it is still there: a film whose
/// script was edited meanwhile begins with that.
pub(crate) fn of_history(history: &History, vault: &Vault, frame_rate: u32) -> Vec<CurrentTake> {
    let number = |recipe: &IndexMap<String, String>, field: &str| -> Option<u32> {
        recipe.get(field)?.parse().ok()
    };
    let current_take = |past: &crate::shoot::history::Past| {
        if !crate::shoot::vault::glance(vault.root(), &past.key) {
            return None;
        }
        let recipe = &past.recipe;
        let whole = recipe.get("continues whole").is_some_and(|whole| whole == "1");
        let before = if whole { number(recipe, "continues from frame")? } else { 0 };
        let file = TakeFile {
            path: vault.payload(&past.key),
            digest: vault.record(&past.key).ok()??.payload,
            frames: before + number(recipe, "frames")?,
            rate: Rate { numerator: frame_rate, denominator: 1 },
            width: number(recipe, "width")?,
            height: number(recipe, "height")?,
        };
        let (number, key, recipe) = (past.number.clone(), past.key, recipe.clone());
        Some(CurrentTake { shown: PreviewPicture::Earlier, number, key, recipe, file })
    };
    history.takes.iter().filter_map(current_take).collect()
}

/// Gives each take that is missing the one it most likely had before: of those
/// that were shown and are wanted no more, the one whose recipe differs least,
/// each once.
pub(crate) fn earlier(
    before: &[CurrentTake],
    plan: &TakePlan,
    missing: &[(usize, &str)],
) -> Vec<Option<CurrentTake>> {
    let wanted: BTreeSet<TakeKey> = plan.keys();
    let free: Vec<&CurrentTake> =
        before.iter().filter(|past| !wanted.contains(&past.key)).collect();
    let mut pairs = Vec::new();
    for (shot, number) in missing {
        let now = plan.shots[*shot].recipes.last().map(|recipe| recipe.explain());
        for (index, past) in free.iter().enumerate() {
            // A shot that waits for a portrait has no recipe yet; its number speaks for it.
            let apart = now.as_ref().map(|now| differences(&past.recipe, now).len());
            let renumbered = past.number != *number;
            match apart {
                Some(apart) => pairs.push((apart, renumbered, *shot, index)),
                None if !renumbered => pairs.push((usize::MAX, false, *shot, index)),
                None => {}
            }
        }
    }
    pairs.sort_unstable();
    let mut found: Vec<Option<CurrentTake>> = vec![None; plan.shots.len()];
    let mut used = BTreeSet::new();
    for (_, _, shot, index) in pairs {
        if found[shot].is_none() && used.insert(index) {
            found[shot] =
                Some(CurrentTake { shown: PreviewPicture::Earlier, ..free[index].clone() });
        }
    }
    found
}
