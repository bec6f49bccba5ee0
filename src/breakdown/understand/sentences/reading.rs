//! What a paragraph says of those without a name, as data.
//!
//! Knows no sentence and no scene.

use std::ops::Range;
use std::sync::Arc;

use super::pieces::Pronoun;
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::screenplay::{Character, Subject};

/// What a paragraph says of those without a name.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Reading {
    pub(crate) phrases: Vec<ShownNoun>,
    pub(crate) acts: Vec<ReadAct>,
}

impl Reading {
    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty() && self.acts.is_empty()
    }
}

/// Somebody or something without a name, where a text shows or mentions it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ShownNoun {
    /// In the paragraph.
    pub(crate) range: Range<usize>,
    /// The noun in the singular: `horse`.
    pub(crate) noun: String,
    pub(crate) class: NounClass,
    /// What it is called: `old man`, `two horses`.
    pub(crate) name: String,
    /// Without a determiner: `old man with a white beard`.
    pub(crate) words: String,
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

/// How a phrase refers to whoever is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reference {
    /// `a fox`
    New,
    /// `another fox`
    Other,
    /// `the fox`
    Known,
    /// `it`
    Pronoun(Pronoun),
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
