//! How loud something is, by the standard.
//!
//! Knows samples; does not know what they are.

use ebur128::{EbuR128, Mode};

use super::voice_vault;
use crate::media::sound::SAMPLE_RATE;
use crate::media::{self};

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
    /// A file cannot be written.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Loudness in LUFS of one or two channels; that of a short cry by its power.
pub(super) fn loudness(channels: &[&[f32]]) -> Result<f64, Error> {
    let mut meter = EbuR128::new(channels.len() as u32, SAMPLE_RATE, Mode::I)?;
    meter.add_frames_planar_f32(channels)?;
    let measured = meter.loudness_global()?;
    if measured.is_finite() {
        return Ok(measured);
    }
    let power = |samples: &&[f32]| -> f64 {
        let sum: f64 = samples.iter().map(|sample| f64::from(sample * sample)).sum();
        sum / samples.len().max(1) as f64
    };
    // As the standard weighs a voice, but for its filter (ITU-R BS.1770).
    let power: f64 = channels.iter().map(power).sum();
    Ok(10.0 * power.max(1e-9).log10() - 0.7)
}

/// The factor of so many decibels.
pub(super) fn decibels(value: f64) -> f64 {
    10f64.powf(value / 20.0)
}
