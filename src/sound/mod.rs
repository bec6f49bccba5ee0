//! Sound: whose voice speaks which words, takes of voices, and the mix that they
//! become with the sounds of places, music and effects. Does not know pixels.

pub(crate) mod speech;
pub(crate) mod wire;
pub mod remote;
pub(crate) mod engines;
pub mod casting;
pub mod voice_vault;
pub mod lines;
pub(crate) mod hearing;
#[cfg(feature = "ffmpeg")]
mod rooms;
#[cfg(feature = "ffmpeg")]
pub(crate) mod rules;
#[cfg(feature = "ffmpeg")]
mod ambience;
#[cfg(feature = "ffmpeg")]
mod commanded;
#[cfg(all(feature = "ffmpeg", feature = "voices"))]
mod served;
#[cfg(feature = "ffmpeg")]
mod answers;
#[cfg(feature = "ffmpeg")]
pub(crate) mod speaking;
#[cfg(feature = "ffmpeg")]
mod levels;
#[cfg(feature = "ffmpeg")]
mod bed;
#[cfg(feature = "ffmpeg")]
mod played;
#[cfg(feature = "ffmpeg")]
pub(crate) mod timeline;
#[cfg(feature = "ffmpeg")]
pub(crate) mod stems;
#[cfg(feature = "ffmpeg")]
pub(crate) mod mix;
#[cfg(feature = "voices")]
pub(crate) mod kokoro;
