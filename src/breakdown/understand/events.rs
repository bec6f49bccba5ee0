//! Tree → events of the story. Corrects what the rules of Fountain get wrong in
//! existing scripts: a cue that is a heading, action that is a shot, furniture of
//! the page (docs/rules.md#d2, docs/rules.md#d8).
//!
//! Knows how people write scripts; does not know names or places.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::{IndexMap, IndexSet};

use super::context::Context;
use super::transitions::transition;
use crate::breakdown::language::words::{canonical, is_capitals, lines, name_key};
use crate::breakdown::transition::{Transition, TransitionKind};
use crate::breakdown::understand::errors::{self, TakenFor};
use crate::breakdown::understand::places;
use crate::breakdown::understand::shot_line;
use crate::diagnostic::{Code, Diagnostic};
use crate::memo::Memo;
use crate::script::tree::{
    Directive, Element, ElementKind, ShotLine, SpeechElement, SpeechLine, Text, Tree,
};
use crate::script::unnumbered;
use crate::source::language_tag;
use crate::source::quotes::unquoted;
use crate::source::{Span, Spanned};

/// One event of the story.
#[derive(Debug, Clone)]
pub(crate) struct StoryEvent<'a> {
    pub(crate) kind: EventKind<'a>,
    pub(crate) span: Span,
}

/// What happens.
#[derive(Debug, Clone)]
pub(crate) enum EventKind<'a> {
    Heading {
        text: Spanned<String>,
        number: Option<Spanned<String>>,
    },
    /// Lines of a paragraph, indentation kept; `whole` when they are all that is
    /// written in its span.
    Action {
        lines: Arc<[String]>,
        whole: bool,
    },
    /// Words of the page.
    Furniture(String),
    /// `END FLASHBACK`.
    Return(String),
    Card(Vec<String>),
    Speech(&'a SpeechElement),
    /// Sung by nobody in particular.
    Lyrics(Vec<String>),
    Transition(Transition),
    Section {
        level: u8,
        text: String,
    },
    Directive(&'a Directive),
    Shot(&'a ShotLine),
    /// A shot in existing scripts: it owns what follows directly, no more.
    Implied {
        head: Spanned<String>,
    },
    Super(String),
}

/// What lines are, by their text.
#[derive(Debug, Default)]
pub(crate) struct EventCache {
    /// `None` where a transition returns to a time line.
    transitions: Memo<Box<str>, Option<Transition>>,
    /// Cues that are not suspect.
    cues: Memo<Box<str>, ()>,
    /// Whether a heading is a shot.
    shot_heads: Memo<Box<str>, bool>,
    paragraphs: Memo<Box<str>, Arc<Paragraph>>,
}

impl EventCache {
    /// Begins a pass.
    pub(crate) fn begin(&mut self) {
        let Self { transitions, cues, shot_heads, paragraphs } = self;
        transitions.begin();
        cues.begin();
        shot_heads.begin();
        paragraphs.begin();
    }
}

/// Reads a tree as events.
pub(crate) fn read<'a>(
    context: &mut Context<'_>,
    tree: &'a Tree,
    language: &str,
    cache: &mut EventCache,
) -> Vec<StoryEvent<'a>> {
    let cues = cue_counts(tree);
    // Cues that speak more than once and are not suspect.
    let mut ordinary: IndexSet<&str, RandomState> = IndexSet::default();
    let mut events = Vec::with_capacity(tree.elements.len());
    for element in &tree.elements {
        let mut push = |kind| events.push(StoryEvent { kind, span: element.span });
        match &element.kind {
            ElementKind::Heading { text, number, forced } => {
                if *forced && is_shot_head(context, &text.value, cache) {
                    push(EventKind::Implied { head: text.clone() });
                } else {
                    let text = Spanned::new(unnumbered(&text.value).to_owned(), text.span);
                    push(EventKind::Heading { text, number: number.clone() });
                }
            }
            ElementKind::Action { text, forced } => {
                action(context, text, element, *forced, language, cache, &mut events);
            }
            ElementKind::Centered { text } => push(EventKind::Card(trimmed(text))),
            ElementKind::Speech(speech) => {
                let cue = speech.name.value.as_str();
                let once = cues.get(cue).is_none_or(|count| *count == 1);
                if speech.forced
                    || ordinary.contains(cue)
                    || !suspect(context, speech, element, once, cache, &mut events)
                {
                    if !once && !speech.forced && speech.extensions.is_empty() {
                        ordinary.insert(cue);
                    }
                    events.push(StoryEvent { kind: EventKind::Speech(speech), span: element.span });
                }
            }
            ElementKind::Lyrics { text } => push(EventKind::Lyrics(trimmed(text))),
            ElementKind::Transition { text, tail, .. } => {
                let kind = match transition(context, text, tail, &mut cache.transitions) {
                    Some(transition) => {
                        second(context, events.last(), &transition, element.span);
                        EventKind::Transition(transition)
                    }
                    None => EventKind::Return(text.value.clone()),
                };
                events.push(StoryEvent { kind, span: element.span });
            }
            ElementKind::Section { level, text } => {
                push(EventKind::Section { level: *level, text: text.value.clone() });
            }
            ElementKind::Directive(directive) => push(EventKind::Directive(directive)),
            ElementKind::Shot(shot) => push(EventKind::Shot(shot)),
            ElementKind::Synopsis { .. } | ElementKind::PageBreak | ElementKind::Note(_) => {}
        }
    }
    events
}

/// Reports a second transition right after another one: a cut has only one.
fn second(
    context: &mut Context<'_>,
    before: Option<&StoryEvent<'_>>,
    transition: &Transition,
    span: Span,
) {
    use TransitionKind as Kind;
    let Some(StoryEvent { kind: EventKind::Transition(first), span: at }) = before else { return };
    let is_lost = !matches!(first.kind, Kind::Cut | Kind::FadeOut(_));
    if is_lost && !matches!(transition.kind, Kind::Cut | Kind::FadeOut(_)) {
        let message = format!("`{}` already stands before the next shot", first.name);
        let found = Diagnostic::error(Code::WrittenTwice, span, message);
        context.emit(found.related(*at, "first").help("keep one of the two"));
    }
}

/// Whether all of a heading is a shot written as in other screenplays.
fn is_shot_head(context: &Context<'_>, text: &str, cache: &mut EventCache) -> bool {
    cache.shot_heads.get(text).unwrap_or_else(|| {
        let is = implied_head(text, context).is_some_and(|end| end == text.len());
        cache.shot_heads.keep(text, is);
        is
    })
}

fn trimmed(text: &Text) -> Vec<String> {
    lines(text).iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// How often each cue speaks, however its name is written.
fn cue_counts(tree: &Tree) -> IndexMap<&str, usize, RandomState> {
    let mut written: IndexMap<&str, usize, RandomState> = IndexMap::default();
    for element in &tree.elements {
        if let ElementKind::Speech(speech) = &element.kind {
            *written.entry(speech.name.value.as_str()).or_insert(0) += 1;
        }
    }
    let mut counts: IndexMap<String, usize> = IndexMap::new();
    for (name, count) in &written {
        *counts.entry(name_key(name)).or_insert(0) += count;
    }
    for (name, count) in &mut written {
        *count = counts[&name_key(name)];
    }
    written
}

// ─── Action ──────────────────────────────────────────────────────────────────

/// A paragraph by itself.
#[derive(Debug)]
struct Paragraph {
    lines: Arc<[String]>,
    meaning: Meaning,
}

/// What a paragraph is, regardless of its neighbours.
#[derive(Debug)]
enum Meaning {
    /// It holds nothing but notes.
    Nothing,
    Action,
    /// A cue over speech, but for a small letter: `McGINTY`.
    AlmostCue,
    /// In the film's language.
    Heading(String),
    /// Words of the page or over the picture.
    Word(EventKind<'static>),
    /// A shot, and the action after it.
    Implied {
        head: String,
        rest: String,
    },
}

fn action(
    context: &mut Context<'_>,
    text: &Text,
    element: &Element,
    forced: bool,
    language: &str,
    cache: &mut EventCache,
    events: &mut Vec<StoryEvent<'_>>,
) {
    let span = element.span;
    let mut push = |kind| events.push(StoryEvent { kind, span });
    if forced {
        let lines = lines(text);
        if lines.iter().any(|line| !line.trim().is_empty()) {
            push(EventKind::Action { lines: lines.into(), whole: true });
        }
        return;
    }
    let written = context.sources.get(span.source).slice(span);
    let paragraph = cache.paragraphs.get(written).unwrap_or_else(|| {
        let paragraph = Arc::new(paragraph(context, lines(text), language));
        cache.paragraphs.keep(written, Arc::clone(&paragraph));
        paragraph
    });
    match &paragraph.meaning {
        Meaning::Nothing => {}
        Meaning::Heading(words) => {
            push(EventKind::Heading { text: Spanned::new(words.clone(), span), number: None });
        }
        Meaning::Word(kind) => push(kind.clone()),
        Meaning::Implied { head, rest } => {
            let place = head_span(text, head).unwrap_or(span);
            push(EventKind::Implied { head: Spanned::new(head.clone(), place) });
            if !rest.is_empty() {
                let lines = [rest.clone()];
                push(EventKind::Action { lines: lines.into(), whole: false });
            }
        }
        Meaning::Action => {
            push(EventKind::Action { lines: Arc::clone(&paragraph.lines), whole: true });
        }
        Meaning::AlmostCue => {
            push(EventKind::Action { lines: Arc::clone(&paragraph.lines), whole: true });
            let first = paragraph.lines.first().map_or("", |line| line.trim());
            context.emit(errors::almost_cue(span, first));
        }
    }
}

fn paragraph(context: &Context<'_>, lines: Vec<String>, language: &str) -> Paragraph {
    let meaning = meaning(context, &lines, language);
    Paragraph { lines: lines.into(), meaning }
}

fn meaning(context: &Context<'_>, lines: &[String], language: &str) -> Meaning {
    let whole = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
    let whole = whole.trim();
    if whole.is_empty() {
        return Meaning::Nothing;
    }
    if let Some(word) = page_word(context, whole) {
        return Meaning::Word(word);
    }
    let first = lines.first().map_or("", |line| line.trim());
    let local = language_tag::primary(language) != "en" && is_local_heading(context, first);
    if local && lines.len() == 1 {
        return Meaning::Heading(whole.to_owned());
    }
    if let Some(words) = over_picture(context, whole) {
        return Meaning::Word(EventKind::Super(words));
    }
    // `ANGLE ON Edward.  Fine.` and `CLOSE ON THE LETTER`.
    let indented = lines.first().is_some_and(|line| line.starts_with("    "));
    if !indented && let Some(end) = implied_head(whole, context) {
        let rest = whole[end..].trim_start_matches(['.', ':', '-', '–', '—', ' ']).trim();
        return Meaning::Implied { head: whole[..end].to_owned(), rest: rest.to_owned() };
    }
    if looks_like_mixed_cue(lines, &context.vocabulary.mixed_case) {
        Meaning::AlmostCue
    } else {
        Meaning::Action
    }
}

/// Words of the page: fades, cuts, the end, page numbers.
fn page_word(context: &Context<'_>, whole: &str) -> Option<EventKind<'static>> {
    let bare = whole.trim_matches(['(', ')', '[', ']', '.', ':', ' ', '*']);
    let vocabulary = &context.vocabulary;
    if bare.is_empty() || (bare.len() <= 4 && bare.bytes().all(|byte| byte.is_ascii_digit())) {
        return Some(EventKind::Furniture(whole.to_owned()));
    }
    if !is_capitals(bare) {
        return None;
    }
    if places::is_listed(bare, &vocabulary.returns) {
        return Some(EventKind::Return(whole.to_owned()));
    }
    if let Some(transition) = vocabulary.transition(bare) {
        return Some(EventKind::Transition(transition));
    }
    places::is_listed(bare, &vocabulary.furniture).then(|| EventKind::Furniture(whole.to_owned()))
}

/// `SUPER: "The Skerries, 1911"`: the words over the picture.
fn over_picture(context: &Context<'_>, whole: &str) -> Option<String> {
    let (before, after) = whole.split_once([':', '：'])?;
    if !is_capitals(before) || !places::is_listed(before, &context.vocabulary.supers) {
        return None;
    }
    let words = unquoted(after.trim()).to_owned();
    (!words.is_empty()).then_some(words)
}

/// How much of a text is a shot written as in other screenplays: a size in
/// capitals, then `ON X`, `- X`, `: X` or nothing.
fn implied_head(text: &str, context: &Context<'_>) -> Option<usize> {
    // The size is in capitals, so the first word settles most paragraphs.
    let first = text.split_whitespace().next()?;
    if first.chars().any(char::is_lowercase) {
        return None;
    }
    let end = context
        .vocabulary
        .grammar
        .sentences(text)
        .first()
        .map_or(text.len(), |sentence| sentence.end);
    let head = text[..end].trim_end_matches(['.', ' ']);
    let used = shot_line::implied(head, &context.vocabulary)?;
    // With a size in small letters it is an ordinary sentence.
    if !is_capitals(&head[..used]) {
        return None;
    }
    let whole = head.len() == text.trim_end_matches('.').len();
    // A line alone is in capitals altogether; a sentence that goes on may name
    // somebody in small letters (`ANGLE ON Edward.  Fine.`).
    (is_capitals(head) || !whole).then_some(if whole { text.len() } else { head.len() })
}

fn head_span(text: &Text, head: &str) -> Option<Span> {
    use crate::script::tree::Piece;
    text.pieces.iter().find_map(|piece| match piece {
        Piece::Words { text, span, .. } => {
            let at = text.find(head)?;
            let exact = (span.end - span.start) as usize == text.len();
            let start = span.start as usize + at;
            Some(if exact { Span::new(span.source, start, start + head.len()) } else { *span })
        }
        _ => None,
    })
}

/// `McGINTY` over speech: a cue, but for its small letter.
fn looks_like_mixed_cue(lines: &[String], prefixes: &[String]) -> bool {
    let [first, second, ..] = lines else { return false };
    let first = first.trim();
    let small = first.chars().filter(|letter| letter.is_lowercase()).count();
    let capitals = first.chars().filter(|letter| letter.is_uppercase()).count();
    let known_shape =
        prefixes.iter().any(|prefix| first.starts_with(prefix.as_str())) || first.contains('ß');
    !second.trim().is_empty()
        && known_shape
        && small <= 2
        && capitals >= 3
        && first
            .chars()
            .all(|letter| letter.is_alphabetic() || matches!(letter, ' ' | '.' | '\'' | '’' | '-'))
}

// ─── Suspect cues ────────────────────────────────────────────────────────────

/// Whether a cue is a shout rather than a name. A cue that occurs again is a name.
fn exclaims(cue: &str) -> bool {
    cue.trim_end().ends_with([':', '!', '?'])
}

/// Reads a suspect cue as what it is and warns; `false` if it is a cue.
fn suspect<'a>(
    context: &mut Context<'_>,
    speech: &'a SpeechElement,
    element: &Element,
    once: bool,
    cache: &mut EventCache,
    events: &mut Vec<StoryEvent<'a>>,
) -> bool {
    let cue = speech.name.value.trim();
    let span = speech.name.span;
    let exclaims = once && exclaims(cue);
    if !exclaims && cache.cues.get(cue).is_some() {
        return false;
    }
    let vocabulary = &context.vocabulary;
    let reserved = vocabulary.reserved.iter().any(|word| {
        let cue = canonical(cue);
        cue.strip_prefix(word.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    });
    let event = if places::prefix(cue, vocabulary).is_some() && speech.extensions.is_empty() {
        let text = speech.name.clone();
        Some((TakenFor::Heading, EventKind::Heading { text, number: None }))
    } else if let Some(words) = over_picture(context, cue) {
        Some((TakenFor::Super, EventKind::Super(words)))
    } else if let Some(transition) = vocabulary.transition(cue) {
        Some((TakenFor::Transition, EventKind::Transition(transition)))
    } else if implied_head(cue, context).is_some_and(|end| end == cue.len()) {
        Some((TakenFor::Shot, EventKind::Implied { head: speech.name.clone() }))
    } else if reserved {
        Some((TakenFor::Action, EventKind::Furniture(cue.to_owned())))
    } else if exclaims {
        Some((TakenFor::Action, part_action(vec![cue.to_owned()])))
    } else {
        None
    };
    let Some((taken_for, event)) = event else {
        if speech.extensions.is_empty() {
            cache.cues.keep(cue, ());
        }
        return false;
    };
    let said = said_lines(speech);
    let says = said.first().map_or("", String::as_str).to_owned();
    let line = context.line_of(span);
    context.emit(errors::suspect_cue(span, line, cue, &says, taken_for));
    let rest = Span { start: span.end, ..element.span };
    if matches!(event, EventKind::Action { .. }) {
        let mut lines = vec![cue.to_owned()];
        lines.extend(said);
        events.push(StoryEvent { kind: part_action(lines), span: element.span });
        return true;
    }
    events.push(StoryEvent { kind: event, span });
    if said.iter().any(|line| line.starts_with(['-', '–', '—'])) {
        // Items of a montage: one picture each.
        for item in said {
            events.push(StoryEvent { kind: part_action(vec![item]), span: rest });
        }
    } else if !said.is_empty() {
        events.push(StoryEvent { kind: part_action(said), span: rest });
    }
    true
}

/// Action that is a part of its element.
fn part_action(lines: Vec<String>) -> EventKind<'static> {
    EventKind::Action { lines: lines.into(), whole: false }
}

fn said_lines(speech: &SpeechElement) -> Vec<String> {
    let mut said = Vec::new();
    for part in &speech.lines {
        match part {
            SpeechLine::Words(text) | SpeechLine::Lyrics(text) => said.extend(trimmed(text)),
            SpeechLine::Parenthetical(text) => said.push(text.value.clone()),
        }
    }
    said
}

fn is_local_heading(context: &Context<'_>, line: &str) -> bool {
    (is_capitals(line) || crate::breakdown::language::words::is_caseless(line))
        && places::prefix(line, &context.vocabulary).is_some()
}
