//! A piece of a sentence, as data.
//!
//! Knows no words.

use std::ops::Range;

use super::phrases::NounPhrase;
use super::verbs::Verb;

/// A piece of a sentence.
#[derive(Debug, Clone)]
pub(super) enum SentencePiece {
    Phrase(NounPhrase),
    /// A name, by its index among the mentions; whether it is only mentioned: `MARA's`,
    /// `no MARA`.
    Name(usize, bool),
    Pronoun(Pronoun, Range<usize>),
    Verb(Verb),
    Preposition(String),
    /// `and`; whether it denies what follows, as `nor` does.
    Conjunction(bool),
    /// `while`, `when`
    Subordinate,
    /// `who`
    Relative,
    /// `whose`, before its phrase.
    Whose,
    /// `that`, in `she says that …`
    Told,
    /// `where`
    Where,
    /// `if`
    Hypothetical,
    Negation,
    /// `but`, of `nothing remains but a chair`.
    Except,
    /// `once`, beside a verb in the past.
    Once,
    /// `years ago`
    Past,
    /// `now`
    Now,
    /// `those who`, `imagines himself`: nothing of what follows is in the picture.
    Unseen,
    /// `there`, before a verb.
    Existential,
    Comma,
    /// Whether it is a colon.
    Break(bool),
    Word(String),
}

impl SentencePiece {
    /// Somebody without a name.
    pub(super) fn being(&self) -> Option<&NounPhrase> {
        match self {
            Self::Phrase(phrase) if phrase.class().is_being() => Some(phrase),
            _ => None,
        }
    }
}

/// A word in place of a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pronoun {
    He,
    She,
    It,
    They,
    /// `I`, `everyone`
    Other,
}
