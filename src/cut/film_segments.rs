//! The pieces a film is joined from and played from: each segment with its key
//! and its place in the film, encoded once and kept in the vault.
//!
//! Knows keys and files; knows no pixels and no joining.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::captions::Caption;
use super::conform::TakeFile;
use super::edl::Edl;
use super::segments::{Segment, SegmentEncoder, format, segments};
use crate::breakdown::shot::{Picture, ShotList};
use crate::media::encoded::Encoded;
use crate::media::h264::PictureFormat;
use crate::media::{self, Error};

/// A film in pieces.
#[derive(Debug, Clone)]
pub struct FilmSegments {
    /// What all of them have in common.
    pub picture: PictureFormat,
    /// Their keys, in the order of the film.
    pub keys: Vec<String>,
    pub(super) segments: Vec<Segment>,
}

impl FilmSegments {
    /// The pieces of a film. `take` gives the take of a shot by its index in
    /// the list; it is asked for every event that shows one.
    pub fn of(
        shots: &ShotList,
        edl: &Edl,
        captions: &[Caption],
        take: &dyn Fn(usize) -> TakeFile,
    ) -> Self {
        let takes: Vec<Option<TakeFile>> = edl
            .picture
            .iter()
            .map(|event| {
                let filmed = matches!(shots.shots[event.shot].picture, Picture::Take(_));
                filmed.then(|| take(event.take))
            })
            .collect();
        let segments = segments(shots, edl, captions, &takes);
        let keys = segments.iter().map(|segment| segment.key().to_hex().to_string()).collect();
        Self { picture: format(shots, edl), keys, segments }
    }

    /// The length of each in frames.
    pub fn lengths(&self) -> impl Iterator<Item = u32> {
        self.segments.iter().map(|segment| segment.frames)
    }

    /// Those that are not in the store, equal ones once.
    pub fn missing(&self, store: &SegmentStore) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        (0..self.keys.len())
            .filter(|index| seen.insert(&self.keys[*index]) && !store.has(&self.keys[*index]))
            .collect()
    }

    /// Encodes pieces side by side, x264 of each in one thread: more would change
    /// the bits. `on_done` hears which is done and may stop the rest; `false`
    /// when it did.
    pub fn encode(
        &self,
        store: &SegmentStore,
        which: &[usize],
        on_done: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<bool, Error> {
        let next = AtomicUsize::new(0);
        let stopped = AtomicBool::new(false);
        let workers = thread::available_parallelism().map_or(1, NonZero::get).min(which.len());
        thread::scope(|scope| {
            let (sender, results) = mpsc::channel();
            for _ in 0..workers {
                let (sender, next, stopped) = (sender.clone(), &next, &stopped);
                scope.spawn(move || {
                    let mut encoder = SegmentEncoder::new(self.picture);
                    while !stopped.load(Ordering::Relaxed) {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(&index) = which.get(at) else { break };
                        let stored = encoder
                            .encode(&self.segments[index])
                            .and_then(|piece| store.keep(&self.keys[index], piece));
                        if sender.send(stored.map(|_| index)).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut outcome = Ok(true);
            for result in results {
                match result {
                    Ok(index) if on_done(index).is_continue() => {}
                    Ok(_) => {
                        stopped.store(true, Ordering::Relaxed);
                        outcome = outcome.map(|_| false);
                    }
                    Err(error) => {
                        stopped.store(true, Ordering::Relaxed);
                        outcome = outcome.and(Err(error));
                    }
                }
            }
            outcome
        })
    }

    /// A stored piece; one that was damaged or lost since is made again, and
    /// `mended` counts it.
    pub(super) fn load(
        &self,
        store: &SegmentStore,
        index: usize,
        parameter_sets: &[u8],
        mended: &mut usize,
    ) -> Result<Encoded, Error> {
        match Encoded::load(&store.path(&self.keys[index])) {
            Ok(piece)
                if piece.extradata == parameter_sets
                    && piece.length == self.segments[index].frames =>
            {
                Ok(piece)
            }
            _ => {
                *mended += 1;
                let piece = SegmentEncoder::new(self.picture).encode(&self.segments[index])?;
                store.keep(&self.keys[index], piece)
            }
        }
    }
}

/// Pieces by key, each in a file of its own.
#[derive(Debug, Clone)]
pub struct SegmentStore {
    folder: PathBuf,
}

impl SegmentStore {
    /// The store of a vault.
    pub fn of(vault: &Path) -> Self {
        Self { folder: vault.join("segments") }
    }

    /// Where a piece is or would be.
    pub fn path(&self, key: &str) -> PathBuf {
        let (shelf, name) = key.split_at(2);
        self.folder.join(shelf).join(name)
    }

    /// Whether a piece is here.
    pub fn has(&self, key: &str) -> bool {
        self.path(key).is_file()
    }

    pub(super) fn keep(&self, key: &str, piece: Encoded) -> Result<Encoded, media::Error> {
        piece.store(&self.path(key))?;
        Ok(piece)
    }

    /// Removes a piece; one that is not there is removed already.
    pub fn discard(&self, key: &str) {
        let path = self.path(key);
        // Whatever stays is cleared with the rest that no film uses.
        let _ = std::fs::remove_file(&path);
        if let Some(shelf) = path.parent() {
            let _ = std::fs::remove_dir(shelf);
        }
    }
}
