//! Noun phrases: `an old man with a white beard`, `two horses`, `the dog's bowl`.
//!
//! Knows one phrase and the word behind it; does not know what its sentence says.

use std::ops::Range;

use super::tokens::{SentenceToken, TokenKind};
use crate::breakdown::language::nouns::{Noun, NounClass, SentenceWords, VerbForm};
use crate::breakdown::language::word_tables::Head;

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
    /// Its owner is a noun: `the bishop's hat`.
    pub(super) owner_named: bool,
    /// `none of the sailors`: they are there and do not do what the sentence says.
    pub(super) denied: bool,
}

impl NounPhrase {
    pub(super) fn class(&self) -> NounClass {
        self.noun.as_ref().map_or(NounClass::None, |noun| noun.class)
    }
}

impl NounPhrase {
    pub(super) fn is_many(&self) -> bool {
        self.noun.as_ref().is_some_and(|noun| noun.plural)
    }

    /// One more of them, who has no words of their own.
    pub(super) fn one_more(&self, range: Range<usize>) -> Option<Self> {
        let noun = self.noun.clone().filter(|noun| noun.class.is_being() && !noun.plural)?;
        let short = noun.base.clone();
        Some(Self {
            start: range.start,
            range,
            noun: Some(noun),
            determiner: Determiner::Other,
            count: Some(1),
            words: short.clone(),
            short,
            number: String::new(),
            outfit: String::new(),
            part: false,
            owner_named: false,
            denied: false,
        })
    }
}

pub(super) fn may_be_many(noun: &Noun) -> bool {
    noun.plural || noun.either || noun.class == NounClass::Group
}

/// Whether many of a noun are no part of a compound: `the travellers`.
fn is_alone(noun: &Noun, determiner: Determiner) -> bool {
    matches!(noun.class, NounClass::Person | NounClass::Animal) && determiner != Determiner::Nothing
}

/// Reads noun phrases among tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct PhraseReader<'a> {
    /// It is a description: nothing in it is a verb but participles.
    pub(super) described: bool,
    /// `the man and his dog`: the phrase is one of several.
    pub(super) joined: bool,
    /// Its clause has no verb yet, and no preposition stands before it.
    pub(super) may_act: bool,
    /// A subject before it has no verb yet.
    pub(super) waiting: bool,
    /// ... and is many: `geese and a boy`.
    pub(super) many_wait: bool,
    /// It belongs to a verb that stands before it.
    pub(super) governed: bool,
    /// A preposition stands before it, and no subject and no verb of its clause.
    pub(super) fronted: bool,
    /// Whom the sentence before is about.
    pub(super) earlier: Option<&'a NounPhrase>,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [SentenceToken],
    pub(super) words: &'a SentenceWords,
}

/// The nouns of a phrase so far.
#[derive(Debug)]
pub(super) struct Run {
    /// The token of the head and the noun; the noun is `None` if nobody knows it.
    pub(super) head: Option<(usize, Option<Noun>)>,
    /// One past the last token.
    pub(super) end: usize,
    pub(super) first: usize,
    pub(super) determiner: Determiner,
    pub(super) count: Option<u32>,
    /// `a herd of elephants`: one that is many.
    pub(super) collective: bool,
    /// The first and the last token of `judge's`.
    pub(super) owner: Option<(usize, usize)>,
}

impl PhraseReader<'_> {
    pub(super) fn word(&self, at: usize) -> Option<&str> {
        self.tokens.get(at).filter(|token| token.is_word()).map(|token| token.word.as_str())
    }

    pub(super) fn is(&self, at: usize, test: impl Fn(&str) -> bool) -> bool {
        self.word(at).is_some_and(test)
    }

    /// The phrase that begins at a token, and the token behind it.
    pub(super) fn phrase(&self, at: usize) -> Option<(NounPhrase, usize)> {
        let (mut phrase, next) = self.phrase_with(at, false)?;
        let written = self.text.get(self.tokens[at].range.start..phrase.start).unwrap_or("");
        let plain = written.trim().to_lowercase();
        let known = &self.words.determiners;
        let of_known = |word: &&str| known.known.has(word) || known.possessive.has(word);
        let mut number: Vec<&str> = plain
            .split(' ')
            .skip_while(|word| of_known(word) || known.other.has(word))
            .take_while(|word| !of_known(word))
            .collect();
        // `seven` of `each of the seven`
        if number.first().is_some_and(|first| self.words.wholes.has(first)) {
            number = plain.rsplit(' ').take_while(|word| !of_known(word)).collect();
            number.reverse();
        }
        // `two` of `two of the five`, but `dozens of`
        if number.len() < plain.split(' ').count()
            && number.last().is_some_and(|last| self.words.of.has(last))
            && plain.split(' ').skip(number.len()).any(|word| of_known(&word))
        {
            number.pop();
        }
        phrase.number = number.join(" ");
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
            owner_named: false,
            denied: false,
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
            owner_named: false,
            denied: false,
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
            // `a band of six musicians`, but `two of the five`
            let all = self.is(behind.wrapping_sub(2), |word| self.words.wholes.has(word));
            let inside = inner.count.filter(|count| (counted || all) && *count > 1);
            let counts = count.filter(|_| !counted);
            inner.count = inside.or(counts).or(Some(many * times));
            if inner.noun.as_ref().is_some_and(|noun| self.words.pairs.has(&noun.base)) {
                inner.count = Some(1);
            }
            if determiner == Determiner::Known || inner.determiner == Determiner::Nothing {
                inner.determiner = determiner;
            }
            return Some((inner, end));
        }
        if let Some(whole) = self.behind_part(next) {
            let of_thing = whole >= 2 && self.is(whole - 2, |it| self.words.thing_parts.has(it));
            return self.phrase_with(whole, !of_thing);
        }
        if determiner == Determiner::Nothing && count.is_some() {
            determiner = Determiner::New;
        }
        // `zum Wagen`
        let before = at.checked_sub(1).and_then(|before| self.word(before));
        if determiner == Determiner::Nothing
            && before.is_some_and(|before| self.words.with_article.has(before))
        {
            determiner = Determiner::Known;
        }
        let run = self.run(next, determiner, count);
        next = run.end;
        (determiner, count) = (run.determiner, run.count);
        if let Some(whole) = self.owner_of_body(at, &run) {
            return Some((whole, run.end));
        }
        let (head, noun) = run.head.clone().unwrap_or((run.end.checked_sub(1)?, None));
        if noun.as_ref().is_some_and(|noun| noun.class == NounClass::Body)
            && self.is(head + 1, |word| self.words.of.has(word))
            && let Some((mut whole, end)) = self.phrase_with(head + 2, true)
            && whole.class().is_being()
            && matches!(whole.determiner, Determiner::Known | Determiner::Owned)
        {
            whole.range.start = self.tokens[at].range.start;
            return Some((whole, end));
        }
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
            owner_named: run.owner.is_some(),
            denied: false,
        };
        self.decide_number(&mut phrase, at, run.first);
        next = self.more(&mut phrase, next.min(head + 1).max(head + 1));
        Some((phrase, next))
    }

    /// Whether a phrase without anything before it is none: `Rose waits`.
    fn is_bare(&self, run: &Run, noun: Option<&Noun>, next: usize) -> bool {
        if run.determiner != Determiner::Nothing || run.count.is_some() {
            return false;
        }
        let Some(noun) = noun else { return true };
        // `une nonne à bicyclette`
        let before = run.first.checked_sub(1).and_then(|before| self.word(before));
        let rides = before.is_some_and(|before| self.words.riding.has(before));
        if rides && noun.class == NounClass::Vehicle {
            return false;
        }
        // `Banks enters` is about Mr. Banks.
        let agrees = run.collective
            || self.waiting
            || self.words.nouns_have_capitals
            || !self
                .word(next)
                .and_then(|word| self.words.verb(word))
                .is_some_and(|(_, form)| form == VerbForm::Third);
        let name = self.tokens[run.first].proper && !self.words.nouns_have_capitals;
        if !name && !noun.plural && (self.is_listed(run, noun) || self.is_paired(run, noun)) {
            return false;
        }
        name || !(noun.plural && agrees || noun.either || noun.class == NounClass::Group)
    }

    /// `nurse`, of `nurse and doctor`
    fn is_paired(&self, run: &Run, noun: &Noun) -> bool {
        let being = |at: usize| {
            self.word(at)
                .and_then(|word| self.words.noun(word))
                .is_some_and(|other| other.class == noun.class && !other.plural)
        };
        let and = |at: usize| self.is(at, |word| self.words.and.has(word));
        let first = and(run.end) && being(run.end + 1);
        let second = run.first > 1 && and(run.first - 1) && being(run.first - 2);
        let alone = run.end == run.first + 1;
        alone && noun.class.is_being() && (first || second && self.is_bare_at(run.first - 2))
    }

    /// Whether nothing stands before the noun at a token.
    fn is_bare_at(&self, at: usize) -> bool {
        at.checked_sub(1).is_none_or(|before| {
            !self.tokens[before].is_word()
                || self.is(before, |word| self.words.subordinate.has(word))
        })
    }

    /// `mother seated`, in `The family poses: father behind, mother seated.`
    fn is_listed(&self, run: &Run, noun: &Noun) -> bool {
        let is_mark =
            |token: &SentenceToken| matches!(token.kind, TokenKind::Comma | TokenKind::Break);
        let before = run.first.checked_sub(1).and_then(|before| self.tokens.get(before));
        let ends = self.tokens.get(run.end).is_none_or(|token| {
            is_mark(token)
                || self.is(run.end, |word| {
                    self.words.prepositions.has(word) || self.words.after_nouns.has(word)
                })
        });
        let many = self.tokens[..run.first].iter().chain(&self.tokens[run.end..]);
        let list = many.filter(|token| is_mark(token)).count() > 1;
        let class = matches!(
            noun.class,
            NounClass::Person | NounClass::Animal | NounClass::Thing | NounClass::Vehicle
        );
        before.is_some_and(is_mark) && ends && list && class && self.words.head == Head::Last
    }

    /// The judge, of `the judge's nose`.
    fn owner_of_body(&self, at: usize, run: &Run) -> Option<NounPhrase> {
        let (first, owner) = run.owner?;
        let (_, Some(body)) = run.head.as_ref()? else { return None };
        let noun = self.words.noun(self.word(owner)?)?;
        let has_limbs = noun.class.is_being() || noun.class == NounClass::Thing;
        if body.class != NounClass::Body || !has_limbs {
            return None;
        }
        let (determiner, count, _) = self.determiners(at);
        Some(NounPhrase {
            range: self.tokens[at].range.start..self.tokens[owner].range.end,
            start: self.tokens[first].range.start,
            short: self.spelt(first..owner + 1),
            words: self.spelt(first..owner + 1),
            number: String::new(),
            noun: Some(noun),
            determiner,
            count,
            outfit: String::new(),
            part: true,
            owner_named: false,
            denied: false,
        })
    }

    pub(super) fn run(&self, first: usize, determiner: Determiner, count: Option<u32>) -> Run {
        // `herd of elephants`
        let collective = first > 1
            && self.is(first - 1, |word| self.words.of.has(word))
            && self.is(first - 2, |word| self.words.quantity(word).is_some());
        let owner = None;
        let mut run = Run { head: None, end: first, first, determiner, count, collective, owner };
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
            // `a can drops`
            let noun = at == first
                && run.determiner == Determiner::New
                && self.words.auxiliaries.is(word)
                && self.words.noun(word).is_some();
            if self.ends_run(word) && !token.possessive && !noun {
                // `a black and white cat`
                let both = run.head.is_none()
                    && at > first
                    && self.words.conjunctions.has(word)
                    && (run.determiner != Determiner::Nothing
                        || self.is(at + 2, |next| self.words.noun(next).is_some()))
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
                let owner = Some((run.first, at));
                run = Run { head: None, end, first: end, determiner, count, collective, owner };
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
        // `the back two waiters`, but `Room 12`
        if let Some(number) = self.words.number(word).filter(|_| noun.is_none() && at > run.first) {
            if run.head.is_some() {
                return false;
            }
            (run.count, run.end) = (Some(number), at + 1);
            return true;
        }
        let proper = if self.words.nouns_have_capitals {
            !self.has_capital(at)
        } else {
            // `a Frenchman`, `two Dalmatians`
            token.proper && run.determiner != Determiner::New
        };
        // `un vieux marin`
        let describes = self.words.also_adjectives.has(word) && self.is_noun_next(at);
        noun = noun.filter(|_| !proper && !describes);
        if self.is_verb(run, at, word, noun.as_ref()) {
            return false;
        }
        // `her pony lame`
        let behind = run.head.as_ref().is_some_and(|(_, head)| head.is_some())
            && self.words.after_nouns.has(word)
            && !self.is_noun_next(at);
        if behind {
            return false;
        }
        let noun = noun.or_else(|| self.words.unknown_noun(word).filter(|_| !proper));
        match (noun, &run.head) {
            // `on the deck of the icebreaker tourists wave`
            (Some(noun), Some((_, Some(head))))
                if self.fronted
                    && noun.plural
                    && !head.plural
                    && run.determiner != Determiner::Nothing
                    && self.is_base_verb(at + 1) =>
            {
                return false;
            }
            // `offers the travellers tea`
            (Some(_), Some((_, Some(head))))
                if head.plural && !head.either && is_alone(head, run.determiner) =>
            {
                return false;
            }
            // `eine dicke Köchin Teller`, `einen Krug hin`
            (Some(_), Some((_, Some(_)))) | (None, Some(_)) if self.words.nouns_have_capitals => {
                return false;
            }
            (Some(noun), _) => run.head = Some((at, Some(noun))),
            (None, Some(_)) => {
                let behind = self.words.after_nouns.has(word)
                    || self.words.particles.has(word)
                    || self.words.is_adverb(word);
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

    pub(super) fn has_capital(&self, at: usize) -> bool {
        self.text[self.tokens[at].range.clone()].chars().next().is_some_and(char::is_uppercase)
    }

    /// Tokens as written, in small letters.
    pub(super) fn spelt(&self, tokens: Range<usize>) -> String {
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
