//! Noun phrases: `an old man with a white beard`, `two horses`, `the dog's bowl`.
//!
//! Knows one phrase and the word behind it; does not know what its sentence says.

use std::ops::Range;

use super::tokens::{SentenceToken, TokenKind};
use crate::breakdown::language::nouns::{Head, Noun, NounClass, SentenceWords, VerbForm};

/// What stands before a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Determiner {
    /// `horses`
    Nothing,
    /// `a horse`
    New,
    /// `another horse`
    Other,
    /// `the horse`
    Known,
    /// `his horse`, `the king's horse`
    Owned,
    /// `no horse`
    Absent,
}

/// A noun phrase.
#[derive(Debug, Clone)]
pub(super) struct NounPhrase {
    /// In the paragraph.
    pub(super) range: Range<usize>,
    /// `None` for a noun that the tables do not know.
    pub(super) noun: Option<Noun>,
    pub(super) determiner: Determiner,
    pub(super) count: Option<u32>,
    /// Where its words begin.
    start: usize,
    /// Without its determiner: `old man`.
    pub(super) short: String,
    /// ... and with what follows it: `old man with a white beard`.
    pub(super) words: String,
    /// The number as written: `two`, `dozens of`.
    pub(super) number: String,
    /// `red coat`, of `a woman in a red coat`.
    pub(super) outfit: String,
    /// Whether `the edge of` or the like stands before it.
    pub(super) part: bool,
}

impl NounPhrase {
    pub(super) fn class(&self) -> NounClass {
        self.noun.as_ref().map_or(NounClass::None, |noun| noun.class)
    }
}

fn may_be_many(noun: &Noun) -> bool {
    noun.plural || noun.either || noun.class == NounClass::Group
}

/// Reads noun phrases among tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct PhraseReader<'a> {
    /// `the man and his dog`: the phrase is one of several.
    pub(super) joined: bool,
    /// Its clause has no verb yet, and no preposition stands before it.
    pub(super) may_act: bool,
    /// It belongs to a verb that stands before it.
    pub(super) governed: bool,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [SentenceToken],
    pub(super) words: &'a SentenceWords,
}

/// The nouns of a phrase so far.
#[derive(Debug)]
struct Run {
    /// The token of the head and the noun; the noun is `None` if nobody knows it.
    head: Option<(usize, Option<Noun>)>,
    /// One past the last token.
    end: usize,
    first: usize,
    determiner: Determiner,
    count: Option<u32>,
    /// `a herd of elephants`: one that is many.
    collective: bool,
}

impl PhraseReader<'_> {
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).filter(|token| token.is_word()).map(|token| token.word.as_str())
    }

    fn is(&self, at: usize, test: impl Fn(&str) -> bool) -> bool {
        self.word(at).is_some_and(test)
    }

    /// The phrase that begins at a token, and the token behind it.
    pub(super) fn phrase(&self, at: usize) -> Option<(NounPhrase, usize)> {
        let (mut phrase, next) = self.phrase_with(at, false)?;
        let written = self.text.get(self.tokens[at].range.start..phrase.start).unwrap_or("");
        let plain = written.trim().to_lowercase();
        let known = &self.words.determiners;
        let number = plain.split(' ').skip_while(|word| {
            known.known.has(word) || known.possessive.has(word) || known.other.has(word)
        });
        phrase.number = number.collect::<Vec<_>>().join(" ");
        Some((phrase, next))
    }

    /// A noun without anything before it that a verb follows: `Rain drums`, `Rose waits`.
    /// It is a mass or a name, and shows nobody.
    pub(super) fn plain_subject(&self, at: usize) -> Option<NounPhrase> {
        self.words.noun(self.word(at)?)?;
        let (_, form) = self.words.verb(self.word(at + 1)?)?;
        (form == VerbForm::Third).then(|| NounPhrase {
            range: self.tokens[at].range.clone(),
            start: self.tokens[at].range.start,
            short: self.spelt(at..at + 1),
            words: self.spelt(at..at + 1),
            number: String::new(),
            noun: None,
            determiner: Determiner::Nothing,
            count: None,
            outfit: String::new(),
            part: false,
        })
    }

    /// The phrase behind an owner, which needs no determiner.
    pub(super) fn owned(&self, at: usize) -> Option<(NounPhrase, usize)> {
        let run = self.run(at, Determiner::Owned, None);
        let (head, noun) = run.head?;
        let phrase = NounPhrase {
            range: self.tokens[run.first].range.start..self.tokens[head].range.end,
            start: self.tokens[run.first].range.start,
            short: self.spelt(run.first..head + 1),
            words: self.spelt(run.first..head + 1),
            number: String::new(),
            noun,
            determiner: Determiner::Owned,
            count: run.count,
            outfit: String::new(),
            part: false,
        };
        Some((phrase, head + 1))
    }

    fn phrase_with(&self, at: usize, part: bool) -> Option<(NounPhrase, usize)> {
        let (mut determiner, mut count, mut next) = self.determiners(at);
        if let Some((many, behind)) = self.quantity(next)
            && determiner != Determiner::Absent
        {
            // `two dozen of`, but the `pair` of `a pair of` is both.
            let counted = behind > next + 1;
            let times = count.filter(|count| counted && *count > 1 && many > 1).unwrap_or(1);
            let (mut inner, end) = self.phrase_with(behind, part)?;
            inner.range.start = self.tokens[at].range.start;
            inner.count = inner.count.filter(|count| *count > 1).or(Some(many * times));
            if inner.noun.as_ref().is_some_and(|noun| self.words.pairs.has(&noun.base)) {
                inner.count = Some(1);
            }
            if determiner == Determiner::Known || inner.determiner == Determiner::Nothing {
                inner.determiner = determiner;
            }
            return Some((inner, end));
        }
        if self.is(next, |word| self.words.parts.has(word))
            && self.is(next + 1, |word| self.words.of.has(word))
        {
            let (inner, end) = self.phrase_with(next + 2, true)?;
            return Some((inner, end));
        }
        if determiner == Determiner::Nothing && count.is_some() {
            determiner = Determiner::New;
        }
        let run = self.run(next, determiner, count);
        next = run.end;
        (determiner, count) = (run.determiner, run.count);
        let (head, noun) = run.head.clone().unwrap_or((run.end.checked_sub(1)?, None));
        if run.first >= run.end || self.is_bare(&run, noun.as_ref(), next) {
            return None;
        }
        let mut phrase = NounPhrase {
            range: self.tokens[at].range.start..self.tokens[head].range.end,
            start: self.tokens[run.first].range.start,
            short: self.spelt(run.first..head + 1),
            words: self.spelt(run.first..head + 1),
            number: String::new(),
            noun,
            determiner,
            count,
            outfit: String::new(),
            part,
        };
        self.settle_number(&mut phrase);
        next = self.more(&mut phrase, next.min(head + 1).max(head + 1));
        Some((phrase, next))
    }

    /// Whether a phrase without anything before it is none: `Rose waits`.
    fn is_bare(&self, run: &Run, noun: Option<&Noun>, next: usize) -> bool {
        if run.determiner != Determiner::Nothing || run.count.is_some() {
            return false;
        }
        let Some(noun) = noun else { return true };
        // `Banks enters` is about Mr. Banks.
        let agrees = run.collective
            || self.words.nouns_have_capitals
            || !self
                .word(next)
                .and_then(|word| self.words.verb(word))
                .is_some_and(|(_, form)| form == VerbForm::Third);
        let name = self.tokens[run.first].proper && !self.words.nouns_have_capitals;
        name || !(noun.plural && agrees || noun.either || noun.class == NounClass::Group)
    }

    fn settle_number(&self, phrase: &mut NounPhrase) {
        if phrase.determiner != Determiner::Owned {
            phrase.noun = phrase.noun.take().map(|noun| self.words.unowned(noun));
        }
        let Some(noun) = &mut phrase.noun else { return };
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

    /// Determiners and numbers: `the other two`.
    fn determiners(&self, mut at: usize) -> (Determiner, Option<u32>, usize) {
        let (mut determiner, mut count) = (Determiner::Nothing, None);
        let known = &self.words.determiners;
        while let Some(word) = self.word(at) {
            // `second` is no number here, and `one` of `one of them` is none of these.
            let number = self.words.number(word);
            // `half a dozen`
            if self.words.halves.has(word)
                && let Some(whole) = self.word(at + 2).and_then(|word| self.words.number(word))
            {
                (determiner, count, at) = (Determiner::New, Some((whole / 2).max(1)), at + 3);
                continue;
            }
            if let Some(number) = number {
                // `two dozen`, but `some twenty`
                let times = number > 11 && count.is_some_and(|before| before < number);
                let some = at.checked_sub(1).and_then(|at| self.word(at));
                let counted = some.is_some_and(|some| !known.new.has(some) || number > 99);
                count = Some(match count {
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

    /// `a dozen or so`
    fn is_about(&self, at: usize) -> bool {
        self.is(at, |word| self.words.conjunctions.has(word))
            && self.is(at + 1, |word| self.words.roughly.has(word))
    }

    fn is_range(&self, at: usize) -> bool {
        self.is(at, |word| self.words.conjunctions.has(word))
            && self.is(at + 1, |word| self.words.number(word).is_some_and(|number| number < 13))
    }

    /// `herd of`: how many, and the token behind `of`.
    fn quantity(&self, at: usize) -> Option<(u32, usize)> {
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
                let number =
                    self.word(at.checked_sub(1)?).and_then(|word| self.words.quantity(word));
                (of(at)).then_some((number?, at + 1))
            })
    }

    /// Whether a word can be inside no noun phrase.
    fn ends_run(&self, word: &str) -> bool {
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

    fn run(&self, first: usize, determiner: Determiner, count: Option<u32>) -> Run {
        // `herd of elephants`
        let collective = first > 1
            && self.is(first - 1, |word| self.words.of.has(word))
            && self.is(first - 2, |word| self.words.quantity(word).is_some());
        let mut run = Run { head: None, end: first, first, determiner, count, collective };
        while let Some(token) = self.tokens.get(run.end) {
            let at = run.end;
            if !token.is_word() {
                // `a tall, thin man`
                let adjective = token.kind == TokenKind::Comma
                    && run.head.is_none()
                    && at > first
                    && run.determiner == Determiner::New
                    && self.is(at + 1, |word| {
                        let noun = || self.is(at + 2, |next| self.words.noun(next).is_some());
                        let number = self.words.number(word).is_some();
                        !number
                            && !self.ends_run(word)
                            && (self.words.verb(word).is_none() || noun())
                    });
                if adjective {
                    run.end += 1;
                    continue;
                }
                break;
            }
            let word = token.word.as_str();
            if self.ends_run(word) && !token.possessive {
                // `a black and white cat`
                let both = run.head.is_none()
                    && at > first
                    && self.words.conjunctions.has(word)
                    && self.is(at + 1, |next| !self.ends_run(next));
                if both {
                    run.end += 1;
                    continue;
                }
                break;
            }
            if token.possessive {
                let (count, end) = self.after_owner(at + 1);
                let determiner = Determiner::Owned;
                run = Run { head: None, end, first: end, determiner, count, collective };
                continue;
            }
            if !self.extend(&mut run, token, word) {
                break;
            }
            if self.words.head == Head::First
                && run.head.as_ref().is_some_and(|(_, noun)| noun.is_some())
            {
                break;
            }
        }
        run
    }

    /// The number behind `the king's`.
    fn after_owner(&self, at: usize) -> (Option<u32>, usize) {
        match self.word(at).and_then(|word| self.words.number(word)) {
            Some(number) => (Some(number), at + 1),
            None => (None, at),
        }
    }

    /// Takes one more word into a run; false if the run ends before it.
    fn extend(&self, run: &mut Run, token: &SentenceToken, word: &str) -> bool {
        let at = run.end;
        let compound = self.word(at + 1).and_then(|next| self.words.compound(word, next));
        if let Some(noun) = compound.filter(|_| !self.tokens[at + 1].possessive) {
            run.head = Some((at + 1, Some(noun)));
            run.end = at + 2;
            return true;
        }
        let mut noun = self.words.noun(word);
        let proper = if self.words.nouns_have_capitals {
            !self.has_capital(at)
        } else {
            // `a Frenchman`, `two Dalmatians`
            token.proper && run.determiner != Determiner::New
        };
        noun = noun.filter(|_| !proper);
        if self.is_verb(run, at, word, noun.as_ref()) {
            return false;
        }
        let noun = noun.or_else(|| self.words.unknown_noun(word).filter(|_| !proper));
        match (noun, &run.head) {
            (Some(noun), _) => run.head = Some((at, Some(noun))),
            (None, Some(_)) => {
                let behind = self.words.after_nouns.has(word) || self.words.is_adverb(word);
                if behind || self.words.looks_like_verb(word) {
                    return false;
                }
                run.head = Some((at, None));
            }
            (None, None) => {
                let bare = run.determiner == Determiner::Nothing && run.count.is_none();
                if bare && (self.words.after_nouns.has(word) || self.words.is_adverb(word)) {
                    return false;
                }
            }
        }
        run.end += 1;
        true
    }

    fn has_capital(&self, at: usize) -> bool {
        self.text[self.tokens[at].range.clone()].chars().next().is_some_and(char::is_uppercase)
    }

    /// Whether a word in a run is the verb behind it.
    fn is_verb(&self, run: &Run, at: usize, word: &str, noun: Option<&Noun>) -> bool {
        let Some((_, form)) = self.words.verb(word) else {
            return self.is_hidden_verb(run, at, noun);
        };
        let many = run.count.is_some_and(|count| count > 1)
            || run.head.as_ref().and_then(|(_, noun)| noun.as_ref()).is_some_and(may_be_many);
        let is_one = run.count.is_none_or(|count| count == 1)
            && run
                .head
                .as_ref()
                .and_then(|(_, noun)| noun.as_ref())
                .is_some_and(|noun| !noun.plural);
        let bare = run.determiner == Determiner::Nothing && run.count.is_none();
        if run.head.is_none() {
            let first = at == run.first;
            return match form {
                // `Sitting on the wall, …`, but `a running man`.
                VerbForm::Ing | VerbForm::Past | VerbForm::Participle => {
                    bare && first && !self.is(at + 1, |next| self.words.noun(next).is_some())
                }
                VerbForm::Third | VerbForm::Base => noun.is_none() && first && bare,
            };
        }
        let finite_next = self.word(at + 1).is_some_and(|next| {
            self.words.auxiliaries.is(next)
                || self.words.verb(next).is_some_and(|(_, form)| match form {
                    VerbForm::Third | VerbForm::Past => true,
                    VerbForm::Base => {
                        !self.words.prepositions.has(next)
                            && self.words.noun(next).is_none_or(|noun| !noun.plural)
                    }
                    _ => false,
                })
        });
        if noun.is_some() && finite_next {
            return false;
        }
        match form {
            // `She polishes the garden gates.`
            VerbForm::Third if self.governed && noun.is_some() => false,
            VerbForm::Third => !many || noun.is_none() || run.collective || is_one,
            VerbForm::Base if self.joined => {
                noun.is_none_or(|noun| noun.class == NounClass::None || !self.is_noun_next(at))
            }
            VerbForm::Base => many || noun.is_none(),
            VerbForm::Past | VerbForm::Participle => true,
            VerbForm::Ing => noun.is_none(),
        }
    }

    /// A plural that no table of verbs has, behind one who has no other verb:
    /// `a submarine surfaces`.
    fn is_hidden_verb(&self, run: &Run, at: usize, noun: Option<&Noun>) -> bool {
        let one = run.head.as_ref().and_then(|(_, head)| head.as_ref());
        let one = one.is_some_and(|head| !may_be_many(head)) && run.count.is_none_or(|it| it == 1);
        let thing = noun.is_some_and(|noun| noun.plural && !noun.class.is_being());
        let bare = run.determiner == Determiner::Nothing && run.count.is_none();
        if !self.may_act || !one || !thing || bare || run.collective {
            return false;
        }
        let mut rest = self.tokens[at + 1..].iter();
        let clause = rest.by_ref().take_while(|token| {
            token.kind != TokenKind::Break && !self.words.subordinate.has(&token.word)
        });
        let mut verbs = clause.filter(|token| token.is_word()).filter(|token| {
            self.words.auxiliaries.is(&token.word)
                || self.words.verb(&token.word).is_some_and(|(_, form)| {
                    matches!(form, VerbForm::Third | VerbForm::Past | VerbForm::Base)
                        && self.words.noun(&token.word).is_none()
                        && !self.words.prepositions.has(&token.word)
                })
        });
        verbs.next().is_none()
    }

    fn is_noun_next(&self, at: usize) -> bool {
        self.is(at + 1, |next| !self.ends_run(next) && self.words.noun(next).is_some())
    }

    /// What belongs to a phrase behind its head: `of ten`, `with a white beard`.
    fn more(&self, phrase: &mut NounPhrase, mut at: usize) -> usize {
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
            let inner = self.phrase(inner_at);
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
                Some((inner, end)) if of || inner.class() == NounClass::Body => end,
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

    /// Tokens as written, in small letters.
    fn spelt(&self, tokens: Range<usize>) -> String {
        let (Some(first), Some(last)) =
            (self.tokens.get(tokens.start), self.tokens.get(tokens.end.wrapping_sub(1)))
        else {
            return String::new();
        };
        if first.range.start >= last.range.end {
            return String::new();
        }
        let written = &self.text[first.range.start..last.range.end];
        if self.words.nouns_have_capitals { written.to_owned() } else { written.to_lowercase() }
    }
}
