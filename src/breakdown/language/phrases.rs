//! Phrases of the vocabulary: a move with its speed, direction and clause, and
//! what an unknown phrase was meant to be.
//!
//! Knows words; does not know names or shots.

use std::ops::Range;

use super::vocabulary::{Vocabulary, Words};
use super::words::{Token, canonical, part, tokens};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Spanned;

/// A camera move, without its clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move {
    /// Canonical, with its direction.
    pub(crate) name: String,
    /// Canonical, or empty.
    pub(crate) speed: String,
    /// How the camera is held.
    pub(crate) manner: bool,
    /// How many tokens it took.
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

/// The move some words begin with: speed, name, direction, speed.
pub(crate) fn movement(all: &[Token], vocabulary: &Vocabulary) -> Option<Move> {
    let mut next = 0;
    let mut speed = String::new();
    // `slow` may also belong to the name, as in a project's own vocabulary.
    let mut found = vocabulary.movement(all);
    if found.is_none()
        && let Some(before) = vocabulary.speed(all)
    {
        before.word.clone_into(&mut speed);
        next = before.taken;
        found = vocabulary.movement(&all[next..]);
    }
    let found = found?;
    next += found.taken;
    let entry = &vocabulary.moves[found.word];
    let mut name = found.word.to_owned();
    if let Some(direction) = all.get(next).filter(|token| entry.directions.contains(&token.word)) {
        name = format!("{name} {}", direction.word);
        next += 1;
    }
    if speed.is_empty()
        && let Some(after) = vocabulary.speed(&all[next..])
    {
        after.word.clone_into(&mut speed);
        next += after.taken;
    }
    // `in` and `out` of `push in` may stand after the speed: `push slowly in`.
    Some(Move { name, speed, manner: entry.manner, taken: next })
}

/// What may follow a move; `None` if it is nothing of the kind.
pub(crate) fn clause(rest: &[Token]) -> Option<Clause> {
    let first = rest.first()?;
    let end = rest.last()?.range.end;
    let after = |count: usize| rest.get(count).map(|token| token.range.start..end);
    match first.word.as_str() {
        "to" | "towards" | "toward" | "into" | "onto" | "until" => {
            let reveals = rest.get(1).is_some_and(|token| {
                matches!(
                    token.word.as_str(),
                    "reveal" | "reveals" | "revealing" | "show" | "include" | "discover" | "find"
                )
            });
            if reveals { after(2).map(Clause::Reveal) } else { after(1).map(Clause::To) }
        }
        "revealing" => after(1).map(Clause::Reveal),
        "from" => {
            let to = rest.iter().position(|token| token.word == "to")?;
            let from = rest.get(1)?.range.start..rest[to].range.start;
            (to > 1).then_some(())?;
            let target = rest.get(to + 1)?.range.start..end;
            Some(Clause::FromTo(from, target))
        }
        "with" | "alongside" | "beside" => after(1).map(Clause::With),
        "behind" => after(1).map(Clause::Behind),
        "on" | "around" | "round" | "past" | "over" => after(1).map(Clause::On),
        "across" | "through" | "along" | "away" | "above" | "under" | "between" | "off"
        | "down" | "up" => after(1).map(|_| Clause::Along(first.range.start..end)),
        _ => None,
    }
}

/// What an unknown phrase was meant to be, if it is close to something.
pub(crate) fn unknown(phrase: &Spanned<String>, vocabulary: &Vocabulary) -> Option<Diagnostic> {
    let words = canonical(&phrase.value);
    let all = tokens(&phrase.value);
    // The speed of `slow dolley in` is spelt right: only the rest is compared.
    let speed = vocabulary.speed(&all).filter(|speed| speed.taken < all.len());
    let skipped = speed.as_ref().map_or(0, |speed| speed.taken);
    let spoken: Vec<&str> = all[..skipped].iter().map(|token| token.word.as_str()).collect();
    // `… to reveal X` is not part of the name either.
    let stop = (skipped..all.len())
        .find(|index| {
            *index > skipped && clause(&all[*index..]).is_some() && all[*index].word != "on"
        })
        .unwrap_or(all.len());
    let rest: Vec<&str> = all[skipped..stop].iter().map(|token| token.word.as_str()).collect();
    let rest = rest.join(" ");
    let moves = vocabulary.move_phrases();
    let near_move = did_you_mean(&rest, moves.iter().map(String::as_str));
    let distance = |meant: &str, of: &str| strsim::damerau_levenshtein(meant, of);
    let mut best: Option<(usize, &str, String)> = near_move.map(|meant| {
        let spoken =
            if spoken.is_empty() { String::new() } else { format!("{} ", spoken.join(" ")) };
        (distance(meant, &rest), "camera move", format!("{spoken}{meant}"))
    });
    let tables: [(&str, &Words); 3] = [
        ("angle", &vocabulary.angles),
        ("lens", &vocabulary.lenses),
        ("light", &vocabulary.lights),
    ];
    for (kind, table) in tables {
        let phrases = table.iter().flat_map(|(word, also)| std::iter::once(word).chain(also));
        if let Some(meant) = did_you_mean(&words, phrases.map(String::as_str)) {
            let far = distance(meant, &words);
            if best.as_ref().is_none_or(|(nearest, ..)| far < *nearest) {
                best = Some((far, kind, meant.to_owned()));
            }
        }
    }
    for shape in ["continues", "slow motion", "fade in", "fade out", "wearing", "exactly"] {
        let far = distance(shape, &words);
        if far <= 2 && best.as_ref().is_none_or(|(nearest, ..)| far < *nearest) {
            best = Some((far, "phrase", shape.to_owned()));
        }
    }
    let (_, kind, meant) = best?;
    let known = |table: &'static str| -> Vec<&str> {
        match table {
            "angle" => vocabulary.angles.keys().map(String::as_str).collect(),
            "lens" => vocabulary.lenses.keys().map(String::as_str).collect(),
            "light" => vocabulary.lights.keys().map(String::as_str).collect(),
            _ => vec![
                "continues",
                "slow motion",
                "fade in 1s",
                "fade out 1s",
                "wearing …",
                "exactly 3s",
            ],
        }
    };
    Some(match kind {
        "camera move" => {
            // `… to reveal X` stays as it is.
            let wrong = all[stop - 1].range.end;
            errors::unknown_move(phrase, part(phrase, 0..wrong).span, &meant, vocabulary)
        }
        "angle" => errors::unknown_word(phrase, "angle", &meant, &known("angle")),
        "lens" => errors::unknown_word(phrase, "lens", &meant, &known("lens")),
        "light" => errors::unknown_word(phrase, "light", &meant, &known("light")),
        _ => errors::unknown_word(phrase, "phrase", &meant, &known("phrase")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moves_have_speeds_directions_and_clauses() {
        let vocabulary = Vocabulary::standard();
        let read = |phrase: &str| {
            let all = tokens(phrase);
            movement(&all, &vocabulary).map(|found| {
                let rest = phrases_of(phrase, clause(&all[found.taken..]));
                format!("{}|{}|{}", found.speed, found.name, rest)
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
