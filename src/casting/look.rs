//! A look: one person in one outfit, and the folder of its pictures.

use std::path::PathBuf;

use crate::breakdown::screenplay::Subject;

/// The folder of portraits and reference pictures beside a script.
pub const FOLDER: &str = "cast";

/// One person in one outfit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The character.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// The part of the description that never changes, or the name of a character without
    /// one.
    pub words: String,
    /// [`Self::words`] is a proper name, which says nothing of the looks.
    pub named: bool,
    /// The outfit; empty if the script describes none.
    pub outfit: String,
    /// The author's own picture of the person in this outfit.
    pub given: Option<PathBuf>,
    /// The look of the same person from whose picture this one is made.
    pub base: Option<usize>,
    /// Number of earlier people with the same description.
    pub ordinal: u32,
}
