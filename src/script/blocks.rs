//! Blocks: the text between two empty lines. No rule of the language looks beyond
//! them, so the parser reads a known block again by moving its spans.
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

/// The blocks of earlier passes.
#[derive(Debug, Default)]
pub(crate) struct Blocks {
    known: Memo<Box<str>, Arc<Block>>,
    dialect: Option<Dialect>,
    /// The blocks of the last pass, in order, and its text.
    placed: Vec<PlacedBlock>,
    text: String,
    /// The elements of the last pass, if [`Self::recycle`] has them.
    elements: Vec<Element>,
}

/// A block with spans from its own start.
#[derive(Debug)]
struct Block {
    elements: Vec<Element>,
    diagnostics: Vec<Diagnostic>,
}

/// A block at its place in a file.
#[derive(Debug)]
struct PlacedBlock {
    block: Arc<Block>,
    /// The number of its elements.
    elements: usize,
    has_diagnostics: bool,
    source: SourceId,
    range: Range<usize>,
}

impl PlacedBlock {
    /// Moves a span from the block to the file.
    fn move_into_file(&self, span: &mut Span) {
        let start = self.range.start as u32;
        *span = Span { source: self.source, start: span.start + start, end: span.end + start };
    }

    /// Its elements, with their spans in the file.
    fn elements(&self) -> impl Iterator<Item = Element> {
        self.block.elements.iter().cloned().map(|mut element| {
            spans::of_element(&mut element, &mut |span| self.move_into_file(span));
            element
        })
    }

    /// Moves the block and its elements to another place.
    fn move_to(&mut self, source: SourceId, range: Range<usize>, elements: &mut [Element]) {
        if (self.source, self.range.start) != (source, range.start) {
            let (start, to) = (self.range.start as u32, Span::new(source, range.start, range.end));
            for element in elements {
                spans::of_element(element, &mut |span| *span = span.moved(start, to));
            }
            (self.source, self.range) = (source, range);
        }
    }
}

fn elements_of(blocks: &[PlacedBlock]) -> usize {
    blocks.iter().map(|placed| placed.block.elements.len()).sum()
}

impl Blocks {
    /// Begins a pass over a whole script.
    pub(super) fn begin(&mut self, dialect: Dialect) {
        if self.dialect.replace(dialect) != Some(dialect) {
            *self = Self { dialect: Some(dialect), ..Self::default() };
        }
        self.known.begin();
    }

    /// Takes back the tree of the last pass, so that the next pass creates only the
    /// changed elements.
    pub(crate) fn recycle(&mut self, tree: Tree) {
        self.elements = tree.elements;
    }

    /// Reads the blocks of a script. Elements before the first changed block stay as
    /// they are; those behind the last one move.
    pub(super) fn read(
        &mut self,
        source: SourceId,
        text: &str,
        blocks: &[Range<usize>],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Element> {
        let mut elements = std::mem::take(&mut self.elements);
        if elements.len() != elements_of(&self.placed) {
            self.placed.clear();
            elements.clear();
        }
        let same = |placed: &PlacedBlock, range: &Range<usize>| {
            self.text[placed.range.clone()] == text[range.clone()]
        };
        let stays = |(placed, range): &(&PlacedBlock, &Range<usize>)| {
            placed.source == source && placed.range == **range && same(placed, range)
        };
        let front = self.placed.iter().zip(blocks).take_while(stays).count();
        // All blocks behind the change move by the same distance.
        let behind = || self.placed[front..].iter().rev().zip(blocks[front..].iter().rev());
        let by = |(placed, range): (&PlacedBlock, &Range<usize>)| {
            range.start.wrapping_sub(placed.range.start)
        };
        let shift = behind().next().map(by);
        let moves =
            |pair: &(&PlacedBlock, &Range<usize>)| Some(by(*pair)) == shift && same(pair.0, pair.1);
        let back = behind().take_while(moves).count();
        let (gone, new) = (front..self.placed.len() - back, front..blocks.len() - back);

        let placed: Vec<PlacedBlock> = blocks[new.clone()]
            .iter()
            .map(|range| self.place_block(source, text, range.clone()))
            .collect();
        let first = elements_of(&self.placed[..front]);
        let last = first + elements_of(&self.placed[gone.clone()]);
        elements.splice(first..last, placed.iter().flat_map(PlacedBlock::elements));
        let mut at = first + elements_of(&placed);
        self.placed.splice(gone, placed);
        for (placed, range) in self.placed[new.end..].iter_mut().zip(&blocks[new.end..]) {
            let end = at + placed.elements;
            placed.move_to(source, range.clone(), &mut elements[at..end]);
            at = end;
        }
        for placed in self.placed.iter().filter(|placed| placed.has_diagnostics) {
            diagnostics.extend(placed.block.diagnostics.iter().cloned().map(|mut diagnostic| {
                spans::of_diagnostic(&mut diagnostic, &mut |span| placed.move_into_file(span));
                diagnostic
            }));
        }
        self.text.clear();
        self.text.push_str(text);
        elements
    }

    fn place_block(&mut self, source: SourceId, text: &str, range: Range<usize>) -> PlacedBlock {
        let dialect = self.dialect.unwrap_or(Dialect::Play);
        let words = &text[range.clone()];
        let block = self.known.get(words).unwrap_or_else(|| {
            let scan = scan::scan_block(words);
            let (elements, diagnostics) = lower::block(&scan, source, dialect);
            let block = Arc::new(Block { elements, diagnostics });
            self.known.keep(words, Arc::clone(&block));
            block
        });
        let (elements, has_diagnostics) = (block.elements.len(), !block.diagnostics.is_empty());
        PlacedBlock { block, elements, has_diagnostics, source, range }
    }
}
