//! Blocks: what stands between two empty lines. No rule of the language looks
//! beyond them, so a block that was read before is read again by moving it.
//!
//! Knows texts and places; does not know what an element is.

use std::sync::Arc;

use super::tree::{Element, Tree};
use super::{Dialect, lower, scan, spans};
use crate::diagnostic::Diagnostic;
use crate::memo::Memo;
use crate::source::{SourceId, Span};

/// The blocks that were read before.
#[derive(Debug, Default)]
pub struct Blocks {
    known: Memo<Box<str>, Arc<Block>>,
    dialect: Option<Dialect>,
    /// Those of the last pass, in order.
    laid: Vec<Laid>,
    /// What they became, once its tree was given back.
    elements: Vec<Element>,
}

/// A block, as if its file began with it.
#[derive(Debug)]
struct Block {
    elements: Vec<Element>,
    diagnostics: Vec<Diagnostic>,
}

/// A block where it stands.
#[derive(Debug)]
struct Laid {
    block: Arc<Block>,
    source: SourceId,
    start: u32,
}

impl Laid {
    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.block, &other.block)
    }

    fn stands_at(&self, other: &Self) -> bool {
        (self.source, self.start) == (other.source, other.start)
    }

    /// A place in the block alone, in the file.
    fn place(&self, span: &mut Span) {
        let Self { source, start, .. } = *self;
        *span = Span { source, start: span.start + start, end: span.end + start };
    }

    /// A place in the file where the block stood before, where it stands now.
    fn moved(&self, before: &Self, span: &mut Span) {
        let by = self.start.wrapping_sub(before.start);
        let (start, end) = (span.start.wrapping_add(by), span.end.wrapping_add(by));
        *span = Span { source: self.source, start, end };
    }
}

fn elements_of(blocks: &[Laid]) -> usize {
    blocks.iter().map(|laid| laid.block.elements.len()).sum()
}

impl Blocks {
    /// A pass over a whole script begins.
    pub(super) fn begin(&mut self, dialect: Dialect) {
        if self.dialect.replace(dialect) != Some(dialect) {
            self.known = Memo::default();
        }
        self.known.begin();
    }

    /// Takes back the tree of the last pass: of the next one only what changed
    /// is made anew.
    pub fn give_back(&mut self, tree: Tree) {
        self.elements = tree.elements;
    }

    /// Reads the blocks of a script, each with where it begins.
    pub(super) fn read<'a>(
        &mut self,
        source: SourceId,
        blocks: impl Iterator<Item = (usize, &'a str)>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Element> {
        let mut laid = Vec::with_capacity(self.laid.len() + 1);
        for (start, text) in blocks {
            let block = self.block(source, text);
            laid.push(Laid { block, source, start: start as u32 });
        }
        for at in &laid {
            diagnostics.extend(at.block.diagnostics.iter().cloned().map(|mut diagnostic| {
                spans::of_diagnostic(&mut diagnostic, &mut |span| at.place(span));
                diagnostic
            }));
        }
        let before = std::mem::replace(&mut self.laid, laid);
        let elements = std::mem::take(&mut self.elements);
        if elements.len() == elements_of(&before) {
            moved(elements, &before, &self.laid)
        } else {
            moved(Vec::new(), &[], &self.laid)
        }
    }

    fn block(&mut self, source: SourceId, text: &str) -> Arc<Block> {
        let dialect = self.dialect.unwrap_or(Dialect::Play);
        self.known.get(text).unwrap_or_else(|| {
            let scan = scan::scan_block(text);
            let (elements, diagnostics) = lower::block(&scan, source, dialect);
            let block = Arc::new(Block { elements, diagnostics });
            self.known.keep(text.into(), Arc::clone(&block));
            block
        })
    }
}

/// The elements of blocks, made of those of the blocks before: what stands
/// before the first that changed stays, what stands behind the last is moved.
fn moved(mut elements: Vec<Element>, before: &[Laid], now: &[Laid]) -> Vec<Element> {
    let pairs = before.iter().zip(now);
    let stay = pairs.take_while(|(old, new)| old.is(new) && old.stands_at(new)).count();
    let (before, now) = (&before[stay..], &now[stay..]);
    let pairs = before.iter().rev().zip(now.iter().rev());
    let behind = pairs.take_while(|(old, new)| old.is(new)).count();
    let (gone, behind_before) = before.split_at(before.len() - behind);
    let (new, behind_now) = now.split_at(now.len() - behind);

    let mut at = elements.len() - elements_of(before) + elements_of(gone);
    for (old, new) in behind_before.iter().zip(behind_now) {
        let end = at + new.block.elements.len();
        if !old.stands_at(new) {
            for element in &mut elements[at..end] {
                spans::of_element(element, &mut |span| new.moved(old, span));
            }
        }
        at = end;
    }
    let first = elements.len() - elements_of(before);
    let fresh = new.iter().flat_map(|laid| {
        laid.block.elements.iter().cloned().map(|mut element| {
            spans::of_element(&mut element, &mut |span| laid.place(span));
            element
        })
    });
    elements.splice(first..first + elements_of(gone), fresh);
    elements
}
