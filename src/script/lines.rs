//! Classifies each line of a script by its own shape, and reads its notes.
//!
//! Knows single lines and the lines that follow; does not know elements.

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

/// The shape of a line by itself.
#[derive(Debug, Clone)]
pub(super) struct LineShape {
    pub rule: Rule,
    /// From its mark to its last byte that is not blank.
    pub span: Range<usize>,
    /// Without its marks.
    pub inner: Range<usize>,
}

impl LineShape {
    /// It cannot be dialogue.
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

/// Whether a mark at the beginning decides the kind of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Forcing {
    /// The line begins with `.`, `!`, `@` or `>`.
    Forced,
    /// Its shape and its neighbours decide.
    Natural,
}

/// The place of a note: `[[cut: …]]` is a cut only in a speech.
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
    pub shapes: Vec<LineShape>,
    /// For every line, the next line that is neither notes nor a boneyard.
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

    /// A range without the blanks around it and without its gaps.
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

    /// The shape of a line by itself.
    pub(super) fn shape(&self, line: &SourceLine) -> LineShape {
        let span = self.scan.trimmed(line.start..line.end);
        let plain = LineShape { rule: Rule::plain, span: span.clone(), inner: span.clone() };
        let text = &self.scan.bare[span.clone()];
        // Every rule of `line` but `plain` begins with one of these marks and
        // needs more than the mark.
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
        LineShape { rule, span, inner }
    }

    /// Whether the next line, notes skipped, belongs under this one. Then this
    /// line may be a cue, and cannot be a heading or a transition.
    pub(super) fn has_text_under(&self, at: usize) -> bool {
        let next = self.next[at];
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    /// Whether a boneyard on lines of its own separates a line from the next.
    pub(super) fn stands_over_boneyard(&self, at: usize) -> bool {
        self.scan.lines[at + 1..self.next[at]].iter().any(|line| line.kind == LineKind::Dropped)
    }

    /// The kind of the line between empty lines.
    pub(super) fn alone(&self, range: &Range<usize>) -> Rule {
        let text = &self.scan.bare[range.clone()];
        // Every prefix of a heading begins with one of these letters.
        if !text.starts_with(['I', 'i', 'E', 'e']) && !text.ends_with("TO:") {
            return Rule::plain;
        }
        let pairs = grammar::read(Rule::alone, text);
        pairs.and_then(|mut pairs| pairs.next()).map_or(Rule::plain, |pair| pair.as_rule())
    }

    /// Whether a speech continues after a line that is not text.
    pub(super) fn goes_on(&self, at: usize) -> bool {
        let mut next = self.next[at];
        while self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Held) {
            next = self.next[next];
        }
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    /// Adds the words of a line with the notes behind them.
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

    /// A trimmed range, extended to the notes at the ends of its line.
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

    /// The notes of a line whose element cannot hold notes.
    pub(super) fn inline_notes(&mut self, line: &SourceLine) {
        let notes = self.notes();
        self.diagnostics.extend(notes.of(line).filter_map(|gap| notes.objection(gap)));
    }
}
