//! A slot of the prompt: finds which of its words a text contains.
//!
//! Knows words, and by `stdlib/stems.yaml` the endings of verbs; does not know what a slot
//! is for.

use std::sync::{LazyLock, OnceLock};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

/// Canonical words, each with the words that mean it, in order: earlier ones win when a
/// text contains several, and the first is shown when it contains none.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot {
    entries: IndexMap<String, Vec<String>>,
    #[serde(skip)]
    words: OnceLock<Phrases>,
    #[serde(skip)]
    stems: OnceLock<Phrases>,
}

impl From<IndexMap<String, Vec<String>>> for Slot {
    fn from(entries: IndexMap<String, Vec<String>>) -> Self {
        Self { entries, ..Self::default() }
    }
}

impl Slot {
    /// Each canonical word with the words that mean it.
    pub fn entries(&self) -> &IndexMap<String, Vec<String>> {
        &self.entries
    }

    /// The canonical words.
    pub fn canonical(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// What is shown when nothing else is understood: by convention the first entry of
    /// the slot (the eye-level medium, the plain stage, day, stillness).
    pub fn fallback(&self) -> Option<&str> {
        self.canonical().next()
    }

    /// The first canonical word of the slot that a text contains, as whole words.
    pub fn first(&self, text: &str) -> Option<&str> {
        let phrases = self.words.get_or_init(|| Phrases::of(&self.entries, small_word));
        let text: Vec<String> = text.unicode_words().map(small_word).collect();
        let said = (0..text.len()).flat_map(|at| phrases.at(&text[at..]));
        let first = said.map(|phrase| phrase.canonical).min()?;
        self.canonical().nth(first)
    }

    /// The words of a text for which [`Self::first`] is the canonical one, if they are
    /// others: `desert`, shown as a bullring. Plurals and phrases that contain the
    /// canonical word are not.
    pub fn other_word(&self, text: &str) -> Option<String> {
        let canonical = self.first(text)?;
        let at = self.entries.get_index_of(canonical)?;
        let phrases = self.words.get_or_init(|| Phrases::of(&self.entries, small_word));
        let text: Vec<String> = text.unicode_words().map(small_word).collect();
        let said = (0..text.len()).find_map(|start| {
            let found = phrases.at(&text[start..]).find(|phrase| phrase.canonical == at)?;
            Some(text[start..=start + found.rest.len()].join(" "))
        })?;
        let same = |word: &str| word.strip_prefix(canonical).is_some_and(|end| end.len() < 3);
        let contains = said.contains(canonical) || said.split(' ').any(same);
        (!contains).then_some(said)
    }

    /// The canonical word that comes first in a text, with any ending (`dances`,
    /// `dancing`): the first verb of a sentence is its action. Of words that begin at
    /// the same place the longest wins.
    pub fn earliest(&self, text: &str) -> Option<&str> {
        let phrases = self.stems.get_or_init(|| Phrases::of(&self.entries, stem));
        let text: Vec<String> = text.unicode_words().map(stem).collect();
        let earliest = (0..text.len()).find_map(|at| {
            let said = phrases.at(&text[at..]);
            said.min_by_key(|phrase| (std::cmp::Reverse(phrase.rest.len()), phrase.canonical))
        })?;
        self.canonical().nth(earliest.canonical)
    }
}

/// The entries of a slot by their first word.
#[derive(Debug, Clone)]
struct Phrases(IndexMap<String, Vec<Phrase>>);

/// An entry.
#[derive(Debug, Clone)]
struct Phrase {
    /// Its words after the first.
    rest: Vec<String>,
    /// Which canonical word it means.
    canonical: usize,
}

impl Phrases {
    fn of(entries: &IndexMap<String, Vec<String>>, read: fn(&str) -> String) -> Self {
        let mut phrases: IndexMap<String, Vec<Phrase>> = IndexMap::new();
        for (canonical, (word, meanings)) in entries.iter().enumerate() {
            for meaning in std::iter::once(word).chain(meanings) {
                let mut words = meaning.unicode_words().map(read);
                if let Some(first) = words.next() {
                    let phrase = Phrase { rest: words.collect(), canonical };
                    phrases.entry(first).or_default().push(phrase);
                }
            }
        }
        Self(phrases)
    }

    /// The entries that match the beginning of a text.
    fn at<'a>(&'a self, text: &'a [String]) -> impl Iterator<Item = &'a Phrase> {
        let (first, rest) = text.split_first().expect("there is a word at every place");
        let known = self.0.get(first).into_iter().flatten();
        known.filter(|phrase| rest.starts_with(&phrase.rest))
    }
}

fn small_word(word: &str) -> String {
    word.to_lowercase()
}

/// `stdlib/stems.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StemRules {
    endings: Vec<String>,
    least: usize,
    hissing: char,
    silent: char,
    doubled: String,
}

static STEMS: LazyLock<StemRules> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../stdlib/stems.yaml"))
        .expect("stdlib/stems.yaml is embedded and tested")
});

/// A word without the endings of verbs.
fn stem(word: &str) -> String {
    let StemRules { endings, least, hissing, silent, doubled } = &*STEMS;
    let mut word = word.to_lowercase();
    let bare = endings.iter().find_map(|ending| {
        let rest = word.strip_suffix(ending.as_str())?;
        (rest.chars().count() >= *least && !rest.ends_with(*hissing)).then(|| rest.to_owned())
    });
    word = bare.unwrap_or(word);
    let mut letters = word.chars().rev();
    if let (Some(last), Some(before)) = (letters.next(), letters.next())
        && (last == *silent || (last == before && !doubled.contains(last)))
        && word.chars().count() > *least
    {
        word.pop();
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(entries: &[(&str, &[&str])]) -> Slot {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let entries = entries.iter().map(|(word, more)| ((*word).to_owned(), owned(more)));
        entries.collect::<IndexMap<_, Vec<_>>>().into()
    }

    #[test]
    fn whole_words_are_said() {
        for (words, said) in [
            ("scrap", true),
            ("towers of scrap", true),
            ("Grey  Sky", true),
            ("sky", true),
            ("crap", false),
            ("scrap under the", false),
            ("sky above", false),
            ("tower", false),
            ("", false),
        ] {
            let said = said.then_some(words);
            let slot = slot(&[(words, &[])]);
            assert_eq!(slot.first("Towers of SCRAP, under a grey sky."), said, "{words}");
        }
    }

    #[test]
    fn the_first_of_the_slot_wins() {
        let slot = slot(&[("old man", &[]), ("man", &["sailor"]), ("boat", &["old boat"])]);
        assert_eq!(slot.first("an old boat with a sailor"), Some("man"));
        assert_eq!(slot.first("a man, an old man"), Some("old man"));
    }

    #[test]
    fn the_first_verb_is_the_action() {
        let slot = slot(&[
            ("stand", &["stands still"]),
            ("dance", &["salsa", "waltz"]),
            ("run", &["charge", "hurry"]),
            ("open mouth", &["mouth", "yawn"]),
            ("walk", &["lumber", "step", "comes in"]),
        ]);
        for (text, action) in [
            ("The mammoth lumbers between the towers. The woman dances.", Some("walk")),
            ("A couple is dancing, then runs.", Some("dance")),
            ("The bull charged at the matador, who stepped aside.", Some("run")),
            ("The wolf slowly opens its mouth wide.", Some("open mouth")),
            ("The man is running.", Some("run")),
            ("Varya comes in with a lamp.", Some("walk")),
            ("She stops breathing.", None),
        ] {
            assert_eq!(slot.earliest(text), action, "{text}");
        }
    }
}
