//! What a script means before it is divided into shots: who is named, where and
//! when scenes are, the state of the story at every moment, what shot lines ask for.
//! Everything in it is valid.
//!
//! Knows no durations and no coverage.

use std::ops::Index;
use std::path::PathBuf;
use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::breakdown::control::TakeControl;
use crate::breakdown::description::{Face, Sex, Side};
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::language::speakers::VoiceBlend;
use crate::breakdown::language::terms::{
    CameraAngle, CameraLens, ShotLight, ShotSize, TimeOfDay, as_list, word_or_empty,
};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::stage_direction::StageDirection;
pub use crate::breakdown::subject::Subject;
use crate::breakdown::technique::Movement;
use crate::breakdown::transition::Transition;
use crate::source::{Span, Spanned};
use crate::time::{Rate, Seconds};

/// The meaning of a script.
#[derive(Debug, Clone, Serialize)]
pub struct Screenplay {
    /// Settings of the whole film.
    pub settings: FilmSettings,
    /// For the title card.
    pub title: Title,
    /// Everybody and everything that can be in a picture; [`Subject`] indexes it.
    pub subjects: Subjects,
    /// Every set; [`PlaceId`] indexes it.
    pub places: Vec<Place>,
    /// In the order of the script.
    pub scenes: Vec<Scene>,
    /// The files read besides the script: vocabularies, cast.yaml, images.
    pub files: Vec<PathBuf>,
    /// Where names are written, by position.
    pub usages: Vec<NameUsage>,
    /// The words of the script: the standard ones, those of its language and those
    /// of the vocabularies it uses.
    #[serde(skip)]
    pub vocabulary: Arc<Vocabulary>,
}

/// Where a name is written: in an entry, a cue, a shot line, a directive or action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NameUsage {
    /// The name, without `'s`.
    pub span: Span,
    /// Whose.
    pub subject: Subject,
}

/// Settings of the whole film.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilmSettings {
    /// Frames per second of the film.
    pub rate: Rate,
    /// Width of the film in pixels, even.
    pub width: u32,
    /// Height of the film in pixels, even.
    pub height: u32,
    /// In words; goes into every prompt.
    pub style: String,
    /// The film's seed.
    pub seed: u64,
    /// Multiplies every unwritten duration, in thousandths.
    pub pace: u32,
    /// How speech is shown.
    pub captions: Captions,
    /// What moves the film's pictures; `None` if the model decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub motion: Option<PictureMotion>,
    /// A model folder or name; `None` for the embedded one.
    pub model: Option<Spanned<String>>,
    /// Language of the script (BCP 47).
    pub language: String,
    /// Whether a title card and an end card frame the film.
    pub cards: bool,
    /// Whether what is said is spoken.
    pub voices: bool,
    /// The user's own engine that speaks, if it is not the default one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
    /// Whether places sound of something.
    pub ambience: bool,
    /// Integrated loudness in hundredths of LUFS, if it is not the usual one.
    pub loudness: Option<i32>,
    /// Whether shots are blocked.
    pub blocking: bool,
    /// What controls takes; `None` leaves it to the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Spanned<TakeControl>>,
}

/// How speech is shown in the picture; it is always a subtitle track too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Captions {
    /// Drawn into the picture.
    #[default]
    Burned,
    /// Intertitles, as in 1912.
    Cards,
    /// Subtitle track only.
    Track,
}

/// What moves the pictures of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureMotion {
    /// The network: it makes every frame of a take.
    Network,
    /// The blocking: it moves stills that the network makes.
    Reel,
}

/// The words of the title page.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Title {
    /// Lines of the title.
    pub title: Vec<String>,
    /// `written by`.
    pub credit: Vec<String>,
    /// Authors.
    pub authors: Vec<String>,
}

/// Everybody and everything of a film: those with a name in the order they enter it,
/// then the extras and props that sentences show without one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Subjects {
    named: Vec<Character>,
    unnamed: IndexMap<Subject, Arc<Character>, RandomState>,
}

impl Subjects {
    /// Of a film with these names.
    pub(crate) fn new(
        named: Vec<Character>,
        unnamed: IndexMap<Subject, Arc<Character>, RandomState>,
    ) -> Self {
        Self { named, unnamed }
    }

    /// Those with a name, by their index.
    pub fn named(&self) -> &[Character] {
        &self.named
    }

    /// Those without a name, in the order they appear.
    pub fn unnamed(&self) -> impl Iterator<Item = (Subject, &Character)> {
        self.unnamed.iter().map(|(subject, character)| (*subject, &**character))
    }

    /// The character, if the film has it.
    pub fn get(&self, subject: Subject) -> Option<&Character> {
        self.named.get(subject.0).or_else(|| self.unnamed.get(&subject).map(|known| &**known))
    }
}

impl Index<Subject> for Subjects {
    type Output = Character;

    fn index(&self, subject: Subject) -> &Character {
        self.get(subject).expect("a subject comes from its film")
    }
}

/// Index into [`Screenplay::places`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PlaceId(pub usize);

/// A person, animal, group, voice or prop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Character {
    /// As cast or cued: `IDA VOSS`.
    pub name: String,
    /// Other names they answer to.
    pub also: Vec<String>,
    /// What kind.
    pub kind: Kind,
    /// For whoever has no name: the noun in the singular, and what it says they are.
    pub noun: Option<(String, NounClass)>,
    /// How many they are: 2 for `two horses`; 1 for whoever has a name, a crowd too.
    pub count: u32,
    /// What never changes, before `wearing`: `a woman of forty, grey eyes`.
    pub person: String,
    /// The first outfit, after `wearing`.
    pub outfit: String,
    /// A picture given by the author, below the project folder.
    pub reference: Option<Spanned<PathBuf>>,
    /// Woman or man, by the pronouns of the script or by the name.
    #[serde(skip)]
    pub sex: Option<Sex>,
    /// What of the face a picture is expected to show.
    pub face: Face,
    /// The same person under another name: an alter ego, a disguise, another age.
    pub same_as: Option<Subject>,
    /// For extras: the place they belong to.
    pub of: Option<PlaceId>,
    /// The voice that the author wants.
    pub voice: Option<Spanned<VoiceBlend>>,
    /// How their name is pronounced, in the phonemes of the engine.
    pub say: Option<String>,
    /// Where they entered the story: a cast entry, a cue or an introduction.
    pub origin: Span,
}

impl Character {
    /// The noun of whoever has no name, in the singular; empty for a name.
    pub fn noun(&self) -> &str {
        self.noun.as_ref().map_or("", |(noun, _)| noun)
    }

    /// What the noun of whoever has no name says they are.
    pub fn class(&self) -> Option<NounClass> {
        self.noun.as_ref().map(|(_, class)| *class)
    }
}

/// What kind of subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Cast: gets a portrait and a reference embedding.
    Cast,
    /// Heard, never seen.
    Voice,
    /// No face, no single.
    Group,
    /// `MAN`, `GUARD #2`: one person per place, outside the identity gate.
    Extra,
    /// A thing.
    Prop,
}

/// A place, inside or outside: one set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Place {
    /// The path of the heading, as first written: `HOUSE - KITCHEN`.
    pub name: String,
    /// Inside or outside; two sets of one building differ in it.
    pub interior: bool,
    /// Its description: a `place` entry, or the first paragraph's words.
    pub words: String,
    /// Where it was first named.
    pub origin: Span,
    /// The name in its `place` entry, if it has one.
    pub entry: Option<Span>,
}

/// A scene.
#[derive(Debug, Clone, Serialize)]
pub struct Scene {
    /// `91`, or `91A` for one between two numbered scenes.
    pub number: Arc<str>,
    /// The heading as written (empty for a script that opens without one).
    pub heading: Spanned<String>,
    /// The sections that contain it, outermost first.
    pub sections: Vec<String>,
    /// Its set.
    pub place: PlaceId,
    /// Time of day: `dusk`.
    pub time: TimeOfDay,
    /// The time line; empty for the main one.
    pub timeline: String,
    /// Whether the set differs from that of the scene before.
    pub new_set: bool,
    /// What happens, in order.
    pub items: Vec<Item>,
}

/// An item of a scene, with the state of the story.
#[derive(Debug, Clone, Serialize)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Where it is written.
    pub span: Span,
    /// The state of the story at this moment; equal states share an `Arc`.
    #[serde(skip)]
    pub state: Arc<StoryState>,
}

/// The changes in the story so far, along its time line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoryState {
    /// Outfit now, where it differs from the first.
    pub outfits: IndexMap<Subject, String>,
    /// Lasting additions to a person or prop.
    pub additions: IndexMap<Subject, Vec<String>>,
    /// Lasting additions to a place.
    pub place_additions: IndexMap<PlaceId, Vec<String>>,
    /// Who and what is gone.
    pub gone: Vec<Subject>,
    /// Sides set by `here`.
    pub sides: IndexMap<Subject, Side>,
    /// Who is present by `here`.
    pub here: Vec<Subject>,
    /// Light of this scene; a word of the author's own has no properties.
    pub lights: Vec<ShotLight>,
    /// Weather until changed.
    pub weather: String,
    /// Style until changed; empty for the film's.
    pub style: String,
    /// What `block` has asked for in this scene so far, in order.
    pub directed: Vec<StageDirection>,
}

/// What an item is.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// `!! …` opens a shot that owns what follows.
    Shot(Arc<ShotSpec>),
    /// `!! BACK TO SCENE`: coverage plans what follows.
    BackToScene,
    /// A paragraph.
    Action(Arc<Action>),
    /// Somebody speaks.
    Speech(Arc<Speech>),
    /// A title card of its own.
    Card {
        /// Its lines.
        lines: Vec<String>,
    },
    /// Words over the picture.
    Super {
        /// The words.
        text: String,
    },
    /// A transition to the next picture.
    Transition(Transition),
}

/// The meaning of a shot line.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ShotSpec {
    /// The head as written: `CLOSE ON MARA`.
    pub head: String,
    /// What kind of picture.
    pub picture: PictureKind,
    /// The size, if the line gives one.
    #[serde(serialize_with = "word_or_empty")]
    pub size: Option<ShotSize>,
    /// The subjects of the head and of its phrases, in order.
    pub subjects: Vec<Subject>,
    /// A subject in small letters or undeclared words: `the lamp`.
    pub things: Vec<String>,
    /// `POV X`: X is not in the picture.
    pub pov: Option<Subject>,
    /// `OVER X`: X without a face.
    pub over: Option<Subject>,
    /// The angle; `None` is eye level.
    #[serde(serialize_with = "word_or_empty")]
    pub angle: Option<CameraAngle>,
    /// The camera move.
    pub movement: Option<Movement>,
    /// Lens and focus.
    #[serde(rename = "lens", serialize_with = "as_list")]
    pub lenses: Vec<CameraLens>,
    /// Light.
    #[serde(rename = "light", serialize_with = "as_list")]
    pub lights: Vec<ShotLight>,
    /// One-shot clothes: `wearing a red hat` of the main subject.
    pub wearing: Option<String>,
    /// Written length.
    pub duration: Option<Seconds>,
    /// `exactly`: never lengthened.
    pub exactly: bool,
    /// Starts from the out-point of the previous shot (`Some(None)`) or of a
    /// shot with this id.
    pub continues: Option<Option<String>>,
    /// First frame.
    pub from_image: Option<Spanned<PathBuf>>,
    /// Last frame.
    pub to_image: Option<Spanned<PathBuf>>,
    /// Sound of this shot starts before its picture.
    pub j_cut: Option<Seconds>,
    /// Sound of the previous shot runs on into this one.
    pub l_cut: Option<Seconds>,
    /// A fade up from black inside the shot.
    pub fade_in: Option<Seconds>,
    /// A fade to black inside the shot.
    pub fade_out: Option<Seconds>,
    /// Slow motion.
    pub slow_motion: bool,
    /// Hold the last frame.
    pub freeze: Option<Seconds>,
    /// Written id, `12C`.
    pub id: Option<String>,
    /// What people do in it, beside what its text says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub directed: Vec<StageDirection>,
    /// `blocking off`.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unblocked: bool,
    /// What controls its take, if it is not what controls the film's.
    pub control: Option<TakeControl>,
}

/// What kind of picture a shot line asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureKind {
    /// A take.
    #[default]
    Take,
    /// The next centred text, with this line's time and fades.
    Card,
    /// Black.
    Black,
    /// White.
    White,
}

/// A paragraph of action.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Action {
    /// The words without emphasis and notes, on one line; those of a letter on their own.
    pub text: String,
    /// Names found in it, in order of first mention.
    pub names: Vec<Mention>,
    /// Lines indented by four or more spaces, or quoted: words on paper.
    pub lettering: Vec<String>,
    /// `They`, `All`, `Nobody`, silence: those present are shown.
    pub everybody: bool,
    /// Begins with a pronoun: `He`, `She`.
    pub pronoun: bool,
    /// Furniture (`FADE IN:`, `THE END`): never filmed as words.
    pub furniture: bool,
    /// Its words describe the place.
    pub describes_place: bool,
    /// Who does what, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<SceneAct>,
    /// Those without a name who go out of the picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leaving: Vec<Subject>,
}

/// Somebody does something in a paragraph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SceneAct {
    /// Who does it; nobody, where it is done by whoever is not in the picture.
    pub who: Vec<Subject>,
    /// Who does it, where the text says it by a pronoun alone that may mean several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pronoun: Option<ActingPronoun>,
    /// The verb in its base form.
    pub verb: String,
    /// A particle or preposition that follows it.
    pub particle: String,
    /// With or towards whom or what.
    pub object: Option<Subject>,
    /// Acts of one beat happen together.
    pub beat: usize,
    /// Where its sentence begins in [`Action::text`].
    pub sentence: usize,
}

/// Whom of those in the picture a pronoun means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActingPronoun {
    /// `she`: whoever acted last, or who is alone.
    One,
    /// `they`
    All,
}

/// A name in a paragraph, or a noun that shows somebody without one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mention {
    /// Whose.
    pub subject: Subject,
    /// In the picture, rather than only mentioned (possessive, `of Jonas`, `is gone`).
    pub present: bool,
    /// A name, rather than a noun or a pronoun: `the fox`, `it`.
    pub by_name: bool,
    /// Byte range in [`Action::text`].
    pub start: usize,
    /// One past it.
    pub end: usize,
}

/// Somebody speaks.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Speech {
    /// Who; several for `IDA AND JONAS`, `ALL`.
    pub speakers: Arc<[Subject]>,
    /// How it is heard.
    pub voice: Voice,
    /// What it is heard through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<Through>,
    /// Parentheticals before and inside it, without brackets.
    pub delivery: Vec<String>,
    /// What is said, cuts included.
    pub parts: Vec<SpeechPart>,
    /// Spoken together with the speech before.
    pub dual: bool,
    /// Sung.
    pub lyrics: bool,
}

/// How a speech is heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The speaker is in the picture.
    #[default]
    OnScreen,
    /// Heard from outside the picture: the shot lasts as long and shows a listener.
    OffScreen,
    /// Runs over the following pictures.
    Narration,
    /// `(PRE-LAP)`: starts under the previous shot.
    PreLap,
}

/// What a speech from outside the picture is heard through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// A telephone, at its other end.
    Telephone,
    /// A radio, a television, an intercom.
    Loudspeaker,
    /// A closed door.
    Door,
}

/// A part of a speech.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SpeechPart {
    /// Spoken words, on one line, without text in brackets.
    Words(String),
    /// `(beat)` and the like.
    Pause(Seconds),
    /// `[[cut: …]]`.
    Cut(Arc<ShotSpec>),
    /// `[[cut: back]]`.
    CutBack,
}
