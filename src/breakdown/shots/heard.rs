//! The lengths of spoken speeches, and the times of their words.
//!
//! Knows letters and times; does not know voices or files.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::breakdown::screenplay::{Speech, SpeechPart, Subject};
use crate::time::Seconds;

/// The speeches of a film that have been spoken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeardSpeeches {
    all: BTreeMap<Said, HeardSpeech>,
}

/// Everything that decides how a speech sounds: the speaker, the words and the manner.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    speakers: Arc<[Subject]>,
    delivery: Vec<String>,
    parts: Vec<SaidPart>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum SaidPart {
    Words(String),
    Pause(Seconds),
    Cut,
}

/// A word of a speech, in the time of the speech.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeardWord {
    /// The letters and digits of the speech before it.
    pub letters: usize,
    /// Its beginning.
    pub start: Seconds,
    /// Its end.
    pub end: Seconds,
}

/// A speech that was spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeardSpeech {
    /// Its words, in order.
    words: Vec<HeardWord>,
    /// The beginning of each part of the speech.
    parts: Vec<Seconds>,
    length: Seconds,
}

impl HeardSpeeches {
    /// Adds a speech.
    pub fn add(&mut self, speech: &Speech, heard: HeardSpeech) {
        self.all.insert(Said::of(speech), heard);
    }

    /// A speech as it was spoken.
    pub fn get(&self, speech: &Speech) -> Option<&HeardSpeech> {
        // Photoplay plans most films before a voice speaks them.
        if self.all.is_empty() { None } else { self.all.get(&Said::of(speech)) }
    }

    /// Whether nothing was spoken.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

impl Said {
    fn of(speech: &Speech) -> Self {
        let parts = speech.parts.iter().map(|part| match part {
            SpeechPart::Words(words) => SaidPart::Words(words.clone()),
            SpeechPart::Pause(time) => SaidPart::Pause(*time),
            SpeechPart::Cut(_) | SpeechPart::CutBack => SaidPart::Cut,
        });
        Self {
            speakers: Arc::clone(&speech.speakers),
            delivery: speech.delivery.clone(),
            parts: parts.collect(),
        }
    }
}

impl HeardSpeech {
    /// From the words of a speech, the beginnings of its parts and its length.
    pub fn new(words: Vec<HeardWord>, parts: Vec<Seconds>, length: Seconds) -> Self {
        Self { words, parts, length }
    }

    /// How long it sounds.
    pub fn length(&self) -> Seconds {
        self.length
    }

    /// When a part of the speech begins.
    pub(crate) fn part(&self, index: usize) -> Seconds {
        self.parts.get(index).copied().unwrap_or(self.length)
    }

    /// When the word begins before which so many letters are said.
    pub(crate) fn begins(&self, letters: usize) -> Seconds {
        let next = self.words.partition_point(|word| word.letters < letters);
        self.words.get(next).map_or(self.length, |word| word.start)
    }

    /// The time at which so many letters have been said.
    pub(crate) fn ends(&self, letters: usize) -> Seconds {
        let said = self.words.partition_point(|word| word.letters < letters);
        said.checked_sub(1).map_or(Seconds::ZERO, |last| self.words[last].end)
    }
}

/// The number of letters and digits of a text: where a word of a speech stands.
pub fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphanumeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_the_letters_before_them() {
        let word = |letters, start, end| HeardWord {
            letters,
            start: Seconds::millis(start),
            end: Seconds::millis(end),
        };
        // You still work.
        let words = vec![word(0, 20, 200), word(3, 250, 600), word(8, 620, 900)];
        let heard = HeardSpeech::new(words, vec![Seconds::ZERO], Seconds::millis(960));
        assert_eq!((heard.begins(0), heard.ends(0)), (Seconds::millis(20), Seconds::ZERO));
        assert_eq!((heard.begins(3), heard.ends(3)), (Seconds::millis(250), Seconds::millis(200)));
        assert_eq!(
            (heard.begins(12), heard.ends(12)),
            (Seconds::millis(960), Seconds::millis(900))
        );
        assert_eq!((heard.part(0), heard.part(1)), (Seconds::ZERO, Seconds::millis(960)));
        assert_eq!(letters("I, 2 — Ÿx!"), 4);
    }
}
