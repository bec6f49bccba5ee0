//! Finds what the author is writing, from the text before the cursor.

use crate::breakdown::language::film_settings::key_and_value;
use crate::breakdown::language::glossary::Table;
use crate::breakdown::language::grammar::{ClauseWords, Grammar};
use crate::breakdown::language::word_set::WordSet;
use crate::breakdown::language::words::{Token, tokens};
use crate::breakdown::{EntryField, prefix};
use crate::lsp::view::View;
use crate::script::tree::{DirectiveWord, ElementKind};
use crate::source::quotes::is_quote;

/// What the author is writing, and where its unfinished part begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CompletionContext {
    /// The kind of text.
    pub kind: CompletionKind,
    /// Where the replaced text begins.
    pub from: usize,
}

/// What the author is writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CompletionKind {
    /// A key of the title document.
    TitleKey,
    /// A new line after an empty one: any element may begin.
    Line,
    /// The place of a heading, after `INT.`.
    Place,
    /// The time of a heading, after the place.
    Time,
    /// The head of a shot line.
    Head,
    /// A name in a shot line; `true` if things may be named too.
    Name,
    /// A phrase of a shot line; `true` in the note of a transition.
    Phrase { transition: bool },
    /// A move, after its speed.
    Move,
    /// Clothes, after `wearing`.
    Outfit,
    /// A file in quotes: a vocabulary or a picture.
    File { vocabulary: bool },
    /// A transition on its own line.
    Transition,
    /// The word of a note; inside a speech only `cut`.
    Word { speech: bool },
    /// The body of a directive.
    Body(DirectiveWord),
    /// The body of a directive after the name.
    Rest(DirectiveWord),
    /// A field, after `|`.
    Field(DirectiveWord),
    /// The value of a film setting.
    Value(String),
    /// A cue after `@`.
    Cue,
    /// An extension in brackets behind a cue.
    Extension,
    /// A parenthetical under a cue.
    Parenthetical,
    /// A word with a capital in action.
    Mention,
    /// Nothing to offer.
    Prose,
}

/// What the author is writing at a byte.
pub(super) fn context(view: &View<'_>, byte: usize) -> CompletionContext {
    let document = view.document;
    let line = document.line_of(byte);
    let start = document.line_start(line);
    let before = &document.as_str()[start..byte];
    let trimmed = before.trim_start();
    let first = byte - trimmed.len();
    let at = |kind, from| CompletionContext { kind, from };
    if let Some(open) = open_note(before) {
        let inside = start + open + 2;
        return note(view, line, &before[..open], &document.as_str()[inside..byte], inside);
    }
    if let Some(rest) = strip_any(trimmed, &["!!", "！！"]) {
        return shot(view, rest, byte);
    }
    if let Some(rest) = trimmed.strip_prefix('>') {
        let rest = rest.trim_start();
        return at(CompletionKind::Transition, byte - rest.len());
    }
    if let Some(rest) = trimmed.strip_prefix('@') {
        return at(CompletionKind::Cue, byte - rest.trim_start().len());
    }
    if trimmed.starts_with(['=', '#', '~']) {
        return at(CompletionKind::Prose, byte);
    }
    if in_title_page(view, line) {
        let kind =
            if before.contains(':') { CompletionKind::Prose } else { CompletionKind::TitleKey };
        return at(kind, first);
    }
    if let Some(rest) = heading(view, trimmed) {
        return slug(rest, byte);
    }
    if in_speech(view, byte, line) {
        return match trimmed.strip_prefix('(') {
            Some(rest) if !rest.contains(')') => {
                at(CompletionKind::Parenthetical, byte - rest.len())
            }
            _ => at(CompletionKind::Prose, byte),
        };
    }
    let shouting = !trimmed.chars().any(char::is_lowercase);
    if let Some((name, rest)) = trimmed.split_once('(')
        && shouting_word(name)
        && !rest.contains(')')
    {
        return at(CompletionKind::Extension, byte - rest.len());
    }
    let alone = line == 0 || document.line(line - 1).trim().is_empty();
    if alone && shouting {
        return at(CompletionKind::Line, first);
    }
    let word = trimmed.rsplit(|l: char| !l.is_alphanumeric() && l != '\'').next().unwrap_or("");
    let kind = if word.starts_with(char::is_uppercase) {
        CompletionKind::Mention
    } else {
        CompletionKind::Prose
    };
    at(kind, byte - word.len())
}

fn shouting_word(name: &str) -> bool {
    name.chars().any(char::is_uppercase) && !name.chars().any(char::is_lowercase)
}

fn strip_any<'a>(text: &'a str, marks: &[&str]) -> Option<&'a str> {
    marks.iter().find_map(|mark| text.strip_prefix(mark))
}

/// Where a note begins that is still open at the cursor.
fn open_note(before: &str) -> Option<usize> {
    let open = before.rfind("[[")?;
    (!before[open..].contains("]]")).then_some(open)
}

fn note(
    view: &View<'_>,
    line: usize,
    outside: &str,
    inside: &str,
    from: usize,
) -> CompletionContext {
    let byte = from + inside.len();
    let outside = outside.trim_start();
    if strip_any(outside, &["!!", "！！"]).is_some() {
        return phrase(view, inside, byte, false);
    }
    if outside.starts_with('>') || outside.trim_end().ends_with("TO:") {
        return phrase(view, inside, byte, true);
    }
    let speech = in_speech(view, byte, line);
    let Some((word, body)) = inside.split_once([':', '：']) else {
        let from = byte - inside.trim_start().len();
        return CompletionContext { kind: CompletionKind::Word { speech }, from };
    };
    let prose = CompletionContext { kind: CompletionKind::Prose, from: byte };
    match DirectiveWord::of(word.trim()) {
        Some(DirectiveWord::Cut) => shot(view, body, byte),
        Some(word) => directive(word, body, byte),
        None => prose,
    }
}

fn directive(word: DirectiveWord, body: &str, byte: usize) -> CompletionContext {
    use DirectiveWord as D;
    let field = body.rsplit(['|', '｜']).next().unwrap_or("").trim_start();
    let first = !body.contains(['|', '｜']);
    let from = byte - field.len();
    let at = |kind, from| CompletionContext { kind, from };
    let last = |separators: &[char]| {
        let part = field.rsplit(separators).next().unwrap_or("").trim_start();
        byte - part.len()
    };
    match word {
        D::Film => match key_and_value(field) {
            (key, _) if key.len() == field.len() => at(CompletionKind::Body(word), from),
            (key, value) => {
                at(CompletionKind::Value(key.to_lowercase()), byte - value.trim_start().len())
            }
        },
        D::Use => at(
            CompletionKind::File { vocabulary: true },
            byte - field.trim_start_matches('"').len(),
        ),
        D::Here | D::Style => at(CompletionKind::Body(word), last(&[','])),
        D::Block => at(CompletionKind::Body(word), from),
        _ if !first => match EntryField::split(field) {
            Some((EntryField::Reference, value)) => {
                let value = value.trim_start().trim_start_matches('"');
                at(CompletionKind::File { vocabulary: false }, byte - value.len())
            }
            None if !field.contains([':', '：']) => at(CompletionKind::Field(word), from),
            Some(_) | None => at(CompletionKind::Prose, byte),
        },
        _ if field.contains([',', '，']) => at(CompletionKind::Rest(word), last(&[',', '，'])),
        _ => at(CompletionKind::Body(word), from),
    }
}

/// The part of a shot line that the author is writing.
fn shot(view: &View<'_>, rest: &str, byte: usize) -> CompletionContext {
    if let Some(comma) = last_comma(rest) {
        return phrase(view, &rest[comma..], byte, false);
    }
    let rest = rest.trim_start();
    let Grammar { connectors, conjunctions, shot_lines, .. } =
        &view.analysis.screenplay.vocabulary.grammar;
    let lists = [
        connectors,
        conjunctions,
        &shot_lines.over,
        &shot_lines.pov,
        &shot_lines.with,
        &shot_lines.insert,
    ];
    match behind_word(rest, 0, &lists) {
        Some(name) => CompletionContext { kind: CompletionKind::Name, from: byte - name.len() },
        None => CompletionContext { kind: CompletionKind::Head, from: byte - rest.len() },
    }
}

/// The text behind the last word of `text` that is in one of the lists, after which a name
/// follows. Ignores the first `skipped` words.
fn behind_word<'a>(text: &'a str, skipped: usize, lists: &[&WordSet]) -> Option<&'a str> {
    let opens =
        |token: &Token| token.is_mark() || lists.iter().any(|list| list.contains(&token.word));
    let all = tokens(text);
    let last = all.iter().skip(skipped).rfind(|token| opens(token))?;
    let after = &text[last.range.end..];
    after.starts_with(' ').then(|| after.trim_start())
}

/// The text behind the last comma outside quotes.
fn last_comma(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut found = None;
    for (at, letter) in text.char_indices() {
        match letter {
            mark if is_quote(mark) => quoted = !quoted,
            ',' | '，' if !quoted => found = Some(at + letter.len_utf8()),
            _ => {}
        }
    }
    found
}

/// The last phrase of a list.
fn phrase(view: &View<'_>, all: &str, byte: usize, transition: bool) -> CompletionContext {
    let last = &all[last_comma(all).unwrap_or(0)..];
    let last = last.trim_start();
    let at = |kind, rest: &str| CompletionContext { kind, from: byte - rest.len() };
    let lower = last.to_lowercase();
    if lower.len() != last.len() {
        return at(CompletionKind::Phrase { transition }, last);
    }
    for opener in ["from \"", "to \""] {
        if let Some(rest) = lower.strip_prefix(opener) {
            return at(CompletionKind::File { vocabulary: false }, rest);
        }
    }
    let mut wearing = view.analysis.screenplay.vocabulary.grammar.outfits.wearing.iter();
    if let Some(rest) = wearing.find_map(|word| lower.strip_prefix(word)?.strip_prefix(' ')) {
        return at(CompletionKind::Outfit, rest);
    }
    let ClauseWords { toward, reveal, revealing, from, to, with, behind, around, .. } =
        &view.analysis.screenplay.vocabulary.grammar.clauses;
    let clause = [toward, reveal, revealing, from, to, with, behind, around];
    if let Some(name) = behind_word(last, 1, &clause) {
        return at(CompletionKind::Name, name);
    }
    let speeds = view.analysis.screenplay.vocabulary.words(Table::Speeds);
    let after_speed =
        speeds.iter().find_map(|speed| lower.strip_prefix(speed.word)?.strip_prefix(' '));
    if let Some(rest) = after_speed {
        return at(CompletionKind::Move, rest);
    }
    at(CompletionKind::Phrase { transition }, last)
}

/// The part of a heading that the author is writing.
fn heading<'a>(view: &View<'_>, line: &'a str) -> Option<&'a str> {
    let (_, start) = prefix(line, &view.analysis.screenplay.vocabulary)?;
    // Without a space or a full stop the author is still writing the prefix.
    line[..start].ends_with(|letter: char| !letter.is_alphanumeric()).then(|| &line[start..])
}

fn slug(rest: &str, byte: usize) -> CompletionContext {
    let rest = rest.trim_start();
    match rest.rfind(" - ") {
        Some(dash) => {
            CompletionContext { kind: CompletionKind::Time, from: byte - rest[dash + 3..].len() }
        }
        None => CompletionContext { kind: CompletionKind::Place, from: byte - rest.len() },
    }
}

fn in_title_page(view: &View<'_>, line: usize) -> bool {
    let entries = &view.analysis.tree.title_page;
    let Some(last) = entries.last() else {
        // The first line of an empty script.
        return line == 0 && view.document.lines() == 1;
    };
    let end = last.values.last().map_or(last.key.span, |value| value.span).end as usize;
    line <= view.document.line_of(end)
        || (line == view.document.line_of(end) + 1 && !view.document.line(line).trim().is_empty())
}

/// Whether a line is under a cue.
fn in_speech(view: &View<'_>, byte: usize, line: usize) -> bool {
    let before = view.analysis.elements_before(byte);
    let Some(element) = before.last() else { return false };
    let ElementKind::Speech(speech) = &element.kind else { return false };
    let cue = view.document.line_of(speech.name.span.start as usize);
    let end = view.document.line_of(element.span.end as usize);
    cue < line && line <= end + 1 && !(line == end + 1 && view.document.line(end).trim().is_empty())
}
