//! Blocks: what stands between two empty lines. No rule of the language looks
//! beyond them, so a block that was read before is read again by moving it.
//!
//! Knows texts and places; does not know what an element is.

use std::sync::Arc;

use super::tree::Element;
use super::{Dialect, lower, scan, spans};
use crate::diagnostic::Diagnostic;
use crate::memo::Memo;
use crate::source::{SourceId, Span};

/// The blocks that were read before.
#[derive(Debug, Default)]
pub struct Blocks {
    known: Memo<Box<str>, Arc<Block>>,
    dialect: Option<Dialect>,
}

/// A block, as if its file began with it.
#[derive(Debug)]
struct Block {
    elements: Vec<Element>,
    diagnostics: Vec<Diagnostic>,
}

impl Blocks {
    /// A pass over a whole script begins.
    pub(super) fn begin(&mut self, dialect: Dialect) {
        if self.dialect.replace(dialect) != Some(dialect) {
            self.known = Memo::default();
        }
        self.known.begin();
    }

    /// Reads a block that begins at a byte of a file.
    pub(super) fn read(
        &mut self,
        text: &str,
        (source, start): (SourceId, usize),
        elements: &mut Vec<Element>,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let dialect = self.dialect.unwrap_or(Dialect::Play);
        let block = self.known.get(text).unwrap_or_else(|| {
            let scan = scan::scan_block(text);
            let (elements, diagnostics) = lower::block(&scan, source, dialect);
            let block = Arc::new(Block { elements, diagnostics });
            self.known.keep(text.into(), Arc::clone(&block));
            block
        });
        let by = start as u32;
        let mut moved = |span: &mut Span| {
            *span = Span { source, start: span.start + by, end: span.end + by };
        };
        for element in &block.elements {
            let mut element = element.clone();
            spans::of_element(&mut element, &mut moved);
            elements.push(element);
        }
        for diagnostic in &block.diagnostics {
            let mut diagnostic = diagnostic.clone();
            spans::of_diagnostic(&mut diagnostic, &mut moved);
            diagnostics.push(diagnostic);
        }
    }
}
