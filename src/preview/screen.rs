//! The shown state: the session publishes it, the server reads it.
//!
//! A new state replaces the old one, so a slow reader never blocks the session.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::state::{Cursor, PreviewState, PreviewWork};
use crate::media::encoded::Encoded;
use crate::media::fragmented::fragment;
use crate::time::Rate;

/// An artefact that the server serves by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artefact {
    /// A JPEG.
    Picture(Arc<[u8]>),
    /// The initialization segment of a film.
    Header(Arc<[u8]>),
    /// A piece of film; the server remuxes its stored segment.
    Piece {
        /// The segment's file.
        path: PathBuf,
        /// The film's format.
        rate: Rate,
    },
}

impl Artefact {
    /// The media type and the bytes; `None` if a piece does not exist (any
    /// more).
    pub fn read(&self) -> Option<(&'static str, Arc<[u8]>)> {
        match self {
            Self::Picture(bytes) => Some(("image/jpeg", bytes.clone())),
            Self::Header(bytes) => Some(("video/mp4", bytes.clone())),
            Self::Piece { path, rate } => {
                let piece = Encoded::load(path).ok()?;
                Some(("video/mp4", fragment(&piece, *rate).into()))
            }
        }
    }
}

/// Artefacts by hash.
pub type Artefacts = BTreeMap<String, Artefact>;

/// The screen: shared by session and server.
pub struct Screen {
    state: watch::Sender<Arc<str>>,
    work: watch::Sender<Arc<str>>,
    served: Mutex<ServedArtefacts>,
    on_cursor: Box<dyn Fn(Cursor) + Send + Sync>,
}

/// The artefacts of the current and of the previous state: a page may still be
/// fetching the latter.
#[derive(Default)]
struct ServedArtefacts {
    now: Artefacts,
    before: Artefacts,
}

impl Screen {
    /// Creates an empty screen; the server calls `on_cursor` with the cursors
    /// of editors.
    pub fn new(on_cursor: impl Fn(Cursor) + Send + Sync + 'static) -> Self {
        Self {
            state: watch::Sender::new(text(&PreviewState::default())),
            work: watch::Sender::new("null".into()),
            served: Mutex::default(),
            on_cursor: Box::new(on_cursor),
        }
    }

    /// Shows a state. Serves its artefacts and those of the previous state
    /// only. Does not notify readers if the state is equal to the current one.
    pub fn show(&self, state: &PreviewState, artefacts: Artefacts) {
        {
            let mut served = self.served();
            if served.now != artefacts {
                let ServedArtefacts { now, before } = &mut *served;
                *before = std::mem::replace(now, artefacts);
            }
        }
        send(&self.state, text(state));
    }

    /// Shows the progress of the camera.
    pub fn set_work(&self, work: Option<&PreviewWork>) {
        send(&self.work, text(&work));
    }

    /// An artefact of the current or the previous state.
    pub fn artefact(&self, hash: &str) -> Option<Artefact> {
        let served = self.served();
        served.now.get(hash).or_else(|| served.before.get(hash)).cloned()
    }

    /// Receives every new state as JSON.
    pub(super) fn state_updates(&self) -> watch::Receiver<Arc<str>> {
        self.state.subscribe()
    }

    /// Receives the progress of the camera as JSON.
    pub(super) fn work_updates(&self) -> watch::Receiver<Arc<str>> {
        self.work.subscribe()
    }

    pub(super) fn cursor(&self, cursor: Cursor) {
        (self.on_cursor)(cursor);
    }

    fn served(&self) -> MutexGuard<'_, ServedArtefacts> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn text(what: &impl serde::Serialize) -> Arc<str> {
    serde_json::to_string(what).expect("plain data becomes JSON").into()
}

fn send(to: &watch::Sender<Arc<str>>, text: Arc<str>) {
    to.send_if_modified(|shown| {
        let new = **shown != *text;
        if new {
            *shown = text;
        }
        new
    });
}
