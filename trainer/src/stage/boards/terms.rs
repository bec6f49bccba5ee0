//! What can be asked of the world: who or which set, how, in the words of a prompt.
//!
//! Knows words; draws nothing.

use photoplay::breakdown::prompts::lower::render;
use serde::Serialize;

use crate::stage::sets::{Daylight, Weather};

/// Width and height of the picture of a figure, in pixels.
pub(crate) const FIGURE: [u32; 2] = [256, 256];
/// Width and height of the picture of a set: wider than a frame of 448 × 256.
pub(crate) const SET: [u32; 2] = [704, 256];

/// Which way somebody looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facing {
    Front,
    Right,
    Left,
}

/// What a face shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Neutral,
    Glad,
    Sad,
    Angry,
    Asleep,
}

impl Mood {
    pub(super) const ALL: [Self; 5] =
        [Self::Neutral, Self::Glad, Self::Sad, Self::Angry, Self::Asleep];
}

/// How much of somebody is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Full,
    Bust,
}

/// A figure to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Figure {
    /// Its place among the subjects.
    pub(crate) subject: u16,
    /// What the prompt says of clothes, hair and skin; the rest is as usual.
    pub(crate) dress: [Option<u8>; 3],
    pub(crate) framing: Framing,
    pub(crate) facing: Facing,
    pub(crate) mood: Mood,
    pub(crate) open: bool,
}

/// What of a set is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    Whole,
    Back,
    Middle,
    Floor,
}

impl Layer {
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Back, Self::Middle, Self::Floor];
}

/// A set to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plate {
    /// Its place among the places.
    pub(crate) place: u16,
    pub(crate) time: Daylight,
    pub(crate) weather: Weather,
    pub(crate) layer: Layer,
}

/// One picture to learn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    Figure(Figure),
    Plate(Plate),
}

/// What the prompt template `toy-theatre-2` reads: a figure has `who`, a set has `place`.
#[derive(Debug, Default, Serialize)]
pub(super) struct Asked<'a> {
    pub(super) size: &'a str,
    pub(super) who: String,
    pub(super) facing: &'a str,
    pub(super) mood: &'a str,
    pub(super) open: bool,
    pub(super) place: &'a str,
    pub(super) time: &'a str,
    pub(super) weather: &'a str,
}

impl Asked<'_> {
    /// The prompt.
    pub(super) fn prompt(&self) -> String {
        render("toy-theatre-2", self).expect("the template of the standard library renders")
    }
}
