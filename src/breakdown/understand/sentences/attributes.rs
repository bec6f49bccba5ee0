//! What belongs to a noun phrase behind its head: `with a white beard`, `in a red coat`.
//!
//! Knows the words behind a head; does not know what its sentence says.

use super::phrases::{NounPhrase, PhraseReader};
use crate::breakdown::language::nouns::{Noun, NounClass};

impl PhraseReader<'_> {
    /// What belongs to a phrase behind its head: `of ten`, `with a white beard`.
    pub(super) fn more(&self, phrase: &mut NounPhrase, mut at: usize) -> usize {
        while let Some(word) = self.word(at) {
            let dressed = self.words.dressed.has(word);
            let inside = self.words.dressed_in.has(word);
            let wears =
                || self.words.verb(word).is_some_and(|(base, _)| self.words.wearing.has(&base));
            let worn = dressed || inside || self.words.wearing_with.has(word) || wears();
            let of = self.words.of.has(word);
            if !(worn || of) || !phrase.class().is_being() && !of && phrase.noun.is_some() {
                break;
            }
            let mut inner_at = at + 1;
            if dressed {
                inner_at += usize::from(self.is(inner_at, |next| self.words.dressed_in.has(next)));
            }
            if self.before_name(inner_at).is_some() {
                break;
            }
            let inner = self.phrase(inner_at);
            // `an avenue of statues`
            let holds = |noun: &Noun| self.words.containers.has(&noun.base);
            if of
                && phrase.noun.as_ref().is_some_and(holds)
                && inner.as_ref().is_some_and(|(inner, _)| inner.is_many())
            {
                break;
            }
            if let Some((inner, end)) = &inner
                && inner.class() == NounClass::Garment
                && !of
            {
                let joined = if phrase.outfit.is_empty() { "" } else { ", " };
                phrase.outfit = [&phrase.outfit, joined, &self.spelt(inner_at..*end)].concat();
                phrase.range.end = self.tokens[end - 1].range.end;
                at = *end;
                continue;
            }
            let end = match inner {
                // `a lady in grey`
                _ if inside && self.is(inner_at, |word| self.words.colours.has(word)) => {
                    inner_at + 1
                }
                Some((inner, end)) if of || inner.class() == NounClass::Body => end,
                // `of about nine`
                _ if of && self.is_roughly(inner_at) => inner_at + 2,
                // `in black`, `of ten`, `of them`
                None if of || inside => {
                    let plain = self.is(inner_at, |next| {
                        !self.words.prepositions.has(next) && !self.words.determiners.is(next)
                    });
                    if !plain {
                        break;
                    }
                    inner_at + 1
                }
                _ => break,
            };
            phrase.words.push(' ');
            phrase.words.push_str(&self.spelt(at..end));
            phrase.range.end = self.tokens[end - 1].range.end;
            at = end;
        }
        at
    }
}
