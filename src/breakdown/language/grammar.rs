//! The small words of a language: pronouns, negation, words for absence. The lists
//! of `stdlib/languages/`, as sets.
//!
//! Knows words and the rule that each list is for; does not know names.

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
            let entry = canonical(word);
            let first = entry.split(' ').next().unwrap_or_default().to_owned();
            self.longest = self.longest.max(first.len());
            self.firsts.insert(first);
            self.entries.insert(entry);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.add(other.entries.iter().map(String::as_str));
    }

    /// Whether a word or phrase, in canonical form, is an entry.
    pub fn contains(&self, word: &str) -> bool {
        self.entries.contains(word)
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
    fn hints(&self, word: &str) -> bool {
        if word.is_empty() || word.len() > self.longest {
            return false;
        }
        let mut small = [0; 24];
        match small.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(small) => {
                small.copy_from_slice(word.as_bytes());
                small.make_ascii_lowercase();
                std::str::from_utf8(small).is_ok_and(|word| self.firsts.contains(word))
            }
            None => self.firsts.contains(word.to_lowercase().as_str()),
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

/// The small words of the languages a script is written in. `en.yaml` says what
/// each list is for.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Grammar {
    /// Words between two names: `and`.
    pub conjunctions: WordSet,
    /// `the`, `a`.
    pub articles: WordSet,
    /// Words in place of names.
    pub pronouns: Pronouns,
    /// A sentence that begins with one is about everybody present.
    pub everybody: WordSet,
    /// So is a short sentence that contains one of these.
    pub silences: WordSet,
    /// Cues of everybody present.
    pub speak_all: WordSet,
    /// Cues of the last two people.
    pub speak_two: WordSet,
    /// Words that say that something is not so.
    pub negations: WordSet,
    /// Endings of such words: `n't`.
    pub negation_endings: WordSet,
    /// Words that say that a named person is absent.
    pub presence: Presence,
    /// Words that open the head of a shot line and give no size.
    pub openers: WordSet,
    /// Between a size and what is seen: `on`.
    pub connectors: WordSet,
    /// Words of an action that coverage frames in a way of their own.
    pub pictures: Pictures,
}

/// Words of an action that coverage frames in a way of their own.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pictures {
    /// A face.
    pub face: WordSet,
    /// A thing or a hand.
    pub thing: WordSet,
    /// Somebody comes in.
    pub entering: WordSet,
}

/// Words in place of names.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pronouns {
    /// `he`, `she`: a paragraph that begins with one is about somebody present.
    pub subject: WordSet,
    /// A text with one is about people.
    pub people: WordSet,
    /// Of a woman.
    pub woman: WordSet,
    /// Of a man.
    pub man: WordSet,
}

/// Words that say that a named person is absent.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Presence {
    /// Words between a preposition and a name.
    pub skipped: WordSet,
    /// `of`, before somebody who is only spoken of ...
    pub of: WordSet,
    /// ... unless a place stands before it: `in front of`.
    pub places_of: WordSet,
    /// Prepositions before somebody who is elsewhere.
    pub elsewhere: WordSet,
    /// Predicates of somebody who is not there.
    pub gone: WordSet,
    /// Words between a name and such a predicate.
    pub auxiliaries: WordSet,
    /// `no longer`.
    pub no_longer: WordSet,
    /// `is`: stands right after the name in a sentence with `no longer`.
    pub is: WordSet,
    /// `where`.
    pub where_words: WordSet,
    /// `stood`, after `where IDA`.
    pub stood: WordSet,
}

impl Grammar {
    pub(crate) fn merge(&mut self, other: &Self) {
        let Self {
            conjunctions,
            articles,
            pronouns,
            everybody,
            silences,
            speak_all,
            speak_two,
            negations,
            negation_endings,
            presence,
            openers,
            connectors,
            pictures,
        } = other;
        self.conjunctions.merge(conjunctions);
        self.articles.merge(articles);
        self.pronouns.merge(pronouns);
        self.everybody.merge(everybody);
        self.silences.merge(silences);
        self.speak_all.merge(speak_all);
        self.speak_two.merge(speak_two);
        self.negations.merge(negations);
        self.negation_endings.merge(negation_endings);
        self.presence.merge(presence);
        self.openers.merge(openers);
        self.connectors.merge(connectors);
        self.pictures.face.merge(&pictures.face);
        self.pictures.thing.merge(&pictures.thing);
        self.pictures.entering.merge(&pictures.entering);
    }

    /// Whether a word, in canonical form, says that something is not so.
    pub(crate) fn is_negation(&self, word: &str) -> bool {
        self.negations.contains(word)
            || self.negation_endings.entries.iter().any(|ending| word.ends_with(ending.as_str()))
    }

    /// Whether a sentence, in canonical form, is about everybody present.
    pub(crate) fn concerns_everybody(&self, sentence: &str) -> bool {
        self.everybody.begins(sentence)
            || (sentence.split(' ').count() <= 4
                && sentence.split(' ').any(|word| self.silences.contains(word)))
    }

    /// Whether a text has a word of these lists: a quick test that most paragraphs fail.
    pub(crate) fn may_concern_everybody(&self, text: &str) -> bool {
        let mut words = text.split(|letter: char| !letter.is_alphanumeric());
        words.any(|word| self.everybody.hints(word) || self.silences.hints(word))
    }
}

impl Pronouns {
    fn merge(&mut self, other: &Self) {
        self.subject.merge(&other.subject);
        self.people.merge(&other.people);
        self.woman.merge(&other.woman);
        self.man.merge(&other.man);
    }
}

impl Presence {
    fn merge(&mut self, other: &Self) {
        let Self {
            skipped,
            of,
            places_of,
            elsewhere,
            gone,
            auxiliaries,
            no_longer,
            is,
            where_words,
            stood,
        } = other;
        self.skipped.merge(skipped);
        self.of.merge(of);
        self.places_of.merge(places_of);
        self.elsewhere.merge(elsewhere);
        self.gone.merge(gone);
        self.auxiliaries.merge(auxiliaries);
        self.no_longer.merge(no_longer);
        self.is.merge(is);
        self.where_words.merge(where_words);
        self.stood.merge(stood);
    }

    /// Whether a person is in the picture: `before` and `after` are the words round
    /// the name in its sentence. A `thing` is absent if any of them says that it is gone.
    pub(crate) fn is_present(&self, before: &[String], after: &[String], thing: bool) -> bool {
        let mut back = before.iter().rev().filter(|word| !self.skipped.contains(word));
        let last = back.next();
        if let Some(word) = last {
            // IDA is present in `in front of IDA`.
            let mut in_place = || back.next().is_some_and(|word| self.places_of.contains(word));
            if self.elsewhere.contains(word) || (self.of.contains(word) && !in_place()) {
                return false;
            }
        }
        let is_gone = |word: &String| self.gone.contains(word);
        // `THE LEDGER is gone`: only auxiliaries between.
        if after.iter().find(|word| !self.auxiliaries.contains(word)).is_some_and(is_gone) {
            return false;
        }
        let first = after.first();
        let no_longer = after
            .windows(2)
            .any(|pair| self.no_longer.contains(&format!("{} {}", pair[0], pair[1])));
        if no_longer && first.is_some_and(|word| self.is.contains(word)) {
            return false;
        }
        // `where IDA was`, `where IDA stood a moment ago`.
        if last.is_some_and(|word| self.where_words.contains(word))
            && first.is_some_and(|word| self.stood.contains(word))
        {
            return false;
        }
        !thing || !before.iter().chain(after).any(is_gone)
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
    }
}
