//! Which parts of a model are on the device while it makes a take.
//!
//! Decided without libtorch, by the sizes of the networks; the camera carries it out.

use serde::{Deserialize, Serialize};

/// Which parts stay off the device where its memory is short. This changes where
/// parts are, not the result, so it is in no recipe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The transformer's blocks come to the device one at a time.
    pub streamed: bool,
    /// The text encoder reads on the CPU.
    pub read_on_cpu: bool,
}
