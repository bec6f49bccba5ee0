//! `boards.yaml` and `places.yaml`: what the second edition can show.
//!
//! Knows names and drawings; draws nothing itself.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

use super::drawing::Drawing;
use crate::stage::paint::Hex;

const BOARDS: &str = include_str!("../../../boards.yaml");
const PLACES: &str = include_str!("../../../places.yaml");

/// Everybody and everything that stands alone before the key colour.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Boards {
    pub(super) moods: Vec<String>,
    #[serde(deserialize_with = "named")]
    pub(super) colours: IndexMap<String, Colour>,
    #[serde(deserialize_with = "named")]
    pub(super) hairs: IndexMap<String, Colour>,
    #[serde(deserialize_with = "named")]
    pub(super) skins: IndexMap<String, Colour>,
    #[serde(deserialize_with = "named")]
    pub(super) bodies: IndexMap<String, Lines>,
    #[serde(deserialize_with = "named")]
    pub(super) hair: IndexMap<String, Hair>,
    #[serde(deserialize_with = "named")]
    pub(super) beards: IndexMap<String, Lines>,
    #[serde(deserialize_with = "named")]
    pub(super) hats: IndexMap<String, Lines>,
    pub(super) glasses: Lines,
    #[serde(deserialize_with = "named")]
    pub(super) people: IndexMap<String, Person>,
    /// Subjects of the first edition that it draws itself.
    pub(super) drawn: Vec<String>,
    #[serde(deserialize_with = "named")]
    pub(super) animals: IndexMap<String, (String, f32, Looks)>,
    #[serde(deserialize_with = "named")]
    pub(super) beasts: IndexMap<String, (String, Colour, Colour)>,
    #[serde(deserialize_with = "named")]
    pub(super) vehicles: IndexMap<String, (String, f32, Looks)>,
    #[serde(deserialize_with = "named")]
    pub(super) props: IndexMap<String, (String, f32)>,
}

/// A colour, `RRGGBB`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct Colour(pub(super) Hex);

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let hex = Hex::from_str_radix(&text, 16).ok().filter(|_| text.len() == 6);
        hex.map(Self).ok_or_else(|| format!("`{text}` is no colour"))
    }
}

/// A drawing, one shape a line.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub(super) struct Lines(pub(super) Drawing);

impl TryFrom<Vec<String>> for Lines {
    type Error = String;

    fn try_from(lines: Vec<String>) -> Result<Self, String> {
        Drawing::try_from(lines).map(Self)
    }
}

/// Hair behind the body and before the face.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Hair {
    pub(super) back: Lines,
    pub(super) front: Lines,
}

/// What a person wears.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Person {
    pub(super) body: String,
    pub(super) hair: String,
    #[serde(default)]
    pub(super) beard: Option<String>,
    #[serde(default)]
    pub(super) hat: Option<String>,
    #[serde(default)]
    pub(super) glasses: bool,
    #[serde(default)]
    pub(super) old: bool,
    #[serde(default)]
    pub(super) wings: bool,
    /// Of a clown.
    #[serde(default)]
    pub(super) nose: bool,
    /// Over the eyes.
    #[serde(default)]
    pub(super) mask: bool,
    /// Factor of an adult's height.
    #[serde(default = "one")]
    pub(super) height: f32,
    /// Colours of clothes, hair and skin that go without saying.
    pub(super) usual: [String; 3],
    /// Whether clothes, hair and skin come in every colour.
    #[serde(default)]
    pub(super) any: bool,
}

/// A map in the order of its names.
fn named<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<IndexMap<String, T>, D::Error> {
    BTreeMap::deserialize(deserializer).map(|map: BTreeMap<String, T>| map.into_iter().collect())
}

fn one() -> f32 {
    1.0
}

/// Which way the art looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Looks {
    Left,
    Right,
    Front,
}

/// A set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// The set of the first edition with this name, which draws itself.
    #[serde(default)]
    pub(super) built: bool,
    /// Whether it has walls: no weather comes in.
    #[serde(default)]
    pub(super) inside: bool,
    #[serde(default)]
    pub(super) back: Lines,
    #[serde(default)]
    pub(super) middle: Lines,
    #[serde(default)]
    pub(super) floor: Lines,
}

pub(super) fn boards() -> Result<Boards, serde_yaml::Error> {
    serde_yaml::from_str(BOARDS)
}

pub(super) fn places() -> Result<IndexMap<String, Place>, serde_yaml::Error> {
    let places: BTreeMap<String, Place> = serde_yaml::from_str(PLACES)?;
    Ok(places.into_iter().collect())
}
