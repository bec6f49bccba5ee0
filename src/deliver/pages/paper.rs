//! The measures of a page, and what is printed on it.

use super::wrap::PrintedRun;

/// Letters between the left edge of the paper and the text.
pub(crate) const LEFT: usize = 15;

/// Letters between the left edge of the paper and the right end of the text.
pub(crate) const RIGHT: usize = 75;

/// Lines of text on a page.
pub(crate) const ROWS: usize = 54;

/// A printed page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PrintedPage {
    /// What is on it, from top to bottom.
    pub lines: Vec<PrintedLine>,
    /// Its number; the title page has none.
    pub number: Option<usize>,
}

/// Words on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrintedLine {
    /// The line of the page's text, from 0 to 53.
    pub row: usize,
    /// Where it begins, in letters from the left edge of the paper.
    pub column: usize,
    /// Its words.
    pub runs: Vec<PrintedRun>,
}
