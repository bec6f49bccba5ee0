//! What says that nobody is there: `no longer`, `none of the sailors`, `nothing but a chair`.
//!
//! Knows the words behind a denial; does not know who does what.

use super::phrases::{Determiner, NounPhrase, PhraseReader};
use super::sentence_piece::SentencePiece;
use super::tokens::SentenceToken;
use super::verbs::verb;

/// What says that nobody is there, or nobody but whoever follows.
pub(super) fn denial(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<(Option<SentencePiece>, usize)> {
    let words = reader.words;
    let word = reader.word(at)?;
    let excepts = |at: usize| reader.word(at).is_some_and(|next| words.excepting.has(next));
    let negation = words.negations.has(word);
    // `nothing but a chair`
    if negation && excepts(at + 1) {
        return Some((None, behind_except(reader, at + 1)));
    }
    // `empty but for a chair`
    if excepts(at) && behind_except(reader, at) > at + 1 {
        return Some((Some(SentencePiece::Preposition(word.to_owned())), at + 2));
    }
    if negation && let Some((phrase, next)) = none_of(reader, at) {
        return Some((Some(SentencePiece::Phrase(phrase)), next));
    }
    if excepts(at) && is_exception(reader, at, before) {
        return Some((Some(SentencePiece::Except), at + 1));
    }
    if negation && !words.conjunctions.has(word) {
        let gone = words.gone.has(word) && !before.is_empty();
        let piece =
            if gone { SentencePiece::Word(word.to_owned()) } else { SentencePiece::Negation };
        return Some((Some(piece), at + 1));
    }
    // `no longer`
    let than = reader.word(at + 2).is_some_and(|next| words.than.has(next));
    let more = |next: &str| words.comparatives.has(next);
    if words.determiners.absent.has(word) && reader.word(at + 1).is_some_and(more) && !than {
        return Some((Some(SentencePiece::Negation), at + 2));
    }
    // `no older than six`
    if words.determiners.absent.has(word) && than {
        return Some((Some(SentencePiece::Word(word.to_owned())), at + 2));
    }
    // `keiner der Soldaten`
    if words.absent_of.has(word)
        && reader.word(at + 1).is_some_and(|next| words.genitive_articles.has(next))
        && let Some((mut phrase, next)) = reader.phrase(at + 1)
        && phrase.is_many()
    {
        (phrase.determiner, phrase.denied) = (Determiner::Known, true);
        return Some((Some(SentencePiece::Phrase(phrase)), next));
    }
    if words.determiners.absent.has(word) && is_nobody(reader, at + 1) {
        return Some(if excepts(at + 2) {
            (None, behind_except(reader, at + 2))
        } else {
            (Some(SentencePiece::Negation), at + 2)
        });
    }
    None
}

/// `none of the sailors`, `not one of the horses`, `neither car`: whoever it is, is there.
fn none_of(reader: &PhraseReader<'_>, at: usize) -> Option<(NounPhrase, usize)> {
    let words = reader.words;
    let of = |at: usize| reader.word(at).is_some_and(|word| words.of.has(word));
    let two = reader.word(at).is_some_and(|word| words.neither.has(word));
    // `neither the king nor the queen`
    let definite =
        |word: &str| words.determiners.known.has(word) || words.determiners.possessive.has(word);
    if two && reader.word(at + 1).is_some_and(definite) {
        let (mut phrase, next) = reader.phrase(at + 1)?;
        phrase.denied = true;
        return Some((phrase, next));
    }
    let one = reader.word(at + 1).and_then(|word| words.number(word)) == Some(1);
    let behind = at + 1 + usize::from(one);
    let (mut phrase, next) = if of(behind) {
        let found = reader.phrase(behind + 1)?;
        let definite = matches!(found.0.determiner, Determiner::Known | Determiner::Owned);
        Some(found).filter(|_| definite)?
    } else {
        let nor = |token: &SentenceToken| {
            words.conjunctions.has(&token.word) && words.negations.has(&token.word)
        };
        if !two || reader.tokens[at..].iter().any(nor) {
            return None;
        }
        reader.owned(at + 1)?
    };
    let plural = phrase.noun.as_ref().is_some_and(|noun| noun.plural);
    if phrase.noun.is_none() || plural != of(behind) {
        return None;
    }
    phrase.count = phrase.count.or(two.then_some(2));
    (phrase.determiner, phrase.denied) = (Determiner::Known, true);
    phrase.range.start = reader.tokens[at].range.start;
    Some((phrase, next))
}

/// `but`, of `of the tent nothing remains but a pole`.
fn is_exception(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let denied = before
        .iter()
        .rev()
        .take_while(|piece| !matches!(piece, SentencePiece::Break(_)))
        .any(|piece| matches!(piece, SentencePiece::Negation));
    denied
        && reader
            .phrase(at + 1)
            .is_some_and(|(_, next)| verb(reader, next, true).is_none_or(|(verb, _)| !verb.finite))
}

/// Behind `but`, of `nothing but a chair` and `nobody except for the cat`.
fn behind_except(reader: &PhraseReader<'_>, at: usize) -> usize {
    let more = reader.word(at + 1).is_some_and(|next| reader.words.elsewhere.has(next));
    at + 1 + usize::from(more)
}

/// `one`, of `no one`.
fn is_nobody(reader: &PhraseReader<'_>, at: usize) -> bool {
    let one = reader.word(at).and_then(|word| reader.words.number(word)) == Some(1);
    let noun = reader.word(at + 1).is_some_and(|next| {
        reader.words.noun(next).is_some() && reader.words.verb(next).is_none()
            || reader.words.of.has(next)
    });
    one && !noun
}
