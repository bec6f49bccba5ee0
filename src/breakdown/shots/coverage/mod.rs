//! Plans the shots that the script does not write, as an editor would, by the rules
//! of `stdlib/coverage.yaml`.
//!
//! A decision depends only on a paragraph, its neighbours, the people present and
//! the speakers of the conversation, so an edit changes few shots. Does not know
//! frames or prompts.

mod action;
pub(crate) mod planner;
mod speech;
pub(crate) mod stretch;
