//! Looks words up in a model's lexicon when the model was not taught them: the
//! noun that a phrase is about, the first verb of a sentence.
//!
//! Models' lexica are English, so this knows English endings (those of
//! `morphy(7WN)`) whatever the language of the script; does not know slots.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::model::Meanings;

/// An author's word with the one that the model shows for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// As the author wrote it, in small letters: `galleons`.
    pub word: String,
    /// What the model shows: `ship`.
    pub canonical: String,
}

/// The longest compound, in words.
const LONGEST: usize = 3;

/// Words that end the noun phrase: `a sleuth | with a pipe`.
const ENDS: &[&str] = &[
    "of", "with", "in", "on", "at", "from", "by", "near", "under", "over", "behind", "above",
    "below", "before", "after", "beside", "between", "for", "to", "who", "that", "which", "whose",
    "and", "or", "wearing", "holding", "carrying",
];

/// Words before nouns: the next word is no verb.
const DETERMINERS: &[&str] = &[
    "a", "an", "the", "this", "that", "these", "those", "his", "her", "its", "their", "my", "your",
    "our", "no", "some", "every", "each", "of", "in", "on", "with",
];

/// Words that say that something is not done.
const NEGATIONS: &[&str] = &["not", "never", "cannot", "nor"];

/// Endings of plurals and of their singulars.
const NOUNS: &[(&str, &str)] = &[
    ("s", ""),
    ("ses", "s"),
    ("ves", "f"),
    ("ves", "fe"),
    ("xes", "x"),
    ("zes", "z"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("men", "man"),
    ("ies", "y"),
];

/// Endings of verbs and of their infinitives.
const VERBS: &[(&str, &str)] = &[
    ("s", ""),
    ("ies", "y"),
    ("es", "e"),
    ("es", ""),
    ("ed", "e"),
    ("ed", ""),
    ("ied", "y"),
    ("ing", "e"),
    ("ing", ""),
];

/// The noun that a phrase is about: in `a pair of old galleons, under sail` it
/// tries `pair`, then `old galleons`.
pub fn noun(meanings: &Meanings, phrase: &str) -> Option<Related> {
    let phrase = phrase.to_lowercase();
    let parts = phrase.split([',', ';', '.', '(', ')', '/', ':', '—', '–']);
    parts.flat_map(about).find_map(|words| {
        let longest = words.len().saturating_sub(LONGEST);
        (longest..words.len()).find_map(|from| known(meanings, &words[from..].join(" "), NOUNS))
    })
}

/// The first verb of a text for which the model has an action.
pub fn verb(meanings: &Meanings, text: &str) -> Option<Related> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.unicode_words().collect();
    let before = std::iter::once("").chain(words.iter().copied());
    words.iter().zip(before).find_map(|(word, before)| {
        let names_something = DETERMINERS.contains(&before);
        let is_not_done = NEGATIONS.contains(&before) || before.ends_with("n't");
        if names_something || is_not_done { None } else { known(meanings, word, VERBS) }
    })
}

/// The runs of words between words that end a noun phrase.
fn about(part: &str) -> Vec<Vec<&str>> {
    let words: Vec<&str> = part.unicode_words().collect();
    let runs = words.split(|word| ENDS.contains(word));
    runs.filter(|run| !run.is_empty()).map(<[&str]>::to_vec).collect()
}

/// Looks up a word, else the word without an ending.
fn known(meanings: &Meanings, word: &str, endings: &[(&str, &str)]) -> Option<Related> {
    let bases = endings.iter().filter_map(|(ending, base)| {
        let stem = word.strip_suffix(ending)?;
        Some(format!("{stem}{base}"))
    });
    // `stopping` has doubled a letter of `stop`.
    let single = bases.clone().filter_map(|mut base| {
        let mut letters = base.chars().rev();
        let doubled = letters.next().is_some_and(|last| letters.next() == Some(last));
        base.pop();
        doubled.then_some(base)
    });
    std::iter::once(word.to_owned()).chain(bases).chain(single).find_map(|base| {
        let canonical = meanings.of(&base)?.to_owned();
        Some(Related { word: word.to_owned(), canonical })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meanings(slot: &[(&str, &[&str])]) -> Meanings {
        let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect();
        let slot = slot.iter().map(|(word, more)| ((*word).to_owned(), owned(more)));
        slot.collect::<indexmap::IndexMap<_, Vec<_>>>().into()
    }

    #[test]
    fn a_phrase_is_about_its_last_noun() {
        let known = meanings(&[
            ("ship", &["galleon", "ocean liner"]),
            ("man", &["sleuth", "giant"]),
            ("old man", &["wolf"]),
        ]);
        for (phrase, shown) in [
            ("a pair of old Galleons, under sail", Some("galleons")),
            ("an ocean liner", Some("ocean liner")),
            ("the sleuth with a galleon in a bottle", Some("sleuth")),
            ("a giant squid", None),
            ("wolves", Some("wolves")),
            ("", None),
            ("with, of", None),
        ] {
            assert_eq!(noun(&known, phrase).map(|found| found.word).as_deref(), shown, "{phrase}");
        }
    }

    #[test]
    fn the_first_verb_that_is_known_counts() {
        let known = meanings(&[("walk", &["saunter", "trek"]), ("jump", &["hop", "vault"])]);
        for (text, shown) in [
            ("She saunters past, hopping.", Some("saunters")),
            ("He was trekking home.", Some("trekking")),
            ("The vault stays shut. A hare hopped by.", Some("hopped")),
            ("Nobody breathes.", None),
            ("She did not saunter, and he doesn't hop.", None),
        ] {
            assert_eq!(verb(&known, text).map(|found| found.word).as_deref(), shown, "{text}");
        }
    }
}
