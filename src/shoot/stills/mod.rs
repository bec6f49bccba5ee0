//! Shot list → stills of a story reel, each a take of one frame.
//!
//! ```text
//! model that makes cutouts ─────→ a plate of the set, and everybody alone
//! any other model ─────────────→ one picture of each shot
//! ```
//!
//! The key of a still contains only what the network gets, so all shots that show the same
//! share it. A still contains no movement. Does not run the model or read the vault.

mod cutouts;
mod composed;
mod needed;

use std::collections::BTreeMap;

use self::composed::composed;
use self::cutouts::cutouts;
use self::needed::Stills;
pub use self::needed::{PlannedReelShot, ReelPlan};
use super::plan::{CircledStill, Error, Identity, ModelFingerprint};
use crate::breakdown::shot::ShotList;
use crate::casting::{Cast, Chosen};

/// For each shot, the circled still of its story reel: the frame that its take begins with.
/// A reel of cutouts has no picture of a shot that a take could begin with.
pub(super) fn circled_stills(
    list: &ShotList,
    model: &ModelFingerprint,
    cast: &Cast,
    chosen: &[Option<Chosen>],
    circled: &BTreeMap<Identity, u32>,
) -> Result<Vec<Option<CircledStill>>, Error> {
    if circled.is_empty() || model.settings.reel.is_some() {
        return Ok(vec![None; list.shots.len()]);
    }
    let reel = composed(list, model, cast, Stills::new(list, chosen, circled))?;
    let still = |shot: &Option<PlannedReelShot>| {
        let still = &reel.takes.shots[*shot.as_ref()?.stills.first()?];
        let identity = still.identity.filter(|identity| circled.contains_key(identity))?;
        Some(CircledStill { identity, recipe: still.recipes.last()?.clone() })
    };
    Ok(reel.shots.iter().map(still).collect())
}

/// Plans the story reel of a film: of cutouts, or of one picture a shot if the model does not
/// say how it makes cutouts. `chosen` holds the
/// picture of each look, `None` while it is missing; `circled` the numbers of circled stills.
pub fn reel_plan(
    list: &ShotList,
    model: &ModelFingerprint,
    cast: &Cast,
    chosen: &[Option<Chosen>],
    circled: &BTreeMap<Identity, u32>,
) -> Result<ReelPlan, Error> {
    let stills = Stills::new(list, chosen, circled);
    match (&model.settings.reel, &model.words) {
        (Some(reel), Some(words)) => cutouts(list, model, (reel, words), cast, stills),
        _ => composed(list, model, cast, stills),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casting::looks;
    use crate::shoot::circled::adrift;
    use crate::shoot::circled::tests::second_take;
    use crate::shoot::drive::tests::{SCRIPT, network, plan_of};
    use crate::shoot::jobs::jobs;
    use crate::shoot::recipe::Preceding;

    #[test]
    fn a_take_begins_with_the_circled_still_of_its_shot() {
        let (list, before) = plan_of(SCRIPT, 21, &BTreeMap::new());
        let cast = looks(&list, None);
        let chosen = vec![None; cast.looks.len()];
        let reel = reel_plan(&list, &network(21), &cast, &chosen, &BTreeMap::new()).unwrap();
        let first = reel.shots[0].as_ref().unwrap().stills[0];
        let still = &reel.takes.shots[first];
        let mut circled = BTreeMap::from([(still.identity.unwrap(), 2)]);
        let (_, after) = plan_of(SCRIPT, 21, &circled);
        let begins = &after.shots[0].still.as_ref().unwrap().recipe;
        assert_eq!([begins.clone()][..], still.take(2)[..]);
        let take = begins.key();
        assert_eq!(
            after.shots[0].recipes[0].preceding,
            Some(Preceding { take, first: 0, frames: 1, next_piece: false })
        );
        assert_ne!(after.shots[0].key, before.shots[0].key);
        // The second shot goes on from the first; the third has nothing to do with it.
        assert!(after.shots[1].still.is_none());
        assert_ne!(after.shots[1].key, before.shots[1].key);
        assert_eq!(after.shots[2].key, before.shots[2].key);
        let jobs = jobs(&after);
        let made = jobs.iter().position(|job| job.key == take).unwrap();
        let waits = jobs.iter().position(|job| job.key == after.shots[0].recipes[0].key());
        assert_eq!(jobs[waits.unwrap()].after, Some(made));
        assert!(!jobs[made].last && after.piece_keys().contains(&take));
        // The choice is in use: nobody is asked to make it again.
        let choice = second_take(&list, still);
        assert!(adrift(&[choice], "film.play", "test", &list, &after).is_empty());

        circled.insert(before.shots[0].identity.unwrap(), 1);
        let (_, kept) = plan_of(SCRIPT, 21, &circled);
        assert!(kept.shots[0].still.is_none());
        assert_eq!(kept.shots[0].recipes, before.shots[0].take(1));
    }
}
