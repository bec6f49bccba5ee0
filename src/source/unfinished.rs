//! Temporary files that are being written. A file gets its name when it is whole; a
//! process that ends at once leaves none, and what a killed one left is removed.
//!
//! Knows their paths; does not know what is in them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::NamedTempFile;

/// How the names of all of them begin.
const PREFIX: &str = ".photoplay-unfinished-";

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A temporary file that is being written. Its lock tells other processes that somebody
/// still writes it.
#[derive(Debug)]
pub(crate) struct Unfinished {
    file: NamedTempFile,
    _registered: Registered,
}

impl Unfinished {
    /// Begins a file in a folder; its temporary name ends with `suffix`. Waits for ever
    /// once [`remove_unfinished`] was called.
    pub(crate) fn begin(folder: &Path, suffix: &str) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).suffix(suffix);
        #[cfg(unix)]
        builder.permissions(readable());
        loop {
            let file = builder.tempfile_in(folder).map_err(without_path)?;
            // Where nothing can be locked, nothing is taken for abandoned either.
            let _ = file.as_file().lock();
            // It may have been taken for abandoned before it was locked.
            if file.path().exists() {
                let registered = Registered::new(file.path());
                return Ok(Self { file, _registered: registered });
            }
        }
    }

    /// Its temporary path.
    #[cfg(any(test, feature = "ffmpeg"))]
    pub(crate) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file, to be written.
    pub(crate) fn as_file(&mut self) -> &mut File {
        self.file.as_file_mut()
    }

    /// Gives it its name, in place of a file that has it.
    pub(crate) fn finish(self, path: &Path) -> io::Result<()> {
        let Self { file, _registered } = self;
        file.persist(path).map(drop).map_err(|error| error.error)
    }
}

/// An error of the system's without the temporary path that it is about.
fn without_path(error: io::Error) -> io::Error {
    let cause = error.get_ref().and_then(|told| told.source()?.downcast_ref::<io::Error>());
    cause.and_then(io::Error::raw_os_error).map_or(error, io::Error::from_raw_os_error)
}

/// The permissions of ordinary files, less those that the process withholds:
/// temporary files are private by default.
#[cfg(unix)]
fn readable() -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

/// A path that is removed if the process ends at once.
#[derive(Debug)]
struct Registered(PathBuf);

impl Registered {
    fn new(path: &Path) -> Self {
        locked().insert(path.to_owned());
        Self(path.to_owned())
    }
}

impl Drop for Registered {
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

/// Removes a file if it is a temporary one that nobody writes any more.
pub(crate) fn remove_if_abandoned(path: &Path) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.starts_with(PREFIX) {
        return;
    }
    let Ok(file) = File::open(path) else { return };
    if file.try_lock().is_ok() {
        // If this fails, the next build tries again. It has its name by now if it was
        // finished meanwhile.
        let _ = fs::remove_file(path);
    }
}

/// Removes the temporary files in a folder that nobody writes any more.
#[cfg(feature = "ffmpeg")]
pub(crate) fn remove_abandoned_in(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        remove_if_abandoned(&entry.path());
    }
}

fn locked() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_writes_is_abandoned() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mine = path(".photoplay-notes");
        let left = path(&format!("{PREFIX}aB3xY9.mp4"));
        for file in [&mine, &left] {
            fs::write(file, "half").unwrap();
        }
        let writing = Unfinished::begin(folder.path(), ".mp4").unwrap();
        for file in [&mine, &left, &writing.path().to_owned()] {
            remove_if_abandoned(file);
        }
        assert!(mine.exists() && !left.exists() && writing.path().exists());
        writing.finish(&path("film.mp4")).unwrap();
        assert!(path("film.mp4").exists());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
