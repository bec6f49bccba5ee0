//! What of a sentence does not happen in the picture: what is told, imagined, remembered,
//! or shown by a poster.
//!
//! Knows the clause so far; does not know the scene.

use super::clauses::{ClauseReader, ClauseSoFar, Unreal, Whose};
use super::reading::Party;
use super::sentence_piece::SentencePiece;
use super::verbs::Verb;

impl ClauseReader<'_> {
    /// `who`, `that`: what follows tells of whoever stands before it.
    pub(super) fn begin_relative(&mut self, at: usize) {
        // `The man who sold the horse counts his money`, but all of a story that
        // is told in the past happens now.
        let told_in_past = self.clause.verb.as_ref().is_some_and(|verb| verb.past);
        let past = self.next_is_past(at) && !told_in_past;
        // `What she needs is a horse.`
        let first = self.clause.who.is_empty() && self.clause.verb.is_none();
        self.stretch = self.here();
        self.clause.free = first;
        self.clause.unreal = if first && self.next_is_of_mind(at) {
            Unreal::Told
        } else if matches!(self.clause.unreal, Unreal::Told | Unreal::Imagined) {
            self.clause.unreal
        } else {
            Unreal::Relative { verb: false, past }
        };
    }

    /// `whose`: what follows tells of what somebody owns, who is there if they do something.
    pub(super) fn begin_whose(&mut self, at: usize) {
        let who = std::mem::take(&mut self.clause.who);
        self.whose = Some(Whose { who, owned: self.reading.phrases.len() });
        let past = self.next_is_past(at);
        self.stretch = self.here();
        self.clause.verb = None;
        self.clause.unreal = Unreal::Relative { verb: false, past };
        (self.preposition, self.joined) = (None, false);
    }

    /// The clause around `whose` goes on.
    pub(super) fn end_whose(&mut self) {
        if let Some(Whose { who, .. }) = self.whose.take() {
            self.clause = ClauseSoFar { who, ..ClauseSoFar::default() };
        }
    }

    /// Whether the verb is one of thinking or telling.
    pub(super) fn is_of_mind(&self) -> bool {
        let words = self.words;
        let lists = [&words.minds, &words.saying, &words.addressing];
        let verb = self.clause.verb.as_ref();
        verb.is_some_and(|verb| lists.iter().any(|list| list.has(&verb.base)))
    }

    pub(super) fn next_is_of_mind(&self, at: usize) -> bool {
        let next = self.pieces[at + 1..].iter().find_map(|piece| match piece {
            SentencePiece::Verb(verb) => Some(verb),
            _ => None,
        });
        next.is_some_and(|verb| self.words.minds.has(&verb.base))
    }

    /// `wishes he had brought an umbrella`, `says her cat is ill`
    pub(super) fn begin_told(&mut self, at: usize) {
        let told = at.checked_sub(1).is_some_and(
            |before| matches!(&self.pieces[before], SentencePiece::Verb(verb) if verb.finite),
        );
        // `swears she never owned a parrot`
        let next = match self.pieces.get(at + 1) {
            Some(SentencePiece::Negation) => self.pieces.get(at + 2),
            next => next,
        };
        let says =
            |piece: &SentencePiece| matches!(piece, SentencePiece::Verb(verb) if verb.finite);
        if told && !self.clause.who.is_empty() && self.is_of_mind() && next.is_some_and(says) {
            self.clause = ClauseSoFar { unreal: Unreal::Told, ..ClauseSoFar::default() };
        }
    }

    /// `once`, beside a verb in the past.
    pub(super) fn once(&mut self, at: usize) {
        let past = |verb: &Verb| verb.past || verb.perfect;
        if let Unreal::Relative { past, .. } = &mut self.clause.unreal {
            *past = true;
        } else if self.clause.verb.as_ref().map_or_else(|| self.next_is_past(at), past) {
            self.remember();
        }
    }

    /// `used to`, `years ago`
    pub(super) fn past(&mut self) {
        if let Unreal::Relative { past, .. } = &mut self.clause.unreal {
            *past = true;
        } else if self.is_where {
            // `where the fountain used to be`
            self.leave_out_since(self.stretch);
            self.clause.unreal = Unreal::Where;
        } else {
            self.remember();
        }
    }

    /// What this part of the sentence tells was so once.
    pub(super) fn remember(&mut self) {
        self.remembered = true;
        let named = self.reading.named.clone();
        self.leave_out_since(self.stretch);
        // `MARA was once a sailor`: she is there.
        for party in &self.clause.who {
            if let Party::Name(index) = *party {
                self.reading.named[index] = named[index];
            }
        }
    }

    /// A comma ends what is imagined, and what a relative clause tells.
    pub(super) fn leave_unreal(&mut self) {
        match self.clause.unreal {
            Unreal::Imagined | Unreal::Where => self.clause = ClauseSoFar::default(),
            Unreal::Relative { .. } => {
                self.clause.unreal = Unreal::No;
                self.end_whose();
            }
            Unreal::No | Unreal::Told | Unreal::Depicted => {}
        }
    }

    pub(super) fn next_is_past(&self, at: usize) -> bool {
        self.pieces[at + 1..].iter().find_map(|piece| match piece {
            SentencePiece::Verb(verb) => Some(verb.past || verb.perfect),
            _ => None,
        }) == Some(true)
    }

    /// Whether the subject is a picture: `the poster shows …`.
    pub(super) fn is_image(&self) -> bool {
        self.clause.who.iter().any(|party| match party {
            Party::Phrase(index) => self.words.is_image(&self.reading.phrases[*index].noun),
            _ => false,
        })
    }
}
