//! Which parts of a model are on the device while it makes a take.
//!
//! Decided from the sizes of the networks, without libtorch; the camera carries it out.

use serde::{Deserialize, Serialize};

/// Which parts stay off the device if its memory is short. This changes where parts
/// are, not the result, so no recipe holds it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The transformer's blocks come to the device one at a time.
    pub streamed: bool,
    /// The text encoder runs on the CPU.
    pub read_on_cpu: bool,
}
