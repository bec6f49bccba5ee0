//! Splits a script into boneyards, notes and lines, before a line can be
//! parsed.
//!
//! A boneyard "is ignored completely" and a note "is removed from output"; both
//! may begin and end anywhere. The scan replaces them with spaces of the same
//! length, so that offsets stay those of the file. Does not know the meaning of
//! a line.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memmem::find;
use memchr::{memchr2, memchr2_iter};

/// A script split into its parts.
pub(super) struct Scan<'a> {
    /// The text as read.
    pub raw: &'a str,
    /// The text with boneyards blanked.
    pub text: Cow<'a, str>,
    /// The text with boneyards and notes blanked.
    pub bare: Cow<'a, str>,
    /// Boneyards and notes by position; leaves out boneyards inside notes.
    pub gaps: Vec<Gap>,
    /// The lines; a note of several lines is part of one.
    pub lines: Vec<SourceLine>,
    /// The starts of boneyards and notes that never end, by position.
    pub unclosed: Vec<(usize, GapKind)>,
}

/// A range that is not part of its line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Gap {
    pub start: usize,
    pub end: usize,
    pub kind: GapKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GapKind {
    Note,
    Boneyard,
}

/// A line, without its end.
#[derive(Debug, Clone)]
pub(super) struct SourceLine {
    pub start: usize,
    pub end: usize,
    /// The indexes of its gaps.
    pub gaps: Range<usize>,
    pub kind: LineKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineKind {
    /// An empty line.
    Blank,
    /// Two or more spaces: an empty line that does not end a speech or a note.
    Held,
    /// Only a boneyard: the parser skips it.
    Dropped,
    /// Only notes.
    Notes,
    /// Anything else.
    Text,
}

impl Scan<'_> {
    /// The gaps of a line.
    pub(super) fn gaps_of(&self, line: &SourceLine) -> &[Gap] {
        &self.gaps[line.gaps.clone()]
    }

    /// The gaps that begin in a range.
    pub(super) fn gaps_in(&self, range: &Range<usize>) -> &[Gap] {
        let from = self.gaps.partition_point(|gap| gap.start < range.start);
        let to = self.gaps.partition_point(|gap| gap.start < range.end);
        &self.gaps[from..to]
    }

    /// A range without the blanks around it.
    pub(super) fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.bare[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        start..(range.start + text.trim_end().len()).max(start)
    }

    /// The same in the text with notes.
    pub(super) fn trimmed_text(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.text[range.clone()];
        let start = range.start + (text.len() - text.trim_start().len());
        start..(range.start + text.trim_end().len()).max(start)
    }

    /// The words of a range without its gaps.
    pub(super) fn words(&self, range: Range<usize>) -> String {
        let mut words = String::with_capacity(range.len());
        let mut at = range.start;
        for gap in self.gaps_in(&range) {
            words.push_str(&self.bare[at..gap.start]);
            at = gap.end.min(range.end);
        }
        words.push_str(&self.bare[at..range.end]);
        words
    }
}

/// Bytes of a line with its empty lines, a little fewer than in most scripts:
/// one allocation then holds all lines.
const USUAL_LINE: usize = 24;

/// Whether a blank line continues a speech or a note: "type two spaces on the
/// blank line".
fn holds(blanks: &str) -> bool {
    blanks.bytes().filter(|byte| *byte == b' ').count() >= 2
}

/// Splits a script.
pub(super) fn scan(raw: &str) -> Scan<'_> {
    scan_from(raw, if raw.starts_with('\u{feff}') { 3 } else { 0 })
}

/// Splits a part of a script; no note or boneyard crosses its ends.
pub(super) fn scan_block(raw: &str) -> Scan<'_> {
    scan_from(raw, 0)
}

fn scan_from(raw: &str, start: usize) -> Scan<'_> {
    let mut unclosed = Vec::new();
    let boneyards = find_boneyards(raw, &mut unclosed);
    let text = blank(Cow::Borrowed(raw), &boneyards);
    let notes = find_notes(&text, &mut unclosed);
    let bare = blank(text.clone(), &notes);
    unclosed.sort_unstable_by_key(|(at, _)| *at);

    let mut gaps = notes;
    let in_a_note = |at: usize, notes: &[Gap]| {
        let next = notes.partition_point(|gap| gap.end <= at);
        notes.get(next).is_some_and(|gap| gap.start <= at)
    };
    let loose: Vec<Gap> =
        boneyards.into_iter().filter(|gap| !in_a_note(gap.start, &gaps)).collect();
    gaps.extend(loose);
    gaps.sort_unstable_by_key(|gap| gap.start);

    let lines = split_lines(&bare, &gaps, start);
    Scan { raw, text, bare, gaps, lines, unclosed }
}

fn find_boneyards(raw: &str, unclosed: &mut Vec<(usize, GapKind)>) -> Vec<Gap> {
    let bytes = raw.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = find(&bytes[at..], b"/*").map(|offset| at + offset) {
        let end = find(&bytes[start + 2..], b"*/").map(|offset| start + 2 + offset + 2);
        let Some(end) = end else {
            unclosed.push((start, GapKind::Boneyard));
            break;
        };
        found.push(Gap { start, end, kind: GapKind::Boneyard });
        at = end;
    }
    found
}

/// A note ends at `]]`. An empty line, another `[[` or the end of the file
/// before it makes the `[[` ordinary text.
fn find_notes(text: &str, unclosed: &mut Vec<(usize, GapKind)>) -> Vec<Gap> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        if open.is_none() {
            // Other marks mean nothing outside a note.
            let Some(next) = find(&bytes[at..], b"[[") else { break };
            at += next;
        }
        match (bytes[at], bytes.get(at + 1)) {
            (b'[', Some(b'[')) => {
                if let Some(start) = open.replace(at) {
                    unclosed.push((start, GapKind::Note));
                }
                at += 2;
            }
            (b']', Some(b']')) => {
                if let Some(start) = open.take() {
                    found.push(Gap { start, end: at + 2, kind: GapKind::Note });
                }
                at += 2;
            }
            (b'\n' | b'\r', next) => {
                at += if bytes[at] == b'\r' && next == Some(&b'\n') { 2 } else { 1 };
                let end = line_end(bytes, at);
                let line = &text[at..end];
                if line.trim().is_empty() && !holds(line) {
                    if let Some(start) = open.take() {
                        unclosed.push((start, GapKind::Note));
                    }
                    at = end;
                }
            }
            _ => at += 1,
        }
    }
    unclosed.extend(open.map(|start| (start, GapKind::Note)));
    found
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
}

/// Overwrites gaps with spaces.
fn blank<'a>(text: Cow<'a, str>, gaps: &[Gap]) -> Cow<'a, str> {
    if gaps.is_empty() {
        return text;
    }
    let mut bytes = text.into_owned().into_bytes();
    for gap in gaps {
        bytes[gap.start..gap.end].fill(b' ');
    }
    Cow::Owned(String::from_utf8(bytes).expect("gaps begin and end at ASCII marks"))
}

fn split_lines(bare: &str, gaps: &[Gap], mut start: usize) -> Vec<SourceLine> {
    let bytes = bare.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / USUAL_LINE);
    let mut gap = 0;
    for end in memchr2_iter(b'\n', b'\r', bytes).chain([bytes.len()]) {
        // The second half of a line end, or of nothing.
        if end < start || start == bytes.len() {
            continue;
        }
        let first = gap;
        while gaps.get(gap).is_some_and(|gap| gap.start < end) {
            gap += 1;
        }
        let text = &bare[start..end];
        let inside = &gaps[first..gap];
        let shows = text.bytes().any(|byte| byte.is_ascii_graphic()) || !text.trim().is_empty();
        let kind = if shows {
            LineKind::Text
        } else if inside.iter().any(|gap| gap.kind == GapKind::Note) {
            LineKind::Notes
        } else if !inside.is_empty() {
            LineKind::Dropped
        } else if holds(text) {
            LineKind::Held
        } else {
            LineKind::Blank
        };
        lines.push(SourceLine { start, end, gaps: first..gap, kind });
        start = end + if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
    }
    lines
}
