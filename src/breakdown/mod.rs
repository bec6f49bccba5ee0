//! Tree → shot list: names, cast, places, state, coverage, timing, prompts,
//! continuity lint. Does not know pixels.

pub mod description;
pub mod screenplay;
pub mod shot;
pub mod timing;
mod draft;
mod written;
mod coverage;
mod depict;
mod lines;
pub mod list;
pub mod prompt;
