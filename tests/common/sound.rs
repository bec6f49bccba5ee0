//! Measures of sound.

use photoplay::media::sound::SAMPLE_RATE;

/// Decibels of a stretch of sound, in seconds.
pub(crate) fn level(sound: &[f32], from: f64, to: f64) -> f64 {
    let at = |second: f64| (second * f64::from(SAMPLE_RATE)) as usize;
    let part = &sound[at(from)..at(to).min(sound.len())];
    let power: f64 = part.iter().map(|sample| f64::from(sample * sample)).sum();
    10.0 * (power / part.len() as f64).max(1e-12).log10()
}
