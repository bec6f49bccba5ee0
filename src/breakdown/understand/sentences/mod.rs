//! Who and what the sentences of a paragraph put into the picture without a name, and
//! who does what (docs/rules.md#d18).
//!
//! Knows one paragraph; does not know the scene around it.

mod tokens;
mod phrases;
mod pieces;
mod presence;
mod reading;
pub(crate) mod characters;
mod clauses;

pub(crate) use self::pieces::Pronoun;
pub(crate) use self::reading::{Party, Reading, Reference, ShownNoun};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::screenplay::Mention;

/// Reads a paragraph in which the names are known.
pub(crate) fn read(
    text: &str,
    names: &[Mention],
    words: &SentenceWords,
    grammar: &Grammar,
) -> Reading {
    let mut reading = Reading::default();
    let mut beat = 0;
    for sentence in grammar.sentences(text) {
        let (tokens, far) = tokens::read(text, sentence.clone(), names, words);
        let pieces = pieces::pieces(text, &tokens, words);
        beat = clauses::read(&pieces, words, far, sentence.start, beat, &mut reading);
    }
    reading
}
