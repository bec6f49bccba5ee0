//! File events: finds out when one of the files that a build read has changed.
//!
//! Watches folders, not files: editors save by renaming, and a watch on the
//! old file gets no events of the new one. Knows paths; does not know why they
//! matter.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use notify::{RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::source::stamp::Stamp;

/// Editors write in several steps: files are compared when no event has come for
/// this long.
const QUIET: Duration = Duration::from_millis(40);

/// In a busy folder files are compared this long after the first event.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often files are compared without an event: an event queue may overflow, and
/// some file systems send no events.
const LOOK: Duration = Duration::from_secs(1);

/// The most links to follow from one to the next.
const LINKS: usize = 16;

/// Watches files.
#[derive(Debug)]
pub(crate) struct Watcher {
    /// `None` if the system gives no more events.
    system: Option<RecommendedWatcher>,
    /// Why there are no events; `None` once the author knows.
    unheard: Option<notify::Error>,
    /// Whether an event has come since [`Watcher::due`] was last called.
    woken: Arc<AtomicBool>,
    /// Each with its inode, which differs if another folder takes its place.
    folders: BTreeMap<PathBuf, Option<u64>>,
    files: BTreeMap<PathBuf, Option<Stamp>>,
    debounce: Debounce,
}

/// When to compare the files after events.
#[derive(Debug, Clone, Copy)]
struct Debounce {
    /// The first and the last event since the last comparison.
    first: Option<Instant>,
    last: Instant,
    /// The last comparison.
    compared: Instant,
}

impl Debounce {
    fn new(now: Instant) -> Self {
        Self { first: None, last: now, compared: now }
    }

    fn event(&mut self, now: Instant) {
        self.first.get_or_insert(now);
        self.last = now;
    }

    fn due(&self) -> Instant {
        match self.first {
            Some(first) => (self.last + QUIET).min(first + PATIENCE),
            None => self.compared + LOOK,
        }
    }
}

impl Watcher {
    /// Watches nothing yet. Calls `wake` at the first event after each call of
    /// [`Watcher::due`] or [`Watcher::changed`].
    pub(crate) fn new(wake: impl Fn() + Send + 'static) -> Self {
        let woken = Arc::new(AtomicBool::new(false));
        let flag = woken.clone();
        let system = notify::recommended_watcher(move |_| {
            if !flag.swap(true, Ordering::Relaxed) {
                wake();
            }
        });
        let debounce = Debounce::new(Instant::now());
        let (folders, files) = (BTreeMap::new(), BTreeMap::new());
        let (system, unheard) = match system {
            Ok(system) => (Some(system), None),
            Err(why) => (None, Some(why)),
        };
        Self { system, unheard, woken, folders, files, debounce }
    }

    /// What an author should know since the last call: that no events come, and why.
    pub(crate) fn note(&mut self) -> Option<String> {
        let why = self.unheard.take()?;
        let limit = matches!(why.kind, notify::ErrorKind::MaxFilesWatch)
            || matches!(&why.kind, notify::ErrorKind::Io(error) if is_limit(error));
        let why = if limit {
            "the system's limits of file events are used up (fs.inotify)".to_owned()
        } else {
            why.to_string()
        };
        Some(format!("{why}; the files are looked at every second instead"))
    }

    /// Watches exactly these files from now on, whether or not they exist. Call it
    /// before you read them, so that no change is lost between.
    pub(crate) fn watch(&mut self, files: impl IntoIterator<Item = PathBuf>) {
        let files: BTreeSet<PathBuf> = files.into_iter().collect();
        let folders: BTreeMap<PathBuf, Option<u64>> = files
            .iter()
            .flat_map(|file| folders_of(file))
            .map(|folder| {
                let inode = inode(&folder);
                (folder, inode)
            })
            .collect();
        self.hear(&folders);
        self.folders = folders;
        self.files = files
            .into_iter()
            .map(|file| {
                let state = self.files.get(&file).copied().unwrap_or_else(|| look(&file));
                (file, state)
            })
            .collect();
    }

    /// Asks for the events of these folders and no others. If the system refuses, no more
    /// is asked of it.
    fn hear(&mut self, folders: &BTreeMap<PathBuf, Option<u64>>) {
        let Some(system) = &mut self.system else { return };
        for (gone, inode) in &self.folders {
            if folders.get(gone) != Some(inode) {
                // A folder that was removed needs no unwatching.
                let _ = system.unwatch(gone);
            }
        }
        for (path, inode) in folders {
            if self.folders.get(path) == Some(inode) {
                continue;
            }
            match system.watch(path, RecursiveMode::NonRecursive) {
                Ok(()) => {}
                // Removed since it was found; the comparison finds a new one.
                Err(source) if is_absent(&source) => {}
                Err(source) => {
                    self.unheard = Some(source);
                    self.system = None;
                    return;
                }
            }
        }
    }

    /// When to call [`Watcher::changed`] next, if no event wakes the caller earlier.
    pub(crate) fn due(&mut self) -> Instant {
        if self.woken.swap(false, Ordering::Relaxed) {
            self.debounce.event(Instant::now());
        }
        self.debounce.due()
    }

    /// Whether a file differs from its state at the last comparison. `false` as long
    /// as a program may still be writing.
    pub(crate) fn changed(&mut self) -> bool {
        let now = Instant::now();
        if self.due() > now {
            return false;
        }
        self.debounce = Debounce::new(now);
        let mut changed = false;
        for (file, state) in &mut self.files {
            let now = look(file);
            changed |= now != *state;
            *state = now;
        }
        changed
    }
}

/// Whether an error is that of a process, or a system, that has too many files open.
fn is_limit(error: &io::Error) -> bool {
    // EMFILE and ENFILE; ENOSPC is `MaxFilesWatch`.
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

fn is_absent(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => error.kind() == io::ErrorKind::NotFound,
        _ => false,
    }
}

/// The folders to watch for a file: the nearest one that exists, and those that
/// hold the links on the way to it.
fn folders_of(file: &Path) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    let mut todo: Vec<PathBuf> = std::path::absolute(file).into_iter().collect();
    for _ in 0..LINKS {
        let Some(path) = todo.pop() else { break };
        folders.extend(path.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned));
        for link in path.ancestors() {
            let (Ok(target), Some(folder)) = (link.read_link(), link.parent()) else { continue };
            folders.insert(folder.to_owned());
            let rest = path.strip_prefix(link).expect("an ancestor");
            todo.push(folder.join(target).join(rest));
        }
    }
    folders
}

#[cfg(unix)]
fn inode(folder: &Path) -> Option<u64> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(folder).ok().map(|meta| meta.ino())
}

#[cfg(not(unix))]
fn inode(folder: &Path) -> Option<u64> {
    folder.is_dir().then_some(0)
}

fn look(file: &Path) -> Option<Stamp> {
    Stamp::of(file).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::sync::mpsc::{Receiver, channel};

    fn watcher() -> (Watcher, Receiver<()>) {
        let (sender, woken) = channel();
        let watcher = Watcher::new(move || {
            let _ = sender.send(());
        });
        (watcher, woken)
    }

    /// Whether the watcher notices a change; waits for at most ten seconds.
    fn notices((watcher, woken): &mut (Watcher, Receiver<()>)) -> bool {
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(10) {
            let wait = watcher.due().saturating_duration_since(Instant::now());
            let _ = woken.recv_timeout(wait);
            if watcher.changed() {
                return true;
            }
        }
        false
    }

    /// Compares the files at once.
    fn compares((watcher, _): &mut (Watcher, Receiver<()>)) -> bool {
        watcher.debounce.first = Instant::now().checked_sub(PATIENCE);
        watcher.changed()
    }

    /// A way of saving, by the name of the editor.
    #[cfg(unix)]
    type Save = (&'static str, fn(&Path));

    #[cfg(unix)]
    fn saves() -> Vec<Save> {
        use std::io::Write as _;
        use std::os::unix::fs::symlink;
        vec![
            ("written over", |file| fs::write(file, "longer text").unwrap()),
            ("sed -i: a draft renamed over it", |file| {
                let draft = file.with_file_name("sedXq81mZ");
                fs::write(&draft, "another text").unwrap();
                fs::rename(draft, file).unwrap();
            }),
            ("vim: moved to a backup, written anew, backup removed", |file| {
                let backup = file.with_file_name("mara.play~");
                fs::write(file.with_file_name("4913"), "").unwrap();
                fs::remove_file(file.with_file_name("4913")).unwrap();
                fs::rename(file, &backup).unwrap();
                fs::write(file, "a new text!").unwrap();
                fs::remove_file(backup).unwrap();
            }),
            ("vim with backupcopy: copied to a backup, written over", |file| {
                fs::copy(file, file.with_file_name("mara.play~")).unwrap();
                let mut open = fs::File::options().write(true).truncate(true).open(file).unwrap();
                open.write_all(b"a text of vim's").unwrap();
                open.sync_all().unwrap();
            }),
            ("VS Code: truncated, then written", |file| {
                let mut open = fs::File::options().write(true).truncate(true).open(file).unwrap();
                std::thread::sleep(Duration::from_millis(20));
                open.write_all(b"a text of code's").unwrap();
            }),
            ("emacs: lock link, backup by rename, new file", |file| {
                let lock = file.with_file_name(".#mara.play");
                symlink("mara@host.1:1", &lock).unwrap();
                fs::rename(file, file.with_file_name("mara.play~")).unwrap();
                fs::write(file, "a text of emacs").unwrap();
                fs::remove_file(lock).unwrap();
            }),
            ("removed and made again", |file| {
                fs::remove_file(file).unwrap();
                std::thread::sleep(Duration::from_millis(20));
                fs::write(file, "text of another time").unwrap();
            }),
            ("a link swapped over it", |file| {
                let (draft, other) = (file.with_file_name("link"), file.with_file_name("v2"));
                fs::write(&other, "a text elsewhere").unwrap();
                symlink(other, &draft).unwrap();
                fs::rename(draft, file).unwrap();
            }),
            ("as long as before, with the time set back", |file| {
                let time = fs::metadata(file).unwrap().modified().unwrap();
                fs::write(file, "tixt").unwrap();
                fs::File::options().write(true).open(file).unwrap().set_modified(time).unwrap();
            }),
            ("removed", |file| fs::remove_file(file).unwrap()),
        ]
    }

    #[test]
    #[cfg(unix)]
    fn a_save_by_any_editor_is_noticed_every_time() {
        for (how, save) in saves() {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("mara.play");
            let mut watcher = watcher();
            for time in ["first", "second", "third"] {
                if file.is_symlink() || !file.exists() {
                    let _ = fs::remove_file(&file);
                    fs::write(&file, "text").unwrap();
                    watcher.0.watch([file.clone()]);
                    watcher.0.files.insert(file.clone(), look(&file));
                }
                watcher.0.watch([file.clone()]);
                save(&file);
                assert!(notices(&mut watcher), "{how}, the {time} time");
            }
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_that_is_swapped_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["v1", "v2", "v3"] {
            fs::create_dir(folder.path().join(version)).unwrap();
            fs::write(folder.path().join(version).join("mara.play"), version).unwrap();
        }
        let current = folder.path().join("current");
        std::os::unix::fs::symlink("v1", &current).unwrap();
        let file = current.join("mara.play");
        let mut watcher = watcher();
        watcher.0.watch([file.clone()]);
        for version in ["v2", "v3"] {
            let draft = folder.path().join("draft");
            std::os::unix::fs::symlink(version, &draft).unwrap();
            fs::rename(draft, &current).unwrap();
            assert!(notices(&mut watcher), "{version}");
            watcher.0.watch([file.clone()]);
        }
        fs::write(folder.path().join("v3/mara.play"), "later").unwrap();
        assert!(notices(&mut watcher), "the new one is watched");
    }

    #[test]
    fn other_files_and_files_to_come() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("cast/tusk.png");
        let mut watcher = watcher();
        watcher.0.watch([missing.clone()]);
        fs::write(folder.path().join("else.txt"), "x").unwrap();
        watcher.1.recv().unwrap();
        assert!(!compares(&mut watcher), "another file");
        fs::create_dir(folder.path().join("cast")).unwrap();
        fs::write(&missing, "x").unwrap();
        assert!(notices(&mut watcher));
    }

    #[test]
    fn a_storm_of_events_is_one_change() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mara.play");
        fs::write(&file, "").unwrap();
        let mut watcher = watcher();
        watcher.0.watch([file.clone()]);
        for number in 0..10_000 {
            fs::write(&file, format!("{number}")).unwrap();
        }
        assert!(notices(&mut watcher));
        // A flag, not a queue of events.
        assert!(watcher.1.try_iter().count() <= 2);
        compares(&mut watcher);
        assert!(!compares(&mut watcher), "the last state is noticed once");
    }

    #[test]
    fn writing_is_given_time_to_end_but_not_for_ever() {
        let start = Instant::now();
        let mut debounce = Debounce::new(start);
        assert_eq!(debounce.due(), start + LOOK);
        debounce.event(start);
        assert_eq!(debounce.due(), start + QUIET);
        debounce.event(start + QUIET / 2);
        assert_eq!(debounce.due(), start + QUIET / 2 + QUIET);
        debounce.event(start + PATIENCE);
        assert_eq!(debounce.due(), start + PATIENCE);
    }

    #[test]
    fn without_events_files_are_looked_at() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mara.play");
        fs::write(&file, "").unwrap();
        let mut watcher = watcher();
        watcher.0.system = None;
        watcher.0.unheard = Some(notify::Error::new(notify::ErrorKind::MaxFilesWatch));
        watcher.0.watch([file.clone()]);
        let note = watcher.0.note().unwrap();
        assert!(note.contains("fs.inotify") && note.contains("every second"), "{note}");
        assert_eq!(watcher.0.note(), None, "it is told once");
        fs::write(&file, "a text").unwrap();
        assert!(notices(&mut watcher));
    }
}
