//! Looks words up in a model's lexicon when the model was not taught them: the
//! noun that a phrase is about, the first verb of a sentence.
//!
//! Knows how a word is reduced to its base and where a noun phrase ends; the words
//! and the endings (those of `morphy(7WN)`, since models' lexica are English) are the
//! vocabulary's. Does not know slots.

use unicode_segmentation::UnicodeSegmentation as _;

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::word_lists::Endings;
use crate::breakdown::language::word_set::WordSet;
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

/// The noun that a phrase is about: in `a pair of old galleons, under sail` it
/// tries `pair`, then `old galleons`.
pub fn noun(meanings: &Meanings, phrase: &str, grammar: &Grammar) -> Option<Related> {
    let phrase = phrase.to_lowercase();
    let parts = phrase.split([',', ';', '.', '(', ')', '/', ':', '—', '–']);
    let words = &grammar.lexicon;
    parts.flat_map(|part| about(part, &words.ends)).find_map(|run| {
        let longest = run.len().saturating_sub(LONGEST);
        (longest..run.len()).find_map(|at| known(meanings, &run[at..].join(" "), &words.nouns))
    })
}

/// The first verb of a text for which the model has an action.
pub fn verb(meanings: &Meanings, text: &str, grammar: &Grammar) -> Option<Related> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.unicode_words().collect();
    let before = std::iter::once("").chain(words.iter().copied());
    let lexicon = &grammar.lexicon;
    words.iter().zip(before).find_map(|(word, before)| {
        let names_something = lexicon.determiners.contains(before);
        let is_not_done =
            lexicon.not_done.contains(before) || grammar.negation_endings.ends(before);
        if names_something || is_not_done { None } else { known(meanings, word, &lexicon.verbs) }
    })
}

/// The runs of words between words that end a noun phrase.
fn about<'a>(part: &'a str, ends: &WordSet) -> Vec<Vec<&'a str>> {
    let words: Vec<&str> = part.unicode_words().collect();
    let runs = words.split(|word| ends.contains(word));
    runs.filter(|run| !run.is_empty()).map(<[&str]>::to_vec).collect()
}

/// Looks up a word, else the word without an ending.
fn known(meanings: &Meanings, word: &str, endings: &Endings) -> Option<Related> {
    let bases = endings.bases(word);
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
    use crate::breakdown::language::vocabulary::Vocabulary;

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
            assert_eq!(
                noun(&known, phrase, &Vocabulary::standard().grammar)
                    .map(|found| found.word)
                    .as_deref(),
                shown,
                "{phrase}"
            );
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
            assert_eq!(
                verb(&known, text, &Vocabulary::standard().grammar)
                    .map(|found| found.word)
                    .as_deref(),
                shown,
                "{text}"
            );
        }
    }
}
