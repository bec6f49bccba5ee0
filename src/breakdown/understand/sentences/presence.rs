//! Mention is not presence: what a sentence shows of what it speaks of.
//!
//! Knows a phrase, its place in its clause and the verb; does not know the scene.

use super::phrases::{Determiner, NounPhrase};
use super::verbs::{Helper, Verb};
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::language::word_tables::PlainWords;

/// The place of a phrase in its clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ClauseRole {
    /// Who acts.
    Subject,
    /// To whom it is done.
    Object,
    /// Behind a preposition.
    Oblique(String),
    /// Behind a comma, or without any verb.
    Apart,
}

/// What of a clause decides whether its phrases are seen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    pub(super) words: &'a SentenceWords,
    /// The verb that governs the phrase, if there is one.
    pub(super) verb: Option<&'a Verb>,
    /// `if`, `as if`, `where it stood`, `who sold it`: the clause is not what happens.
    pub(super) unreal: bool,
    /// Something is far away.
    pub(super) far: bool,
    /// `once`: it was so.
    pub(super) remembered: bool,
    /// `nobody`
    pub(super) nobody: bool,
    /// `nobody`, `not`
    pub(super) negated: bool,
    /// A verb follows the phrase before any comma.
    pub(super) verb_next: bool,
    /// What is said of somebody, rather than done: `he is a sailor`.
    pub(super) predicate: bool,
}

impl Around<'_> {
    /// Whether a phrase is in the picture. `behind` is the finite verb that follows it.
    pub(super) fn shows(
        &self,
        phrase: &NounPhrase,
        role: &ClauseRole,
        behind: Option<&Verb>,
    ) -> bool {
        let definite = matches!(phrase.determiner, Determiner::Known | Determiner::Owned);
        let person = matches!(phrase.class(), NounClass::Person | NounClass::Group);
        phrase.determiner != Determiner::Absent
            && !self.unreal
            && !self.remembered
            && !self.is_of_the_film(phrase, role)
            && !self.is_called_absent(phrase)
            && !self.is_pictured(phrase, role)
            && !self.is_only_heard(phrase, role)
            && (self.is_present(role) || self.is_there_anyway(definite, person, role))
            && self.is_staged(phrase, role, behind)
    }

    /// Whether whoever has a name is in the picture.
    pub(super) fn shows_name(&self, role: &ClauseRole) -> bool {
        // `The stranger is JONAS.`
        let named = Self { predicate: false, ..*self };
        !self.unreal
            && (!self.remembered || *role == ClauseRole::Subject)
            && (named.is_present(role) || self.is_there_anyway(true, true, role))
    }

    /// `Nobody notices the spider`, `she tells the boy a story`: they are there, whatever
    /// the verb says of its object.
    fn is_there_anyway(&self, definite: bool, person: bool, role: &ClauseRole) -> bool {
        let (ClauseRole::Object, Some(verb)) = (role, self.verb) else { return false };
        let words = self.words;
        let unseen = verb.perfect && words.perceiving.has(&verb.base);
        // `cannot lift the chest`, but `cannot find the key`
        let here = !words.minds.has(&verb.base)
            && !words.finding.has(&verb.base)
            && !words.perceiving.has(&verb.base)
            && !words.arriving.has(&verb.base)
            && !words.done_with.has(&verb.base)
            && verb.helper == Helper::None;
        let unfound = unseen || words.minds.has(&verb.base) || words.finding.has(&verb.base);
        definite && (words.overlooking.has(&verb.base) || verb.negated && !verb.perfect && here)
            || definite && self.nobody && !verb.imagined && !unfound
            || person && !self.negated && !verb.negated && words.addressing.has(&verb.base)
    }

    /// `draws a dragon`
    fn is_pictured(&self, phrase: &NounPhrase, role: &ClauseRole) -> bool {
        let new = matches!(phrase.determiner, Determiner::New | Determiner::Nothing);
        let moves = phrase.class().is_being() || phrase.class() == NounClass::Vehicle;
        *role == ClauseRole::Object
            && new
            && moves
            && self.verb.is_some_and(|verb| self.words.picturing.has(&verb.base))
    }

    /// `listens to the rats`
    fn is_only_heard(&self, phrase: &NounPhrase, role: &ClauseRole) -> bool {
        let ClauseRole::Oblique(word) = role else { return false };
        phrase.class() == NounClass::Animal
            && self
                .verb
                .is_some_and(|verb| self.words.hearing.has(&format!("{}:{word}", verb.base)))
    }

    /// `her late husband`
    fn is_called_absent(&self, phrase: &NounPhrase) -> bool {
        let drawn = |word: &str| self.words.depicted_adjectives.has(word);
        let pictured = phrase.class() == NounClass::Animal && phrase.short.split(' ').any(drawn);
        pictured
            || matches!(phrase.class(), NounClass::Person | NounClass::Animal)
                && phrase.short.split(' ').any(|word| self.words.absent_adjectives.has(word))
    }

    /// Whether whoever stands there is in the picture.
    pub(super) fn is_present(&self, role: &ClauseRole) -> bool {
        let is = |list: &PlainWords| self.verb.is_some_and(|verb| list.has(&verb.base));
        match role {
            ClauseRole::Subject => {
                let unheard = self.far && is(&self.words.heard);
                // `was remembered`, `is said to walk here`, but `was told to wait`
                let spoken_of = self.verb.is_some_and(|verb| verb.passive)
                    && (is(&self.words.minds) || is(&self.words.saying))
                    && !is(&self.words.addressing);
                !self.negated && !unheard && !spoken_of
            }
            ClauseRole::Apart => !self.negated,
            ClauseRole::Object => {
                // `it must have been a badger`
                let supposed = |verb: &Verb| verb.modal && verb.helper == Helper::Be;
                let denied =
                    self.verb.is_some_and(|verb| verb.negated || verb.imagined || supposed(verb));
                let unheard = self.far && is(&self.words.heard);
                let done = self.verb.is_some_and(|verb| verb.perfect) && is(&self.words.done_with);
                !self.negated
                    && !denied
                    && !unheard
                    && !self.predicate
                    && !done
                    && !is(&self.words.minds)
            }
            ClauseRole::Oblique(preposition) => self.is_present_behind(preposition),
        }
    }

    /// `into the picture` is no picture.
    fn is_of_the_film(&self, phrase: &NounPhrase, role: &ClauseRole) -> bool {
        matches!(role, ClauseRole::Oblique(_))
            && phrase.determiner == Determiner::Known
            && phrase.noun.as_ref().is_some_and(|noun| self.words.film_words.has(&noun.base))
    }

    fn is_present_behind(&self, preposition: &str) -> bool {
        let verb = self.verb;
        let words = self.words;
        // `gefolgt von zwei Jungen`
        let agent = verb.is_some_and(|verb| verb.passive) && words.agents.has(preposition);
        if words.of.has(preposition) && !agent {
            return false;
        }
        // `imagines the house full of cats`
        if words.full.has(preposition) && verb.is_some_and(|verb| words.minds.has(&verb.base)) {
            return false;
        }
        // `was a gift from her aunt`
        if words.given_by.has(preposition) && verb.is_some_and(|verb| verb.helper == Helper::Be) {
            return false;
        }
        if let Some(verb) = verb {
            let pair = format!("{}:{preposition}", verb.base);
            if self.words.minds_with.has(&pair) {
                return false;
            }
            if self.words.reaching.has(&pair) {
                return true;
            }
            if verb.negated && self.words.minds.has(&verb.base) {
                return false;
            }
        }
        !self.words.elsewhere.has(preposition)
    }

    fn is_traversed(&self, phrase: &NounPhrase) -> bool {
        phrase.determiner == Determiner::Known
            && self.verb.is_some_and(|verb| self.words.traversing.has(&verb.base))
    }

    /// Whether a picture shows it as somebody or something of its own.
    fn is_staged(&self, phrase: &NounPhrase, role: &ClauseRole, behind: Option<&Verb>) -> bool {
        let owned = phrase.determiner == Determiner::Owned;
        let oblique = matches!(role, ClauseRole::Oblique(_));
        // `on the inside of the glass`: a part of the place.
        if phrase.part
            && oblique
            && !(phrase.class().is_being() || phrase.class() == NounClass::Vehicle)
        {
            return false;
        }
        match phrase.class() {
            NounClass::Person | NounClass::Group | NounClass::Animal | NounClass::Vehicle => true,
            // `into the ring`
            NounClass::Thing
                if oblique
                    && phrase.determiner == Determiner::Known
                    && phrase.noun.as_ref().is_some_and(|it| self.words.arenas.has(&it.base)) =>
            {
                false
            }
            // `crosses the ring`
            NounClass::Thing if *role == ClauseRole::Object && self.is_traversed(phrase) => false,
            // `on its hook`
            NounClass::Thing | NounClass::Food => {
                let in_hand = |word: &str| {
                    self.words.wearing_with.has(word)
                        || self.verb.is_some_and(|verb| {
                            self.words.using.has(&format!("{}:{word}", verb.base))
                        })
                };
                !(owned && matches!(role, ClauseRole::Oblique(word) if !in_hand(word)))
            }
            NounClass::Furniture => !oblique,
            NounClass::Garment => {
                let does = |list: &PlainWords| self.verb.is_some_and(|verb| list.has(&verb.base));
                // `her hat flies off`
                let alone = |verb: &Verb| self.words.garments_alone.has(&verb.base);
                let off = *role == ClauseRole::Subject && behind.is_some_and(alone);
                // `… steps out, collar up`
                let bare = phrase.determiner == Determiner::Nothing && phrase.count.is_none();
                let apart = *role == ClauseRole::Apart && bare;
                // `carries off the bishop's hat`
                let particle = |word: &str| self.verb.is_some_and(|verb| verb.particle == word);
                let done = match role {
                    ClauseRole::Object => true,
                    ClauseRole::Oblique(word) => particle(word),
                    _ => false,
                };
                let taken = done && phrase.owner_named && does(&self.words.garments_handled);
                (!owned || off || taken)
                    && (!oblique || taken)
                    && !apart
                    && !does(&self.words.wearing)
            }
            NounClass::Body => {
                // `one arm raised` does nothing.
                let acts = self.verb_next && behind.is_some_and(|verb| !verb.past);
                // `unlocks the chest`, but `soaked to the chest`
                let thing = *role == ClauseRole::Object
                    && phrase.determiner == Determiner::Known
                    && phrase
                        .noun
                        .as_ref()
                        .is_some_and(|noun| self.words.body_unless_new.has(&noun.base));
                thing
                    || *role == ClauseRole::Subject && acts && phrase.determiner == Determiner::New
            }
            NounClass::Plant | NounClass::Scenery => {
                *role == ClauseRole::Subject
                    && self.verb.is_some_and(|verb| self.words.set_pieces_act.has(&verb.base))
            }
            NounClass::None => false,
        }
    }
}
