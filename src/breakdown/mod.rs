//! Tree → shot list: names, cast, places, state, coverage, timing, prompts,
//! continuity lint. Does not know pixels.

pub mod description;
pub mod screenplay;
pub mod shot;
pub mod vocabulary;
mod words;
mod errors;
mod names;
mod reading;
mod files;
mod settings;
mod cast;
mod bible;
mod places;
mod phrases;
mod shot_line;
mod state;
mod directives;
mod speech;
mod arrivals;
mod steps;
mod scenes;
mod lint;
mod story;
mod understand;
pub mod timing;
mod draft;
mod written;
mod coverage;
mod depict;
mod lines;
pub mod list;
pub mod dump;
pub mod prompt;

pub use reading::Strictness;
pub use understand::understand;
