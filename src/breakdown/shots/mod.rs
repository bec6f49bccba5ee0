//! Screenplay → shot list: framing, coverage, durations, captions, numbers.
//! Does not know the syntax tree.

pub mod heard;
pub mod timing;
pub(crate) mod rules;
pub(crate) mod contents;
pub(crate) mod framing;
pub(crate) mod duration;
pub(crate) mod planned;
pub(crate) mod coverage;
pub(crate) mod naming;
pub(crate) mod describe;
pub(crate) mod frames;
pub(crate) mod captions;
pub(crate) mod timed_film;
pub(crate) mod continues;
pub(crate) mod scene;
pub(crate) mod scene_cache;
pub(crate) mod number;
pub(crate) mod warnings;
pub(crate) mod joins;
pub mod list;
