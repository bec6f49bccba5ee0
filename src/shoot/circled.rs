//! Circled takes: which take of a shot the author chose. The choice follows the
//! shot's identity, wherever the shot moves. Script, number and words are for
//! people, and find the shot again after an edit.
//!
//! Knows plans; does not know the vault.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::plan::{Identity, TakePlan};
use super::recipe::TakeKey;
use crate::breakdown::shot::ShotList;

/// The highest number of a take.
pub const MOST: u32 = 99;

/// A circled take, as the lock file stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circled {
    /// File name of the script that the author made it for.
    pub script: String,
    /// The shot's number at that time.
    pub shot: String,
    /// What the shot showed when the author chose.
    pub shows: String,
    /// The model of the takes that the author saw.
    pub model: String,
    /// Number of the take, from 1.
    pub take: u32,
    /// The shot.
    pub identity: Identity,
    /// The take's key at that time.
    pub key: TakeKey,
    /// How often another take was chosen before, so that a merge knows the later choice.
    #[serde(default, skip_serializing_if = "is_first")]
    pub again: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_first(again: &u32) -> bool {
    *again == 0
}

/// Removes choices that a later one of the same shot replaced.
pub(super) fn retain_latest(circled: &mut Vec<Circled>) {
    let mut latest: BTreeMap<Identity, u32> = BTreeMap::new();
    for choice in &*circled {
        let again = latest.entry(choice.identity).or_default();
        *again = choice.again.max(*again);
    }
    circled.retain(|choice| latest[&choice.identity] == choice.again);
}

/// The circled take of each shot that has one.
pub fn numbers(circled: &[Circled]) -> BTreeMap<Identity, u32> {
    circled.iter().map(|choice| (choice.identity, choice.take)).collect()
}

/// Choices for shots that an edit has changed or removed, each with the shot to
/// offer it to: the one with the same words and number, else the same number,
/// else the same words, unless that shot has a circled take too. `script` is the
/// file's name. The plan must have the recipe of every take.
pub fn adrift<'a>(
    circled: &'a [Circled],
    script: &str,
    model: &str,
    list: &ShotList,
    plan: &TakePlan,
) -> Vec<(&'a Circled, usize)> {
    let used = plan.shots.iter().flat_map(|shot| {
        let still = shot.still.as_ref().map(|still| still.identity);
        shot.identity.into_iter().chain(still)
    });
    let known: BTreeSet<Identity> = used.collect();
    let open = |shot: &usize| plan.shots[*shot].identity.is_some() && plan.shots[*shot].number == 0;
    circled
        .iter()
        .filter(|choice| choice.script == script && choice.model == model)
        .filter(|choice| !known.contains(&choice.identity))
        .filter_map(|choice| {
            let unlike = |shot: usize| {
                let shot = &list.shots[shot];
                2 * u8::from(shot.number != choice.shot) + u8::from(*shot.shows != *choice.shows)
            };
            let likest = (0..plan.shots.len()).filter(open).min_by_key(|shot| unlike(*shot))?;
            (unlike(likest) < 3).then_some((choice, likest))
        })
        .collect()
}

#[cfg(test)]
pub(in crate::shoot) mod tests {
    use super::*;
    use crate::shoot::drive::tests::{SCRIPT, plan_of};
    use crate::shoot::plan::ShotTakes;

    /// Take 2 of the first shot, or of its still.
    pub(in crate::shoot) fn second_take(list: &ShotList, planned: &ShotTakes) -> Circled {
        Circled {
            script: "film.play".to_owned(),
            shot: list.shots[0].number.clone(),
            shows: list.shots[0].shows.to_string(),
            model: "test".to_owned(),
            take: 2,
            identity: planned.identity.unwrap(),
            key: planned.take(2).last().unwrap().key(),
            again: 0,
        }
    }

    /// A film in which take 2 of the first shot is circled.
    fn circled() -> (ShotList, TakePlan, Vec<Circled>) {
        let (list, plan) = plan_of(SCRIPT, 21, &BTreeMap::new());
        let choice = second_take(&list, &plan.shots[0]);
        (list, plan, vec![choice])
    }

    fn identities(plan: &TakePlan) -> Vec<Option<Identity>> {
        plan.shots.iter().map(|shot| shot.identity).collect()
    }

    #[test]
    fn a_choice_changes_its_shot_and_what_goes_on_from_it() {
        let (_, before, circled) = circled();
        for (shot, planned) in before.shots.iter().enumerate() {
            assert_eq!(planned.take(0), planned.recipes, "{shot}");
        }
        let (_, after) = plan_of(SCRIPT, 21, &numbers(&circled));
        assert!(after.shots[0].recipes.len() > 1, "it is shot in pieces");
        assert_eq!(after.shots[0].recipes, before.shots[0].take(2));
        assert_eq!(after.shots[0].key, Some(circled[0].key));
        let same: Vec<bool> = before
            .shots
            .iter()
            .zip(&after.shots)
            .map(|(before, after)| before.key == after.key)
            .collect();
        assert_eq!(same, [false, false, true, true], "the second goes on from the first");
        assert_eq!(identities(&before), identities(&after));
    }

    #[test]
    fn a_choice_follows_its_shot() {
        let (_, _, circled) = circled();
        let inserted = SCRIPT.replace("!! WIDE", "!! CLOSE ON a path [[1s]]\n\nMud.\n\n!! WIDE");
        let (list, plan) = plan_of(&inserted, 21, &numbers(&circled));
        let taken: Vec<u32> = plan.shots.iter().map(|shot| shot.number).collect();
        assert_eq!(taken, [0, 2, 0, 0, 0]);
        assert!(adrift(&circled, "film.play", "test", &list, &plan).is_empty());
    }

    #[test]
    fn a_choice_for_a_shot_that_was_edited_is_offered_to_it() {
        let (_, _, circled) = circled();
        let edits = [
            ("Wind in the trees.", "No wind in the trees.", Some(0)),
            ("!! WIDE", "!! CLOSE ON a path [[1s]]\n\nMud.\n\n!! WIDE", None),
            ("WIDE ON the trees [[2s]]", "MEDIUM ON a nest [[3s]]", Some(0)),
        ];
        for (from, to, offered) in edits {
            let (list, plan) = plan_of(&SCRIPT.replace(from, to), 21, &numbers(&circled));
            let offers = adrift(&circled, "film.play", "test", &list, &plan);
            let offers: Vec<usize> = offers.into_iter().map(|(_, shot)| shot).collect();
            assert_eq!(offers, Vec::from_iter(offered), "{to}");
            assert!(adrift(&circled, "other.play", "test", &list, &plan).is_empty());
            assert!(adrift(&circled, "film.play", "another model", &list, &plan).is_empty());
        }
    }
}
