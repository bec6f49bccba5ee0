//! What Photoplay and its camera say to each other: one JSON object a line,
//! orders one way, replies the other.
//!
//! The camera is a process of its own, `photoplay-camera`: it alone links
//! libtorch, which takes longer to load than a whole film takes to plan, and
//! what runs out of memory there loses nothing here.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use blake3::Hash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::drive::ShootRequest;
use crate::model::{AdapterFile, Placement};

/// What the camera is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order<'a> {
    /// Get ready for a model; answered by `Ready` or `Failed`.
    Open {
        /// Its folder; none for the embedded one.
        model: Option<PathBuf>,
        /// Digest of its files: the embedded models of both must be one.
        digest: Hash,
        /// Digest of those that make embeddings of prompts.
        text: Hash,
        /// What its transformers are altered by.
        adapters: Vec<AdapterFile>,
        /// What gives way where the device's memory is short.
        placement: Placement,
        /// What it will be asked to read: a large text encoder is loaded once for all.
        prompts: Vec<String>,
        /// Where embeddings, and latents until they are decoded, are kept.
        vault: PathBuf,
    },
    /// Look through a model; answered by `Checked` or `Failed`.
    Check {
        /// Its folder; none for the embedded one.
        model: Option<PathBuf>,
        /// What its transformers are altered by.
        adapters: Vec<AdapterFile>,
    },
    /// Make a take; answered by any number of `Loading`, `Step` and `Remark`, then `Made`,
    /// `Cancelled` or `Failed`.
    Shoot {
        /// What is made.
        call: ShootRequest<'a>,
        /// The file it is written to.
        draft: PathBuf,
    },
    /// Stop the take in work after its step. Not answered by itself.
    Stop,
}

/// What the camera says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// Ready for orders to shoot.
    Ready {
        /// Device, precision and threads in words.
        device: String,
    },
    /// A model was looked through.
    Checked {
        /// What is wrong with it, in sentences.
        wrong: Vec<String>,
    },
    /// The model is being loaded.
    Loading {
        /// Its name.
        model: String,
    },
    /// A denoising step is done.
    Step {
        /// Steps done.
        done: u32,
        /// Steps in all.
        steps: u32,
    },
    /// Something to know of the take in work.
    Remark {
        /// In words.
        message: String,
    },
    /// The take is in its file.
    Made,
    /// The take was stopped.
    Cancelled,
    /// It could not be done.
    Failed {
        /// Why.
        reason: String,
    },
}

/// Says one thing.
pub fn say(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// Hears one thing; `None` when the other side is gone.
pub fn hear<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}
