//! What of a model is on the device while it shoots.
//!
//! Decided without libtorch, from what the model takes; carried out by the camera.

use serde::{Deserialize, Serialize};

/// What gives way where the device's memory is short. It changes what is where,
/// not what is computed, so no recipe knows of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The transformer's blocks come to the device one at a time.
    pub streamed: bool,
    /// The text encoder reads on the CPU.
    pub read_on_cpu: bool,
}
