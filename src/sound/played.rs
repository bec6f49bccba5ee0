//! A voice take as the film plays it: at its loudness, filtered, to a side, with the
//! echo of its place.
//!
//! Knows samples; does not know what is said.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, SQRT_2};

use fundsp::prelude32::{highpass_hz, lowpass_hz, reverb_stereo};

use super::levels::{Error, decibels, loudness};
use super::rooms::Echo;
use super::rules::{SoundRules, Treatment};
use super::speech::RATE;
use crate::media::sound::{SAMPLE_RATE, resample};

/// Left and right.
pub(super) type Stereo = [Vec<f32>; 2];

/// Samples that an echo sounds on after the voice.
pub(super) fn tail(treatment: &Treatment) -> u64 {
    treatment.echo.map_or(0, |echo| (echo.seconds * f64::from(SAMPLE_RATE)) as u64)
}

/// A voice take, and its echo after it.
pub(super) fn played(samples: &[f32], treatment: &Treatment) -> Result<Stereo, Error> {
    let dry = dry(samples, treatment)?;
    let angle = (treatment.pan.clamp(-1.0, 1.0) + 1.0) * FRAC_PI_4;
    let length = dry.len() + tail(treatment) as usize;
    let side = |gain: f64| -> Vec<f32> {
        let gain = (SQRT_2 * gain) as f32;
        let mut side: Vec<f32> = dry.iter().map(|sample| gain * sample).collect();
        side.resize(length, 0.0);
        side
    };
    let mut heard = [side(angle.cos()), side(angle.sin())];
    if let Some(echo) = treatment.echo {
        add_echo(&mut heard, &dry, echo);
    }
    Ok(heard)
}

/// The voice alone, without a click at its ends.
fn dry(samples: &[f32], treatment: &Treatment) -> Result<Vec<f32>, Error> {
    let rules = SoundRules::stdlib();
    let mut samples = resample(samples, RATE)?;
    for _ in 0..treatment.passes {
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
    }
    let gain = decibels(rules.line + treatment.level - loudness(&[&samples])?) as f32;
    fade(&mut samples, rules.fade);
    for sample in &mut samples {
        *sample *= gain;
    }
    Ok(samples)
}

/// Lets a sound begin and end softly.
pub(super) fn fade(samples: &mut [f32], seconds: f64) {
    let fade = ((seconds * f64::from(SAMPLE_RATE)) as usize).min(samples.len() / 2).max(1);
    let last = samples.len().saturating_sub(1);
    for (at, sample) in samples.iter_mut().enumerate() {
        let edge = at.min(last - at).min(fade) as f64 / fade as f64;
        *sample *= (edge * FRAC_PI_2).sin() as f32;
    }
}

/// Adds the echo of a voice, so much softer than the voice as the place has it.
fn add_echo(heard: &mut Stereo, dry: &[f32], echo: Echo) {
    let Echo { seconds, size, damping, wet } = echo;
    let mut reverb = reverb_stereo(size as f32, seconds as f32, damping as f32);
    reverb.set_sample_rate(f64::from(SAMPLE_RATE));
    let length = heard[0].len();
    let mut echoes = [Vec::with_capacity(length), Vec::with_capacity(length)];
    for at in 0..length {
        let sample = dry.get(at).copied().unwrap_or(0.0);
        let (left, right) = reverb.filter_stereo(sample, sample);
        echoes[0].push(left);
        echoes[1].push(right);
    }
    let power =
        |samples: &[f32]| -> f64 { samples.iter().map(|sample| f64::from(sample * sample)).sum() };
    let loud = 0.5 * (power(&echoes[0]) + power(&echoes[1]));
    if loud <= 0.0 {
        return;
    }
    let gain = (decibels(wet) * (power(dry) / loud).sqrt()) as f32;
    let end = (length - dry.len()).max(1);
    for (side, echo) in heard.iter_mut().zip(&echoes) {
        for (at, (sample, echo)) in side.iter_mut().zip(echo).enumerate() {
            // The level of the echo at which the film cuts it off.
            let rest = (length - at).min(end) as f32 / end as f32;
            *sample += gain * rest * echo;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::breakdown::screenplay::Through;

    fn tone(level: f32) -> Vec<f32> {
        (0..RATE).map(|at| level * (at as f32 * 0.08).sin()).collect()
    }

    fn power(samples: &[f32]) -> f64 {
        samples.iter().map(|sample| f64::from(sample * sample)).sum::<f64>().max(1e-20)
    }

    fn church() -> Treatment {
        let echo = Echo { seconds: 3.0, size: 28.0, damping: 0.35, wet: -9.0 };
        Treatment { echo: Some(echo), ..Treatment::default() }
    }

    #[test]
    fn loud_and_soft_takes_become_equally_loud() {
        let [soft, loud] = [0.02, 0.9].map(|level| {
            let [left, right] = played(&tone(level), &Treatment::default()).unwrap();
            assert_eq!(left, right);
            loudness(&[&left]).unwrap()
        });
        assert!((soft - loud).abs() < 0.2 && (soft - SoundRules::stdlib().line).abs() < 0.5);
    }

    #[test]
    fn nothing_clicks() {
        for treatment in [Treatment::default(), church()] {
            let [left, _] = played(&tone(0.5), &treatment).unwrap();
            let step = left.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            let peak = left.iter().fold(0.0, |peak: f32, sample| peak.max(sample.abs()));
            let ends = left[0].abs().max(left[left.len() - 1].abs());
            assert!(step < 0.08 * peak && ends < 1e-3 * peak, "{step} of {peak}, {ends}");
        }
    }

    #[test]
    fn a_church_echoes_for_its_time_and_fades() {
        let [left, right] = played(&tone(0.5), &church()).unwrap();
        let second = SAMPLE_RATE as usize;
        assert_eq!(left.len(), 4 * second);
        assert_ne!(left, right);
        let falls: Vec<f64> = (1..4)
            .map(|at| {
                10.0 * (power(&left[at * second..][..second]) / power(&left[..second])).log10()
            })
            .collect();
        assert!(falls[0] < -6.0 && falls[0] > -35.0, "{falls:?}");
        assert!(falls[1] < falls[0] - 4.0 && falls[2] < falls[1] - 4.0, "{falls:?}");
    }

    #[test]
    fn who_stands_at_the_right_is_heard_there_and_as_loud() {
        let treatment = Treatment { pan: 0.2, ..Treatment::default() };
        let ([left, right], [middle, _]) = (
            played(&tone(0.5), &treatment).unwrap(),
            played(&tone(0.5), &Treatment::default()).unwrap(),
        );
        let side = 10.0 * (power(&right) / power(&left)).log10();
        assert!((1.0..4.0).contains(&side), "{side}");
        assert!(((power(&left) + power(&right)) / (2.0 * power(&middle)) - 1.0).abs() < 1e-3);
    }

    /// The level of some tones, in decibels, in a voice of many tones that is heard through
    /// something.
    fn heard_through(through: Option<Through>, tones: &[f64]) -> Vec<f64> {
        let all = [60.0, 150.0, 300.0, 500.0, 1000.0, 2000.0, 3000.0, 6000.0, 9000.0];
        let angle = |tone: f64, at: usize, rate: u32| tone * TAU * at as f64 / f64::from(rate);
        let voice = (0..2 * RATE as usize).map(|at| {
            all.iter().map(|tone| 0.05 * angle(*tone, at, RATE).sin()).sum::<f64>() as f32
        });
        let treatment = through.map_or(Treatment::default(), |through| {
            SoundRules::stdlib().through(through).expect("it is in the table")
        });
        let [left, _] = played(&voice.collect::<Vec<_>>(), &treatment).unwrap();
        let middle = &left[SAMPLE_RATE as usize / 2..][..SAMPLE_RATE as usize];
        let level = |tone: &f64| {
            let part = |wave: fn(f64) -> f64| -> f64 {
                let samples = middle.iter().enumerate();
                samples.map(|(at, it)| f64::from(*it) * wave(angle(*tone, at, SAMPLE_RATE))).sum()
            };
            20.0 * part(f64::sin).hypot(part(f64::cos)).log10()
        };
        tones.iter().map(level).collect()
    }

    #[test]
    fn a_telephone_leaves_only_its_band_and_a_door_only_the_bass() {
        let tones = [60.0, 150.0, 500.0, 1000.0, 2000.0, 6000.0, 9000.0];
        let plain = heard_through(None, &tones);
        assert!(plain.iter().all(|level| (level - plain[3]).abs() < 1.0), "{plain:?}");
        // Against one of the tones.
        let falls = |through: Through, by: usize| -> Vec<f64> {
            let heard = heard_through(Some(through), &tones);
            let change: Vec<f64> = heard.iter().zip(&plain).map(|(it, plain)| it - plain).collect();
            change.iter().map(|it| it - change[by]).collect()
        };
        let phone = falls(Through::Telephone, 3);
        for (at, least) in [(0, 40.0), (1, 20.0), (5, 15.0), (6, 30.0)] {
            assert!(phone[at] < -least, "{} Hz: {phone:?}", tones[at]);
        }
        assert!(phone[2] > -3.0 && phone[4] > -3.0, "{phone:?}");
        let door = falls(Through::Door, 1);
        assert!(door[4] < -30.0 && door[5] < -60.0 && door[2] > -6.0, "{door:?}");
    }
}
