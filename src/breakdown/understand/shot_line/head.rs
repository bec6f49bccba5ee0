//! The head of a shot line: size, angle and move, then the subject
//! (docs/rules.md#d4). Only the subject is free text.
//!
//! Does not know the phrases after the head.

use super::movement::apply_clause;
use super::subjects::read_subjects;
use super::viewpoint::{is_pov, read_over, read_owner_of_pov, read_pov};
use crate::breakdown::language::phrases::{self, Clause};
use crate::breakdown::language::words::{Token, canonical, part, tokens};
use crate::breakdown::screenplay::{PictureKind, ShotSpec};
use crate::breakdown::technique::Movement;
use crate::breakdown::understand::context::Context;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::names::{NameMatch, NameScope};
use crate::source::Spanned;

pub(super) fn read_head(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let text = head.value.as_str();
    let all = tokens(text);
    let whole = canonical(text);
    let words = &context.vocabulary.grammar.shot_lines;
    let plain = [
        (&words.card, PictureKind::Card),
        (&words.black, PictureKind::Black),
        (&words.white, PictureKind::White),
    ];
    if let Some((_, picture)) = plain.into_iter().find(|(list, _)| list.contains(&whole)) {
        spec.picture = picture;
        return;
    }
    if whole.is_empty() {
        return;
    }
    let reserved = context
        .vocabulary
        .listed(&context.vocabulary.reserved, &all)
        .map(|word| word.word.to_owned());
    if let Some(word) = reserved {
        context.emit(errors::reserved(head.span, &word));
        return;
    }
    let mut next = 0;
    loop {
        let rest = &all[next..];
        let Some(first) = rest.first() else { return };
        let rest_range = first.range.start..text.len();
        if first.is_mark() {
            next += 1;
            if next >= all.len() {
                return;
            }
            read_subjects(context, &part(head, all[next].range.start..text.len()), spec, at);
            return;
        }
        let known = |words: &str| {
            !matches!(context.names.find(words, at, &context.vocabulary), NameMatch::None)
        };
        if known(text[rest_range.clone()].trim()) {
            read_subjects(context, &part(head, rest_range), spec, at);
            return;
        }
        let grammar = &context.vocabulary.grammar;
        if is_pov(first, grammar) {
            read_pov(context, head, &all[next + 1..], spec, at);
            return;
        }
        if grammar.shot_lines.over.contains(&first.word) && read_over(context, head, rest, spec, at)
        {
            return;
        }
        let grammar = &context.vocabulary.grammar;
        if next > 0 && grammar.clauses.behind.contains(&first.word) {
            spec.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            next += 1;
            if let Some(subject) = all.get(next) {
                read_subjects(context, &part(head, subject.range.start..text.len()), spec, at);
            }
            return;
        }
        if next > 0 && grammar.connectors.contains(&first.word) && rest.len() > 1 {
            let start = rest[1].range.start;
            read_subjects(context, &part(head, start..text.len()), spec, at);
            return;
        }
        let Some(taken) = read_prefix(context, head, &all, next, spec, at) else { break };
        next += taken;
    }
    if all.len() > next + 1
        && let Some(last) = all.last().filter(|last| is_pov(last, &context.vocabulary.grammar))
    {
        let owner = part(head, all[next].range.start..last.range.start);
        read_owner_of_pov(context, &owner, spec, at);
        return;
    }
    read_subjects(context, &part(head, all[next].range.start..text.len()), spec, at);
}

/// A size, angle or move at the beginning of what is left of a head; how many
/// tokens it takes. A move takes its clause too.
fn read_prefix(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    all: &[Token],
    next: usize,
    spec: &mut ShotSpec,
    at: &NameScope,
) -> Option<usize> {
    let rest = &all[next..];
    let vocabulary = &context.vocabulary;
    let size = vocabulary.size(rest).map(|found| (found.taken, found.word.to_owned()));
    let angle = vocabulary.angle(rest).map(|found| (found.taken, found.word.to_owned()));
    let movement = phrases::movement(rest, vocabulary);
    let taken = |found: &Option<(usize, String)>| found.as_ref().map_or(0, |found| found.0);
    let moved = movement.as_ref().map_or(0, |found| found.taken);
    let opener = vocabulary.grammar.openers.taken(rest).unwrap_or(0);
    let longest = taken(&size).max(taken(&angle)).max(moved).max(opener);
    if longest == 0 {
        return None;
    }
    if let Some((length, size)) = size.filter(|_| spec.size.is_none())
        && length == longest
    {
        spec.size = vocabulary.shot_size(&size);
    } else if let Some((length, angle)) = angle.filter(|_| spec.angle.is_none())
        && length == longest
    {
        spec.angle = vocabulary.camera_angle(&angle);
        // From the air everything is far.
        if spec.size.is_none() {
            let size = vocabulary.angles[&angle].size.as_deref();
            spec.size = size.and_then(|size| vocabulary.shot_size(size));
        }
    } else if let Some(found) = movement
        && found.taken == longest
    {
        let mut movement =
            Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
        let after = &rest[found.taken..];
        let clause = phrases::clause(after, &vocabulary.grammar.clauses)
            .filter(|clause| !matches!(clause, Clause::With(_) | Clause::On(_)));
        if let Some(clause) = clause {
            apply_clause(context, head, clause, &mut movement, spec, at);
            spec.movement = Some(movement);
            return Some(rest.len());
        }
        spec.movement = Some(movement);
    }
    Some(longest)
}
