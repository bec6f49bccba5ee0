//! Plans shots where none is written, as an editor would, by the rules of
//! `stdlib/coverage.yaml`.
//!
//! A decision depends on a paragraph, its neighbours, who is present and who has
//! spoken in the conversation, on nothing else: an edit changes few shots. Knows no
//! frames and no prompts.

mod action;
pub(crate) mod planner;
mod speech;
pub(crate) mod stretch;
