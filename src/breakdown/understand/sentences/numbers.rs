//! What stands before a noun: determiners and numbers, `two of the five`, `half a dozen`,
//! `the edge of`; and which number they give the noun.
//!
//! Knows the words before a noun; does not know what stands behind it.

use super::phrases::{Determiner, NounPhrase, PhraseReader};
use super::tokens::TokenKind;
use crate::breakdown::language::nouns::{Noun, NounClass, VerbForm};

impl PhraseReader<'_> {
    /// Reads determiners and numbers: `the other two`.
    pub(super) fn determiners(&self, mut at: usize) -> (Determiner, Option<u32>, usize) {
        let (mut determiner, mut count) = (Determiner::Nothing, None);
        // `two of the five`, `drei der fünf`: the first number says how many are seen.
        let mut settled = false;
        let known = &self.words.determiners;
        while let Some(word) = self.word(at) {
            // `second` is an adjective here, and `one` of `one of them` is a pronoun.
            let number = self.words.number(word);
            // `a couple kissing`
            let group = |noun: Noun| noun.class == NounClass::Group;
            if number.is_some() && self.words.noun(word).is_some_and(group) && self.is_head(at) {
                break;
            }
            // `half a dozen`
            if self.words.halves.has(word)
                && let Some(whole) = self.word(at + 2).and_then(|word| self.words.number(word))
            {
                (determiner, count, at) = (Determiner::New, Some((whole / 2).max(1)), at + 3);
                continue;
            }
            // `half the orchestra`
            if self.words.halves.has(word) && self.is(at + 1, |next| known.is(next)) {
                at += 1;
                continue;
            }
            if let Some(number) = number.filter(|_| !settled) {
                // `two dozen`, but `some twenty`
                let more = self.is(at.wrapping_sub(1), |word| self.words.conjunctions.has(word));
                let times = number > 11 && count.is_some_and(|before| before < number);
                let some = at.checked_sub(1).and_then(|at| self.word(at));
                let counted = some.is_some_and(|some| !known.new.has(some) || number > 99);
                count = Some(match count {
                    // `a hundred and one`
                    Some(before) if more && before >= 100 => before + number,
                    Some(before) if times && (counted || number == 12) => {
                        before.saturating_mul(number)
                    }
                    _ => number,
                });
            }
            let found = if known.absent.has(word) {
                Some(Determiner::Absent)
            } else if known.possessive.has(word) {
                Some(Determiner::Owned)
            } else if known.other.has(word) {
                // `the other`, `another`, but `the second`.
                Some(Determiner::Other)
            } else if known.known.has(word) {
                Some(Determiner::Known)
            } else if known.new.has(word) {
                Some(Determiner::New)
            } else {
                None
            };
            settled |= count.is_some() && number.is_none() && found.is_some();
            match found {
                Some(found) if determiner != Determiner::Absent => determiner = found,
                None if number.is_none() && count.is_some() && self.is_about(at) => at += 1,
                // `two or three`
                None if number.is_none() && count.is_some() && self.is_range(at) => {}
                None if number.is_none() => break,
                _ => {}
            }
            at += 1;
        }
        (determiner, count, at)
    }

    /// Whether a word that counts is what its phrase is about: no noun is behind it.
    fn is_head(&self, at: usize) -> bool {
        !self.is(at + 1, |next| {
            let words = self.words;
            words.of.has(next)
                || words.noun(next).is_some()
                || words.number(next).is_some()
                || words.verb(next).is_none() && !self.ends_run(next)
        })
    }

    /// `about nine`
    pub(super) fn is_roughly(&self, at: usize) -> bool {
        self.is(at, |word| self.words.approximately.has(word))
            && self.is(at + 1, |next| self.words.number(next).is_some())
    }

    /// `a dozen or so`
    fn is_about(&self, at: usize) -> bool {
        self.is(at, |word| self.words.conjunctions.has(word))
            && self.is(at + 1, |word| self.words.roughly.has(word))
    }

    fn is_range(&self, at: usize) -> bool {
        self.is(at, |word| self.words.conjunctions.has(word))
            && self.is(at + 1, |word| self.words.number(word).is_some_and(|number| number < 13))
    }

    /// Reads a quantity like `herd of`: the number, and the token behind `of`.
    pub(super) fn quantity(&self, at: usize) -> Option<(u32, usize)> {
        let of = |at: usize| self.is(at, |word| self.words.of.has(word));
        // `a small group of`
        let adjective = |at: &usize| {
            self.word(*at).is_some_and(|word| {
                self.words.quantity(word).is_some()
                    || self.words.noun(word).is_none()
                        && !self.ends_run(word)
                        && !self.words.verb(word).is_some_and(|(_, form)| form == VerbForm::Third)
            })
        };
        (at..at + 3)
            .take_while(adjective)
            .find_map(|word| {
                let many = self.words.quantity(self.word(word)?)?;
                of(word + 1).then_some((many, word + 2))
            })
            .or_else(|| {
                // A number before `of` was read with the determiners.
                let before = self.word(at.checked_sub(1)?)?;
                let number = self.words.quantity(before).or_else(|| self.words.number(before));
                (of(at)).then_some((number?, at + 1))
            })
    }

    /// The token at which the whole begins whose part comes first: behind `the edge of`, `the bald
    /// head of`, `a giant of a`.
    pub(super) fn behind_part(&self, at: usize) -> Option<usize> {
        let words = self.words;
        let of = |at: usize| self.is(at, |word| words.of.has(word));
        let part = |at: usize| {
            let part = |word: &str| words.parts.has(word) || words.thing_parts.has(word);
            self.is(at, part) && of(at + 1)
        };
        if part(at) {
            return Some(at + 2);
        }
        let adjective = self.is(at, |word| words.noun(word).is_none() && !self.ends_run(word));
        if adjective && part(at + 1) {
            return Some(at + 3);
        }
        let likened = self.is(at, |word| words.likened.has(word))
            && of(at + 1)
            && self.is(at + 2, |word| words.determiners.new.has(word));
        likened.then_some(at + 2)
    }

    /// Whether the determiner shows that a noun in a plural form is singular: `den Polizisten`.
    fn is_one(&self, noun: &Noun, at: usize, first: usize) -> bool {
        let words = self.words;
        if at >= first {
            return false;
        }
        let before = at.checked_sub(1).and_then(|before| self.word(before));
        let many = before.is_some_and(|before| words.many_behind.has(before));
        self.is(at, |word| {
            words.one_by_determiner.has(word)
                || words.one_if_weak.has(word) && words.weak.has(&noun.base) && !many
        })
    }

    /// Decides whether a phrase means one or many, and so the form of its noun.
    pub(super) fn decide_number(&self, phrase: &mut NounPhrase, at: usize, first: usize) {
        if phrase.determiner != Determiner::Owned {
            let new = phrase.determiner == Determiner::New;
            phrase.noun = phrase.noun.take().map(|noun| self.words.unowned(noun, new));
        }
        if let Some(noun) = &mut phrase.noun
            && noun.plural
            && phrase.count.is_none_or(|count| count == 1)
            && self.is_one(noun, at, first)
        {
            noun.plural = false;
        }
        let Some(noun) = &mut phrase.noun else { return };
        // `Deer graze`, `eine Köchin spült Teller`
        let many = self.is(at, |word| self.words.many_by_determiner.has(word));
        let bare = phrase.determiner == Determiner::Nothing || many;
        if noun.either && bare && phrase.count.is_none() {
            noun.plural = true;
        }
        if noun.plural && phrase.determiner == Determiner::Known && phrase.count.is_none() {
            phrase.count = self.words.together.get(&*noun.base).copied();
        }
        if self.words.pairs.has(&noun.base) {
            // `three glasses` are no spectacles.
            let counted = phrase.count.is_some_and(|count| count > 1);
            let bare = phrase.determiner == Determiner::Nothing && phrase.count.is_none();
            if (counted || bare)
                && let Some(base) = self.words.singular(&noun.base)
                && let Some(single) = self.words.noun(&base)
                && (counted || single.class == NounClass::Thing)
            {
                *noun = Noun { plural: true, ..single };
            } else {
                phrase.count = Some(1);
            }
        }
    }

    /// The name that `the old`, `Mr`, `no` belong to: its token and its index.
    pub(super) fn before_name(&self, at: usize) -> Option<(usize, usize)> {
        let words = self.words;
        let (end, name) =
            (at + 1..self.tokens.len().min(at + 4)).find_map(|at| match self.tokens[at].kind {
                TokenKind::Name(name) => Some((at, name)),
                _ => None,
            })?;
        // `ein Hund, der MARA jagt`
        let comma = at.checked_sub(1).is_some_and(|at| self.tokens[at].kind == TokenKind::Comma);
        let determiner = |word: &str| {
            words.determiners.is(word)
                && !words.pronouns.is(word)
                && !(words.nouns_have_capitals && comma)
        };
        let begins = |word: &str| determiner(word) || words.before_names.has(word);
        let describes = |word: &str| {
            let known = words.noun(word).is_some() || words.verb(word).is_some();
            words.before_names.has(word) || !known && !words.is_adverb(word) && !self.ends_run(word)
        };
        let belongs = |at: usize| self.is(at, describes);
        (self.is(at, begins) && (at + 1..end).all(belongs)).then_some((end, name))
    }

    /// Whether a word can be inside no noun phrase.
    pub(super) fn ends_run(&self, word: &str) -> bool {
        let words = self.words;
        words.prepositions.has(word)
            || words.conjunctions.has(word)
            || words.subordinate.has(word)
            || words.relatives.has(word)
            || words.hypothetical.has(word)
            || words.negations.has(word)
            || words.auxiliaries.is(word)
            || words.pronouns.is(word)
            || words.determiners.is(word)
    }
}
