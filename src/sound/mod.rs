//! Sound: whose voice speaks which words, takes of voices, and the mix that they
//! become. Does not know pictures.

pub mod speech;
pub mod casting;
pub mod voice_vault;
pub mod lines;
pub mod hearing;
#[cfg(feature = "ffmpeg")]
pub mod rules;
pub mod wire;
pub mod remote;
#[cfg(feature = "ffmpeg")]
pub mod speaking;
#[cfg(feature = "ffmpeg")]
pub mod mix;
#[cfg(feature = "voices")]
pub(crate) mod kokoro;
