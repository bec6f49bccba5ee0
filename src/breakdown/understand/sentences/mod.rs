//! Who and what the sentences of a paragraph put into the picture without a name, and
//! who does what (docs/rules.md#d18).
//!
//! Knows one paragraph; does not know the scene around it.

mod tokens;
mod phrases;
mod numbers;
mod verb_or_noun;
mod attributes;
mod verbs;
mod sentence_piece;
mod denials;
mod pieces_so_far;
mod pieces;
mod presence;
mod reading;
pub(crate) mod characters;
pub(crate) mod head;
mod clauses;
mod absences;
mod unreal;
mod roles;
mod weather;

use std::ops::Range;

use self::phrases::NounPhrase;
pub(crate) use self::reading::{NounWord, Party, Reading, Reference, ShownNoun, ToldWeather};
pub(crate) use self::sentence_piece::Pronoun;
use self::sentence_piece::SentencePiece;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::screenplay::Mention;
use crate::source::quotes;

/// Reads a paragraph in which the names are known.
pub(crate) fn read(
    text: &str,
    names: &[Mention],
    words: &SentenceWords,
    grammar: &Grammar,
) -> Reading {
    let mut reading = Reading { named: vec![true; names.len()], ..Reading::default() };
    let mut beat = 0;
    let mut earlier: Option<NounPhrase> = None;
    for sentence in whole(text, grammar.sentences(text)) {
        let (tokens, told) = tokens::read(text, sentence.clone(), names, words);
        for (index, name) in names.iter().enumerate() {
            reading.named[index] &= !tokens.iter().any(|token| token.hides(name));
        }
        let pieces = pieces::pieces(text, &tokens, words, earlier.as_ref());
        earlier = pieces.iter().find_map(SentencePiece::being).cloned();
        if !told.is_only_told() {
            reading.weather = weather::read(&pieces, words).or(reading.weather);
        }
        beat = clauses::read(&pieces, words, told, sentence.start, beat, &mut reading);
    }
    reading
}

/// Sentences of which none ends inside a quotation: `"A horse! A horse!" cries the king.`
fn whole(text: &str, sentences: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if sentences.len() < 2 || !text.contains(quotes::opens) {
        return sentences;
    }
    let mut whole: Vec<Range<usize>> = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        match whole.last_mut() {
            Some(last) if tokens::is_open(&text[last.clone()]) => last.end = sentence.end,
            _ => whole.push(sentence),
        }
    }
    whole
}
