//! Stage directions of the author: `[[block: MARA enters left | TUSK right, far]]`, and
//! the same words in the tail of a shot line.
//!
//! The vocabulary knows the words, the room `blocking` moves people.

use std::sync::Arc;

use super::context::Context;
use super::errors;
use super::names::{NameMatch, NameScope};
use crate::breakdown::description::Side;
use crate::breakdown::language::words::{Token, part, tokens};
use crate::breakdown::stage_direction::{StageArea, StageDirection};
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::Spanned;

/// Reads one direction, like `MARA crosses to TUSK`. Emits a diagnostic for what it does
/// not know.
pub(crate) fn direction(
    context: &mut Context<'_>,
    written: &Spanned<String>,
    at: &NameScope,
) -> Option<StageDirection> {
    let all = tokens(&written.value);
    let vocabulary = Arc::clone(&context.vocabulary);
    let directing = &vocabulary.directing;
    let Some(taken) = name_length(context, written, &all, at) else {
        let name = (1..all.len()).find(|at| directing.begins(&all[*at..])).unwrap_or(1);
        let name = part(written, 0..all.get(name - 1).map_or(0, |last| last.range.end));
        if name.value.is_empty() {
            context.emit(errors::empty_direction(written.span));
        } else {
            context.unknown_name(&name);
        }
        return None;
    };
    let who = context.subject(&part(written, 0..all[taken - 1].range.end), at)?;
    let mut direction = StageDirection { who, motion: None, areas: Vec::new(), to: None };
    let mut from = taken;
    while from < all.len() {
        let rest = &all[from..];
        if rest[0].is_mark() {
            from += 1;
        } else if let Some((motion, taken)) = directing.motion(rest) {
            if direction.motion.replace(motion.into()).is_some() {
                let words = part(written, rest[0].range.start..rest[taken - 1].range.end);
                context.emit(twice(&words, "does something"));
                return None;
            }
            from += taken;
        } else if let Some((area, taken)) = directing.area(rest) {
            let words = part(written, rest[0].range.start..rest[taken - 1].range.end);
            if let Some(other) = direction.areas.iter().find(|other| area.excludes(**other)) {
                context
                    .emit(two_areas(&words, &format!("stands {} already", directing.word(*other))));
                return None;
            }
            direction.areas.push(area);
            from += taken;
        } else if directing.between.contains(&rest[0].word) && rest.len() > 1 {
            from += 1;
        } else {
            let words = part(written, rest[0].range.start..written.value.len());
            let Some(taken) = name_length(context, &words, &tokens(&words.value), at) else {
                let word = part(written, rest[0].range.clone());
                let near = did_you_mean(&rest[0].word, directing.all());
                context.emit(errors::unknown_direction(&word, near));
                return None;
            };
            let name = part(written, rest[0].range.start..rest[taken - 1].range.end);
            if direction.to.is_some() {
                context.emit(twice(&name, "has somebody to go to"));
                return None;
            }
            direction.to = context.subject(&name, at);
            from += taken;
        }
    }
    if direction.motion.is_none() && direction.areas.is_empty() {
        context.emit(errors::empty_direction(written.span));
        return None;
    }
    Some(direction)
}

/// Reports directions that a later one overrides: one person on two areas.
pub(crate) fn contradictions(
    context: &mut Context<'_>,
    written: &[&Spanned<String>],
    directions: &[StageDirection],
) {
    for (nth, one) in directions.iter().enumerate().filter(|(_, one)| one.motion.is_none()) {
        let excludes = |other: &StageDirection| {
            let mut pairs =
                other.areas.iter().flat_map(|area| one.areas.iter().map(move |it| (it, area)));
            other.who == one.who
                && other.motion.is_none()
                && pairs.any(|(one, other)| one.excludes(*other))
        };
        if directions[..nth].iter().any(excludes)
            && let Some(written) = written.get(nth)
        {
            context.emit(two_areas(written, "has another area"));
        }
    }
}

/// Whether a phrase of a shot line is a direction: somebody's name, then a word of the
/// stage.
pub(crate) fn is_direction(
    context: &Context<'_>,
    phrase: &Spanned<String>,
    at: &NameScope,
) -> bool {
    let all = tokens(&phrase.value);
    let taken = name_length(context, phrase, &all, at);
    taken.is_some_and(|taken| context.vocabulary.directing.begins(&all[taken..]))
}

impl StageArea {
    /// Whether two areas exclude each other: left and right, near and far.
    pub(crate) fn excludes(self, other: Self) -> bool {
        let deep = |area: Self| matches!(area, Self::Near | Self::Far);
        self != other && deep(self) == deep(other)
    }

    /// Its side of the picture.
    pub(crate) fn side(self) -> Option<Side> {
        match self {
            Self::Left => Some(Side::Left),
            Self::Right => Some(Side::Right),
            Self::Centre => Some(Side::Centre),
            Self::Near | Self::Far => None,
        }
    }
}

/// An area for somebody who is not there.
pub(crate) fn directed_though_gone(written: &Spanned<String>) -> Diagnostic {
    let message = format!("`{}` is about somebody who is gone", written.value);
    Diagnostic::warning(Code::Gone, written.span, message)
        .help("let them come back: `[[here: MARA]]`, or `[[block: MARA enters left]]`")
}

/// Somebody who is here on two sides.
pub(crate) fn here_twice(name: &Spanned<String>) -> Diagnostic {
    let message = format!("{} is here twice, and only the last side counts", name.value);
    Diagnostic::error(Code::WrittenTwice, name.span, message).help("keep one of the two")
}

fn two_areas(words: &Spanned<String>, already: &str) -> Diagnostic {
    let message = format!("`{}`: whoever is directed {already}", words.value);
    Diagnostic::error(Code::WrittenTwice, words.span, message)
        .help("keep one of the two, or say how they go: `MARA crosses right`")
}

fn twice(words: &Spanned<String>, already: &str) -> Diagnostic {
    let message = format!("`{}`: whoever is directed already {already}", words.value);
    Diagnostic::error(Code::WrittenTwice, words.span, message)
        .help("give each direction its own part: `[[block: MARA sits | MARA rises]]`")
}

/// How many words the longest name has that a text begins with.
fn name_length(
    context: &Context<'_>,
    written: &Spanned<String>,
    all: &[Token],
    at: &NameScope,
) -> Option<usize> {
    let first = written.value.chars().find(|letter| letter.is_alphanumeric())?;
    (1..=all.len().min(5)).rev().find(|taken| {
        let name = &written.value[all[0].range.start..all[taken - 1].range.end];
        if first.is_lowercase() {
            return context.extra(name).is_some();
        }
        !matches!(context.names.find(name, at, &context.vocabulary), NameMatch::None)
    })
}
