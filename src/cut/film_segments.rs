//! The segments of a film with their keys and places, and the store that keeps
//! each encoded segment once.
//!
//! Knows keys and files; does not know pixels, and does not join.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use super::captions::Caption;
use super::edl::{Edl, PictureEvent};
use super::footage::Footage;
use super::segments::{Segment, SegmentEncoder, format, segments};
use crate::breakdown::shot::{Picture, ShotList};
use crate::media::encoded::Encoded;
use crate::media::h264::PictureFormat;
use crate::media::provenance::PictureMaker;
use crate::media::{self, Error};

/// All segments of a film.
#[derive(Debug, Clone)]
pub(crate) struct FilmSegments {
    /// The format of all segments.
    pub picture: PictureFormat,
    /// Keys of the segments, in the order of the film.
    pub keys: Vec<String>,
    pub(super) segments: Vec<Segment>,
}

impl FilmSegments {
    /// The segments of a film. `footage` gives the pictures of a shot, once for every
    /// picture event that shows neither a card nor a colour.
    pub(crate) fn of(
        shots: &ShotList,
        edl: &Edl,
        captions: &[Caption],
        footage: &dyn Fn(&PictureEvent) -> Footage,
    ) -> Self {
        let footage: Vec<Option<Footage>> = edl
            .picture
            .iter()
            .map(|event| {
                let filmed = matches!(shots.shots[event.shot].picture, Picture::Take(_));
                filmed.then(|| footage(event))
            })
            .collect();
        let segments = segments(shots, edl, captions, &footage);
        let keys = segments.iter().map(|segment| segment.key().to_hex().to_string()).collect();
        Self { picture: format(shots, edl), keys, segments }
    }

    /// Who made the film's pictures.
    pub(super) fn made_by(&self) -> PictureMaker {
        let makers = self.segments.iter().flat_map(Segment::makers);
        let (mut take, mut reel) = (false, false);
        for maker in makers {
            take |= maker == PictureMaker::Model;
            reel |= maker == PictureMaker::Reel;
        }
        match (take, reel) {
            (true, _) => PictureMaker::Model,
            (_, true) => PictureMaker::Reel,
            _ => PictureMaker::Program,
        }
    }

    /// The length of each segment in frames.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = u32> {
        self.segments.iter().map(|segment| segment.frames)
    }

    /// The indices of segments that the store lacks: for equal segments only that of the
    /// first.
    pub(crate) fn missing(&self, store: &SegmentStore) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        (0..self.keys.len())
            .filter(|index| seen.insert(&self.keys[*index]) && !store.has(&self.keys[*index]))
            .collect()
    }

    /// Encodes segments in parallel. x264 encodes each in one thread: with more,
    /// its output would differ. Calls `on_done` after each segment; returns
    /// `false` if `on_done` stopped the rest.
    pub(crate) fn encode(
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
                            .and_then(|encoded| store.keep(&self.keys[index], encoded));
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

    /// Loads a stored segment. Makes it again if it has become missing or damaged, and
    /// counts that in `mended`.
    pub(super) fn load(
        &self,
        store: &SegmentStore,
        index: usize,
        parameter_sets: &[u8],
        mended: &mut usize,
    ) -> Result<Encoded, Error> {
        match Encoded::load(&store.path(&self.keys[index])) {
            Ok(encoded)
                if encoded.extradata == parameter_sets
                    && encoded.length == self.segments[index].frames =>
            {
                Ok(encoded)
            }
            _ => {
                *mended += 1;
                let encoded = SegmentEncoder::new(self.picture).encode(&self.segments[index])?;
                store.keep(&self.keys[index], encoded)
            }
        }
    }
}

/// Stores encoded segments, each in a file named by its key.
#[derive(Debug, Clone)]
pub(crate) struct SegmentStore {
    folder: PathBuf,
}

impl SegmentStore {
    /// The segment store of a vault.
    pub(crate) fn of(vault: &Path) -> Self {
        Self { folder: vault.join("segments") }
    }

    /// Path of a segment, whether or not it exists.
    pub(crate) fn path(&self, key: &str) -> PathBuf {
        let (folder, name) = key.split_at(2);
        self.folder.join(folder).join(name)
    }

    /// Whether the store has a segment.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.path(key).is_file()
    }

    pub(super) fn keep(&self, key: &str, encoded: Encoded) -> Result<Encoded, media::Error> {
        encoded.store(&self.path(key))?;
        Ok(encoded)
    }

    /// Removes a segment, if it exists.
    pub(crate) fn discard(&self, key: &str) {
        let path = self.path(key);
        // If this fails, `vault clear` removes the file with all unused ones.
        let _ = std::fs::remove_file(&path);
        if let Some(folder) = path.parent() {
            let _ = std::fs::remove_dir(folder);
        }
    }
}
