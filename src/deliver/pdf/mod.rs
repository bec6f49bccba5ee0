//! PDF documents: the screenplay in pages, and the storyboard.
//!
//! Fonts are embedded, each with the letters that it sets; a letter that a document's own
//! font lacks is set in the fonts of cards, or in one of this machine. Knows paper; does not
//! know how pages are laid out.

mod fonts;

pub(crate) mod boards;
pub(crate) mod screenplay;

use std::collections::BTreeSet;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PdfDocument {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages it has.
    pub pages: usize,
    /// The letters that no font of this machine has: they are missing.
    pub lacking: BTreeSet<char>,
}

impl PdfDocument {
    /// What to say of the letters that no font has, if there are any.
    pub(crate) fn missing_letters(&self) -> Option<String> {
        let letters: String = self.lacking.iter().collect();
        let note = || format!("no font of this machine has {letters}: the PDF lacks these");
        (!letters.is_empty()).then(note)
    }
}

/// The document cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the PDF cannot be written: {0}")]
pub struct PdfError(String);

impl From<krilla::error::KrillaError> for PdfError {
    fn from(error: krilla::error::KrillaError) -> Self {
        Self(error.to_string())
    }
}

/// Points of an inch.
const INCH: f32 = 72.0;
