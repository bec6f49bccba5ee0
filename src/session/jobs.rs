//! The jobs of the camera and of the cutter, as plain data.

use std::path::PathBuf;
use std::sync::Arc;

use crate::cut::edl::Edl;
use crate::cut::film_segments::FilmSegments;
use crate::cut::footage::Footage;
use crate::cut::thumbnails::Thumbnail;
use crate::project::CheckedScript;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::plan::TakePlan;

/// A job of the camera: a script without mistakes, and the takes it needs.
#[derive(Debug, Clone)]
pub(crate) struct BuildInputs {
    pub script: Arc<CheckedScript>,
    pub film_plan: Arc<FilmPlan>,
    pub previews: TakePlan,
}

/// A job of the cutter.
#[derive(Debug)]
pub(crate) struct Cut {
    /// Counts the cuts of a session.
    pub number: u64,
    /// The vault.
    pub vault: PathBuf,
    /// Width and height of the film in pixels.
    pub size: (u32, u32),
    /// Thumbnails to draw, by key, the most urgent first.
    pub thumbnails: Vec<(String, Thumbnail)>,
    /// The film.
    pub pieces: Arc<FilmSegments>,
    /// Segments to encode, the most urgent first.
    pub missing: Vec<usize>,
    /// The film's file, when all takes exist.
    pub print: Option<Print>,
}

/// A film to write to a file.
#[derive(Debug)]
pub(crate) struct Print {
    pub script: Arc<CheckedScript>,
    pub edl: Arc<Edl>,
    /// What each shot of the film shows.
    pub footage: Vec<Option<Footage>>,
    pub film: PathBuf,
}
