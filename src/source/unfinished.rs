//! Temporary files that are being written, so that a process that ends at once leaves none.
//!
//! Knows their paths; does not know what is in them.

use std::collections::BTreeSet;
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file that is being written, until this is dropped.
#[derive(Debug)]
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// Registers a file. Waits for ever once [`remove_unfinished`] was called.
    pub(crate) fn new(path: &Path) -> Self {
        locked().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        locked().remove(&self.0);
    }
}

/// Removes every temporary file of this process, before it ends. Nobody begins or finishes
/// another while the answer is held.
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
pub(crate) fn remove_unfinished() -> impl Drop {
    let files = locked();
    for path in &*files {
        // What was finished meanwhile has another name.
        let _ = fs::remove_file(path);
    }
    files
}

fn locked() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
