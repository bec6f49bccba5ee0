//! English text to the phonemes that Kokoro was trained on. A net reads words that no
//! dictionary has, so that no word gets lost.
//!
//! Knows text; does not know sound.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use misaki_rs::{G2P, Language};
use ort::environment::Environment;

use super::names::NameReader;
use crate::breakdown::language::speakers::Accent;
use crate::breakdown::shots::heard::letters;

/// The model's number of each phoneme and mark.
static NUMBERS: LazyLock<BTreeMap<char, i64>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../assets/voices/kokoro/phonemes.json"))
        .expect("the table is embedded and tested")
});

/// Reads text with an accent.
pub(super) struct PhonemeReader {
    dictionary: G2P,
}

impl PhonemeReader {
    pub(super) fn new(runtime: &Environment, accent: Accent) -> Result<Self, String> {
        let language = match accent {
            Accent::American => Language::EnglishUS,
            Accent::British => Language::EnglishGB,
        };
        let names = NameReader::new(runtime, accent)?;
        Ok(Self { dictionary: G2P::with_fallback(language, Some(Box::new(names))) })
    }

    /// The words and marks of a text.
    pub(super) fn read(&self, text: &str) -> Result<Vec<ReadWord>, String> {
        let (_, words) = self.dictionary.g2p(&plain(text)).map_err(|why| why.to_string())?;
        let known = |letter: &char| NUMBERS.contains_key(letter);
        let read = words.iter().map(|word| {
            let phonemes = word.phonemes.iter().map(String::as_str);
            let phonemes = phonemes.chain([word.whitespace.as_str()]).flat_map(str::chars);
            ReadWord { letters: letters(&word.text), phonemes: phonemes.filter(known).collect() }
        });
        Ok(read.collect())
    }
}

/// A word, or a mark.
#[derive(Debug)]
pub(super) struct ReadWord {
    /// The number of its letters and digits.
    pub letters: usize,
    /// Its phonemes, and the space after it.
    pub phonemes: String,
}

/// The model's numbers of phonemes.
pub(super) fn numbers(phonemes: &str) -> Vec<i64> {
    phonemes.chars().filter_map(|letter| NUMBERS.get(&letter).copied()).collect()
}

/// Whether it can be heard.
pub(super) fn is_spoken(phonemes: &str) -> bool {
    phonemes.chars().any(char::is_alphabetic)
}

/// Text with the marks that the dictionary knows.
fn plain(text: &str) -> String {
    text.replace("--", "—").replace("...", "…").replace(['*', '_', '~'], "")
}

/// Divides phonemes into pieces that the model speaks at once: where a sentence ends,
/// else at another mark, else between two words, else anywhere.
pub(super) fn pieces(phonemes: &str, most: usize) -> Vec<String> {
    let letters: Vec<char> = phonemes.trim().chars().collect();
    if letters.len() <= most {
        return vec![letters.into_iter().collect()];
    }
    let middle = letters.len() / 2;
    let near = |marks: &[char]| {
        let ends = (1..letters.len() - 1).filter(|at| marks.contains(&letters[at - 1]));
        let within = ends.filter(|at| at.abs_diff(middle) * 4 <= letters.len());
        within.min_by_key(|at| at.abs_diff(middle))
    };
    let at = near(&['.', '!', '?', '…'])
        .or_else(|| near(&[',', ';', ':', '—']))
        .or_else(|| near(&[' ']))
        .unwrap_or(middle);
    let (head, tail) = letters.split_at(at);
    [head, tail]
        .into_iter()
        .flat_map(|half| pieces(&half.iter().collect::<String>(), most))
        .filter(|piece| !piece.is_empty())
        .collect()
}

/// Where the voices are, below the folder that the set-up makes.
pub(super) fn library(folder: &Path) -> std::path::PathBuf {
    folder.join("libonnxruntime.so")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::remote;

    #[test]
    fn long_texts_are_divided_at_sentences() {
        let text = "wˈʌn tˈu. θɹˈi fˈɔɹ, fˈaɪv. sˈɪks";
        let parts = pieces(text, 20);
        assert!(parts.iter().all(|part| part.chars().count() <= 20), "{parts:?}");
        assert!(parts[0].ends_with('.'), "{parts:?}");
        let kept: String = parts.concat().chars().filter(|letter| *letter != ' ').collect();
        assert_eq!(kept, text.replace(' ', ""));
        assert_eq!(pieces(&"ə".repeat(1200), 500).concat(), "ə".repeat(1200));
    }

    /// Where the set-up fetched the voices.
    #[test]
    fn no_invented_name_is_lost() {
        if !remote::are_there() {
            return;
        }
        let runtime = ort::init_from(library(&remote::folder())).unwrap().build().unwrap();
        let parts = ["quen", "lo", "var", "zi", "brek", "mou", "th", "osk", "yel", "ana"];
        for accent in [Accent::American, Accent::British] {
            let reader = PhonemeReader::new(&runtime, accent).unwrap();
            for number in 0..200 {
                let at = |step: usize| parts[number / step % parts.len()];
                let name = format!("X{}{}{}", at(1), at(10), at(3));
                let read = reader.read(&format!("I know {name}.")).unwrap();
                let phonemes: String = read.into_iter().map(|word| word.phonemes).collect();
                let words: Vec<&str> = phonemes.split_whitespace().collect();
                assert!(words.len() >= 3 && is_spoken(words[2]), "{name}: {phonemes}");
            }
        }
    }

    #[test]
    fn marks_alone_are_not_spoken() {
        assert!(!is_spoken("… !"));
        assert!(is_spoken("nˈO."));
    }

    #[test]
    fn every_phoneme_has_a_number() {
        assert_eq!(numbers("nˈO."), [56, 156, 31, 4]);
    }
}
