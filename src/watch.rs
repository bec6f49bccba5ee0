//! File events: waits until one of the files that a build read has changed.
//!
//! Watches folders, not files: editors save by renaming, and a watch on the
//! old file hears nothing of the new one. Knows paths; does not know why they
//! matter.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

/// Editors write in several steps; this long nothing must happen.
const QUIET: Duration = Duration::from_millis(60);

/// But no longer than this, however busy a folder is.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often files are looked at although nothing was heard: an event queue
/// may overflow, and some file systems tell nothing.
const LOOK: Duration = Duration::from_secs(1);

/// Why files cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The system watches nothing.
    #[error("cannot watch files")]
    Start(#[source] notify::Error),
    /// A folder cannot be watched.
    #[error("cannot watch `{path}`", path = path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: notify::Error,
    },
}

/// Watches files.
#[derive(Debug)]
pub struct Watcher {
    system: RecommendedWatcher,
    events: Receiver<()>,
    folders: BTreeSet<PathBuf>,
    files: BTreeMap<PathBuf, Option<State>>,
}

/// What a look at a file tells.
type State = (u64, Option<std::time::SystemTime>);

impl Watcher {
    /// Watches nothing yet.
    pub fn new() -> Result<Self, Error> {
        let (sender, events) = channel();
        let system = notify::recommended_watcher(move |_| {
            // The watcher is gone when nobody listens.
            let _ = sender.send(());
        })
        .map_err(Error::Start)?;
        Ok(Self { system, events, folders: BTreeSet::new(), files: BTreeMap::new() })
    }

    /// Watches exactly these files from now on, whether or not they exist.
    /// To be called before they are read, so that no change falls between.
    pub fn watch(&mut self, files: impl IntoIterator<Item = PathBuf>) -> Result<(), Error> {
        let files: BTreeSet<PathBuf> = files.into_iter().collect();
        let folders: BTreeSet<PathBuf> = files.iter().filter_map(|file| folder_of(file)).collect();
        for gone in self.folders.difference(&folders) {
            // A folder that was removed needs no unwatching.
            let _ = self.system.unwatch(gone);
        }
        for path in folders.difference(&self.folders) {
            self.system
                .watch(path, RecursiveMode::NonRecursive)
                .map_err(|source| Error::Folder { path: path.clone(), source })?;
        }
        self.folders = folders;
        self.files = files
            .into_iter()
            .map(|file| {
                let state = self.files.get(&file).copied().unwrap_or_else(|| look(&file));
                (file, state)
            })
            .collect();
        Ok(())
    }

    /// Waits until a file is other than it was, and until writing has calmed
    /// down; `stop` is asked now and then. `false` when it said so.
    pub fn wait(&mut self, stop: &dyn Fn() -> bool) -> bool {
        loop {
            match self.events.recv_timeout(LOOK) {
                Ok(()) => self.calm_down(),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
            if stop() {
                return false;
            }
            if self.changed() {
                return true;
            }
        }
    }

    /// Whether a file is other than it was when last asked.
    pub fn changed(&mut self) -> bool {
        let mut changed = false;
        for (file, state) in &mut self.files {
            let now = look(file);
            changed |= now != *state;
            *state = now;
        }
        changed
    }

    fn calm_down(&self) {
        let since = Instant::now();
        while since.elapsed() < PATIENCE && self.events.recv_timeout(QUIET).is_ok() {}
    }
}

/// The folder that is watched for a file: the nearest one that exists.
fn folder_of(file: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(file).ok()?;
    absolute.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

fn look(file: &Path) -> Option<State> {
    let meta = std::fs::metadata(file).ok()?;
    Some((meta.len(), meta.modified().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// Waits for at most ten seconds.
    fn heard(watcher: &mut Watcher) -> bool {
        let since = Instant::now();
        watcher.wait(&|| since.elapsed() > Duration::from_secs(10))
    }

    #[test]
    fn a_save_by_any_editor_is_heard() {
        type Save = fn(&Path);
        let saves: [(&str, Save); 4] = [
            ("written over", |file| fs::write(file, "longer text").unwrap()),
            ("renamed over", |file| {
                let draft = file.with_extension("tmp");
                fs::write(&draft, "another text").unwrap();
                fs::rename(draft, file).unwrap();
            }),
            ("moved away and written anew", |file| {
                fs::rename(file, file.with_extension("bak")).unwrap();
                fs::write(file, "a new text!").unwrap();
            }),
            ("removed", |file| fs::remove_file(file).unwrap()),
        ];
        for (how, save) in saves {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("mara.play");
            fs::write(&file, "text").unwrap();
            let mut watcher = Watcher::new().unwrap();
            watcher.watch([file.clone()]).unwrap();
            save(&file);
            assert!(heard(&mut watcher), "{how}");
        }
    }

    #[test]
    fn other_files_and_files_to_come() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("cast/tusk.png");
        let mut watcher = Watcher::new().unwrap();
        watcher.watch([missing.clone()]).unwrap();
        fs::write(folder.path().join("else.txt"), "x").unwrap();
        assert!(!watcher.changed());
        fs::create_dir(folder.path().join("cast")).unwrap();
        fs::write(&missing, "x").unwrap();
        assert!(heard(&mut watcher));
    }
}
