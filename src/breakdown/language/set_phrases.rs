//! Phrases that a sentence is searched for: idioms, `a long way off`. They are found by
//! their first word, so that a sentence asks once a word, however many there are.
//!
//! Knows words in a row; does not know what they say.

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};

/// The words of a phrase after its first.
type Rest = Box<[Box<str>]>;

/// Phrases, divided by `|` in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Phrases {
    /// What follows a first word, the longest first.
    rests: IndexMap<Box<str>, Vec<Rest>, RandomState>,
}

impl Phrases {
    /// The length in words of the longest phrase that begins with a word and goes on with
    /// those behind it. `next` gives them by their distance.
    pub(crate) fn length_at<'a>(
        &self,
        first: &str,
        next: impl Fn(usize) -> Option<&'a str>,
    ) -> Option<usize> {
        let rests = self.rests.get(first)?;
        let fits = |rest: &[Box<str>]| (1..).zip(rest).all(|(at, word)| next(at) == Some(word));
        rests.iter().find(|rest| fits(rest)).map(|rest| rest.len() + 1)
    }
}

impl<'de> Deserialize<'de> for Phrases {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut phrases = Self::default();
        for phrase in text.split('|') {
            let mut words = phrase.split_whitespace().map(Box::from);
            let Some(first) = words.next() else { continue };
            phrases.rests.entry(first).or_default().push(words.collect());
        }
        for rests in phrases.rests.values_mut() {
            rests.sort_by_key(|rest| std::cmp::Reverse(rest.len()));
        }
        Ok(phrases)
    }
}
