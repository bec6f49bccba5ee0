//! What a sentence tells of the weather: `It begins to rain`, `mist rolls in`, `the snow
//! has stopped`.
//!
//! Knows the pieces of one sentence; does not know whether its scene is out of doors.

use super::phrases::{Determiner, NounPhrase};
use super::reading::ToldWeather;
use super::sentence_piece::SentencePiece;
use super::verbs::Verb;
use crate::breakdown::language::nouns::SentenceWords;

/// The weather that a sentence tells of.
pub(super) fn read(pieces: &[SentencePiece], words: &SentenceWords) -> Option<ToldWeather> {
    let doubtful = |piece: &SentencePiece| {
        matches!(piece, SentencePiece::Hypothetical | SentencePiece::Past | SentencePiece::Unseen)
    };
    if pieces.iter().any(doubtful) {
        return None;
    }
    (0..pieces.len()).find_map(|at| match &pieces[at] {
        SentencePiece::Verb(verb) => by_verb(pieces, at, verb, words),
        SentencePiece::Phrase(phrase) => by_noun(pieces, at, phrase, words),
        _ => None,
    })
}

/// Whether the pieces behind `it` are about the weather: `rains`, `begins to rain`.
pub(super) fn is_of_weather(pieces: &[SentencePiece], words: &SentenceWords) -> bool {
    let verbs = pieces.iter().map_while(|piece| match piece {
        SentencePiece::Verb(verb) => Some(verb),
        _ => None,
    });
    verbs.take(2).any(|verb| words.weather.verbs.of(&verb.base).is_some())
}

/// `it rains`, `it begins to rain`, `it stops raining`
fn by_verb(
    pieces: &[SentencePiece],
    at: usize,
    verb: &Verb,
    words: &SentenceWords,
) -> Option<ToldWeather> {
    let behind = |back: usize| at.checked_sub(back).map(|at| &pieces[at]);
    let (phase, subject) = match behind(1) {
        Some(SentencePiece::Verb(phase)) => (Some(phase), behind(2)),
        subject => (None, subject),
    };
    let told = words.weather.verbs.of(&verb.base)?;
    let nobody = matches!(subject, Some(SentencePiece::Pronoun(..)));
    let happens = |verb: &Verb| !verb.negated && !verb.imagined && !verb.perfect;
    if !nobody || !happens(verb) || !phase.is_none_or(happens) {
        return None;
    }
    match phase {
        Some(phase) if words.weather.stops.has(&phase.base) => Some(ToldWeather::Ends),
        Some(phase) if !words.phases.has(&phase.base) => None,
        _ => Some(ToldWeather::Is(told.into())),
    }
}

/// `rain falls`, `heavy rain.`, `in the rain`, `the fog lifts`
fn by_noun(
    pieces: &[SentencePiece],
    at: usize,
    phrase: &NounPhrase,
    words: &SentenceWords,
) -> Option<ToldWeather> {
    let weather = &words.weather;
    let about = phrase.noun.as_ref().map_or_else(
        || phrase.short.rsplit(' ').next().unwrap_or_default(),
        |noun| noun.base.as_str(),
    );
    let told = weather.nouns.of(about)?;
    if phrase.determiner == Determiner::Absent || phrase.denied {
        return None;
    }
    let before = at.checked_sub(1).map(|at| &pieces[at]);
    match before {
        Some(SentencePiece::Preposition(word)) => {
            let verb = pieces[..at].iter().rev().find_map(|piece| match piece {
                SentencePiece::Verb(verb) => Some(verb),
                _ => None,
            });
            let told_of = verb
                .is_some_and(|verb| verb.negated || verb.imagined || words.minds.has(&verb.base));
            return (weather.inside.has(word) && !told_of).then(|| ToldWeather::Is(told.into()));
        }
        Some(SentencePiece::Negation | SentencePiece::Verb(_) | SentencePiece::Told) => {
            return None;
        }
        _ => {}
    }
    let ends = |piece: &&SentencePiece| {
        !matches!(piece, SentencePiece::Break(_) | SentencePiece::Subordinate)
    };
    let verbs = |pieces: &[SentencePiece]| {
        pieces.iter().take_while(ends).find_map(|piece| match piece {
            SentencePiece::Verb(verb) => Some(verb.clone()),
            _ => None,
        })
    };
    let Some(verb) = verbs(&pieces[at + 1..]) else {
        // `Heavy rain.`
        return verbs(pieces).is_none().then(|| ToldWeather::Is(told.into()));
    };
    if weather.stops.has(&verb.base) && !verb.negated {
        return Some(ToldWeather::Ends);
    }
    let falls = weather.comes.has(&verb.base);
    (falls && !verb.negated && !verb.imagined && !verb.perfect)
        .then(|| ToldWeather::Is(told.into()))
}
