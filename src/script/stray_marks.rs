//! Marks that stand where they mean nothing: the end of a comment or of a note without its
//! beginning, the signs of a scene number around nothing, and emphasis around a heading, a
//! transition or a name.
//!
//! Knows the tree; does not know what its words mean.

use super::grammar::{self, Rule};
use super::tree::{
    Directive, Element, ElementKind, Phrase, PhraseKind, Piece, SpeechElement, SpeechLine, Text,
    Tree,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

/// Ends of a comment and of a note, each with its beginning.
const ENDS: [(&str, &str); 2] = [("*/", "/*"), ("]]", "[[")];

/// Warns about stray marks of a script.
pub(crate) fn stray_marks(tree: &Tree) -> Vec<Diagnostic> {
    let mut found = Found::default();
    for entry in &tree.title_page {
        found.spanned(&entry.values);
    }
    for element in &tree.elements {
        found.element(element);
    }
    found.0
}

/// A heading without what looks like a scene number at its end and is none.
pub(crate) fn unnumbered(heading: &str) -> &str {
    not_a_number(heading).map_or(heading, |(words, _)| words)
}

/// The words of a heading and, behind them, signs of a number around something else.
fn not_a_number(heading: &str) -> Option<(&str, &str)> {
    let before = heading.strip_suffix('#')?;
    let at = before.rfind('#')?;
    let words = heading[..at].trim_end();
    (!words.is_empty()).then_some((words, &heading[at..]))
}

#[derive(Default)]
struct Found(Vec<Diagnostic>);

impl Found {
    fn element(&mut self, element: &Element) {
        match &element.kind {
            ElementKind::Heading { text, .. } => {
                self.spanned([text]);
                self.0.extend(no_number(text));
            }
            ElementKind::Section { text, .. } | ElementKind::Synopsis { text } => {
                self.spanned([text]);
            }
            ElementKind::Transition { text, tail, .. } => {
                self.spanned([text]);
                self.phrases(tail);
            }
            ElementKind::Action { text, .. } => {
                self.text(text);
                self.0.extend(styled_line(text, element.span));
            }
            ElementKind::Centered { text } | ElementKind::Lyrics { text } => self.text(text),
            ElementKind::Speech(speech) => self.speech(speech),
            ElementKind::Shot(shot) => {
                self.spanned([&shot.head]);
                self.phrases(&shot.phrases);
            }
            ElementKind::Directive(Directive { body, fields, .. }) => {
                self.spanned([body]);
                self.spanned(fields);
            }
            ElementKind::PageBreak | ElementKind::Note(_) => {}
        }
    }

    fn speech(&mut self, speech: &SpeechElement) {
        self.spanned([&speech.name]);
        self.spanned(&speech.extensions);
        self.0.extend(styled_name(&speech.name));
        for line in &speech.lines {
            match line {
                SpeechLine::Words(text) | SpeechLine::Lyrics(text) => self.text(text),
                SpeechLine::Parenthetical(words) => self.spanned([words]),
            }
        }
    }

    fn text(&mut self, text: &Text) {
        for piece in &text.pieces {
            if let Piece::Words { text, span, .. } = piece {
                self.ends(text, *span);
            }
        }
    }

    fn phrases(&mut self, phrases: &[Phrase]) {
        for phrase in phrases {
            if let PhraseKind::Words(words) = &phrase.kind {
                self.ends(words, phrase.span);
            }
        }
    }

    fn spanned<'a>(&mut self, texts: impl IntoIterator<Item = &'a Spanned<String>>) {
        for text in texts {
            self.ends(&text.value, text.span);
        }
    }

    /// Ends of comments and notes in words, whose beginnings would have made them none.
    fn ends(&mut self, words: &str, span: Span) {
        for (end, beginning) in ENDS {
            if let Some(at) = words.find(end) {
                let message = format!("`{end}` without `{beginning}` is read as text");
                let found =
                    Diagnostic::warning(Code::StrayMark, place(words, span, at, end), message);
                self.0.push(found.help("remove it"));
            }
        }
    }
}

/// Where a mark is, if the words stand in the script as they are.
fn place(words: &str, span: Span, at: usize, mark: &str) -> Span {
    if (span.end - span.start) as usize != words.len() {
        return span;
    }
    let start = span.start as usize + at;
    Span::new(span.source, start, start + mark.len())
}

/// `INT. MILL - DAY # #`: no number, and no part of a name.
fn no_number(heading: &Spanned<String>) -> Option<Diagnostic> {
    let (words, rest) = not_a_number(&heading.value)?;
    let message = format!("`{rest}` is no scene number and is left out");
    let span = place(&heading.value, heading.span, heading.value.len() - rest.len(), rest);
    Some(
        Diagnostic::warning(Code::StrayMark, span, message)
            .help("a number has letters, digits, dashes and points, like `#12A#`")
            .fix("remove it", heading.span, words),
    )
}

/// `**INT. MILL - NIGHT**`, which is action by the letter of Fountain.
fn styled_line(text: &Text, span: Span) -> Option<Diagnostic> {
    let (mut line, mut styled) = (String::new(), false);
    for piece in &text.pieces {
        let Piece::Words { text, style, .. } = piece else { return None };
        styled |= style.bold || style.italic || style.underline;
        line.push_str(text);
    }
    let line = line.trim();
    let what = if styled { without_marks(line)? } else { return None };
    let message = format!("`{line}` is action: marks of emphasis keep it from being {what}");
    Some(
        Diagnostic::warning(Code::StyledLine, span, message)
            .help("write the line without the marks")
            .fix("remove the marks", span, line),
    )
}

/// What a line of action would be without its marks of emphasis.
fn without_marks(line: &str) -> Option<&'static str> {
    let rule = |rule, text| grammar::read(rule, text)?.next().map(|pair| pair.as_rule());
    if line.chars().any(char::is_lowercase) {
        return (rule(Rule::alone, line)? == Rule::natural_heading).then_some("a heading");
    }
    match (rule(Rule::line, line)?, rule(Rule::alone, line)?) {
        (Rule::forced_heading, _) | (_, Rule::natural_heading) => Some("a heading"),
        (Rule::forced_transition, _) | (_, Rule::transition) => Some("a transition"),
        (Rule::shot_line, _) => Some("a shot line"),
        _ => None,
    }
}

/// `**MARA**` above a speech, which is another name than `MARA`.
fn styled_name(name: &Spanned<String>) -> Option<Diagnostic> {
    let bare = name.value.trim_matches(['*', '_']);
    if bare.len() + 2 > name.value.len() || bare.is_empty() {
        return None;
    }
    let message = format!("`{}` is a name of its own, with its marks of emphasis", name.value);
    Some(
        Diagnostic::warning(Code::StyledLine, name.span, message)
            .help(format!("write `{bare}`"))
            .fix(format!("write `{bare}`"), name.span, bare),
    )
}
