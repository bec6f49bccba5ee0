//! Parses speeches: a cue, and the spoken, sung and parenthetical lines under
//! it.
//!
//! Knows where a speech ends; does not know the speaker.

use std::ops::Range;

use super::grammar::{self, Rule};
use super::lines::{Forcing, LineReader, LineShape, Within};
use super::scan::{Gap, GapKind, LineKind, SourceLine};
use super::text::{Builder, Tabs};
use super::tree::{ElementKind, SpeechElement, SpeechLine};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

/// The lines of a speech so far. At most one of the two texts is open.
struct SpeechBuilder<'a> {
    words: Builder<'a>,
    sung: Builder<'a>,
    lines: Vec<SpeechLine>,
}

impl<'a> SpeechBuilder<'a> {
    fn new(reader: &LineReader<'a>) -> Self {
        let text = || Builder::new(reader.scan, reader.source, Tabs::Kept);
        Self { words: text(), sung: text(), lines: Vec::new() }
    }

    /// Adds an empty line to the open text.
    fn empty_line(&mut self, line: &SourceLine) {
        for builder in [&mut self.words, &mut self.sung] {
            if !builder.is_empty() {
                builder.line(line.start..line.start, &mut |_| unreachable!("it has no notes"));
            }
        }
    }

    /// Closes the open text.
    fn flush(&mut self) {
        if !self.words.is_empty() {
            self.lines.push(SpeechLine::Words(self.words.finish()));
        }
        if !self.sung.is_empty() {
            self.lines.push(SpeechLine::Lyrics(self.sung.finish()));
        }
    }

    fn finish(mut self) -> Vec<SpeechLine> {
        self.flush();
        self.lines
    }
}

impl LineReader<'_> {
    /// The name and extensions of a cue, and whether it is dual.
    pub(super) fn cue(&self, range: Range<usize>) -> (Spanned<String>, Vec<Spanned<String>>, bool) {
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

    /// Parses the speech whose cue is at a line; returns the index of the line
    /// after it.
    pub(super) fn speech(&mut self, at: usize, forcing: Forcing) -> (ElementKind, Span, usize) {
        let scan = self.scan;
        let shape = self.shapes[at].clone();
        self.inline_notes(&scan.lines[at]);
        let cue = if forcing == Forcing::Forced { shape.inner } else { shape.span.clone() };
        let (name, extensions, dual) = self.cue(cue);
        let mut builder = SpeechBuilder::new(self);
        let mut end = shape.span.end;
        let mut next = at + 1;
        while let Some(line) = scan.lines.get(next) {
            match line.kind {
                LineKind::Blank => break,
                LineKind::Dropped => {}
                // "Type two spaces on the blank line": the speech continues.
                LineKind::Held if !self.goes_on(next) => break,
                LineKind::Held => builder.empty_line(line),
                LineKind::Notes if self.notes().hold_directive(line) && !self.goes_on(next) => {
                    break;
                }
                LineKind::Notes => {
                    let builder = if builder.sung.is_empty() {
                        &mut builder.words
                    } else {
                        &mut builder.sung
                    };
                    self.text_line(builder, line.start..line.start, line, Within::Speech);
                    end = scan.gaps_of(line).last().map_or(line.end, |gap| gap.end);
                }
                LineKind::Text if self.shapes[next].ends_speech() => {
                    if self.shapes[next].rule == Rule::shot_line {
                        self.shot_in_speech(&self.shapes[next].clone(), &name);
                    }
                    break;
                }
                LineKind::Text => end = self.speech_line(next, &mut builder),
            }
            next += 1;
        }
        let forced = forcing == Forcing::Forced;
        let speech = SpeechElement { name, extensions, forced, dual, lines: builder.finish() };
        let span = self.span(self.shapes[at].span.start..end);
        (ElementKind::Speech(speech), span, next)
    }

    /// Adds a line under a cue; returns its end.
    fn speech_line(&mut self, at: usize, builder: &mut SpeechBuilder<'_>) -> usize {
        let line = &self.scan.lines[at];
        let shape = self.shapes[at].clone();
        let end = self.with_notes(shape.span.clone(), line).end;
        match shape.rule {
            Rule::parenthetical => {
                builder.flush();
                self.notes_beside(&mut builder.words, line, line.start..shape.span.start);
                builder.flush();
                builder.lines.push(SpeechLine::Parenthetical(self.spanned(shape.inner)));
                self.notes_beside(&mut builder.words, line, shape.span.end..line.end);
            }
            Rule::lyric => {
                if !builder.words.is_empty() {
                    builder.flush();
                }
                self.notes_beside(&mut builder.sung, line, line.start..shape.span.start);
                self.text_line(&mut builder.sung, shape.inner, line, Within::Speech);
            }
            _ => {
                if !builder.sung.is_empty() {
                    builder.flush();
                }
                self.text_line(&mut builder.words, line.start..line.end, line, Within::Speech);
            }
        }
        end
    }

    /// Adds the notes of a part of a line without other text.
    fn notes_beside(&mut self, builder: &mut Builder<'_>, line: &SourceLine, part: Range<usize>) {
        let notes = || {
            let inside = |gap: &&Gap| gap.kind == GapKind::Note && part.contains(&gap.start);
            self.scan.gaps_of(line).iter().filter(inside)
        };
        if let (Some(first), Some(last)) = (notes().next(), notes().next_back()) {
            let range = first.start..last.end;
            builder.line(range, &mut |gap| self.note(gap, Within::Speech));
        }
    }

    fn shot_in_speech(&mut self, shape: &LineShape, name: &Spanned<String>) {
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
}
