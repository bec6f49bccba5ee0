//! What one shot shows, as structured data. Prompt templates read it, and the
//! trainer's stage labels its pictures with it.
//!
//! Knows no script and no pixels. Strings are plain words; a name appears only for
//! somebody whom the script does not describe.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::breakdown::language::nouns::NounClass;

/// A shot in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Description {
    /// Canonical shot size of the vocabulary, e.g. `close-up`, `medium shot`.
    pub size: String,
    /// Canonical camera angle, e.g. `low angle`; empty for eye level.
    #[serde(default)]
    pub angle: String,
    /// Camera move in words, e.g. `slow push in`; empty for static.
    #[serde(default)]
    pub movement: String,
    /// What comes into the picture during the move (`to reveal …`).
    #[serde(default)]
    pub reveals: Vec<Depicted>,
    /// Lens and focus in words, e.g. `35mm lens, shallow focus`.
    #[serde(default)]
    pub lens: String,
    /// Light in words, e.g. `candlelight`.
    #[serde(default)]
    pub light: String,
    /// Who and what is in the picture, the main subject first.
    #[serde(default)]
    pub subjects: Vec<Depicted>,
    /// What happens, in the author's words, names replaced by [`Depicted::called`].
    #[serde(default)]
    pub action: String,
    /// The place.
    pub place: DescribedPlace,
    /// Time of day in words, e.g. `dusk`.
    pub time: String,
    /// Weather in words; empty when the script says nothing.
    #[serde(default)]
    pub weather: String,
    /// Style of the film in words, e.g. `storybook`.
    #[serde(default)]
    pub style: String,
}

/// Somebody or something in the picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Depicted {
    /// How a sentence calls them: `the mammoth`, `the woman in the green coat`.
    pub called: String,
    /// How many there are: 2 for `two horses`, 1 for a crowd. Where the script gives
    /// no number (`horses`), as many as a picture shows for it.
    #[serde(default = "one")]
    pub count: u32,
    /// [`Self::called`] is a proper name, which says nothing of the looks: a woman called
    /// Mara is no rodent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub named: bool,
    /// What its words say it is, the first with the most reason: the noun of
    /// [`Self::words`], then that of [`Self::called`] if it is no proper name.
    #[serde(skip)]
    pub nouns: Vec<HeadNoun>,
    /// Woman or man, by the script's pronouns or the name; for models that show either.
    #[serde(skip)]
    pub sex: Option<Sex>,
    /// The action says who this is and what they look like, so prompts in free text do
    /// not say it again.
    #[serde(default)]
    pub introduced: bool,
    /// What never changes: `a mammoth of gears and metal plates with glowing eyes`.
    pub words: String,
    /// Clothes now, without `wearing`: `a black oilskin`.
    #[serde(default)]
    pub outfit: String,
    /// Lasting additions: `soot on her face`.
    #[serde(default)]
    pub additions: Vec<String>,
    /// Where in the picture; an empty word when the script does not say.
    #[serde(default, serialize_with = "side_or_empty", deserialize_with = "side")]
    pub side: Option<Side>,
    /// What the picture shows of the face.
    #[serde(default)]
    pub face: Face,
    /// A reference picture shows the looks, so prompts in free text leave out `words`.
    #[serde(default)]
    pub referenced: bool,
}

impl Default for Depicted {
    fn default() -> Self {
        Self {
            called: String::new(),
            count: 1,
            named: false,
            nouns: Vec::new(),
            sex: None,
            introduced: false,
            words: String::new(),
            outfit: String::new(),
            additions: Vec::new(),
            side: None,
            face: Face::default(),
            referenced: false,
        }
    }
}

fn one() -> u32 {
    1
}

/// The noun that says what somebody or something is: `fire engine`, of `two old fire
/// engines with ladders`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct HeadNoun {
    /// Its words and those before it, in small letters: `old`, `fire`, `engines`.
    pub written: Vec<String>,
    /// The same in the singular: `old`, `fire`, `engine`.
    pub base: Vec<String>,
    /// What a picture shows for it; `None` for a noun that no table has.
    pub class: Option<NounClass>,
    /// Whether it is many.
    pub plural: bool,
    /// How many, if a number or a word like `herd` says.
    pub count: Option<u32>,
    /// What follows `of`: the dancers of `a troupe of dancers`.
    pub of: Option<Box<Self>>,
}

/// Whether somebody looks and sounds like a woman or a man.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// A woman.
    Woman,
    /// A man.
    Man,
}

/// A side of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Left.
    Left,
    /// Right.
    Right,
    /// Between them.
    Centre,
}

impl Side {
    /// Its word: `left`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Centre => "centre",
        }
    }
}

/// Serialises no side as an empty word.
#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde calls"
)]
fn side_or_empty<S: Serializer>(side: &Option<Side>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(side.map_or("", Side::as_str))
}

/// Reads what [`side_or_empty`] writes.
fn side<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Side>, D::Error> {
    let word = String::deserialize(deserializer)?;
    let sides = [Side::Left, Side::Right, Side::Centre];
    match sides.into_iter().find(|side| side.as_str() == word) {
        None if !word.is_empty() => Err(D::Error::custom(format!("`{word}` is no side"))),
        side => Ok(side),
    }
}

/// How much of a face the picture should show.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Face {
    /// The face.
    #[default]
    Seen,
    /// From behind or over the shoulder.
    Back,
    /// Masked or hidden by the script.
    Hidden,
}

/// A place in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DescribedPlace {
    /// The path of the heading in small letters: `harbour office`.
    pub name: String,
    /// Its description, if the script gives one.
    #[serde(default)]
    pub words: String,
    /// Lasting changes: `the window is broken`.
    #[serde(default)]
    pub additions: Vec<String>,
    /// Inside or outside.
    pub interior: bool,
}
