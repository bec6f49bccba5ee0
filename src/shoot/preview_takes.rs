//! Preview takes: the takes of a plan in fewer steps, to watch while the camera
//! makes the takes themselves.
//!
//! A preview take has a recipe and a key of its own, so nothing mistakes it for
//! the take. Knows plans; does not run the model or read the vault.

use std::collections::BTreeMap;

use blake3::Hash;

use super::plan::{ShotTakes, TakePlan};
use super::recipe::{KeyedRecipe, Recipe, TakeKey};

/// Steps of a preview take: enough to show where everybody is.
pub(crate) const STEPS: u32 = 3;

/// A plan with preview takes in place of takes that are not `held`. The preview decoder
/// decodes them, if the model has one. A preview take continues the take before it if that
/// is held, and else that take's preview. Takes with as few steps as a preview stay as they
/// are.
pub(crate) fn preview_takes(
    plan: &TakePlan,
    preview_decoder: Option<Hash>,
    held: &dyn Fn(&TakeKey) -> bool,
) -> TakePlan {
    let mut previews: BTreeMap<TakeKey, TakeKey> = BTreeMap::new();
    let shots = plan.shots.iter().map(|planned| {
        let worthwhile = planned.recipes.iter().all(|recipe| recipe.steps > STEPS);
        if !worthwhile || planned.key.is_none() || planned.is_held(held) {
            return planned.clone();
        }
        let recipes: Vec<KeyedRecipe> = planned
            .recipes
            .iter()
            .map(|take| {
                let mut recipe = Recipe { steps: STEPS, preview_decoder, ..Recipe::clone(take) };
                if let Some(preceding) = &mut recipe.preceding
                    && let Some(preview) = previews.get(&preceding.take)
                {
                    preceding.take = *preview;
                }
                let preview = KeyedRecipe::from(recipe);
                previews.insert(take.key(), preview.key());
                preview
            })
            .collect();
        let key = recipes.last().map(KeyedRecipe::key);
        ShotTakes { recipes, key, ..planned.clone() }
    });
    TakePlan { shots: shots.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shoot::recipe::Preceding;
    use crate::shoot::recipe::tests::sample;

    fn recipe(prompt: &str, preceding: Option<TakeKey>, next_piece: bool) -> Recipe {
        let preceding = preceding.map(|take| Preceding { take, first: 8, frames: 5, next_piece });
        Recipe { prompt: prompt.to_owned(), preceding, ..sample() }
    }

    fn planned(index: usize, recipes: Vec<Recipe>) -> ShotTakes {
        let recipes: Vec<KeyedRecipe> = recipes.into_iter().map(Into::into).collect();
        let key = recipes.last().map(KeyedRecipe::key);
        ShotTakes { take: Some(index), recipes, key, ..ShotTakes::default() }
    }

    #[test]
    fn drafts_go_on_from_what_is_there_or_will_be() {
        let first = recipe("first", None, false);
        let second = recipe("second", Some(first.key()), false);
        let longer = recipe("second", Some(second.key()), true);
        let plan = TakePlan {
            shots: vec![
                planned(0, vec![first.clone()]),
                planned(1, vec![second.clone(), longer.clone()]),
                ShotTakes::default(),
            ],
        };
        let before = |plan: &TakePlan, shot: usize, part: usize| {
            plan.shots[shot].recipes[part].preceding.map(|preceding| preceding.take)
        };

        let all = preview_takes(&plan, None, &|_| false);
        assert_eq!(before(&all, 1, 0), all.shots[0].key);
        assert_eq!(before(&all, 1, 1), Some(all.shots[1].recipes[0].key()));

        let some = preview_takes(&plan, None, &|key| *key == first.key());
        assert_eq!(some.shots[0].key, plan.shots[0].key);
        assert_eq!(before(&some, 1, 0), Some(first.key()));
        assert_eq!(some.shots[2].take, None);
    }

    #[test]
    fn a_preview_never_passes_for_a_take() {
        let take = recipe("first", None, false);
        let plan = TakePlan { shots: vec![planned(0, vec![take.clone()])] };
        let decoded_by = |decoder| preview_takes(&plan, decoder, &|_| false);
        let shown = decoded_by(None);
        let preview = &shown.shots[0].recipes[0];
        assert_ne!(preview.key(), take.key());
        assert_eq!(Recipe { steps: take.steps, ..Recipe::clone(preview) }, take);
        let previewed = decoded_by(Some(blake3::hash(b"weights")));
        assert_ne!(previewed.shots[0].key, shown.shots[0].key);
        assert_ne!(previewed.shots[0].key, Some(take.key()));
        let quick = Recipe { steps: STEPS, ..take };
        let plan = TakePlan { shots: vec![planned(0, vec![quick])] };
        assert_eq!(super::preview_takes(&plan, None, &|_| false).keys(), plan.keys());
    }
}
