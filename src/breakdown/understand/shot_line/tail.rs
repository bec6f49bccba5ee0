//! The phrases after the head of a shot line (docs/rules.md#d4): lengths, lenses,
//! pictures, fades, and phrases of the vocabulary or of names.
//!
//! Does not know the head.

use std::sync::Arc;

use super::control::{is_control, read_control};
use super::movement::{apply_clause, set_movement};
use super::subjects::{add, joined};
use super::viewpoint::read_over;
use crate::breakdown::language::phrases;
use crate::breakdown::language::terms::Term;
use crate::breakdown::language::vocabulary::{Vocabulary, focal_length};
use crate::breakdown::language::words::{Token, canonical, is_capitals, part, tokens};
use crate::breakdown::screenplay::ShotSpec;
use crate::breakdown::technique::Movement;
use crate::breakdown::understand::context::{Context, Strictness};
use crate::breakdown::understand::names::{NameMatch, NameScope};
use crate::breakdown::understand::{errors, files, stage_directions};
use crate::diagnostic::{Code, Diagnostic};
use crate::script::technique;
use crate::script::tree::{DirectiveWord, PhraseKind, ShotLine};
use crate::source::{Span, Spanned};
use crate::time::Seconds;

/// A fade without a written length.
const FADE: Seconds = Seconds::millis(1000);
/// The usual range of a written length; `exactly` allows more.
const SHORTEST: Seconds = Seconds::millis(500);
const LONGEST: Seconds = Seconds::millis(30_000);
/// Beyond these even `exactly` is a mistake.
const EXACTLY_SHORTEST: Seconds = Seconds::millis(40);
const EXACTLY_LONGEST: Seconds = Seconds::millis(600_000);

pub(super) fn read_phrases(
    context: &mut Context<'_>,
    line: &ShotLine,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let mut after_bare_number = false;
    for (index, phrase) in line.phrases.iter().enumerate() {
        let span = phrase.span;
        let is_fraction = std::mem::take(&mut after_bare_number);
        match &phrase.kind {
            PhraseKind::Duration(length) => {
                if is_fraction {
                    continue;
                }
                set_duration(context, spec, *length, WrittenLength::Usual, span);
            }
            PhraseKind::Exactly(length) => {
                set_duration(context, spec, *length, WrittenLength::Exact, span);
            }
            PhraseKind::BareNumber(number) => match line.phrases.get(index + 1) {
                Some(next) if matches!(next.kind, PhraseKind::Duration(_)) => {
                    let rest = context.sources.get(next.span.source).slice(next.span).to_owned();
                    context.emit(errors::decimal_comma(span.to(next.span), number, &rest));
                    after_bare_number = true;
                }
                _ => context.emit(errors::bare_number(span, number)),
            },
            PhraseKind::BadDuration(written) => context.emit(errors::bad_duration(span, written)),
            PhraseKind::Lens(millimetres) => {
                add_alternative(context, &mut spec.lenses, focal_length(*millimetres), span);
            }
            PhraseKind::Continues(id) => {
                let id = id.as_ref().map(|id| id.value.clone());
                once(context, span, &mut spec.continues, id, "`continues`");
            }
            PhraseKind::FromImage(written) => {
                if let Some(picture) = files::picture(context, written) {
                    once(context, span, &mut spec.from_image, picture, "a first picture");
                }
            }
            PhraseKind::ToImage(written) => {
                if let Some(picture) = files::picture(context, written) {
                    once(context, span, &mut spec.to_image, picture, "a last picture");
                }
            }
            PhraseKind::JCut(length) => once(context, span, &mut spec.j_cut, *length, "a J-cut"),
            PhraseKind::LCut(length) => once(context, span, &mut spec.l_cut, *length, "an L-cut"),
            PhraseKind::FadeIn(length) => {
                once(context, span, &mut spec.fade_in, length.unwrap_or(FADE), "a fade in");
            }
            PhraseKind::FadeOut(length) => {
                once(context, span, &mut spec.fade_out, length.unwrap_or(FADE), "a fade out");
            }
            PhraseKind::Freeze(length) => {
                once(context, span, &mut spec.freeze, *length, "`freeze`");
                let only_words = only_words(context, span, "the picture goes on moving", STILL);
                context.emit(only_words);
            }
            PhraseKind::SlowMotion => {
                spec.slow_motion = true;
                let only_words = only_words(context, span, "the film keeps its pace", SLOW);
                context.emit(only_words);
            }
            PhraseKind::Wearing(words) => {
                once(context, span, &mut spec.wearing, words.value.clone(), "an outfit");
            }
            PhraseKind::Words(words) => {
                let phrase = Spanned::new(words.clone(), span);
                read_words(context, &phrase, spec, at);
            }
        }
    }
}

/// Adds a lens or a light, and reports one that the shot has already.
fn add_alternative<P>(context: &mut Context<'_>, to: &mut Vec<Term<P>>, new: Term<P>, span: Span) {
    let vocabulary = &context.vocabulary;
    match to.iter().find(|known| vocabulary.excludes(known.as_str(), new.as_str())) {
        Some(known) => {
            let twice = errors::written_twice(span, &format!("`{known}`"));
            context.emit(twice);
        }
        None => to.push(new),
    }
}

/// Sets something that a shot has at most once.
fn once<T>(context: &mut Context<'_>, span: Span, slot: &mut Option<T>, value: T, what: &str) {
    match slot {
        Some(_) => context.emit(errors::written_twice(span, what)),
        None => *slot = Some(value),
    }
}

const STILL: &str = "for a still picture write a shot in which nothing moves, with `static`";
const SLOW: &str = "give the shot more time, and say in its action that everything is slow";

/// A phrase that is a sentence of the prompt and nothing else.
fn only_words(context: &Context<'_>, span: Span, but: &str, help: &str) -> Diagnostic {
    let written = errors::quoted(context.sources.get(span.source).slice(span));
    let message = format!("Photoplay only asks the model for {written}, in words: {but}");
    Diagnostic::warning(Code::OnlyWords, span, message).help(help)
}

/// The phrase that turns a shot's blocking off.
const BLOCKING_OFF: &str = "blocking off";

/// How a length is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WrittenLength {
    /// The usual lengths of a shot.
    Usual,
    /// Nearly all: the author writes `exactly`.
    Exact,
}

fn set_duration(
    context: &mut Context<'_>,
    spec: &mut ShotSpec,
    length: Seconds,
    written: WrittenLength,
    span: Span,
) {
    if spec.duration.is_some() {
        context.emit(errors::written_twice(span, "a length"));
        return;
    }
    let (allowed, mistake): (_, fn(Span, Seconds) -> Diagnostic) = match written {
        WrittenLength::Usual => (SHORTEST..=LONGEST, errors::absurd_duration),
        WrittenLength::Exact => (EXACTLY_SHORTEST..=EXACTLY_LONGEST, errors::impossible_duration),
    };
    if allowed.contains(&length) {
        spec.duration = Some(length);
        spec.exactly = written == WrittenLength::Exact;
    } else {
        context.emit(mistake(span, length));
    }
}

/// Reads a phrase of words: vocabulary or names, else an error.
fn read_words(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) {
    let all = tokens(&phrase.value);
    if all.is_empty() {
        return;
    }
    let vocabulary = &context.vocabulary;
    // Names first, so that somebody called CRANE can be in the picture.
    if !matches!(context.names.find(&phrase.value, at, vocabulary), NameMatch::None)
        && phrase.value.chars().any(char::is_uppercase)
    {
        if let Some(subject) = context.subject(phrase, at) {
            add(spec, subject);
        }
        return;
    }
    // The grammar knows `wearing`; this is for other languages.
    if let Some((first, outfit)) = phrase.value.split_once(' ')
        && vocabulary.grammar.outfits.wearing.has(first)
    {
        spec.wearing = Some(outfit.trim().to_owned());
        return;
    }
    if let Some(found) = phrases::movement(&all, vocabulary) {
        let rest = &all[found.taken..];
        if rest.is_empty() {
            let movement =
                Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
            set_movement(context, phrase, movement, spec);
            return;
        }
        if let Some(clause) = phrases::clause(rest, &vocabulary.grammar.clauses) {
            let mut movement =
                Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
            apply_clause(context, phrase, clause, &mut movement, spec, at);
            set_movement(context, phrase, movement, spec);
            return;
        }
    }
    if is_control(context.strictness, phrase, &all) {
        read_control(context, phrase, &all, spec);
        return;
    }
    if canonical(&phrase.value) == BLOCKING_OFF {
        spec.unblocked = true;
        return;
    }
    if stage_directions::is_direction(context, phrase, at) {
        spec.directed.extend(stage_directions::direction(context, phrase, at));
        return;
    }
    if read_vocabulary(context, phrase, &all, spec) {
        return;
    }
    let grammar = &context.vocabulary.grammar;
    if grammar.clauses.behind.contains(&all[0].word) && all.len() > 1 {
        let owner = part(phrase, all[1].range.start..phrase.value.len());
        if let Some(subject) = context.subject(&owner, at) {
            spec.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            add(spec, subject);
            return;
        }
    }
    let is_over = context.vocabulary.grammar.shot_lines.over.contains(&all[0].word);
    if is_over && read_over(context, phrase, &all, spec, at) {
        return;
    }
    let is_with = context.vocabulary.grammar.shot_lines.with.contains(&all[0].word);
    let names = if is_with && all.len() > 1 {
        part(phrase, all[1].range.start..phrase.value.len())
    } else {
        phrase.clone()
    };
    if read_names(context, &names, spec, at) {
        return;
    }
    let diagnostic = unknown_words(phrase, &all, &context.vocabulary);
    context.emit(diagnostic);
    if context.strictness == Strictness::Lenient {
        spec.things.push(context.vocabulary.grammar.in_a_sentence(&phrase.value));
    }
}

/// Reads technique in the place of a head, like `!! fade in 1s` or `!! candlelight`; false
/// if it is none.
pub(super) fn read_technique(
    context: &mut Context<'_>,
    line: &ShotLine,
    spec: &mut ShotSpec,
    at: &NameScope,
) -> bool {
    let head = &line.head;
    if let Some(phrase) = technique(head) {
        let line = ShotLine { phrases: vec![phrase], ..ShotLine::default() };
        read_phrases(context, &line, spec, at);
        return true;
    }
    let all = tokens(&head.value);
    let known =
        !matches!(context.names.find(&head.value, at, &context.vocabulary), NameMatch::None);
    if all.is_empty() || known {
        return false;
    }
    if is_control(context.strictness, head, &all) {
        read_control(context, head, &all, spec);
        return true;
    }
    if canonical(&head.value) == BLOCKING_OFF {
        spec.unblocked = true;
        return true;
    }
    let vocabulary = &context.vocabulary;
    let whole = |taken: usize| taken == all.len();
    let is_technique = vocabulary.size(&all).is_none()
        && vocabulary.angle(&all).is_none()
        && (vocabulary.lens(&all).is_some_and(|lens| whole(lens.taken))
            || vocabulary.light(&all).is_some_and(|light| whole(light.taken)));
    is_technique && read_vocabulary(context, head, &all, spec)
}

/// A phrase that is wholly an angle, a lens, a light or a size; false if it is none.
fn read_vocabulary(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    all: &[Token],
    spec: &mut ShotSpec,
) -> bool {
    let vocabulary = Arc::clone(&context.vocabulary);
    let whole = |taken: usize| taken == all.len();
    if let Some(angle) = vocabulary.angle(all).filter(|found| whole(found.taken)) {
        match &spec.angle {
            Some(known) => {
                let twice = errors::written_twice(phrase.span, &format!("the angle `{known}`"));
                context.emit(twice);
            }
            None => spec.angle = vocabulary.camera_angle(angle.word),
        }
        return true;
    }
    let lens = vocabulary.lens(all).filter(|found| whole(found.taken));
    if let Some(lens) = lens.and_then(|found| vocabulary.camera_lens(found.word)) {
        add_alternative(context, &mut spec.lenses, lens, phrase.span);
        return true;
    }
    let light = vocabulary.light(all).filter(|found| whole(found.taken));
    if let Some(light) = light.and_then(|found| vocabulary.shot_light(found.word)) {
        add_alternative(context, &mut spec.lights, light, phrase.span);
        return true;
    }
    if let Some(size) =
        vocabulary.size(all).filter(|found| whole(found.taken) && spec.size.is_none())
    {
        spec.size = vocabulary.shot_size(size.word);
        return true;
    }
    false
}

/// The diagnostic of a phrase without a meaning, with the closest phrase if one is near.
fn unknown_words(phrase: &Spanned<String>, all: &[Token], vocabulary: &Vocabulary) -> Diagnostic {
    phrases::suggestion(&phrase.value, vocabulary)
        .map(|meant| errors::misspelt_phrase(phrase, &meant, vocabulary))
        .or_else(|| {
            phrases::movement(all, vocabulary).map(|found| {
                let rest = part(phrase, all[found.taken].range.start..phrase.value.len());
                errors::unknown_clause(&rest, found.movement.as_str())
            })
        })
        .unwrap_or_else(|| {
            let word = phrase.value.split_once(':').map_or("", |(word, _)| word.trim());
            match DirectiveWord::of(word) {
                Some(word) => errors::directive_in_shot_line(phrase, word.as_str()),
                None => errors::unknown_phrase(phrase),
            }
        })
}

/// A phrase of names; false if it is none. Emits the diagnostic of a misspelt name among them.
fn read_names(
    context: &mut Context<'_>,
    names: &Spanned<String>,
    spec: &mut ShotSpec,
    at: &NameScope,
) -> bool {
    let parts: Vec<Spanned<String>> = joined(&names.value, &context.vocabulary.grammar)
        .into_iter()
        .map(|range| part(names, range))
        .collect();
    let known = |context: &Context<'_>, name: &Spanned<String>| {
        name.value.chars().any(|letter| letter.is_uppercase() || !letter.is_ascii())
            && !matches!(context.names.find(&name.value, at, &context.vocabulary), NameMatch::None)
    };
    let any = parts.iter().any(|name| known(context, name));
    let slip = |context: &Context<'_>, name: &Spanned<String>| {
        is_capitals(&name.value) && context.near(&name.value).is_some()
    };
    if !any && !parts.iter().all(|name| slip(context, name)) {
        return false;
    }
    for name in &parts {
        if known(context, name) {
            if let Some(subject) = context.subject(name, at) {
                add(spec, subject);
            }
        } else {
            context.unknown_name(name);
        }
    }
    true
}
