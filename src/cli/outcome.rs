//! How a command ends: its exit code, or a failure with one.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::project::{self, ErrorClass};
use crate::source::world;

/// What a command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything is done.
    Done = 0,
    /// The script, or a file beside it, has errors.
    ScriptErrors = 1,
    /// The command line is not understood.
    Usage = 2,
    /// A shot could not be made.
    ShotFailed = 3,
    /// The film could not be put together.
    FilmFailed = 4,
    /// Interrupted; everything that was finished is kept.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure that ends a command: the error, its remedy and the exit code.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    pub(super) error: Box<dyn Error>,
    pub(super) help: Option<String>,
}

impl Failure {
    pub(super) fn new(exit: Exit, error: impl Into<Box<dyn Error>>) -> Self {
        let error = error.into();
        let help = world::remedy(&*error).map(str::to_owned);
        Self { exit, error, help }
    }

    /// A file or folder that cannot be written.
    pub(super) fn unwritable(exit: Exit, path: &Path, source: io::Error) -> Self {
        Self::new(exit, Unwritable { path: path.to_owned(), source })
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cannot write `{}`", path.display())]
struct Unwritable {
    path: PathBuf,
    source: io::Error,
}

impl From<project::Error> for Failure {
    fn from(error: project::Error) -> Self {
        let exit = match error.class() {
            ErrorClass::Script => Exit::ScriptErrors,
            ErrorClass::Request => Exit::Usage,
            ErrorClass::Shot => Exit::ShotFailed,
            ErrorClass::Film => Exit::FilmFailed,
        };
        let help = error.help();
        Self { exit, error: error.into(), help }
    }
}

/// The result of a command.
pub(super) type CommandResult = Result<Exit, Failure>;
