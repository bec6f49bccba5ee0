//! Who and what a part of a shot line names.
//!
//! Knows names and free text; does not know sizes, angles or moves.

use std::ops::Range;

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::{is_capitals, part, tokens};
use crate::breakdown::screenplay::{ShotSpec, Subject};
use crate::breakdown::understand::context::Context;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::names::{NameMatch, NameScope};
use crate::source::Spanned;

/// Names joined by `and`, as ranges.
pub(crate) fn joined(text: &str, grammar: &Grammar) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for token in tokens(text) {
        if grammar.conjunctions.contains(&token.word) {
            ranges.push(start..token.range.start);
            start = token.range.end;
        }
    }
    ranges.push(start..text.len());
    let mut parts = Vec::new();
    for range in ranges {
        let mut start = range.start;
        for (at, letter) in text[range.clone()].char_indices() {
            if matches!(letter, '/' | ',') {
                parts.push(start..range.start + at);
                start = range.start + at + 1;
            }
        }
        parts.push(start..range.end);
    }
    parts.retain(|range| text[range.clone()].chars().any(char::is_alphanumeric));
    parts
}

pub(super) fn read_subjects(
    context: &mut Context<'_>,
    words: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let words = &part(words, 0..words.value.len());
    if words.value.is_empty() {
        return;
    }
    if let Some(subject) = context.subject(words, at) {
        add(spec, subject);
        return;
    }
    for range in joined(&words.value, &context.vocabulary.grammar) {
        let name = part(words, range);
        read_subject(context, &name, spec, at);
    }
}

pub(super) fn add(spec: &mut ShotSpec, subject: Subject) {
    if !spec.subjects.contains(&subject) {
        spec.subjects.push(subject);
    }
}

/// One subject: a name, a possessive that shows its owner, or a thing.
fn read_subject(
    context: &mut Context<'_>,
    name: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let text = name.value.as_str();
    let found = context.names.find(text, at, &context.vocabulary);
    let small = !text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
    match found {
        NameMatch::One(_) if small => {
            context.emit(errors::small_name(name));
            spec.things.push(text.to_owned());
            return;
        }
        NameMatch::One(subject) => {
            context.record_usage(subject, name);
            return add(spec, subject);
        }
        NameMatch::Several(_) => {
            context.subject(name, at);
            return;
        }
        NameMatch::None => {}
    }
    // The longest name it begins with: `NELL'S EYE`, `IDA at the window`.
    let all = tokens(text);
    for count in (1..=all.len()).rev() {
        let last = &all[count - 1];
        let words = &text[all[0].range.start..last.range.end];
        let owner =
            ["'s", "’s", "'S", "’S", "'", "’"].iter().find_map(|ending| words.strip_suffix(ending));
        let whose = owner.unwrap_or(words);
        if !whose.starts_with(|letter: char| !letter.is_lowercase())
            || (count == all.len() && owner.is_none())
        {
            continue;
        }
        if let NameMatch::One(subject) = context.names.find(whose, at, &context.vocabulary) {
            add(spec, subject);
            let start = all[0].range.start;
            context.record_usage(subject, &part(name, start..start + whose.len()));
            let rest = part(name, last.range.end..text.len());
            read_rest(context, &rest, owner.is_some(), spec, at);
            return;
        }
    }
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    if is_capitals(text) && letters > 1 {
        context.undeclared(name);
        spec.things.push(text.to_lowercase());
        return;
    }
    // `the scar on IDA` shows Ida too.
    let mut doubtful = Vec::new();
    let mentions = context.names.mentions(text, at, &context.vocabulary, &mut doubtful);
    context.uses_earlier_text |= !doubtful.is_empty();
    for mention in mentions {
        add(spec, mention.subject);
        context.record_usage(mention.subject, &part(name, mention.start..mention.end));
    }
    spec.things.push(text.to_owned());
}

/// What follows a name: what is theirs, where they are, or another name.
fn read_rest(
    context: &mut Context<'_>,
    rest: &Spanned<String>,
    theirs: bool,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let all = tokens(&rest.value);
    let Some(first) = all.iter().position(|token| {
        !token.is_mark()
            && !matches!(
                token.word.as_str(),
                "at" | "in" | "by" | "near" | "on" | "under" | "with" | "inside" | "from"
            )
    }) else {
        return;
    };
    let thing = part(rest, all[first].range.start..rest.value.len());
    if let (false, Some(subject)) = (theirs, context.subject(&thing, at)) {
        add(spec, subject);
    } else if is_capitals(&thing.value) && !theirs {
        context.undeclared(&thing);
        spec.things.push(thing.value.to_lowercase());
    } else {
        spec.things.push(thing.value.to_lowercase());
    }
}
