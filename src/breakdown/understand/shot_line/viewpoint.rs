//! The viewpoint of a shot: somebody's eyes (`POV IDA`) or a look over their shoulder
//! (`OVER IDA TO JONAS`).
//!
//! Does not know the other parts of a shot line.

use super::subjects::{owner as whose, read_subjects};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::{Token, is_capitals, part};
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::understand::context::Context;
use crate::breakdown::understand::names::NameScope;
use crate::source::Spanned;

pub(super) fn is_pov(token: &Token, grammar: &Grammar) -> bool {
    grammar.shot_lines.pov.contains(&token.word)
}

/// `POV YOUNG IDA`, `POV IDA - THE BOAT`.
pub(super) fn read_pov(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    rest: &[Token],
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let words = &context.vocabulary.grammar.shot_lines;
    let begins = |token: &&Token| !token.is_mark() && !words.pov_of.contains(&token.word);
    let Some(first) = rest.iter().find(begins) else {
        spec.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
        return;
    };
    let end = head.value.len();
    let seen = rest
        .iter()
        .skip_while(|token| token.range.start <= first.range.start)
        .position(|token| token.is_mark() || words.pov_sees.contains(&token.word))
        .and_then(|index| {
            let from = rest.iter().position(|token| token.range.start > first.range.start)?;
            rest.get(from + index)
        });
    let owner = part(head, first.range.start..seen.map_or(end, |token| token.range.start));
    if let Some(subject) = context.subject(&owner, at) {
        spec.pov = Some(subject);
    } else {
        context.undeclared(&owner);
        spec.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
    }
    if let Some(seen) = seen {
        read_subjects(context, &part(head, seen.range.end..end), spec, at);
    }
}

/// `SNIPER SCOPE POV`, `IDA'S POV`.
pub(super) fn read_owner_of_pov(
    context: &mut Context<'_>,
    owner: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let bare = whose(&owner.value, &context.vocabulary.grammar).unwrap_or(&owner.value).to_owned();
    if let Some(subject) = context.subject(&Spanned::new(bare, owner.span), at) {
        spec.pov = Some(subject);
    } else {
        spec.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
        spec.things.push(context.vocabulary.grammar.in_a_sentence(&owner.value));
    }
}

/// `OVER IDA'S SHOULDER TO THE CROWD`, `OVER IDA TO JONAS`.
pub(super) fn read_over(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    rest: &[Token],
    spec: &mut ShotSpec,
    at: &NameScope,
) -> bool {
    let end = head.value.len();
    let words = &context.vocabulary.grammar.shot_lines;
    let is_to = |token: &&Token| words.over_to.contains(&token.word) || token.is_dash();
    let to = rest.iter().skip(1).find(is_to);
    let shoulder = rest.iter().find(|token| words.shoulder.contains(&token.word));
    let stop =
        [to, shoulder].into_iter().flatten().map(|token| token.range.start).min().unwrap_or(end);
    let Some(first) = rest.get(1).filter(|token| token.range.start < stop) else { return false };
    let owner = part(head, first.range.start..stop);
    let bare = whose(&owner.value, &context.vocabulary.grammar).unwrap_or(&owner.value).to_owned();
    let name = Spanned::new(bare, owner.span);
    match context.subject(&name, at) {
        Some(subject) => spec.over = Some(subject),
        None if is_capitals(&name.value) => {
            context.undeclared(&name);
            spec.angle = context.vocabulary.angle_with(|angle| angle.over_shoulder);
        }
        None => return false,
    }
    if let Some(to) = to {
        read_subjects(context, &part(head, to.range.end..end), spec, at);
    }
    true
}
