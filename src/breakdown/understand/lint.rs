//! Advice on what a written shot can show: no negation, one action.
//!
//! Knows one paragraph of one shot; does not know its neighbours.

use super::context::Context;
use crate::breakdown::language::words::tokens;
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::errors;
use crate::source::Span;
use crate::time::Seconds;

/// Advises on a paragraph of a written shot.
pub(crate) fn action(context: &mut Context<'_>, text: &str, span: Span, shot: &ShotSpec) {
    let grammar = &context.vocabulary.grammar;
    let negation = tokens(text).into_iter().find(|token| grammar.is_negation(&token.word));
    let count = grammar.sentences(text).len();
    if let Some(token) = negation {
        let written = text[token.range].trim_end_matches('.');
        // The word alone, where the paragraph is as it stands in the script.
        let source = context.sources.get(span.source).slice(span);
        let at = source.find(written).map_or(span, |at| {
            Span::new(
                span.source,
                span.start as usize + at,
                span.start as usize + at + written.len(),
            )
        });
        context.emit(errors::negation(at, written));
    }
    if let Some(length) = shot.duration
        && count >= 3
        && length < Seconds::millis(1500 * count as i64)
    {
        context.emit(errors::many_actions(span, count, length));
    }
}
