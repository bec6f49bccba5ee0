//! Advice on what a written shot can show: no negation, one action.
//!
//! Knows one paragraph of one shot.

use super::context::Context;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::{sentences, tokens};
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::errors;
use crate::source::Span;
use crate::time::Seconds;

/// What a paragraph shows, if it is of a written shot.
#[derive(Debug)]
pub(crate) struct Looks {
    /// Its first negation, as it is written.
    negation: Option<String>,
    sentences: usize,
}

/// Looks at a paragraph.
pub(crate) fn look(text: &str, grammar: &Grammar) -> Looks {
    let negation = tokens(text).into_iter().find(|token| grammar.is_negation(&token.word));
    Looks {
        negation: negation.map(|token| text[token.range].trim_end_matches('.').to_owned()),
        sentences: sentences(text).len(),
    }
}

/// What is to be said about a paragraph of a written shot.
pub(crate) fn action(context: &mut Context<'_>, looks: &Looks, span: Span, shot: &ShotSpec) {
    if let Some(written) = &looks.negation {
        // Narrowed to the word where the paragraph is as it was written.
        let source = context.sources.get(span.source).slice(span);
        let at = source.find(written.as_str()).map_or(span, |at| {
            Span::new(
                span.source,
                span.start as usize + at,
                span.start as usize + at + written.len(),
            )
        });
        context.emit(errors::negation(at, written));
    }
    let count = looks.sentences;
    if let Some(length) = shot.duration
        && count >= 3
        && length < Seconds::millis(1500 * count as i64)
    {
        context.emit(errors::many_actions(span, count, length));
    }
}
