//! When the words of a speech are heard, from the records of its voice takes.
//!
//! Knows lengths and words; does not know samples.

use super::lines::{VoicedLine, VoicedPart};
use super::speech::{RATE, SpeechRecipe};
use super::voice_vault::VoiceRecord;
use crate::breakdown::screenplay::{Speech, SpeechPart};
use crate::breakdown::shots::heard::{HeardSpeech, HeardWord, letters};
use crate::time::Seconds;

/// The times of a speech, from its voice takes; `None` if one of them is missing. `record`
/// finds the record of a take. The slowest of several voices decides the length, the first
/// one the times of words.
pub(crate) fn heard(
    speech: &Speech,
    line: &VoicedLine,
    record: &dyn Fn(&SpeechRecipe) -> Option<VoiceRecord>,
) -> Option<HeardSpeech> {
    let mut length = Seconds::ZERO;
    for voice in &line.voices {
        let times = voice.iter().map(|part| match part {
            VoicedPart::Pause(time) => Some(*time),
            VoicedPart::Words(recipe) => Some(seconds(record(recipe)?.samples)),
        });
        length = length.max(times.sum::<Option<Seconds>>()?);
    }
    let mut words = Vec::new();
    // The beginnings of words and pauses, as in `line`.
    let mut begin = Vec::new();
    let (mut at, mut said) = (Seconds::ZERO, 0);
    for part in line.voices.first()? {
        begin.push(at);
        match part {
            VoicedPart::Pause(time) => at = at + *time,
            VoicedPart::Words(recipe) => {
                let record = record(recipe)?;
                let text = recipe.written();
                words.extend(words_of(&text, &record).map(|word| HeardWord {
                    letters: said + word.letters,
                    start: at + word.start,
                    end: at + word.end,
                }));
                said += letters(&text);
                at = at + seconds(record.samples);
            }
        }
    }
    let parts = parts(&speech.parts, &begin, &words, at);
    Some(HeardSpeech::new(words, parts, length))
}

/// The beginnings of the parts of a speech. `begin` are those of its words and pauses:
/// words that only a cut divides are one of them. A cut lies before the next word, but
/// not after a pause.
fn parts(
    parts: &[SpeechPart],
    begin: &[Seconds],
    words: &[HeardWord],
    end: Seconds,
) -> Vec<Seconds> {
    let mut next = begin.iter().copied();
    let mut after = next.next().unwrap_or(end);
    let (mut said, mut in_words) = (0, false);
    let mut begins = Vec::with_capacity(parts.len());
    let word = |said: usize| {
        let next = words.partition_point(|word| word.letters < said);
        words.get(next).map_or(end, |word| word.start)
    };
    for (index, part) in parts.iter().enumerate() {
        let goes_on = in_words
            && matches!(
                parts[index..]
                    .iter()
                    .find(|part| !matches!(part, SpeechPart::Cut(_) | SpeechPart::CutBack)),
                Some(SpeechPart::Words(_))
            );
        begins.push(if goes_on { word(said).min(after) } else { after });
        match part {
            SpeechPart::Words(text) => {
                said += letters(text);
                if !goes_on {
                    after = next.next().unwrap_or(end);
                }
                in_words = true;
            }
            SpeechPart::Pause(_) => {
                after = next.next().unwrap_or(end);
                in_words = false;
            }
            SpeechPart::Cut(_) | SpeechPart::CutBack => {}
        }
    }
    begins
}

/// The words of a voice take. Where its engine does not know them, they share its time by
/// their letters.
fn words_of(text: &str, record: &VoiceRecord) -> impl Iterator<Item = HeardWord> {
    let told = record.words.iter().map(|word| HeardWord {
        letters: word.letters,
        start: seconds(word.start),
        end: seconds(word.end),
    });
    let told: Vec<HeardWord> = if record.words.is_empty() {
        let (total, length) = (letters(text).max(1) as i64, seconds(record.samples));
        let share = |letters: usize| length.scale(letters as i64, total);
        let shared = text.split_whitespace().scan(0, |said, word| {
            let before = *said;
            *said += letters(word);
            Some(HeardWord { letters: before, start: share(before), end: share(*said) })
        });
        shared.filter(|word| word.end > word.start).collect()
    } else {
        told.collect()
    };
    told.into_iter()
}

fn seconds(samples: usize) -> Seconds {
    Seconds::micros(samples as i64 * 1_000_000 / i64::from(RATE))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::breakdown::language::speakers::VoiceBlend;
    use crate::breakdown::screenplay::Voice;
    use crate::shoot::vault::Made;
    use crate::sound::speech::SpokenWord;

    const MILLI: usize = RATE as usize / 1000;

    fn speech(parts: Vec<SpeechPart>) -> Speech {
        Speech {
            speakers: [].into(),
            voice: Voice::OnScreen,
            through: None,
            delivery: Vec::new(),
            parts,
            dual: false,
            lyrics: false,
        }
    }

    /// Two words of 400 ms, one of them known to begin after 250 ms.
    fn record(recipe: &SpeechRecipe) -> Option<VoiceRecord> {
        let word = |letters, start, end| SpokenWord { letters, start, end };
        let words = vec![word(0, 20 * MILLI, 200 * MILLI), word(3, 250 * MILLI, 380 * MILLI)];
        (recipe.text != "Never.").then(|| VoiceRecord {
            key: recipe.key(),
            payload: String::new(),
            samples: 400 * MILLI,
            words: if recipe.text == "Ab cd ef gh" { Vec::new() } else { words },
            recipe: recipe.explain(),
            made: Made::default(),
        })
    }

    fn words(text: &str) -> VoicedPart {
        let recipe = SpeechRecipe::new(VoiceBlend::of("bf_emma"), text.to_owned(), 90);
        VoicedPart::Words(recipe)
    }

    #[test]
    fn cuts_lie_before_words_and_pauses() {
        let pause = Seconds::millis(800);
        let cut = || SpeechPart::Cut(Arc::default());
        let said = |text: &str| SpeechPart::Words(text.to_owned());
        let speech = speech(vec![
            said("You"),
            cut(),
            said("stay"),
            SpeechPart::CutBack,
            SpeechPart::Pause(pause),
            said("You stay"),
            cut(),
        ]);
        let voice = vec![words("You stay"), VoicedPart::Pause(pause), words("You stay")];
        let line = VoicedLine { speech: 0, voices: vec![voice] };
        let heard = heard(&speech, &line, &record).unwrap();
        let parts: Vec<i64> = (0..7).map(|part| heard.part(part).as_micros() / 1000).collect();
        assert_eq!(parts, [0, 250, 250, 400, 400, 1200, 1600]);
        assert_eq!(heard.length(), Seconds::millis(1600));
        assert_eq!(heard.begins(10), Seconds::millis(1450));
    }

    #[test]
    fn who_knows_no_words_shares_by_letters_and_who_lacks_a_take_is_not_heard() {
        let speech = speech(vec![SpeechPart::Words("Ab cd ef gh".to_owned())]);
        let one = VoicedLine { speech: 0, voices: vec![vec![words("Ab cd ef gh")]] };
        let known = heard(&speech, &one, &record).unwrap();
        assert_eq!(known.begins(4), Seconds::millis(200));
        let both = vec![vec![words("You stay")], vec![words("Never.")]];
        let two = VoicedLine { speech: 0, voices: both };
        assert_eq!(heard(&speech, &two, &record), None);
    }
}
