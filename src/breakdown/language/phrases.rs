//! Phrases of the vocabulary: a move with its speed, direction and clause, and
//! suggestions for unknown phrases.
//!
//! Knows words; does not know names or shots.

use std::ops::Range;

use strsim::damerau_levenshtein;

use super::glossary::Table;
use super::grammar::ClauseWords;
use super::terms::{CameraMove, MoveSpeed};
use super::vocabulary::Vocabulary;
use super::words::{Token, canonical, tokens};
use crate::diagnostic::did_you_mean;

/// A camera move, without its clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundMove {
    pub(crate) movement: CameraMove,
    pub(crate) speed: Option<MoveSpeed>,
    /// How many tokens it has.
    pub(crate) taken: usize,
}

/// What follows a move; ranges are bytes of the phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Clause {
    /// `to reveal X`.
    Reveal(Range<usize>),
    /// `from A to B`.
    FromTo(Range<usize>, Range<usize>),
    /// `to X`, `towards X`.
    To(Range<usize>),
    /// `with X`.
    With(Range<usize>),
    /// `behind X`.
    Behind(Range<usize>),
    /// `on X`, `around X`.
    On(Range<usize>),
    /// `across the room`: words for the prompt, preposition included.
    Along(Range<usize>),
}

/// The move that some words begin with: speed, name, direction, speed.
pub(crate) fn movement(all: &[Token], vocabulary: &Vocabulary) -> Option<FoundMove> {
    let mut next = 0;
    let mut speed: Option<MoveSpeed> = None;
    // `slow` may also belong to the name, as in a project's own vocabulary.
    let mut found = vocabulary.movement(all);
    if found.is_none()
        && let Some(before) = vocabulary.speed(all)
    {
        speed = vocabulary.move_speed(before.word);
        next = before.taken;
        found = vocabulary.movement(&all[next..]);
    }
    let found = found?;
    next += found.taken;
    let entry = &vocabulary.moves[found.word];
    let direction = all.get(next).filter(|token| entry.directions.contains(&token.word));
    let movement =
        vocabulary.camera_move(found.word, direction.map(|token| token.word.as_str()))?;
    next += usize::from(direction.is_some());
    if speed.is_none()
        && let Some(after) = vocabulary.speed(&all[next..])
    {
        speed = vocabulary.move_speed(after.word);
        next += after.taken;
    }
    // `in` and `out` of `push in` may stand after the speed: `push slowly in`.
    Some(FoundMove { movement, speed, taken: next })
}

/// The clause that follows a move; `None` if they are no clause.
pub(crate) fn clause(rest: &[Token], words: &ClauseWords) -> Option<Clause> {
    let first = rest.first()?;
    let end = rest.last()?.range.end;
    let after = |count: usize| rest.get(count).map(|token| token.range.start..end);
    let word = first.word.as_str();
    if words.toward.contains(word) {
        let reveals = rest.get(1).is_some_and(|token| words.reveal.contains(&token.word));
        if reveals { after(2).map(Clause::Reveal) } else { after(1).map(Clause::To) }
    } else if words.revealing.contains(word) {
        after(1).map(Clause::Reveal)
    } else if words.from.contains(word) {
        let to = rest.iter().position(|token| words.to.contains(&token.word))?;
        let from = rest.get(1)?.range.start..rest[to].range.start;
        (to > 1).then_some(())?;
        let target = rest.get(to + 1)?.range.start..end;
        Some(Clause::FromTo(from, target))
    } else if words.with.contains(word) {
        after(1).map(Clause::With)
    } else if words.behind.contains(word) {
        after(1).map(Clause::Behind)
    } else if words.around.contains(word) {
        after(1).map(Clause::On)
    } else if words.along.contains(word) {
        after(1).map(|_| Clause::Along(first.range.start..end))
    } else {
        None
    }
}

/// A suggestion for a mistyped phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhraseSuggestion {
    pub(crate) kind: SuggestionKind,
    /// The right spelling.
    pub(crate) meant: String,
    /// The bytes of the phrase that it replaces.
    pub(crate) wrong: Range<usize>,
}

/// Which table a suggestion is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuggestionKind {
    Move,
    Angle,
    Lens,
    Light,
    /// A fixed phrase: `fade in 1s`.
    Shape,
}

/// The fixed words of a phrase with a shape of its own: `fade in` of `fade in 1s`.
fn fixed_words(phrase: &str) -> &str {
    let free = |letter: char| letter.is_ascii_digit() || matches!(letter, '…' | '"');
    phrase.find(free).map_or(phrase, |at| &phrase[..at]).trim_end()
}

/// Shorter words are like too many others.
const SHORTEST_SHAPE: usize = 6;

/// The known phrase that is closest to an unknown one, if one is close. Of equally
/// close phrases, moves come first and shapes last.
pub(crate) fn suggestion(phrase: &str, vocabulary: &Vocabulary) -> Option<PhraseSuggestion> {
    let words = canonical(phrase);
    let whole = 0..phrase.len();
    let mut best = misspelt_move(phrase, vocabulary);
    let mut closer = |distance: usize, kind, meant: &str| {
        if best.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
            let meant = meant.to_owned();
            best = Some((distance, PhraseSuggestion { kind, meant, wrong: whole.clone() }));
        }
    };
    let angles = vocabulary.angles.iter().flat_map(|(word, entry)| spellings(word, &entry.also));
    let lenses = vocabulary.lenses.iter().flat_map(|(word, entry)| spellings(word, &entry.also));
    let lights = vocabulary.lights.iter().flat_map(|(word, entry)| spellings(word, &entry.also));
    for (kind, phrases) in [
        (SuggestionKind::Angle, angles.collect::<Vec<_>>()),
        (SuggestionKind::Lens, lenses.collect()),
        (SuggestionKind::Light, lights.collect()),
    ] {
        if let Some(meant) = did_you_mean(&words, phrases.iter().copied()) {
            closer(damerau_levenshtein(meant, &words), kind, meant);
        }
    }
    for known in vocabulary.words(Table::Phrases) {
        let shape = fixed_words(known.word);
        let distance = damerau_levenshtein(shape, &words);
        if shape.len() >= SHORTEST_SHAPE && distance <= 2 {
            closer(distance, SuggestionKind::Shape, shape);
        }
    }
    best.map(|(_, suggestion)| suggestion)
}

fn spellings<'a>(word: &'a str, also: &'a [String]) -> impl Iterator<Item = &'a str> {
    std::iter::once(word).chain(also.iter().map(String::as_str))
}

/// The move that an unknown phrase is close to, and the distance. Leaves out the
/// speed of `slow dolley in` and the clause `to reveal X`.
fn misspelt_move(phrase: &str, vocabulary: &Vocabulary) -> Option<(usize, PhraseSuggestion)> {
    let all = tokens(phrase);
    let speed = vocabulary.speed(&all).filter(|speed| speed.taken < all.len());
    let skipped = speed.map_or(0, |speed| speed.taken);
    // `on` goes before what is seen.
    let grammar = &vocabulary.grammar;
    let is_clause = |index: &usize| {
        clause(&all[*index..], &grammar.clauses).is_some()
            && !grammar.shot_lines.named.contains(&all[*index].word)
    };
    let stop = (skipped + 1..all.len()).find(is_clause).unwrap_or(all.len());
    let joined = |tokens: &[Token]| {
        tokens.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ")
    };
    let rest = joined(all.get(skipped..stop)?);
    let moves = vocabulary.move_phrases();
    let near = did_you_mean(&rest, moves.iter().map(String::as_str))?;
    let meant =
        if skipped == 0 { near.to_owned() } else { format!("{} {near}", joined(&all[..skipped])) };
    let wrong = 0..all[stop - 1].range.end;
    let suggestion = PhraseSuggestion { kind: SuggestionKind::Move, meant, wrong };
    Some((damerau_levenshtein(near, &rest), suggestion))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::terms::word_of;

    #[test]
    fn moves_have_speeds_directions_and_clauses() {
        let vocabulary = Vocabulary::standard();
        let read = |phrase: &str| {
            let all = tokens(phrase);
            movement(&all, &vocabulary).map(|found| {
                let rest =
                    phrases_of(phrase, clause(&all[found.taken..], &vocabulary.grammar.clauses));
                format!("{}|{}|{}", word_of(found.speed.as_ref()), found.movement, rest)
            })
        };
        let cases = [
            ("slow push in", Some("slow|push in|")),
            ("dolly in slowly", Some("slow|push in|")),
            ("pan left", Some("|pan left|")),
            ("crane up to reveal THE CROWD", Some("|crane up|reveal THE CROWD")),
            ("rack focus from IDA to THE CROWD", Some("|rack focus|IDA > THE CROWD")),
            ("slow orbit right", Some("slow|arc right|")),
            ("whip pan", Some("|whip pan|")),
            ("tracking with IDA", Some("|tracking|with IDA")),
            ("dolly zoom", Some("|dolly zoom|")),
            ("slow dolley in", None),
            ("low angle", None),
        ];
        for (phrase, expected) in cases {
            assert_eq!(read(phrase).as_deref(), expected, "{phrase}");
        }
    }

    fn phrases_of(phrase: &str, clause: Option<Clause>) -> String {
        let words = |range: Range<usize>| phrase[range].trim().to_owned();
        match clause {
            None => String::new(),
            Some(Clause::Reveal(range)) => format!("reveal {}", words(range)),
            Some(Clause::FromTo(from, to)) => format!("{} > {}", words(from), words(to)),
            Some(Clause::With(range)) => format!("with {}", words(range)),
            Some(other) => format!("{other:?}"),
        }
    }
}
