//! Whether a word in a noun phrase is the verb behind it: `the band wheels left`, `a boy
//! with a switch blocks the lane`.
//!
//! Knows the phrase so far and the word behind; does not know what the sentence says.

use super::phrases::Determiner;
use super::phrases::{PhraseReader, Run, may_be_many};
use super::tokens::TokenKind;
use crate::breakdown::language::nouns::{Noun, NounClass, VerbForm};

impl PhraseReader<'_> {
    /// Whether `a` stands before a token.
    fn is_behind_article(&self, at: usize) -> bool {
        at.checked_sub(1).is_some_and(|before| {
            self.is(before, |word| {
                !word.is_empty()
                    && (*word == *self.words.article || *word == *self.words.article_before_vowel)
            })
        })
    }

    /// `wave`, which is no noun here.
    pub(super) fn is_base_verb(&self, at: usize) -> bool {
        self.is(at, |word| {
            matches!(self.words.verb(word), Some((_, VerbForm::Base)))
                && !self.words.prepositions.has(word)
        })
    }

    /// Whether a word in a run is the verb behind it.
    pub(super) fn is_verb(&self, run: &Run, at: usize, word: &str, noun: Option<&Noun>) -> bool {
        if self.words.nouns_have_capitals && self.has_capital(at) {
            return false;
        }
        let Some((_, form)) = self.words.verb(word) else {
            return self.is_hidden_verb(run, at, noun);
        };
        if self.described && matches!(form, VerbForm::Third | VerbForm::Base) {
            return false;
        }
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
                // `another snores`
                VerbForm::Third if first && run.determiner == Determiner::Other => noun.is_none(),
                // `The old abbot eats.`
                // `an avalanche swallows`
                VerbForm::Third if !first => {
                    noun.is_none_or(|noun| noun.plural && self.is_behind_article(run.first))
                }
                // `yellow jerseys`
                VerbForm::Third | VerbForm::Base => {
                    noun.is_none() && first && bare && !self.is_noun_next(at)
                }
            };
        }
        let finite_next = self.word(at + 1).is_some_and(|next| {
            self.words.auxiliaries.is(next)
                || self.words.verb(next).is_some_and(|(_, behind)| match behind {
                    // `a woman counts coins`
                    VerbForm::Third => form != VerbForm::Third,
                    // `the band wheels left`
                    VerbForm::Past => !self.words.after_nouns.has(next),
                    VerbForm::Base => {
                        // `slits open`
                        !self.words.prepositions.has(next)
                            && !self.words.after_nouns.has(next)
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
            // `a cart laden with pumpkins blocks the bridge`
            VerbForm::Third if self.waiting && many && !is_one => true,
            VerbForm::Third => !many || noun.is_none() || run.collective || is_one,
            VerbForm::Base if self.joined => {
                noun.is_none_or(|noun| noun.class == NounClass::None || !self.is_noun_next(at))
            }
            // `geese and a boy with a switch block the lane`
            VerbForm::Base if self.many_wait && self.is(at + 1, |next| self.ends_run(next)) => true,
            VerbForm::Base => many || noun.is_none(),
            VerbForm::Past | VerbForm::Participle => true,
            // `pails hanging from a yoke`
            VerbForm::Ing => noun.is_none_or(|noun| noun.class == NounClass::None),
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

    pub(super) fn is_noun_next(&self, at: usize) -> bool {
        self.is(at + 1, |next| !self.ends_run(next) && self.words.noun(next).is_some())
    }
}
