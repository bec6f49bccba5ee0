//! What the pieces of a clause so far say of the next one: whether a subject waits for its
//! verb, whether a verb governs what follows.
//!
//! Knows the pieces before a word; does not know what they mean together.

use super::phrases::{Determiner, NounPhrase, PhraseReader};
use super::sentence_piece::SentencePiece;
use crate::breakdown::language::nouns::{NounClass, SentenceWords, VerbForm};

/// Whether a verb is one more of the same subject: `throws the boy out and bolts the door`.
pub(super) fn goes_on(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let [rest @ .., last, SentencePiece::Comma | SentencePiece::Conjunction(false)] = before else {
        return false;
    };
    let listed = |piece: &SentencePiece| {
        matches!(piece, SentencePiece::Phrase(phrase)
            if phrase.determiner == Determiner::Nothing
                && phrase.noun.as_ref().is_some_and(|noun| noun.plural))
    };
    let verb = |piece: &SentencePiece| matches!(piece, SentencePiece::Verb(verb) if verb.finite);
    let form = reader.word(at).and_then(|word| reader.words.verb(word)).map(|(_, form)| form);
    form == Some(VerbForm::Third) && !listed(last) && rest.iter().any(verb)
}

/// Whether the next piece may be who acts: no verb of its clause, and no preposition, is
/// before it.
pub(super) fn may_act(before: &[SentencePiece]) -> bool {
    let ends = |piece: &&SentencePiece| {
        !matches!(piece, SentencePiece::Break(_) | SentencePiece::Subordinate)
    };
    !matches!(before.last(), Some(SentencePiece::Preposition(_)))
        && !before
            .iter()
            .rev()
            .take_while(ends)
            .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
}

/// Whether the next piece belongs to a verb of its clause.
pub(super) fn is_governed(before: &[SentencePiece], words: &SentenceWords) -> bool {
    match before.last() {
        // `She says the dog barks.`
        Some(SentencePiece::Verb(verb)) => {
            // `The man who sold the horse counts his money.`
            let relative = matches!(before, [.., SentencePiece::Relative, _]);
            verb.finite
                && !relative
                && !words.minds.has(&verb.base)
                && !words.saying.has(&verb.base)
        }
        Some(SentencePiece::Preposition(_)) => {
            let ends = |piece: &&SentencePiece| {
                !matches!(
                    piece,
                    SentencePiece::Break(_)
                        | SentencePiece::Subordinate
                        | SentencePiece::Conjunction(_)
                        | SentencePiece::Comma
                        | SentencePiece::Relative
                )
            };
            let begin = before.iter().rev().take_while(ends).count();
            let clause = &before[before.len() - begin..];
            let relative =
                matches!(before[..before.len() - begin].last(), Some(SentencePiece::Relative));
            !relative
                && clause
                    .iter()
                    .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
        }
        _ => false,
    }
}

/// Whether `and` stands before the next piece and a subject before that.
pub(super) fn is_joined(before: &[SentencePiece]) -> bool {
    let noun = matches!(
        before,
        [
            ..,
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..),
            SentencePiece::Conjunction(_)
        ]
    );
    let clause = before
        .iter()
        .rev()
        .take_while(|piece| !matches!(piece, SentencePiece::Break(_) | SentencePiece::Subordinate));
    noun && !clause
        .into_iter()
        .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
}

/// Whether a word that may be a verb is one more noun: `tubas, drums, a goat`.
pub(super) fn is_in_list(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let noun = reader.word(at).and_then(|word| reader.words.noun(word));
    // `whistle in mouth, watches`
    let alike = |phrase: &NounPhrase| phrase.determiner == Determiner::Nothing && phrase.is_many();
    matches!(before, [.., SentencePiece::Phrase(phrase), SentencePiece::Comma | SentencePiece::Conjunction(_)] if alike(phrase))
        && noun.is_some_and(|noun| noun.plural && noun.class != NounClass::None)
        && !before
            .iter()
            .rev()
            .take_while(|piece| !matches!(piece, SentencePiece::Break(_)))
            .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
}

/// Whether a word that may be a verb is one more noun behind one: `a bride, groom, an aunt`.
pub(super) fn is_one_of_list(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> bool {
    let many = |phrase: &NounPhrase| phrase.is_many() || phrase.count.is_some_and(|it| it > 1);
    let word = reader.word(at);
    let form = word.and_then(|word| reader.words.verb(word)).map(|(_, form)| form);
    // Nobody else would agree: `the refugees, carts, a goat`.
    let agrees = |phrase: &NounPhrase| match form {
        Some(VerbForm::Base) => many(phrase),
        Some(VerbForm::Third) => !many(phrase),
        _ => true,
    };
    matches!(before, [.., SentencePiece::Phrase(phrase), SentencePiece::Comma] if !agrees(phrase))
        && word.is_some_and(|word| reader.words.noun(word).is_some())
}

/// Whether there is a subject without a verb.
pub(super) fn waits_for_verb(before: &[SentencePiece], words: &SentenceWords) -> bool {
    let mut nouns = 0;
    for (at, piece) in before.iter().enumerate().rev() {
        match piece {
            SentencePiece::Verb(verb) if verb.finite => return nouns > 0,
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..) => {
                let behind = at.checked_sub(1).map(|at| &before[at]);
                // `throws a stick`, but `says the dog barks`
                let object = matches!(behind, Some(SentencePiece::Verb(verb))
                    if verb.finite && !words.minds.has(&verb.base) && !words.saying.has(&verb.base)
                        && has_subject(&before[..at - 1]));
                if !object && !matches!(behind, Some(SentencePiece::Preposition(_))) {
                    nouns += 1;
                }
            }
            SentencePiece::Existential => nouns += 1,
            SentencePiece::Break(_) => return nouns > 0,
            _ => {}
        }
    }
    nouns > 0
}

/// Whether a preposition is the last piece, and no verb stands in its clause.
pub(super) fn may_be_fronted(before: &[SentencePiece]) -> bool {
    let ends = |piece: &&SentencePiece| !matches!(piece, SentencePiece::Break(_));
    let verb = |piece: &SentencePiece| matches!(piece, SentencePiece::Verb(_));
    matches!(before.last(), Some(SentencePiece::Preposition(_)))
        && !before.iter().rev().take_while(ends).any(verb)
}

/// Whether whoever waits for a verb is many: `geese`, `a boy and a girl`.
pub(super) fn many_wait(before: &[SentencePiece]) -> bool {
    let ends = |piece: &&SentencePiece| {
        !matches!(piece, SentencePiece::Break(_) | SentencePiece::Subordinate)
            && !matches!(piece, SentencePiece::Verb(verb) if verb.finite)
    };
    let begin = before.iter().rev().take_while(ends).count();
    let clause = &before[before.len() - begin..];
    let first = clause.iter().find_map(|piece| match piece {
        SentencePiece::Phrase(phrase) => Some(phrase),
        _ => None,
    });
    let many = |phrase: &NounPhrase| phrase.is_many() || phrase.count.is_some_and(|it| it > 1);
    let pairs = clause.windows(2).any(|pair| {
        matches!(
            pair,
            [SentencePiece::Conjunction(false), SentencePiece::Phrase(_) | SentencePiece::Name(..)]
        )
    });
    first.is_some_and(many) || pairs
}

/// Whether somebody stands before a verb who does it.
fn has_subject(before: &[SentencePiece]) -> bool {
    matches!(
        before.last(),
        Some(SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..))
    )
}
