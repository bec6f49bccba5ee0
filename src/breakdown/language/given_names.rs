//! Names that are given to women, and names that are given to men (stdlib/names.yaml).
//!
//! Knows names; does not know who bears them.

use std::sync::LazyLock;

use serde::Deserialize;

use super::nouns::PlainWords;
use crate::breakdown::description::Sex;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GivenNames {
    women: PlainWords,
    men: PlainWords,
    titles: Titles,
    /// Names that are words, too.
    words: PlainWords,
}

/// Words before a name: `Mrs`, `Herr`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Titles {
    women: PlainWords,
    men: PlainWords,
}

/// Read when somebody without a description needs it.
static NAMES: LazyLock<GivenNames> = LazyLock::new(|| {
    let text = include_str!("../../../stdlib/names.yaml");
    serde_yaml::from_str(text).expect("stdlib is part of the program")
});

/// Whether a name is a woman's or a man's: its title, else its first given name.
pub(crate) fn sex(name: &str) -> Option<Sex> {
    let small = name.to_lowercase();
    let either = |women: &PlainWords, men: &PlainWords, word: &str| {
        (women.has(word)).then_some(Sex::Woman).or_else(|| men.has(word).then_some(Sex::Man))
    };
    let words = || small.split([' ', '-', '.']).filter(|word| !word.is_empty());
    let GivenNames { women, men, titles, .. } = &*NAMES;
    words()
        .find_map(|word| either(&titles.women, &titles.men, word))
        .or_else(|| either(women, men, words().next()?))
}

/// Whether a word in small letters is a given name, and no other word.
pub(crate) fn is_name(word: &str) -> bool {
    let GivenNames { women, men, words, .. } = &*NAMES;
    (women.has(word) || men.has(word)) && !words.has(word)
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
            ("Jürgen", Some(Sex::Man)),
            ("TUSK", None),
            ("", None),
        ] {
            assert_eq!(sex(name), expected, "{name}");
        }
    }
}
