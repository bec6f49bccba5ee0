//! Pictures and sound in files: takes, encoded segments, the joined film.
//!
//! The only module that uses FFmpeg. Knows frames, packets and tracks; does not
//! know shots, the meaning of takes, or the edit list.

mod boxes;
pub mod decode;
pub(crate) mod encoded;
pub(crate) mod film;
pub(crate) mod fragmented;
pub(crate) mod h264;
pub mod mastering;
mod one_track;
pub(crate) mod picture;
pub mod provenance;
pub mod sound;
pub mod take;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Once;

use ffmpeg_next as ffmpeg;

/// The codec needs more input before its next output.
const AGAIN: ffmpeg::Error = ffmpeg::Error::Other { errno: ffmpeg::error::EAGAIN };

/// Why pictures or sound could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// FFmpeg refused to do something to a file.
    #[error("{}: {doing} failed", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The failed operation: `writing a frame`.
        doing: &'static str,
        /// FFmpeg's reason.
        #[source]
        source: ffmpeg::Error,
    },
    /// FFmpeg refused to encode or convert.
    #[error("{doing} failed")]
    Codec {
        /// The failed operation.
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
        /// The failed operation.
        doing: &'static str,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A file's content is damaged.
    #[error("{}: {what}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A frame has another size than the rest of its file.
    #[error("a frame of {}×{} pixels does not fit into pictures of {}×{}", found.0, found.1, expected.0, expected.1)]
    Size {
        /// Width and height of the frame.
        found: (u32, u32),
        /// Width and height of the file.
        expected: (u32, u32),
    },
    /// FFmpeg was built without a needed part.
    #[error("this FFmpeg has no {0}; install one that has")]
    Missing(&'static str),
    /// FFmpeg takes file names in UTF-8 only.
    #[error("{}: the name of this file is not valid UTF-8, which FFmpeg cannot open", .0.display())]
    Name(PathBuf),
    /// Encoded pictures that do not fit into one film.
    #[error("segment {segment} cannot be joined: {what}")]
    Join {
        /// Number of the segment, from 0.
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

/// The versions of FFmpeg's libraries, which may change encoded bits.
pub fn versions() -> String {
    start();
    // FFmpeg packs the major, minor and micro version into one number.
    let version = |packed: u32| format!("{}.{}.{}", packed >> 16, packed >> 8 & 255, packed & 255);
    format!(
        "avcodec {} avformat {} swscale {}",
        version(ffmpeg::codec::version()),
        version(ffmpeg::format::version()),
        version(ffmpeg::software::scaling::version())
    )
}

/// Initialises FFmpeg, and stops it from printing: every failure comes back as an
/// error.
fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let _ = ffmpeg::init();
        ffmpeg::log::set_level(ffmpeg::log::Level::Fatal);
    });
}

/// A path in the syntax of FFmpeg's file protocol: a name like `concat:x` remains
/// a name.
fn url(path: &Path) -> Result<String, Error> {
    match path.to_str() {
        Some(text) if !text.contains('\0') => Ok(format!("file:{text}")),
        _ => Err(Error::Name(path.to_owned())),
    }
}
