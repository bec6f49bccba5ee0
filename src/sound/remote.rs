//! The voice as a child process. It starts for the first line, and its crash ends
//! nothing else.
//!
//! Knows orders and replies; does not know how a line is spoken.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::speech::{SpeechRecipe, SpokenAudio};
use super::wire::{VoiceOrder, VoiceReply};
use crate::shoot::worker::{Worker, WorkerDeath, WorkerLoss, program};

/// Names a voice program to use instead of the one beside this program.
pub const VARIABLE: &str = "PHOTOPLAY_VOICE";

/// Names the folder of the voices instead of the one that the set-up makes.
pub const FOLDER_VARIABLE: &str = "PHOTOPLAY_VOICES";

/// The program's name.
const PROGRAM: &str = "photoplay-voice";

/// The name of the folder that the set-up makes in the user's data.
const FOLDER: &str = "voices-1";

/// Why nobody speaks.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The set-up has fetched no voices.
    #[error("there are no voices in `{folder}`", folder = folder.display())]
    NoVoices {
        /// Where they would be.
        folder: PathBuf,
    },
    /// The program is missing or cannot run.
    #[error("cannot start the voice `{program}`", program = program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The voice refuses the order.
    #[error("the voice refused: {0}")]
    Refused(String),
    /// The connection failed, or the voice sent something that is no reply.
    #[error("the connection to the voice failed")]
    Protocol(#[source] io::Error),
    /// The voice has ended.
    #[error("the voice {0}")]
    Died(String),
    /// A line cannot be read from where the voice wrote it.
    #[error("cannot read `{path}`", path = path.display())]
    Line {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// The remedy, if there is one.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::NoVoices { .. } => Some("`make setup` in the repository fetches them, once"),
            Self::Start { .. } => Some(
                "`cargo install --path .` in the repository installs `photoplay-voice` beside `photoplay`",
            ),
            Self::Died(_) => Some("the usual cause is too little memory: close other programs"),
            Self::Refused(_) | Self::Protocol(_) | Self::Line { .. } => None,
        }
    }
}

impl From<WorkerLoss> for Error {
    fn from(loss: WorkerLoss) -> Self {
        match loss {
            WorkerLoss::Protocol(source) => Self::Protocol(source),
            WorkerLoss::Died(death @ WorkerDeath { .. }) => Self::Died(death.to_string()),
        }
    }
}

/// The folder of the voices.
pub fn folder() -> PathBuf {
    if let Some(named) = env::var_os(FOLDER_VARIABLE) {
        return PathBuf::from(named);
    }
    let data = env::var_os("XDG_DATA_HOME").filter(|data| !data.is_empty()).map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".local/share")));
    data.unwrap_or_default().join("photoplay").join(FOLDER)
}

/// Whether the set-up has fetched the voices.
pub fn are_there() -> bool {
    folder().join("complete").is_file()
}

/// A voice in a process of its own.
#[derive(Debug, Default)]
pub struct RemoteVoice {
    process: Option<Worker>,
}

impl RemoteVoice {
    /// Starts the process and loads the engine.
    pub fn start(&mut self) -> Result<(), Error> {
        if self.process.is_some() {
            return Ok(());
        }
        let folder = folder();
        if !folder.join("complete").is_file() {
            return Err(Error::NoVoices { folder });
        }
        let program = program(VARIABLE, PROGRAM);
        let mut process = Worker::start(Command::new(&program))
            .map_err(|source| Error::Start { program, source })?;
        process.send(&VoiceOrder::Open { folder });
        match process.receive() {
            Ok(VoiceReply::Ready) => {}
            Ok(VoiceReply::Failed { reason }) => return Err(Error::Refused(reason)),
            Ok(_) => return Err(Error::Protocol(io::ErrorKind::InvalidData.into())),
            Err(source) => return Err(process.lost(source).into()),
        }
        self.process = Some(process);
        Ok(())
    }

    /// Speaks a line; its samples and the times of its words. None if it has no word that
    /// can be spoken. `temp` is a file for the samples on their way.
    pub fn speak(
        &mut self,
        recipe: &SpeechRecipe,
        temp: &Path,
    ) -> Result<Option<SpokenAudio>, Error> {
        self.start()?;
        let process = self.process.as_mut().expect("just started");
        process.send(&VoiceOrder::Speak { recipe: recipe.clone(), temp: temp.to_owned() });
        let words = match process.receive() {
            Ok(VoiceReply::Spoken { words }) => words,
            Ok(VoiceReply::Silent) => return Ok(None),
            Ok(VoiceReply::Failed { reason }) => return Err(Error::Refused(reason)),
            Ok(VoiceReply::Ready) => {
                return Err(Error::Protocol(io::ErrorKind::InvalidData.into()));
            }
            Err(source) => {
                let process = self.process.take().expect("it has just replied");
                return Err(process.lost(source).into());
            }
        };
        let failed = |source| Error::Line { path: temp.to_owned(), source };
        let bytes = fs::read(temp).map_err(failed)?;
        // Gone with the scratch folder if it cannot be removed now.
        let _ = fs::remove_file(temp);
        let samples = bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
        let samples: Vec<f32> = samples.collect();
        if samples.is_empty() || samples.iter().any(|sample| !sample.is_finite()) {
            return Err(Error::Refused("a line without sound".to_owned()));
        }
        Ok(Some((samples, words)))
    }
}

impl Drop for RemoteVoice {
    /// A voice has nothing to lose between lines, and this frees its memory.
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.end();
        }
    }
}
