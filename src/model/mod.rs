//! A model: a folder in the diffusers layout, on disk or embedded in the
//! binary, with the defaults no diffusers config has a place for.
//!
//! Knows files and settings; of tensors it knows names, shapes and formats.

mod adapter;
mod defaults;
mod digests;
mod error;
mod files;
mod folder;
pub mod header;
mod index;
mod parts;
mod placement;
mod shelf;
mod slot;
mod vae_memory;
mod words;

pub use adapter::AdapterFile;
pub use defaults::{ControlSignal, ModelDefaults, ReelDefaults};
pub use error::Error;
pub use files::{Files, TOY_THEATRE, is_below};
pub use folder::Model;
pub use index::{Conditioning, ModelIndex};
pub use parts::{Checkpoint, NETWORKS, PREVIEW_DECODER, Shards};
pub use placement::Placement;
pub use shelf::{is_model, shelf};
pub use slot::Slot;
pub use vae_memory::{PART_BYTES, VaeMemory};
pub use words::{Lexicon, Meanings, ModelWords};

/// Largest text encoder, in bytes, that stays in memory beside the other networks.
pub const RESIDENT_ENCODER: u64 = 1 << 30;

/// Revision of the networks' code, which every recipe holds. It is here because keys
/// are made without libtorch. When frames change, a golden test of frames
/// (`tests/parity.rs`) fails until it rises.
pub const NETWORK_REVISION: u32 = 1;
