//! Tables of words as `stdlib/sentences/` writes them: lists, endings, forms, and the
//! small words in groups.
//!
//! Knows how a table is written; does not know what its words are for.

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Deserializer};

pub(crate) type WordMap<V> = IndexMap<Box<str>, V, RandomState>;

/// `PlainWords`, divided by blanks in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlainWords(pub(super) IndexSet<Box<str>, RandomState>);

impl PlainWords {
    pub(crate) fn has(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|word| &**word)
    }

    pub(crate) fn first(&self) -> Option<&str> {
        self.iter().next()
    }
}

impl<'de> Deserialize<'de> for PlainWords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        Ok(Self(words.split_whitespace().map(Into::into).collect()))
    }
}

/// `ending:base` pairs, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormEndings(pub(super) Vec<(Box<str>, Box<str>)>);

impl<'de> Deserialize<'de> for FormEndings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once(':'));
        Ok(Self(pairs.map(|(ending, base)| (ending.into(), base.into())).collect()))
    }
}

/// `form:base` pairs, divided by blanks in the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forms(WordMap<Box<str>>);

impl Forms {
    pub(crate) fn of(&self, form: &str) -> Option<&str> {
        self.0.get(form).map(|base| &**base)
    }
}

impl<'de> Deserialize<'de> for Forms {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let pairs = text.split_whitespace().filter_map(|pair| pair.split_once(':'));
        Ok(Self(pairs.map(|(form, base)| (form.into(), base.into())).collect()))
    }
}

/// Where the head of a noun phrase stands among its nouns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Head {
    /// `a fire engine`
    #[default]
    Last,
    /// `une voiture de pompiers`
    First,
}

/// `PlainWords` before a noun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Determiners {
    pub(crate) new: PlainWords,
    pub(crate) other: PlainWords,
    pub(crate) known: PlainWords,
    pub(crate) possessive: PlainWords,
    pub(crate) absent: PlainWords,
}

/// `PlainWords` in place of a noun.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct PlainPronouns {
    pub(crate) he: PlainWords,
    pub(crate) she: PlainWords,
    pub(crate) it: PlainWords,
    pub(crate) they: PlainWords,
    pub(crate) other: PlainWords,
}

impl Determiners {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { new, other, known, possessive, absent } = self;
        [new, other, known, possessive, absent].iter().any(|list| list.has(word))
    }
}

impl PlainPronouns {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { he, she, it, they, other } = self;
        [he, she, it, they, other].iter().any(|list| list.has(word))
    }
}

/// Verbs that help another one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Auxiliaries {
    pub(crate) be: PlainWords,
    pub(crate) have: PlainWords,
    #[serde(rename = "do")]
    pub(crate) does: PlainWords,
    pub(crate) modal: PlainWords,
    pub(crate) past: PlainWords,
}

impl Auxiliaries {
    pub(crate) fn is(&self, word: &str) -> bool {
        let Self { be, have, does, modal, past: _ } = self;
        [be, have, does, modal].iter().any(|list| list.has(word))
    }
}

/// Words by which a sentence tells of the weather.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct WeatherWords {
    /// What falls or hangs in the air, and which weather it makes.
    pub(crate) nouns: Forms,
    /// `it rains`
    pub(crate) verbs: Forms,
    /// What it does while it is there: `rain falls`.
    pub(crate) comes: PlainWords,
    /// ... and when it goes: `the fog lifts`.
    pub(crate) stops: PlainWords,
    /// `in the rain`
    pub(crate) inside: PlainWords,
}
