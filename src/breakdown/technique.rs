//! How the camera takes a shot, as values of the vocabulary.
//!
//! Knows values; does not know how they are written, nor how a camera does it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::breakdown::language::terms::{
    CameraAngle, CameraLens, CameraMove, MoveSpeed, ShotLight, ShotSize, TimeOfDay, as_list,
    as_phrase, joined, word_or_empty,
};
use crate::breakdown::subject::Subject;

/// The camera and the light of a take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Technique {
    /// How much of its subjects is seen.
    #[serde(serialize_with = "word_or_empty")]
    pub size: Option<ShotSize>,
    /// None at eye level; two are `low angle, point of view`.
    #[serde(serialize_with = "as_list")]
    pub angles: Vec<CameraAngle>,
    /// How the camera moves.
    pub movement: CameraMovement,
    /// Lens and focus.
    #[serde(serialize_with = "as_list")]
    pub lenses: Vec<CameraLens>,
    /// The light that the script asks for.
    #[serde(serialize_with = "as_list")]
    pub lights: Vec<ShotLight>,
    /// The time of day.
    #[serde(serialize_with = "word_or_empty")]
    pub time: Option<TimeOfDay>,
}

/// What the camera does in a take. In words: `slow handheld push in`; nothing if it stands
/// still.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct CameraMovement {
    /// One move, or how the camera is held and a move; none if it stands still.
    pub moves: Vec<CameraMove>,
    /// `slow` or `fast`, if the script says.
    pub speed: Option<MoveSpeed>,
}

impl CameraMovement {
    /// Whether the camera stands still.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty()
    }
}

impl fmt::Display for CameraMovement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(speed) = self.speed.as_ref().filter(|_| !self.is_empty()) {
            write!(f, "{speed} ")?;
        }
        f.write_str(&joined(&self.moves, " "))
    }
}

impl Serialize for CameraMovement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A camera move as a shot line has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// One move, or how the camera is held and a move: `handheld`, `push in`.
    #[serde(rename = "name", serialize_with = "as_phrase")]
    pub moves: Vec<CameraMove>,
    /// `slow` or `fast`, if the script says.
    #[serde(serialize_with = "word_or_empty")]
    pub speed: Option<MoveSpeed>,
    /// `to reveal X`.
    pub reveals: Vec<Subject>,
    /// `to X`, `with X`, `from A to B` in words, for the prompt.
    pub toward: String,
    /// The A of `from A to B`.
    #[serde(skip)]
    pub from: Option<Subject>,
    /// The B of it, and the X of `to X`.
    #[serde(skip)]
    pub to: Option<Subject>,
}

impl Movement {
    /// Its words without the speed: `handheld push in`.
    pub fn name(&self) -> String {
        joined(&self.moves, " ")
    }

    /// Whether the camera stands still.
    pub fn is_still(&self) -> bool {
        match &self.moves[..] {
            [] => true,
            [only] => only.properties.still,
            _ => false,
        }
    }

    /// Without what it goes to.
    pub fn of_camera(&self) -> CameraMovement {
        if self.is_still() {
            return CameraMovement::default();
        }
        CameraMovement { moves: self.moves.clone(), speed: self.speed.clone() }
    }
}
