//! Words of an author's own vocabulary that a blocking has to show. Each must be like a
//! word that Photoplay knows, or the blocking ignores it.
//!
//! Knows one vocabulary file and the words before it; does not know the script.

use indexmap::IndexMap;

use super::entries::VocabularyEntry;
use super::vocabulary::Vocabulary;
use super::words::canonical;
use crate::diagnostic::did_you_mean;

/// What a word of one's own lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WordFault {
    pub(crate) table: OwnTable,
    pub(crate) word: String,
    pub(crate) kind: WordFaultKind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum WordFaultKind {
    /// It has numbers, which only the program's own words have.
    Numbers,
    /// It is like a word that nobody knows; and the nearest one.
    UnknownLike(String, Option<String>),
    /// A blocking shows nothing of it.
    Unblocked,
}

/// A table whose words a blocking shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OwnTable {
    /// Its key in a vocabulary file.
    pub(crate) key: &'static str,
    /// What one of its words is called.
    pub(crate) noun: &'static str,
    /// One of its words.
    pub(crate) example: &'static str,
}

const SIZES: OwnTable = OwnTable { key: "sizes", noun: "size", example: "close-up" };
const ANGLES: OwnTable = OwnTable { key: "angles", noun: "angle", example: "low angle" };
const MOVES: OwnTable = OwnTable { key: "moves", noun: "move", example: "push in" };
const SPEEDS: OwnTable = OwnTable { key: "speeds", noun: "speed", example: "slow" };
const LENSES: OwnTable = OwnTable { key: "lenses", noun: "lens", example: "macro lens" };
const LIGHTS: OwnTable = OwnTable { key: "lights", noun: "light", example: "candlelight" };
const TIMES: OwnTable = OwnTable { key: "times", noun: "time of day", example: "dusk" };

/// What words of a file lack; `known` has the words before it. Takes away numbers.
pub(crate) fn faults(own: &mut Vocabulary, known: &Vocabulary) -> Vec<WordFault> {
    let mut found = Vec::new();
    let small = str::to_lowercase;
    check(SIZES, &mut own.sizes, &known.sizes, small, &mut found);
    check(ANGLES, &mut own.angles, &known.angles, canonical, &mut found);
    check(MOVES, &mut own.moves, &known.moves, canonical, &mut found);
    check(SPEEDS, &mut own.speeds, &known.speeds, canonical, &mut found);
    check(LENSES, &mut own.lenses, &known.lenses, small, &mut found);
    check(LIGHTS, &mut own.lights, &known.lights, small, &mut found);
    check(TIMES, &mut own.times, &known.times, canonical, &mut found);
    let mut languages = std::mem::take(&mut own.languages);
    if !languages.is_empty() {
        let mut known = known.clone();
        known.merge(own.clone());
        for words in languages.values_mut() {
            found.extend(faults(words, &known));
        }
    }
    own.languages = languages;
    found
}

fn check<E: VocabularyEntry>(
    table: OwnTable,
    own: &mut IndexMap<String, E>,
    known: &IndexMap<String, E>,
    key: impl Fn(&str) -> String,
    found: &mut Vec<WordFault>,
) {
    let mut names: Vec<String> = known.keys().cloned().collect();
    for (word, entry) in own.iter_mut() {
        let name = key(word);
        let new = !known.contains_key(&name);
        let kind = if entry.has_numbers() {
            entry.forget_numbers();
            Some(WordFaultKind::Numbers)
        } else if let Some(like) = entry.like() {
            let like = key(like);
            let near = did_you_mean(&like, names.iter().map(String::as_str)).map(str::to_owned);
            (!names.contains(&like)).then_some(WordFaultKind::UnknownLike(like, near))
        } else {
            (new && !entry.is_blocked()).then_some(WordFaultKind::Unblocked)
        };
        found.extend(kind.map(|kind| WordFault { table, word: word.clone(), kind }));
        if new {
            names.push(name);
        }
    }
}
