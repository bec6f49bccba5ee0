//! Shot list → stills of a story reel, each a take of one frame.
//!
//! ```text
//! model that makes boards ─────→ a plate of the set, and everybody alone
//! any other model ─────────────→ one picture of each shot
//! ```
//!
//! A still is keyed by what the network gets, so all shots that show the same share it,
//! and no movement is in it. Does not run the model or read the vault.

mod boards;
mod composed;
mod needed;

use std::collections::BTreeMap;

use self::boards::boards;
use self::composed::composed;
use self::needed::Stills;
pub use self::needed::{PlannedReelShot, ReelPlan};
use super::plan::{Error, Identity, ModelFingerprint};
use crate::breakdown::shot::ShotList;
use crate::casting::{Cast, Chosen};

/// Plans the story reel of a film: of boards, or of one picture a shot if the model does not
/// say how it makes boards. `chosen` holds the
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
        (Some(reel), Some(words)) => boards(list, model, (reel, words), cast, stills),
        _ => composed(list, model, cast, stills),
    }
}
