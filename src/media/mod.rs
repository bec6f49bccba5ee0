//! Pictures and sound in files: takes, encoded segments, the joined film.
//!
//! The only module that touches FFmpeg. Knows frames, packets and tracks;
//! knows no shots, no takes' meaning and no edit list.

mod boxes;
pub mod decode;
pub mod encoded;
pub mod film;
pub mod fragmented;
pub mod h264;
pub mod picture;
pub mod provenance;
pub mod sound;
pub mod take;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ffmpeg_next as ffmpeg;

/// A codec wants more before it gives more.
const AGAIN: ffmpeg::Error = ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN };

/// What the world did to pictures or sound.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// FFmpeg refused to do something to a file.
    #[error("{}: {doing} failed", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What was tried: `writing a frame`.
        doing: &'static str,
        /// FFmpeg's reason.
        #[source]
        source: ffmpeg::Error,
    },
    /// FFmpeg refused to encode or convert.
    #[error("{doing} failed")]
    Codec {
        /// What was tried.
        doing: &'static str,
        /// FFmpeg's reason.
        #[source]
        source: ffmpeg::Error,
    },
    /// The system refused a file.
    #[error("{}: {doing} failed", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file is not what it should be.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A frame of another size than its file.
    #[error("a frame of {}×{} pixels does not fit into pictures of {}×{}", found.0, found.1, expected.0, expected.1)]
    Size {
        /// Width and height that came.
        found: (u32, u32),
        /// Width and height that were announced.
        expected: (u32, u32),
    },
    /// FFmpeg was built without something.
    #[error("this FFmpeg has no {0}; install one that has")]
    Missing(&'static str),
    /// FFmpeg takes file names in UTF-8 only.
    #[error("{}: the name of this file is not valid UTF-8, which FFmpeg cannot open", .0.display())]
    Name(PathBuf),
    /// Encoded pictures that cannot stand in one film.
    #[error("segment {segment} cannot be joined: {what}")]
    Join {
        /// Which, counted from 0.
        segment: usize,
        /// Why not.
        what: String,
    },
}

impl Error {
    fn file(path: &Path, doing: &'static str) -> impl FnOnce(ffmpeg::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, doing, source }
    }

    fn io(path: &Path, doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, doing, source }
    }

    fn codec(doing: &'static str) -> impl FnOnce(ffmpeg::Error) -> Self {
        move |source| Self::Codec { doing, source }
    }

    fn damaged(path: &Path, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), what: what.into() }
    }
}

/// The versions of FFmpeg's libraries: what else can change encoded bits.
pub fn versions() -> String {
    start();
    // Major, minor and micro in a byte or two each, as FFmpeg packs them.
    let version = |packed: u32| format!("{}.{}.{}", packed >> 16, packed >> 8 & 255, packed & 255);
    format!(
        "avcodec {} avformat {} swscale {}",
        version(ffmpeg::codec::version()),
        version(ffmpeg::format::version()),
        version(ffmpeg::software::scaling::version())
    )
}

/// FFmpeg prints to standard error on its own; every failure comes back as an
/// error anyway.
fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = ffmpeg::init();
        ffmpeg::log::set_level(ffmpeg::log::Level::Fatal);
    });
}

/// Temporary files are private by default; what becomes of them here is not.
pub(crate) fn readable() -> std::fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(0o644)
}

/// A path as FFmpeg's file protocol takes it: a name like `concat:x` stays a
/// name.
fn url(path: &Path) -> Result<String, Error> {
    match path.to_str() {
        Some(text) if !text.contains('\0') => Ok(format!("file:{text}")),
        _ => Err(Error::Name(path.to_owned())),
    }
}
