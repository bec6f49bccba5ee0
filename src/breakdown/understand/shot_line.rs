//! Shot lines: a head of size and subject, then phrases of the vocabulary and
//! names (docs/rules.md#d4). Only the subject is free text.
//!
//! Knows one line at a time; what came before it is not its business.

use std::ops::Range;
use std::sync::Arc;

use super::context::{Context, Strictness};
use super::names::{NameMatch, NameScope};
use crate::breakdown::incremental::CachedShot;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::phrases::{self, Clause};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{Token, canonical, is_capitals, part, tokens};
use crate::breakdown::screenplay::{Movement, PictureKind, ShotSpec, Subject};
use crate::breakdown::understand::errors;
use crate::breakdown::understand::files;
use crate::script::tree::{PhraseKind, ShotLine};
use crate::source::{Span, Spanned};
use crate::time::Seconds;

/// A fade without a written length.
const FADE: Seconds = Seconds::millis(1000);
/// Shorter than this no shot is seen, longer none is meant; `exactly` allows more.
const SHORTEST: Seconds = Seconds::millis(500);
const LONGEST: Seconds = Seconds::millis(30_000);
/// Beyond these even `exactly` is a mistake.
const EXACTLY_SHORTEST: Seconds = Seconds::millis(40);
const EXACTLY_LONGEST: Seconds = Seconds::millis(600_000);

/// What a shot line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ParsedShotLine {
    /// A shot.
    Shot(Arc<ShotSpec>),
    /// `BACK TO SCENE`.
    BackToScene,
}

/// Reads a shot line as it stands in the script.
pub(crate) fn read(context: &mut Context<'_>, line: &ShotLine, at: &NameScope) -> ParsedShotLine {
    // A picture may come and go.
    let shows =
        |phrase: &PhraseKind| matches!(phrase, PhraseKind::FromImage(_) | PhraseKind::ToImage(_));
    if line.phrases.iter().any(|phrase| shows(&phrase.kind)) {
        return read_anew(context, line, at);
    }
    let written = context.sources.get(line.span.source).slice(line.span);
    let key = context.memory.key(at, written);
    if let Some(asked) = context.memory.shots.get(&*key) {
        context.replay_usages(&asked.named, line.span);
        return ParsedShotLine::Shot(Arc::clone(&asked.call));
    }
    let before = context.begin_line();
    let called = read_anew(context, line, at);
    if let ParsedShotLine::Shot(call) = &called
        && let Some(named) = context.cacheable_usages(before, line.span)
    {
        let asked = CachedShot { call: Arc::clone(call), named };
        context.memory.shots.keep(key.into(), Arc::new(asked));
    }
    called
}

/// Reads a shot line whose words may stand elsewhere.
pub(crate) fn read_anew(
    context: &mut Context<'_>,
    line: &ShotLine,
    at: &NameScope,
) -> ParsedShotLine {
    let head = canonical(&line.head.value);
    if context.vocabulary.coverage.contains(&head) {
        return ParsedShotLine::BackToScene;
    }
    let mut call = ShotSpec { head: line.head.value.clone(), ..ShotSpec::default() };
    call.id = line.id.as_ref().map(|id| id.value.clone());
    if head.is_empty() && line.phrases.is_empty() {
        context.emit(errors::empty_shot(line.span));
    }
    read_head(context, &line.head, &mut call, at);
    read_phrases(context, line, &mut call, at);
    ParsedShotLine::Shot(Arc::new(call))
}

/// How many bytes of a text are the size and connector of a shot as other
/// screenplays write it (`CLOSE ON`, `INSERT:`, `ANGLE ON`), if it is one.
pub(crate) fn implied(text: &str, vocabulary: &Vocabulary) -> Option<usize> {
    let all = tokens(text);
    let first = all.first()?;
    if vocabulary.coverage.contains(&canonical(text))
        && first.word != "scene"
        && first.word != "coverage"
    {
        return Some(text.len());
    }
    if all.last().is_some_and(is_pov) && all.len() > 1 && is_capitals(text) {
        return Some(text.len());
    }
    let size = vocabulary.size(&all).map(|size| size.taken);
    let opener = vocabulary.grammar.openers.taken(&all);
    let strict = size.is_none();
    let taken = size.or(opener).or_else(|| is_pov(first).then_some(1))?;
    let whole_word = |index: usize| all[..index].last().map_or(0, |token| token.range.end);
    match all.get(taken) {
        // A size alone (`WIDE SHOT`) is a shot; `DETAIL` and `FULL` are words.
        None => (!strict && (taken > 1 || text.chars().count() <= 3 || first.word == "insert"))
            .then(|| whole_word(taken)),
        Some(next) if next.is_mark() => (!strict || is_pov(first)).then(|| whole_word(taken)),
        Some(next) if matches!(next.word.as_str(), "on" | "of") && all.len() > taken + 1 => {
            Some(whole_word(taken + 1))
        }
        Some(_) if is_pov(first) || (first.word == "insert" && taken == 1) => {
            Some(whole_word(taken))
        }
        Some(_) => None,
    }
}

fn is_pov(token: &Token) -> bool {
    matches!(token.word.as_str(), "pov" | "p.o.v")
}

// ─── Head ────────────────────────────────────────────────────────────────────

fn read_head(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let text = head.value.as_str();
    let all = tokens(text);
    match canonical(text).as_str() {
        "" => return,
        "card" | "title card" | "intertitle" => call.picture = PictureKind::Card,
        "black" | "black screen" => call.picture = PictureKind::Black,
        "white" | "white screen" => call.picture = PictureKind::White,
        _ => {}
    }
    if call.picture != PictureKind::Take {
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
            read_subjects(context, &part(head, all[next].range.start..text.len()), call, at);
            return;
        }
        let known = |words: &str| {
            !matches!(context.names.find(words, at, &context.vocabulary), NameMatch::None)
        };
        if known(text[rest_range.clone()].trim()) {
            read_subjects(context, &part(head, rest_range), call, at);
            return;
        }
        if is_pov(first) {
            read_pov(context, head, &all[next + 1..], call, at);
            return;
        }
        if first.word == "over" && read_over(context, head, rest, call, at) {
            return;
        }
        if next > 0 && first.word == "behind" {
            call.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            next += 1;
            if let Some(subject) = all.get(next) {
                read_subjects(context, &part(head, subject.range.start..text.len()), call, at);
            }
            return;
        }
        if next > 0 && context.vocabulary.grammar.connectors.contains(&first.word) && rest.len() > 1
        {
            let start = rest[1].range.start;
            read_subjects(context, &part(head, start..text.len()), call, at);
            return;
        }
        let Some(taken) = read_prefix(context, head, &all, next, call, at) else { break };
        next += taken;
    }
    // `SNIPER SCOPE POV`, `IDA'S POV`.
    if all.len() > next + 1 && all.last().is_some_and(is_pov) {
        let last = &all[all.len() - 1];
        let owner = part(head, all[next].range.start..last.range.start);
        let bare = owner.value.trim_end_matches(['s', 'S']).trim_end_matches(['\'', '’']);
        let bare =
            if bare.len() + 2 <= owner.value.len() { bare.to_owned() } else { owner.value.clone() };
        if let Some(subject) = context.subject(&Spanned::new(bare, owner.span), at) {
            call.pov = Some(subject);
        } else {
            call.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
            call.things.push(owner.value.to_lowercase());
        }
        return;
    }
    read_subjects(context, &part(head, all[next].range.start..text.len()), call, at);
}

/// A size, angle or move at the beginning of what is left of a head; how many
/// tokens it takes. A move takes its clause too.
fn read_prefix(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    all: &[Token],
    next: usize,
    call: &mut ShotSpec,
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
    if let Some((length, size)) = size.filter(|_| call.size.is_none())
        && length == longest
    {
        call.size = vocabulary.shot_size(&size);
    } else if let Some((length, angle)) = angle.filter(|_| call.angle.is_none())
        && length == longest
    {
        call.angle = vocabulary.camera_angle(&angle);
        // From the air everything is far.
        if call.size.is_none() {
            let size = vocabulary.angles[&angle].size.as_deref();
            call.size = size.and_then(|size| vocabulary.shot_size(size));
        }
    } else if let Some(found) = movement
        && found.taken == longest
    {
        let mut movement =
            Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
        let after = &rest[found.taken..];
        let clause = phrases::clause(after)
            .filter(|clause| !matches!(clause, Clause::With(_) | Clause::On(_)));
        if let Some(clause) = clause {
            apply_clause(context, head, clause, &mut movement, call, at);
            call.movement = Some(movement);
            return Some(rest.len());
        }
        call.movement = Some(movement);
    }
    Some(longest)
}

/// `POV YOUNG IDA`, `POV IDA - THE BOAT`.
fn read_pov(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    rest: &[Token],
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let Some(first) = rest.iter().find(|token| !token.is_mark() && token.word != "of") else {
        call.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
        return;
    };
    let end = head.value.len();
    let seen = rest
        .iter()
        .skip_while(|token| token.range.start <= first.range.start)
        .position(|token| token.is_mark() || matches!(token.word.as_str(), "to" | "on" | "of"))
        .and_then(|index| {
            let from = rest.iter().position(|token| token.range.start > first.range.start)?;
            rest.get(from + index)
        });
    let owner = part(head, first.range.start..seen.map_or(end, |token| token.range.start));
    if let Some(subject) = context.subject(&owner, at) {
        call.pov = Some(subject);
    } else {
        context.undeclared(&owner);
        call.angle = context.vocabulary.angle_with(|angle| angle.point_of_view);
    }
    if let Some(seen) = seen {
        read_subjects(context, &part(head, seen.range.end..end), call, at);
    }
}

/// `OVER IDA'S SHOULDER TO THE CROWD`, `OVER IDA TO JONAS`.
fn read_over(
    context: &mut Context<'_>,
    head: &Spanned<String>,
    rest: &[Token],
    call: &mut ShotSpec,
    at: &NameScope,
) -> bool {
    let end = head.value.len();
    let to = rest
        .iter()
        .skip(1)
        .find(|token| matches!(token.word.as_str(), "to" | "onto" | "at" | "on" | "-"));
    let shoulder =
        rest.iter().find(|token| matches!(token.word.as_str(), "shoulder" | "shoulders"));
    let stop =
        [to, shoulder].into_iter().flatten().map(|token| token.range.start).min().unwrap_or(end);
    let Some(first) = rest.get(1).filter(|token| token.range.start < stop) else { return false };
    let owner = part(head, first.range.start..stop);
    let bare = owner
        .value
        .trim_end_matches(['s', 'S'])
        .strip_suffix(['\'', '’'])
        .map_or_else(|| owner.value.clone(), str::to_owned);
    let name = Spanned::new(bare, owner.span);
    match context.subject(&name, at) {
        Some(subject) => call.over = Some(subject),
        None if is_capitals(&name.value) => {
            context.undeclared(&name);
            call.angle = context.vocabulary.angle_with(|angle| angle.over_shoulder);
        }
        None => return false,
    }
    if let Some(to) = to {
        read_subjects(context, &part(head, to.range.end..end), call, at);
    }
    true
}

// ─── Subjects ────────────────────────────────────────────────────────────────

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

fn read_subjects(
    context: &mut Context<'_>,
    words: &Spanned<String>,
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let words = &part(words, 0..words.value.len());
    if words.value.is_empty() {
        return;
    }
    if let Some(subject) = context.subject(words, at) {
        add(call, subject);
        return;
    }
    for range in joined(&words.value, &context.vocabulary.grammar) {
        let name = part(words, range);
        read_subject(context, &name, call, at);
    }
}

fn add(call: &mut ShotSpec, subject: Subject) {
    if !call.subjects.contains(&subject) {
        call.subjects.push(subject);
    }
}

/// One subject: a name, a possessive that shows its owner, or a thing.
fn read_subject(
    context: &mut Context<'_>,
    name: &Spanned<String>,
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let text = name.value.as_str();
    let found = context.names.find(text, at, &context.vocabulary);
    let small = !text.chars().any(char::is_uppercase) && text.chars().any(char::is_lowercase);
    match found {
        NameMatch::One(_) if small => {
            context.emit(errors::small_name(name));
            call.things.push(text.to_owned());
            return;
        }
        NameMatch::One(subject) => {
            context.record_usage(subject, name);
            return add(call, subject);
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
            add(call, subject);
            let start = all[0].range.start;
            context.record_usage(subject, &part(name, start..start + whose.len()));
            let rest = part(name, last.range.end..text.len());
            read_rest(context, &rest, owner.is_some(), call, at);
            return;
        }
    }
    let letters = text.chars().filter(|letter| letter.is_alphabetic()).count();
    if is_capitals(text) && letters > 1 {
        context.undeclared(name);
        call.things.push(text.to_lowercase());
        return;
    }
    // `the scar on IDA` shows Ida too.
    let mut doubtful = Vec::new();
    let mentions = context.names.mentions(text, at, &context.vocabulary, &mut doubtful);
    context.uses_earlier_text |= !doubtful.is_empty();
    for mention in mentions {
        add(call, mention.subject);
        context.record_usage(mention.subject, &part(name, mention.start..mention.end));
    }
    call.things.push(text.to_owned());
}

/// What follows a name: what is theirs, where they are, or another name.
fn read_rest(
    context: &mut Context<'_>,
    rest: &Spanned<String>,
    theirs: bool,
    call: &mut ShotSpec,
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
        add(call, subject);
    } else if is_capitals(&thing.value) && !theirs {
        context.undeclared(&thing);
        call.things.push(thing.value.to_lowercase());
    } else {
        call.things.push(thing.value.to_lowercase());
    }
}

// ─── Phrases ─────────────────────────────────────────────────────────────────

fn read_phrases(context: &mut Context<'_>, line: &ShotLine, call: &mut ShotSpec, at: &NameScope) {
    let mut after_bare_number = false;
    for (index, phrase) in line.phrases.iter().enumerate() {
        let span = phrase.span;
        let half = std::mem::take(&mut after_bare_number);
        match &phrase.kind {
            PhraseKind::Duration(length) => {
                if half {
                    continue;
                }
                set_duration(context, call, *length, false, span);
            }
            PhraseKind::Exactly(length) => set_duration(context, call, *length, true, span),
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
                add_words(&mut call.lens, &format!("{millimetres}mm lens"));
            }
            PhraseKind::Continues(id) => {
                call.continues = Some(id.as_ref().map(|id| id.value.clone()));
            }
            PhraseKind::FromImage(written) => call.from_image = files::picture(context, written),
            PhraseKind::ToImage(written) => call.to_image = files::picture(context, written),
            PhraseKind::JCut(length) => call.j_cut = Some(*length),
            PhraseKind::LCut(length) => call.l_cut = Some(*length),
            PhraseKind::FadeIn(length) => call.fade_in = Some(length.unwrap_or(FADE)),
            PhraseKind::FadeOut(length) => call.fade_out = Some(length.unwrap_or(FADE)),
            PhraseKind::Freeze(length) => call.freeze = Some(*length),
            PhraseKind::SlowMotion => call.slow_motion = true,
            PhraseKind::Wearing(words) => call.wearing = Some(words.value.clone()),
            PhraseKind::Words(words) => {
                let phrase = Spanned::new(words.clone(), span);
                read_words(context, &phrase, call, at);
            }
        }
    }
}

fn add_words(to: &mut String, words: &str) {
    if !to.is_empty() {
        to.push_str(", ");
    }
    to.push_str(words);
}

fn set_duration(
    context: &mut Context<'_>,
    call: &mut ShotSpec,
    length: Seconds,
    exactly: bool,
    span: Span,
) {
    if call.duration.is_some() {
        context.emit(errors::written_twice(span, "a length"));
    } else if exactly && !(EXACTLY_SHORTEST..=EXACTLY_LONGEST).contains(&length) {
        context.emit(errors::impossible_duration(span, length));
    } else if !exactly && !(SHORTEST..=LONGEST).contains(&length) {
        context.emit(errors::absurd_duration(span, length));
    } else {
        call.duration = Some(length);
        call.exactly = exactly;
    }
}

/// A phrase of words: vocabulary or names, else a mistake.
fn read_words(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let all = tokens(&phrase.value);
    if all.is_empty() {
        return;
    }
    let vocabulary = &context.vocabulary;
    let whole = |taken: usize| taken == all.len();
    // Names first, so that somebody called CRANE can be in the picture.
    if !matches!(context.names.find(&phrase.value, at, vocabulary), NameMatch::None)
        && phrase.value.chars().any(char::is_uppercase)
    {
        if let Some(subject) = context.subject(phrase, at) {
            add(call, subject);
        }
        return;
    }
    if let Some(found) = phrases::movement(&all, vocabulary) {
        let rest = &all[found.taken..];
        if rest.is_empty() {
            let movement =
                Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
            set_movement(context, phrase, movement, call);
            return;
        }
        if let Some(clause) = phrases::clause(rest) {
            let mut movement =
                Movement { moves: vec![found.movement], speed: found.speed, ..Movement::default() };
            apply_clause(context, phrase, clause, &mut movement, call, at);
            set_movement(context, phrase, movement, call);
            return;
        }
    }
    if let Some(angle) = vocabulary.angle(&all).filter(|found| whole(found.taken)) {
        call.angle = vocabulary.camera_angle(angle.word);
        return;
    }
    if let Some(lens) = vocabulary.lens(&all).filter(|found| whole(found.taken)) {
        let word = lens.word.to_owned();
        add_words(&mut call.lens, &word);
        return;
    }
    if let Some(light) = vocabulary.light(&all).filter(|found| whole(found.taken)) {
        let word = light.word.to_owned();
        add_words(&mut call.light, &word);
        return;
    }
    if let Some(size) =
        vocabulary.size(&all).filter(|found| whole(found.taken) && call.size.is_none())
    {
        call.size = vocabulary.shot_size(size.word);
        return;
    }
    if all[0].word == "behind" && all.len() > 1 {
        let owner = part(phrase, all[1].range.start..phrase.value.len());
        if let Some(subject) = context.subject(&owner, at) {
            call.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            add(call, subject);
            return;
        }
    }
    if all[0].word == "over" && read_over(context, phrase, &all, call, at) {
        return;
    }
    let names = if all[0].word == "with" && all.len() > 1 {
        part(phrase, all[1].range.start..phrase.value.len())
    } else {
        phrase.clone()
    };
    if read_names(context, &names, call, at) {
        return;
    }
    let diagnostic = phrases::suggestion(&phrase.value, &context.vocabulary)
        .map(|meant| errors::misspelt_phrase(phrase, &meant, &context.vocabulary))
        .or_else(|| {
            phrases::movement(&all, &context.vocabulary).map(|found| {
                let rest = part(phrase, all[found.taken].range.start..phrase.value.len());
                errors::unknown_clause(&rest, found.movement.as_str())
            })
        })
        .unwrap_or_else(|| errors::unknown_phrase(phrase));
    context.emit(diagnostic);
    if context.strictness == Strictness::Lenient {
        call.things.push(phrase.value.to_lowercase());
    }
}

/// A phrase of names; false if it is none. A slip among them is told here.
fn read_names(
    context: &mut Context<'_>,
    names: &Spanned<String>,
    call: &mut ShotSpec,
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
                add(call, subject);
            }
        } else {
            context.unknown_name(name);
        }
    }
    true
}

fn set_movement(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    movement: Movement,
    call: &mut ShotSpec,
) {
    match &mut call.movement {
        None => call.movement = Some(movement),
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
fn apply_clause(
    context: &mut Context<'_>,
    phrase: &Spanned<String>,
    clause: Clause,
    movement: &mut Movement,
    call: &mut ShotSpec,
    at: &NameScope,
) {
    let named = |context: &mut Context<'_>, range: &Range<usize>| -> Vec<Subject> {
        let words = part(phrase, range.clone());
        let mut found = ShotSpec::default();
        read_subjects(context, &words, &mut found, at);
        found.subjects
    };
    let words = |range: &Range<usize>| phrase.value[range.clone()].trim().to_owned();
    let travels = movement.moves.iter().any(|movement| movement.properties.travels);
    match clause {
        Clause::Reveal(range) => {
            movement.reveals = named(context, &range);
            if movement.reveals.is_empty() {
                movement.toward = format!("to reveal {}", words(&range));
            }
        }
        Clause::FromTo(from, to) => {
            for subject in named(context, &from) {
                if call.over != Some(subject) && call.pov != Some(subject) {
                    add(call, subject);
                }
            }
            let arriving = named(context, &to);
            let (new, seen): (Vec<Subject>, Vec<Subject>) = arriving
                .into_iter()
                .partition(|subject| travels && !call.subjects.contains(subject));
            movement.reveals = new;
            for subject in seen {
                add(call, subject);
            }
            movement.toward = format!("from {} to {}", words(&from), words(&to));
        }
        Clause::To(range) => {
            for subject in named(context, &range) {
                if call.subjects.contains(&subject) {
                    continue;
                }
                if travels && !call.subjects.is_empty() {
                    movement.reveals.push(subject);
                } else {
                    add(call, subject);
                }
            }
            movement.toward = format!("to {}", words(&range));
        }
        Clause::With(range) => {
            for subject in named(context, &range) {
                add(call, subject);
            }
            movement.toward = format!("with {}", words(&range));
        }
        Clause::Behind(range) => {
            call.angle = context.vocabulary.angle_with(|angle| angle.from_behind);
            for subject in named(context, &range) {
                add(call, subject);
            }
        }
        Clause::On(range) => {
            for subject in named(context, &range) {
                add(call, subject);
            }
        }
        Clause::Along(range) => movement.toward = words(&range),
    }
}
