//! More takes of one shot, for the author to choose from.
//!
//! Knows plans and keys; does not know pixels.

use std::path::Path;

use super::circled::MOST;
use super::plan::{ShotTakes, TakePlan};
use super::recipe::{KeyedRecipe, TakeKey};
use super::vault::glance;
use crate::breakdown::shot::ShotList;

/// Takes 1 to `most` of a shot as a film for the driver: the film's own shots,
/// and behind them one shot for each take. Of the film's own takes it keeps only
/// those that the shot continues.
pub(crate) fn retakes(
    list: &ShotList,
    plan: &TakePlan,
    shot: usize,
    most: u32,
) -> (ShotList, TakePlan) {
    let mut film = list.clone();
    let mut takes = TakePlan { shots: vec![ShotTakes::default(); plan.shots.len()] };
    let mut before = plan.before(list, shot);
    while let Some(needed) = before {
        takes.shots[needed] = ShotTakes { key: None, ..plan.shots[needed].clone() };
        before = plan.before(list, needed);
    }
    for number in 1..=most {
        let mut described = list.shots[shot].clone();
        described.number = format!("{} take {number}", described.number);
        film.shots.push(described);
        let recipes = plan.shots[shot].take(number);
        let key = recipes.last().map(KeyedRecipe::key);
        takes.shots.push(ShotTakes { recipes, key, number, ..plan.shots[shot].clone() });
    }
    (film, takes)
}

/// The takes of a shot that a vault holds, each with the recipes of its pieces.
pub(crate) fn made(planned: &ShotTakes, vault: &Path) -> Vec<(u32, Vec<KeyedRecipe>)> {
    let takes = (0..=MOST).map(|number| (number, planned.take(number)));
    let held = |recipe: &KeyedRecipe| glance(vault, &recipe.key());
    takes.filter(|(_, pieces)| !pieces.is_empty() && pieces.iter().all(held)).collect()
}

/// The keys of takes 1 to `most` of a shot and of all their pieces.
pub(crate) fn keys(planned: &ShotTakes, most: u32) -> Vec<TakeKey> {
    (1..=most).flat_map(|number| planned.take(number)).map(|recipe| recipe.key()).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::shoot::drive::tests::{SCRIPT, plan_of};

    #[test]
    fn more_takes_need_only_what_their_shot_goes_on_from() {
        let (list, plan) = plan_of(SCRIPT, 21, &BTreeMap::new());
        let (film, takes) = retakes(&list, &plan, 1, 3);
        assert_eq!(film.shots.len(), takes.shots.len());
        let kept = |planned: &ShotTakes| !planned.recipes.is_empty();
        assert_eq!(takes.shots.iter().take(list.shots.len()).filter(|shot| kept(shot)).count(), 1);
        assert_eq!(takes.shots[0].recipes, plan.shots[0].recipes);
        let last: BTreeSet<TakeKey> = takes.keys();
        assert_eq!(last.len(), 3, "none of them is a take of the film");
        assert!(last.is_subset(&keys(&plan.shots[1], 3).into_iter().collect()));
        assert!(!last.contains(&plan.key(1).unwrap()));
        let numbers = film.shots[list.shots.len()..].iter().map(|shot| &*shot.number);
        assert_eq!(numbers.collect::<Vec<_>>(), ["1.2 take 1", "1.2 take 2", "1.2 take 3"]);
        assert!(made(&plan.shots[1], Path::new("no vault")).is_empty());
    }
}
