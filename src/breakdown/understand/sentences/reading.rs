//! What a paragraph says of those without a name, as data.
//!
//! Knows no sentence and no scene.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

use super::sentence_piece::Pronoun;
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::screenplay::{Character, Subject};

/// What a paragraph says of those without a name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    pub(crate) phrases: Vec<ShownNoun>,
    pub(crate) acts: Vec<ReadAct>,
    pub(crate) weather: Option<ToldWeather>,
    /// Names, by their indices, and what a noun before them says they are: `His daughter, LENA`.
    pub(crate) apposed: Vec<(usize, Box<str>)>,
    /// Whether each name of the paragraph is in the picture, rather than only mentioned.
    pub(crate) named: Vec<bool>,
    /// How many of the names were read so far.
    pub(super) names_read: usize,
}

/// What a paragraph tells of the weather.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ToldWeather {
    /// `rain`
    Is(Box<str>),
    /// The rain has stopped.
    Ends,
}

/// Somebody or something without a name, where a text shows or mentions it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ShownNoun {
    /// In the paragraph.
    pub(crate) range: Range<usize>,
    /// The noun in the singular: `horse`.
    pub(crate) noun: NounWord,
    pub(crate) class: NounClass,
    /// What it is called: `old man`, `two horses`.
    pub(crate) name: String,
    /// Without a determiner: `old man with a white beard`.
    pub(crate) words: Arc<str>,
    /// `a red coat`
    pub(crate) outfit: String,
    pub(crate) count: u32,
    pub(crate) reference: Reference,
    /// In the picture, rather than only mentioned.
    pub(crate) present: bool,
    /// Who acts in its clause, and where its sentence begins.
    pub(crate) subject: bool,
    pub(crate) sentence: usize,
    /// Goes out of the picture.
    pub(crate) leaves: bool,
    /// The thing, group or extra with a name that a phrase with `the` means.
    pub(crate) by_name: Option<Subject>,
    /// The first of its noun that a scene brings in by this phrase.
    pub(crate) first: Option<(Subject, Arc<Character>)>,
}

/// A noun in the singular. Two different ones are told apart by their hashes, so that a
/// scene compares many of them without reading their letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NounWord {
    hash: u64,
    word: Arc<str>,
}

impl From<&str> for NounWord {
    fn from(word: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        Self { hash: hasher.finish(), word: word.into() }
    }
}

impl Deref for NounWord {
    type Target = str;

    fn deref(&self) -> &str {
        &self.word
    }
}

/// How a phrase refers to whoever is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    /// `a fox`
    New,
    /// `foxes`: those of the scene, if there are any.
    Plain,
    /// `another fox`
    Other,
    /// `the fox`
    Known,
    /// `it`
    Pronoun(Pronoun),
}

impl Reference {
    /// Whether nobody was spoken of before.
    pub(super) fn is_new(self) -> bool {
        matches!(self, Self::New | Self::Plain)
    }
}

/// Somebody does something.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ReadAct {
    pub(crate) who: Vec<Party>,
    pub(crate) verb: String,
    pub(crate) particle: String,
    pub(crate) object: Option<Party>,
    /// Counts through the paragraph.
    pub(crate) beat: usize,
    /// Where the verb's sentence begins in the paragraph.
    pub(crate) sentence: usize,
}

/// Who takes part in an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Party {
    /// A name, by its index among the mentions.
    Name(usize),
    /// By its index in [`Reading::phrases`].
    Phrase(usize),
    Pronoun(Pronoun),
}
