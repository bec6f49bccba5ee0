//! Transitions between two pictures: cuts, dissolves, fades, wipes.
//!
//! Knows how a transition is made and how long it is; does not know which
//! pictures it joins.

use serde::{Deserialize, Serialize};

use crate::time::Seconds;

/// A transition between two pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Canonical name of the vocabulary: `dissolve`, `fade out`, `wipe left`.
    pub name: String,
    /// How it is made.
    pub kind: TransitionKind,
    /// Its length; zero for cuts.
    pub duration: Seconds,
    /// The next shot keeps the size of the one before.
    #[serde(skip)]
    pub match_cut: bool,
}

impl Transition {
    /// No transition at all.
    pub fn cut() -> Self {
        let (kind, duration) = (TransitionKind::Cut, Seconds::ZERO);
        Self { name: "cut".to_owned(), kind, duration, match_cut: false }
    }

    /// Up from black inside a shot.
    pub fn fade_in(duration: Seconds) -> Self {
        let kind = TransitionKind::FadeIn(Colour::default());
        Self { name: "fade in".to_owned(), kind, duration, match_cut: false }
    }

    /// Down to black inside a shot.
    pub fn fade_out(duration: Seconds) -> Self {
        let kind = TransitionKind::FadeOut(Colour::default());
        Self { name: "fade out".to_owned(), kind, duration, match_cut: false }
    }
}

/// How a transition is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionKind {
    /// Straight, smash and match cuts.
    Cut,
    /// Blend in linear light.
    Dissolve,
    /// Up from a colour, inside the incoming shot.
    FadeIn(Colour),
    /// Down to a colour, inside the outgoing shot.
    FadeOut(Colour),
    /// An edge crosses the picture.
    Wipe(Direction),
    /// Blur out, blur in.
    WhipPan,
}

/// A colour to fade to or from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour {
    /// Red, 0 to 255.
    pub red: u8,
    /// Green.
    pub green: u8,
    /// Blue.
    pub blue: u8,
}

/// Where an edge moves to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From right to left.
    #[default]
    Left,
    /// From left to right.
    Right,
    /// From bottom to top.
    Up,
    /// From top to bottom.
    Down,
}

impl Direction {
    /// The direction with a word of the vocabulary.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "left" => Some(Self::Left),
            "right" => Some(Self::Right),
            "up" => Some(Self::Up),
            "down" => Some(Self::Down),
            _ => None,
        }
    }
}
