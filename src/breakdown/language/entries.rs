//! Entries of vocabulary files: a canonical word's properties and its other words.
//!
//! Knows the form of entries; does not know the words.

use serde::{Deserialize, Deserializer};

use super::camera_rules::{AngleRule, CameraSide, LensRule, LightRule, MoveRule, SizeRule};
use super::terms::{AngleProperties, MoveProperties, SizeProperties, TimeProperties};
use crate::breakdown::transition::Colour;

/// An entry of a table of the vocabulary.
pub(crate) trait VocabularyEntry {
    /// Other words for it.
    fn also(&mut self) -> &mut Vec<String>;

    /// The word whose properties it has.
    fn like(&self) -> Option<&str>;

    /// Whether the file has numbers that say how it blocks a shot.
    fn has_numbers(&self) -> bool;

    /// Takes them away.
    fn forget_numbers(&mut self);

    /// Whether its properties decide how it blocks a shot.
    fn is_blocked(&self) -> bool {
        self.has_numbers()
    }

    /// Takes over the properties of the word that it is like.
    fn inherit(&mut self, known: &Self);

    /// Words that may follow its name.
    fn directions(&mut self) -> Option<&mut Vec<String>> {
        None
    }
}

/// A shot size.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
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
    /// See [`SizeProperties::blocking`].
    pub blocking: Option<SizeRule>,
    /// The word whose properties it has.
    pub like: Option<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

/// A camera angle: a list of other words for it, or its properties with them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "AngleForm")]
pub struct AngleEntry {
    /// What it means for the picture.
    pub properties: AngleProperties,
    /// The size of a shot line that begins with it and names no size.
    pub size: Option<String>,
    /// The word whose properties it has.
    pub like: Option<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of words, or the properties of an angle")]
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
    blocking: Option<AngleRule>,
    size: Option<String>,
    like: Option<String>,
    also: Vec<String>,
}

impl From<AngleForm> for AngleEntry {
    fn from(form: AngleForm) -> Self {
        match form {
            AngleForm::Also(also) => Self { also, ..Self::default() },
            AngleForm::Whole(whole) => {
                let WholeAngle { from_above, from_behind, over_shoulder, point_of_view, .. } =
                    whole;
                let blocking = whole.blocking;
                Self {
                    properties: AngleProperties {
                        from_above,
                        from_behind,
                        over_shoulder,
                        point_of_view,
                        blocking,
                    },
                    size: whole.size,
                    like: whole.like,
                    also: whole.also,
                }
            }
        }
    }
}

/// A word with nothing but what it does where a shot is blocked: a list of other words for
/// it, or that with them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(from = "WordForm<R>", bound = "R: Deserialize<'de>")]
pub struct WordEntry<R> {
    /// What it does.
    pub blocking: Option<R>,
    /// The word whose properties it has.
    pub like: Option<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

/// A lens or a focus.
pub type LensEntry = WordEntry<LensRule>;
/// A light.
pub type LightEntry = WordEntry<LightRule>;
/// A speed of a move, and how many times as fast it is.
pub type SpeedEntry = WordEntry<f64>;

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of words, or `like` and `also`")]
enum WordForm<R> {
    Also(Vec<String>),
    Whole(WholeWord<R>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeWord<R> {
    blocking: Option<R>,
    like: Option<String>,
    #[serde(default)]
    also: Vec<String>,
}

impl<R> From<WordForm<R>> for WordEntry<R> {
    fn from(form: WordForm<R>) -> Self {
        match form {
            WordForm::Also(also) => Self { blocking: None, like: None, also },
            WordForm::Whole(WholeWord { blocking, like, also }) => Self { blocking, like, also },
        }
    }
}

/// A time of day: a list of other words for it, or its properties with them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "TimeForm")]
pub struct TimeEntry {
    /// What it means for a scene.
    pub properties: TimeProperties,
    /// The word whose properties it has.
    pub like: Option<String>,
    /// Other words for it.
    pub also: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a list of words, or the properties of a time of day")]
enum TimeForm {
    Also(Vec<String>),
    Whole(WholeTime),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WholeTime {
    assumed: bool,
    blocking: Option<LightRule>,
    like: Option<String>,
    also: Vec<String>,
}

impl From<TimeForm> for TimeEntry {
    fn from(form: TimeForm) -> Self {
        match form {
            TimeForm::Also(also) => Self { also, ..Self::default() },
            TimeForm::Whole(WholeTime { assumed, blocking, like, also }) => {
                Self { properties: TimeProperties { assumed, blocking }, like, also }
            }
        }
    }
}

/// A camera move.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
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
    /// See [`MoveProperties::blocking`].
    pub blocking: Option<MoveRule>,
    /// The word whose properties it has.
    pub like: Option<String>,
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
    /// From outside the picture, over a telephone.
    Telephone,
    /// The same, from a radio, a television or an intercom.
    Loudspeaker,
    /// The same, through a closed door.
    Door,
    /// Into a telephone, whose other end hears it.
    IntoTelephone,
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
        let Self { rank, alone, people, thing, blocking, .. } = *self;
        SizeProperties { rank, alone, people, thing, blocking }
    }
}

impl MoveEntry {
    /// What it means for the picture.
    pub fn properties(&self) -> MoveProperties {
        let Self { manner, still, travels, follows, blocking, .. } = *self;
        MoveProperties { manner, still, travels, follows, blocking, direction: None }
    }
}

impl VocabularyEntry for SizeEntry {
    fn also(&mut self) -> &mut Vec<String> {
        &mut self.also
    }

    fn like(&self) -> Option<&str> {
        self.like.as_deref()
    }

    fn has_numbers(&self) -> bool {
        self.blocking.is_some()
    }

    fn forget_numbers(&mut self) {
        self.blocking = None;
    }

    fn inherit(&mut self, known: &Self) {
        self.rank = self.rank.or(known.rank);
        self.alone |= known.alone;
        self.people = self.people.or(known.people);
        self.thing |= known.thing;
        self.blocking = known.blocking;
    }
}

impl VocabularyEntry for AngleEntry {
    fn also(&mut self) -> &mut Vec<String> {
        &mut self.also
    }

    fn like(&self) -> Option<&str> {
        self.like.as_deref()
    }

    fn has_numbers(&self) -> bool {
        self.properties.blocking.is_some()
    }

    fn forget_numbers(&mut self) {
        self.properties.blocking = None;
    }

    fn is_blocked(&self) -> bool {
        self.has_numbers() || self.properties.side() != CameraSide::default()
    }

    fn inherit(&mut self, known: &Self) {
        let (own, known_properties) = (&mut self.properties, &known.properties);
        own.from_above |= known_properties.from_above;
        own.from_behind |= known_properties.from_behind;
        own.over_shoulder |= known_properties.over_shoulder;
        own.point_of_view |= known_properties.point_of_view;
        own.blocking = known_properties.blocking;
        self.size = self.size.take().or_else(|| known.size.clone());
    }
}

impl VocabularyEntry for MoveEntry {
    fn also(&mut self) -> &mut Vec<String> {
        &mut self.also
    }

    fn like(&self) -> Option<&str> {
        self.like.as_deref()
    }

    fn has_numbers(&self) -> bool {
        self.blocking.is_some()
    }

    fn forget_numbers(&mut self) {
        self.blocking = None;
    }

    fn is_blocked(&self) -> bool {
        self.has_numbers() || self.still
    }

    fn inherit(&mut self, known: &Self) {
        self.directions.clone_from(&known.directions);
        self.manner |= known.manner;
        self.still |= known.still;
        self.travels |= known.travels;
        self.follows |= known.follows;
        self.blocking = known.blocking;
    }

    fn directions(&mut self) -> Option<&mut Vec<String>> {
        Some(&mut self.directions)
    }
}

impl<R: Copy> VocabularyEntry for WordEntry<R> {
    fn also(&mut self) -> &mut Vec<String> {
        &mut self.also
    }

    fn like(&self) -> Option<&str> {
        self.like.as_deref()
    }

    fn has_numbers(&self) -> bool {
        self.blocking.is_some()
    }

    fn forget_numbers(&mut self) {
        self.blocking = None;
    }

    fn inherit(&mut self, known: &Self) {
        self.blocking = known.blocking;
    }
}

impl VocabularyEntry for TimeEntry {
    fn also(&mut self) -> &mut Vec<String> {
        &mut self.also
    }

    fn like(&self) -> Option<&str> {
        self.like.as_deref()
    }

    fn has_numbers(&self) -> bool {
        self.properties.blocking.is_some()
    }

    fn forget_numbers(&mut self) {
        self.properties.blocking = None;
    }

    fn inherit(&mut self, known: &Self) {
        self.properties.blocking = known.properties.blocking;
    }
}
