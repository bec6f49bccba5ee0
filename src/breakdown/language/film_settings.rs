//! How the settings of a film are written: `stdlib/settings.yaml`, the one table that the
//! parser, the editors and the language reference read.
//!
//! Knows keys and values; does not know what a setting does to a film.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;
use serde::de::IntoDeserializer as _;
use serde::de::value::{Error, StrDeserializer};

/// A setting of the whole film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "`SettingEntry::meaning` says what each does")]
pub enum FilmSetting {
    Format,
    Size,
    Rate,
    Style,
    Seed,
    Pace,
    Captions,
    Motion,
    Model,
    Language,
    Cards,
    Voices,
    Engine,
    Ambience,
    Loudness,
    Blocking,
    Control,
}

/// What `stdlib/settings.yaml` says about a setting.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingEntry {
    /// Its key: the first of its names.
    #[serde(skip)]
    pub key: String,
    /// Other keys.
    #[serde(default)]
    pub also: Vec<String>,
    /// The words that a value may be, each with other words for it.
    #[serde(default)]
    choices: IndexMap<String, Vec<String>>,
    /// What a value may be, if it is not one of a few words.
    #[serde(default)]
    takes: String,
    /// Values to offer; messages show the first.
    pub examples: Vec<String>,
    /// What the setting does, in a sentence.
    pub meaning: String,
}

static SETTINGS: LazyLock<IndexMap<FilmSetting, SettingEntry>> = LazyLock::new(|| {
    let entries: IndexMap<String, SettingEntry> =
        serde_yaml::from_str(include_str!("../../../stdlib/settings.yaml"))
            .expect("stdlib/settings.yaml is embedded and tested");
    let named = |(key, entry): (String, SettingEntry)| {
        let setting = value_of(&key).expect("every key of stdlib/settings.yaml is a setting");
        (setting, SettingEntry { key, ..entry })
    };
    entries.into_iter().map(named).collect()
});

/// The value of a type that has a name.
fn value_of<T: for<'de> Deserialize<'de>>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, Error> = name.into_deserializer();
    T::deserialize(name).ok()
}

impl FilmSetting {
    /// The setting of a key, in small letters.
    pub fn of(key: &str) -> Option<Self> {
        let named = |(_, entry): &(&Self, &SettingEntry)| entry.keys().any(|known| known == key);
        SETTINGS.iter().find(named).map(|(setting, _)| *setting)
    }

    /// What the table says about it.
    pub fn entry(self) -> &'static SettingEntry {
        &SETTINGS[&self]
    }
}

impl SettingEntry {
    /// Every setting, in the order of the reference.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        SETTINGS.values()
    }

    /// Its key and the other keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key.as_str()).chain(self.also.iter().map(String::as_str))
    }

    /// What a value may be, for messages and the reference.
    pub fn expected(&self) -> String {
        if self.choices.is_empty() { self.takes.clone() } else { one_of(self.choices.keys()) }
    }

    /// The choice that a word in small letters makes.
    pub(crate) fn choice<T: for<'de> Deserialize<'de>>(&self, word: &str) -> Option<T> {
        let is_word = |(choice, also): &(&String, &Vec<String>)| {
            *choice == word || also.iter().any(|it| it == word)
        };
        self.choices.iter().find(is_word).and_then(|(choice, _)| value_of(choice))
    }
}

/// The key of a written setting, and the value after it: `rate 24`, `rate: 24`.
pub(crate) fn key_and_value(written: &str) -> (&str, &str) {
    written
        .split_once(|letter: char| letter.is_whitespace() || matches!(letter, ':' | '：'))
        .unwrap_or((written, ""))
}

/// Words of which one is meant: `a`, `b` or `c`.
pub(crate) fn one_of(words: impl IntoIterator<Item = impl AsRef<str>>) -> String {
    let quoted: Vec<String> =
        words.into_iter().map(|word| format!("`{}`", word.as_ref())).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_setting_once() {
        let mut keys = std::collections::BTreeSet::new();
        for entry in SettingEntry::all() {
            for key in entry.keys() {
                assert!(keys.insert(key), "{key} is the key of two settings");
            }
            assert!(!entry.examples.is_empty() && entry.meaning.ends_with('.'), "{}", entry.key);
        }
        assert_eq!(SettingEntry::all().count(), FilmSetting::Control as usize + 1);
    }

    #[test]
    fn a_key_ends_at_a_space_or_a_colon() {
        assert_eq!(key_and_value("rate 24"), ("rate", "24"));
        assert_eq!(key_and_value("rate: 24"), ("rate", " 24"));
        assert_eq!(key_and_value("rate"), ("rate", ""));
    }

    #[test]
    fn one_of_many_words_is_named() {
        assert_eq!(one_of(["en", "de", "fr"]), "`en`, `de` or `fr`");
        assert_eq!(one_of(["en"]), "`en`");
    }
}
