//! A sentence as pieces: noun phrases, verbs with what helps them, and the words that
//! join them.
//!
//! Knows which word is what; does not know who does what.

use super::denials::denial;
use super::phrases::{Determiner, NounPhrase, PhraseReader};
use super::pieces_so_far::{
    goes_on, is_governed, is_in_list, is_joined, is_one_of_list, many_wait, may_act,
    may_be_fronted, waits_for_verb,
};
use super::sentence_piece::{Pronoun, SentencePiece};
use super::tokens::{SentenceToken, TokenKind};
use super::verbs::{Helper, verb};
use crate::breakdown::language::nouns::{SentenceWords, VerbForm};

/// The pieces of a sentence. `another` may be one more of whom the sentence before is about.
pub(super) fn pieces(
    text: &str,
    tokens: &[SentenceToken],
    words: &SentenceWords,
    earlier: Option<&NounPhrase>,
) -> Vec<SentencePiece> {
    let mut reader = PhraseReader {
        described: false,
        earlier,
        joined: false,
        may_act: true,
        governed: false,
        waiting: false,
        many_wait: false,
        fronted: false,
        text,
        tokens,
        words,
    };
    let mut found: Vec<SentencePiece> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_genitive(&reader, at, &found) {
            found.extend(words.of.first().map(|of| SentencePiece::Preposition(of.to_owned())));
        }
        if is_whose(&reader, at, &found) {
            found.push(SentencePiece::Whose);
        }
        reader.joined = is_joined(&found);
        reader.may_act = may_act(&found);
        let inside = match found.last() {
            Some(SentencePiece::Preposition(_)) => true,
            Some(SentencePiece::Verb(verb)) => !verb.finite,
            _ => false,
        };
        reader.waiting = inside && waits_for_verb(&found, words);
        reader.fronted = may_be_fronted(&found) && !waits_for_verb(&found, words);
        reader.many_wait = many_wait(&found) && waits_for_verb(&found, words);
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
        if drop_aside(&mut found, words, tokens.get(at)) {
            at += 1;
        }
    }
    found
}

/// Takes out who says it: `She was, people said, the daughter of a pirate.`
fn drop_aside(
    found: &mut Vec<SentencePiece>,
    words: &SentenceWords,
    next: Option<&SentenceToken>,
) -> bool {
    use SentencePiece as P;
    let ends = next.is_none_or(|token| token.kind == TokenKind::Comma);
    let aside = matches!(
        found.as_slice(),
        [_, .., P::Comma, P::Phrase(_) | P::Pronoun(..), P::Verb(verb)]
            if verb.finite && !verb.negated && words.saying.has(&verb.base)
    );
    if ends && aside {
        found.truncate(found.len() - 3);
    }
    ends && aside
}

/// `des Nachbarn`, of `der Hund des Nachbarn`.
fn is_genitive(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let words = reader.words;
    let Some(word) = reader.word(at) else { return false };
    let verb = |piece: &SentencePiece| matches!(piece, SentencePiece::Verb(verb) if verb.finite);
    let genitive = words.genitives.has(word)
        || words.genitives_of_subjects.has(word) && !before.iter().any(verb);
    genitive && matches!(before.last(), Some(SentencePiece::Phrase(_)))
}

/// `whose`, of `a girl whose mother sings`.
fn is_whose(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let words = reader.words;
    let noun =
        |piece: &SentencePiece| matches!(piece, SentencePiece::Phrase(_) | SentencePiece::Name(..));
    let behind_noun = match before {
        [.., last, SentencePiece::Comma] | [.., last] => noun(last),
        [] => false,
    };
    behind_noun
        && reader.word(at).is_some_and(|word| words.whose.has(word))
        && reader.phrase(at).is_some()
}

/// `der`, of `den Dieb, der aus dem Fenster steigt`.
fn is_german_relative(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let words = reader.words;
    let next = |word: &str| {
        words.prepositions.has(word) || words.determiners.is(word) || words.pronouns.is(word)
    };
    words.nouns_have_capitals
        && matches!(
            before,
            [.., SentencePiece::Phrase(_) | SentencePiece::Name(..), SentencePiece::Comma]
        )
        && reader.word(at).is_some_and(|word| words.determiners.known.has(word))
        && reader.word(at + 1).is_some_and(next)
}

fn piece(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> (Option<SentencePiece>, usize) {
    let token = &reader.tokens[at];
    let words = reader.words;
    if let Some(found) = mark(reader, at) {
        return found;
    }
    let word = token.word.as_str();
    if words.clitics.has(word) {
        return (None, at + 1);
    }
    if let Some((name, index)) = reader.before_name(at) {
        return if words.determiners.absent.has(word) {
            (Some(SentencePiece::Name(index, true)), name + 1)
        } else {
            (None, name)
        };
    }
    if let Some(found) = denial(reader, at, before) {
        return found;
    }
    // `on bicycles`
    let behind =
        matches!(before.last(), Some(SentencePiece::Preposition(_))) && words.noun(word).is_some();
    let waits = waits_for_verb(before, words) || goes_on(reader, at, before);
    let subject_waits =
        waits && !behind && !is_in_list(reader, at, before) && !is_one_of_list(reader, at, before);
    if let Some(found) = word_of_time_or_doubt(reader, at, before) {
        return (Some(found), at + 1);
    }
    if words.compares.has(word) {
        return as_piece(reader, at);
    }
    if words.existential.has(word) && next_is_auxiliary(reader, at + 1) {
        return (Some(SentencePiece::Existential), at + 1);
    }
    if let Some((mut verb, next)) = verb(reader, at, subject_waits) {
        // `une charrette chargée de tonneaux avance`
        let agent = reader.word(next).is_some_and(|next| words.agents.has(next));
        verb.passive |= agent && verb.past && !verb.finite;
        return (Some(SentencePiece::Verb(verb)), next);
    }
    small_word(reader, at, before)
        .or_else(|| noun_or_verb(reader, at, before, subject_waits))
        .unwrap_or_else(|| (Some(SentencePiece::Word(word.to_owned())), at + 1))
}

/// A name or a mark.
fn mark(reader: &PhraseReader<'_>, at: usize) -> Option<(Option<SentencePiece>, usize)> {
    let token = &reader.tokens[at];
    let one = |piece: SentencePiece| Some((Some(piece), at + 1));
    match token.kind {
        // `Mara's hands` are a phrase of their own.
        TokenKind::Name(index) if token.possessive => {
            owned_phrase(reader, at + 1).or_else(|| one(SentencePiece::Name(index, true)))
        }
        TokenKind::Name(index) => one(SentencePiece::Name(index, false)),
        TokenKind::Comma => one(SentencePiece::Comma),
        TokenKind::Break => {
            let colon = reader.text[token.range.clone()].starts_with(':');
            one(SentencePiece::Break(colon))
        }
        TokenKind::Opaque => one(SentencePiece::Word(String::new())),
        TokenKind::Past => one(SentencePiece::Past),
        TokenKind::Word => None,
    }
}

/// `if`, `once`, `anyone`, or what something becomes: `slams the suitcase shut`.
fn word_of_time_or_doubt(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<SentencePiece> {
    let words = reader.words;
    let word = reader.word(at)?;
    let begins = at == 0 && words.hypothetical_first.has(word);
    let helps = words.auxiliaries.is(word) || words.becoming.has(word);
    if begins || words.hypothetical.has(word) && !helps {
        return Some(SentencePiece::Hypothetical);
    }
    let result = || {
        let found = words.results.has(word) && is_behind_object(before);
        found.then(|| SentencePiece::Word(word.to_owned()))
    };
    time_word(reader, at).or_else(|| unseen(reader, at, before)).or_else(result)
}

/// `who`, `that`, `where`, `she`, `and`, `while`, `on`.
fn small_word(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<(Option<SentencePiece>, usize)> {
    use SentencePiece as P;
    let token = &reader.tokens[at];
    let (words, word) = (reader.words, token.word.as_str());
    let one = |piece: SentencePiece| Some((Some(piece), at + 1));
    let after_noun =
        matches!(before.last(), Some(P::Phrase(_) | P::Name(..) | P::Pronoun(..) | P::Comma));
    let after_verb = matches!(before.last(), Some(P::Verb(_)));
    if words.relatives.has(word)
        && words.determiners.possessive.has(word)
        && let Some((phrase, next)) = reader.phrase(at)
    {
        return Some((Some(P::Phrase(phrase)), next));
    }
    let tells = after_verb || is_told_to(before, words);
    if words.told.has(word) && tells && begins_clause(reader, at + 1) {
        return one(P::Told);
    }
    let clause = || {
        let next = reader.tokens.get(at + 1);
        next.is_some_and(|it| matches!(it.kind, TokenKind::Name(_)))
            || reader
                .word(at + 1)
                .is_some_and(|next| words.pronouns.is(next) || words.determiners.known.has(next))
    };
    let free = words.free_relatives.has(word) && clause();
    if words.relatives.has(word) && (after_noun || !words.told.has(word)) || free {
        return one(P::Relative);
    }
    if words.places.has(word) {
        return one(P::Where);
    }
    if is_german_relative(reader, at, before) {
        return one(P::Relative);
    }
    // `somebody's uncle`
    if token.possessive && words.pronouns.is(word) {
        return owned_phrase(reader, at + 1).or_else(|| one(P::Word(String::new())));
    }
    if let Some(pronoun) = pronoun(reader, at) {
        return one(P::Pronoun(pronoun, token.range.clone()));
    }
    if words.conjunctions.has(word) {
        return one(P::Conjunction(words.negations.has(word)));
    }
    if words.subordinate.has(word) && !words.prepositions.has(word) {
        return one(P::Subordinate);
    }
    // `pendant que le chef dort`
    if words.subordinate.has(word) && reader.is(at + 1, |next| words.told.has(next)) {
        return Some((Some(P::Subordinate), at + 2));
    }
    words.prepositions.has(word).then(|| (Some(P::Preposition(word.to_owned())), at + 1))
}

fn noun_or_verb(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
    subject_waits: bool,
) -> Option<(Option<SentencePiece>, usize)> {
    let words = reader.words;
    let copied = || second_of_two(reader, at, before).or_else(|| one_more(reader, at, before));
    if let Some((phrase, next)) = reader.phrase(at).or_else(copied) {
        return Some((Some(SentencePiece::Phrase(phrase)), next));
    }
    if !subject_waits && let Some(phrase) = reader.plain_subject(at) {
        return Some((Some(SentencePiece::Phrase(phrase)), at + 1));
    }
    // `weighs out sugar`, but `lets fly`; `a whistle in mouth`
    if !subject_waits && is_object_like(reader, at, before)
        || is_behind_preposition(reader, at, before)
    {
        return None;
    }
    let (mut verb, next) = verb(reader, at, true)?;
    // `…, pursued by an aunt`
    let agent = reader.word(next).is_some_and(|next| words.agents.has(next));
    let waits = subject_waits && verb.finite;
    if verb.past && verb.helper == Helper::None && !verb.perfect && agent && !waits {
        (verb.finite, verb.passive) = (false, true);
    }
    Some((Some(SentencePiece::Verb(verb)), next))
}

/// `once`, `now`.
fn time_word(reader: &PhraseReader<'_>, at: usize) -> Option<SentencePiece> {
    let words = reader.words;
    let word = reader.word(at)?;
    if words.now.has(word) {
        return Some(SentencePiece::Now);
    }
    let before = at.checked_sub(1).and_then(|before| reader.word(before));
    let begins = |next: &str| at == 0 && (words.determiners.is(next) || words.pronouns.is(next));
    let other = before.is_some_and(|before| words.not_once_behind.has(before))
        || reader.word(at + 1).is_some_and(|next| words.not_once_before.has(next) || begins(next));
    (words.once.has(word) && !other).then_some(SentencePiece::Once)
}

/// `those`, of `those who`; `anyone`; `himself`, of `imagines himself`.
fn unseen(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> Option<SentencePiece> {
    let words = reader.words;
    let word = reader.word(at)?;
    let who = || reader.word(at + 1).is_some_and(|next| words.who.has(next));
    let imagined = || {
        let last = before.last();
        matches!(last, Some(SentencePiece::Verb(verb)) if words.minds.has(&verb.base))
    };
    let denied = matches!(before.last(), Some(SentencePiece::Negation));
    let meant = words.anybody.has(word) && !denied && may_act(before)
        || words.anybody_who.has(word) && who()
        || words.reflexives.has(word) && imagined();
    meant.then_some(SentencePiece::Unseen)
}

/// `mouth`, directly behind a preposition, is no verb.
fn is_behind_preposition(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let base = |word: &str| {
        let form = reader.words.verb(word).map(|(_, form)| form);
        reader.words.noun(word).is_some() && form == Some(VerbForm::Base)
    };
    matches!(before.last(), Some(SentencePiece::Preposition(_))) && reader.is(at, base)
}

/// `sugar`, directly behind its verb, is no verb.
fn is_object_like(reader: &PhraseReader<'_>, at: usize, before: &[SentencePiece]) -> bool {
    let words = reader.words;
    let last = matches!(before.last(), Some(SentencePiece::Verb(verb))
        if verb.finite && verb.helper == Helper::None && !words.before_bare_verbs.has(&verb.base));
    last && reader.word(at).is_some_and(|word| {
        words.noun(word).is_some()
            && words.verb(word).is_some_and(|(_, form)| form == VerbForm::Base)
    })
}

/// Whether the last piece is what its verb is done to: `slams the suitcase`.
fn is_behind_object(before: &[SentencePiece]) -> bool {
    matches!(
        before,
        [
            ..,
            SentencePiece::Verb(verb),
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..)
        ] if verb.helper == Helper::None
    )
}

/// Whether the last piece is whom somebody tells something: `told the boy`.
fn is_told_to(before: &[SentencePiece], words: &SentenceWords) -> bool {
    matches!(
        before,
        [
            ..,
            SentencePiece::Verb(verb),
            SentencePiece::Phrase(_) | SentencePiece::Name(..) | SentencePiece::Pronoun(..)
        ] if words.saying.has(&verb.base) || words.addressing.has(&verb.base)
    )
}

/// Whether a token begins a clause of its own: `that the wolves have eaten him`.
fn begins_clause(reader: &PhraseReader<'_>, at: usize) -> bool {
    let Some(token) = reader.tokens.get(at) else { return false };
    matches!(token.kind, TokenKind::Name(_))
        || token.is_word() && reader.words.pronouns.is(&token.word)
        || token.is_word() && reader.words.existential.has(&token.word)
        || reader.phrase(at).is_some()
}

/// `another`, `a second`: one more of those before.
fn one_more(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<(NounPhrase, usize)> {
    let words = reader.words;
    let each = |at: usize| reader.word(at).is_some_and(|word| words.each_other.has(word));
    let (determiner, _, next) = reader.determiners(at);
    if determiner != Determiner::Other || each(at) || at > 0 && each(at - 1) {
        return None;
    }
    // Whoever acts, rather than what is done to: `one mends a sail, another …`.
    let acts = |at: &usize| {
        use SentencePiece as P;
        let object = at.checked_sub(1).map(|before_it| &before[before_it]);
        matches!(before[*at], P::Phrase(_))
            && !matches!(object, Some(P::Verb(_) | P::Preposition(_)))
    };
    let phrase = |at: usize| match &before[at] {
        SentencePiece::Phrase(phrase) => Some(phrase),
        _ => None,
    };
    let last = (0..before.len()).rev().find_map(phrase);
    let first = (0..before.len()).rev().find(acts).and_then(phrase).or(last);
    let first = first.or(reader.earlier)?;
    let range = reader.tokens[at].range.start..reader.tokens[next - 1].range.end;
    Some((first.one_more(range)?, next))
}

/// `girl`, of `a boy and girl`.
fn second_of_two(
    reader: &PhraseReader<'_>,
    at: usize,
    before: &[SentencePiece],
) -> Option<(NounPhrase, usize)> {
    let [.., SentencePiece::Phrase(first), SentencePiece::Conjunction(_)] = before else {
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
    let acts = |at: usize| verb(reader, at, true).is_some_and(|(verb, _)| verb.finite);
    let comma = |at: usize| reader.tokens.get(at).is_some_and(|it| it.kind == TokenKind::Comma);
    let clause = reader.phrase(at + 1).is_some_and(|(_, next)| {
        // `as its owner, in a bathrobe, screams`
        let aside = || (next + 1..reader.tokens.len()).find(|at| comma(*at));
        acts(next) || comma(next) && aside().is_some_and(|end| acts(end + 1))
    });
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

fn next_is_auxiliary(reader: &PhraseReader<'_>, at: usize) -> bool {
    reader.word(at).is_some_and(|word| {
        let auxiliaries = &reader.words.auxiliaries;
        auxiliaries.is(word)
            || reader.words.negations.has(word)
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
