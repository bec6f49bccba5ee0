//! The words of `[[block: …]]`: areas on the stage, motions, and what stands between a
//! motion and where it leads.
//!
//! Knows words; does not know who is directed.

use indexmap::IndexMap;
use serde::Deserialize;

use super::words::{Token, canonical};
use crate::breakdown::stage_direction::StageArea;

/// The longest phrase, in words.
const LONGEST: usize = 3;

/// The words of a language, and of those that it adds to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Directing {
    /// Where somebody stands.
    pub areas: IndexMap<StageArea, Vec<String>>,
    /// What somebody does: a motion of `stdlib/blocking/motions.yaml`.
    pub motions: IndexMap<String, Vec<String>>,
    /// Words that lead to a name or an area.
    pub between: Vec<String>,
}

impl Directing {
    /// Adds other words.
    pub(super) fn merge(&mut self, other: Self) {
        let small = |words: Vec<String>| words.into_iter().map(|word| canonical(&word));
        for (area, words) in other.areas {
            self.areas.entry(area).or_default().extend(small(words));
        }
        for (motion, words) in other.motions {
            self.motions.entry(motion).or_default().extend(small(words));
        }
        self.between.extend(small(other.between));
    }

    /// The area that some words begin with, and how many words that takes.
    pub(crate) fn area(&self, words: &[Token]) -> Option<(StageArea, usize)> {
        longest(&self.areas, words).map(|(area, taken)| (*area, taken))
    }

    /// The motion that some words begin with, and how many words that takes.
    pub(crate) fn motion(&self, words: &[Token]) -> Option<(&str, usize)> {
        longest(&self.motions, words).map(|(motion, taken)| (motion.as_str(), taken))
    }

    /// Whether words begin with a motion or an area.
    pub(crate) fn begins(&self, words: &[Token]) -> bool {
        self.motion(words).is_some() || self.area(words).is_some()
    }

    /// The first word of an area.
    pub(crate) fn word(&self, area: StageArea) -> &str {
        self.areas.get(&area).and_then(|words| words.first()).map_or("", String::as_str)
    }

    /// The words of all areas and motions.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.areas.values().chain(self.motions.values()).flatten().map(String::as_str)
    }
}

fn longest<'a, T>(table: &'a IndexMap<T, Vec<String>>, words: &[Token]) -> Option<(&'a T, usize)> {
    (1..=LONGEST.min(words.len())).rev().find_map(|taken| {
        let phrase: Vec<&str> = words[..taken].iter().map(|word| word.word.as_str()).collect();
        let phrase = phrase.join(" ");
        let found = table.iter().find(|(_, also)| also.contains(&phrase));
        found.map(|(key, _)| (key, taken))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;
    use crate::breakdown::language::words::tokens;

    #[test]
    fn a_film_is_directed_in_english_and_in_its_language() {
        let mut vocabulary = (*Vocabulary::standard()).clone();
        let motion = |vocabulary: &Vocabulary, words: &str| {
            vocabulary.directing.motion(&tokens(words)).map(|(motion, _)| motion.to_owned())
        };
        assert_eq!(motion(&vocabulary, "enters left").as_deref(), Some("enter"));
        assert_eq!(motion(&vocabulary, "tritt auf"), None);
        assert!(vocabulary.speak("de"));
        assert_eq!(motion(&vocabulary, "tritt auf").as_deref(), Some("enter"));
        assert_eq!(motion(&vocabulary, "enters").as_deref(), Some("enter"));
        assert_eq!(vocabulary.directing.area(&tokens("links")), Some((StageArea::Left, 1)));
    }
}
