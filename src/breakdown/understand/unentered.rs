//! Names that a paragraph uses as if the film knew them: `Peter waits at the bridge.`
//! Nobody answers to them, so no picture shows who is meant.
//!
//! Knows a paragraph's words; a name becomes a character elsewhere.

use super::context::Context;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::sexes;
use crate::breakdown::language::words::{Token, is_capitals, tokens};
use crate::breakdown::screenplay::Action;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Tells of the names in a paragraph.
pub(crate) fn lint(context: &mut Context<'_>, action: &Action, span: Span) {
    let Some(words) = context.sentence_words else { return };
    let grammar = &context.vocabulary.grammar;
    let and = grammar.added.and.as_str();
    let mut found: Vec<String> = Vec::new();
    for sentence in grammar.sentences(&action.text) {
        let text = &action.text[sentence.clone()];
        let all = tokens(text);
        let is_unknown = |name: &Token| {
            let start = sentence.start + name.range.start;
            let known = action.names.iter().any(|it| it.start <= start && start < it.end);
            !known && is_name(&text[name.range.clone()], words)
        };
        for at in 1..all.len() {
            let next = &all[at];
            let small = !text[next.range.clone()].contains(char::is_uppercase);
            if !small || next.is_mark() || words.verb(&next.word).is_none() {
                continue;
            }
            // `Jane and Peter wait.`
            let joined = at > 2 && all[at - 2].word == and;
            let who = &all[if joined { at - 3 } else { at - 1 }..at];
            if at == 1 || joined {
                let names = who.iter().filter(|name| is_unknown(name));
                found.extend(names.map(|name| text[name.range.clone()].to_owned()));
            }
        }
    }
    for name in found {
        let written = context.sources.get(span.source).slice(span);
        let place = written.find(&name).map_or(span, |at| {
            let start = span.start as usize + at;
            Span::new(span.source, start, start + name.len())
        });
        context.emit(diagnostic(&name, place));
    }
}

/// Whether a word without an article before it is a name, by its letters.
fn is_name(written: &str, words: &SentenceWords) -> bool {
    let small = written.to_lowercase();
    if words.noun(&small).is_some() {
        return false;
    }
    if is_capitals(written) {
        return written.chars().count() > 2 && words.verb(&small).is_none();
    }
    written.starts_with(char::is_uppercase)
        && words.verb(&small).is_none()
        && sexes::is_given_name(&small)
}

fn diagnostic(name: &str, place: Span) -> Diagnostic {
    let capitals = name.to_uppercase();
    Diagnostic::hint(
        Code::UnenteredName,
        place,
        format!("nobody is called {name} yet, so no picture shows {name}"),
    )
    .help(format!("say who it is with `[[cast: {capitals}, …]]`, or let {capitals} speak"))
}
