//! Events of a build, and ways to stop it. The work never prints: listeners draw
//! bars, or write lines or JSON.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use super::recipe::TakeKey;

/// An event. Serialised, it is one line of `build --format json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ProgressEvent {
    /// The size of the work ahead.
    Plan {
        /// Shots of the film.
        shots: usize,
        /// Length of the film in frames.
        frames: u32,
        /// Portraits to make.
        portraits: usize,
        /// Takes to make.
        takes_to_make: usize,
        /// Takes already in the vault.
        takes_cached: usize,
        /// They are stills of a story reel.
        #[serde(default)]
        stills: bool,
        /// Denoising steps times frames of everything that is missing.
        work: u64,
    },
    /// The camera is loading the model.
    Load {
        /// Its name.
        model: String,
    },
    /// The camera is making a portrait.
    Cast {
        /// Whose.
        name: String,
    },
    /// A portrait is made and chosen.
    Portrait {
        /// Whose.
        name: String,
        /// Its file, below the project folder.
        file: String,
    },
    /// A line is being spoken; after the last one all are.
    Speak {
        /// Who speaks it.
        speaker: String,
        /// Lines spoken so far.
        done: usize,
        /// Lines to speak.
        lines: usize,
    },
    /// The camera is making a take.
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
    /// A denoising step of the current take is done.
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
        /// What it shows, in a few words; for a still, whom.
        #[serde(default)]
        shows: String,
        /// The take.
        key: TakeKey,
        /// Seconds it took.
        seconds: f64,
    },
    /// A piece of a take is in the vault: the take is longer than the model makes
    /// at once.
    Part {
        /// Number of the shot.
        number: String,
        /// Key of the take up to this piece.
        key: TakeKey,
        /// Seconds it took.
        seconds: f64,
    },
    /// The camera failed to make a take.
    Spoiled {
        /// Number of the shot.
        number: String,
        /// Why.
        reason: String,
    },
    /// A remark on how a take was made.
    Remark {
        /// The remark.
        message: String,
    },
    /// Something that the author should know; the build goes on.
    Note {
        /// The message.
        message: String,
    },
    /// The film is being encoded and joined.
    Print {
        /// Segments done.
        done: usize,
        /// Segments in all.
        segments: usize,
    },
    /// The film is finished. The last event of `photoplay build`.
    Wrap {
        /// The film's file.
        film: String,
        /// Its length in frames.
        frames: u32,
        /// Takes that the camera made.
        takes_made: usize,
        /// Takes that the vault already held.
        takes_cached: usize,
        /// They are stills of a story reel.
        #[serde(default)]
        stills: bool,
        /// Segments encoded now.
        segments_encoded: usize,
        /// Segments encoded before.
        segments_reused: usize,
        /// Seconds from command to film.
        seconds: f64,
    },
    /// The command failed; this is then the last event.
    Failed {
        /// What failed, and why.
        message: String,
        /// The remedy, if there is one.
        help: Option<String>,
    },
    /// The takes of a shot. The last event of `photoplay takes`.
    Takes {
        /// Number of the shot.
        shot: String,
        /// The number of the take that the film uses.
        used: u32,
        /// The film that shows them one after the other, if there is one.
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
    /// Its file in the vault, or the file of its first piece.
    pub file: PathBuf,
    /// The files of its further pieces.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub more: Vec<PathBuf>,
}

/// Receives events.
pub trait Progress {
    /// Handles one event.
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

    /// Withdraws the request, so that it does not stop the next take.
    pub fn reset(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Whether somebody has asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Decides which takes to make. The driver asks before every take and after every
/// step, so the answer may change in between.
pub trait Goals {
    /// Chooses the shot to make next out of `ready`, which is in the order of the
    /// film; `None` to stop.
    fn next(&self, ready: &[usize]) -> Option<usize>;

    /// Whether to go on with the take that the camera is making.
    fn wants(&self, key: &TakeKey) -> bool;
}

/// All takes, in the order of the film, until somebody asks to stop.
impl Goals for Cancel {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        ready.first().copied().filter(|_| !self.is_cancelled())
    }

    fn wants(&self, _: &TakeKey) -> bool {
        !self.is_cancelled()
    }
}
