//! The time that words take: spoken in a speech, filmed as action, read on a card.
//! The constants are in `stdlib/durations.yaml`; times are exact microseconds.
//!
//! Knows words; `heard` knows how long speeches last that were spoken, `duration` decides
//! the length of a shot.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use serde::{Deserialize, Deserializer};
use unicode_segmentation::UnicodeSegmentation as _;

use super::heard::{HeardSpeech, HeardSpeeches};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::screenplay::{Speech, SpeechPart};
use crate::source::language_tag;
use crate::time::Seconds;

/// A decimal of the data files in thousandths: sums of them are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thousandths(pub i64);

impl<'de> Deserialize<'de> for Thousandths {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(Self((f64::deserialize(from)? * 1000.0).round() as i64))
    }
}

/// Seconds written as a decimal in the data files.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(from: D) -> Result<Seconds, D::Error> {
    Ok(Seconds::millis(Thousandths::deserialize(from)?.0))
}

/// `stdlib/durations.yaml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Durations {
    /// Speech.
    pub speech: SpeechConstants,
    /// Letters a second of alphabetic scripts, by language.
    rates: IndexMap<String, Thousandths>,
    han: Thousandths,
    /// Han characters a second, for languages that read them at another rate.
    han_in: IndexMap<String, Thousandths>,
    kana: Thousandths,
    hangul: Thousandths,
    /// The pause between two speakers in one shot.
    #[serde(deserialize_with = "seconds")]
    pub turn: Seconds,
    /// A shot with speech.
    pub shot: ShotConstants,
    action: PerWord,
    card: PerWord,
    /// The time from the beginning of a shot to the words over it.
    #[serde(deserialize_with = "seconds")]
    pub super_at: Seconds,
    /// The shortest title card.
    #[serde(deserialize_with = "seconds")]
    pub title_at_least: Seconds,
    /// The length of the end card.
    #[serde(deserialize_with = "seconds")]
    pub end: Seconds,
    /// The length of black or white without a written time.
    #[serde(deserialize_with = "seconds")]
    pub black: Seconds,
    /// Limits of written times.
    pub written: Limits,
}

/// Constants of speech.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpeechConstants {
    #[serde(deserialize_with = "seconds")]
    at_least: Seconds,
    #[serde(deserialize_with = "seconds")]
    comma: Seconds,
    #[serde(deserialize_with = "seconds")]
    sentence: Seconds,
    #[serde(deserialize_with = "seconds")]
    ellipsis: Seconds,
    slow: Thousandths,
    fast: Thousandths,
    lyrics: Thousandths,
    slow_words: Vec<String>,
    fast_words: Vec<String>,
}

/// Constants of a shot in which somebody speaks.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShotConstants {
    /// The picture before the first word.
    #[serde(deserialize_with = "seconds")]
    pub lead: Seconds,
    /// The picture after the last word.
    #[serde(deserialize_with = "seconds")]
    pub tail: Seconds,
    /// The shortest shot.
    #[serde(deserialize_with = "seconds")]
    pub at_least: Seconds,
    /// The length of a shot with spoken words is a multiple of it.
    #[serde(deserialize_with = "seconds")]
    pub step: Seconds,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct PerWord {
    #[serde(deserialize_with = "seconds", default)]
    at_least: Seconds,
    #[serde(deserialize_with = "seconds")]
    base: Seconds,
    #[serde(deserialize_with = "seconds")]
    word: Seconds,
}

/// The shortest and the longest time.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The shortest.
    #[serde(deserialize_with = "seconds")]
    pub at_least: Seconds,
    /// The longest.
    #[serde(deserialize_with = "seconds")]
    pub at_most: Seconds,
}

static STDLIB: LazyLock<Durations> = LazyLock::new(|| {
    serde_yaml::from_str(include_str!("../../../stdlib/durations.yaml"))
        .expect("stdlib/durations.yaml is embedded and tested")
});

/// Words for how somebody speaks that make a speech slower or faster, the slow ones first.
pub(crate) fn manners_of_speaking() -> impl Iterator<Item = &'static str> {
    let SpeechConstants { slow_words, fast_words, .. } = &STDLIB.speech;
    slow_words.iter().chain(fast_words).map(String::as_str)
}

/// Times of one film: the constants, its language and its pace.
#[derive(Debug, Clone)]
pub struct Timing {
    /// The constants.
    pub constants: &'static Durations,
    vocabulary: Arc<Vocabulary>,
    language: String,
    pace: i64,
    heard: Arc<HeardSpeeches>,
}

impl Timing {
    /// For a film with a vocabulary in a language (BCP 47), its pace in thousandths.
    pub fn new(vocabulary: &Arc<Vocabulary>, language: &str, pace: u32) -> Self {
        let language = language_tag::primary(language).to_owned();
        let vocabulary = Arc::clone(vocabulary);
        let (pace, heard) = (i64::from(pace), Arc::default());
        Self { constants: &STDLIB, vocabulary, language, pace, heard }
    }

    /// The same with the lengths of spoken speeches.
    #[must_use]
    pub(crate) fn hearing(&self, heard: &Arc<HeardSpeeches>) -> Self {
        Self { heard: Arc::clone(heard), ..self.clone() }
    }

    /// The same with the lengths that the rule gives to speeches.
    pub(crate) fn by_rule(&self) -> Cow<'_, Self> {
        if self.heard.is_empty() {
            Cow::Borrowed(self)
        } else {
            Cow::Owned(self.hearing(&Arc::default()))
        }
    }

    /// A spoken speech; `None` if only the rule gives its length.
    pub(crate) fn heard(&self, speech: &Speech) -> Option<&HeardSpeech> {
        self.heard.get(speech)
    }

    /// How long a speech sounds: as a voice has spoken it, else by the rule.
    pub(crate) fn sounds(&self, speech: &Speech) -> Seconds {
        self.heard(speech).map_or_else(|| self.speech(speech), HeardSpeech::length)
    }

    /// A constant at the film's pace.
    pub fn paced(&self, time: Seconds) -> Seconds {
        time.scale(self.pace, 1000)
    }

    /// The time of action of so many words, in one paragraph or in several.
    pub fn action(&self, words: usize) -> Seconds {
        let per = &self.constants.action;
        self.paced(per.base + per.word.scale(words as i64, 1))
    }

    /// The time to read a card or words over the picture.
    pub fn card<'a>(&self, lines: impl IntoIterator<Item = &'a str>) -> Seconds {
        self.paced(self.reading(lines).max(self.constants.card.at_least))
    }

    /// The time to read words on paper once.
    pub fn letter<'a>(&self, lines: impl IntoIterator<Item = &'a str>) -> Seconds {
        self.paced(self.reading(lines))
    }

    fn reading<'a>(&self, lines: impl IntoIterator<Item = &'a str>) -> Seconds {
        let words: usize = lines.into_iter().map(words).sum();
        let per = &self.constants.card;
        per.base + per.word.scale(words as i64, 1)
    }

    /// The time of a whole speech by the rule.
    pub fn speech(&self, speech: &Speech) -> Seconds {
        let parts: Seconds = speech.parts.iter().map(|part| self.part(speech, part)).sum();
        parts.max(self.paced(self.constants.speech.at_least))
    }

    /// The time of a part of a speech, its words or its pause. The parts sum to the
    /// speech, unless the sum is shorter than the shortest speech.
    pub fn part(&self, speech: &Speech, part: &SpeechPart) -> Seconds {
        match part {
            SpeechPart::Words(text) => self.spoken(text, speech),
            SpeechPart::Pause(time) => self.paced(*time),
            SpeechPart::Cut(_) | SpeechPart::CutBack => Seconds::ZERO,
        }
    }

    /// The time of words in the manner of a speech: whispered, shouted, sung.
    pub fn spoken(&self, text: &str, speech: &Speech) -> Seconds {
        let constants = &self.constants.speech;
        let mut time = self.letters(text) + self.stops(text);
        if says(&speech.delivery, &constants.slow_words) {
            time = time.scale(constants.slow.0, 1000);
        }
        if says(&speech.delivery, &constants.fast_words) {
            time = time.scale(constants.fast.0, 1000);
        }
        if speech.lyrics {
            time = time.scale(constants.lyrics.0, 1000);
        }
        self.paced(time)
    }

    /// How fast a speech is spoken, in hundredths of the usual: by its manner and the
    /// film's pace.
    pub fn tempo(&self, speech: &Speech) -> u32 {
        let constants = &self.constants.speech;
        let mut slower = self.pace.max(1);
        for (words, factor) in
            [(&constants.slow_words, constants.slow), (&constants.fast_words, constants.fast)]
        {
            if says(&speech.delivery, words) {
                slower = slower * factor.0 / 1000;
            }
        }
        (100_000 / slower.max(1)).clamp(50, 200) as u32
    }

    /// The sentences of a text, in order, each with its end mark, spaces trimmed.
    pub fn sentences<'a>(&self, text: &'a str) -> Vec<&'a str> {
        let sentences = self.vocabulary.grammar.sentences(text);
        sentences.into_iter().map(|range| text[range].trim()).collect()
    }

    fn letters(&self, text: &str) -> Seconds {
        let constants = self.constants;
        let rates = &constants.rates;
        let alphabetic =
            rates.get(&self.language).or_else(|| rates.get("en")).map_or(11_500, |rate| rate.0);
        let han = constants.han_in.get(&self.language).unwrap_or(&constants.han).0;
        if text.is_ascii() {
            let count = text.bytes().filter(u8::is_ascii_alphanumeric).count() as i64;
            return Seconds::millis(1000).scale(1000 * count, alphabetic);
        }
        let mut counts =
            [(0i64, alphabetic), (0, han), (0, constants.kana.0), (0, constants.hangul.0)];
        for letter in text.chars().filter(|letter| letter.is_alphanumeric()) {
            let class = match u32::from(letter) {
                0x3040..=0x30FF => 2,
                0x3400..=0x9FFF | 0xF900..=0xFAFF | 0x2_0000..=0x3_FFFF => 1,
                0x1100..=0x11FF | 0xAC00..=0xD7AF => 3,
                _ => 0,
            };
            counts[class].0 += 1;
        }
        counts.iter().map(|&(count, rate)| Seconds::millis(1000).scale(1000 * count, rate)).sum()
    }

    fn stops(&self, text: &str) -> Seconds {
        let constants = &self.constants.speech;
        let mut time = Seconds::ZERO;
        let text = text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '…' && c != '-');
        let mut rest = text.chars().peekable();
        while let Some(letter) = rest.next() {
            match letter {
                ',' | ';' | ':' | '、' | '，' | '；' | '：' | '،' => {
                    time = time + constants.comma;
                }
                '…' | '—' => time = time + constants.ellipsis,
                '-' if rest.peek() == Some(&'-') => {
                    while rest.next_if_eq(&'-').is_some() {}
                    time = time + constants.ellipsis;
                }
                '.' if rest.peek() == Some(&'.') => {
                    while rest.next_if_eq(&'.').is_some() {}
                    time = time + constants.ellipsis;
                }
                '.' | '!' | '?' | '。' | '！' | '？' => {
                    while rest.next_if(|next| "!?.！？。".contains(*next)).is_some() {}
                    if letter != '.' || rest.peek().is_none_or(|next| !next.is_alphanumeric()) {
                        time = time + constants.sentence;
                    }
                }
                _ => {}
            }
        }
        time
    }
}

/// Counts the words of a text, in any script.
pub fn words(text: &str) -> usize {
    text.unicode_words().count()
}

/// Whether a parenthetical contains one of some words.
pub fn says(delivery: &[String], words: &[String]) -> bool {
    delivery.iter().any(|how| {
        how.unicode_words().any(|word| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
    })
}

/// The clauses of a text: split after `;` and `:`, or after `,`.
pub fn clauses<'a>(text: &'a str, marks: &[char]) -> Vec<&'a str> {
    split_after(text, |piece, _| piece.ends_with(marks))
}

/// Splits a text at those spaces for which `ends` accepts the text before and
/// after. Chinese and Japanese marks need no space.
fn split_after(text: &str, ends: impl Fn(&str, &str) -> bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (at, letter) in text.char_indices() {
        let end = if letter.is_whitespace() {
            at
        } else if "。！？；，".contains(letter) {
            at + letter.len_utf8()
        } else {
            continue;
        };
        let (piece, next) = (text[start..end].trim(), text[end..].trim_start());
        if !piece.is_empty() && !next.is_empty() && ends(piece, next) {
            pieces.push(piece);
            start = end;
        }
    }
    let last = text[start..].trim();
    if !last.is_empty() {
        pieces.push(last);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::screenplay::Voice;

    fn speech(text: &str, delivery: &[&str]) -> Speech {
        Speech {
            speakers: Arc::default(),
            voice: Voice::OnScreen,
            through: None,
            delivery: delivery.iter().map(|how| (*how).to_owned()).collect(),
            parts: vec![SpeechPart::Words(text.to_owned())],
            dual: false,
            lyrics: false,
        }
    }

    fn check(language: &str, text: &str, delivery: &[&str], micros: i64) {
        let time =
            Timing::new(&Vocabulary::standard(), language, 1000).speech(&speech(text, delivery));
        assert_eq!(time.as_micros(), micros, "{text}");
    }

    #[test]
    fn speech_takes_its_letters_and_its_stops() {
        check("en", "Whose?", &[], 800_000);
        // 12 letters; the full stop at the end costs nothing
        check("en", "You still work.", &[], 1_043_478);
        // 18 letters, a comma and a sentence end inside
        check("en", "No, never. I cannot wait.", &[], 1_565_217 + 500_000);
        check("en", "Wait... what was that", &[], 1_304_348 + 400_000);
        check("en", "You still work.", &["whispering"], 1_200_000);
        check("de", "zwölf Zeichen", &[], 1_000_000);
        check("zh", "我每天都算过潮水。", &[], 2_000_000);
        check("en", "It is 9.30 in the morning now", &[], 1_913_043);
    }

    #[test]
    fn pace_multiplies_everything() {
        let timing = Timing::new(&Vocabulary::standard(), "en", 900);
        assert_eq!(timing.action(10), Seconds::millis(2880));
        assert_eq!(timing.card(["FROM THE AUTHOR OF THE TIDE CLERK"]), Seconds::millis(3240));
        assert_eq!(
            Timing::new(&Vocabulary::standard(), "en", 1000).letter([
                "Nell --",
                "Do not wind it.",
                "K."
            ]),
            Seconds::millis(3300)
        );
    }

    #[test]
    fn sentences_end_where_a_reader_would_say() {
        let timing = Timing::new(&Vocabulary::standard(), "en", 1000);
        assert_eq!(
            timing
                .sentences("Mr. Lopat is in the hall. \"He waits.\" Nine... nine and a half. Eh?"),
            ["Mr. Lopat is in the hall.", "\"He waits.\"", "Nine... nine and a half.", "Eh?"]
        );
        assert_eq!(timing.sentences("小美来了。她笑了。"), ["小美来了。", "她笑了。"]);
        assert_eq!(clauses("one; two, three", &[';']), ["one;", "two, three"]);
    }
}
