//! The tree of a script: every element of Fountain 1.1, and Photoplay's shot
//! lines and directives. The breakdown finds their meaning.
//!
//! The tree follows the rules of Fountain. The breakdown decides that a cue is
//! really a heading, or that a transition is only printed.

use serde::Serialize;

use crate::source::{Span, Spanned};
use crate::time::Seconds;

/// A whole script. Every text has one: parsing never fails.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Tree {
    /// `Key: value` entries before the first blank line.
    pub title_page: Vec<TitleEntry>,
    /// Everything else, in order.
    pub elements: Vec<Element>,
}

/// One entry of the title page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TitleEntry {
    /// The key as written, without the colon.
    pub key: Spanned<String>,
    /// Its lines.
    pub values: Vec<Spanned<String>>,
}

/// One element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Element {
    /// Its kind.
    pub kind: ElementKind,
    /// From its first to its last byte, line end excluded.
    pub span: Span,
    /// Whether an empty line or the file's beginning is before it.
    pub after_blank: bool,
}

/// The kind of an element.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum ElementKind {
    /// `INT. HOUSE - DAY #1A#`.
    Heading {
        /// Without the forcing dot, number and notes.
        text: Spanned<String>,
        /// Between the `#`s.
        number: Option<Spanned<String>>,
        /// Written with a leading dot.
        forced: bool,
    },
    /// A paragraph of action; a blank line ends it.
    Action {
        /// Its lines, indentation kept.
        text: Text,
        /// Written with a leading `!`.
        forced: bool,
    },
    /// `> text <`, adjacent lines together.
    Centered {
        /// Its lines, without the angle brackets.
        text: Text,
    },
    /// A cue with the speech under it.
    Speech(SpeechElement),
    /// `~` lines outside a speech, adjacent lines together.
    Lyrics {
        /// Without the tildes.
        text: Text,
    },
    /// `CUT TO:` or `> FADE OUT.`.
    Transition {
        /// Without the forcing `>` and the tail note.
        text: Spanned<String>,
        /// Written with a leading `>`.
        forced: bool,
        /// The note at its end, e.g. a duration: parsed as phrases.
        tail: Vec<Phrase>,
    },
    /// `# Act One`.
    Section {
        /// Number of `#`.
        level: u8,
        /// The words.
        text: Spanned<String>,
    },
    /// `= Ida learns …`.
    Synopsis {
        /// The words.
        text: Spanned<String>,
    },
    /// `===`.
    PageBreak,
    /// A remark alone on its line(s): not a directive.
    Note(Note),
    /// `[[word: …]]` alone on its line.
    Directive(Directive),
    /// `!! …`.
    Shot(ShotLine),
}

/// A cue with the speech under it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpeechElement {
    /// The name, without `@`, extensions and `^`.
    pub name: Spanned<String>,
    /// `(V.O.)`, `(CONT'D)`, without brackets, in order.
    pub extensions: Vec<Spanned<String>>,
    /// Written with a leading `@`.
    pub forced: bool,
    /// Written with a trailing `^`: spoken together with the speech before.
    pub dual: bool,
    /// The lines of the speech, in order.
    pub lines: Vec<SpeechLine>,
}

/// A line of a speech.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum SpeechLine {
    /// `(whispering)`, without brackets.
    Parenthetical(Spanned<String>),
    /// Spoken words; adjacent lines together.
    Words(Text),
    /// Sung words (`~`); adjacent lines together.
    Lyrics(Text),
}

/// Text with emphasis and notes inside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Text {
    /// Its pieces in order.
    pub pieces: Vec<Piece>,
    /// All of it.
    pub span: Span,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Piece {
    /// Words of one style, escapes resolved, never across a line end.
    Words {
        /// The words.
        text: String,
        /// Their style.
        style: Style,
        /// Their place.
        span: Span,
    },
    /// A line end the author wrote.
    LineBreak,
    /// A note: `[[ … ]]`.
    Note(Note),
}

/// The style of words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Style {
    /// `*…*`.
    pub italic: bool,
    /// `**…**`.
    pub bold: bool,
    /// `_…_`.
    pub underline: bool,
}

/// A note, with its brackets removed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Note {
    /// Any remark.
    Remark(Spanned<String>),
    /// `[[cut: back]]`.
    CutBack(Span),
    /// `[[cut: INSERT - the eye]]`: a shot in the middle of a speech.
    Cut(Box<ShotLine>),
}

/// `[[word: first, second | field | field]]` on its own line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Directive {
    /// The kind of directive.
    pub word: Spanned<DirectiveWord>,
    /// The text before the first `|`, trimmed.
    pub body: Spanned<String>,
    /// The texts after each `|`, trimmed.
    pub fields: Vec<Spanned<String>>,
    /// Brackets included.
    pub span: Span,
}

/// The directive words of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is spelt as it is written in a script")]
pub enum DirectiveWord {
    Film,
    Cast,
    Voice,
    Group,
    Place,
    Prop,
    Wear,
    Now,
    Gone,
    Here,
    Block,
    Light,
    Weather,
    Style,
    Music,
    Sound,
    Use,
    Cut,
}

impl DirectiveWord {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Film,
        Self::Cast,
        Self::Voice,
        Self::Group,
        Self::Place,
        Self::Prop,
        Self::Wear,
        Self::Now,
        Self::Gone,
        Self::Here,
        Self::Block,
        Self::Light,
        Self::Weather,
        Self::Style,
        Self::Music,
        Self::Sound,
        Self::Use,
        Self::Cut,
    ];

    /// The word in a script.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Film => "film",
            Self::Cast => "cast",
            Self::Voice => "voice",
            Self::Group => "group",
            Self::Place => "place",
            Self::Prop => "prop",
            Self::Wear => "wear",
            Self::Now => "now",
            Self::Gone => "gone",
            Self::Here => "here",
            Self::Block => "block",
            Self::Light => "light",
            Self::Weather => "weather",
            Self::Style => "style",
            Self::Music => "music",
            Self::Sound => "sound",
            Self::Use => "use",
            Self::Cut => "cut",
        }
    }

    /// The kind of a word in small letters.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}

/// `!! HEAD, phrase, phrase [[phrase, phrase]]`. Each phrase has the kind of
/// its shape; the breakdown looks it up in the vocabulary.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ShotLine {
    /// The text before the first comma and the tail note.
    pub head: Spanned<String>,
    /// Every phrase after the head, then those of the tail note.
    pub phrases: Vec<Phrase>,
    /// `#12C#`, anywhere in the line.
    pub id: Option<Spanned<String>>,
    /// The whole line, `!!` included (the note's content for a `[[cut:]]`).
    pub span: Span,
}

/// One phrase of a shot line or a transition's tail.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phrase {
    /// Its shape.
    pub kind: PhraseKind,
    /// Its place.
    pub span: Span,
}

/// The kind of a phrase by its shape; phrases without a shape of their own are
/// `Words`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum PhraseKind {
    /// `3s`, `1.5 s`, `2 seconds`.
    Duration(Seconds),
    /// `exactly 3s`.
    Exactly(Seconds),
    /// `1` by itself: half of a decimal comma (`1,5s`).
    BareNumber(String),
    /// `35mm`.
    Lens(u32),
    /// `continues`, `continues #12C#`.
    Continues(Option<Spanned<String>>),
    /// `from "logo.png"`.
    FromImage(Spanned<String>),
    /// `to "end.png"`.
    ToImage(Spanned<String>),
    /// `J-cut 0.5s`.
    JCut(Seconds),
    /// `L-cut 0.5s`.
    LCut(Seconds),
    /// `fade in 1s`; `None` means the default time.
    FadeIn(Option<Seconds>),
    /// `fade out 1s`; `None` means the default time.
    FadeOut(Option<Seconds>),
    /// `freeze 2s`.
    Freeze(Seconds),
    /// `slow motion`.
    SlowMotion,
    /// `wearing a red hat`: the words after `wearing`.
    Wearing(Spanned<String>),
    /// Text like a time that is not one: `-3s`, `1e9s`, `3,s`.
    BadDuration(String),
    /// Anything else: a move, an angle, a light, names.
    Words(String),
}
