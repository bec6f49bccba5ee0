//! The options of a scorecard, and its results.

use std::collections::BTreeMap;
use std::path::PathBuf;

use image::RgbImage;

/// The options of a scorecard.
#[derive(Debug)]
pub(crate) struct ScorecardOptions {
    pub(crate) model: PathBuf,
    pub(crate) scorer: PathBuf,
    /// Scenes of each kind.
    pub(crate) scenes: u64,
    pub(crate) out: PathBuf,
    pub(crate) threads: i32,
}

/// How many answers were right.
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

/// Values of clips of one origin, by measure.
pub(super) type Values = BTreeMap<&'static str, Vec<f64>>;

/// The results of a scorecard.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The stage's own renders of the held-out scenes.
    pub(super) stage: Shares,
    /// The model's clips of the same scenes.
    pub(super) model: Shares,
    /// Ratios to the stage's own renders, and similarity to them.
    pub(super) picture: Values,
    /// dB by shot size.
    pub(super) reconstruction: Values,
    /// Seconds of work per second of film, without storing and encoding.
    pub(super) pace: Vec<f64>,
    /// Rows of pictures: the stage's above the model's.
    pub(super) sheet: Vec<Vec<RgbImage>>,
}
