//! The words of the rules by their spelling, for one language and English.
//!
//! Knows plurals; verbs come in their base form. Does not know sentences.

use crate::source::language_tag;
use std::sync::LazyLock;

use indexmap::IndexMap;

use super::rules::{BlockingRules, Lead, Words};

/// The longest phrase of the tables, in words.
const LONGEST: usize = 4;

/// The words of a language and of English.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    nouns: Phrases<usize>,
    verbs: Phrases<usize>,
    sets: IndexMap<String, Vec<usize>, foldhash::fast::FixedState>,
    leads: Phrases<Lead>,
    numbers: IndexMap<String, u32, foldhash::fast::FixedState>,
    /// The tones of a colour: of clothes, and of hair.
    pub(super) colours: Phrases<[[u8; 3]; 2]>,
    pub(super) hair: Vec<&'static str>,
    /// What is too small for its colour to be seen.
    pub(super) small: Vec<&'static str>,
    /// Colours stand behind their nouns.
    pub(super) colours_behind: bool,
    pub(super) after_noun: Vec<&'static str>,
    pub(super) made_of: Vec<&'static str>,
    /// Articles of one.
    pub(super) single: Vec<&'static str>,
    /// Articles of what is known.
    known: Vec<&'static str>,
}

type Phrases<T> = IndexMap<String, T, foldhash::fast::FixedState>;

static LOOKUPS: LazyLock<IndexMap<&'static str, Lookup>> = LazyLock::new(|| {
    ["en", "de", "fr"].into_iter().map(|language| (language, Lookup::new(language))).collect()
});

impl Lookup {
    /// The words of a language (BCP 47); of English if it has none.
    pub(super) fn of(language: &str) -> &'static Self {
        LOOKUPS.get(language_tag::primary(language)).unwrap_or_else(|| &LOOKUPS["en"])
    }

    fn new(language: &'static str) -> Self {
        let rules = BlockingRules::stdlib();
        let mut found = Self::default();
        let languages: &[&str] = if language == "en" { &["en"] } else { &[language, "en"] };
        for language in languages {
            found.add(rules, language);
        }
        found.colours_behind = rules.colours.behind.iter().any(|behind| behind == language);
        found
    }

    fn add(&mut self, rules: &'static BlockingRules, language: &str) {
        let kinds = &rules.kinds;
        for (index, kind) in kinds.kinds.values().enumerate() {
            for noun in words(&kind.words, language) {
                self.nouns.entry(noun.clone()).or_insert(index);
            }
        }
        for (index, motion) in rules.motions.motions.values().enumerate() {
            for verb in words(&motion.verbs, language) {
                self.verbs.entry(verb.clone()).or_insert(index);
            }
        }
        for (index, set) in rules.places.sets.values().enumerate() {
            for word in words(&set.words, language) {
                let sets = self.sets.entry(word.clone()).or_default();
                if !sets.contains(&index) {
                    sets.push(index);
                }
            }
        }
        for (lead, phrases) in &rules.motions.leads {
            for phrase in words(phrases, language) {
                self.leads.entry(phrase.clone()).or_insert(*lead);
            }
        }
        for (word, number) in kinds.numbers.get(language).into_iter().flatten() {
            self.numbers.entry(word.clone()).or_insert(*number);
        }
        for colour in rules.colours.colours.values() {
            for word in words(&colour.words, language) {
                let hair = colour.hair.unwrap_or(colour.tone);
                self.colours.entry(word.clone()).or_insert([colour.tone, hair]);
            }
        }
        self.hair.extend(words(&rules.colours.hair, language).iter().map(String::as_str));
        self.small.extend(words(&rules.colours.small, language).iter().map(String::as_str));
        self.after_noun.extend(words(&kinds.after_noun, language).iter().map(String::as_str));
        self.made_of.extend(words(&kinds.made_of, language).iter().map(String::as_str));
        self.single.extend(words(&kinds.single, language).iter().map(String::as_str));
        self.known.extend(words(&kinds.known, language).iter().map(String::as_str));
    }

    /// The kind (its index) that the last words of a noun phrase name, and whether they
    /// name many.
    pub(super) fn noun(&self, phrase: &[&str]) -> Option<(usize, bool)> {
        (phrase.len().saturating_sub(LONGEST)..phrase.len()).find_map(|from| {
            let words = phrase[from..].join(" ");
            let one = self.nouns.get(&words).map(|kind| (*kind, false));
            one.or_else(|| {
                let found = singulars(&words).into_iter().find_map(|one| self.nouns.get(&one));
                found.map(|kind| (*kind, true))
            })
        })
    }

    /// The motion (its index) of a verb at the beginning of some words, and how many
    /// words it takes.
    pub(super) fn verb(&self, words: &[&str]) -> Option<(usize, usize)> {
        longest(&self.verbs, words).map(|(motion, taken)| (*motion, taken))
    }

    /// Where some words behind a verb lead, and how many words that takes.
    pub(super) fn lead(&self, words: &[&str]) -> Option<(Lead, usize)> {
        longest(&self.leads, words).map(|(lead, taken)| (*lead, taken))
    }

    /// The sets (their indices) that a word or a compound names.
    pub(super) fn sets(&self, words: &str) -> &[usize] {
        let found = self
            .sets
            .get(words)
            .or_else(|| singulars(words).into_iter().find_map(|singular| self.sets.get(&singular)));
        found.map_or(&[], Vec::as_slice)
    }

    /// Words without the article of what is known: `mammoth` for `the mammoth`.
    pub(super) fn without_article<'a>(&self, words: &'a str) -> &'a str {
        let behind = words.split_once(' ').filter(|(first, _)| self.known.contains(first));
        behind.map_or(words, |(_, noun)| noun)
    }

    /// How many a word says there are.
    pub(super) fn number(&self, word: &str) -> Option<u32> {
        self.numbers.get(word).copied().or_else(|| word.parse().ok())
    }
}

fn longest<'a, T>(phrases: &'a Phrases<T>, words: &[&str]) -> Option<(&'a T, usize)> {
    (1..=words.len().min(LONGEST))
        .rev()
        .find_map(|taken| phrases.get(&words[..taken].join(" ")).map(|found| (found, taken)))
}

fn words<'a>(table: &'a Words, language: &str) -> &'a [String] {
    table.get(language).map_or(&[], Vec::as_slice)
}

/// What a noun may be the plural of.
fn singulars(words: &str) -> Vec<String> {
    let plurals = &BlockingRules::stdlib().kinds.plurals;
    let found = plurals.iter().filter_map(|(ending, singulars)| {
        let stem = words.strip_suffix(ending.as_str())?;
        let long = |singular: &&String| stem.len() > 1 || !singular.is_empty();
        Some(singulars.iter().filter(long).map(move |singular| [stem, singular].concat()))
    });
    found.flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_known_in_one_and_in_many() {
        let kinds = &BlockingRules::stdlib().kinds.kinds;
        let kind = |language: &str, text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            Lookup::of(language)
                .noun(&words)
                .map(|(kind, _)| kinds.get_index(kind).unwrap().0.as_str())
        };
        assert_eq!(kind("en", "two horses"), Some("horse"));
        assert_eq!(kind("en", "wolves"), Some("wolf"));
        assert_eq!(kind("en", "old fishermen"), Some("person"));
        assert_eq!(kind("de", "zwei pferde"), Some("horse"));
        assert_eq!(kind("fr", "deux chevaux"), None);
        assert_eq!(kind("de", "ein fox"), Some("fox"));
    }
}
