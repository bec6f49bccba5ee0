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

mod error;
pub mod noise;
pub mod text_encoder;
pub mod transformer;
pub mod vae;
pub mod weights;

pub use error::Error;
pub use noise::Noise;
pub use text_encoder::TextEncoder;
pub use transformer::Transformer;
pub use vae::Vae;
pub use weights::{Init, Parameter, Weights};
