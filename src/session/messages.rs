//! What the parts of a session tell the controller, and what they work from.

use std::sync::Arc;

use crate::cut::print::Printed;
use crate::preview::state::Cursor;
use crate::project::CheckedScript;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::plan::TakePlan;
use crate::shoot::progress::ProgressEvent;

/// What the controller is told.
pub(crate) enum SessionMessage {
    /// Something changed in a folder.
    Stirred,
    /// The cursor of an editor moved.
    Cursor(Cursor),
    /// The camera works.
    Camera(ProgressEvent),
    /// The camera has nothing left to do of its last job.
    CameraDone {
        /// Why it stopped before all was done.
        failure: Option<String>,
    },
    /// The cutter works.
    Cutter(CutterEvent),
}

/// What the cutter tells the controller.
pub(crate) enum CutterEvent {
    /// A still, by its key, as JPEG.
    Still(String, Vec<u8>),
    /// A piece of the film is in the store.
    Piece(String),
    /// All of a job is done.
    Done {
        /// The number of the job.
        number: u64,
        /// The film, where one was written.
        printed: Option<Printed>,
    },
    /// A job failed.
    Failed(String),
}

/// A script without mistakes, and the takes it needs.
#[derive(Clone)]
pub(crate) struct BuildInputs {
    pub script: Arc<CheckedScript>,
    pub film_plan: Arc<FilmPlan>,
    pub previews: TakePlan,
}
