//! A screenplay in pages, as the industry types it: twelve-point Courier, ten letters to an
//! inch, six lines to an inch, one page to about a minute.
//!
//! The measures are those of Final Draft's template for Letter paper. Knows the tree; does
//! not know any file format. Shot lines are printed as lines of action; what directs the
//! film, sections, synopses and remarks are not printed.

mod layout;
mod paginate;
mod paper;
mod title;
mod wrap;

pub(crate) use self::paper::{PrintedLine, PrintedPage, RIGHT};

pub(crate) use self::title::entry as title_entry;
pub(crate) use self::wrap::{PrintedRun, break_lines};

use self::layout::blocks;
use self::paginate::paginate;
use self::title::title_page;
use crate::script::tree::Tree;

/// The pages of a script: the title page, if it has one, then the text.
pub(crate) fn pages(tree: &Tree) -> Vec<PrintedPage> {
    let mut pages: Vec<PrintedPage> = title_page(tree).into_iter().collect();
    pages.extend(paginate(&blocks(tree)));
    pages
}
