//! Who is a woman and who a man, by a description, by clothes, and by a name
//! (`stdlib/names.yaml`).
//!
//! Knows words and names; does not know who bears them.

use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation as _;

use super::grammar::Grammar;
use super::word_tables::PlainWords;
use crate::breakdown::description::Sex;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    /// First names.
    given: WomenAndMen,
    /// Words before names: `Mrs`, `Herr`.
    titles: WomenAndMen,
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
pub(crate) fn of_description(text: &str, grammar: &Grammar) -> Option<Sex> {
    let Grammar { pronouns, sexes, .. } = grammar;
    text.unicode_words().find_map(|word| {
        if pronouns.woman.has(word) || sexes.women.has(word) {
            Some(Sex::Woman)
        } else if pronouns.man.has(word) || sexes.men.has(word) {
            Some(Sex::Man)
        } else {
            None
        }
    })
}

/// Whether clothes say that a woman wears them.
pub(crate) fn of_clothes(outfit: &str, grammar: &Grammar) -> Option<Sex> {
    let clothes = &grammar.sexes.womens_clothes;
    outfit.unicode_words().any(|word| clothes.has(word)).then_some(Sex::Woman)
}

/// Whether a name is a woman's or a man's: its title, else its first given name.
pub(crate) fn of_name(name: &str) -> Option<Sex> {
    let words = || name.unicode_words().map(str::to_lowercase);
    let title = words().find_map(|word| NAMES.titles.sex(&word));
    // `Éloïse` is written in more ways than a list has.
    let given = |word: String| NAMES.given.sex(&word).or_else(|| NAMES.given.sex(&plain(&word)));
    title.or_else(|| given(words().next()?))
}

/// A sex for somebody of whom nothing tells: always the same for the same text.
pub(crate) fn by_chance(text: &str) -> Sex {
    let sum: usize = text.bytes().map(usize::from).sum();
    if sum.is_multiple_of(2) { Sex::Woman } else { Sex::Man }
}

/// A word without its accents.
fn plain(word: &str) -> String {
    word.nfd().filter(|letter| !is_combining_mark(*letter)).collect()
}

/// Whether a word in small letters is a given name, and no other word.
pub(crate) fn is_given_name(word: &str) -> bool {
    NAMES.given.sex(word).is_some() && !NAMES.no_names.has(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn a_title_or_a_given_name_says_it() {
        for (name, expected) in [
            ("MARA", Some(Sex::Woman)),
            ("Anna Petrowna", Some(Sex::Woman)),
            ("JONAS VOSS", Some(Sex::Man)),
            ("Mrs. Jonas", Some(Sex::Woman)),
            ("Anna-Lena", Some(Sex::Woman)),
            ("Jürgen", Some(Sex::Man)),
            ("ÉLOÏSE", Some(Sex::Woman)),
            ("TUSK", None),
            ("", None),
        ] {
            assert_eq!(of_name(name), expected, "{name}");
        }
    }

    #[test]
    fn the_first_word_of_a_description_that_tells_decides() {
        let vocabulary = Vocabulary::standard();
        for (text, expected) in [
            ("a mother of two boys", Some(Sex::Woman)),
            ("the keeper; he limps", Some(Sex::Man)),
            ("a watchmaker in her thirties", Some(Sex::Woman)),
            ("a keeper", None),
        ] {
            assert_eq!(of_description(text, &vocabulary.grammar), expected, "{text}");
        }
    }
}
