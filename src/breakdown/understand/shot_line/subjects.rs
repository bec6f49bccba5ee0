//! Reads the people and things that a part of a shot line names.
//!
//! Knows names and free text; does not know sizes, angles or moves.

use std::ops::Range;

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::{Token, is_capitals, part, tokens};
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

/// The owner of a thing: `IDA'S`, `JONAS'`.
pub(super) fn owner<'a>(words: &'a str, grammar: &Grammar) -> Option<&'a str> {
    grammar.owner(words).or_else(|| words.strip_suffix(['\'', '’']))
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
    if let Some(extra) = context.extra(text) {
        return add(spec, extra);
    }
    // The longest name it begins with: `NELL'S EYE`, `IDA at the window`.
    let all = tokens(text);
    for count in (1..=all.len()).rev() {
        let last = &all[count - 1];
        let words = &text[all[0].range.start..last.range.end];
        let owner = owner(words, &context.vocabulary.grammar);
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
            let follows = if owner.is_some() { AfterName::Theirs } else { AfterName::Place };
            read_rest(context, &rest, follows, spec, at);
            return;
        }
    }
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    if is_capitals(text) && letters > 1 {
        context.undeclared(name);
        spec.things.push(context.vocabulary.grammar.in_a_sentence(text));
        return;
    }
    // `the scar on IDA` shows Ida too.
    let mut doubtful = Vec::new();
    let mentions = context.names.mentions(text, at, &context.vocabulary, &mut doubtful);
    context.depends_on_more |= !doubtful.is_empty();
    for mention in mentions {
        add(spec, mention.subject);
        context.record_usage(mention.subject, &part(name, mention.start..mention.end));
    }
    spec.things.push(text.to_owned());
}

/// What the words behind a name are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AfterName {
    /// `IDA'S eye`: a part of whom the name means.
    Theirs,
    /// `IDA at the window`: where they are, or another name.
    Place,
}

/// What follows a name: something that they own, where they are, or another name.
fn read_rest(
    context: &mut Context<'_>,
    rest: &Spanned<String>,
    follows: AfterName,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let all = tokens(&rest.value);
    let placed = &context.vocabulary.grammar.shot_lines.placed;
    let begins = |token: &Token| !token.is_mark() && !placed.contains(&token.word);
    let Some(first) = all.iter().position(begins) else { return };
    let thing = part(rest, all[first].range.start..rest.value.len());
    let subject = context.subject(&thing, at);
    if let (AfterName::Place, Some(subject)) = (follows, subject) {
        add(spec, subject);
        return;
    }
    if follows == AfterName::Place && is_capitals(&thing.value) {
        context.undeclared(&thing);
    }
    spec.things.push(context.vocabulary.grammar.in_a_sentence(&thing.value));
}
