//! Advice on what a written shot can show: no negation, one action.
//!
//! Knows one paragraph of one shot; does not know its neighbours.

use super::context::Context;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::tokens;
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::errors;
use crate::source::Span;
use crate::time::Seconds;

/// What the advice depends on in a paragraph.
#[derive(Debug)]
pub(crate) struct ParagraphCounts {
    /// Its first negation, as it is written.
    negation: Option<String>,
    sentences: usize,
}

/// Counts a paragraph.
pub(crate) fn count(text: &str, grammar: &Grammar) -> ParagraphCounts {
    let negation = tokens(text).into_iter().find(|token| grammar.is_negation(&token.word));
    ParagraphCounts {
        negation: negation.map(|token| text[token.range].trim_end_matches('.').to_owned()),
        sentences: grammar.sentences(text).len(),
    }
}

/// Advises on a paragraph of a written shot.
pub(crate) fn action(
    context: &mut Context<'_>,
    counts: &ParagraphCounts,
    span: Span,
    shot: &ShotSpec,
) {
    if let Some(written) = &counts.negation {
        // The word alone, where the paragraph is as it stands in the script.
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
    let count = counts.sentences;
    if let Some(length) = shot.duration
        && count >= 3
        && length < Seconds::millis(1500 * count as i64)
    {
        context.emit(errors::many_actions(span, count, length));
    }
}
