//! Words of a text: tokens, and names in the form that compares them.
//!
//! Knows letters; does not know what any word means.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization as _;

use crate::script::tree::{Note, Piece, Text};
use crate::source::quotes::is_quote;
use crate::source::{Span, Spanned};

/// A word, or a mark (`:` or a dash that stands alone).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// In small letters, quotes straight; `:` or `-` for marks.
    pub word: String,
    /// Byte range in the text.
    pub range: Range<usize>,
}

impl Token {
    /// Whether it is a colon or a dash.
    pub fn is_mark(&self) -> bool {
        self.word == ":" || self.is_dash()
    }

    /// Whether it is a dash that stands alone.
    pub fn is_dash(&self) -> bool {
        self.word == "-"
    }
}

/// Whether a letter is a dash.
pub(crate) fn is_dash(letter: char) -> bool {
    matches!(letter, '-' | '‐' | '‑' | '–' | '—' | '−')
}

/// Splits a text at blanks, hyphens, colons and other marks.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut start = None;
    let push = |found: &mut Vec<Token>, range: Range<usize>| {
        let word = small(text[range.clone()].trim_end_matches('.'));
        if !word.is_empty() {
            found.push(Token { word, range });
        }
    };
    let mut previous = ' ';
    let mut letters = text.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let colon = matches!(letter, ':' | '：');
        let breaks = letter.is_whitespace()
            || colon
            || is_dash(letter)
            || is_quote(letter)
            || matches!(letter, ',' | '，' | ';' | '!' | '?' | '(' | ')' | '[' | ']' | '/');
        if breaks {
            if let Some(start) = start.take() {
                push(&mut found, start..at);
            }
            let alone = is_dash(letter)
                && (previous.is_whitespace() || is_dash(previous))
                && (next.is_whitespace() || is_dash(next));
            if colon {
                found.push(Token { word: ":".to_owned(), range: at..at + letter.len_utf8() });
            } else if alone {
                found.push(Token { word: "-".to_owned(), range: at..at + letter.len_utf8() });
            }
        } else if start.is_none() {
            start = Some(at);
        }
        previous = letter;
    }
    if let Some(start) = start {
        push(&mut found, start..text.len());
    }
    found
}

/// Words in the form that compares them with the vocabulary: `Close-Up` is `close up`.
pub(crate) fn canonical(words: &str) -> String {
    let words: Vec<String> = tokens(words)
        .into_iter()
        .filter(|token| !token.is_mark())
        .map(|token| token.word)
        .collect();
    words.join(" ")
}

/// Small letters and straight quotes.
fn small(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { fold_quotes(text).to_lowercase() }
}

fn fold_quotes(text: &str) -> String {
    text.replace(['’', '‘', 'ʼ'], "'")
}

/// A name in the form that compares names: NFC, capitals, single blanks,
/// straight quotes. Full case mapping, so that `STRAßE` is STRASSE; the four letters I of
/// Turkish are one, since the case of its words is not that of others.
pub(crate) fn name_key(name: &str) -> String {
    // A fast path: most names are ASCII, and every word with a capital comes here.
    if name.is_ascii() {
        let mut key = String::with_capacity(name.len());
        for word in name.split_whitespace() {
            if !key.is_empty() {
                key.push(' ');
            }
            key.push_str(word);
        }
        key.make_ascii_uppercase();
        return key;
    }
    let name: String = fold_quotes(name).nfc().collect::<String>().to_uppercase();
    let name: String =
        name.chars().map(|letter| if letter == 'İ' { 'I' } else { letter }).collect();
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has a capital and no small letter.
pub(crate) fn is_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Whether a text has letters, all of a script without case.
pub(crate) fn is_caseless(text: &str) -> bool {
    text.chars().any(char::is_alphabetic)
        && !text.chars().any(|letter| letter.is_uppercase() || letter.is_lowercase())
}

/// The lines of a text with their indentation, without emphasis and notes.
pub(crate) fn lines(text: &Text) -> Vec<String> {
    let mut lines = vec![String::new()];
    for piece in &text.pieces {
        let last = lines.last_mut().expect("it begins with one line");
        match piece {
            Piece::Words { text, .. } => {
                // A note between two words leaves two blanks; keep one.
                let doubled = last.ends_with(' ') && text.starts_with(' ');
                last.push_str(if doubled { text.trim_start() } else { text });
            }
            Piece::LineBreak => lines.push(String::new()),
            Piece::Note(Note::Remark(_) | Note::CutBack(_) | Note::Cut(_)) => {}
        }
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}

/// The span of a byte range of a value: exact if the value is spelt as in the
/// file, otherwise that of the whole value.
pub(crate) fn stretch(whole: &Spanned<String>, range: Range<usize>) -> Span {
    let written = (whole.span.end - whole.span.start) as usize == whole.value.len();
    if written && range.end <= whole.value.len() {
        let start = whole.span.start as usize;
        Span::new(whole.span.source, start + range.start, start + range.end)
    } else {
        whole.span
    }
}

/// A byte range of a value, trimmed, with its span.
pub(crate) fn part(whole: &Spanned<String>, range: Range<usize>) -> Spanned<String> {
    let text = &whole.value[range.clone()];
    let start = range.start + (text.len() - text.trim_start().len());
    let end = (range.start + text.trim_end().len()).max(start);
    Spanned::new(whole.value[start..end].to_owned(), stretch(whole, start..end))
}

/// Finds byte ranges of a paragraph's words again in the paragraph as written, which
/// has marks, notes and more blanks. The ranges are in order.
pub(crate) fn retrace<'a>(
    words: &'a str,
    stretches: &'a [Range<usize>],
    written: &'a str,
) -> impl Iterator<Item = Option<Range<usize>>> + 'a {
    let mut at = 0;
    let mut word = 0;
    stretches.iter().map(move |stretch| {
        let before = words.get(word..stretch.start)?;
        let within = words.get(stretch.clone())?;
        word = stretch.end;
        let begin = follow(before, written, at).map_or(at, |passed| passed.end);
        let found = follow(within, written, begin)
            .filter(|found| letters(&written[found.clone()]).eq(letters(within)))
            // The words before are not here: take the next place with the same letters.
            .or_else(|| written[at..].find(within).map(|from| at + from..at + from + within.len()));
        at = found.as_ref().map_or(begin, |found| found.end);
        found
    })
}

/// The range that has the letters of some words in order, from `at` on.
fn follow(words: &str, written: &str, at: usize) -> Option<Range<usize>> {
    let mut range = at..at;
    let mut first = true;
    for letter in words.chars().filter(|letter| !letter.is_whitespace()) {
        loop {
            let rest = written.get(range.end..)?;
            let next = rest.chars().next()?;
            let gap = [("[[", "]]"), ("/*", "*/")].iter().find_map(|(open, close)| {
                let end = rest.strip_prefix(open)?.find(close)?;
                Some(open.len() + end + close.len())
            });
            if let Some(gap) = gap {
                range.end += gap;
            } else {
                if next == letter && std::mem::take(&mut first) {
                    range.start = range.end;
                }
                range.end += next.len_utf8();
                if next == letter {
                    break;
                }
            }
        }
    }
    Some(range)
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|letter| letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hyphens_split_and_lone_dashes_stay() {
        let words = |text| tokens(text).into_iter().map(|token| token.word).collect::<Vec<_>>();
        assert_eq!(words("CLOSE-UP — Nell’s eye"), ["close", "up", "-", "nell's", "eye"]);
        assert_eq!(words("INSERT: THE MAP."), ["insert", ":", "the", "map"]);
        assert_eq!(canonical("Bird’s-Eye  View"), "bird's eye view");
    }

    #[test]
    fn names_compare_by_full_case_mapping() {
        assert_eq!(name_key("Straße  Müller"), name_key("STRASSE MU\u{308}LLER"));
        assert_eq!(
            (name_key(" ida  Voss"), name_key("o’Hara")),
            ("IDA VOSS".into(), "O'HARA".into())
        );
    }

    #[test]
    fn names_are_found_again_in_what_was_written() {
        let places = |words: &str, names: &[&str], written: &str| {
            let mut from = 0;
            let ranges: Vec<_> = names
                .iter()
                .map(|name| {
                    let start = from + words[from..].find(name).unwrap();
                    from = start + name.len();
                    start..from
                })
                .collect();
            retrace(words, &ranges, written)
                .map(|place| place.map(|place| written[place].to_owned()))
                .collect::<Vec<_>>()
        };
        let some =
            |words: &[&str]| words.iter().map(|word| Some((*word).to_owned())).collect::<Vec<_>>();
        assert_eq!(
            places(
                "IDA VOSS sees Ida Voss.",
                &["IDA VOSS", "Ida Voss"],
                "**IDA VOSS** sees [[not IDA]] Ida\n  Voss."
            ),
            some(&["IDA VOSS", "Ida\n  Voss"])
        );
        assert_eq!(
            places("Edward waits.", &["Edward"], "ANGLE ON Edward.  Edward waits."),
            some(&["Edward"])
        );
        assert_eq!(places("小美站", &["小美"], "小美站"), some(&["小美"]));
        assert_eq!(places("MARA", &["MARA"], "TUSK"), [None]);
    }
}
