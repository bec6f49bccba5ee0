//! Why a film cannot be handed over.

use std::io;
use std::path::PathBuf;

/// Why a film cannot be handed over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Pictures or sound cannot be read or written.
    #[cfg(feature = "ffmpeg")]
    #[error(transparent)]
    Media(#[from] crate::media::Error),
    /// Takes or portraits of the film are not made yet.
    #[error("{0} of the film not made yet")]
    Unmade(String),
    /// A file is in the way that Photoplay did not write, or that somebody has changed.
    #[error("`{}` is in the way: Photoplay did not write it, or it was changed since", file.display())]
    Foreign {
        /// The file.
        file: PathBuf,
    },
    /// A media file shows another version of its shot.
    #[error("`{}` shows an earlier version of shot {shot}", file.display())]
    Earlier {
        /// The file.
        file: PathBuf,
        /// Number of the shot.
        shot: String,
    },
    /// The folder holds the turnover of another script.
    #[error("`{}` holds the turnover of another script, `{script}`", folder.display())]
    OtherTurnover {
        /// The folder.
        folder: PathBuf,
        /// Name of the other script.
        script: String,
    },
    /// A document cannot be made.
    #[cfg(feature = "ffmpeg")]
    #[error(transparent)]
    Pdf(#[from] super::pdf::PdfError),
    /// A file cannot be written.
    #[error("cannot write `{}`: {why}", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl Error {
    /// The remedy, if there is one.
    pub fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::Unmade(_) => {
                "`photoplay build` makes what is missing; `--animatic` hands over the drawings"
            }
            Self::Foreign { .. } => "rename it or move it away, or name another folder",
            Self::Earlier { .. } => {
                "`--replace` puts the new one in its place; or name another folder"
            }
            Self::OtherTurnover { .. } => "name another folder",
            _ => return None,
        })
    }
}
