//! Semantic tokens, from the highlighting of the parser.

use std::ops::Range;

use gen_lsp_types as lsp;
use lsp::{SemanticToken, SemanticTokens, SemanticTokensLegend};

use super::view::View;
use crate::script::highlight::{Class, highlight};

/// The kinds of token, each with a type that every theme colours. Themes for
/// scripts use the names after the dot as modifiers.
const TYPES: [&str; 12] = [
    "namespace",
    "class",
    "function",
    "keyword",
    "string",
    "comment",
    "variable",
    "property",
    "parameter",
    "type",
    "number",
    "operator",
];

/// The modifier of a class.
const MODIFIERS: [&str; 23] = [
    "titleKey",
    "titleValue",
    "heading",
    "sceneNumber",
    "action",
    "cue",
    "extension",
    "dialogue",
    "parenthetical",
    "lyrics",
    "transition",
    "centered",
    "emphasis",
    "shotHead",
    "technique",
    "shotNumber",
    "directiveWord",
    "directiveBody",
    "note",
    "boneyard",
    "section",
    "synopsis",
    "pageBreak",
];

/// The legend of the token numbers.
pub(super) fn legend() -> SemanticTokensLegend {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    SemanticTokensLegend { token_types: words(&TYPES), token_modifiers: words(&MODIFIERS) }
}

/// The type and modifier of a class; plain text has none.
fn kind(class: Class) -> Option<(usize, usize)> {
    let (name, modifier) = match class {
        Class::Action | Class::Dialogue => return None,
        Class::TitleKey => ("property", 0),
        Class::TitleValue => ("string", 1),
        Class::Heading => ("class", 2),
        Class::SceneNumber => ("number", 3),
        Class::Cue => ("variable", 5),
        Class::Extension => ("parameter", 6),
        Class::Parenthetical => ("parameter", 8),
        Class::Lyrics => ("string", 9),
        Class::Transition => ("operator", 10),
        Class::Centered => ("string", 11),
        Class::Emphasis => ("type", 12),
        Class::ShotHead => ("function", 13),
        Class::Technique => ("property", 14),
        Class::ShotNumber => ("number", 15),
        Class::DirectiveWord => ("keyword", 16),
        Class::DirectiveBody => ("string", 17),
        Class::Note => ("comment", 18),
        Class::Boneyard => ("comment", 19),
        Class::Section => ("namespace", 20),
        Class::Synopsis => ("comment", 21),
        Class::PageBreak => ("operator", 22),
    };
    let index = TYPES.iter().position(|known| *known == name).expect("a type of the legend");
    Some((index, modifier))
}

/// The tokens of a range of lines. No token crosses a line end, because some
/// editors cannot show it.
pub(super) fn tokens(view: &View<'_>, within: Range<usize>) -> SemanticTokens {
    let document = view.document;
    let mut data = Vec::new();
    let (mut last_line, mut last_column) = (0, 0);
    for colour in highlight(&view.analysis.tree, view.analysis.source()) {
        let (start, end) = (colour.span.start as usize, colour.span.end as usize);
        let Some((token_type, modifier)) = kind(colour.class) else { continue };
        if end <= within.start || start >= within.end {
            continue;
        }
        for line in document.line_of(start)..=document.line_of(end) {
            let begin = document.line_start(line);
            let from = start.max(begin);
            let to = end.min(begin + document.line(line).len());
            if from >= to {
                continue;
            }
            let column = document.encoding().columns(&document.as_str()[begin..from]);
            let line = line as u32;
            let delta_line = line - last_line;
            data.push(SemanticToken {
                delta_line,
                delta_start: if delta_line == 0 { column - last_column } else { column },
                length: document.encoding().columns(&document.as_str()[from..to]),
                token_type: token_type as u32,
                token_modifiers_bitset: 1 << modifier,
            });
            (last_line, last_column) = (line, column);
        }
    }
    SemanticTokens { result_id: None, data }
}
