//! Movements of the camera in a shot line, and their clauses
//! (`to reveal X`, `from A to B`).
//!
//! Does not know which words are a movement; the vocabulary does.

use std::ops::Range;
use std::sync::Arc;

use super::subjects::{add, read_subjects};
use crate::breakdown::language::grammar::AddedWords;
use crate::breakdown::language::phrases::Clause;
use crate::breakdown::language::words::part;
use crate::breakdown::screenplay::{ShotSpec, Subject};
use crate::breakdown::technique::Movement;
use crate::breakdown::understand::context::Context;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::names::NameScope;
use crate::source::Spanned;

pub(super) fn set_movement(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    movement: Movement,
    spec: &mut ShotSpec,
) {
    match &mut spec.movement {
        None => spec.movement = Some(movement),
        Some(first) => {
            let is_manner = |movement: &Movement| match &movement.moves[..] {
                [only] => only.properties.manner,
                _ => false,
            };
            if is_manner(&movement) {
                first.moves.splice(0..0, movement.moves);
            } else if is_manner(first) {
                let mut moves = std::mem::take(&mut first.moves);
                moves.extend(movement.moves);
                *first = Movement { moves, ..movement };
            } else {
                let name = first.name();
                context.emit(errors::second_move(phrase, &name));
            }
        }
    }
}

/// `to reveal X`, `from A to B`: who comes into the picture, and the words.
pub(super) fn apply_clause(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    clause: Clause,
    movement: &mut Movement,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let named = |context: &mut Context<'_>, range: &Range<usize>| -> Vec<Subject> {
        let words = part(phrase, range.clone());
        let mut found = ShotSpec::default();
        read_subjects(context, &words, &mut found, at);
        found.subjects
    };
    let words = |range: &Range<usize>| phrase.value[range.clone()].trim().to_owned();
    let vocabulary = Arc::clone(&context.vocabulary);
    let added = &vocabulary.grammar.added;
    let travels = movement.moves.iter().any(|movement| movement.properties.travels);
    match clause {
        Clause::Reveal(range) => {
            movement.reveals = named(context, &range);
            if movement.reveals.is_empty() {
                movement.toward = format!("{} {}", added.to_reveal, words(&range));
            }
        }
        Clause::FromTo(from, to) => {
            let leaving = named(context, &from);
            movement.from = leaving.first().copied();
            for subject in leaving {
                if spec.over != Some(subject) && spec.pov != Some(subject) {
                    add(spec, subject);
                }
            }
            let arriving = named(context, &to);
            movement.to = arriving.first().copied();
            let (new, seen): (Vec<Subject>, Vec<Subject>) = arriving
                .into_iter()
                .partition(|subject| travels && !spec.subjects.contains(subject));
            movement.reveals = new;
            for subject in seen {
                add(spec, subject);
            }
            let AddedWords { from: left, to: reached, .. } = added;
            movement.toward = format!("{left} {} {reached} {}", words(&from), words(&to));
        }
        Clause::To(range) => {
            let arriving = named(context, &range);
            movement.to = arriving.first().copied();
            for subject in arriving {
                if spec.subjects.contains(&subject) {
                    continue;
                }
                if travels && !spec.subjects.is_empty() {
                    movement.reveals.push(subject);
                } else {
                    add(spec, subject);
                }
            }
            movement.toward = format!("{} {}", added.to, words(&range));
        }
        Clause::With(range) => {
            for subject in named(context, &range) {
                add(spec, subject);
            }
            movement.toward = format!("{} {}", added.with, words(&range));
        }
        Clause::Behind(range) => {
            spec.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            for subject in named(context, &range) {
                add(spec, subject);
            }
        }
        Clause::On(range) => {
            for subject in named(context, &range) {
                add(spec, subject);
            }
        }
        Clause::Along(range) => movement.toward = words(&range),
    }
}
