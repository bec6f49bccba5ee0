//! Plans shots where none is written, as an editor would, by the rules of
//! `stdlib/coverage.yaml`.
//!
//! Every decision looks only at a paragraph, its neighbours, who is present and
//! whether this speaker has spoken since the conversation began: one edit stays
//! one edit. Knows no frames and no prompts.

mod action;
pub(crate) mod planner;
mod speech;
pub(crate) mod stretch;
