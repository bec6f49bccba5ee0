//! Speaks phonemes with Kokoro-82M. Checks every piece, and speaks it again in two halves
//! if the sound cannot be right.
//!
//! Knows phonemes and samples; does not know characters.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use super::phonemes::{PhonemeReader, ReadWord, is_spoken, library, numbers, pieces};
use crate::breakdown::language::speakers::{Accent, VoiceBlend};
use crate::sound::speech::{KOKORO, RATE, SpokenAudio, SpokenWord, audible};

/// The files of the voices: 510 rows, one for each number of phonemes, of 256 numbers.
const VOICES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/kokoro_voices.rs"));

/// Numbers of a row.
const STYLE: usize = 256;

/// Phonemes that the model speaks at once: one for each row of a voice.
const MOST: usize = 510;

/// Silence between two pieces of a line, in seconds.
const BETWEEN: f32 = 0.2;

/// Makes the lengths of phonemes, which the model knows, an output of it: in Protocol
/// Buffers a field that comes twice is merged, so these bytes after a model add
/// `graph.output.name` to it.
const TELL_LENGTHS: &[u8] = b"\x3a\x1a\x62\x18\x0a\x16/encoder/Clip_output_0";

/// The output that they name.
const LENGTHS: &str = "/encoder/Clip_output_0";

/// Samples of each frame in which the model counts these lengths.
const FRAME: usize = 600;

/// The model, and readers for the accents that were asked for.
pub(super) struct Kokoro {
    runtime: Environment,
    model: Session,
    readers: BTreeMap<Accent, PhonemeReader>,
}

impl Kokoro {
    /// Loads the model from the folder that the set-up made.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        let path = folder.join("kokoro.onnx");
        let mut bytes = fs::read(&path).map_err(|why| format!("`{}`: {why}", path.display()))?;
        if blake3::hash(&bytes).to_hex().as_str() != KOKORO.digest {
            return Err(format!("`{}` is not the model that it should be", path.display()));
        }
        bytes.extend(TELL_LENGTHS);
        let runtime = ort::init_from(library(folder)).map_err(|why| why.to_string())?;
        let runtime = runtime.with_telemetry(false).build().map_err(|why| why.to_string())?;
        let model = Session::builder(&runtime)
            .and_then(|mut builder| builder.commit_from_memory(&bytes))
            .map_err(|why| why.to_string())?;
        Ok(Self { runtime, model, readers: BTreeMap::new() })
    }

    /// Speaks a text, without silence around it. None if nothing of the text can be
    /// spoken.
    pub(super) fn speak(
        &mut self,
        text: &str,
        voice: &VoiceBlend,
        speed: f32,
    ) -> Result<Option<SpokenAudio>, String> {
        let words = self.reader(voice.accent())?.read(text)?;
        let phonemes: String = words.iter().map(|word| word.phonemes.as_str()).collect();
        if !is_spoken(&phonemes) {
            return Ok(None);
        }
        let table = table(voice)?;
        let mut line = SpokenPhonemes::default();
        for piece in pieces(&phonemes, MOST) {
            if !is_spoken(&piece) {
                continue;
            }
            if !line.samples.is_empty() {
                let silence = (BETWEEN * RATE as f32) as usize;
                line.samples.resize(line.samples.len() + silence, 0.0);
            }
            self.checked(&piece, &table, speed, &mut line)?;
        }
        let words = line.words(&words);
        Ok(Some((line.samples, words)))
    }

    fn reader(&mut self, accent: Accent) -> Result<&PhonemeReader, String> {
        if !self.readers.contains_key(&accent) {
            self.readers.insert(accent, PhonemeReader::new(&self.runtime, accent)?);
        }
        Ok(&self.readers[&accent])
    }

    /// Speaks a piece; if that cannot be right, its halves.
    fn checked(
        &mut self,
        piece: &str,
        table: &[f32],
        speed: f32,
        line: &mut SpokenPhonemes,
    ) -> Result<(), String> {
        let numbers = numbers(piece);
        let (samples, lengths) = self.run(&numbers, table, speed)?;
        let heard = audible(&samples);
        let said = &samples[heard.clone()];
        let Some(wrong) = fault(said, numbers.len(), speed) else {
            line.add(piece, said, heard.start, &lengths);
            return Ok(());
        };
        let halves = pieces(piece, numbers.len().div_ceil(2).max(1));
        if halves.len() < 2 || numbers.len() < 8 {
            return Err(format!("the engine spoke {wrong}"));
        }
        halves
            .iter()
            .filter(|half| is_spoken(half))
            .try_for_each(|half| self.checked(half, table, speed, line))
    }

    /// The samples of phonemes, and how many belong to each: to the silence before them,
    /// to every phoneme, to the silence after them.
    fn run(
        &mut self,
        numbers: &[i64],
        table: &[f32],
        speed: f32,
    ) -> Result<(Vec<f32>, Vec<usize>), String> {
        let row = numbers.len().clamp(1, MOST) - 1;
        // The model wants silence on both sides.
        let tokens: Vec<i64> = [&[0], numbers, &[0]].concat();
        let mut spoken = || -> Result<_, ort::Error> {
            let inputs = ort::inputs![
                "tokens" => Tensor::from_array(([1, tokens.len()], tokens.clone()))?,
                "style" => Tensor::from_array(([1, STYLE], table[row * STYLE..][..STYLE].to_vec()))?,
                "speed" => Tensor::from_array(([1], vec![speed]))?,
            ];
            let answer = self.model.run(inputs)?;
            let samples = answer["audio"].try_extract_tensor::<f32>()?.1.to_vec();
            let frames = answer[LENGTHS].try_extract_tensor::<f32>()?.1;
            let lengths = frames.iter().map(|frames| *frames as usize * FRAME).collect();
            Ok((samples, lengths))
        };
        spoken().map_err(|why| why.to_string())
    }
}

/// The table of a voice: the mean of those in it.
fn table(voice: &VoiceBlend) -> Result<Vec<f32>, String> {
    let mut mixed = vec![0.0; MOST * STYLE];
    for (name, share) in voice.shares() {
        let Some((_, bytes)) = VOICES.iter().find(|(known, _)| *known == name) else {
            return Err(format!("there is no voice `{name}`"));
        };
        for (number, bytes) in mixed.iter_mut().zip(bytes.as_chunks::<4>().0) {
            *number += share * f32::from_le_bytes(*bytes);
        }
    }
    Ok(mixed)
}

/// Phonemes as they were spoken.
#[derive(Debug, Default)]
struct SpokenPhonemes {
    samples: Vec<f32>,
    /// Each phoneme and mark with its first sample and one past its last.
    times: Vec<(char, usize, usize)>,
}

impl SpokenPhonemes {
    /// Adds a piece that was `cut` so late after its beginning, with the samples of each
    /// phoneme as [`Kokoro::run`] gives them.
    fn add(&mut self, piece: &str, said: &[f32], cut: usize, lengths: &[usize]) {
        let base = self.samples.len();
        let mut at = lengths.first().copied().unwrap_or(0);
        // If the model's lengths do not add up to its sound, the words have no times.
        let rest = lengths.get(1..).unwrap_or_default();
        for (letter, length) in piece.chars().zip(rest) {
            let within = |at: usize| base + at.saturating_sub(cut).min(said.len());
            self.times.push((letter, within(at), within(at + length)));
            at += length;
        }
        self.samples.extend(said);
    }

    /// The times of words whose phonemes these are. Leaves out silence between two pieces.
    fn words(&self, words: &[ReadWord]) -> Vec<SpokenWord> {
        let mut times = self.times.iter();
        let (mut spoken, mut letters) = (Vec::new(), 0);
        for word in words {
            let mut heard: Option<(usize, usize)> = None;
            for letter in word.phonemes.chars().filter(|letter| letter.is_alphabetic()) {
                let Some((_, start, end)) = times.find(|(said, ..)| *said == letter) else { break };
                heard = Some((heard.map_or(*start, |(first, _)| first), *end));
            }
            if let Some((start, end)) = heard {
                spoken.push(SpokenWord { letters, start, end });
            }
            letters += word.letters;
        }
        spoken
    }
}

/// What cannot be right in the sound of so many phonemes.
fn fault(samples: &[f32], phonemes: usize, speed: f32) -> Option<&'static str> {
    // Measured: 0.05 to 0.09 s a phoneme at speed 1, more in very short lines.
    let usual = 0.07 * phonemes as f32 / speed.max(0.1);
    let length = samples.len() as f32 / RATE as f32;
    let peak = samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    if samples.iter().any(|sample| !sample.is_finite()) {
        Some("numbers that are none")
    } else if !(0.02..=1.5).contains(&peak) {
        Some("silence, or noise")
    } else if length < 0.35 * usual - 0.1 || length > 2.5 * usual + 0.6 {
        Some("much too fast or too slowly")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_voice_has_a_table() {
        let speakers = crate::breakdown::language::speakers::Speakers::stdlib();
        assert_eq!(VOICES.len(), speakers.voices.len());
        for name in speakers.voices.keys() {
            let voice = VoiceBlend::parse(name).expect("it is in the table");
            let table = table(&voice).expect("its file is embedded");
            assert!(table.iter().all(|number| number.is_finite()), "{name}");
        }
    }

    #[test]
    fn a_mixture_lies_between() {
        let table = |words| table(&VoiceBlend::parse(words).expect("known")).expect("embedded");
        let (one, two) = (table("af_heart"), table("am_onyx"));
        for ((mixed, one), two) in table("af_heart 0.5, am_onyx").iter().zip(one).zip(two) {
            assert!((mixed - f32::midpoint(one, two)).abs() < 1e-5);
        }
    }

    #[test]
    fn what_cannot_be_right_is_seen() {
        let tone = |seconds: f32, level: f32| -> Vec<f32> {
            let count = (seconds * RATE as f32) as usize;
            (0..count).map(|at| level * (at as f32 * 0.05).sin()).collect()
        };
        assert_eq!(fault(&tone(1.4, 0.5), 20, 1.0), None);
        for (wrong, what) in
            [(tone(1.4, 0.001), "soft"), (tone(9.0, 0.5), "long"), (vec![f32::NAN; 33_600], "NaN")]
        {
            assert!(fault(&wrong, 20, 1.0).is_some(), "{what}");
        }
    }

    #[test]
    fn words_have_the_times_of_their_phonemes() {
        let word = |letters, phonemes: &str| ReadWord { letters, phonemes: phonemes.to_owned() };
        let words = [word(2, "nO "), word(0, "— "), word(3, "jˈE"), word(1, ""), word(0, ".")];
        let mut line = SpokenPhonemes::default();
        // The piece is divided after the dash, and the space there is lost.
        line.add("nO —", &vec![0.1; 5400], 300, &[600, 1200, 1800, 600, 1800, 0]);
        line.samples.resize(6000, 0.0);
        line.add("jˈE.", &[0.1; 3000], 0, &[600, 600, 0, 1200, 600, 600]);
        assert_eq!(
            line.words(&words),
            [
                SpokenWord { letters: 0, start: 300, end: 3300 },
                SpokenWord { letters: 2, start: 6600, end: 8400 },
            ]
        );
    }
}
