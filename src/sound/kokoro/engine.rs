//! Speaks phonemes with Kokoro-82M. Every piece is checked, and spoken again in two
//! halves if it cannot be right.
//!
//! Knows phonemes and samples; does not know characters.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ort::environment::Environment;
use ort::session::Session;
use ort::value::Tensor;

use super::phonemes::{PhonemeReader, is_spoken, library, numbers, pieces};
use crate::breakdown::language::speakers::{Accent, VoiceBlend};
use crate::sound::speech::{KOKORO, RATE};

/// The files of the voices: 510 rows, one for each number of phonemes, of 256 numbers.
const VOICES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/kokoro_voices.rs"));

/// Numbers of a row.
const STYLE: usize = 256;

/// Phonemes that the model speaks at once: one for each row of a voice.
const MOST: usize = 510;

/// Silence between two pieces of a line, in seconds.
const BETWEEN: f32 = 0.2;

/// Silence that stays before and after a piece, in seconds.
const MARGINS: (f32, f32) = (0.02, 0.06);

/// What is softer than this part of the peak is silence.
const SILENCE: f32 = 0.006;

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
        let bytes = fs::read(&path).map_err(|why| format!("`{}`: {why}", path.display()))?;
        if blake3::hash(&bytes).to_hex().as_str() != KOKORO.digest {
            return Err(format!("`{}` is not the model that it should be", path.display()));
        }
        let runtime = ort::init_from(library(folder)).map_err(|why| why.to_string())?;
        let runtime = runtime.with_telemetry(false).build().map_err(|why| why.to_string())?;
        let model = Session::builder(&runtime)
            .and_then(|mut builder| builder.commit_from_memory(&bytes))
            .map_err(|why| why.to_string())?;
        Ok(Self { runtime, model, readers: BTreeMap::new() })
    }

    /// Speaks a text; the samples, at [`RATE`], without silence around them. None if
    /// nothing of the text can be spoken.
    pub(super) fn speak(
        &mut self,
        text: &str,
        voice: &VoiceBlend,
        speed: f32,
    ) -> Result<Option<Vec<f32>>, String> {
        let phonemes = self.reader(voice.accent())?.read(text)?;
        if !is_spoken(&phonemes) {
            return Ok(None);
        }
        let table = table(voice)?;
        let mut spoken = Vec::new();
        for piece in pieces(&phonemes, MOST) {
            if !is_spoken(&piece) {
                continue;
            }
            if !spoken.is_empty() {
                spoken.resize(spoken.len() + (BETWEEN * RATE as f32) as usize, 0.0);
            }
            self.checked(&piece, &table, speed, &mut spoken)?;
        }
        Ok(Some(spoken))
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
        spoken: &mut Vec<f32>,
    ) -> Result<(), String> {
        let numbers = numbers(piece);
        let said = trimmed(&self.run(&numbers, table, speed)?);
        let Some(wrong) = fault(&said, numbers.len(), speed) else {
            spoken.extend(said);
            return Ok(());
        };
        let halves = pieces(piece, numbers.len().div_ceil(2).max(1));
        if halves.len() < 2 || numbers.len() < 8 {
            return Err(format!("the engine spoke {wrong}"));
        }
        halves
            .iter()
            .filter(|half| is_spoken(half))
            .try_for_each(|half| self.checked(half, table, speed, spoken))
    }

    fn run(&mut self, numbers: &[i64], table: &[f32], speed: f32) -> Result<Vec<f32>, String> {
        let row = numbers.len().clamp(1, MOST) - 1;
        // The model wants silence on both sides.
        let tokens: Vec<i64> = [&[0], numbers, &[0]].concat();
        let spoken = || -> Result<Vec<f32>, ort::Error> {
            let inputs = ort::inputs![
                "tokens" => Tensor::from_array(([1, tokens.len()], tokens.clone()))?,
                "style" => Tensor::from_array(([1, STYLE], table[row * STYLE..][..STYLE].to_vec()))?,
                "speed" => Tensor::from_array(([1], vec![speed]))?,
            ];
            let answer = self.model.run(inputs)?;
            Ok(answer["audio"].try_extract_tensor::<f32>()?.1.to_vec())
        };
        let mut spoken = spoken;
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

/// Sound without the silence around it.
fn trimmed(samples: &[f32]) -> Vec<f32> {
    let peak = samples.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
    let heard = |sample: &f32| sample.abs() > SILENCE * peak;
    let (Some(first), Some(last)) =
        (samples.iter().position(heard), samples.iter().rposition(heard))
    else {
        return samples.to_vec();
    };
    let margin = |seconds: f32| (seconds * RATE as f32) as usize;
    let end = (last + 1 + margin(MARGINS.1)).min(samples.len());
    samples[first.saturating_sub(margin(MARGINS.0))..end].to_vec()
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
    fn silence_around_a_line_is_cut() {
        let mut samples = vec![0.0; RATE as usize];
        samples[12_000..13_000].fill(0.5);
        assert_eq!(trimmed(&samples).len(), 480 + 1000 + 1440);
    }
}
