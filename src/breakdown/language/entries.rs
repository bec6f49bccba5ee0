//! Entries of the vocabulary: what stands behind a canonical word in a file.
//!
//! Knows the form of entries; does not know which there are.

use serde::Deserialize;

use super::terms::{AngleProperties, MoveProperties, SizeProperties};

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

/// A camera move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MoveEntry {
    /// What may follow its name.
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
    /// `black`, `white` or `#rrggbb`.
    pub colour: Option<String>,
    /// Its length when the script gives none.
    pub seconds: f64,
    /// See [`Transition::match_cut`](crate::breakdown::transition::Transition::match_cut).
    #[serde(rename = "match")]
    pub match_cut: bool,
    /// What may follow its name.
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
