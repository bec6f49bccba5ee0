//! Marks that stand where they mean nothing: the end of a comment or a note without its
//! beginning, and emphasis around a heading or a name.
//!
//! Knows the tree; does not know what its words mean.

use super::grammar::{self, Rule};
use super::tree::{ElementKind, Piece, SpeechLine, Text, Tree};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Span, Spanned};

/// Ends of a comment and of a note, each with its beginning.
const ENDS: [(&str, &str); 2] = [("*/", "/*"), ("]]", "[[")];

/// Warns about stray marks of a script.
pub(crate) fn stray_marks(tree: &Tree) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for element in &tree.elements {
        match &element.kind {
            ElementKind::Action { text, .. } => {
                found.extend(ends(text));
                found.extend(styled_heading(text, element.span));
            }
            ElementKind::Centered { text } | ElementKind::Lyrics { text } => {
                found.extend(ends(text));
            }
            ElementKind::Speech(speech) => {
                found.extend(styled_name(&speech.name));
                for line in &speech.lines {
                    if let SpeechLine::Words(text) | SpeechLine::Lyrics(text) = line {
                        found.extend(ends(text));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn ends(text: &Text) -> impl Iterator<Item = Diagnostic> {
    let words = text.pieces.iter().filter_map(|piece| match piece {
        Piece::Words { text, span, .. } => Some((text, *span)),
        _ => None,
    });
    words.flat_map(|(words, span)| {
        ENDS.into_iter().filter_map(move |(end, beginning)| {
            words.contains(end).then_some(())?;
            let message = format!("`{end}` without `{beginning}` is read as text");
            Some(Diagnostic::warning(Code::StrayMark, span, message).help("remove it"))
        })
    })
}

/// `**INT. MILL - NIGHT**`, which is action by the letter of Fountain.
fn styled_heading(text: &Text, span: Span) -> Option<Diagnostic> {
    let [Piece::Words { text: words, style, .. }] = text.pieces.as_slice() else { return None };
    let styled = style.bold || style.italic || style.underline;
    (styled && is_heading(words)).then(|| {
        let message =
            format!("`{words}` is action: marks of emphasis keep it from being a heading");
        Diagnostic::warning(Code::StyledLine, span, message)
            .help("write the heading without the marks")
            .fix("remove the marks", span, words)
    })
}

fn is_heading(text: &str) -> bool {
    let line = grammar::read(Rule::alone, text).and_then(|mut pairs| pairs.next());
    line.is_some_and(|line| line.as_rule() == Rule::natural_heading)
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
