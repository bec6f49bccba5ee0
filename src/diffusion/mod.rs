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

pub(crate) mod checkpoint;
mod config;
pub mod control;
mod denoiser;
mod error;
mod inspect;
mod lora;
pub mod names;
pub mod noise;
mod pipeline;
pub(crate) mod preview_decoder;
mod prompt_embeddings;
mod request;
mod reuse;
mod runtime;
pub mod scheduler;
mod stored;
pub(crate) mod tensor_cache;
pub mod text_encoder;
pub(crate) mod tokenizer;
pub mod transformer;
pub mod vae;
pub mod weights;

#[cfg(test)]
#[path = "../../tests/parity/fixture.rs"]
mod fixture;

pub use checkpoint::{LoadOptions, StoredWeights};
pub use error::{Error, NotFiniteCause};
pub use inspect::inspect;
pub use noise::Noise;
pub use pipeline::Pipeline;
pub use preview_decoder::{PreviewDecoder, PreviewDecoderConfig};
pub use request::{EncodedReference, Inpaint, Request};
pub use reuse::ReuseStatistics;
pub use runtime::{best_device, best_kind, idle_gpu, keep_memory};
pub use scheduler::{Scheduler, SchedulerConfig};
pub use text_encoder::{TextEncoder, TextEncoderConfig};
pub use transformer::{Transformer, TransformerConfig};
pub use vae::{ClipPart, Vae, VaeConfig};
pub use weights::{Init, Parameter, Weights};

pub use crate::model::NETWORK_REVISION as REVISION;

/// A module with the weights of the parity tests.
#[cfg(test)]
fn by_formula<T>(construct: impl Fn(&weights::WeightPath<'_>) -> Result<T, Error>) -> T {
    let parameters = weights::parameters(&construct).expect("supported");
    construct(&fixture::weights("", &parameters).root()).expect("the weights fit")
}
