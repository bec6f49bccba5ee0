//! Why a run cannot continue.

use std::io;
use std::path::{Path, PathBuf};

/// A failure of training.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file cannot be read.
    #[error("cannot read `{path}`", path = path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`", path = path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// A file of a run cannot be parsed.
    #[error("`{path}` is not understood", path = path.display())]
    Json {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    /// A checkpoint is damaged.
    #[error("the checkpoint `{path}` is damaged", path = path.display())]
    Checkpoint {
        path: PathBuf,
        #[source]
        source: safetensors::SafeTensorError,
    },
    /// A file of tensors cannot be read.
    #[error("cannot read the tensors of `{path}`", path = path.display())]
    Tensors {
        path: PathBuf,
        #[source]
        source: tch::TchError,
    },
    /// A sentence encoder lacks a tensor of a BERT.
    #[error("the sentence encoder has no `{0}`")]
    Encoder(String),
    /// A file of `WordNet` is damaged.
    #[error("`{path}` is not WordNet's: `{line}…`", path = path.display())]
    WordNet { path: PathBuf, line: String },
    /// A checkpoint has another architecture.
    #[error("the checkpoint in `{run}` is of another architecture; begin a new run", run = .0.display())]
    Layout(PathBuf),
    /// A picture cannot be written.
    #[error("cannot write the picture `{path}`", path = path.display())]
    Picture {
        path: PathBuf,
        #[source]
        source: image::ImageError,
    },
    /// The loss or the norm of the gradient is not finite.
    #[error("the loss is not finite at step {step} ({value}); resume with a lower `--rate`")]
    Diverged { step: i64, value: f64 },
    /// A model folder cannot be used.
    #[error(transparent)]
    Model(#[from] photoplay::model::Error),
    /// The networks failed.
    #[error(transparent)]
    Diffusion(#[from] photoplay::diffusion::Error),
    /// The art cannot be read.
    #[error(transparent)]
    Stage(#[from] crate::stage::Error),
    /// A prompt cannot be made.
    #[error(transparent)]
    Prompt(#[from] photoplay::breakdown::prompts::lower::Error),
    /// The tokenizer cannot be used.
    #[error("the tokenizer: {0}")]
    Tokenizer(String),
}

impl Error {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }
}
