//! What a language has in `stdlib/languages/` besides sets of words: a table, endings,
//! a word that Photoplay adds, a yes or no.
//!
//! Knows how each is added to that of another language; does not know what it is for.

use std::fmt;

use indexmap::IndexMap;
use serde::Deserialize;

/// Something that is so in a language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Switch(pub bool);

impl Switch {
    pub(super) fn merge(&mut self, other: &Self) {
        self.0 |= other.0;
    }
}

/// A word or a sentence that Photoplay adds; the last language that has it decides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Added(Option<String>);

impl fmt::Display for Added {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Added {
    /// The words.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if other.0.is_some() {
            self.0.clone_from(&other.0);
        }
    }
}

/// A word → another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct WordTable(IndexMap<String, String>);

impl WordTable {
    /// The other word.
    pub fn get(&self, word: &str) -> Option<&str> {
        self.0.get(word).map(String::as_str)
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(word, to)| (word.to_lowercase(), to.clone())));
    }
}

/// Endings of a word → those of its base, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Endings(IndexMap<String, Vec<String>>);

impl Endings {
    /// What a word may be without its ending.
    pub fn bases<'a>(&'a self, word: &'a str) -> impl Iterator<Item = String> + Clone + 'a {
        self.0.iter().flat_map(move |(ending, bases)| {
            let stem = word.strip_suffix(ending.as_str());
            let bases = stem.map(|stem| bases.iter().map(move |base| format!("{stem}{base}")));
            bases.into_iter().flatten()
        })
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (ending, bases) in &other.0 {
            self.0.entry(ending.clone()).or_default().extend(bases.iter().cloned());
        }
    }
}
