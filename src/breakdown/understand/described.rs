//! Reads from a description what somebody is: `a small white dog with brown ears` is a dog.
//!
//! Knows one description; does not know which character it belongs to.

use super::sentences::{NounWord, head};
use crate::breakdown::description::Sex;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::language::sexes;

/// What a description says somebody is.
#[derive(Debug, Clone)]
pub(crate) struct Described {
    /// The noun that it begins with, in the singular; empty where it has none.
    pub(crate) noun: NounWord,
    pub(crate) animal: bool,
    pub(crate) sex: Option<Sex>,
}

impl Described {
    /// Reads a description.
    pub(crate) fn read(description: &str, words: &SentenceWords, grammar: &Grammar) -> Self {
        let found = head::read(description, words);
        let class = found.as_ref().and_then(|noun| noun.class);
        let noun = found.and_then(|noun| noun.base.into_iter().next_back()).unwrap_or_default();
        Self {
            animal: class == Some(NounClass::Animal),
            sex: sexes::of_description(description, grammar),
            noun: noun.as_str().into(),
        }
    }
}
