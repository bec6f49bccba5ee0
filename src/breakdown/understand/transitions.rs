//! Transitions between shots, and how long they are (docs/rules.md#d8).
//!
//! Knows a line; does not know the shots.

use super::context::Context;
use super::{errors, places};
use crate::breakdown::language::word_set::WordSet;
use crate::breakdown::language::words::canonical;
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::memo::Memo;
use crate::script::tree::{Phrase, PhraseKind};
use crate::source::{Span, Spanned};
use crate::time::Seconds;

/// A transition with what follows it on its line; `None` when it returns to a
/// time line.
pub(super) fn transition(
    context: &mut Context<'_>,
    text: &Spanned<String>,
    tail: &[Phrase],
    cache: &mut Memo<Box<str>, Option<Transition>>,
) -> Option<Transition> {
    let words = text.value.as_str();
    let known = cache.get(words).or_else(|| {
        let returns = places::is_listed(words, &context.vocabulary.returns);
        let found = context.vocabulary.transition(words).map(Some);
        let known = if returns { Some(None) } else { found };
        if let Some(known) = &known {
            cache.keep(words, known.clone());
        }
        known
    });
    if known == Some(None) {
        return None;
    }
    let mut transition = known.flatten().unwrap_or_else(|| unknown_transition(context, text));
    if let Some((length, span)) = transition_length(context, tail) {
        if matches!(transition.kind, TransitionKind::Cut) && length > Seconds::ZERO {
            context.emit(cut_has_no_length(span, &transition.name));
        } else {
            transition.duration = length;
        }
    }
    Some(transition)
}

/// The transition that unknown words resemble, else a cut.
fn unknown_transition(context: &mut Context<'_>, text: &Spanned<String>) -> Transition {
    let vocabulary = &context.vocabulary;
    let known: Vec<&str> = vocabulary.transitions.keys().map(String::as_str).collect();
    let phrases: Vec<&str> = vocabulary
        .transitions
        .iter()
        .flat_map(|(word, entry)| std::iter::once(word).chain(&entry.also))
        .map(String::as_str)
        .collect();
    let near = did_you_mean(&canonical(&text.value), phrases.iter().copied());
    let meant = near.and_then(|near| vocabulary.transition(near));
    let diagnostic = no_transition(text, near, &known, &vocabulary.grammar.clauses.to);
    context.emit(diagnostic);
    meant.unwrap_or_else(Transition::cut)
}

/// The length written after a transition, and where.
fn transition_length(context: &mut Context<'_>, tail: &[Phrase]) -> Option<(Seconds, Span)> {
    let mut written = None;
    for (index, phrase) in tail.iter().enumerate() {
        let next = tail.get(index + 1);
        match &phrase.kind {
            PhraseKind::Duration(length) | PhraseKind::Exactly(length) => {
                if written.is_some() {
                    context.emit(errors::written_twice(phrase.span, "a length"));
                } else if *length > Seconds::millis(10_000) {
                    context.emit(absurd_transition(phrase.span, *length));
                } else {
                    written = Some((*length, phrase.span));
                }
            }
            PhraseKind::BareNumber(number) => match next.map(|next| (&next.kind, next.span)) {
                Some((PhraseKind::Duration(rest), span)) => {
                    let span = phrase.span.to(span);
                    context.emit(errors::decimal_comma(span, number, &rest.to_string()));
                }
                _ => context.emit(errors::bare_number(phrase.span, number)),
            },
            _ => {
                let words = context.sources.get(phrase.span.source).slice(phrase.span).to_owned();
                context.emit(transition_tail(phrase.span, &words));
            }
        }
    }
    written
}

// ─── Messages ────────────────────────────────────────────────────────────────

fn no_transition(
    text: &Spanned<String>,
    near: Option<&str>,
    known: &[&str],
    to: &WordSet,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        Code::UnknownTransition,
        text.span,
        format!("{} is not a transition", errors::quoted(&text.value)),
    )
    .help(format!("transitions: {}", known.join(", ")));
    match near {
        Some(near) => {
            let ends_with_to = near.rsplit(' ').next().is_some_and(|last| to.contains(last));
            let near = near.to_uppercase();
            let meant = if ends_with_to { format!("{near}:") } else { near };
            diagnostic.label(errors::did_you_mean(&meant)).fix(
                errors::write(&meant),
                text.span,
                meant,
            )
        }
        None => diagnostic,
    }
}

fn transition_tail(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error(
        Code::TransitionTail,
        span,
        format!("{} is not a length of time", errors::quoted(written)),
    )
    .label("expected seconds, like `1.5s`")
}

fn cut_has_no_length(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(Code::CutLength, span, format!("a {name} cannot have a length"))
        .help("a dissolve can: `> DISSOLVE TO: [[1s]]`")
}

fn absurd_transition(span: Span, length: Seconds) -> Diagnostic {
    Diagnostic::error(Code::AbsurdDuration, span, format!("a transition cannot last {length}"))
        .help("write at most 10s")
}
