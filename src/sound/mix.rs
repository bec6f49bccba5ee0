//! Mixes a film's sound: voice takes on one time line, each brought to one loudness,
//! then the whole film to the loudness of the standard. Holds only what is heard at
//! the moment.
//!
//! Knows samples and when they begin; does not know what is said.

use std::f64::consts::FRAC_PI_2;

use ebur128::{EbuR128, Mode};
use fundsp::prelude32::{highpass_hz, limiter_stereo, lowpass_hz};
use serde::Serialize;

use super::casting::VoiceCast;
use super::lines::{VoicedPart, voiced_lines};
use super::rules::{SoundRules, Treatment};
use super::speech::RATE;
use super::voice_vault::{self, VoiceVault};
use crate::breakdown::shot::ShotList;
use crate::media::encoded::Encoded;
use crate::media::sound::{SAMPLE_RATE, encode, resample};
use crate::media::{self};
use crate::shoot::recipe::TakeKey;
use crate::time::{Rate, Seconds};

/// Raise it when equal voice takes are mixed into other samples.
const REVISION: u32 = 1;

/// Seconds that the limiter looks ahead, and in which it lets go.
const LIMITER: (f32, f32) = (0.005, 0.12);

/// Decibels by which the limiter stays below the highest true peak: peaks between
/// samples are higher than samples.
const HEADROOM: f64 = 0.7;

/// The most that a film is amplified, in decibels: a film with one whisper stays quiet.
const MOST: f64 = 24.0;

/// Why a film's sound cannot be mixed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A voice take cannot be read.
    #[error(transparent)]
    Take(#[from] voice_vault::Error),
    /// Sound cannot be converted or encoded.
    #[error(transparent)]
    Media(#[from] media::Error),
    /// Loudness cannot be measured.
    #[error("loudness cannot be measured")]
    Loudness(#[from] ebur128::Error),
}

/// A voice take on the time line of a film.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Cue {
    take: TakeKey,
    /// First sample of the film.
    start: u64,
    treatment: Treatment,
}

/// The sound of a film.
#[derive(Debug, Clone)]
pub struct FilmSound {
    vault: VoiceVault,
    /// By their beginnings.
    cues: Vec<Cue>,
    /// Speeches of which a voice take is missing, by their index.
    pub silent: Vec<usize>,
}

impl FilmSound {
    /// Places the voice takes that exist on the time line of a film.
    pub fn of(list: &ShotList, cast: &VoiceCast, vault: VoiceVault) -> Self {
        let rules = SoundRules::stdlib();
        let mut sound = Self { vault, cues: Vec::new(), silent: Vec::new() };
        for voiced in voiced_lines(list, cast) {
            let line = &list.speeches[voiced.speech];
            let treatment = rules.treatment(line);
            // Voices that speak together are no louder than one.
            let together = 10.0 * (voiced.voices.len().max(1) as f64).log10();
            let treatment = Treatment { level: treatment.level - together, ..treatment };
            let start = sample(line.start, list.settings.rate);
            let mut missing = false;
            for parts in &voiced.voices {
                let mut at = start;
                for part in parts {
                    match part {
                        VoicedPart::Pause(time) => at += samples_of(*time),
                        VoicedPart::Words(recipe) => {
                            let take = recipe.key();
                            let Some(record) = sound.vault.record(&take) else {
                                missing = true;
                                continue;
                            };
                            sound.cues.push(Cue { take, start: at, treatment });
                            at += record.samples as u64 * u64::from(SAMPLE_RATE / RATE);
                        }
                    }
                }
            }
            if missing {
                sound.silent.push(voiced.speech);
            }
        }
        sound.cues.sort_by_key(|cue| (cue.start, cue.take));
        sound
    }

    /// Whether nothing is heard.
    pub fn is_silent(&self) -> bool {
        self.cues.is_empty()
    }

    /// Everything that decides the mix of a film.
    pub fn meaning(&self) -> impl Serialize + '_ {
        (REVISION, &self.cues, SoundRules::stdlib().meaning())
    }

    /// Mixes and encodes `samples` samples.
    pub fn encode(&self, samples: u32) -> Result<Encoded, Error> {
        let rules = SoundRules::stdlib();
        let gain = self.gain(samples, rules)?;
        let ceiling = decibels(rules.true_peak - HEADROOM) as f32;
        let gain = decibels(gain) as f32 / ceiling;
        let mut limiter = limiter_stereo(LIMITER.0, LIMITER.1);
        limiter.set_sample_rate(f64::from(SAMPLE_RATE));
        let mut mixer = Mixer::new(self);
        let (mut left, mut right) = (vec![0.0; BLOCK], vec![0.0; BLOCK]);
        let mut read = BLOCK;
        let mut failed = None;
        let mut next = |mixer: &mut Mixer<'_>| {
            if read == BLOCK {
                (read, failed) = (0, failed.take().or(mixer.fill(&mut left, &mut right).err()));
            }
            read += 1;
            limiter.filter_stereo(left[read - 1] * gain, right[read - 1] * gain)
        };
        // The limiter answers as much later as it looks ahead.
        for _ in 0..(f64::from(LIMITER.0) * f64::from(SAMPLE_RATE)).round() as usize {
            next(&mut mixer);
        }
        let encoded = encode(samples, &mut |left, right| {
            for (left, right) in left.iter_mut().zip(right) {
                let (one, other) = next(&mut mixer);
                (*left, *right) = (one * ceiling, other * ceiling);
            }
        })?;
        failed.map_or(Ok(encoded), Err)
    }

    /// The decibels that bring the film to its loudness.
    fn gain(&self, samples: u32, rules: &SoundRules) -> Result<f64, Error> {
        let mut meter = EbuR128::new(2, SAMPLE_RATE, Mode::I)?;
        let mut mixer = Mixer::new(self);
        let (mut left, mut right) = (vec![0.0; BLOCK], vec![0.0; BLOCK]);
        for _ in 0..samples.div_ceil(BLOCK as u32) {
            mixer.fill(&mut left, &mut right)?;
            meter.add_frames_planar_f32(&[&left, &right])?;
        }
        let loudness = meter.loudness_global()?;
        let gain = if loudness.is_finite() { rules.loudness - loudness } else { 0.0 };
        Ok(gain.min(MOST))
    }
}

/// Samples that are mixed at once.
const BLOCK: usize = 4096;

/// Adds up what is heard, from the beginning of the film on.
struct Mixer<'a> {
    sound: &'a FilmSound,
    /// The next cue to begin.
    next: usize,
    at: u64,
    /// First sample of the film, and the samples.
    playing: Vec<(u64, Vec<f32>)>,
}

impl<'a> Mixer<'a> {
    fn new(sound: &'a FilmSound) -> Self {
        Self { sound, next: 0, at: 0, playing: Vec::new() }
    }

    /// The next samples, left and right.
    fn fill(&mut self, left: &mut [f32], right: &mut [f32]) -> Result<(), Error> {
        left.fill(0.0);
        let end = self.at + left.len() as u64;
        while let Some(cue) = self.sound.cues.get(self.next).filter(|cue| cue.start < end) {
            self.next += 1;
            let samples = self.sound.vault.load(&cue.take)?;
            self.playing.push((cue.start, treated(&samples, cue.treatment)?));
        }
        for (start, samples) in &self.playing {
            let from = self.at.max(*start);
            let heard = samples.iter().skip((from - start) as usize);
            let into = left.iter_mut().skip((from - self.at) as usize);
            into.zip(heard).for_each(|(mixed, sample)| *mixed += sample);
        }
        right.copy_from_slice(left);
        self.at = end;
        self.playing.retain(|(start, samples)| start + samples.len() as u64 > end);
        Ok(())
    }
}

/// A voice take at the film's sample rate, at its loudness, filtered, without a click
/// at its ends.
fn treated(samples: &[f32], treatment: Treatment) -> Result<Vec<f32>, Error> {
    let rules = SoundRules::stdlib();
    let mut samples = resample(samples, RATE)?;
    if let Some(frequency) = treatment.high_pass {
        let mut filter = highpass_hz(frequency as f32, 0.7);
        filter.set_sample_rate(f64::from(SAMPLE_RATE));
        for sample in &mut samples {
            *sample = filter.filter_mono(*sample);
        }
    }
    if let Some(frequency) = treatment.low_pass {
        let mut filter = lowpass_hz(frequency as f32, 0.7);
        filter.set_sample_rate(f64::from(SAMPLE_RATE));
        for sample in &mut samples {
            *sample = filter.filter_mono(*sample);
        }
    }
    let gain = decibels(rules.line + treatment.level - loudness(&samples)?) as f32;
    let fade = ((rules.fade * f64::from(SAMPLE_RATE)) as usize).min(samples.len() / 2).max(1);
    let last = samples.len().saturating_sub(1);
    for (at, sample) in samples.iter_mut().enumerate() {
        let edge = at.min(last - at).min(fade) as f64 / fade as f64;
        *sample *= gain * (edge * FRAC_PI_2).sin() as f32;
    }
    Ok(samples)
}

/// Loudness in LUFS; that of a short cry by its power.
fn loudness(samples: &[f32]) -> Result<f64, Error> {
    let mut meter = EbuR128::new(1, SAMPLE_RATE, Mode::I)?;
    meter.add_frames_f32(samples)?;
    let measured = meter.loudness_global()?;
    if measured.is_finite() {
        return Ok(measured);
    }
    let power: f64 = samples.iter().map(|sample| f64::from(sample * sample)).sum();
    // As the standard weighs a voice, but for its filter (ITU-R BS.1770).
    Ok(10.0 * (power / samples.len().max(1) as f64).max(1e-9).log10() - 0.7)
}

fn decibels(value: f64) -> f64 {
    10f64.powf(value / 20.0)
}

/// The sample at which a frame begins, rounded to the nearest.
pub fn sample(frame: u32, rate: Rate) -> u64 {
    let product = u128::from(frame) * u128::from(rate.denominator) * u128::from(SAMPLE_RATE);
    let numerator = u128::from(rate.numerator.max(1));
    ((product + numerator / 2) / numerator) as u64
}

fn samples_of(time: Seconds) -> u64 {
    (time.as_micros().max(0) as u64 * u64::from(SAMPLE_RATE)) / 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::speakers::VoiceBlend;
    use crate::shoot::vault::Made;
    use crate::sound::speech::SpeechRecipe;

    /// A film's sound of tones, each at a second of the film.
    fn tones(folder: &std::path::Path, at: &[u64], level: f32) -> FilmSound {
        let vault = VoiceVault::of(folder);
        let cues = at.iter().map(|second| {
            let recipe =
                SpeechRecipe::new(VoiceBlend::of("bf_emma"), format!("Line {second}."), 90);
            let samples: Vec<f32> = (0..RATE).map(|at| level * (at as f32 * 0.08).sin()).collect();
            vault.keep(&recipe, &samples, Vec::new(), Made::default()).unwrap();
            let start = second * u64::from(SAMPLE_RATE);
            Cue { take: recipe.key(), start, treatment: Treatment::default() }
        });
        FilmSound { cues: cues.collect(), vault: vault.clone(), silent: Vec::new() }
    }

    fn mixed(sound: &FilmSound, seconds: usize) -> Vec<f32> {
        let mut mixer = Mixer::new(sound);
        let mut all = vec![0.0; seconds * SAMPLE_RATE as usize];
        for block in all.chunks_mut(BLOCK) {
            let mut right = vec![0.0; block.len()];
            mixer.fill(block, &mut right).unwrap();
        }
        all
    }

    fn power(samples: &[f32]) -> f32 {
        samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32
    }

    #[test]
    fn lines_are_heard_where_they_stand_and_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        let mix = mixed(&tones(folder.path(), &[1, 3], 0.2), 5);
        let second = SAMPLE_RATE as usize;
        for (at, heard) in [false, true, false, true, false].into_iter().enumerate() {
            let power = power(&mix[at * second..(at + 1) * second]);
            assert_eq!(power > 1e-4, heard, "second {at}: {power}");
        }
    }

    #[test]
    fn loud_and_soft_takes_become_equally_loud() {
        let [soft, loud] = [0.02, 0.9].map(|level| {
            let folder = tempfile::tempdir().unwrap();
            loudness(&mixed(&tones(folder.path(), &[0], level), 1)).unwrap()
        });
        assert!((soft - loud).abs() < 0.2 && (soft - SoundRules::stdlib().line).abs() < 0.5);
    }

    #[test]
    fn nothing_clicks() {
        let folder = tempfile::tempdir().unwrap();
        let mix = mixed(&tones(folder.path(), &[0], 0.5), 1);
        let step = mix.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        let peak = mix.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
        assert!(step < 0.06 * peak && mix[0].abs() < 1e-6, "{step} of {peak}");
    }

    #[test]
    fn frames_begin_at_their_samples() {
        assert_eq!(sample(24, Rate::FILM), 48_000);
        let ntsc = Rate { numerator: 30_000, denominator: 1001 };
        assert_eq!((sample(30, ntsc), sample(30_000, ntsc)), (48_048, 48_048_000));
    }
}
