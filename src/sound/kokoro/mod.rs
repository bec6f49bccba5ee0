//! The default engine: Kokoro-82M on ONNX Runtime, with its English voices. Needs the
//! feature `voices`; only the program `photoplay-voice` runs it.

mod engine;
mod names;
mod phonemes;
pub(crate) mod serve;
