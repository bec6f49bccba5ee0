//! The text of an open document: lines, and columns in the unit of the editor.
//!
//! Knows offsets; does not know the meaning of a script.

use std::ops;

use gen_lsp_types as lsp;
use lsp::{Position, Range, TextDocumentContentChangeEvent};
use memchr::memchr2_iter;

use crate::source::Span;

/// The unit of the columns of a line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Encoding {
    /// In bytes.
    Utf8,
    /// In UTF-16 code units; every editor supports it.
    #[default]
    Utf16,
    /// In characters.
    Utf32,
}

impl Encoding {
    fn width(self, letter: char) -> usize {
        match self {
            Self::Utf8 => letter.len_utf8(),
            Self::Utf16 => letter.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// The number of columns of a text.
    pub(super) fn columns(self, text: &str) -> u32 {
        let columns = match self {
            Self::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            _ => text.chars().map(|letter| self.width(letter)).sum(),
        };
        columns as u32
    }
}

/// A text with the offsets of its lines.
#[derive(Debug, Clone)]
pub(super) struct DocumentText {
    text: String,
    /// Where each line begins.
    starts: Vec<u32>,
    encoding: Encoding,
}

impl DocumentText {
    /// Finds the lines of a text.
    pub(super) fn new(text: String, encoding: Encoding) -> Self {
        let starts = line_starts(&text);
        Self { text, starts, encoding }
    }

    /// The whole text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// The unit of columns.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The number of lines. A text that ends with a line end has an empty last
    /// line.
    pub(super) fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The line of a byte, from 0.
    pub(super) fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= byte) - 1
    }

    /// Where a line begins; the end of the text for lines that are not there.
    pub(super) fn line_start(&self, line: usize) -> usize {
        self.starts.get(line).map_or(self.text.len(), |start| *start as usize)
    }

    /// A line without its end.
    pub(super) fn line(&self, line: usize) -> &str {
        let text = &self.text[self.line_start(line)..self.line_start(line + 1)];
        text.trim_end_matches(['\n', '\r'])
    }

    /// The position of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.line_of(byte);
        let before = &self.text[self.line_start(line)..byte];
        Position { line: line as u32, character: self.encoding.columns(before) }
    }

    /// The range of a span.
    pub(super) fn range(&self, span: Span) -> Range {
        self.range_of(span.start as usize..span.end as usize)
    }

    /// The range of bytes.
    pub(super) fn range_of(&self, range: ops::Range<usize>) -> Range {
        Range { start: self.position(range.start), end: self.position(range.end) }
    }

    /// The byte at a position. A position beyond the end of a line means the
    /// line's end; one inside a character means its first byte.
    pub(super) fn byte(&self, at: Position) -> usize {
        let line = at.line as usize;
        let start = self.line_start(line);
        if line >= self.lines() {
            return self.text.len();
        }
        let mut column = at.character as usize;
        let mut byte = start;
        for letter in self.line(line).chars() {
            let width = self.encoding.width(letter);
            if column < width {
                break;
            }
            column -= width;
            byte += letter.len_utf8();
        }
        byte
    }

    /// The bytes of a range; empty if the range ends before it begins.
    pub(super) fn bytes(&self, range: Range) -> ops::Range<usize> {
        let (start, end) = (self.byte(range.start), self.byte(range.end));
        start..end.max(start)
    }

    /// Applies an edit of the editor.
    pub(super) fn change(&mut self, change: TextDocumentContentChangeEvent) {
        use TextDocumentContentChangeEvent as Event;
        match change {
            Event::TextDocumentContentChangePartial(part) => {
                self.replace(self.bytes(part.range), &part.text);
            }
            Event::TextDocumentContentChangeWholeDocument(whole) => {
                *self = Self::new(whole.text, self.encoding);
            }
        }
    }

    /// Replaces a range of bytes: finds its lines again and moves the later
    /// ones.
    fn replace(&mut self, bytes: ops::Range<usize>, text: &str) {
        // The range may split a `\r\n` at either end.
        let first = self.line_of(bytes.start.saturating_sub(1));
        let behind = self.starts.partition_point(|start| *start as usize <= bytes.end + 1);
        let by = (text.len() as u32).wrapping_sub(bytes.len() as u32);
        for start in &mut self.starts[behind..] {
            *start = start.wrapping_add(by);
        }
        self.text.replace_range(bytes, text);
        let (from, to) = (self.line_start(first), self.line_start(behind));
        let found = line_starts(&self.text[from..to]);
        let inside = found.into_iter().map(|start| start + from as u32);
        let known = self.starts.get(behind).copied();
        self.starts.splice(first..behind, inside.filter(|start| Some(*start) != known));
    }
}

/// The offsets at which lines begin. A line ends with `\n`, `\r` or `\r\n`.
fn line_starts(text: &str) -> Vec<u32> {
    let bytes = text.as_bytes();
    let ends = memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain(ends.map(|at| at as u32 + 1)).collect()
}

#[cfg(test)]
mod tests {
    use lsp::{TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument};
    use proptest::prelude::*;

    use super::*;

    fn at(line: u32, character: u32) -> Position {
        Position { line, character }
    }

    #[test]
    fn columns_are_counted_as_the_editor_counts_them() {
        let text = "é🎬a\r\nb\rc\n";
        let cases = [
            (Encoding::Utf8, [(2, at(0, 2)), (6, at(0, 6)), (9, at(1, 0)), (11, at(2, 0))]),
            (Encoding::Utf16, [(2, at(0, 1)), (6, at(0, 3)), (9, at(1, 0)), (11, at(2, 0))]),
            (Encoding::Utf32, [(2, at(0, 1)), (6, at(0, 2)), (9, at(1, 0)), (11, at(2, 0))]),
        ];
        for (encoding, places) in cases {
            let document = DocumentText::new(text.to_owned(), encoding);
            for (byte, position) in places {
                assert_eq!(document.position(byte), position, "{encoding:?} {byte}");
                assert_eq!(document.byte(position), byte, "{encoding:?} {byte}");
            }
            assert_eq!(document.lines(), 4);
            assert_eq!(document.byte(at(99, 0)), text.len());
            assert_eq!(document.byte(at(1, 99)), 10);
        }
    }

    #[test]
    fn a_position_inside_of_a_character_is_its_beginning() {
        let document = DocumentText::new("🎬".to_owned(), Encoding::Utf16);
        assert_eq!(document.byte(at(0, 1)), 0);
        assert_eq!(document.position(2), at(0, 0));
    }

    /// The expected position of a byte, counted letter by letter.
    fn counted(text: &str, byte: usize, encoding: Encoding) -> Position {
        let (mut line, mut character) = (0, 0);
        let mut letters = text[..byte].chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied().or_else(|| text[byte..].chars().next());
            if letter == '\n' || (letter == '\r' && next != Some('\n')) {
                (line, character) = (line + 1, 0);
            } else {
                character += encoding.width(letter) as u32;
            }
        }
        Position { line, character }
    }

    /// A boundary between two letters, never between `\r` and `\n`.
    fn between(text: &str, part: f64) -> usize {
        let mut byte = (part * text.len() as f64) as usize;
        while !text.is_char_boundary(byte)
            || (text[..byte].ends_with('\r') && text[byte..].starts_with('\n'))
        {
            byte -= 1;
        }
        byte
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// `PROPTEST_CASES=100000` runs more cases.
        #[test]
        fn edits_make_the_text_that_a_string_would_be(
            text in "[a-zé🎬\\r\\n\u{301}]{0,40}",
            edits in prop::collection::vec((0.0..1.0, 0.0..1.0, "[aé🎬\\r\\n]{0,5}"), 0..20),
            encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16, Encoding::Utf32]),
        ) {
            let mut document = DocumentText::new(text.clone(), encoding);
            let mut wanted = text;
            for (one, other, with) in edits {
                let (one, other) = (between(&wanted, one), between(&wanted, other));
                let (start, end) = (one.min(other), one.max(other));
                let mut part = TextDocumentContentChangePartial::default();
                part.range.start = counted(&wanted, start, encoding);
                part.range.end = counted(&wanted, end, encoding);
                part.text.clone_from(&with);
                prop_assert_eq!(document.range_of(start..end), part.range);
                wanted.replace_range(start..end, &with);
                document.change(part.into());
                prop_assert_eq!(document.as_str(), &wanted);
            }
        }
    }

    #[test]
    fn what_is_typed_is_there() {
        let mut document = DocumentText::new("EXT. ROAD\n\nA fox.".to_owned(), Encoding::Utf16);
        let typed = |start, end, text: &str| {
            let range = Range { start, end };
            let mut part = TextDocumentContentChangePartial::default();
            (part.range, part.text) = (range, text.to_owned());
            TextDocumentContentChangeEvent::from(part)
        };
        document.change(typed(at(0, 5), at(0, 9), "FOREST - DAY"));
        document.change(typed(at(2, 6), at(2, 6), "\nIt runs."));
        assert_eq!(document.as_str(), "EXT. FOREST - DAY\n\nA fox.\nIt runs.");
        assert_eq!(document.line(3), "It runs.");
        // A range that ends before it begins deletes nothing.
        document.change(typed(at(3, 8), at(3, 0), "!"));
        assert_eq!(document.line(3), "It runs.!");
        let whole = TextDocumentContentChangeWholeDocument { text: "x".to_owned() };
        document.change(whole.into());
        assert_eq!((document.as_str(), document.lines()), ("x", 1));
    }
}
