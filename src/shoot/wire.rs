//! Messages between Photoplay and its camera: one JSON object on each line.
//! Orders go to the camera, replies come back.
//!
//! The camera is a process of its own, `photoplay-camera`. Only it links
//! libtorch, which takes longer to load than a whole film takes to plan; and when
//! it runs out of memory, this process loses nothing.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use blake3::Hash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::drive::ShootRequest;
use crate::model::{AdapterFile, Placement};

/// An order to the camera.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum Order<'a> {
    /// Open a model; the reply is `Ready` or `Failed`.
    Open {
        /// The model's folder; `None` for the embedded model.
        model: Option<PathBuf>,
        /// Digest of the model's files: both programs must have the same embedded
        /// model.
        digest: Hash,
        /// Digest of the files that encode prompts.
        text: Hash,
        /// Adapters of its transformers.
        adapters: Vec<AdapterFile>,
        /// What to move out of the device's memory where that is short.
        placement: Placement,
        /// Prompts of the takes to come: the camera loads a large text encoder
        /// once for all of them.
        prompts: Vec<String>,
        /// The vault: stores embeddings, and latents until they are decoded.
        vault: PathBuf,
    },
    /// Check a model; the reply is `Checked` or `Failed`.
    Check {
        /// The model's folder; `None` for the embedded model.
        model: Option<PathBuf>,
        /// Adapters of its transformers.
        adapters: Vec<AdapterFile>,
    },
    /// Make a take. The replies are any number of `Loading`, `Step` and `Remark`,
    /// then `Made`, `Cancelled` or `Failed`.
    Shoot {
        /// The take to make.
        request: ShootRequest<'a>,
        /// The file to write it to.
        temp: PathBuf,
    },
    /// Stop the current take after its step. Has no reply of its own.
    Stop,
}

/// A reply of the camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum Reply {
    /// The model is open.
    Ready {
        /// Device, precision and threads in words.
        device: String,
    },
    /// The model has been checked.
    Checked {
        /// Its faults, in sentences.
        wrong: Vec<String>,
    },
    /// The camera is loading the model.
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
    /// A remark on the current take.
    Remark {
        /// The remark in words.
        message: String,
    },
    /// The take is complete in its file.
    Made,
    /// The take is stopped.
    Cancelled,
    /// The order failed.
    Failed {
        /// Why.
        reason: String,
    },
}

/// Sends one message.
pub fn send(to: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    to.write_all(&line)?;
    to.flush()
}

/// Receives one message; `None` if the other side has closed the connection.
pub fn receive<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(Some(serde_json::from_str(&line)?))
}
