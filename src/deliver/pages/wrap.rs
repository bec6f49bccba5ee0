//! Words in lines of a typewriter.

use std::ops::Range;

use console::measure_text_width;
use unicode_segmentation::UnicodeSegmentation as _;

use crate::script::tree::{Piece, Style, Text};

/// Words of one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrintedRun {
    /// The words.
    pub text: String,
    /// Their style.
    pub style: Style,
}

impl PrintedRun {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: Style::default() }
    }

    /// Its width in letters.
    pub(crate) fn width(&self) -> usize {
        measure_text_width(&self.text)
    }
}

/// How many letters wide some words are.
pub(super) fn width(runs: &[PrintedRun]) -> usize {
    runs.iter().map(PrintedRun::width).sum()
}

/// The lines of a text as its author broke them, without its notes.
pub(super) fn written_lines(text: &Text) -> Vec<Vec<PrintedRun>> {
    let mut lines = vec![Vec::new()];
    let mut after_note = false;
    for piece in &text.pieces {
        let line = lines.last_mut().expect("there is one from the beginning");
        match piece {
            Piece::LineBreak => lines.push(Vec::new()),
            Piece::Note(_) => {
                after_note = true;
                continue;
            }
            Piece::Words { text, style, .. } => {
                let ends_blank = line.last().is_none_or(|run: &PrintedRun| run.text.ends_with(' '));
                let words =
                    if after_note && ends_blank { text.trim_start_matches(' ') } else { text };
                line.push(PrintedRun { text: words.to_owned(), style: *style });
            }
        }
        after_note = false;
    }
    lines
}

/// Breaks words into lines of so many letters. A word that is longer is broken anywhere.
pub(super) fn wrap(runs: &[PrintedRun], most: usize) -> Vec<Vec<PrintedRun>> {
    let text: String = runs.iter().map(|run| run.text.as_str()).collect();
    let lines = break_lines(&text, |line| measure_text_width(line) <= most);
    lines.into_iter().map(|line| slice(runs, &text, line)).collect()
}

/// The lines of a text if a line is as long as `fits` says: they end between words, and
/// anywhere in a word that no line holds. Blanks at their ends are not counted.
pub(crate) fn break_lines(text: &str, fits: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let fits = |range: Range<usize>| fits(text[range].trim_end());
    let (mut lines, mut start, mut end) = (Vec::new(), 0, 0);
    for (next, _) in unicode_linebreak::linebreaks(text) {
        if !fits(start..next) && end > start {
            lines.push(start..end);
            start = end;
        }
        if !fits(start..next) {
            for (at, grapheme) in text[end..next].grapheme_indices(true) {
                let (at, after) = (end + at, end + at + grapheme.len());
                if at > start && !fits(start..after) {
                    lines.push(start..at);
                    start = at;
                }
            }
        }
        end = next;
    }
    if end > start || lines.is_empty() {
        lines.push(start..end);
    }
    lines
}

/// The runs of a part of their text, without the blanks at its end.
fn slice(runs: &[PrintedRun], text: &str, part: Range<usize>) -> Vec<PrintedRun> {
    let part = part.start..part.start + text[part].trim_end().len();
    let mut at = 0;
    let mut slice = Vec::new();
    for run in runs {
        let (from, to) = (part.start.max(at), part.end.min(at + run.text.len()));
        if from < to {
            slice.push(PrintedRun { text: text[from..to].to_owned(), style: run.style });
        }
        at += run.text.len();
    }
    slice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, most: usize) -> Vec<String> {
        let lines = wrap(&[PrintedRun::plain(text)], most);
        let line = |line: Vec<PrintedRun>| line.into_iter().map(|run| run.text).collect();
        lines.into_iter().map(line).collect()
    }

    #[test]
    fn lines_end_between_words_and_long_words_anywhere() {
        let cases: [(&str, usize, &[&str]); 6] = [
            ("", 5, &[""]),
            ("one two three", 7, &["one two", "three"]),
            ("one  two", 4, &["one", "two"]),
            ("abcdefgh ij", 3, &["abc", "def", "gh", "ij"]),
            ("well-known man", 6, &["well-", "known", "man"]),
            ("電影是夢", 4, &["電影", "是夢"]),
        ];
        for (text, most, lines) in cases {
            assert_eq!(wrapped(text, most), lines, "{text}");
        }
    }

    #[test]
    fn styles_stay_with_their_words() {
        let bold = Style { bold: true, ..Style::default() };
        let runs =
            [PrintedRun::plain("a "), PrintedRun { text: "big red".to_owned(), style: bold }];
        let lines = wrap(&runs, 5);
        assert_eq!(
            lines[0],
            [PrintedRun::plain("a "), PrintedRun { text: "big".to_owned(), style: bold }]
        );
        assert_eq!(lines[1], [PrintedRun { text: "red".to_owned(), style: bold }]);
    }
}
