//! `[[allow: many-actions]]`: a remark that silences warnings and hints where it
//! stands. It silences no error.
//!
//! Knows codes and positions; does not know what a diagnostic is about.

use std::ops::Range;

use crate::diagnostic::{Code, Diagnostic, Severity, did_you_mean};
use crate::script::tree::{ElementKind, Note, Piece, SpeechLine, Text, Tree};
use crate::source::{Span, Spanned};

/// Removes the warnings and hints that the author allows. A remark alone on its line
/// covers what follows it: the next paragraph or speech, or a shot with everything
/// under it.
pub fn allow(tree: &Tree, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let allowed = allowances(tree);
    if !allowed.is_empty() {
        let unknown = allowed.iter().flat_map(|(codes, _)| codes).filter_map(unknown_code);
        diagnostics.extend(unknown);
        diagnostics.retain(|diagnostic| {
            let Some(span) = diagnostic.span else { return true };
            let here = |(codes, range): &Allowance<'_>| {
                let named = |code: &Spanned<&str>| code.value == diagnostic.code.as_str();
                codes.iter().any(named) && range.contains(&span.start)
            };
            let source = tree.elements.first().map(|element| element.span.source);
            diagnostic.severity == Severity::Error
                || Some(span.source) != source
                || !allowed.iter().any(here)
        });
    }
    diagnostics
}

/// Codes, and the part of the script that they apply to.
type Allowance<'a> = (Vec<Spanned<&'a str>>, Range<u32>);

/// Warns about unknown codes. A remark of several words counts as a code only if it is
/// almost one.
fn unknown_code(code: &Spanned<&str>) -> Option<Diagnostic> {
    let silent = |code: &&Code| code.severities().iter().any(|it| *it != Severity::Error);
    let known = || Code::ALL.iter().filter(silent).map(|code| code.as_str());
    if known().any(|known| known == code.value) {
        return None;
    }
    let warning = |message: String| Diagnostic::warning(Code::UnknownCode, code.span, message);
    if Code::ALL.iter().any(|known| known.as_str() == code.value) {
        let message = format!("`{}` is the code of an error, which cannot be silenced", code.value);
        return Some(warning(message));
    }
    let near = did_you_mean(code.value, known());
    if near.is_none() && code.value.contains(char::is_whitespace) {
        return None;
    }
    let warning =
        warning(format!("`{}` is not a diagnostic code, so nothing is silenced", code.value));
    Some(match near {
        Some(near) => warning.label(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            code.span,
            near,
        ),
        None => warning.help("the code stands above the message"),
    })
}

fn allowances(tree: &Tree) -> Vec<Allowance<'_>> {
    let mut found = Vec::new();
    let elements = &tree.elements;
    for (index, element) in elements.iter().enumerate() {
        let own = element.span.start..element.span.end + 1;
        match &element.kind {
            ElementKind::Note(note) => {
                let Some(codes) = codes(note) else { continue };
                let skipped = |kind: &ElementKind| {
                    matches!(kind, ElementKind::Note(_) | ElementKind::Synopsis { .. })
                };
                let rest = &elements[index + 1..];
                // Remarks in between are covered too: a misspelt directive is one.
                let Some(first) = rest.iter().position(|element| !skipped(&element.kind)) else {
                    found.extend(rest.last().map(|last| (codes, own.start..last.span.end + 1)));
                    continue;
                };
                let rest = &rest[first..];
                let owned = |kind: &ElementKind| {
                    matches!(
                        kind,
                        ElementKind::Action { .. } | ElementKind::Speech(_) | ElementKind::Note(_)
                    )
                };
                let shot = matches!(rest[0].kind, ElementKind::Shot(_));
                let more = rest[1..].iter().take_while(|element| shot && owned(&element.kind));
                let end = more.last().unwrap_or(&rest[0]).span.end;
                found.push((codes, own.start..end + 1));
            }
            ElementKind::Action { text, .. } | ElementKind::Centered { text } => {
                found.extend(codes_in(text).map(|codes| (codes, own.clone())));
            }
            ElementKind::Speech(speech) => {
                for line in &speech.lines {
                    if let SpeechLine::Words(text) | SpeechLine::Lyrics(text) = line {
                        found.extend(codes_in(text).map(|codes| (codes, own.clone())));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn codes_in(text: &Text) -> impl Iterator<Item = Vec<Spanned<&str>>> {
    text.pieces.iter().filter_map(|piece| match piece {
        Piece::Note(note) => codes(note),
        _ => None,
    })
}

/// The codes of a remark that begins with `allow:`.
fn codes(note: &Note) -> Option<Vec<Spanned<&str>>> {
    let Note::Remark(words) = note else { return None };
    let rest = words.value.trim_start().strip_prefix("allow")?.trim_start().strip_prefix(':')?;
    // Line ends of other systems are shorter in the value than in the script.
    let is_exact = words.value.len() == words.span.end as usize - words.span.start as usize;
    let mut at = words.span.start as usize + words.value.len() - rest.len();
    let mut codes = Vec::new();
    for part in rest.split(',') {
        let code = part.trim();
        let start = at + part.len() - part.trim_start().len();
        if !code.is_empty() {
            let own = Span::new(words.span.source, start, start + code.len());
            codes.push(Spanned::new(code, if is_exact { own } else { words.span }));
        }
        at += part.len() + 1;
    }
    Some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::parse;
    use crate::source::Sources;

    #[test]
    fn advice_is_silenced_where_it_is_allowed() {
        let text = "EXT. ROAD - DAY\n\n[[allow: negation, gone]]\n\n!! WIDE\n\nHe does not go.\n\n!! \
                    WIDE\n\nHe does not stay. [[allow: negation]]\n\nNot here.\n";
        let mut sources = Sources::default();
        let id = sources.add("a.play", text);
        let (tree, _) = parse(&sources, id);
        let is_silenced = |code: Code, words: &str, severity: Severity| {
            let at = text.find(words).unwrap();
            let mut diagnostic = Diagnostic::hint(code, Span::new(id, at, at + 1), "");
            diagnostic.severity = severity;
            allow(&tree, vec![diagnostic]).is_empty()
        };
        assert!(is_silenced(Code::Negation, "not go", Severity::Hint));
        assert!(is_silenced(Code::Gone, "!! WIDE", Severity::Warning));
        assert!(!is_silenced(Code::ManyActions, "not go", Severity::Hint));
        assert!(!is_silenced(Code::Negation, "not go", Severity::Error));
        assert!(is_silenced(Code::Negation, "not stay", Severity::Hint));
        assert!(!is_silenced(Code::Negation, "Not here", Severity::Hint));
    }
}
