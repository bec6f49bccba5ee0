//! What the threads of a session send to the controller, what the controller
//! reports to the session's state, and what the state orders.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::current_take::CurrentTake;
use super::jobs::{BuildInputs, Cut};
use super::preview_film::PreviewFilm;
use crate::cut::print::Printed;
use crate::preview::state::Cursor;
use crate::project::CheckedScript;
use crate::shoot::history::Difference;
use crate::shoot::progress::ProgressEvent;
use crate::shoot::recipe::TakeKey;

/// A message to the controller.
pub(crate) enum SessionMessage {
    /// Something changed in a watched folder.
    FolderChanged,
    /// Lines of the script were spoken, which may change the lengths of its shots.
    Spoken,
    /// The cursor of an editor moved.
    Cursor(Cursor),
    /// The camera or the cutter reports.
    Event(SessionEvent),
}

/// Something that changes the state of a session.
pub(crate) enum SessionEvent {
    /// The script was read.
    ScriptRead(Arc<CheckedScript>),
    /// A film was planned.
    Planned {
        /// The film.
        film: Box<PreviewFilm>,
        /// How each take that is not made differs from the one it replaces.
        why: BTreeMap<TakeKey, Vec<Difference>>,
    },
    /// The answer to [`SessionOrder::FindTakes`].
    TakesFound(Vec<Option<CurrentTake>>),
    /// The answer to [`SessionOrder::FindPieces`]: keys of the pieces in the store.
    PiecesFound(BTreeSet<String>),
    /// A preview take was removed from the vault.
    Discarded(TakeKey),
    /// The author turned to a shot.
    Turned(usize),
    /// Reading or planning failed.
    Failed(String),
    /// The camera reports.
    Camera(ProgressEvent),
    /// The camera has finished its job.
    CameraDone {
        /// Why it stopped before everything was made.
        failure: Option<String>,
    },
    /// The cutter reports.
    Cutter(CutterEvent),
}

/// An event of the cutter.
pub(crate) enum CutterEvent {
    /// A thumbnail, by its key, as JPEG.
    Thumbnail(String, Vec<u8>),
    /// A piece of the film is in the store.
    Piece(String),
    /// A whole job is done.
    Done {
        /// The number of the cut.
        number: u64,
        /// The film, if one was written.
        printed: Option<Printed>,
    },
    /// A job failed.
    Failed(String),
}

/// What the state of a session orders.
#[derive(Debug)]
pub(crate) enum SessionOrder {
    /// Plan the film of a script.
    Plan(Arc<CheckedScript>),
    /// Look in the vault which takes of the film exist.
    FindTakes,
    /// Look in the store which pieces of the film exist.
    FindPieces,
    /// Make the missing takes.
    Shoot(Box<BuildInputs>),
    /// Make the takes of this shot first.
    FocusOn(usize),
    /// Cut the film.
    Cut(Box<Cut>),
    /// Remove a preview take from the vault.
    Discard(TakeKey),
    /// Show a note to the author.
    ShowNote(String),
    /// Show that a take was made.
    ShowTake {
        /// The number of its shot.
        number: String,
        /// Whether it is only a preview take.
        preview: bool,
    },
    /// Show on the page what the camera works on.
    ShowWork,
    /// Show on the page and in the terminal how far the camera is.
    ShowStep,
    /// Show everything.
    Show,
}
