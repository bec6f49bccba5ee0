//! What is shown now: published by whoever makes the film, read by the server.
//!
//! Whatever is published replaces what was there before; nobody who reads
//! slowly holds anything back.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::state::{Cursor, PreviewState, PreviewWork};
use crate::media::encoded::Encoded;
use crate::media::fragmented::fragment;
use crate::time::Rate;

/// Something that is served by its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Artefact {
    /// A JPEG.
    Picture(Arc<[u8]>),
    /// What comes before the pieces of a film.
    Header(Arc<[u8]>),
    /// A piece of film, stored as it was encoded.
    Piece {
        /// Where.
        path: PathBuf,
        /// Of the film.
        rate: Rate,
    },
}

impl Artefact {
    /// Its type and its bytes; `None` when a piece is not there (any more).
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

/// What is shown.
pub struct Screen {
    state: watch::Sender<Arc<str>>,
    work: watch::Sender<Arc<str>>,
    shelf: Mutex<Shelf>,
    on_cursor: Box<dyn Fn(Cursor) + Send + Sync>,
}

/// The artefacts of what is shown and of what was shown just before: a page
/// may still be fetching those.
#[derive(Default)]
struct Shelf {
    now: Artefacts,
    before: Artefacts,
}

impl Screen {
    /// Shows nothing yet; `on_cursor` hears where editors' cursors go.
    pub fn new(on_cursor: impl Fn(Cursor) + Send + Sync + 'static) -> Self {
        Self {
            state: watch::Sender::new(text(&PreviewState::default())),
            work: watch::Sender::new("null".into()),
            shelf: Mutex::default(),
            on_cursor: Box::new(on_cursor),
        }
    }

    /// Shows a state and serves exactly these artefacts, and for a while still
    /// those of the state before. A state that is shown already tells nobody.
    pub fn show(&self, state: &PreviewState, artefacts: Artefacts) {
        {
            let mut shelf = self.shelf();
            if shelf.now != artefacts {
                let Shelf { now, before } = &mut *shelf;
                *before = std::mem::replace(now, artefacts);
            }
        }
        send(&self.state, text(state));
    }

    /// Shows what the camera does.
    pub fn roll(&self, work: Option<&PreviewWork>) {
        send(&self.work, text(&work));
    }

    /// An artefact that is or was just shown.
    pub fn artefact(&self, hash: &str) -> Option<Artefact> {
        let shelf = self.shelf();
        shelf.now.get(hash).or_else(|| shelf.before.get(hash)).cloned()
    }

    pub(super) fn states(&self) -> watch::Receiver<Arc<str>> {
        self.state.subscribe()
    }

    pub(super) fn works(&self) -> watch::Receiver<Arc<str>> {
        self.work.subscribe()
    }

    pub(super) fn cursor(&self, cursor: Cursor) {
        (self.on_cursor)(cursor);
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
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
