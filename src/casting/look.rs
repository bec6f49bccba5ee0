//! A look: one person in one outfit, and the folder of its pictures.

use std::path::PathBuf;

use crate::breakdown::screenplay::Subject;

/// The folder of portraits and reference pictures beside a script.
pub const FOLDER: &str = "cast";

/// One person in one outfit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whose.
    pub subject: Subject,
    /// Their name.
    pub name: String,
    /// What never changes, in words.
    pub words: String,
    /// Clothes now; empty when none are described.
    pub outfit: String,
    /// The author's own picture of them in these clothes.
    pub given: Option<PathBuf>,
    /// The look of the same person that this one is made from.
    pub base: Option<usize>,
    /// People described in the same words before them.
    pub ordinal: u32,
}
