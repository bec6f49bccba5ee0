//! What an author tells people to do on the stage, as data.
//!
//! Knows areas and names of motions; does not know the words for them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::breakdown::subject::Subject;

/// What an author tells somebody to do: `MARA crosses to TUSK`, `TUSK right, far`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageDirection {
    /// Who.
    pub who: Subject,
    /// A motion of `stdlib/blocking/motions.yaml`; `None`: stands at the areas.
    pub motion: Option<Arc<str>>,
    /// Where, or from or to which side.
    pub areas: Vec<StageArea>,
    /// To whom.
    pub to: Option<Subject>,
}

/// A place on the stage as the camera sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageArea {
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// In the middle.
    Centre,
    /// Near the camera.
    Near,
    /// Far from the camera.
    Far,
}
