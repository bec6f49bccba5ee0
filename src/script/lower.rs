//! Lines → elements: everything a PEG cannot decide is decided here, namely
//! what stands before and after a line, and the case of its letters.
//!
//! Knows Fountain's rules; does not know what an element means for a film.
//!
//! Three readings hold throughout:
//!
//! * What is not printed (notes, boneyards, sections, synopses) does not count
//!   when a rule asks for a blank line, and our own shot lines need none. A
//!   boneyard on lines of its own leaves an empty line behind: enough for a
//!   heading or a transition, while speech and action go on through it.
//! * What can be no dialogue (`!!`, `!`, `#`, `=`, `>`) ends a speech, and a
//!   line followed by it is no cue.
//! * A line is a cue by its case only if its script has case.

use std::ops::Range;

use super::dialect::Dialect;
use super::grammar::{self, Rule};
use super::notes::Notes;
use super::scan::{Gap, GapKind, LineKind, Scan, SourceLine};
use super::shot::{self, Reader};
use super::text::Builder;
use super::tree::{
    Element, ElementKind, Note, Phrase, ShotLine, SpeechElement, SpeechLine, Text, TitleEntry,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Span, Spanned};

/// What a line looks like by itself.
#[derive(Debug, Clone)]
struct Shape {
    rule: Rule,
    /// From its mark to its last byte that is not blank.
    span: Range<usize>,
    /// Without its marks.
    inner: Range<usize>,
}

impl Shape {
    /// It can be no dialogue.
    fn ends_speech(&self) -> bool {
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

struct Lower<'a> {
    scan: &'a Scan<'a>,
    source: SourceId,
    dialect: Dialect,
    shapes: Vec<Shape>,
    /// For every line, the next that is neither notes nor dropped.
    next: Vec<usize>,
    elements: Vec<Element>,
    diagnostics: Vec<Diagnostic>,
}

/// The title page of a script, and the line after it.
pub(super) fn title_page(
    scan: &Scan<'_>,
    source: SourceId,
    dialect: Dialect,
) -> (Vec<TitleEntry>, usize) {
    Lower::new(scan, source, dialect).title_page()
}

/// The elements of a stretch that begins after an empty line and ends before one.
pub(super) fn block(
    scan: &Scan<'_>,
    source: SourceId,
    dialect: Dialect,
) -> (Vec<Element>, Vec<Diagnostic>) {
    let mut lower = Lower::new(scan, source, dialect);
    lower.shapes = scan.lines.iter().map(|line| lower.shape(line)).collect();
    lower.next = vec![scan.lines.len(); scan.lines.len()];
    for index in (1..scan.lines.len()).rev() {
        lower.next[index - 1] = match scan.lines[index].kind {
            LineKind::Notes | LineKind::Dropped => lower.next[index],
            _ => index,
        };
    }
    lower.body();
    (lower.elements, lower.diagnostics)
}

impl<'a> Lower<'a> {
    fn new(scan: &'a Scan<'a>, source: SourceId, dialect: Dialect) -> Self {
        let (shapes, next) = (Vec::new(), Vec::new());
        let (elements, diagnostics) = (Vec::new(), Vec::new());
        Self { scan, source, dialect, shapes, next, elements, diagnostics }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.source, range.start, range.end)
    }

    /// A stretch without the blanks around it and what stands in its gaps.
    fn spanned(&self, range: Range<usize>) -> Spanned<String> {
        let range = self.scan.trimmed(range);
        Spanned::new(self.scan.words(range.clone()), self.span(range))
    }

    fn bare(&self) -> Reader<'_> {
        Reader { text: &self.scan.bare, source: self.source }
    }

    fn noted(&self) -> Reader<'_> {
        Reader { text: &self.scan.text, source: self.source }
    }

    fn notes(&self) -> Notes<'a> {
        Notes { scan: self.scan, source: self.source, dialect: self.dialect }
    }

    /// What a line looks like by itself.
    fn shape(&self, line: &SourceLine) -> Shape {
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

    // ─── Title page ──────────────────────────────────────────────────────────

    /// The title page, and the line after it. "The first thing in the document";
    /// a colon alone does not make one: `FADE IN:` begins half of all scripts.
    fn title_page(&self) -> (Vec<TitleEntry>, usize) {
        let lines = &self.scan.lines;
        let skipped = |line: &&SourceLine| line.kind != LineKind::Text;
        let first = lines.iter().take_while(skipped).count();
        if lines[..first].iter().any(|line| line.kind == LineKind::Notes)
            || !lines
                .get(first)
                .is_some_and(|line| self.opens_title_page(line, lines.get(first + 1)))
        {
            return (Vec::new(), 0);
        }
        let mut entries: Vec<TitleEntry> = Vec::new();
        let mut at = first;
        while let Some(line) = lines.get(at) {
            match line.kind {
                LineKind::Blank | LineKind::Held => break,
                LineKind::Dropped => {}
                LineKind::Notes | LineKind::Text => {
                    let value = match self.title_key(line) {
                        Some((key, value)) => {
                            entries.push(TitleEntry { key, values: Vec::new() });
                            value
                        }
                        None => line.start..line.end,
                    };
                    let range = self.scan.trimmed(value);
                    if let Some(entry) = entries.last_mut()
                        && !range.is_empty()
                    {
                        let words = self.scan.words(range.clone());
                        entry.values.push(Spanned::new(words, self.span(range)));
                    }
                }
            }
            at += 1;
        }
        (entries, at)
    }

    fn title_key(&self, line: &SourceLine) -> Option<(Spanned<String>, Range<usize>)> {
        let pairs = grammar::read(Rule::title_line, &self.scan.bare[line.start..line.end])?;
        let (start, end) = grammar::range(&grammar::find(&pairs, Rule::title_key)?, line.start);
        Some((self.spanned(start..end), end + 1..line.end))
    }

    fn opens_title_page(&self, line: &SourceLine, next: Option<&SourceLine>) -> bool {
        let Some((key, value)) = self.title_key(line) else { return false };
        let word = key.value.to_uppercase();
        // `FADE IN:` and `SUPER:` open a film, and so does a sentence with a colon.
        if word.ends_with(" TO")
            || word.split_whitespace().count() > 3
            || matches!(
                word.as_str(),
                "FADE IN" | "FADE OUT" | "SUPER" | "TITLE OVER" | "CHYRON" | "BLACK"
            )
            || self.shape(line).rule != Rule::plain
            || self.alone(&self.scan.trimmed(line.start..line.end)) == Rule::natural_heading
        {
            return false;
        }
        let known = matches!(
            word.as_str(),
            "TITLE"
                | "CREDIT"
                | "AUTHOR"
                | "AUTHORS"
                | "SOURCE"
                | "DRAFT DATE"
                | "DATE"
                | "CONTACT"
        );
        let indented = |line: &SourceLine| {
            let text = &self.scan.bare[line.start..line.end];
            line.kind == LineKind::Text && (text.starts_with('\t') || text.starts_with("   "))
        };
        known || !self.scan.trimmed(value).is_empty() || next.is_some_and(indented)
    }

    // ─── Body ────────────────────────────────────────────────────────────────

    fn body(&mut self) {
        let lines = &self.scan.lines;
        // An empty line, or the file's beginning, stands before; with notes,
        // sections and shot lines passed over.
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

    /// Whether the line after this one, notes passed over, is read under it:
    /// then this may be a cue, and cannot be a heading or a transition.
    fn has_text_under(&self, at: usize) -> bool {
        let next = self.next[at];
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    /// Whether a boneyard on lines of its own parts a line from the next.
    fn stands_over_boneyard(&self, at: usize) -> bool {
        self.scan.lines[at + 1..self.next[at]].iter().any(|line| line.kind == LineKind::Dropped)
    }

    /// The element that begins at a line, and the line after it.
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
            Rule::forced_transition => self.transition(&line, &shape, true, next),
            Rule::forced_heading if fresh => self.heading(&line, shape.inner, true, next),
            Rule::forced_cue if fresh => self.speech(at, true),
            Rule::forced_action => self.action(at, true),
            Rule::plain | Rule::parenthetical if fresh => {
                if !self.has_text_under(at) || self.stands_over_boneyard(at) {
                    match self.alone(&shape.span) {
                        Rule::natural_heading => {
                            return self.heading(&line, shape.span, false, next);
                        }
                        Rule::transition if self.is_transition(&line, &shape.span) => {
                            return self.transition(&line, &shape, false, next);
                        }
                        _ => {}
                    }
                }
                if self.has_text_under(at) && self.is_cue(&shape.span) {
                    self.speech(at, false)
                } else {
                    self.action(at, false)
                }
            }
            _ => self.action(at, false),
        }
    }

    /// What a line would be between blank lines.
    fn alone(&self, range: &Range<usize>) -> Rule {
        let text = &self.scan.bare[range.clone()];
        // Every prefix of a heading begins with one of these letters.
        if !text.starts_with(['I', 'i', 'E', 'e']) && !text.ends_with("TO:") {
            return Rule::plain;
        }
        let pairs = grammar::read(Rule::alone, text);
        pairs.and_then(|mut pairs| pairs.next()).map_or(Rule::plain, |pair| pair.as_rule())
    }

    /// "Uppercase"; and a blank after the colon defeats it.
    fn is_transition(&self, line: &SourceLine, range: &Range<usize>) -> bool {
        let tailed = self.scan.gaps_of(line).last().is_some_and(|gap| gap.start >= range.end);
        (tailed || range.end == line.end)
            && !self.scan.bare[range.clone()].chars().any(char::is_lowercase)
    }

    /// "Entirely in uppercase", extensions aside, with a letter that has case:
    /// 小美 and أحمد are cues by `@` only, as the specification advises.
    fn is_cue(&self, range: &Range<usize>) -> bool {
        // A small letter before a bracket is in the name.
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
        forced: bool,
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
        let start = range.start - usize::from(forced);
        let kind = ElementKind::Heading { text: self.spanned(text), number, forced };
        (kind, self.span(start..range.end), next)
    }

    fn transition(
        &mut self,
        line: &SourceLine,
        shape: &Shape,
        forced: bool,
        next: usize,
    ) -> (ElementKind, Span, usize) {
        let (phrases, end) = self.tail(line, &shape.span, &mut None);
        let text = self.spanned(shape.inner.clone());
        let kind = ElementKind::Transition { text, forced, tail: phrases };
        (kind, self.span(shape.span.start..end), next)
    }

    /// The phrases of the note that ends a line, and where the line then ends.
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

    fn shot(&mut self, line: &SourceLine, shape: &Shape) -> ShotLine {
        let mut shot = ShotLine::default();
        self.bare().head_and_phrases(shape.inner.clone(), &mut shot);
        let mut id = shot.id.take();
        let (phrases, end) = self.tail(line, &shape.span, &mut id);
        shot.id = id;
        shot.phrases.extend(phrases);
        shot.span = self.span(shape.span.start..end);
        shot
    }

    /// Adjacent lines of one mark.
    fn group(
        &mut self,
        at: usize,
        rule: Rule,
        make: fn(Text) -> ElementKind,
    ) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let mut builder = Builder::new(scan, self.source, false);
        let (mut next, mut end) = (at, at);
        while let Some(line) = scan.lines.get(next) {
            match line.kind {
                LineKind::Dropped => {}
                LineKind::Text if self.shapes[next].rule == rule => {
                    let inner = self.shapes[next].inner.clone();
                    self.text_line(&mut builder, inner, line, false);
                    end = next;
                }
                _ => break,
            }
            next += 1;
        }
        let span = self.span(self.shapes[at].span.start..self.shapes[end].span.end);
        (make(builder.finish()), span, end + 1)
    }

    /// Adds a line's words, with the notes that stand behind them.
    fn text_line(
        &mut self,
        builder: &mut Builder<'_>,
        range: Range<usize>,
        line: &SourceLine,
        in_speech: bool,
    ) {
        let range = self.with_notes(range, line);
        builder.line(range, &mut |gap| self.note(gap, in_speech));
    }

    /// A stretch, trimmed, but out to the notes at its line's ends.
    fn with_notes(&self, range: Range<usize>, line: &SourceLine) -> Range<usize> {
        let trimmed = self.scan.trimmed(range.clone());
        let notes = || self.scan.gaps_of(line).iter().filter(|gap| gap.kind == GapKind::Note);
        let first = notes().find(|gap| gap.start >= range.start).map(|gap| gap.start);
        let last = notes().next_back().map(|gap| gap.end);
        let start = first.map_or(trimmed.start, |first| first.min(trimmed.start));
        start..last.map_or(trimmed.end, |last| last.max(trimmed.end))
    }

    /// A paragraph, to the next blank line or line that is marked otherwise.
    fn action(&mut self, at: usize, forced: bool) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let mut builder = Builder::new(scan, self.source, true);
        let mut next = at;
        while let Some(line) = scan.lines.get(next) {
            let shape = self.shapes[next].clone();
            match line.kind {
                LineKind::Dropped => {}
                LineKind::Notes if !self.notes().hold_directive(line) => {
                    self.text_line(&mut builder, line.start..line.start, line, false);
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
                    builder.line(range.start..end, &mut |gap| self.note(gap, false));
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

    // ─── Speech ──────────────────────────────────────────────────────────────

    /// Name, extensions and whether it is dual, of a line read as a cue.
    fn cue(&self, range: Range<usize>) -> (Spanned<String>, Vec<Spanned<String>>, bool) {
        let base = range.start;
        let Some(pairs) = grammar::read(Rule::cue, &self.scan.bare[range.clone()]) else {
            return (self.spanned(range), Vec::new(), false);
        };
        let (mut name, mut extensions, mut dual) = (range, Vec::new(), false);
        for pair in pairs.flatten() {
            let (start, end) = grammar::range(&pair, base);
            match pair.as_rule() {
                Rule::cue_name | Rule::odd_name => name = start..end,
                Rule::extension_text => extensions.push(self.spanned(start..end)),
                Rule::dual => dual = true,
                _ => {}
            }
        }
        (self.spanned(name), extensions, dual)
    }

    fn speech(&mut self, at: usize, forced: bool) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let shape = self.shapes[at].clone();
        self.inline_notes(&scan.lines[at]);
        let cue = if forced { shape.inner } else { shape.span.clone() };
        let (name, extensions, dual) = self.cue(cue);
        let mut lines = Vec::new();
        let mut words = Builder::new(scan, self.source, false);
        let mut sung = Builder::new(scan, self.source, false);
        let mut end = shape.span.end;
        let mut next = at + 1;
        while let Some(line) = scan.lines.get(next) {
            let shape = self.shapes[next].clone();
            match line.kind {
                LineKind::Blank => break,
                LineKind::Dropped => {}
                // "Type two spaces on the blank line": it holds what follows.
                LineKind::Held if !self.goes_on(next) => break,
                LineKind::Held => {
                    for builder in [&mut words, &mut sung] {
                        if !builder.is_empty() {
                            builder.line(line.start..line.start, &mut |_| unreachable!());
                        }
                    }
                }
                LineKind::Notes if self.notes().hold_directive(line) && !self.goes_on(next) => {
                    break;
                }
                LineKind::Notes => {
                    let builder = if sung.is_empty() { &mut words } else { &mut sung };
                    self.text_line(builder, line.start..line.start, line, true);
                    end = scan.gaps_of(line).last().map_or(line.end, |gap| gap.end);
                }
                LineKind::Text if shape.ends_speech() => {
                    if shape.rule == Rule::shot_line {
                        self.shot_in_speech(&shape, &name);
                    }
                    break;
                }
                LineKind::Text => {
                    end = self.with_notes(shape.span.clone(), line).end;
                    match shape.rule {
                        Rule::parenthetical => {
                            flush(&mut lines, &mut words, &mut sung);
                            self.notes_beside(&mut words, line, line.start..shape.span.start);
                            flush(&mut lines, &mut words, &mut sung);
                            let inner = self.spanned(shape.inner);
                            lines.push(SpeechLine::Parenthetical(inner));
                            self.notes_beside(&mut words, line, shape.span.end..line.end);
                        }
                        Rule::lyric => {
                            if !words.is_empty() {
                                flush(&mut lines, &mut words, &mut sung);
                            }
                            self.notes_beside(&mut sung, line, line.start..shape.span.start);
                            self.text_line(&mut sung, shape.inner, line, true);
                        }
                        _ => {
                            if !sung.is_empty() {
                                flush(&mut lines, &mut words, &mut sung);
                            }
                            self.text_line(&mut words, line.start..line.end, line, true);
                        }
                    }
                }
            }
            next += 1;
        }
        flush(&mut lines, &mut words, &mut sung);
        let speech = SpeechElement { name, extensions, forced, dual, lines };
        let span = self.span(self.shapes[at].span.start..end);
        (ElementKind::Speech(speech), span, next)
    }

    /// Adds the notes of a part of a line that has nothing else.
    fn notes_beside(&mut self, builder: &mut Builder<'_>, line: &SourceLine, part: Range<usize>) {
        let notes = || {
            let inside = |gap: &&Gap| gap.kind == GapKind::Note && part.contains(&gap.start);
            self.scan.gaps_of(line).iter().filter(inside)
        };
        if let (Some(first), Some(last)) = (notes().next(), notes().next_back()) {
            let range = first.start..last.end;
            builder.line(range, &mut |gap| self.note(gap, true));
        }
    }

    /// Whether a speech goes on after a line that is not text.
    fn goes_on(&self, at: usize) -> bool {
        let mut next = self.next[at];
        while self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Held) {
            next = self.next[next];
        }
        self.scan.lines.get(next).is_some_and(|line| line.kind == LineKind::Text)
            && !self.shapes[next].ends_speech()
    }

    fn shot_in_speech(&mut self, shape: &Shape, name: &Spanned<String>) {
        let inner = self.spanned(shape.inner.clone()).value;
        let before = self.span(shape.span.start..shape.span.start);
        let message =
            format!("other screenplay apps will read this shot as part of {}'s speech", name.value);
        self.diagnostics.push(
            Diagnostic::warning(Code::ShotInSpeech, self.span(shape.span.clone()), message)
                .help(format!(
                    "leave an empty line before `!!`; to cut inside the speech: `[[cut: {inner}]]`"
                ))
                .fix("leave an empty line before it", before, "\n"),
        );
    }

    // ─── Notes ───────────────────────────────────────────────────────────────

    /// Notes alone on their line: each a directive or a remark.
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

    /// A note inside a text.
    fn note(&mut self, gap: usize, in_speech: bool) -> Note {
        let notes = self.notes();
        if in_speech && let Some(cut) = notes.cut(gap) {
            return cut;
        }
        self.diagnostics.extend(notes.objection(gap));
        notes.remark(gap)
    }

    /// The notes of a line that has no place for them.
    fn inline_notes(&mut self, line: &SourceLine) {
        let notes = self.notes();
        self.diagnostics.extend(notes.of(line).filter_map(|gap| notes.objection(gap)));
    }
}

fn flush(lines: &mut Vec<SpeechLine>, words: &mut Builder<'_>, sung: &mut Builder<'_>) {
    if !words.is_empty() {
        lines.push(SpeechLine::Words(words.finish()));
    }
    if !sung.is_empty() {
        lines.push(SpeechLine::Lyrics(sung.finish()));
    }
}
