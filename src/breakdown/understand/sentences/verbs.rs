//! Verbs with what helps them: `is not being chased`, `slowly turns away`.
//!
//! Knows the words of one verb; does not know who does it.

use super::phrases::PhraseReader;
use super::tokens::TokenKind;
use crate::breakdown::language::nouns::VerbForm;

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
    /// `must`, `may`
    pub(super) modal: bool,
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

/// Helping verbs, and how far they go.
#[derive(Debug, Clone, Copy, Default)]
struct Helpers {
    be: bool,
    have: bool,
    any: bool,
    end: usize,
}

/// The verb that begins at a token, and the token behind it.
pub(super) fn verb(reader: &PhraseReader<'_>, start: usize, alone: bool) -> Option<(Verb, usize)> {
    let words = reader.words;
    // `Weiden` are no verb.
    if start > 0 && words.nouns_have_capitals && reader.has_capital(start) {
        return None;
    }
    if reader.word(start).is_some_and(|word| words.infinitive.has(word)) {
        return infinitive(reader, start + 1);
    }
    let mut found = Verb { finite: true, ..Verb::default() };
    let Helpers { be, have, any: helped, end } = helpers(reader, start, &mut found);
    // Adverbs before the verb: `slowly turns`.
    let mut main = end;
    let adverb = |word: &str| words.is_adverb(word) || words.between.has(word);
    while !helped && alone && reader.word(main).is_some_and(adverb) {
        main += 1;
    }
    let form = reader.word(main).and_then(|word| words.verb(word));
    match form {
        Some((base, VerbForm::Ing)) if helped => found.base = base,
        Some((base, VerbForm::Past | VerbForm::Participle)) if helped && (be || have) => {
            found.base = base;
            found.perfect = have;
            found.passive = be;
        }
        Some((base, VerbForm::Base)) if helped && !be && !have => found.base = base,
        // `has run away`
        Some((base, VerbForm::Base)) if helped && have && words.like_participles.has(&base) => {
            (found.base, found.perfect) = (base, true);
        }
        _ if helped && found.passive => {
            let last = reader.tokens.iter().rev().find(|token| token.is_word())?;
            found.base.clone_from(&last.word);
            return Some((found, end));
        }
        // `does his homework`
        _ if helped && !be && !have && !found.negated && !found.modal => {
            reader.word(start)?.clone_into(&mut found.base);
        }
        _ if helped => {
            found.perfect = have && be;
            found.helper = match (be, have) {
                (true, _) => Helper::Be,
                (_, true) => Helper::Have,
                _ => Helper::Do,
            };
            return Some((found, end));
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
            found.imagined |= reader.is(main, |word| words.is_conditional(word));
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

/// What stands behind `to`: `to run`, `to have seen`.
fn infinitive(reader: &PhraseReader<'_>, at: usize) -> Option<(Verb, usize)> {
    let words = reader.words;
    let helps = |word: &str| words.auxiliaries.be.has(word) || words.auxiliaries.have.has(word);
    let mut main = at;
    while reader.word(main).is_some_and(helps) {
        main += 1;
    }
    let found = reader.word(main).and_then(|word| words.verb(word));
    let perfect =
        found.filter(|(_, form)| main > at && !matches!(form, VerbForm::Base | VerbForm::Third));
    let (base, end) = match perfect {
        Some((base, _)) => (base, main + 1),
        None => {
            let (base, form) = words.verb(reader.word(at)?)?;
            (form == VerbForm::Base).then_some((base, at + 1))?
        }
    };
    let verb = Verb { base, infinitive: true, ..Verb::default() };
    Some(with_particle(reader, verb, end))
}

/// Reads the helping verbs of a verb, and what stands between them.
fn helpers(reader: &PhraseReader<'_>, start: usize, found: &mut Verb) -> Helpers {
    let words = reader.words;
    let auxiliaries = &words.auxiliaries;
    let mut helpers = Helpers { end: start, ..Helpers::default() };
    while let Some(word) = reader.word(helpers.end) {
        if auxiliaries.is(word) {
            helpers.any = true;
            helpers.be |= auxiliaries.be.has(word);
            helpers.have |= auxiliaries.have.has(word);
            found.past |= auxiliaries.past.has(word);
            let done = words.becoming.has(word) && ends_with_participle(reader);
            found.imagined |= words.hypothetical.has(word) && !done;
            found.passive |= done;
            found.modal |= auxiliaries.modal.has(word);
            found.negated |= words.denied.has(word);
        } else if helpers.any && words.negations.has(word) && !words.gone.has(word) {
            found.negated = true;
        } else if helpers.any && is_imminent(reader, helpers.end) {
            // `is about to bite`, `is going to buy`
            helpers.be = false;
            found.imagined |= words.future.has(word);
            helpers.end += 1;
        } else if !(helpers.any && is_between(reader, helpers.end)) {
            break;
        }
        helpers.end += 1;
    }
    helpers
}

/// `wird von zwei Räubern gefesselt`: it is done, not going to be.
fn ends_with_participle(reader: &PhraseReader<'_>) -> bool {
    let words = reader.words;
    let last = reader.tokens.iter().rev().find(|token| token.is_word());
    last.is_some_and(|last| {
        let form = words.verb(&last.word).map(|(_, form)| form);
        matches!(form, Some(VerbForm::Participle))
            || form.is_none()
                && words.participle_beginnings.iter().any(|start| last.word.starts_with(start))
    })
}

/// Whether a word may stand between a helping verb and its verb.
fn is_between(reader: &PhraseReader<'_>, at: usize) -> bool {
    let Some(word) = reader.word(at) else { return false };
    let words = reader.words;
    let verb_next = || {
        reader.word(at + 1).is_some_and(|next| {
            words.verb(next).is_some() || words.auxiliaries.is(next) || words.negations.has(next)
        })
    };
    words.continued.has(word) || (words.is_adverb(word) || words.between.has(word)) && verb_next()
}

/// `about to`, before a verb.
fn is_imminent(reader: &PhraseReader<'_>, at: usize) -> bool {
    let words = reader.words;
    reader.word(at).is_some_and(|word| words.imminent.has(word))
        && reader.word(at + 1).is_some_and(|next| words.infinitive.has(next))
        && reader
            .word(at + 2)
            .and_then(|next| words.verb(next))
            .is_some_and(|(base, form)| form == VerbForm::Base && words.noun(&base).is_none())
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
        let proper = reader.tokens[at].proper;
        let plural = noun.as_ref().is_some_and(|noun| noun.plural);
        (noun.is_none() || hidden && plural)
            && !proper
            && reader.words.as_unknown_verb(word).is_some()
            && !reader.words.pronouns.is(word)
            && !reader.words.prepositions.has(word)
            && !reader.words.determiners.is(word)
            && !reader.words.after_nouns.has(word)
            && !reader.words.gone.has(word)
            && !reader.words.full.has(word)
            && !reader.words.particles.has(word)
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
