//! Script text, spans, and how the compiler reads files.
//!
//! Does not know the meaning of the text.

pub(crate) mod file_names;
pub mod files;
pub(crate) mod language_tag;
pub mod pictures;
pub(crate) mod quotes;
pub mod stamp;
pub(crate) mod unfinished;
pub(crate) mod world;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use self::files::{DiskFiles, FileKind, ProjectFiles};
use self::unfinished::Unfinished;

/// A file of a film: an index into [`Sources`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SourceId(pub u16);

/// A range of bytes in a source, `start..end`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Span {
    /// The file.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A stretch of a source.
    pub fn new(source: SourceId, start: usize, end: usize) -> Self {
        Self { source, start: start as u32, end: end as u32 }
    }

    /// This place of a stretch of text that began at `start` and now begins where `to` does.
    #[must_use]
    pub(crate) fn moved(self, start: u32, to: Self) -> Self {
        let by = to.start.wrapping_sub(start);
        let (start, end) = (self.start.wrapping_add(by), self.end.wrapping_add(by));
        Self { source: to.source, start, end }
    }

    /// From the beginning of this span to the end of the other.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self { source: self.source, start: self.start, end: other.end.max(self.end) }
    }
}

/// A value and its place in a source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value and its place in a source.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// One file's text.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its index.
    pub id: SourceId,
    /// The path that it was read from.
    pub path: PathBuf,
    /// Its text, exactly as read, with byte order mark and carriage returns.
    pub text: String,
}

impl Source {
    /// Line and column of a byte, both from 1; columns count characters.
    pub fn line_column(&self, byte: u32) -> (usize, usize) {
        let mut byte = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let before = &self.text[..byte];
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        (line, before[start..].chars().count() + 1)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or("")
    }
}

/// The texts of a film; the script itself is the first.
#[derive(Debug, Clone)]
pub struct Sources {
    all: Vec<Source>,
    files: Arc<dyn ProjectFiles>,
}

impl Default for Sources {
    fn default() -> Self {
        Self::new(Arc::new(DiskFiles))
    }
}

impl Sources {
    /// No texts yet. `files` holds the files that a script names.
    pub fn new(files: Arc<dyn ProjectFiles>) -> Self {
        Self { all: Vec::new(), files }
    }

    /// The files that a script names.
    pub fn files(&self) -> &dyn ProjectFiles {
        &*self.files
    }

    /// The same files, for other texts.
    pub(crate) fn shared_files(&self) -> Arc<dyn ProjectFiles> {
        Arc::clone(&self.files)
    }

    /// Adds a file's text.
    pub fn add(&mut self, path: impl Into<PathBuf>, text: impl Into<String>) -> SourceId {
        let id = SourceId(u16::try_from(self.all.len()).expect("includes are limited long before"));
        self.all.push(Source { id, path: path.into(), text: text.into() });
        id
    }

    /// A file by its id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.all[id.0 as usize]
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.all.iter()
    }
}

/// The largest script that the compiler reads; a screenplay of 120 pages has 0.2 MiB.
pub const MAX_SCRIPT_BYTES: u64 = 4 << 20;

/// Largest size of a picture file in bytes.
pub const MAX_PICTURE_BYTES: u64 = 64 << 20;

/// Longest side of a picture in pixels.
pub const MAX_PICTURE_SIDE: u32 = 8192;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("cannot read `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is a folder, a device or a pipe.
    #[error("`{path}` is not a file", path = path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// It is larger than the limit.
    #[error("`{path}` has {bytes} bytes; at most {limit} are read", path = path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It is not UTF-8, or it contains NUL bytes.
    #[error("`{path}` is not text in UTF-8, from byte {at} on: {what}", path = path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The offending byte's offset.
        at: usize,
        /// Its value.
        what: &'static str,
    },
    /// The path leads out of the project.
    #[error("`{path}` leads out of the project folder", path = path.display())]
    Outside {
        /// The path as written.
        path: PathBuf,
    },
}

impl Error {
    /// The remedy, if the author can apply it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NotText { .. } => Some("save it as text in UTF-8; every editor can"),
            Self::TooLarge { .. } => Some("a script is text; name the script"),
            Self::Read { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Some("look for a slip in the name; `photoplay new my-film` begins a film")
            }
            Self::Read { source, .. } => world::of_kind(source.kind()),
            Self::NotAFile { .. } | Self::Outside { .. } => None,
        }
    }
}

const NUL: &str = "the file holds NUL bytes, as programs and pictures do";

const UTF_16: &str = "the file seems to be UTF-16";

/// Whether every other byte is mostly NUL, as in a text of plain letters.
fn is_utf_16(bytes: &[u8]) -> bool {
    let nul = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    bytes.len() > 3 && (nul(0).abs_diff(nul(1)) * 4 > bytes.len())
}

/// What bytes that are no UTF-8 seem to be.
fn guess(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => UTF_16,
        _ if is_utf_16(bytes) => UTF_16,
        _ if bytes.contains(&0) => NUL,
        _ => "the file seems to be Latin-1 or Windows-1252",
    }
}

/// Reads a text file: a regular file of at most [`MAX_SCRIPT_BYTES`], UTF-8
/// without NUL.
pub fn read_text(files: &dyn ProjectFiles, path: &Path) -> Result<String, Error> {
    let text = read_utf8(files, path, MAX_SCRIPT_BYTES)?;
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => {
            let what = guess(text.as_bytes());
            Err(Error::NotText { path: path.to_owned(), at, what })
        }
        None => Ok(text),
    }
}

/// Reads a regular file of at most `limit` bytes as UTF-8.
pub fn read_utf8(files: &dyn ProjectFiles, path: &Path, limit: u64) -> Result<String, Error> {
    let failed = |source| Error::Read { path: path.to_owned(), source };
    let bytes = match files.kind(path).map_err(failed)? {
        FileKind::File(bytes) => bytes,
        FileKind::Folder | FileKind::Other => {
            return Err(Error::NotAFile { path: path.to_owned() });
        }
    };
    if bytes > limit {
        return Err(Error::TooLarge { path: path.to_owned(), bytes, limit });
    }
    let mut content = Vec::new();
    files.open(path).and_then(|mut file| file.read_to_end(&mut content)).map_err(failed)?;
    String::from_utf8(content).map_err(|error| Error::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
        what: guess(error.as_bytes()),
    })
}

/// The path of a file that a script names, below the project folder. Absolute
/// paths, `..` and links that lead out are errors.
pub fn inside(files: &dyn ProjectFiles, project: &Path, written: &str) -> Result<PathBuf, Error> {
    let relative = Path::new(written);
    let outside = || Error::Outside { path: relative.to_owned() };
    if relative.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(outside());
    }
    let path = project.join(relative);
    if let (Ok(root), Ok(real)) = (files.canonicalize(project), files.canonicalize(&path))
        && !real.starts_with(root)
    {
        return Err(outside());
    }
    Ok(path)
}

/// The folder of a file; `.` for a bare name.
pub fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The file that a path leads to through links. A path that leads nowhere is itself.
pub fn behind_links(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Writes a whole file or nothing: writes a temporary file beside it, syncs it,
/// renames it and syncs the folder. A file that was there keeps its permissions, and
/// links to it stay links.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = &behind_links(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut temp = Unfinished::begin(folder, "")?;
    temp.as_file().write_all(bytes)?;
    if let Ok(before) = fs::metadata(path) {
        temp.as_file().set_permissions(before.permissions())?;
    }
    temp.as_file().sync_all()?;
    temp.finish(path)?;
    sync_folder(folder)
}

/// Makes a rename in a folder survive a loss of power.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}
