//! The diffusion networks: Wan 2.1 and 2.2, with and without VACE, by
//! configuration alone, with names and arithmetic of Python diffusers 0.42.
//!
//! ```text
//! prompt → tokenizer → text_encoder ─┐
//! pictures → vae.encode → control ───┤
//! seed → noise ──────────────────────┴→ transformer ⇄ scheduler → vae.decode → frames
//! ```
//!
//! Knows models and tensors; does not know screenplays or shots.

pub mod checkpoint;
pub mod control;
mod denoiser;
mod error;
mod inspect;
pub mod kept;
mod lora;
pub mod names;
pub mod noise;
mod pipeline;
pub mod preview_decoder;
mod prompts;
mod request;
mod reuse;
mod runtime;
pub mod scheduler;
pub mod text_encoder;
pub mod tokenizer;
pub mod transformer;
pub mod vae;
pub mod weights;

#[cfg(test)]
#[path = "../../tests/parity/fixture.rs"]
mod fixture;

pub use checkpoint::{Loading, Opened};
pub use error::{Cause, Error};
pub use inspect::inspect;
pub use noise::Noise;
pub use pipeline::Pipeline;
pub use preview_decoder::PreviewDecoder;
pub use request::{Inpaint, Reference, Request};
pub use reuse::Reused;
pub use runtime::{best_device, best_kind, idle_gpu, keep_memory};
pub use text_encoder::TextEncoder;
pub use transformer::Transformer;
pub use vae::Vae;
pub use weights::{Init, Parameter, Weights};

pub use crate::model::NETWORK_REVISION as REVISION;

/// A module with the weights of the parity tests.
#[cfg(test)]
fn by_formula<T>(construct: impl Fn(&weights::Path<'_>) -> Result<T, Error>) -> T {
    let parameters = weights::parameters(&construct).expect("supported");
    construct(&fixture::weights("", &parameters).root()).expect("the weights fit")
}
