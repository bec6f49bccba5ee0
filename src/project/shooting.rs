//! Makes missing takes with a camera, and hands those of a vault to the cut.
//!
//! Knows plans; does not know what a film does with a take.

use super::error::Error;
use crate::cut::conform::TakeFile;
use crate::report::plural;
use crate::shoot::drive::{DriveInputs, DriveOutcome, drive};
use crate::shoot::recipe::KeyedRecipe;
use crate::shoot::remote::RemoteCamera;
use crate::shoot::vault::Vault;
use crate::time::Rate;

/// Starts the camera, so that a build finds out first whether the camera works.
pub(crate) fn start(camera: &mut RemoteCamera<'_>) -> Result<(), Error> {
    camera.inspect().map(|_| ()).map_err(|error| Error::Camera(error.into()))
}

/// Makes every missing take and ends the camera, whose memory the encoder needs.
/// `None` if somebody interrupts; an error if a take cannot be made. `what` names
/// one of them in the error.
pub(crate) fn make_all(
    inputs: DriveInputs<'_>,
    mut camera: RemoteCamera<'_>,
    what: &str,
) -> Result<Option<DriveOutcome>, Error> {
    let outcome = drive(inputs, &mut camera)?;
    match outcome.spoiled.len() {
        _ if outcome.cancelled => Ok(None),
        0 => Ok(Some(outcome)),
        spoiled => Err(Error::Spoiled(plural(spoiled, what))),
    }
}

/// A take of the vault, by the recipes of its pieces, as the cut uses it.
pub(crate) fn take_file(vault: &Vault, pieces: &[KeyedRecipe], frame_rate: u32) -> TakeFile {
    let digest = |recipe: &KeyedRecipe| {
        vault.payload_digest(&recipe.key()).unwrap_or_else(|| recipe.key().to_string())
    };
    let first = pieces.first().expect("a take has a piece");
    TakeFile {
        files: pieces
            .iter()
            .map(|recipe| (vault.payload(&recipe.key()), recipe.stored_frames()))
            .collect(),
        digest: pieces.iter().map(digest).collect::<Vec<_>>().join(" "),
        rate: Rate { numerator: frame_rate, denominator: 1 },
        width: first.width,
        height: first.height,
    }
}
