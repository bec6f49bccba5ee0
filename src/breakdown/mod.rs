//! Tree → shot list: names, cast, places, state, coverage, timing, prompts,
//! continuity lint. Does not know pixels.

pub mod control;
pub mod subject;
pub mod stage_direction;
pub mod technique;
pub mod screenplay;
pub mod transition;
pub mod description;
pub mod shot;
pub mod language;
mod understand;
pub mod shots;
pub mod sounds;
pub mod prompts;
mod incremental;
pub mod dump;
pub mod allow;

pub(crate) use incremental::{PassCache, understand_again};
pub(crate) use understand::cast::EntryField;
pub use understand::context::Strictness;
pub(crate) use understand::directives::{AS_CAST, THIS_SCENE};
pub(crate) use understand::places::prefix;
pub(crate) use understand::sentences::head::head_noun;
pub use understand::understand;
