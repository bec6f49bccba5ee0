//! Directives that change the story: `wear`, `now`, `gone`, `here`, `light`,
//! `weather`, `style`; and the form of `music` and `sound`.
//!
//! Knows how to write each body; `state` knows what a change does.

use super::context::{Context, Strictness};
use super::files;
use super::names::{NameMatch, NameScope};
use super::places::Sets;
use super::shot_line::joined;
use super::stage_directions;
use super::state::{Change, Scope, is_meant};
use crate::breakdown::description::Side;
use crate::breakdown::language::grammar::SideWords;
use crate::breakdown::language::terms::{ShotLight, Term};
use crate::breakdown::language::words::{canonical, is_capitals, part, tokens};
use crate::breakdown::screenplay::{StoryState, Subject};
use crate::breakdown::sounds::{SoundOrder, order};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::script::tree::{Directive, DirectiveWord};
use crate::source::Spanned;

/// Ends a change with its scene.
pub(crate) const THIS_SCENE: &str = "this scene";

/// Gives somebody the first outfit again.
pub(crate) const AS_CAST: &str = "as cast";

/// A directive's changes, and how long they last.
pub(crate) fn changes(
    context: &mut Context<'_>,
    directive: &Directive,
    sets: &Sets,
    at: &NameScope,
    state: &StoryState,
) -> (Vec<Change>, Scope) {
    let scope = match directive.word.value {
        DirectiveWord::Block => Scope::Scene,
        _ => read_scope(context, directive),
    };
    let word = directive.word.value;
    let body = &directive.body;
    let example = match word {
        DirectiveWord::Wear => "MARA, a black oilskin",
        DirectiveWord::Now => "MARA, soot on her face",
        DirectiveWord::Gone => "THE LEDGER",
        DirectiveWord::Here => "IDA left, JONAS right",
        DirectiveWord::Block => "MARA enters left | TUSK right, far",
        DirectiveWord::Light => "candlelight",
        DirectiveWord::Weather => "light snow",
        _ => "film noir",
    };
    if body.value.trim().is_empty() {
        context.emit(errors::empty_directive(directive.span, word.as_str(), example));
        return (Vec::new(), scope);
    }
    let changes = match word {
        DirectiveWord::Wear => wear(context, directive, at).into_iter().collect(),
        DirectiveWord::Now => now(context, directive, sets, at),
        DirectiveWord::Gone => gone(context, directive, sets, at, state),
        DirectiveWord::Here => here(context, directive, at),
        DirectiveWord::Block => block(context, directive, at, state),
        DirectiveWord::Light => vec![Change::Light(lights(context, &body.value))],
        DirectiveWord::Weather => {
            let clear = context.vocabulary.grammar.clear_weather.contains(&canonical(&body.value));
            vec![Change::Weather(if clear { String::new() } else { body.value.clone() })]
        }
        DirectiveWord::Style => vec![Change::Style(context.vocabulary.style(&body.value))],
        _ => Vec::new(),
    };
    (changes, scope)
}

fn read_scope(context: &mut Context<'_>, directive: &Directive) -> Scope {
    let mut scope = Scope::Story;
    for field in &directive.fields {
        if canonical(&field.value) == THIS_SCENE {
            scope = Scope::Scene;
        } else {
            let near = did_you_mean(&field.value, [THIS_SCENE]);
            context.emit(errors::unknown_field(field, near, &[THIS_SCENE]));
        }
    }
    scope
}

/// `NAME, words`: the name and the words after the first comma.
fn name_and_words(body: &Spanned<String>) -> (Spanned<String>, Option<Spanned<String>>) {
    match body.value.find([',', '，']) {
        Some(at) => {
            let after = at + body.value[at..].chars().next().map_or(1, char::len_utf8);
            (part(body, 0..at), Some(part(body, after..body.value.len())))
        }
        None => (body.clone(), None),
    }
}

/// The person or thing that a state directive names; emits a diagnostic if there is none.
fn named(
    context: &mut Context<'_>,
    directive: &Directive,
    name: &Spanned<String>,
    at: &NameScope,
) -> Option<Subject> {
    if let Some(subject) = context.subject(name, at) {
        return Some(subject);
    }
    // `subject` has emitted the diagnostic of an ambiguous name.
    if matches!(
        context.names.find(&name.value, at, &context.vocabulary),
        super::names::NameMatch::Several(_)
    ) {
        return None;
    }
    if is_capitals(&name.value) {
        context.unknown_name(name);
    } else {
        context.emit(errors::who(directive.word.value, &directive.body));
    }
    None
}

/// The diagnostic of a directive without a comma: it names somebody and says nothing about
/// them, or it names nobody.
fn unsaid(
    context: &Context<'_>,
    directive: &Directive,
    name: &Spanned<String>,
    at: &NameScope,
) -> Diagnostic {
    match context.names.find(&name.value, at, &context.vocabulary) {
        NameMatch::None => errors::who(directive.word.value, &directive.body),
        _ => errors::what(directive.word.value, name),
    }
}

fn wear(context: &mut Context<'_>, directive: &Directive, at: &NameScope) -> Option<Change> {
    let (name, words) = name_and_words(&directive.body);
    let Some(words) = words.filter(|words| !words.value.is_empty()) else {
        context.emit(unsaid(context, directive, &name, at));
        return None;
    };
    let subject = named(context, directive, &name, at)?;
    if canonical(&words.value) == AS_CAST {
        return Some(Change::Wear(subject, None));
    }
    let wearing = &context.vocabulary.grammar.outfits.wearing;
    let outfit = match words.value.split_once(' ') {
        Some((first, outfit)) if wearing.contains(first) => outfit,
        _ => &words.value,
    };
    Some(Change::Wear(subject, Some(outfit.trim_end_matches('.').to_owned())))
}

fn now(
    context: &mut Context<'_>,
    directive: &Directive,
    sets: &Sets,
    at: &NameScope,
) -> Vec<Change> {
    let (name, words) = name_and_words(&directive.body);
    let Some(words) = words.filter(|words| !words.value.is_empty()) else {
        context.emit(unsaid(context, directive, &name, at));
        return Vec::new();
    };
    let words = words.value.trim_end_matches('.').to_owned();
    let places = sets.named(&name.value, at.place);
    if !places.is_empty() && context.names.exactly(&name.value).is_none() {
        return places.into_iter().map(|place| Change::AddToPlace(place, words.clone())).collect();
    }
    named(context, directive, &name, at)
        .map(|subject| Change::Add(subject, words))
        .into_iter()
        .collect()
}

fn gone(
    context: &mut Context<'_>,
    directive: &Directive,
    sets: &Sets,
    at: &NameScope,
    state: &StoryState,
) -> Vec<Change> {
    let (name, words) = name_and_words(&directive.body);
    let words = words.filter(|words| !words.value.is_empty());
    let places = sets.named(&name.value, at.place);
    let is_place = !places.is_empty() && context.names.exactly(&name.value).is_none();
    let none = Vec::new();
    match (is_place, words) {
        (true, Some(words)) => {
            let has = places
                .iter()
                .find_map(|place| state.place_additions.get(place))
                .unwrap_or(&none)
                .clone();
            if !has.iter().any(|addition| is_meant(addition, &words.value)) {
                context.emit(errors::not_there(words.span, &name.value, &words.value, &has));
            }
            let remove = |place| Change::RemoveFromPlace(place, words.value.clone());
            places.into_iter().map(remove).collect()
        }
        (true, None) => {
            context.emit(errors::who(directive.word.value, &directive.body));
            Vec::new()
        }
        (false, words) => {
            let Some(subject) = named(context, directive, &name, at) else { return Vec::new() };
            match words {
                None => vec![Change::Gone(subject, directive.span)],
                Some(words) => {
                    let has = state.additions.get(&subject).unwrap_or(&none).clone();
                    if !has.iter().any(|addition| is_meant(addition, &words.value)) {
                        context.emit(errors::not_there(
                            words.span,
                            &name.value,
                            &words.value,
                            &has,
                        ));
                    }
                    vec![Change::Remove(subject, words.value)]
                }
            }
        }
    }
}

/// `IDA left, JONAS right`.
fn here(context: &mut Context<'_>, directive: &Directive, at: &NameScope) -> Vec<Change> {
    let mut all = Vec::new();
    for range in joined(&directive.body.value, &context.vocabulary.grammar) {
        let one = part(&directive.body, range);
        let words = tokens(&one.value);
        let SideWords { left, right, centre } = &context.vocabulary.grammar.sides;
        let sides = [(left, Side::Left), (right, Side::Right), (centre, Side::Centre)];
        let side = words.last().and_then(|last| {
            let (_, side) = sides.into_iter().find(|(list, _)| list.contains(&last.word))?;
            Some(side)
        });
        let end = match (&side, words.last()) {
            (Some(_), Some(last)) => last.range.start,
            _ => one.value.len(),
        };
        let name = part(&one, 0..end);
        if name.value.is_empty() {
            context.emit(errors::who(directive.word.value, &directive.body));
            continue;
        }
        if let Some(subject) = named(context, directive, &name, at) {
            if all.iter().any(|(known, _)| *known == subject) {
                context.emit(stage_directions::here_twice(&name));
            }
            all.push((subject, side));
        }
    }
    if all.is_empty() { Vec::new() } else { vec![Change::Here(all)] }
}

/// `MARA enters left | TUSK right, far`.
fn block(
    context: &mut Context<'_>,
    directive: &Directive,
    at: &NameScope,
    state: &StoryState,
) -> Vec<Change> {
    let parts = std::iter::once(&directive.body).chain(&directive.fields);
    let mut written = Vec::new();
    let mut directions = Vec::new();
    for part in parts {
        if let Some(direction) = stage_directions::direction(context, part, at) {
            let comes = direction.motion.is_some();
            if state.gone.contains(&direction.who) && !comes {
                context.emit(stage_directions::directed_though_gone(part));
            }
            written.push(part);
            directions.push(direction);
        }
    }
    stage_directions::contradictions(context, &written, &directions);
    if directions.is_empty() { Vec::new() } else { vec![Change::Block(directions)] }
}

/// Lights in the words of the vocabulary; leaves other words as they are.
fn lights(context: &Context<'_>, words: &str) -> Vec<ShotLight> {
    let known = |words: &str| {
        let all = tokens(words);
        let found = context.vocabulary.light(&all).filter(|light| light.taken == all.len())?;
        context.vocabulary.shot_light(found.word)
    };
    if let Some(light) = known(words) {
        return vec![light];
    }
    let written = words.split(", ");
    let term = |word: &str| Term::new(word, known(word).and_then(|light| light.properties));
    written.map(term).collect()
}

/// `music: "f.wav", from 0:04, fade in 1s`, `sound: one pendulum, stopping`: the form,
/// and whether the file is there. `breakdown::sounds` finds when they are heard.
pub(crate) fn sound(context: &mut Context<'_>, directive: &Directive) {
    let body = directive.body.value.trim();
    let word = directive.word.value.as_str();
    if body.is_empty() {
        context.emit(errors::empty_directive(
            directive.span,
            word,
            "\"audio/theme.wav\", fade in 1s",
        ));
        return;
    }
    // Somebody's private note in an existing script.
    if context.strictness == Strictness::Lenient && body.ends_with('?') {
        return;
    }
    match order(directive) {
        Err(bad) => context.emit(errors::bad_directive(bad.span, bad.message, bad.help)),
        Ok(SoundOrder::Stop(_)) => {}
        Ok(SoundOrder::Words) => context.emit(files::sound_in_words(directive.span)),
        Ok(SoundOrder::Play(play)) => files::sound(context, &play.file),
    }
}
