//! Entries of vocabulary files: a canonical word's properties and its other words.
//!
//! Knows the form of entries; does not know the words.

use serde::{Deserialize, Deserializer};

use super::terms::{AngleProperties, MoveProperties, SizeProperties, TimeProperties};
use crate::breakdown::transition::Colour;

/// A shot size.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SizeEntry {
    /// See [`SizeProperties::rank`].
    pub rank: Option<u8>,
    /// See [`SizeProperties::alone`].
    pub alone: bool,
    /// See [`SizeProperties::people`].
    pub people: Option<u8>,
    /// See [`SizeProperties::thing`].
    pub thing: bool,
    /// Other words for it.
    pub also: Vec<String>,
}

/// A camera angle: a list of other words for it, or its properties with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "AngleForm")]
pub struct AngleEntry {
    /// What it means for the picture.
    pub properties: AngleProperties,
    /// The size of a shot line that begins with it and names no size.
    pub size: Option<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum AngleForm {
    Also(Vec<String>),
    Whole(WholeAngle),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WholeAngle {
    from_above: bool,
    from_behind: bool,
    over_shoulder: bool,
    point_of_view: bool,
    size: Option<String>,
    also: Vec<String>,
}

impl From<AngleForm> for AngleEntry {
    fn from(form: AngleForm) -> Self {
        match form {
            AngleForm::Also(also) => Self { also, ..Self::default() },
            AngleForm::Whole(WholeAngle {
                from_above,
                from_behind,
                over_shoulder,
                point_of_view,
                size,
                also,
            }) => Self {
                properties: AngleProperties {
                    from_above,
                    from_behind,
                    over_shoulder,
                    point_of_view,
                },
                size,
                also,
            },
        }
    }
}

/// A time of day: a list of other words for it, or its properties with them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "TimeForm")]
pub struct TimeEntry {
    /// What it means for a scene.
    pub properties: TimeProperties,
    /// Other words for it.
    pub also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TimeForm {
    Also(Vec<String>),
    Whole(WholeTime),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WholeTime {
    assumed: bool,
    also: Vec<String>,
}

impl From<TimeForm> for TimeEntry {
    fn from(form: TimeForm) -> Self {
        match form {
            TimeForm::Also(also) => Self { also, ..Self::default() },
            TimeForm::Whole(WholeTime { assumed, also }) => {
                Self { properties: TimeProperties { assumed }, also }
            }
        }
    }
}

/// A camera move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoveEntry {
    /// Words that may follow its name: `left`.
    pub directions: Vec<String>,
    /// See [`MoveProperties::manner`].
    pub manner: bool,
    /// See [`MoveProperties::still`].
    pub still: bool,
    /// See [`MoveProperties::travels`].
    pub travels: bool,
    /// See [`MoveProperties::follows`].
    pub follows: bool,
    /// Other words for it.
    pub also: Vec<String>,
}

/// A transition.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TransitionEntry {
    /// How it is made.
    pub kind: TransitionMethod,
    /// `black`, `white` or `#rrggbb`; black if it is none of them.
    #[serde(deserialize_with = "colour")]
    pub colour: Colour,
    /// Its length when the script gives none.
    pub seconds: f64,
    /// See [`Transition::match_cut`](crate::breakdown::transition::Transition::match_cut).
    #[serde(rename = "match")]
    pub match_cut: bool,
    /// Words that may follow its name: `left`.
    pub directions: Vec<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

/// How a transition of the vocabulary is made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransitionMethod {
    /// A cut.
    #[default]
    Cut,
    /// A blend.
    Dissolve,
    /// Up from a colour.
    FadeIn,
    /// Down to a colour.
    FadeOut,
    /// An edge crosses the picture.
    Wipe,
    /// Blur out, blur in.
    WhipPan,
}

/// How the words of a cue or a parenthetical make a speech heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiceSense {
    /// From outside the picture.
    OffScreen,
    /// The same, but only in a cue.
    OffScreenInCue,
    /// Over the pictures.
    Narration,
    /// From before its picture on.
    PreLap,
    /// Not at all.
    Ignored,
}

fn colour<'de, D: Deserializer<'de>>(from: D) -> Result<Colour, D::Error> {
    let name = String::deserialize(from)?;
    let hex = |range| name.get(range).and_then(|part| u8::from_str_radix(part, 16).ok());
    Ok(match name.as_str() {
        "white" => Colour { red: 255, green: 255, blue: 255 },
        _ if name.starts_with('#') => match (hex(1..3), hex(3..5), hex(5..7)) {
            (Some(red), Some(green), Some(blue)) => Colour { red, green, blue },
            _ => Colour::default(),
        },
        _ => Colour::default(),
    })
}

impl SizeEntry {
    /// What it means for the picture.
    pub fn properties(&self) -> SizeProperties {
        let Self { rank, alone, people, thing, .. } = *self;
        SizeProperties { rank, alone, people, thing }
    }
}

impl MoveEntry {
    /// What it means for the picture.
    pub fn properties(&self) -> MoveProperties {
        let Self { manner, still, travels, follows, .. } = *self;
        MoveProperties { manner, still, travels, follows }
    }
}
