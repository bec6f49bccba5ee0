//! Which words tell of a woman and which of a man, and which names are given to either
//! (stdlib/names.yaml).
//!
//! Knows words and names; does not know who bears them.

use std::sync::LazyLock;

use serde::Deserialize;
use unicode_segmentation::UnicodeSegmentation as _;

use super::nouns::PlainWords;
use crate::breakdown::description::Sex;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    /// First names.
    given: WomenAndMen,
    /// Of descriptions, and titles before names: `mother`, `she`, `Mrs`.
    words: WomenAndMen,
    /// First names that are words, too.
    no_names: PlainWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WomenAndMen {
    women: PlainWords,
    men: PlainWords,
}

impl WomenAndMen {
    fn sex(&self, word: &str) -> Option<Sex> {
        (self.women.has(word))
            .then_some(Sex::Woman)
            .or_else(|| self.men.has(word).then_some(Sex::Man))
    }
}

/// Read when somebody without a description needs it.
static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let text = include_str!("../../../stdlib/names.yaml");
    serde_yaml::from_str(text).expect("stdlib is part of the program")
});

/// Whether a description speaks of a woman or a man: its first word that tells.
pub(crate) fn of_description(text: &str) -> Option<Sex> {
    text.unicode_words().find_map(|word| NAMES.words.sex(&word.to_lowercase()))
}

/// Whether a name is a woman's or a man's: its title, else its first given name.
pub(crate) fn of_name(name: &str) -> Option<Sex> {
    let given = || NAMES.given.sex(&name.unicode_words().next()?.to_lowercase());
    of_description(name).or_else(given)
}

/// Whether a word in small letters is a given name, and no other word.
pub(crate) fn is_given_name(word: &str) -> bool {
    NAMES.given.sex(word).is_some() && !NAMES.no_names.has(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_or_a_given_name_says_it() {
        for (name, expected) in [
            ("MARA", Some(Sex::Woman)),
            ("Anna Petrowna", Some(Sex::Woman)),
            ("JONAS VOSS", Some(Sex::Man)),
            ("Mrs. Jonas", Some(Sex::Woman)),
            ("Anna-Lena", Some(Sex::Woman)),
            ("Jürgen", Some(Sex::Man)),
            ("TUSK", None),
            ("", None),
        ] {
            assert_eq!(of_name(name), expected, "{name}");
        }
    }

    #[test]
    fn the_first_word_of_a_description_that_tells_decides() {
        for (text, expected) in [
            ("a mother of two boys", Some(Sex::Woman)),
            ("the keeper; he limps", Some(Sex::Man)),
            ("a watchmaker in her thirties", Some(Sex::Woman)),
            ("a keeper", None),
        ] {
            assert_eq!(of_description(text), expected, "{text}");
        }
    }
}
