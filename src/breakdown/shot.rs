//! The shot list: everything the film will show and say, in integer frames.
//!
//! Knows no pixels, no model and no vault; casting, keys and the cut read it.

use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::breakdown::control::TakeControl;
use crate::breakdown::description::{Description, Face};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::screenplay::{FilmSettings, Speech, Subject, Subjects, Title, Voice};
use crate::breakdown::stage_direction::StageDirection;
use crate::breakdown::technique::Technique;
use crate::breakdown::transition::Transition;
use crate::source::{Span, Spanned};
use crate::time::Seconds;

/// The handle: picture before ([`TakeSpec::head`]) and after what a shot shows, for
/// transitions. A transition longer than both handles holds their last frames.
pub const HANDLE: Seconds = Seconds::millis(500);

/// A film, shot by shot.
#[derive(Debug, Clone, Serialize)]
pub struct ShotList {
    /// Settings of the whole film.
    pub settings: FilmSettings,
    /// For title and end card.
    pub title: Title,
    /// Everybody and everything that can be in a picture; [`Subject`] indexes it.
    pub subjects: Subjects,
    /// In film order. Title and end card included when the film has them.
    pub shots: Vec<Shot>,
    /// All captions, by film time.
    pub lines: Vec<CaptionLine>,
    /// Everything that is said, by film time.
    #[serde(skip)]
    pub speeches: Vec<SpokenLine>,
    /// Words over the picture, by film time.
    pub supers: Vec<Super>,
    /// Chapters: top sections, by film time.
    pub chapters: Vec<(u32, String)>,
    /// The files read besides the script.
    pub files: Vec<PathBuf>,
    /// The words of the film's languages; prompts are made with them.
    #[serde(skip)]
    pub vocabulary: Arc<Vocabulary>,
}

/// The picture between two cuts of the film.
#[derive(Debug, Clone, Serialize)]
pub struct Shot {
    /// For people: `91.3` (scene.shot), or the written id.
    pub number: String,
    /// The scene's number; empty for title and end card.
    pub scene: Arc<str>,
    /// Exact length in frames of the film.
    pub frames: u32,
    /// What is shown.
    pub picture: Picture,
    /// The transition from the previous shot into this one; `None` is a straight cut.
    /// A fade-in belongs to this shot, a fade-out to [`Shot::fade_out`].
    pub transition: Option<Transition>,
    /// Fade to a colour at its end, inside it.
    pub fade_out: Option<Transition>,
    /// Where it is written: the shot line, or the paragraph that coverage filmed.
    pub span: Span,
    /// Coverage chose it; no shot line asks for it.
    pub covered: bool,
    /// In a few words, for people: `CLOSE ON MARA`.
    pub shows: Arc<str>,
}

/// What a shot shows.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Picture {
    /// A take that a model makes.
    Take(Arc<TakeSpec>),
    /// A card.
    Card(Card),
    /// A plain colour.
    Black,
    /// A plain colour.
    White,
}

/// What a take needs, apart from the model.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TakeSpec {
    /// What it shows, for the prompt.
    pub description: Arc<Description>,
    /// Who is in the picture, and what it should show of their faces; casting and the
    /// scorer read it. In the order of `description.subjects`, then `reveals`.
    pub subjects: Vec<(Subject, Face)>,
    /// Who does what in it, in the order of the text; the blocking moves them by it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<Act>,
    /// What the author tells people to do, since the scene began, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub directed: Vec<StageDirection>,
    /// How many of these, the last ones, belong to this shot alone.
    #[serde(skip_serializing_if = "is_none")]
    pub directed_here: usize,
    /// Whether the author wants no blocking for it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unblocked: bool,
    /// What controls it, if the shot differs from the film in this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<TakeControl>,
    /// Whose view it is, in a shot from somebody's point of view.
    pub viewer: Option<Subject>,
    /// How the camera takes it.
    pub technique: Technique,
    /// From whom or what the camera goes, if the script says; an index as in [`Act::who`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_from: Option<usize>,
    /// To whom or what it goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub leads_to: Option<usize>,
    /// First frame given by the author.
    pub from_image: Option<Spanned<PathBuf>>,
    /// Last frame given by the author.
    pub to_image: Option<Spanned<PathBuf>>,
    /// Words on paper; the compiler typesets them as the first frame.
    pub lettering: Vec<String>,
    /// Continues from the out-point of an earlier shot: its index in the list.
    pub continues: Option<usize>,
    /// After `[[cut: back]]`, the interrupted shot: its index, and the frames since it
    /// began, the interruption included. Both shots are cut from one take.
    pub resumes: Option<(usize, u32)>,
    /// Written id, `12C`.
    pub id: Option<String>,
}

/// Somebody or something in the picture does something, or is done something to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Act {
    /// Who does it: indices into `description.subjects`, then `description.reveals`.
    pub who: Vec<usize>,
    /// The verb in its base form, in the language of the script: `run`, `sit`.
    pub verb: String,
    /// A particle or preposition that follows it: `down`, `past`, `into`, `between`;
    /// empty if none.
    pub particle: String,
    /// With or towards whom or what, an index as in `who`; `None` if nothing in the
    /// picture.
    pub object: Option<usize>,
    /// When: acts of one beat happen together. Every sentence begins a beat, and
    /// within a sentence so does an act after another of the same people.
    pub beat: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_none(count: &usize) -> bool {
    *count == 0
}

impl TakeSpec {
    /// The handle before the in-point. There is none if the first picture is given: a
    /// transition into the shot holds that picture.
    pub fn head(&self) -> Seconds {
        let begins = self.from_image.is_some() || !self.lettering.is_empty();
        if begins { Seconds::millis(0) } else { HANDLE }
    }
}

/// A title card.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Card {
    /// What kind.
    pub kind: CardKind,
    /// Its lines.
    pub lines: Vec<String>,
}

impl Card {
    /// Its lines as one, for people.
    pub fn in_one_line(&self) -> String {
        self.lines.join(" / ")
    }
}

/// What a card is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// The film's title: first line large.
    Title,
    /// Centred text of the script.
    #[default]
    Text,
    /// Dialogue, with the speaker as first line.
    Intertitle,
    /// The end.
    End,
}

/// A caption: a piece of a speech, and when it is heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaptionLine {
    /// Who, as shown: `IDA VOSS`.
    pub speaker: Arc<str>,
    /// Whose voice; several when they speak together.
    pub subjects: Arc<[Subject]>,
    /// What is said.
    pub text: Arc<str>,
    /// First frame of the film.
    pub start: u32,
    /// One past the last frame.
    pub end: u32,
    /// The speaker is not in the picture (the caption is in italics).
    pub off_screen: bool,
    /// Sung.
    pub lyrics: bool,
    /// The place of the speech in the script.
    pub span: Span,
}

/// A speech, and when it is heard.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenLine {
    /// Who speaks, the words, and how they are spoken.
    pub speech: Arc<Speech>,
    /// How the film plays it.
    pub voice: Voice,
    /// Index of the shot that it belongs to, even if it begins before it.
    pub shot: usize,
    /// How fast it is spoken, in hundredths of the usual: by its manner and the film's
    /// pace.
    pub tempo: u32,
    /// First frame of the film.
    pub start: u32,
    /// One past the last frame.
    pub end: u32,
    /// Its place in the script.
    pub span: Span,
}

/// Words over the picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Super {
    /// The words.
    pub text: String,
    /// First frame of the film.
    pub start: u32,
    /// One past the last frame.
    pub end: u32,
}

impl ShotList {
    /// Running time in frames: the sum of its shots.
    pub fn frames(&self) -> u32 {
        self.shots.iter().map(|shot| shot.frames).sum()
    }

    /// The film frame each shot begins at.
    pub fn starts(&self) -> Vec<u32> {
        self.shots
            .iter()
            .scan(0, |at, shot| {
                let start = *at;
                *at += shot.frames;
                Some(start)
            })
            .collect()
    }
}
