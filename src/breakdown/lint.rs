//! Advice on what a written shot can show: no negation, one action.
//!
//! Knows one paragraph of one shot.

use super::errors;
use super::reading::Reading;
use super::screenplay::ShotCall;
use super::words::{sentences, tokens};
use crate::source::Span;
use crate::time::Seconds;

/// Looks at a paragraph of a written shot.
pub(super) fn action(reading: &mut Reading<'_>, text: &str, span: Span, shot: &ShotCall) {
    if let Some(word) = tokens(text).iter().find(|token| is_negation(&token.word)) {
        let written = &text[word.range.clone()];
        // Narrowed to the word where the paragraph is as it was written.
        let source = reading.sources.get(span.source).slice(span);
        let at = source.find(written).map_or(span, |at| {
            Span::new(
                span.source,
                span.start as usize + at,
                span.start as usize + at + written.len(),
            )
        });
        reading.tell(errors::negation(at, written));
    }
    let count = sentences(text).len();
    if let Some(length) = shot.duration
        && count >= 3
        && length < Seconds::millis(1500 * count as i64)
    {
        reading.tell(errors::many_actions(span, count, length));
    }
}

fn is_negation(word: &str) -> bool {
    word == "not" || word == "cannot" || word.ends_with("n't")
}
