//! Lines → elements: decides what a PEG cannot, from the lines before and after
//! a line and from the case of its letters.
//!
//! Knows Fountain's rules; does not know what an element means for a film.
//!
//! Three rules hold throughout:
//!
//! * A rule that asks for an empty line skips what is not printed: notes,
//!   boneyards, sections and synopses. Shot lines need no empty line. A boneyard
//!   on lines of its own counts as an empty line for a heading or a transition;
//!   speech and action continue through it.
//! * A line that cannot be dialogue (`!!`, `!`, `#`, `=`, `>`) ends a speech, and
//!   the line before it is not a cue.
//! * A line is a cue by its case only if its script has case.

use std::ops::Range;

use super::dialect::Dialect;
use super::grammar::{self, Rule};
use super::lines::{Forcing, LineReader, LineShape, Within};
use super::scan::{GapKind, LineKind, Scan, SourceLine};
use super::shot;
use super::text::{Builder, Tabs};
use super::tree::{Element, ElementKind, Phrase, ShotLine, Text};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceId, Span, Spanned};

/// Lowers a range that begins after an empty line and ends before one.
pub(super) fn block(
    scan: &Scan<'_>,
    source: SourceId,
    dialect: Dialect,
) -> (Vec<Element>, Vec<Diagnostic>) {
    let mut reader = LineReader::new(scan, source, dialect);
    reader.shapes = scan.lines.iter().map(|line| reader.shape(line)).collect();
    reader.next = vec![scan.lines.len(); scan.lines.len()];
    for index in (1..scan.lines.len()).rev() {
        reader.next[index - 1] = match scan.lines[index].kind {
            LineKind::Notes | LineKind::Dropped => reader.next[index],
            _ => index,
        };
    }
    reader.body();
    (reader.elements, reader.diagnostics)
}

impl LineReader<'_> {
    // ─── Body ────────────────────────────────────────────────────────────────

    fn body(&mut self) {
        let lines = &self.scan.lines;
        // An empty line or the file's beginning is before it, with only notes,
        // sections and shot lines between.
        let mut fresh = true;
        let mut after_blank = true;
        let mut at = 0;
        while at < lines.len() {
            match lines[at].kind {
                LineKind::Blank | LineKind::Held => {
                    (fresh, after_blank) = (true, true);
                    at += 1;
                }
                LineKind::Dropped => {
                    fresh = true;
                    at += 1;
                }
                LineKind::Notes => {
                    self.lone_notes(at, after_blank);
                    after_blank = false;
                    at += 1;
                }
                LineKind::Text => {
                    let rule = self.shapes[at].rule;
                    let (kind, span, next) = self.element(at, fresh);
                    self.elements.push(Element { kind, span, after_blank });
                    fresh = matches!(rule, Rule::shot_line | Rule::section | Rule::synopsis);
                    after_blank = false;
                    at = next;
                }
            }
        }
    }

    /// Lowers the element at a line; returns it with the index of the line
    /// after it.
    fn element(&mut self, at: usize, fresh: bool) -> (ElementKind, Span, usize) {
        let shape = self.shapes[at].clone();
        let line = self.scan.lines[at].clone();
        let span = self.span(shape.span.clone());
        let next = at + 1;
        match shape.rule {
            Rule::page_break => (ElementKind::PageBreak, span, next),
            Rule::shot_line => {
                let shot = self.shot(&line, &shape);
                let span = shot.span;
                (ElementKind::Shot(shot), span, next)
            }
            Rule::section => {
                self.inline_notes(&line);
                let hashes = self.scan.bare[shape.span.clone()].bytes();
                let level = hashes.take_while(|byte| *byte == b'#').count();
                let text = self.spanned(shape.inner);
                (ElementKind::Section { level: level.min(255) as u8, text }, span, next)
            }
            Rule::synopsis => {
                self.inline_notes(&line);
                (ElementKind::Synopsis { text: self.spanned(shape.inner) }, span, next)
            }
            Rule::centered => self.group(at, Rule::centered, |text| ElementKind::Centered { text }),
            Rule::lyric => self.group(at, Rule::lyric, |text| ElementKind::Lyrics { text }),
            Rule::forced_transition => self.transition(&line, &shape, Forcing::Forced, next),
            Rule::forced_heading if fresh => {
                self.heading(&line, shape.inner, Forcing::Forced, next)
            }
            Rule::forced_cue if fresh => self.speech(at, Forcing::Forced),
            Rule::forced_action => self.action(at, Forcing::Forced),
            Rule::plain | Rule::parenthetical if fresh => {
                if !self.has_text_under(at) || self.stands_over_boneyard(at) {
                    match self.alone(&shape.span) {
                        Rule::natural_heading => {
                            return self.heading(&line, shape.span, Forcing::Natural, next);
                        }
                        Rule::transition if self.is_transition(&line, &shape.span) => {
                            return self.transition(&line, &shape, Forcing::Natural, next);
                        }
                        _ => {}
                    }
                }
                if self.has_text_under(at) && self.is_cue(&shape.span) {
                    self.speech(at, Forcing::Natural)
                } else {
                    self.action(at, Forcing::Natural)
                }
            }
            _ => self.action(at, Forcing::Natural),
        }
    }

    /// "Uppercase"; a blank after the colon prevents it.
    fn is_transition(&self, line: &SourceLine, range: &Range<usize>) -> bool {
        let tailed = self.scan.gaps_of(line).last().is_some_and(|gap| gap.start >= range.end);
        (tailed || range.end == line.end)
            && !self.scan.bare[range.clone()].chars().any(char::is_lowercase)
    }

    /// "Entirely in uppercase" without its extensions, with a letter that has
    /// case. 小美 and أحمد are cues only with `@`, as the specification advises.
    fn is_cue(&self, range: &Range<usize>) -> bool {
        // A small letter before a bracket is part of the name.
        let text = &self.scan.bare[range.clone()];
        if text.chars().take_while(|l| !"(（^".contains(*l)).any(char::is_lowercase) {
            return false;
        }
        let (name, ..) = self.cue(range.clone());
        let mut upper = false;
        for letter in name.value.chars() {
            if letter.is_lowercase() {
                return false;
            }
            upper |= letter.is_uppercase();
        }
        upper
    }

    // ─── Elements ────────────────────────────────────────────────────────────

    fn heading(
        &mut self,
        line: &SourceLine,
        range: Range<usize>,
        forcing: Forcing,
        next: usize,
    ) -> (ElementKind, Span, usize) {
        self.inline_notes(line);
        let range = self.scan.trimmed(range);
        let mut text = range.clone();
        let mut number = None;
        if let Some(pairs) = grammar::read(Rule::heading, &self.scan.bare[range.clone()]) {
            if let Some(found) = grammar::find(&pairs, Rule::heading_text) {
                let (start, end) = grammar::range(&found, range.start);
                text = start..end;
            }
            number = grammar::find(&pairs, Rule::number_text).map(|found| {
                let (start, end) = grammar::range(&found, range.start);
                self.spanned(start..end)
            });
        }
        let forced = forcing == Forcing::Forced;
        let start = range.start - usize::from(forced);
        let kind = ElementKind::Heading { text: self.spanned(text), number, forced };
        (kind, self.span(start..range.end), next)
    }

    fn transition(
        &mut self,
        line: &SourceLine,
        shape: &LineShape,
        forcing: Forcing,
        next: usize,
    ) -> (ElementKind, Span, usize) {
        let (phrases, end) = self.tail(line, &shape.span, &mut None);
        let text = self.spanned(shape.inner.clone());
        let forced = forcing == Forcing::Forced;
        let kind = ElementKind::Transition { text, forced, tail: phrases };
        (kind, self.span(shape.span.start..end), next)
    }

    /// The phrases of the note at the end of a line, and the end of the line
    /// before it.
    fn tail(
        &mut self,
        line: &SourceLine,
        span: &Range<usize>,
        id: &mut Option<Spanned<String>>,
    ) -> (Vec<Phrase>, usize) {
        let mut phrases = Vec::new();
        let tail = shot::tail_of(self.scan, line.gaps.clone(), span.start);
        for index in line.gaps.clone() {
            let gap = self.scan.gaps[index];
            if Some(index) == tail {
                self.noted().tail(gap.start + 2..gap.end - 2, &mut phrases, id);
            } else if gap.kind == GapKind::Note {
                let objection = self.notes().objection(index);
                self.diagnostics.extend(objection);
            }
        }
        let end = tail.map_or(span.end, |index| self.scan.gaps[index].end.max(span.end));
        (phrases, end)
    }

    fn shot(&mut self, line: &SourceLine, shape: &LineShape) -> ShotLine {
        let mut shot = ShotLine::default();
        self.bare().head_and_phrases(shape.inner.clone(), &mut shot);
        let mut id = shot.id.take();
        let (phrases, end) = self.tail(line, &shape.span, &mut id);
        shot.id = id;
        shot.phrases.extend(phrases);
        shot.span = self.span(shape.span.start..end);
        shot
    }

    /// Reads adjacent lines with one mark.
    fn group(
        &mut self,
        at: usize,
        rule: Rule,
        make: fn(Text) -> ElementKind,
    ) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let mut builder = Builder::new(scan, self.source, Tabs::Kept);
        let (mut next, mut end) = (at, at);
        while let Some(line) = scan.lines.get(next) {
            match line.kind {
                LineKind::Dropped => {}
                LineKind::Text if self.shapes[next].rule == rule => {
                    let inner = self.shapes[next].inner.clone();
                    self.text_line(&mut builder, inner, line, Within::Other);
                    end = next;
                }
                _ => break,
            }
            next += 1;
        }
        let span = self.span(self.shapes[at].span.start..self.shapes[end].span.end);
        (make(builder.finish()), span, end + 1)
    }

    /// Reads a paragraph up to the next empty line or line with another mark.
    fn action(&mut self, at: usize, forcing: Forcing) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let forced = forcing == Forcing::Forced;
        let mut builder = Builder::new(scan, self.source, Tabs::Expanded);
        let mut next = at;
        while let Some(line) = scan.lines.get(next) {
            let shape = self.shapes[next].clone();
            match line.kind {
                LineKind::Dropped => {}
                LineKind::Notes if !self.notes().hold_directive(line) => {
                    self.text_line(&mut builder, line.start..line.start, line, Within::Other);
                }
                LineKind::Text => {
                    let range = match shape.rule {
                        Rule::forced_action if forced => shape.inner,
                        Rule::plain
                        | Rule::parenthetical
                        | Rule::forced_heading
                        | Rule::forced_cue => line.start..shape.span.end,
                        _ => break,
                    };
                    // Action keeps its indentation.
                    let end = self.with_notes(range.clone(), line).end;
                    builder.line(range.start..end, &mut |gap| self.note(gap, Within::Other));
                }
                _ => break,
            }
            next += 1;
        }
        let text = builder.finish();
        let start = if forced { self.shapes[at].span.start } else { text.span.start as usize };
        let span = self.span(start..text.span.end as usize);
        (ElementKind::Action { text, forced }, span, next)
    }

    // ─── Notes ───────────────────────────────────────────────────────────────

    /// Reads notes alone on their line: each is a directive or a remark.
    fn lone_notes(&mut self, at: usize, after_blank: bool) {
        let notes = self.notes();
        let mut after_blank = after_blank;
        for gap in notes.of(&self.scan.lines[at]) {
            let kind = match notes.directive(gap) {
                Some(directive) => ElementKind::Directive(directive),
                None => {
                    self.diagnostics.extend(notes.objection(gap));
                    ElementKind::Note(notes.remark(gap))
                }
            };
            self.elements.push(Element { kind, span: notes.span(gap), after_blank });
            after_blank = false;
        }
    }
}
