//! What a build says while it works, and how it is stopped. The work never
//! prints; whoever listens draws bars, writes lines or JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::recipe::TakeKey;

/// Something that happened. Serialised, it is one line of `build --format json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ProgressEvent {
    /// What will be done.
    Plan {
        /// Shots of the film.
        shots: usize,
        /// Length of the film in frames.
        frames: u32,
        /// Portraits to be made.
        portraits: usize,
        /// Takes to be made.
        takes_to_make: usize,
        /// Takes already in the vault.
        takes_cached: usize,
        /// Denoising steps times frames of all that is to be made.
        work: u64,
    },
    /// The model is being loaded.
    Load {
        /// Its name.
        model: String,
    },
    /// A portrait is being made.
    Cast {
        /// Whose.
        name: String,
    },
    /// A portrait was made and chosen.
    Portrait {
        /// Whose.
        name: String,
        /// Its file, below the project folder.
        file: String,
    },
    /// A take is being made.
    Roll {
        /// Number of the shot.
        number: String,
        /// What it shows, in a few words.
        shows: String,
        /// The take.
        key: TakeKey,
        /// Denoising steps it will take.
        steps: u32,
        /// Steps times frames.
        work: u64,
    },
    /// A denoising step of the take in work is done.
    Step {
        /// Steps done.
        done: u32,
        /// Steps in all.
        steps: u32,
    },
    /// A take is in the vault.
    Take {
        /// Number of the shot.
        number: String,
        /// The take.
        key: TakeKey,
        /// Seconds it took.
        seconds: f64,
    },
    /// Part of a take that is longer than the network makes at once is in the vault.
    Part {
        /// Number of the shot.
        number: String,
        /// The take so far.
        key: TakeKey,
        /// Seconds it took.
        seconds: f64,
    },
    /// A take could not be made.
    Spoiled {
        /// Number of the shot.
        number: String,
        /// Why.
        reason: String,
    },
    /// How a take was made, where there is something to say of it.
    Remark {
        /// What.
        message: String,
    },
    /// Something the author should know; the build goes on.
    Note {
        /// What.
        message: String,
    },
    /// The film is being put together.
    Print {
        /// Segments done.
        done: usize,
        /// Segments in all.
        segments: usize,
    },
    /// The film is finished; always the last.
    Wrap {
        /// The film's file.
        film: String,
        /// Its length in frames.
        frames: u32,
        /// Takes that were made.
        takes_made: usize,
        /// Takes that were in the vault.
        takes_cached: usize,
        /// Segments that were encoded.
        segments_encoded: usize,
        /// Segments that were there.
        segments_reused: usize,
        /// Seconds from command to film.
        seconds: f64,
    },
    /// The takes that a shot has; always the last of `photoplay takes`.
    Takes {
        /// Number of the shot.
        shot: String,
        /// The number of the take that the film uses.
        used: u32,
        /// The film that shows them one after the other, where there is one.
        film: Option<PathBuf>,
        /// The takes, by their numbers.
        takes: Vec<TakeToChoose>,
    },
}

/// A take of a shot, to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakeToChoose {
    /// Its number.
    pub take: u32,
    /// Its key.
    pub key: TakeKey,
    /// Its file in the vault, or that of its first piece.
    pub file: PathBuf,
    /// The files of its further pieces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<PathBuf>,
}

/// Hears of events.
pub trait Progress {
    /// Something happened.
    fn report(&self, event: &ProgressEvent);
}

/// A request to stop, shared with a signal handler or a watcher.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks to stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Takes the request back: what comes next was not meant.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether somebody asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Says which takes are worth making: asked before every take and after every
/// step, so that an answer may change while takes are made.
pub trait Goals {
    /// Of the shots whose takes can be made now, in the order of the film, the
    /// one to make next; `None` is enough.
    fn next(&self, ready: &[usize]) -> Option<usize>;

    /// Whether a take that is being made is still wanted.
    fn wants(&self, key: &TakeKey) -> bool;
}

/// Everything, in the order of the film, until somebody asks to stop.
impl Goals for Cancel {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        ready.first().copied().filter(|_| !self.is_cancelled())
    }

    fn wants(&self, _: &TakeKey) -> bool {
        !self.is_cancelled()
    }
}
