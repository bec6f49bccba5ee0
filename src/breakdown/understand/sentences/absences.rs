//! Who of a clause is not there, by its verb: `has left`, `was never seen`.
//!
//! Knows the clause so far; does not know the scene.

use super::clauses::{ClauseReader, Stretch};
use super::presence::{Around, ClauseRole};
use super::reading::{Party, Reference};
use super::sentence_piece::SentencePiece;
use super::verbs::{Helper, Verb};
use crate::breakdown::language::nouns::NounClass;

impl ClauseReader<'_> {
    /// The place behind all that was read.
    pub(super) fn here(&self) -> Stretch {
        Stretch { phrase: self.reading.phrases.len(), name: self.reading.names_read }
    }

    /// Takes out whoever was read since a place.
    pub(super) fn leave_out_since(&mut self, start: Stretch) {
        for phrase in &mut self.reading.phrases[start.phrase..] {
            phrase.present = false;
        }
        for present in &mut self.reading.named[start.name..self.reading.names_read] {
            *present = false;
        }
    }

    pub(super) fn take_out(&mut self, party: Party) {
        match party {
            Party::Phrase(index) => self.reading.phrases[index].present = false,
            Party::Name(index) => self.reading.named[index] = false,
            Party::Pronoun(_) => {}
        }
    }

    pub(super) fn absent_subjects(&mut self) {
        for party in self.clause.who.clone() {
            self.take_out(party);
        }
    }

    /// The verb says whether its subjects, which stand before it, are there.
    pub(super) fn judge_subjects(&mut self, at: usize, verb: &Verb) {
        let gone = (verb.perfect || verb.passive) && self.words.gone_verbs.has(&verb.base)
            || self.is_away(at, verb);
        // `begins to cry`
        let begun = match self.pieces.get(at + 1) {
            Some(SentencePiece::Verb(next)) if self.words.phases.has(&verb.base) => next,
            _ => verb,
        };
        let present =
            Around { verb: Some(begun), ..self.around() }.is_present(&ClauseRole::Subject);
        for party in self.clause.who.clone() {
            let Party::Phrase(index) = party else {
                if gone || !present {
                    self.take_out(party);
                }
                continue;
            };
            // `her only friend is a parrot`
            let told = verb.helper == Helper::Be
                && matches!(self.pieces.get(at + 1), Some(SentencePiece::Phrase(_)))
                && self.is_only_one(&self.reading.phrases[index]);
            let phrase = &mut self.reading.phrases[index];
            phrase.present &= !told;
            let set_piece = matches!(phrase.class, NounClass::Plant | NounClass::Scenery);
            // `a bear could come`, `the camera pans`
            let imagined = verb.imagined && (phrase.reference.is_new() || self.conditional);
            let films = phrase.reference == Reference::Known
                && self.words.film_words.has(&phrase.noun)
                && self.words.film_verbs.has(&verb.base);
            // `her grandmother had kept bees`
            let over = verb.perfect && verb.past && self.words.done_with.has(&verb.base);
            if gone || over || !present || imagined || films {
                phrase.present = false;
            } else if set_piece && self.words.set_pieces_act.has(&verb.base) {
                phrase.present = true;
            }
        }
    }

    /// Whether a verb says that its subject is not there: `has left`, `was never seen`.
    fn is_away(&self, at: usize, verb: &Verb) -> bool {
        let words = self.words;
        let object = || {
            let next = self.pieces.get(at + 1);
            matches!(next, Some(SentencePiece::Phrase(_) | SentencePiece::Name(..)))
        };
        // `has left`, `has run away`
        let leaves = words.leaving.has(&verb.base) || words.leaving_particles.has(&verb.particle);
        let left = verb.perfect && leaves && !object() && !self.stands_by(at);
        // `does not come`, but `does not return her look`
        let arrives = words.arriving.has(&verb.base)
            && !object()
            && !matches!(self.pieces.get(at + 1), Some(SentencePiece::Verb(next)) if next.infinitive);
        let missed = verb.negated && (arrives || verb.passive && words.perceiving.has(&verb.base))
            || self.clause.idle && arrives;
        // `has been sold`
        let missed = missed || verb.perfect && verb.passive && words.done_with.has(&verb.base);
        left || missed
    }

    /// `camps by the mill`, but `gallops by`
    fn stands_by(&self, at: usize) -> bool {
        matches!(self.pieces.get(at + 1), Some(SentencePiece::Preposition(_)))
    }

    /// Whether no subject can show anything but a picture of it: `the window shows a saint`.
    pub(super) fn is_lifeless(&self) -> bool {
        let lifeless = |party: &Party| match party {
            Party::Phrase(index) => {
                let phrase = &self.reading.phrases[*index];
                !phrase.class.is_being() && !matches!(phrase.reference, Reference::Pronoun(_))
            }
            _ => false,
        };
        !self.clause.who.is_empty() && self.clause.who.iter().all(lifeless)
    }

    /// Takes out whoever a sentence only tells of as a whole.
    pub(super) fn leave_out(&mut self) {
        if self.told.is_only_told() {
            self.leave_out_since(self.start);
        }
    }
}
