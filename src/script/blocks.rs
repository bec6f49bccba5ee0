//! Blocks: what stands between two empty lines. No rule of the language looks
//! beyond them, so a block that was read before is read again by moving it.
//!
//! Knows texts and places; does not know what an element is.

use std::ops::Range;
use std::sync::Arc;

use super::dialect::Dialect;
use super::tree::{Element, Tree};
use super::{lower, scan, spans};
use crate::diagnostic::Diagnostic;
use crate::memo::Memo;
use crate::source::{SourceId, Span};

/// The blocks that were read before.
#[derive(Debug, Default)]
pub struct Blocks {
    known: Memo<Box<str>, Arc<Block>>,
    dialect: Option<Dialect>,
    /// Those of the last pass, in order, and the text they stood in.
    laid: Vec<Laid>,
    text: String,
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
    /// How many elements it has, and whether there is something to say about it.
    elements: usize,
    told: bool,
    source: SourceId,
    range: Range<usize>,
}

impl Laid {
    /// A place in the block alone, in the file.
    fn place(&self, span: &mut Span) {
        let start = self.range.start as u32;
        *span = Span { source: self.source, start: span.start + start, end: span.end + start };
    }

    /// Its elements.
    fn elements(&self) -> impl Iterator<Item = Element> {
        self.block.elements.iter().cloned().map(|mut element| {
            spans::of_element(&mut element, &mut |span| self.place(span));
            element
        })
    }

    /// Goes with its elements to where it stands now.
    fn go(&mut self, source: SourceId, range: Range<usize>, elements: &mut [Element]) {
        if (self.source, self.range.start) != (source, range.start) {
            let by = (range.start as u32).wrapping_sub(self.range.start as u32);
            let moved = |span: &mut Span| {
                let (start, end) = (span.start.wrapping_add(by), span.end.wrapping_add(by));
                *span = Span { source, start, end };
            };
            for element in elements {
                spans::of_element(element, &mut |span| moved(span));
            }
            (self.source, self.range) = (source, range);
        }
    }
}

fn elements_of(blocks: &[Laid]) -> usize {
    blocks.iter().map(|laid| laid.block.elements.len()).sum()
}

impl Blocks {
    /// A pass over a whole script begins.
    pub(super) fn begin(&mut self, dialect: Dialect) {
        if self.dialect.replace(dialect) != Some(dialect) {
            *self = Self { dialect: Some(dialect), ..Self::default() };
        }
        self.known.begin();
    }

    /// Takes back the tree of the last pass: of the next one only what changed
    /// is made anew.
    pub fn recycle(&mut self, tree: Tree) {
        self.elements = tree.elements;
    }

    /// Reads the blocks of a script. Those before the first that changed stay
    /// where they are with their elements, those behind the last are moved.
    pub(super) fn read(
        &mut self,
        source: SourceId,
        text: &str,
        blocks: &[Range<usize>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Element> {
        let mut elements = std::mem::take(&mut self.elements);
        if elements.len() != elements_of(&self.laid) {
            self.laid.clear();
            elements.clear();
        }
        let same = |laid: &Laid, range: &Range<usize>| {
            self.text[laid.range.clone()] == text[range.clone()]
        };
        let stays = |(laid, range): &(&Laid, &Range<usize>)| {
            laid.source == source && laid.range == **range && same(laid, range)
        };
        let front = self.laid.iter().zip(blocks).take_while(stays).count();
        // What stands behind the change moves as one.
        let behind = || self.laid[front..].iter().rev().zip(blocks[front..].iter().rev());
        let by = |(laid, range): (&Laid, &Range<usize>)| range.start.wrapping_sub(laid.range.start);
        let shift = behind().next().map(by);
        let moves =
            |pair: &(&Laid, &Range<usize>)| Some(by(*pair)) == shift && same(pair.0, pair.1);
        let back = behind().take_while(moves).count();
        let (gone, new) = (front..self.laid.len() - back, front..blocks.len() - back);

        let laid: Vec<Laid> =
            blocks[new.clone()].iter().map(|range| self.lay(source, text, range.clone())).collect();
        let first = elements_of(&self.laid[..front]);
        let last = first + elements_of(&self.laid[gone.clone()]);
        elements.splice(first..last, laid.iter().flat_map(Laid::elements));
        let mut at = first + elements_of(&laid);
        self.laid.splice(gone, laid);
        for (laid, range) in self.laid[new.end..].iter_mut().zip(&blocks[new.end..]) {
            let end = at + laid.elements;
            laid.go(source, range.clone(), &mut elements[at..end]);
            at = end;
        }
        for laid in self.laid.iter().filter(|laid| laid.told) {
            diagnostics.extend(laid.block.diagnostics.iter().cloned().map(|mut diagnostic| {
                spans::of_diagnostic(&mut diagnostic, &mut |span| laid.place(span));
                diagnostic
            }));
        }
        self.text.clear();
        self.text.push_str(text);
        elements
    }

    fn lay(&mut self, source: SourceId, text: &str, range: Range<usize>) -> Laid {
        let dialect = self.dialect.unwrap_or(Dialect::Play);
        let words = &text[range.clone()];
        let block = self.known.get(words).unwrap_or_else(|| {
            let scan = scan::scan_block(words);
            let (elements, diagnostics) = lower::block(&scan, source, dialect);
            let block = Arc::new(Block { elements, diagnostics });
            self.known.keep(words, Arc::clone(&block));
            block
        });
        let (elements, told) = (block.elements.len(), !block.diagnostics.is_empty());
        Laid { block, elements, told, source, range }
    }
}
