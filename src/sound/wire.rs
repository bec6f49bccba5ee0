//! Messages between Photoplay and its voice: one JSON object on each line. Orders go
//! to the voice, replies come back.
//!
//! The voice is a process of its own, `photoplay-voice`. Only it loads ONNX Runtime and
//! the dictionaries, which takes longer than planning a film.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::speech::{SpeechRecipe, SpokenWord};

/// An order to the voice.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "order", rename_all = "snake_case")]
pub enum VoiceOrder {
    /// Load the engine; the reply is `Ready` or `Failed`.
    Open {
        /// The folder that the set-up made.
        folder: PathBuf,
    },
    /// Speak a line; the reply is `Spoken`, `Silent` or `Failed`.
    Speak {
        /// The line.
        recipe: SpeechRecipe,
        /// The file to write its samples to: 32-bit floating point, little-endian, at
        /// `super::speech::RATE`.
        temp: PathBuf,
    },
}

/// A reply of the voice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "snake_case")]
pub enum VoiceReply {
    /// The engine is loaded.
    Ready,
    /// The line is complete in its file.
    Spoken {
        /// When its words are heard; none if the engine does not know.
        #[serde(default)]
        words: Vec<SpokenWord>,
    },
    /// The line has no word that can be spoken.
    Silent,
    /// The order failed.
    Failed {
        /// Why.
        reason: String,
    },
}
