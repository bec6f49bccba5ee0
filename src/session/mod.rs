//! A session of `watch`: builds again after every save, and shows the film
//! while it is made.
//!
//! ```text
//! files ─changed→ controller ─jobs→ camera (portraits, preview takes, takes)
//!                  │  ↖────────────events─────────────┘
//!                  ├──jobs→ cutter (stills, pieces, the film)
//!                  │  ↖──────────events───┘
//!                  └─shows→ preview page, editors, terminal
//! ```

pub(crate) mod camera;
pub(crate) mod controller;
mod current_take;
pub(crate) mod cutter;
pub(crate) mod latest_job;
mod preview_film;
mod view;

use std::sync::Arc;

use self::cutter::CutterEvent;
use crate::preview::state::Cursor;
use crate::project::script::Script;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::plan::TakePlan;
use crate::shoot::progress::ProgressEvent;

/// What the desk hears.
pub(crate) enum SessionMessage {
    /// Something stirred in a folder.
    Stirred,
    /// An editor's cursor moved.
    Cursor(Cursor),
    /// The camera works.
    Camera(ProgressEvent),
    /// The camera has nothing left to do of its last order.
    Rolled { failure: Option<String> },
    /// The cutter works.
    Cutter(CutterEvent),
}

/// A script without mistakes, and the takes it needs.
#[derive(Clone)]
pub(crate) struct BuildInputs {
    pub script: Arc<Script>,
    pub studio: Arc<FilmPlan>,
    pub drafts: TakePlan,
}
