//! Formatting on typing: cues and headings become capitals.

use gen_lsp_types as lsp;
use lsp::{Position, TextEdit};

use super::view::View;
use crate::script::tree::ElementKind;

/// Formats the line above a typed line end. A cue becomes capitals if it is in
/// small letters, alone under an empty line and the name of a known person; so
/// does a heading.
pub(super) fn typed(view: &View<'_>, at: Position) -> Vec<TextEdit> {
    let Some(line) = (at.line as usize).checked_sub(1) else { return Vec::new() };
    let document = view.document;
    let written = document.line(line);
    let words = written.trim();
    let alone = line == 0 || document.line(line - 1).trim().is_empty();
    let upper = words.to_uppercase();
    if !alone || words.is_empty() || upper == words || words.starts_with(['@', '!', '>', '.', '['])
    {
        return Vec::new();
    }
    let start = document.line_start(line);
    let heading = view
        .analysis
        .element_at(start + 1)
        .is_some_and(|element| matches!(element.kind, ElementKind::Heading { forced: false, .. }));
    let name = upper.split(['(', '^']).next().unwrap_or("").trim();
    let somebody = view.analysis.screenplay.subjects.named().iter().any(|who| {
        std::iter::once(&who.name).chain(&who.also).any(|known| known.to_uppercase() == name)
    });
    if !heading && !somebody {
        return Vec::new();
    }
    // Keep the case of an extension; leave numbers and notes alone.
    let end = if somebody { words.find('(').unwrap_or(words.len()) } else { words.len() };
    let begin = start + (written.len() - written.trim_start().len());
    let new_text = words[..end].to_uppercase();
    vec![TextEdit { range: document.range_of(begin..begin + end), new_text }]
}
