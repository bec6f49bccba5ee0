//! The lines of a script, each with what it looks like by itself, and the notes
//! that stand in them.
//!
//! Knows single lines and what follows them; does not know what elements they
//! make up.

use std::ops::Range;

use super::dialect::Dialect;
use super::grammar::{self, Rule};
use super::notes::Notes;
use super::scan::{GapKind, LineKind, Scan, SourceLine};
use super::shot::Reader;
use super::text::Builder;
use super::tree::{Element, Note};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span, Spanned};

/// What a line looks like by itself.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub rule: Rule,
    /// From its mark to its last byte that is not blank.
    pub span: Range<usize>,
    /// Without its marks.
    pub inner: Range<usize>,
}

impl Shape {
    /// It can be no dialogue.
    pub(super) fn ends_speech(&self) -> bool {
        matches!(
            self.rule,
            Rule::shot_line
                | Rule::forced_action
                | Rule::section
                | Rule::synopsis
                | Rule::page_break
                | Rule::centered
                | Rule::forced_transition
        )
    }
}

/// Whether a mark at its beginning makes a line what it is, or its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forcing {
    /// `.`, `!`, `@` or `>` stands before it.
    Forced,
    /// Its shape and its neighbours decide.
    Natural,
}

/// Where a note stands: `[[cut: …]]` is a cut in a speech only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// Under a cue.
    Speech,
    /// Anywhere else.
    Other,
}

/// Reads a script line by line.
pub(super) struct LineReader<'a> {
    pub scan: &'a Scan<'a>,
    pub source: SourceId,
    pub dialect: Dialect,
    pub shapes: Vec<Shape>,
    /// For every line, the next that is neither notes nor dropped.
    pub next: Vec<usize>,
    pub elements: Vec<Element>,
    pub diagnostics: Vec<Diagnostic>,
}

impl<'a> LineReader<'a> {
    pub(super) fn new(scan: &'a Scan<'a>, source: SourceId, dialect: Dialect) -> Self {
        let (shapes, next) = (Vec::new(), Vec::new());
        let (elements, diagnostics) = (Vec::new(), Vec::new());
        Self { scan, source, dialect, shapes, next, elements, diagnostics }
    }

    pub(super) fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    /// A stretch without the blanks around it and what stands in its gaps.
    pub(super) fn spanned(&self, range: Range<usize>) -> Spanned<String> {
        let range = self.scan.trimmed(range);
        Spanned::new(self.scan.words(range.clone()), self.span(range))
    }

    pub(super) fn bare(&self) -> Reader<'_> {
        Reader { text: &self.scan.bare, source: self.source }
    }

    pub(super) fn noted(&self) -> Reader<'_> {
        Reader { text: &self.scan.text, source: self.source }
    }

    pub(super) fn notes(&self) -> Notes<'a> {
        Notes { scan: self.scan, source: self.source, dialect: self.dialect }
    }

    /// What a line looks like by itself.
    pub(super) fn shape(&self, line: &SourceLine) -> Shape {
        let span = self.scan.trimmed(line.start..line.end);
        let plain = Shape { rule: Rule::plain, span: span.clone(), inner: span.clone() };
        let text = &self.scan.bare[span.clone()];
        // Every rule of `line` but `plain` begins with one of these marks, and
        // a mark alone is none.
        if text.len() < 2 || !text.starts_with(['=', '!', '！', '~', '#', '>', '.', '@', '(', '（'])
        {
            return plain;
        }
        let pair = grammar::read(Rule::line, text).and_then(|mut pairs| pairs.next());
        let Some(pair) = pair else { return plain };
        let rule = pair.as_rule();
        let inner = pair.into_inner().find(|pair| pair.as_rule() != Rule::hashes);
        let inner = inner.map_or(span.start..span.end, |pair| {
            let (start, end) = grammar::range(&pair, span.start);
            start..end
        });
        Shape { rule, span, inner }
    }

    /// Whether the line after this one, notes passed over, is read under it:
    /// then this may be a cue, and cannot be a heading or a transition.
    pub(super) fn has_text_under(&self, at: usize) -> bool {
        let next = self.next[at];
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    /// Whether a boneyard on lines of its own parts a line from the next.
    pub(super) fn stands_over_boneyard(&self, at: usize) -> bool {
        self.scan.lines[at + 1..self.next[at]].iter().any(|line| line.kind == LineKind::Dropped)
    }

    /// What a line would be between blank lines.
    pub(super) fn alone(&self, range: &Range<usize>) -> Rule {
        let text = &self.scan.bare[range.clone()];
        // Every prefix of a heading begins with one of these letters.
        if !text.starts_with(['I', 'i', 'E', 'e']) && !text.ends_with("TO:") {
            return Rule::plain;
        }
        let pairs = grammar::read(Rule::alone, text);
        pairs.and_then(|mut pairs| pairs.next()).map_or(Rule::plain, |pair| pair.as_rule())
    }

    /// Whether a speech goes on after a line that is not text.
    pub(super) fn goes_on(&self, at: usize) -> bool {
        let mut next = self.next[at];
        while self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Held) {
            next = self.next[next];
        }
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    /// Adds a line's words, with the notes that stand behind them.
    pub(super) fn text_line(
        &mut self,
        builder: &mut Builder<'_>,
        range: Range<usize>,
        line: &SourceLine,
        within: Within,
    ) {
        let range = self.with_notes(range, line);
        builder.line(range, &mut |gap| self.note(gap, within));
    }

    /// A stretch, trimmed, but out to the notes at its line's ends.
    pub(super) fn with_notes(&self, range: Range<usize>, line: &SourceLine) -> Range<usize> {
        let trimmed = self.scan.trimmed(range.clone());
        let notes = || self.scan.gaps_of(line).iter().filter(|gap| gap.kind == GapKind::Note);
        let first = notes().find(|gap| gap.start >= range.start).map(|gap| gap.start);
        let last = notes().next_back().map(|gap| gap.end);
        let start = first.map_or(trimmed.start, |first| first.min(trimmed.start));
        start..last.map_or(trimmed.end, |last| last.max(trimmed.end))
    }

    /// A note inside a text.
    pub(super) fn note(&mut self, gap: usize, within: Within) -> Note {
        let notes = self.notes();
        if within == Within::Speech
            && let Some(cut) = notes.cut(gap)
        {
            return cut;
        }
        self.diagnostics.extend(notes.objection(gap));
        notes.remark(gap)
    }

    /// The notes of a line that has no place for them.
    pub(super) fn inline_notes(&mut self, line: &SourceLine) {
        let notes = self.notes();
        self.diagnostics.extend(notes.of(line).filter_map(|gap| notes.objection(gap)));
    }
}
