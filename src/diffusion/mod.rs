//! The diffusion networks: the Wan 2.1 VACE architecture, by configuration
//! alone, with names and arithmetic of Python diffusers 0.42.
//!
//! ```text
//! prompt → tokenizer → text_encoder ─┐
//! pictures → vae.encode → control ───┤
//! seed → noise ──────────────────────┴→ transformer ⇄ scheduler → vae.decode → frames
//! ```
//!
//! Knows models and tensors; does not know screenplays or shots.

pub mod control;
mod error;
pub mod noise;
mod pipeline;
mod runtime;
pub mod scheduler;
pub mod text_encoder;
pub mod tokenizer;
pub mod transformer;
pub mod vae;
pub mod weights;

pub use error::Error;
pub use noise::Noise;
pub use pipeline::{Pipeline, Reference, Request};
pub use runtime::{best_device, best_kind, keep_memory};
pub use text_encoder::TextEncoder;
pub use transformer::Transformer;
pub use vae::Vae;
pub use weights::{Init, Parameter, Weights};

pub use crate::model::NETWORK_REVISION as REVISION;
