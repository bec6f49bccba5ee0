//! Emphasis and escapes: pairs the marks by Fountain's rules.
//!
//! "Emphasis is not carried across line breaks", and a mark counts only where
//! it touches a word: `*69 and then *23` has no emphasis. An underscore between two
//! letters and a star between two digits are none. Does not know the element of the
//! text.

use std::ops::Range;

use super::grammar::{self, Rule};
use super::scan::{GapKind, Scan, scan_block};
use super::tree::{Note, Piece, Style, Text};
use crate::source::{SourceId, Span, Spanned};

/// A part of a line, in order.
enum Token {
    Words(Range<usize>),
    /// The mark's bytes; [`Marks`] finds its meaning.
    Mark(Range<usize>),
    Escaped(Range<usize>),
    Note(usize),
}

/// How tabs are treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tabs {
    /// Tabs stay.
    Kept,
    /// In action "tabs are converted to four spaces".
    Expanded,
}

/// Builds a text line by line.
pub(super) struct Builder<'a> {
    scan: &'a Scan<'a>,
    source: SourceId,
    tabs: Tabs,
    text: Text,
    begun: bool,
}

impl<'a> Builder<'a> {
    pub(super) fn new(scan: &'a Scan<'a>, source: SourceId, tabs: Tabs) -> Self {
        Self { scan, source, tabs, text: Text::default(), begun: false }
    }

    /// Adds a line; `note` reads the gap with an index.
    pub(super) fn line(&mut self, line: Range<usize>, note: &mut dyn FnMut(usize) -> Note) {
        let span = Span::new(self.source, line.start, line.end);
        if self.begun {
            self.text.pieces.push(Piece::LineBreak);
            self.text.span = self.text.span.to(span);
        } else {
            self.text.span = span;
            self.begun = true;
        }
        let tokens = tokens(self.scan, &line);
        let styles = styles(&self.scan.bare[line.clone()], line.start, &tokens);
        let mut style = Style::default();
        for (token, marks) in tokens.iter().zip(&styles) {
            match token {
                Token::Words(range) => self.words(range.clone(), style),
                Token::Escaped(range) => {
                    self.push(&self.scan.bare[range.start + 1..range.end], range.clone(), style);
                }
                Token::Note(gap) => self.text.pieces.push(Piece::Note(note(*gap))),
                Token::Mark(range) => {
                    let literal = range.len() - marks.used();
                    // The unused part of an opening mark is outside the
                    // emphasis.
                    let (literal, at) = if marks.opens {
                        (range.start..range.start + literal, 0)
                    } else {
                        (range.end - literal..range.end, 1)
                    };
                    if at == 0 {
                        self.words(literal.clone(), style);
                    }
                    style.italic ^= marks.style.italic;
                    style.bold ^= marks.style.bold;
                    style.underline ^= marks.style.underline;
                    if at == 1 {
                        self.words(literal, style);
                    }
                }
            }
        }
    }

    fn words(&mut self, range: Range<usize>, style: Style) {
        let scan = self.scan;
        let words = &scan.bare[range.clone()];
        if self.tabs == Tabs::Expanded && words.contains('\t') {
            self.push(&words.replace('\t', "    "), range, style);
        } else {
            self.push(words, range, style);
        }
    }

    /// Joins words of one style.
    fn push(&mut self, words: &str, range: Range<usize>, style: Style) {
        if range.is_empty() {
            return;
        }
        let here = Span::new(self.source, range.start, range.end);
        if let Some(Piece::Words { text, style: before, span }) = self.text.pieces.last_mut()
            && *before == style
        {
            text.push_str(words);
            *span = span.to(here);
        } else {
            self.text.pieces.push(Piece::Words { text: words.to_owned(), style, span: here });
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.begun
    }

    pub(super) fn finish(&mut self) -> Text {
        self.begun = false;
        std::mem::take(&mut self.text)
    }
}

/// Splits a line at its notes, and the text between them at marks and escapes.
fn tokens(scan: &Scan<'_>, line: &Range<usize>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = line.start;
    let first = scan.gaps.partition_point(|gap| gap.start < line.start);
    for (index, gap) in scan.gaps.iter().enumerate().skip(first) {
        if gap.start >= line.end {
            break;
        }
        split(&scan.bare, at..gap.start, &mut tokens);
        if gap.kind == GapKind::Note {
            tokens.push(Token::Note(index));
        }
        at = gap.end;
    }
    split(&scan.bare, at..line.end, &mut tokens);
    tokens
}

fn split(bare: &str, range: Range<usize>, tokens: &mut Vec<Token>) {
    if range.is_empty() {
        return;
    }
    let text = &bare[range.clone()];
    // Most lines have no mark.
    if !text.contains(['\\', '*', '_']) {
        tokens.push(Token::Words(range));
        return;
    }
    let Some(pairs) = grammar::read(Rule::text, text) else {
        tokens.push(Token::Words(range));
        return;
    };
    for pair in pairs {
        let (start, end) = grammar::range(&pair, range.start);
        tokens.push(match pair.as_rule() {
            Rule::escape => Token::Escaped(start..end),
            // `****` and a form's blank `____` are not emphasis.
            Rule::stars if end - start <= 3 => Token::Mark(start..end),
            Rule::underscores if end - start == 1 => Token::Mark(start..end),
            Rule::EOI => break,
            _ => Token::Words(start..end),
        });
    }
}

/// The style that a mark switches; none for other tokens.
#[derive(Debug, Clone, Copy, Default)]
struct Marks {
    style: Style,
    /// Switches on rather than off.
    opens: bool,
}

impl Marks {
    /// The number of bytes that are marks; the others are words.
    fn used(self) -> usize {
        let Style { italic, bold, underline } = self.style;
        usize::from(italic) + 2 * usize::from(bold) + usize::from(underline)
    }
}

/// Whether a character is part of a word.
fn is_of_a_word(letter: char) -> bool {
    use pest::unicode::{LETTER, MARK, NUMBER};
    LETTER(letter) || NUMBER(letter) || MARK(letter)
}

/// Pairs the marks of a line in one pass.
fn styles(line: &str, base: usize, tokens: &[Token]) -> Vec<Marks> {
    let mut marks = vec![Marks::default(); tokens.len()];
    let (mut italic, mut bold, mut underline) = (None, None, None);
    for (index, token) in tokens.iter().enumerate() {
        let Token::Mark(range) = token else { continue };
        let before = line[..range.start - base].chars().next_back();
        let after = line[range.end - base..].chars().next();
        let stars = line.as_bytes()[range.start - base] == b'*';
        // `snake_case` and `2*3*4` have no emphasis.
        let joins: fn(char) -> bool =
            if stars { |letter| letter.is_ascii_digit() } else { is_of_a_word };
        let joined = |letter: Option<char>| letter.is_some_and(joins);
        let inside = joined(before) && joined(after);
        let can_close = !inside && before.is_some_and(|letter| !letter.is_whitespace());
        let can_open = !inside && after.is_some_and(|letter| !letter.is_whitespace());
        let mut pair = |open: &mut Option<usize>, set: fn(&mut Marks)| {
            if let Some(start) = open.take() {
                set(&mut marks[start]);
                marks[start].opens = true;
                set(&mut marks[index]);
            }
        };
        match (stars, range.len()) {
            (false, _) if can_close && underline.is_some() => {
                pair(&mut underline, |marks| marks.style.underline = true);
            }
            (false, _) if can_open && underline.is_none() => underline = Some(index),
            (true, 1) if can_close && italic.is_some() => {
                pair(&mut italic, |marks| marks.style.italic = true);
            }
            (true, 1) if can_open && italic.is_none() => italic = Some(index),
            (true, 2) if can_close && bold.is_some() => {
                pair(&mut bold, |marks| marks.style.bold = true);
            }
            (true, 2) if can_open && bold.is_none() => bold = Some(index),
            (true, 3) if can_close && (italic.is_some() || bold.is_some()) => {
                pair(&mut italic, |marks| marks.style.italic = true);
                pair(&mut bold, |marks| marks.style.bold = true);
            }
            (true, 3) if can_open && italic.is_none() && bold.is_none() => {
                (italic, bold) = (Some(index), Some(index));
            }
            _ => {}
        }
    }
    marks
}

/// The words of a line of text without marks of emphasis and escapes.
pub(crate) fn unstyled(line: &str) -> String {
    let scan = scan_block(line);
    let mut builder = Builder::new(&scan, SourceId(0), Tabs::Kept);
    builder.line(0..line.len(), &mut |_| Note::Remark(Spanned::default()));
    let pieces = builder.finish().pieces;
    let words = pieces.iter().filter_map(|piece| match piece {
        Piece::Words { text, .. } => Some(text.as_str()),
        Piece::LineBreak | Piece::Note(_) => None,
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::unstyled;

    #[test]
    fn marks_between_the_letters_of_a_word_are_words() {
        let cases = [
            ("_**THE MILLER & THE FOX**_ *or: the mill*", "THE MILLER & THE FOX or: the mill"),
            ("snake_case_name", "snake_case_name"),
            ("a _snake_case_ name", "a snake_case name"),
            ("un*believ*able", "unbelievable"),
            ("2*3*4 is *24*", "2*3*4 is 24"),
            ("été_été_été", "été_été_été"),
            (r"\*not\* this", "*not* this"),
            ("“_word_”", "“word”"),
            ("", ""),
        ];
        for (written, words) in cases {
            assert_eq!(unstyled(written), words, "{written}");
        }
    }
}
