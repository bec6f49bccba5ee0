//! Words of the vocabulary as values: the sizes, angles, moves, speeds, lenses and lights of
//! shots, the times of day of scenes. A value knows its properties, so that code asks for
//! a property and never compares words.
//!
//! Knows values; does not know how they are written in a script.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::camera_rules::{
    AngleRule, CameraSide, LensRule, LightRule, MoveDirection, MoveRule, SizeRule,
};

/// A canonical word with its properties. Cheap to clone. It serialises as the word.
#[derive(Debug, Clone)]
pub struct Term<P> {
    word: Arc<str>,
    /// What the vocabulary says of it.
    pub properties: P,
}

/// A shot size: `close-up`.
pub type ShotSize = Term<SizeProperties>;
/// A camera angle: `low angle`.
pub type CameraAngle = Term<AngleProperties>;
/// A camera move with its direction: `pan left`.
pub type CameraMove = Term<MoveProperties>;
/// The speed of a move: `slow`; how many times as fast, if the vocabulary says.
pub type MoveSpeed = Term<Option<f64>>;
/// A lens or a focus: `35mm lens`, `shallow focus`; what it sees, if the vocabulary says.
pub type CameraLens = Term<Option<LensRule>>;
/// A light: `candlelight`; what it changes, if the vocabulary says.
pub type ShotLight = Term<Option<LightRule>>;
/// A time of day: `dusk`.
pub type TimeOfDay = Term<TimeProperties>;

/// Properties of a shot size.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct SizeProperties {
    /// Steps from the farthest size (0); `None` has no place in the order.
    pub rank: Option<u8>,
    /// Only the subject is in the picture; other speakers are heard.
    pub alone: bool,
    /// How many people it is for, if it says.
    pub people: Option<u8>,
    /// A thing fills the picture: words in it stand on paper.
    pub thing: bool,
    /// How it is framed.
    pub blocking: Option<SizeRule>,
}

/// Properties of a camera angle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AngleProperties {
    /// The camera is far above everything.
    pub from_above: bool,
    /// Backs are seen, not faces.
    pub from_behind: bool,
    /// The camera looks past the shoulder of somebody.
    pub over_shoulder: bool,
    /// The camera sees what somebody sees.
    pub point_of_view: bool,
    /// Where the camera stands.
    pub blocking: Option<AngleRule>,
}

impl AngleProperties {
    /// Where the camera stands beside its height.
    pub fn side(&self) -> CameraSide {
        if self.over_shoulder {
            CameraSide::Over
        } else if self.from_behind {
            CameraSide::Behind
        } else if self.point_of_view {
            CameraSide::View
        } else {
            self.blocking.map_or_else(CameraSide::default, |rule| rule.side)
        }
    }
}

/// Properties of a camera move.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct MoveProperties {
    /// How the camera is held: goes with another move.
    pub manner: bool,
    /// The camera does not move.
    pub still: bool,
    /// The picture leaves what it showed, so what it arrives at is new.
    pub travels: bool,
    /// The camera goes with somebody.
    pub follows: bool,
    /// What the camera does.
    pub blocking: Option<MoveRule>,
    /// Where, if the script says.
    pub direction: Option<MoveDirection>,
}

/// Properties of a time of day.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct TimeProperties {
    /// A scene has it while no heading gives another.
    pub assumed: bool,
    /// Its light.
    pub blocking: Option<LightRule>,
}

impl<P> Term<P> {
    /// A word with its properties.
    pub fn new(word: &str, properties: P) -> Self {
        Self { word: word.into(), properties }
    }

    /// The canonical word.
    pub fn as_str(&self) -> &str {
        &self.word
    }
}

impl<P: PartialEq> PartialEq for Term<P> {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word && self.properties == other.properties
    }
}

// The numbers of the vocabulary are written, and no script has others but a focal length.
impl<P: PartialEq> Eq for Term<P> {}

impl<P> Hash for Term<P> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.word.hash(state);
    }
}

impl<P> fmt::Display for Term<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word)
    }
}

impl<P> Serialize for Term<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.word)
    }
}

/// The word of a value; empty when there is none.
pub fn word_of<P>(term: Option<&Term<P>>) -> &str {
    term.map_or("", Term::as_str)
}

/// The words of several values.
pub fn joined<P>(terms: &[Term<P>], separator: &str) -> String {
    terms.iter().map(Term::as_str).collect::<Vec<_>>().join(separator)
}

/// Serialises no value as an empty word.
#[allow(clippy::ref_option, reason = "the shape that serde calls")]
pub(crate) fn word_or_empty<P, S: Serializer>(
    term: &Option<Term<P>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(word_of(term.as_ref()))
}

/// Serialises several values as a list in words: `35mm lens, shallow focus`.
pub(crate) fn as_list<P, S: Serializer>(
    terms: &[Term<P>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&joined(terms, ", "))
}

/// Serialises several values as one phrase.
pub(crate) fn as_phrase<P, S: Serializer>(
    terms: &[Term<P>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&joined(terms, " "))
}
