//! The nouns of a clause: the place of each in it, and whether it is in the picture.
//!
//! Knows the clause so far; does not know the scene.

use super::characters::enter;
use super::clauses::{ClauseReader, Unreal};
use super::phrases::{Determiner, NounPhrase};
use super::presence::{Around, ClauseRole};
use super::reading::{Party, Reference, ShownNoun};
use super::sentence_piece::{Pronoun, SentencePiece};
use super::verbs::{Helper, Verb};
use super::weather::is_of_weather;
use crate::breakdown::language::nouns::{Noun, NounClass};

impl ClauseReader<'_> {
    /// The place of a noun in its clause; a new clause begins where it is a subject.
    fn role(&mut self, at: usize) -> ClauseRole {
        let joined = std::mem::take(&mut self.joined);
        if let Some(word) = self.preposition.take() {
            return ClauseRole::Oblique(word);
        }
        if joined
            && self.is_in_picture_too(at)
            && let Some(of) = self.words.of.first()
        {
            return ClauseRole::Oblique(of.to_owned());
        }
        let has_verb = self.clause.verb.is_some();
        // `ein Hund, der keinen Herrn hat`
        let relative = matches!(self.clause.unreal, Unreal::Relative { verb: false, .. });
        if relative && self.words.nouns_have_capitals {
            return ClauseRole::Object;
        }
        if joined && has_verb && self.verb_follows(at) {
            let existing = std::mem::take(&mut self.clause);
            self.clause.unreal = match existing.unreal {
                Unreal::Imagined => Unreal::Imagined,
                Unreal::Told => Unreal::Told,
                Unreal::Depicted => Unreal::Depicted,
                _ => Unreal::No,
            };
            return ClauseRole::Subject;
        }
        if !has_verb && !self.clause.existential {
            return match &self.last_role {
                Some(role @ ClauseRole::Oblique(_))
                    if joined && !self.verb_follows(at) && self.goes_on_in(role, at) =>
                {
                    role.clone()
                }
                _ if joined && !self.verb_follows(at) => ClauseRole::Apart,
                _ => ClauseRole::Subject,
            };
        }
        if joined && let Some(role) = self.last_role.clone() {
            return role;
        }
        if joined {
            return ClauseRole::Apart;
        }
        // `Nobody notices the spider.`
        let inverted = self.clause.who.is_empty()
            && !self.clause.negated
            && self.clause.verb.as_ref().is_some_and(|verb| verb.finite && !verb.passive);
        if self.clause.existential || inverted { ClauseRole::Subject } else { ClauseRole::Object }
    }

    /// Whether a noun behind `and` or a comma stands behind the same preposition: `in fog
    /// and rain`, but not `on the fridge, a drawing`.
    fn goes_on_in(&self, role: &ClauseRole, at: usize) -> bool {
        let comma =
            at.checked_sub(1).is_some_and(|at| matches!(self.pieces[at], SentencePiece::Comma));
        !comma || !self.around().is_present(role)
    }

    /// Whether a noun behind `and` is one more in a picture: `photos of her aunt and his dog`.
    fn is_in_picture_too(&self, at: usize) -> bool {
        let pair = at.checked_sub(2).map(|first| &self.pieces[first..at]);
        matches!(
            pair,
            Some([SentencePiece::Phrase(first), SentencePiece::Conjunction(_)])
                if self.is_picture(first)
                    && first.words.split(' ').any(|word| self.words.of.has(word))
        ) && !self.verb_follows(at)
    }

    /// Whether a finite verb follows the noun at a piece, before another clause begins.
    fn verb_follows(&self, at: usize) -> bool {
        self.verb_behind(at).is_some()
    }

    fn verb_behind(&self, at: usize) -> Option<&Verb> {
        let mut relative = false;
        for piece in &self.pieces[at + 1..] {
            match piece {
                SentencePiece::Verb(verb) if verb.finite && !relative => return Some(verb),
                SentencePiece::Verb(verb) if verb.finite => relative = false,
                SentencePiece::Relative => relative = true,
                SentencePiece::Break(_)
                | SentencePiece::Subordinate
                | SentencePiece::Hypothetical
                | SentencePiece::Existential => return None,
                _ => {}
            }
        }
        None
    }

    fn take_part(&mut self, party: Party, role: &ClauseRole, present: bool) {
        match role {
            ClauseRole::Subject => {
                self.clause.who.push(party);
                if let Some(act) = self.clause.act
                    && self.clause.verb.is_some()
                {
                    self.reading.acts[act].who.push(party);
                }
            }
            ClauseRole::Object if present => {
                if let Some(act) = self.clause.act {
                    let act = &mut self.reading.acts[act];
                    if act.object.is_none() {
                        act.object = Some(party);
                    }
                }
            }
            ClauseRole::Oblique(word) if present => {
                let passive = self.clause.verb.as_ref().is_some_and(|verb| verb.passive);
                if let Some(act) = self.clause.act {
                    let act = &mut self.reading.acts[act];
                    if passive && self.words.agents.has(word) {
                        act.who.push(party);
                    } else if act.object.is_none() {
                        act.object = Some(party);
                        if act.particle.is_empty() {
                            act.particle.clone_from(word);
                        }
                    }
                }
            }
            _ => {}
        }
        self.last_role = Some(role.clone());
        self.last_party = Some(party);
    }

    pub(super) fn name(&mut self, at: usize, name: usize, possessive: bool) {
        self.reading.names_read = name + 1;
        if possessive {
            self.reading.named[name] = false;
            return;
        }
        self.drop_apposition_before(at, name);
        self.begin_told(at);
        self.begin_contact_clause(at);
        let role = self.role(at);
        let present = self.around().shows_name(&role) && !self.is_giver(at, &role);
        self.reading.named[name] &= present;
        self.take_part(Party::Name(name), &role, present);
        self.denied = false;
    }

    /// `a snowplough, its lamp flashing`: a part of the thing, rather than one of its own.
    fn is_part_of_thing(&self, at: usize, phrase: &NounPhrase) -> bool {
        let lifeless = |party: &Party| match party {
            Party::Phrase(index) => {
                matches!(self.reading.phrases[*index].class, NounClass::Vehicle | NounClass::Thing)
            }
            _ => false,
        };
        at.checked_sub(1).is_some_and(|at| matches!(self.pieces[at], SentencePiece::Comma))
            && self.clause.verb.is_none()
            && phrase.determiner == Determiner::Owned
            && !phrase.class().is_being()
            && !self.clause.who.is_empty()
            && self.clause.who.iter().all(lifeless)
    }

    /// `a lorry with a cow painted on its side`
    fn is_painted(&self, at: usize, role: &ClauseRole) -> bool {
        let painted = |verb: &Verb| self.words.picturing.has(&verb.base) && !verb.ing;
        let next = (self.pieces.get(at + 1), self.pieces.get(at + 2));
        *role != ClauseRole::Subject
            && matches!(next, (Some(SentencePiece::Verb(verb)), Some(SentencePiece::Preposition(_)))
                if painted(verb))
    }

    /// `a letter from MARA lies on the mat`
    fn is_giver(&self, at: usize, role: &ClauseRole) -> bool {
        let ClauseRole::Oblique(word) = role else { return false };
        let thing = |piece: &SentencePiece| matches!(piece, SentencePiece::Phrase(gift) if !gift.class().is_being());
        self.words.given_by.has(word)
            && self.clause.verb.is_none()
            && at.checked_sub(2).is_some_and(|gift| thing(&self.pieces[gift]))
    }

    /// How many finite verbs follow before a mark or `and`.
    fn verbs_in_clause(&self, at: usize) -> usize {
        let goes_on = |piece: &&SentencePiece| {
            use SentencePiece as P;
            !matches!(piece, P::Comma | P::Break(_) | P::Conjunction(_) | P::Subordinate)
        };
        let rest = self.pieces[at + 1..].iter().take_while(goes_on);
        rest.filter(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite)).count()
    }

    /// `Her brother, LEONID`: the brother is Leonid.
    fn drop_apposition_before(&mut self, at: usize, name: usize) {
        let before = |back: usize| at.checked_sub(back).map(|at| &self.pieces[at]);
        let phrase = match (before(2), before(1)) {
            (Some(SentencePiece::Phrase(phrase)), Some(SentencePiece::Comma)) => phrase,
            // `the watchmaker MARA`, but `the man MARA loves smiles`
            (_, Some(SentencePiece::Phrase(phrase)))
                if matches!(phrase.determiner, Determiner::Known | Determiner::Owned)
                    && !phrase.is_many()
                    && self.verbs_in_clause(at) < 2 =>
            {
                phrase
            }
            _ => return,
        };
        if phrase.class() == NounClass::Person
            && self.clause.verb.is_none()
            && let Some(last) = self.reading.phrases.last_mut()
            && last.range == phrase.range
        {
            last.present = false;
            self.reading.apposed.push((name, (&*last.noun).into()));
            self.clause.who.pop();
            self.last_role = None;
            self.joined = false;
        }
    }

    /// `the dress her mother was married in`: a relative clause without a word for it.
    fn begin_contact_clause(&mut self, at: usize) {
        let behind_noun =
            at.checked_sub(1).is_some_and(|at| matches!(self.pieces[at], SentencePiece::Phrase(_)));
        let acts =
            matches!(self.pieces.get(at + 1), Some(SentencePiece::Verb(verb)) if verb.finite);
        let around = self.clause.verb.as_ref().is_some_and(|verb| verb.finite)
            && !self.clause.who.is_empty()
            && self.last_role == Some(ClauseRole::Object);
        if behind_noun && acts && around && !self.words.nouns_have_capitals {
            self.begin_relative(at);
        }
    }

    pub(super) fn pronoun(&mut self, at: usize, pronoun: Pronoun, range: std::ops::Range<usize>) {
        self.begin_told(at);
        self.begin_contact_clause(at);
        let role = self.role(at);
        let around = self.around();
        let present = around.is_present(&role) && !around.unreal;
        // `It rains` is about nothing.
        let names_thing = matches!(pronoun, Pronoun::It | Pronoun::They)
            && !is_of_weather(&self.pieces[at + 1..], self.words);
        let party = if names_thing {
            self.reading.phrases.push(ShownNoun {
                range,
                noun: "".into(),
                class: NounClass::None,
                name: String::new(),
                words: "".into(),
                outfit: String::new(),
                count: 1,
                reference: Reference::Pronoun(pronoun),
                present: present && role == ClauseRole::Subject,
                subject: role == ClauseRole::Subject,
                sentence: self.sentence,
                leaves: false,
                by_name: None,
                first: None,
            });
            Party::Phrase(self.reading.phrases.len() - 1)
        } else {
            Party::Pronoun(pronoun)
        };
        self.take_part(party, &role, present);
        self.denied = false;
    }

    pub(super) fn phrase(&mut self, at: usize, phrase: &NounPhrase) {
        if self.is_apposition(at, phrase) {
            self.joined = false;
            return;
        }
        self.begin_told(at);
        self.begin_contact_clause(at);
        let role = self.role(at);
        let definite = matches!(phrase.determiner, Determiner::Known | Determiner::Owned);
        // `neither the king nor the queen`
        self.denied &= !(self.clause.idle && definite);
        let verb_next = self.pieces[at + 1..]
            .iter()
            .take_while(|piece| !matches!(piece, SentencePiece::Comma))
            .any(|piece| matches!(piece, SentencePiece::Verb(verb) if verb.finite));
        let around = Around { verb_next, ..self.around() };
        let shown = around.shows(phrase, &role, self.verb_behind(at));
        let supposed = |verb: &Verb| verb.negated || verb.modal || verb.imagined;
        let existential_denied = self.clause.existential
            && (self.denied || self.clause.verb.as_ref().is_some_and(supposed));
        // `with neither oars nor sail`, `not one of the horses has a rider`
        let never = |verb: &Verb| verb.negated && verb.helper == Helper::Be;
        let new = matches!(phrase.determiner, Determiner::New | Determiner::Nothing);
        let negated = self.denied || new && self.clause.verb.as_ref().is_some_and(never);
        let without = matches!(role, ClauseRole::Oblique(_)) && negated
            || role == ClauseRole::Object && self.clause.idle && !definite;
        let gives = phrase.class().is_being() && self.is_giver(at, &role);
        let absent = existential_denied
            || without
            || gives
            || self.belongs_to_absent(at, phrase, &role)
            || self.is_part_of_thing(at, phrase)
            || self.is_painted(at, &role);
        let present = shown && !absent;
        let index = self.reading.phrases.len();
        // `No dog chases the cat.`
        if role == ClauseRole::Subject
            && phrase.determiner == Determiner::Absent
            && self.verb_follows(at)
        {
            self.clause.negated = true;
        }
        self.clause.idle |= role == ClauseRole::Subject && phrase.denied;
        self.reading.phrases.push(self.read(phrase, &role, present));
        self.look_into(at, phrase, &role);
        self.leave_out_elsewhere(phrase, &role);
        self.take_part(Party::Phrase(index), &role, present);
        self.denied = false;
    }

    /// `is no longer at the window`: whoever is not there is in no picture of it.
    fn leave_out_elsewhere(&mut self, phrase: &NounPhrase, role: &ClauseRole) {
        let ClauseRole::Oblique(word) = role else { return };
        let is_not =
            |verb: &Verb| verb.negated && verb.helper == Helper::Be && !verb.modal && !verb.perfect;
        let place = matches!(
            phrase.class(),
            NounClass::Scenery | NounClass::Furniture | NounClass::Plant | NounClass::Vehicle
        );
        let there = self.words.elsewhere.has(word) || self.words.of.has(word);
        if place && !there && self.clause.verb.as_ref().is_some_and(is_not) {
            self.absent_subjects();
        }
    }

    /// `wants a horse with a saddle`, `leaves behind a widow`: who is not there has nothing
    /// there.
    fn belongs_to_absent(&self, at: usize, phrase: &NounPhrase, role: &ClauseRole) -> bool {
        let ClauseRole::Oblique(word) = role else { return false };
        let verb = self.clause.verb.as_ref();
        let left =
            verb.is_some_and(|verb| self.words.outliving.has(&format!("{}:{word}", verb.base)));
        if left && phrase.class() == NounClass::Person {
            return true;
        }
        let owner = at.checked_sub(2).map(|owner| &self.pieces[owner]);
        let Some(SentencePiece::Phrase(owner)) = owner else { return false };
        let absent = self.reading.phrases.last().is_some_and(|last| {
            last.range == owner.range && !last.present && last.reference.is_new()
        });
        absent && owner.class().has_looks() && self.words.wearing_with.has(word)
    }

    /// `In the photograph a man smiles`: whoever is in it is not in the film's picture.
    fn look_into(&mut self, at: usize, phrase: &NounPhrase, role: &ClauseRole) {
        let (ClauseRole::Oblique(word), Some(noun)) = (role, &phrase.noun) else { return };
        if self.words.remembering.has(&format!("{word}:{}", noun.base)) {
            return self.remember();
        }
        if !self.words.is_depicting(word, &noun.base) {
            return;
        }
        // `the man on the poster`
        let pair = at.checked_sub(2).map(|first| &self.pieces[first..at]);
        if let Some([SentencePiece::Name(name, _), SentencePiece::Preposition(_)]) = pair {
            self.take_out(Party::Name(*name));
        }
        if let Some([SentencePiece::Phrase(shown), SentencePiece::Preposition(_)]) = pair {
            let of = |phrase: &&mut ShownNoun| phrase.range == shown.range;
            let found = self.reading.phrases.iter_mut().rev().find(of);
            if let Some(phrase) = found {
                phrase.present = false;
            }
        }
        if self.clause.existential {
            self.absent_subjects();
        } else if self.clause.who.is_empty() && self.clause.verb.is_none() {
            self.clause.unreal = Unreal::Depicted;
        }
    }

    fn read(&self, phrase: &NounPhrase, role: &ClauseRole, present: bool) -> ShownNoun {
        let noun = phrase.noun.as_ref();
        let many = noun.is_some_and(|noun| noun.plural && !self.words.pairs.has(&noun.base));
        let count = phrase.count.unwrap_or(if many { self.words.uncounted } else { 1 });
        let reference = match phrase.determiner {
            Determiner::Other => Reference::Other,
            Determiner::Known | Determiner::Owned => Reference::Known,
            Determiner::Nothing if many && phrase.count.is_none() => Reference::Plain,
            _ => Reference::New,
        };
        let counted = count > 1 && !phrase.number.is_empty();
        let mut name = if counted {
            let number = self.words.numbers_called.of(&phrase.number).unwrap_or(&phrase.number);
            format!("{number} {}", phrase.short)
        } else {
            phrase.short.clone()
        };
        // `one of the cosmonauts`
        let mut words = phrase.words.clone();
        if let Some(noun) = noun.filter(|_| count == 1 && many) {
            name.clone_from(&noun.base);
            words.clone_from(&noun.base);
        }
        let mut read = ShownNoun {
            range: phrase.range.clone(),
            noun: noun.map_or("", |noun| &noun.base).into(),
            class: phrase.class(),
            name,
            words: words.into(),
            outfit: phrase.outfit.clone(),
            count: count.max(1),
            reference,
            present,
            subject: *role == ClauseRole::Subject,
            sentence: self.sentence,
            leaves: false,
            by_name: None,
            first: None,
        };
        if noun.is_some() {
            read.first = Some(enter(&read, 1, self.words));
        }
        read
    }

    /// `MARA, a watchmaker's daughter, …`: nobody else.
    fn is_apposition(&self, at: usize, phrase: &NounPhrase) -> bool {
        let before = |back: usize| at.checked_sub(back).map(|at| &self.pieces[at]);
        let of_somebody = match before(2) {
            Some(SentencePiece::Name(_, false)) => true,
            Some(SentencePiece::Phrase(known)) => {
                // `the dog, an old terrier, …`
                let seen = |noun: &Noun| noun.class != NounClass::None && !noun.plural;
                known.class() == phrase.class()
                    && known.noun.as_ref().is_some_and(seen)
                    && phrase.noun.as_ref().is_some_and(seen)
                    && phrase.count.is_none_or(|count| count == 1)
            }
            _ => false,
        };
        let listed = self.pieces[at + 1..]
            .iter()
            .take_while(|piece| !matches!(piece, SentencePiece::Verb(verb) if verb.finite))
            .any(|piece| matches!(piece, SentencePiece::Conjunction(_)));
        let person = matches!(before(2), Some(SentencePiece::Phrase(_)))
            || phrase.class() == NounClass::Person;
        let ends = matches!(self.pieces.get(at + 1), Some(SentencePiece::Comma) | None)
            || matches!(self.pieces.get(at + 1), Some(SentencePiece::Preposition(_)));
        matches!(before(1), Some(SentencePiece::Comma))
            && of_somebody
            && person
            && ends
            && !listed
            && self.clause.verb.is_none()
            && self.verb_follows(at)
    }
}
