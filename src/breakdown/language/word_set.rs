//! Sets of words and short phrases, for the lists of `stdlib/languages/`.
//!
//! Knows how words compare; does not know what they mean.

use foldhash::fast::RandomState;
use indexmap::IndexSet;
use serde::{Deserialize, Deserializer};
use unicode_segmentation::UnicodeSegmentation as _;

use super::words::{Token, canonical};

/// No entry has more words.
const LONGEST: usize = 4;

/// A set of words and short phrases, in canonical form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WordSet {
    entries: IndexSet<String, RandomState>,
    /// The first word of every entry.
    firsts: IndexSet<String, RandomState>,
    /// Bytes of the longest first word.
    longest: usize,
}

impl WordSet {
    /// Adds words.
    pub fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        for word in words {
            self.insert(canonical(word));
        }
    }

    /// Adds the entries of another set.
    pub(super) fn merge(&mut self, other: &Self) {
        for entry in &other.entries {
            self.insert(entry.clone());
        }
    }

    fn insert(&mut self, entry: String) {
        let first = entry.split(' ').next().unwrap_or_default();
        self.longest = self.longest.max(first.len());
        if !self.firsts.contains(first) {
            self.firsts.insert(first.to_owned());
        }
        self.entries.insert(entry);
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(String::as_str)
    }

    /// Whether a word or phrase, in canonical form, is an entry.
    pub fn contains(&self, word: &str) -> bool {
        self.entries.contains(word)
    }

    /// Whether a word is an entry, in any case.
    pub(crate) fn has(&self, word: &str) -> bool {
        self.folded(word, |small| self.entries.contains(small))
    }

    /// Whether a word ends with an entry.
    pub(crate) fn ends(&self, word: &str) -> bool {
        self.iter().any(|ending| word.ends_with(ending))
    }

    /// Whether canonical words begin with one of the entries.
    pub fn begins(&self, words: &str) -> bool {
        let first = words.split(' ').next().unwrap_or_default();
        if !self.firsts.contains(first) {
            return false;
        }
        let ends = words.match_indices(' ').map(|(at, _)| at).chain([words.len()]);
        ends.take(LONGEST).any(|end| self.entries.contains(&words[..end]))
    }

    /// The number of tokens in the longest entry that some tokens begin with.
    pub fn taken(&self, tokens: &[Token]) -> Option<usize> {
        self.firsts.contains(&tokens.first()?.word).then_some(())?;
        let fits = |count: &usize| {
            let words: Vec<&str> =
                tokens[..*count].iter().map(|token| token.word.as_str()).collect();
            self.entries.contains(&words.join(" "))
        };
        (1..=tokens.len().min(LONGEST)).rev().find(fits)
    }

    /// Whether a text holds one of the entries, in any case.
    pub fn is_in(&self, text: &str) -> bool {
        let words: Vec<&str> = text.unicode_words().collect();
        words.iter().enumerate().any(|(at, word)| {
            self.hints(word) && {
                let end = words.len().min(at + LONGEST);
                self.begins(&words[at..end].join(" ").to_lowercase())
            }
        })
    }

    /// Whether an entry begins with this word, in any case.
    pub(super) fn hints(&self, word: &str) -> bool {
        self.folded(word, |small| self.firsts.contains(small))
    }

    /// Asks about a word in small letters; no word longer than all entries is asked about.
    fn folded(&self, word: &str, ask: impl Fn(&str) -> bool) -> bool {
        if word.is_empty() || word.len() > self.longest {
            return false;
        }
        let mut small = [0; 24];
        match small.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(small) => {
                small.copy_from_slice(word.as_bytes());
                small.make_ascii_lowercase();
                std::str::from_utf8(small).is_ok_and(ask)
            }
            None => ask(word.to_lowercase().as_str()),
        }
    }
}

impl<'de> Deserialize<'de> for WordSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = Vec::<String>::deserialize(deserializer)?;
        let mut set = Self::default();
        set.add(words.iter().map(String::as_str));
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_alone_and_at_the_beginning() {
        let mut set = WordSet::default();
        set.add(["they", "No one", "Weiß"]);
        assert!(set.contains("they") && set.contains("no one") && !set.contains("no"));
        assert!(set.begins("no one speaks") && set.begins("they"));
        assert!(!set.begins("no wind") && !set.begins("one"));
        assert!(set.is_in("Here, No one!") && !set.is_in("No wind"));
        assert_eq!(set.taken(&super::super::words::tokens("NO ONE HERE")), Some(2));
        assert!(set.hints("NO") && set.hints("WEIß") && !set.hints("them") && !set.hints(""));
        assert!(set.has("THEY") && !set.has("NO") && set.ends("whether they"));
    }
}
