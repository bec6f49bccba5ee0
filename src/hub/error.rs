//! Why a model cannot be fetched.

use std::io;
use std::path::{Path, PathBuf};

use ureq::http::StatusCode;

/// Why a model cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The name is not one of a repository.
    #[error("`{0}` is not the name of a repository; it looks like `owner/model`")]
    Name(String),
    /// The hub has no repository or file of this name.
    #[error("there is no `{what}` on {hub}")]
    Missing {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
    },
    /// The hub wants a token, or another one.
    #[error("{hub} does not give `{what}` to everybody ({status})")]
    Refused {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
        /// Its answer.
        status: StatusCode,
    },
    /// The hub's answer is not understood.
    #[error("{hub} gave no `{what}`: {reason}")]
    Answer {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
        /// What is wrong.
        reason: String,
    },
    /// The hub cannot be reached, or the connection was cut too often.
    #[error("the connection to {hub} failed")]
    Connection {
        /// The hub.
        hub: String,
        /// Why.
        #[source]
        source: Box<ureq::Error>,
    },
    /// The repository is not a model.
    #[error("`{0}` has no `model_index.json`: it is not in the layout of diffusers")]
    Layout(String),
    /// The file has another digest than the hub says.
    #[error(
        "`{file}` is not what the hub says it is: its digest is {found}, not {expected}; it was removed"
    )]
    Digest {
        /// The file.
        file: String,
        /// What the hub says.
        expected: String,
        /// What came.
        found: String,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file that was fetched cannot be read.
    #[error("cannot read `{path}`", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Another process downloads it.
    #[error("another photoplay is downloading into `{path}`", path = .0.display())]
    Busy(PathBuf),
    /// The user asked to stop.
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// What to do about it.
    pub(crate) fn help(&self) -> Option<&'static str> {
        match self {
            Self::Refused { .. } => Some(
                "accept the model's licence on its page and set HF_TOKEN to a token that may read it",
            ),
            Self::Connection { .. } | Self::Answer { .. } => {
                Some("try again: what was fetched is kept, and the rest is asked for")
            }
            Self::Missing { .. } => Some("a private model is not seen without HF_TOKEN"),
            Self::Write { .. } => {
                Some("make room, or set PHOTOPLAY_MODELS to a folder that has it")
            }
            Self::Busy(_)
            | Self::Read { .. }
            | Self::Name(_)
            | Self::Layout(_)
            | Self::Digest { .. }
            | Self::Cancelled => None,
        }
    }
}

/// Makes an error of a failure to write a file.
pub(super) fn cannot_write(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}

/// Makes an error of a failure to read a file again that was fetched.
pub(super) fn cannot_read(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Read { path, source }
}
