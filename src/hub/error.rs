//! Why a model cannot be fetched.

use std::io;
use std::path::{Path, PathBuf};

use ureq::http::StatusCode;

/// Why a model cannot be fetched.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No name of a repository.
    #[error("`{0}` is not the name of a repository; it looks like `owner/model`")]
    Name(String),
    /// There is nothing of this name.
    #[error("there is no `{what}` on {hub}")]
    Missing {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
    },
    /// The hub wants to know who asks.
    #[error("{hub} does not give `{what}` to everybody ({status})")]
    Refused {
        /// The repository or file.
        what: String,
        /// The hub.
        hub: String,
        /// Its answer.
        status: StatusCode,
    },
    /// The hub answers what it should not.
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
    /// The repository is no model.
    #[error("`{0}` has no `model_index.json`: it is not in the layout of diffusers")]
    Layout(String),
    /// What came is not what was asked for.
    #[error(
        "`{file}` is not what the hub says it is: its SHA-256 is {found}, not {expected}; it was removed"
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
    /// Another process fetches it.
    #[error("another photoplay fetches into `{path}`", path = .0.display())]
    Busy(PathBuf),
    /// Somebody asked to stop.
    #[error("interrupted")]
    Cancelled,
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
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
