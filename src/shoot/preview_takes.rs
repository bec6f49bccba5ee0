//! Drafts: the takes of a plan in fewer steps, to be looked at while the takes
//! themselves are made.
//!
//! A draft is a recipe of its own: it has another key than the take, so it
//! never passes for it. Knows plans; needs no network and no vault.

use std::collections::BTreeMap;

use blake3::Hash;

use super::plan::{ShotTakes, TakePlan};
use super::recipe::{KeyedRecipe, Recipe, TakeKey};

/// Steps of a draft: enough to see who is where.
pub const STEPS: u32 = 3;

/// A plan with drafts in the place of takes that are not `held`, decoded by a
/// preview decoder where there is one. A draft goes on from the take before it
/// where that is held, else from its draft. Takes that need no more steps than a
/// draft stay what they are.
pub fn preview_takes(
    plan: &TakePlan,
    preview_decoder: Option<Hash>,
    held: &dyn Fn(&TakeKey) -> bool,
) -> TakePlan {
    let mut drafted: BTreeMap<TakeKey, TakeKey> = BTreeMap::new();
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
                    && let Some(draft) = drafted.get(&preceding.take)
                {
                    preceding.take = *draft;
                }
                let draft = KeyedRecipe::from(recipe);
                drafted.insert(take.key(), draft.key());
                draft
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
    fn a_draft_never_passes_for_a_take() {
        let take = recipe("first", None, false);
        let plan = TakePlan { shots: vec![planned(0, vec![take.clone()])] };
        let seen_through = |decoder| preview_takes(&plan, decoder, &|_| false);
        let drafts = seen_through(None);
        let draft = &drafts.shots[0].recipes[0];
        assert_ne!(draft.key(), take.key());
        assert_eq!(Recipe { steps: take.steps, ..Recipe::clone(draft) }, take);
        let previewed = seen_through(Some(blake3::hash(b"weights")));
        assert_ne!(previewed.shots[0].key, drafts.shots[0].key);
        assert_ne!(previewed.shots[0].key, Some(take.key()));
        let quick = Recipe { steps: STEPS, ..take };
        let plan = TakePlan { shots: vec![planned(0, vec![quick])] };
        assert_eq!(super::preview_takes(&plan, None, &|_| false).keys(), plan.keys());
    }
}
