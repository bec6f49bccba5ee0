//! The words of the rules by their spelling, for one language and English.
//!
//! Nouns come as the breakdown has read them, verbs in their base form. Does not know
//! sentences.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::rules::{BlockingRules, Lead, Words};
use crate::breakdown::description::HeadNoun;
use crate::breakdown::language::nouns::SentenceWords;
use crate::source::language_tag;

/// The longest phrase of the tables, in words.
const LONGEST: usize = 4;

/// The words of a language and of English.
#[derive(Debug, Default)]
pub(super) struct Lookup {
    language: &'static str,
    nouns: Phrases<usize>,
    verbs: Phrases<usize>,
    sets: IndexMap<String, Vec<usize>, foldhash::fast::FixedState>,
    leads: Phrases<Lead>,
    /// The tones of a colour: of clothes, and of hair.
    pub(super) colours: Phrases<[[u8; 3]; 2]>,
    pub(super) hair: Vec<&'static str>,
    /// What is too small for its colour to be seen.
    pub(super) small: Vec<&'static str>,
    /// Colours stand after their nouns.
    pub(super) colours_follow: bool,
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
        let mut found = Self { language, ..Self::default() };
        let languages: &[&str] = if language == "en" { &["en"] } else { &[language, "en"] };
        for language in languages {
            found.add(rules, language);
        }
        found.colours_follow = rules.colours.following.iter().any(|other| other == language);
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
        for colour in rules.colours.colours.values() {
            for word in words(&colour.words, language) {
                let hair = colour.hair.unwrap_or(colour.tone);
                self.colours.entry(word.clone()).or_insert([colour.tone, hair]);
            }
        }
        self.hair.extend(words(&rules.colours.hair, language).iter().map(String::as_str));
        self.small.extend(words(&rules.colours.small, language).iter().map(String::as_str));
    }

    /// The kind (its index) that the last words of a noun phrase name, and whether they
    /// name many of it.
    pub(super) fn noun(&self, noun: &HeadNoun) -> Option<(usize, bool)> {
        let kind = |words: &[String], last: usize| {
            let from = words.len().checked_sub(last)?;
            self.nouns.get(&words[from..].join(" ")).copied()
        };
        (1..=LONGEST.min(noun.base.len())).rev().find_map(|last| {
            let one = kind(&noun.written, last).map(|kind| (kind, false));
            one.or_else(|| Some((kind(&noun.base, last)?, noun.plural)))
        })
    }

    /// The motion (its index) of a verb at the beginning of some words, and how many
    /// words it takes.
    pub(super) fn verb(&self, words: &[&str]) -> Option<(usize, usize)> {
        longest(&self.verbs, words).map(|(motion, taken)| (*motion, taken))
    }

    /// Where some words after a verb lead, and how many words that takes.
    pub(super) fn lead(&self, words: &[&str]) -> Option<(Lead, usize)> {
        longest(&self.leads, words).map(|(lead, taken)| (*lead, taken))
    }

    /// The sets (their indices) that a word or a compound names.
    pub(super) fn sets(&self, words: &str) -> &[usize] {
        let one = || {
            let (before, last) = words.rsplit_once(' ').unwrap_or(("", words));
            let one = self.sentences().singular(last)?;
            self.sets.get([before, &one].join(" ").trim_start())
        };
        self.sets.get(words).or_else(one).map_or(&[], Vec::as_slice)
    }

    /// Words without the article of what is known: `mammoth` for `the mammoth`.
    pub(super) fn without_article<'a>(&self, words: &'a str) -> &'a str {
        let known = &self.sentences().determiners.known;
        let noun = words.split_once(' ').filter(|(first, _)| known.has(first));
        noun.map_or(words, |(_, noun)| noun)
    }

    /// Whether a word after a noun says what is on it or round it: `with`, `wearing`.
    pub(super) fn ends_noun(&self, word: &str) -> bool {
        let words = self.sentences();
        words.prepositions.has(word)
            || words.conjunctions.has(word)
            || words.relatives.has(word)
            || words.of.has(word)
            || words.verb(word).is_some_and(|(base, _)| words.wearing.has(&base))
    }

    /// The words of its sentences; those of English if they have none.
    fn sentences(&self) -> &'static SentenceWords {
        SentenceWords::of(self.language)
            .or_else(|| SentenceWords::of("en"))
            .expect("English has words")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::head_noun;

    #[test]
    fn every_noun_of_the_kinds_is_read() {
        let kinds = &BlockingRules::stdlib().kinds.kinds;
        let mut wrong = Vec::new();
        for (language, article) in [("en", "a"), ("de", "ein"), ("fr", "un")] {
            let lookup = Lookup::of(language);
            for word in kinds.values().flat_map(|kind| words(&kind.words, language)) {
                // Of a word that names two kinds, the first one counts.
                let kind = lookup.nouns[word];
                let written = if language == "de" {
                    word.split(' ').map(capitalised).collect::<Vec<_>>().join(" ")
                } else {
                    word.clone()
                };
                let found = head_noun(&format!("{article} {written}"), language);
                let named = found.as_ref().and_then(|noun| lookup.noun(noun));
                if named.map(|(named, _)| named) != Some(kind) {
                    wrong.push(format!("{language} {word}: {found:?}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    fn capitalised(word: &str) -> String {
        let mut letters = word.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    }
}
