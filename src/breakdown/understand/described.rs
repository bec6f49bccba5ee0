//! What a description says somebody is: `a small white dog with brown ears` is a dog.
//!
//! Knows one description; does not know whose it is.

use super::sentences::NounWord;
use crate::breakdown::description::Sex;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::language::sexes;

/// What a description says somebody is.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// The noun that it begins with, as written; empty where it has none.
    pub(crate) noun: NounWord,
    pub(crate) animal: bool,
    pub(crate) sex: Option<Sex>,
}

impl Described {
    /// Reads a description.
    pub(crate) fn read(description: &str, words: &SentenceWords, grammar: &Grammar) -> Self {
        let noun = noun_of(description, words).unwrap_or_default();
        Self {
            animal: words.noun(noun).is_some_and(|noun| noun.class == NounClass::Animal),
            sex: sexes::of_description(description, grammar),
            noun: noun.into(),
        }
    }
}

/// The noun that a description begins with: `a small white dog with brown ears`.
fn noun_of<'a>(description: &'a str, words: &SentenceWords) -> Option<&'a str> {
    let phrase = description.split([',', ';', '(']).next()?.trim();
    let ends = |word: &&str| {
        words.prepositions.has(word)
            || words.relatives.has(word)
            || words.of.has(word)
            || words.verb(word).is_some_and(|(base, _)| words.wearing.has(&base))
    };
    phrase.split(' ').take_while(|word| !ends(word)).last()
}
