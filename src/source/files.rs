//! The files of a project: on a disk, in memory, or on a disk with the unsaved
//! buffers of an editor over it.
//!
//! Knows paths and bytes; does not know their meaning.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::stamp::Stamp;

/// An open file. `Read` and `Seek` are enough for texts and for the heads of
/// pictures.
pub trait OpenFile: Read + Seek {}

impl<T: Read + Seek> OpenFile for T {}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A regular file with its size in bytes.
    File(u64),
    /// A folder.
    Folder,
    /// A device or a pipe.
    Other,
}

/// The files of a project. Checking and planning work without a disk.
///
/// Photoplay reads the files of a project through this trait alone: the script, its
/// vocabularies, `cast.yaml`, `photoplay.lock`, the pictures in `cast/` and those that
/// the script names. Models, adapters and the vault with its takes belong to the
/// machine and are on its disk. Photoplay also writes to the disk only, so it builds
/// a film only of a project that is [on the disk](Self::is_disk).
pub trait ProjectFiles: fmt::Debug + Send + Sync {
    /// The kind of file at a path; an error of kind `NotFound` if there is none.
    fn kind(&self, path: &Path) -> io::Result<FileKind>;

    /// Opens a file for reading.
    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>>;

    /// The names of the entries of a folder, at most `limit`, in no order. Empty if
    /// there is no such folder.
    fn names(&self, folder: &Path, limit: usize) -> Vec<String>;

    /// The path with all links followed.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf>;

    /// A file's stamp, which changes with its content. `None` for a file whose
    /// content must be read to see a change.
    fn stamp(&self, _path: &Path) -> io::Result<Option<Stamp>> {
        Ok(None)
    }

    /// Whether every path leads to the file of this machine at that path. Only
    /// then can other programs open the same files.
    fn is_disk(&self) -> bool {
        false
    }

    /// Whether there is a file or folder at a path.
    fn exists(&self, path: &Path) -> bool {
        self.kind(path).is_ok()
    }
}

/// Whether a path leads to a file, not to a folder or a device.
pub fn is_file(files: &dyn ProjectFiles, path: &Path) -> bool {
    matches!(files.kind(path), Ok(FileKind::File(_)))
}

/// The files of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct DiskFiles;

impl ProjectFiles for DiskFiles {
    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let metadata = fs::metadata(path)?;
        Ok(match metadata.is_file() {
            true => FileKind::File(metadata.len()),
            false if metadata.is_dir() => FileKind::Folder,
            false => FileKind::Other,
        })
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(fs::File::open(path)?))
    }

    fn names(&self, folder: &Path, limit: usize) -> Vec<String> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).take(limit).collect()
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        path.canonicalize()
    }

    fn stamp(&self, path: &Path) -> io::Result<Option<Stamp>> {
        Stamp::of(path)
    }

    fn is_disk(&self) -> bool {
        true
    }
}

/// Files in memory. A folder exists as long as a file is in it.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles {
    files: BTreeMap<PathBuf, Arc<[u8]>>,
}

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(plain(path.as_ref()), Arc::from(content.into()));
    }

    /// With one more file.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, content);
        self
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.as_os_str().is_empty() || self.files.keys().any(|file| file.starts_with(path))
    }
}

fn absent(path: &Path) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("there is no `{}`", path.display()))
}

/// A path without `.`, and without `..` after a name.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

impl ProjectFiles for MemoryFiles {
    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        let path = plain(path);
        match self.files.get(&path) {
            Some(content) => Ok(FileKind::File(content.len() as u64)),
            None if self.is_folder(&path) => Ok(FileKind::Folder),
            None => Err(absent(&path)),
        }
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let path = plain(path);
        let content = self.files.get(&path).cloned().ok_or_else(|| absent(&path))?;
        Ok(Box::new(Cursor::new(content)))
    }

    fn names(&self, folder: &Path, limit: usize) -> Vec<String> {
        let folder = plain(folder);
        let below = self.files.keys().filter_map(|file| file.strip_prefix(&folder).ok());
        let names: BTreeSet<String> = below
            .filter_map(|file| Some(file.iter().next()?.to_string_lossy().into_owned()))
            .collect();
        names.into_iter().take(limit).collect()
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        self.kind(path).map(|_| plain(path))
    }
}

/// Files over others: the unsaved buffers of an editor over the files of the disk.
#[derive(Debug)]
pub struct OverlayFiles {
    /// The files to look up first.
    pub above: MemoryFiles,
    /// The files for every path that `above` has no file for.
    pub below: Arc<dyn ProjectFiles>,
}

impl OverlayFiles {
    fn layer(&self, path: &Path) -> &dyn ProjectFiles {
        match self.above.kind(path) {
            Ok(FileKind::File(_)) => &self.above,
            _ => &*self.below,
        }
    }
}

impl ProjectFiles for OverlayFiles {
    fn kind(&self, path: &Path) -> io::Result<FileKind> {
        self.layer(path).kind(path)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        self.layer(path).open(path)
    }

    fn names(&self, folder: &Path, limit: usize) -> Vec<String> {
        let mut names = self.below.names(folder, limit);
        names.extend(self.above.names(folder, limit));
        names.sort_unstable();
        names.dedup();
        names.truncate(limit);
        names
    }

    fn stamp(&self, path: &Path) -> io::Result<Option<Stamp>> {
        self.layer(path).stamp(path)
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let saved = self.below.canonicalize(path);
        match (&saved, path.parent(), path.file_name()) {
            // A buffer that was never saved is in a folder that is there.
            (Err(_), Some(folder), Some(name)) if self.above.exists(path) => {
                self.below.canonicalize(folder).map(|folder| folder.join(name))
            }
            _ => saved,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(files: &dyn ProjectFiles, path: &str) -> Option<String> {
        let mut text = String::new();
        files.open(Path::new(path)).ok()?.read_to_string(&mut text).ok()?;
        Some(text)
    }

    #[test]
    fn memory_has_files_and_the_folders_they_are_in() {
        let files = MemoryFiles::new().with("./film/a.play", "a").with("film/cast/mara.png", "m");
        assert_eq!(text(&files, "film/./a.play").as_deref(), Some("a"));
        assert_eq!(text(&files, "film/cast/../a.play").as_deref(), Some("a"));
        assert_eq!(files.kind(Path::new("film/cast")).unwrap(), FileKind::Folder);
        assert_eq!(files.kind(Path::new(".")).unwrap(), FileKind::Folder);
        assert_eq!(files.names(Path::new("./film"), 9), ["a.play", "cast"]);
        let absent = files.open(Path::new("film/b.play")).err().unwrap();
        assert_eq!(absent.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn unsaved_buffers_hide_what_is_saved_and_nothing_else() {
        let below = Arc::new(MemoryFiles::new().with("f/a.yaml", "saved").with("f/b.yaml", "b"));
        let above = MemoryFiles::new().with("f/a.yaml", "unsaved").with("f/new.yaml", "new");
        let files = OverlayFiles { above, below };
        assert_eq!(text(&files, "f/a.yaml").as_deref(), Some("unsaved"));
        assert_eq!(text(&files, "f/b.yaml").as_deref(), Some("b"));
        assert_eq!(text(&files, "f/new.yaml").as_deref(), Some("new"));
        assert_eq!(files.names(Path::new("f"), 9), ["a.yaml", "b.yaml", "new.yaml"]);
        assert!(!files.exists(Path::new("f/c.yaml")));
        assert!(files.canonicalize(Path::new("f/new.yaml")).is_ok());
    }
}
