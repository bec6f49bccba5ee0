//! What a scorecard is asked for, and what it found.

use std::collections::BTreeMap;
use std::path::PathBuf;

use image::RgbImage;

/// What is asked.
#[derive(Debug)]
pub(crate) struct ScorecardOptions {
    pub(crate) model: PathBuf,
    pub(crate) scorer: PathBuf,
    /// Scenes of each kind.
    pub(crate) scenes: u64,
    pub(crate) out: PathBuf,
    pub(crate) threads: i32,
}

/// How often something was right.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) right: u64,
    pub(super) of: u64,
}

impl Share {
    pub(super) fn count(&mut self, right: bool) {
        self.right += u64::from(right);
        self.of += 1;
    }
}

/// Answers about clips of one origin, by question.
pub(super) type Shares = BTreeMap<&'static str, Share>;

/// Values of clips of one origin, by what was measured.
pub(super) type Values = BTreeMap<&'static str, Vec<f64>>;

/// Everything that was found out.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The stage's own renders of the held-out scenes.
    pub(super) stage: Shares,
    /// What the model made of them.
    pub(super) model: Shares,
    /// Ratios to the stage's own renders, and likeness to them.
    pub(super) picture: Values,
    /// dB by shot size.
    pub(super) reconstruction: Values,
    /// Seconds of work for a second of film, storing and encoding left out.
    pub(super) pace: Vec<f64>,
    /// Rows of pictures: the stage's own above the model's.
    pub(super) sheet: Vec<Vec<RgbImage>>,
}
