//! `control depth 0.7`, `control off`: what controls the take of a shot.
//!
//! Knows the words of one phrase.

use crate::breakdown::control::TakeControl;
use crate::breakdown::language::film_settings::FilmSetting;
use crate::breakdown::language::words::{Token, part};
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::context::{Context, Strictness};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::Spanned;

/// The word that such a phrase begins with.
const CONTROL: &str = "control";

/// Whether a phrase says what controls a shot. In an existing script it may describe a
/// `control desk`.
pub(super) fn is_control(strictness: Strictness, phrase: &Spanned<String>, all: &[Token]) -> bool {
    let understood = || TakeControl::of(&phrase.value[all[0].range.end..]).is_some();
    all[0].word == CONTROL && (strictness == Strictness::Strict || understood())
}

/// Reads the phrase.
pub(super) fn read_control(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    all: &[Token],
    spec: &mut ShotSpec,
) {
    let rest = part(phrase, all[0].range.end..phrase.value.len());
    match TakeControl::of(&rest.value) {
        Some(_) if spec.control.is_some() => {
            context.emit(errors::written_twice(phrase.span, "something that controls it"));
        }
        Some(control) => spec.control = Some(control),
        None => context.emit(unknown(phrase, &rest, all)),
    }
}

fn unknown(phrase: &Spanned<String>, rest: &Spanned<String>, all: &[Token]) -> Diagnostic {
    let message = match rest.value.trim() {
        "" => "`control` does not say what controls the shot".to_owned(),
        words => format!("a shot cannot be controlled by `{words}`"),
    };
    let entry = FilmSetting::Control.entry();
    let unknown = Diagnostic::error(Code::UnknownPhrase, phrase.span, message)
        .help(format!("after `control` write {}", entry.expected()));
    let words = || entry.examples.iter().map(String::as_str);
    let meant = all.get(1).and_then(|word| did_you_mean(&word.word, words()));
    match (meant, all.get(1)) {
        (Some(meant), Some(word)) if meant != word.word => {
            let span = part(phrase, word.range.clone()).span;
            unknown.label(format!("did you mean `{meant}`?")).fix(
                format!("write `{meant}`"),
                span,
                meant,
            )
        }
        _ => unknown,
    }
}
