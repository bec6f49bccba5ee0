//! A sentence as pieces: noun phrases, verbs with what helps them, and the words that
//! join them.
//!
//! Knows which word is what; does not know who does what.

use std::ops::Range;

use super::phrases::{Determiner, NounPhrase, PhraseReader};
use super::tokens::{SentenceToken, TokenKind};
use crate::breakdown::language::nouns::{NounClass, SentenceWords, VerbForm};

/// A piece of a sentence.
#[derive(Debug, Clone)]
pub(super) enum SentencePiece {
    Phrase(NounPhrase),
    /// A name, by its index among the mentions; whether `'s` follows.
    Name(usize, bool),
    Pronoun(Pronoun, Range<usize>),
    Verb(Verb),
    Preposition(String),
    /// `and`
    Conjunction,
    /// `while`, `when`
    Subordinate,
    /// `who`
    Relative,
    /// `that`, in `she says that …`
    Told,
    /// `where`
    Where,
    /// `if`
    Hypothetical,
    Negation,
    /// `there`, before a verb.
    Existential,
    Comma,
    /// Whether it is a colon.
    Break(bool),
    Word(String),
}

/// A word in place of a noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pronoun {
    He,
    She,
    It,
    They,
    /// `I`, `everyone`
    Other,
}

/// A verb with what helps it: `is not being chased`.
#[derive(Debug, Clone, Default)]
pub(super) struct Verb {
    /// `chase`; empty for a helping verb that stands alone.
    pub(super) base: String,
    pub(super) helper: Helper,
    /// It stands alone or behind a helping verb, and has a subject of its own.
    pub(super) finite: bool,
    pub(super) ing: bool,
    /// `to run`
    pub(super) infinitive: bool,
    pub(super) negated: bool,
    pub(super) passive: bool,
    pub(super) past: bool,
    /// `has vanished`
    pub(super) perfect: bool,
    /// `would`, `could`
    pub(super) imagined: bool,
    /// The up, away, into behind it.
    pub(super) particle: String,
}

/// Which helping verb stands alone, as in `she is a sailor`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Helper {
    #[default]
    None,
    Be,
    Have,
    Do,
}

/// The pieces of a sentence.
pub(super) fn pieces(
    text: &str,
    tokens: &[SentenceToken],
    words: &SentenceWords,
) -> Vec<SentencePiece> {
    let mut reader =
        PhraseReader { joined: false, may_act: true, governed: false, text, tokens, words };
    let mut found: Vec<SentencePiece> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        reader.joined = is_joined(&found);
        reader.may_act = may_act(&found);
        reader.governed = is_governed(&found, words);
        let (piece, next) = piece(&reader, at, &found);
        if let Some(SentencePiece::Phrase(phrase)) = &piece
            && phrase.range.end <= tokens[at].range.start
        {
            at += 1;
            continue;
        }
        found.extend(piece);
        at = next.max(at + 1);
    }
    found
}

/// Whether the next piece may be who acts: no verb of its clause, and no preposition, is
/// before it.
fn may_act(before: &[SentencePiece]) -> bool {
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
fn is_governed(before: &[SentencePiece], words: &SentenceWords) -> bool {
    match before.last() {
        // `She says the dog barks.`
        Some(SentencePiece::Verb(verb)) => {
            verb.finite && !words.minds.has(&verb.base) && !words.saying.has(&verb.base)
        }
        Some(SentencePiece::Preposition(_)) => {
            let ends = |piece: &&SentencePiece| {
                !matches!(
                    piece,
                    SentencePiece::Break(_)
                        | SentencePiece::Subordinate
                        | SentencePiece::Conjunction
                        | SentencePiece::Comma
                        | SentencePiece::Relative
                )
            };
            let mut clause = before.iter().rev().take_while(ends);
            clause.any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
        }
        _ => false,
    }
}

/// Whether `and` stands before the next piece and a subject before that.
fn is_joined(before: &[SentencePiece]) -> bool {
    let noun = matches!(
        before,
        [
            ..,
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..),
            SentencePiece::Conjunction
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

fn piece(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> (Option<SentencePiece>, usize) {
    use SentencePiece as P;
    let token = &reader.tokens[at];
    let words = reader.words;
    let one = |piece: SentencePiece| (Some(piece), at + 1);
    match token.kind {
        TokenKind::Name(index) if token.possessive => {
            // `Mara's hands` are a phrase of their own.
            let owned = owned_phrase(reader, at + 1);
            return owned.unwrap_or_else(|| one(SentencePiece::Name(index, true)));
        }
        TokenKind::Name(index) => return one(SentencePiece::Name(index, false)),
        TokenKind::Comma => return one(SentencePiece::Comma),
        TokenKind::Break => {
            let colon = reader.text[token.range.clone()].starts_with(':');
            return one(SentencePiece::Break(colon));
        }
        TokenKind::Opaque => return one(SentencePiece::Word(String::new())),
        TokenKind::Word => {}
    }
    let word = token.word.as_str();
    if let Some(found) = denial(reader, at, before) {
        return found;
    }
    // `on bicycles`
    let behind =
        matches!(before.last(), Some(SentencePiece::Preposition(_))) && words.noun(word).is_some();
    let subject_waits = waits_for_verb(before) && !behind && !is_in_list(reader, at, before);
    if words.hypothetical.has(word) && !words.auxiliaries.modal.has(word) {
        return one(SentencePiece::Hypothetical);
    }
    if words.compares.has(word) {
        return as_piece(reader, at);
    }
    if words.existential.has(word) && next_is_auxiliary(reader, at + 1) {
        return one(SentencePiece::Existential);
    }
    if let Some((verb, next)) = verb(reader, at, subject_waits) {
        return (Some(SentencePiece::Verb(verb)), next);
    }
    let after_noun = matches!(before.last(), Some(P::Phrase(_) | P::Name(..) | P::Comma));
    let after_verb = matches!(before.last(), Some(P::Verb(_)));
    if words.relatives.has(word)
        && words.determiners.possessive.has(word)
        && let Some((phrase, next)) = reader.phrase(at)
    {
        return (Some(SentencePiece::Phrase(phrase)), next);
    }
    if words.told.has(word) && after_verb && reader.phrase(at + 1).is_some() {
        return one(SentencePiece::Told);
    }
    if words.relatives.has(word) && (after_noun || !words.told.has(word)) {
        return one(SentencePiece::Relative);
    }
    if words.places.has(word) {
        return one(SentencePiece::Where);
    }
    if let Some(pronoun) = pronoun(reader, at) {
        return one(SentencePiece::Pronoun(pronoun, token.range.clone()));
    }
    if words.conjunctions.has(word) {
        return one(SentencePiece::Conjunction);
    }
    if words.subordinate.has(word) && !words.prepositions.has(word) {
        return one(SentencePiece::Subordinate);
    }
    if words.prepositions.has(word) {
        return one(SentencePiece::Preposition(word.to_owned()));
    }
    if let Some((phrase, next)) = reader.phrase(at).or_else(|| second_of_two(reader, at, before)) {
        return (Some(SentencePiece::Phrase(phrase)), next);
    }
    if !subject_waits && let Some(phrase) = reader.plain_subject(at) {
        return one(SentencePiece::Phrase(phrase));
    }
    if let Some((mut verb, next)) = verb(reader, at, true) {
        // `…, pursued by an aunt`
        let agent = reader.word(next).is_some_and(|next| words.agents.has(next));
        if verb.past && verb.helper == Helper::None && !verb.perfect && agent && !subject_waits {
            (verb.finite, verb.passive) = (false, true);
        }
        return (Some(SentencePiece::Verb(verb)), next);
    }
    one(SentencePiece::Word(word.to_owned()))
}

/// What says that nobody is there, or nobody but whoever follows.
fn denial(
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
    if negation {
        let gone = words.gone.has(word) && !before.is_empty();
        let piece =
            if gone { SentencePiece::Word(word.to_owned()) } else { SentencePiece::Negation };
        return Some((Some(piece), at + 1));
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

/// `girl`, of `a boy and girl`.
fn second_of_two(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<(NounPhrase, usize)> {
    let [.., SentencePiece::Phrase(first), SentencePiece::Conjunction] = before else {
        return None;
    };
    let noun = reader.words.noun(reader.word(at)?)?;
    let alike = noun.class.is_being() && first.class().is_being() && !noun.plural;
    let one = first.noun.as_ref().is_some_and(|noun| !noun.plural);
    if !alike || !one || matches!(first.determiner, Determiner::Nothing | Determiner::Absent) {
        return None;
    }
    let (mut phrase, next) = reader.owned(at)?;
    phrase.determiner = first.determiner;
    Some((phrase, next))
}

/// `as if` and `as though` imagine; `as a clown` compares; `as the train leaves` goes on.
fn as_piece(reader: &PhraseReader<'_>, at: usize) -> (Option<SentencePiece>, usize) {
    if reader.word(at + 1).is_some_and(|next| reader.words.compares_if.has(next)) {
        return (Some(SentencePiece::Hypothetical), at + 2);
    }
    let clause = reader
        .phrase(at + 1)
        .is_some_and(|(_, next)| verb(reader, next, true).is_some_and(|(verb, _)| verb.finite));
    let named =
        reader.tokens.get(at + 1).is_some_and(|token| matches!(token.kind, TokenKind::Name(_)))
            || reader.word(at + 1).is_some_and(|word| reader.words.pronouns.is(word));
    let piece = if clause || named {
        SentencePiece::Subordinate
    } else {
        SentencePiece::Preposition(reader.word(at).unwrap_or_default().to_owned())
    };
    (Some(piece), at + 1)
}

/// What a name owns: `Mara's two dogs`.
fn owned_phrase(reader: &PhraseReader<'_>, at: usize) -> Option<(Option<SentencePiece>, usize)> {
    let (mut phrase, next) = reader.phrase(at).or_else(|| reader.owned(at))?;
    phrase.determiner = super::phrases::Determiner::Owned;
    Some((Some(SentencePiece::Phrase(phrase)), next))
}

/// Whether a word that may be a verb is one more noun: `tubas, drums, a goat`.
fn is_in_list(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let noun = reader.word(at).and_then(|word| reader.words.noun(word));
    let alike = |phrase: &NounPhrase| phrase.determiner == Determiner::Nothing;
    matches!(before, [.., SentencePiece::Phrase(phrase), SentencePiece::Comma | SentencePiece::Conjunction] if alike(phrase))
        && noun.is_some_and(|noun| noun.plural && noun.class != NounClass::None)
        && !before
            .iter()
            .rev()
            .take_while(|piece| !matches!(piece, SentencePiece::Break(_)))
            .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite))
}

/// Whether there is a subject without a verb.
fn waits_for_verb(before: &[SentencePiece]) -> bool {
    let mut nouns = 0;
    for (at, piece) in before.iter().enumerate().rev() {
        match piece {
            SentencePiece::Verb(verb) if verb.finite => return nouns > 0,
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..) => {
                let behind = at.checked_sub(1).map(|at| &before[at]);
                if !matches!(behind, Some(SentencePiece::Preposition(_))) {
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

fn next_is_auxiliary(reader: &PhraseReader<'_>, at: usize) -> bool {
    reader.word(at).is_some_and(|word| {
        let auxiliaries = &reader.words.auxiliaries;
        auxiliaries.is(word)
            || reader.words.verb(word).is_some_and(|(base, _)| reader.words.appearing.has(&base))
    })
}

fn pronoun(reader: &PhraseReader<'_>, at: usize) -> Option<Pronoun> {
    let word = reader.word(at)?;
    let pronouns = &reader.words.pronouns;
    let found = if pronouns.he.has(word) {
        Pronoun::He
    } else if pronouns.she.has(word) {
        Pronoun::She
    } else if pronouns.it.has(word) {
        Pronoun::It
    } else if pronouns.they.has(word) {
        Pronoun::They
    } else if pronouns.other.has(word) {
        Pronoun::Other
    } else {
        return None;
    };
    // `her dog`, `all dogs`: it belongs to what follows.
    let owns = reader.words.determiners.is(word) || reader.words.number(word).is_some();
    let noun_follows = || reader.phrase(at).is_some_and(|(phrase, _)| phrase.noun.is_some());
    (!owns || !noun_follows()).then_some(found)
}

/// The verb that begins at a token, and the token behind it.
fn verb(reader: &PhraseReader<'_>, start: usize, alone: bool) -> Option<(Verb, usize)> {
    let words = reader.words;
    let auxiliaries = &words.auxiliaries;
    let mut found = Verb::default();
    let (mut be, mut have, mut helped) = (false, false, false);
    let mut at = start;
    let mut last_helper = String::new();
    if reader.word(at).is_some_and(|word| words.infinitive.has(word)) {
        let (base, form) = words.verb(reader.word(at + 1)?)?;
        if form != VerbForm::Base {
            return None;
        }
        let verb = Verb { base, infinitive: true, ..Verb::default() };
        return Some(with_particle(reader, verb, at + 2));
    }
    while let Some(word) = reader.word(at) {
        if auxiliaries.is(word) {
            helped = true;
            (be, have) = (be || auxiliaries.be.has(word), have || auxiliaries.have.has(word));
            found.past |= auxiliaries.past.has(word);
            found.imagined |= words.hypothetical.has(word);
            found.negated |= words.denied.has(word);
            word.clone_into(&mut last_helper);
            at += 1;
        } else if helped && words.negations.has(word) {
            found.negated = true;
            at += 1;
        } else if helped && is_between(reader, at) {
            at += 1;
        } else {
            break;
        }
    }
    // Adverbs before the verb: `slowly turns`.
    let mut main = at;
    let adverb = |word: &str| words.is_adverb(word) || words.between.has(word);
    while !helped && alone && reader.word(main).is_some_and(adverb) {
        main += 1;
    }
    found.finite = true;
    let form = reader.word(main).and_then(|word| words.verb(word));
    match form {
        Some((base, VerbForm::Ing)) if helped => found.base = base,
        Some((base, VerbForm::Past | VerbForm::Participle)) if helped && (be || have) => {
            found.base = base;
            found.perfect = have;
            found.passive = be;
        }
        Some((base, VerbForm::Base)) if helped && !be && !have => found.base = base,
        _ if helped => {
            found.helper = if be {
                Helper::Be
            } else if have {
                Helper::Have
            } else {
                Helper::Do
            };
            return Some((found, at));
        }
        Some((base, VerbForm::Ing)) => {
            (found.base, found.finite, found.ing) = (base, false, true);
        }
        // `collars up`
        Some((base, VerbForm::Base))
            if words.particles.has(&base) && words.prepositions.has(&base) =>
        {
            return None;
        }
        Some((base, form)) if alone => {
            found.base = base;
            found.past = matches!(form, VerbForm::Past | VerbForm::Participle);
            // `a man dressed in black`
            found.finite = form != VerbForm::Participle;
        }
        None if alone && is_unknown_verb(reader, main) => {
            let word = reader.word(main)?;
            words.as_unknown_verb(word)?.clone_into(&mut found.base);
        }
        _ => return None,
    }
    Some(with_particle(reader, found, main + 1))
}

/// Whether a word may stand between a helping verb and its verb.
fn is_between(reader: &PhraseReader<'_>, at: usize) -> bool {
    let Some(word) = reader.word(at) else { return false };
    let words = reader.words;
    let verb_next = || reader.word(at + 1).is_some_and(|next| words.verb(next).is_some());
    words.continued.has(word) || (words.is_adverb(word) || words.between.has(word)) && verb_next()
}

/// A word that no table knows, behind a subject: `lollops`.
fn is_unknown_verb(reader: &PhraseReader<'_>, at: usize) -> bool {
    reader.word(at).is_some_and(|word| {
        // `a submarine surfaces`
        let before = at.checked_sub(1).and_then(|before| reader.word(before));
        let known = |word| reader.words.noun(word).or_else(|| reader.words.unknown_noun(word));
        let one = before.and_then(known);
        let hidden = reader.may_act && one.is_some_and(|noun| !noun.plural);
        let noun = reader.words.noun(word);
        let plural = noun.as_ref().is_some_and(|noun| noun.plural);
        (noun.is_none() || hidden && plural)
            && reader.words.as_unknown_verb(word).is_some()
            && !reader.words.pronouns.is(word)
            && !reader.words.prepositions.has(word)
            && !reader.words.determiners.is(word)
            && !reader.words.after_nouns.has(word)
    })
}

fn with_particle(reader: &PhraseReader<'_>, mut verb: Verb, at: usize) -> (Verb, usize) {
    let infinitive = || {
        let next = reader.word(at + 1).and_then(|next| reader.words.verb(next));
        let to = reader.word(at).is_some_and(|word| reader.words.infinitive.has(word));
        to && next.is_some_and(|(_, form)| form == VerbForm::Base)
    };
    let Some(word) = reader.word(at).filter(|word| reader.words.particles.has(word)) else {
        return (verb, at);
    };
    if infinitive() {
        return (verb, at);
    }
    word.clone_into(&mut verb.particle);
    // A preposition goes on to its noun.
    let noun = reader.word(at + 1).is_some_and(|next| {
        reader.words.determiners.is(next) || reader.words.number(next).is_some()
    }) || reader.phrase(at + 1).is_some()
        || reader.tokens.get(at + 1).is_some_and(|token| matches!(token.kind, TokenKind::Name(_)))
        || reader.word(at + 1).is_some_and(|next| reader.words.pronouns.is(next));
    (verb, if noun { at } else { at + 1 })
}
