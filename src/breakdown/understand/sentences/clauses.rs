//! Who does what in a sentence, to whom, and who is only mentioned.
//!
//! Knows the pieces of one sentence; does not know the scene.

use super::characters::enter;
use super::phrases::{Determiner, NounPhrase};
use super::pieces::{Helper, Pronoun, SentencePiece, Verb};
use super::presence::{Around, ClauseRole};
use super::reading::{Party, ReadAct, Reading, Reference, ShownNoun};
use crate::breakdown::language::nouns::{NounClass, SentenceWords};

/// Reads one sentence; gives the beat of the next one.
pub(super) fn read(
    pieces: &[SentencePiece],
    words: &SentenceWords,
    far: bool,
    sentence: usize,
    beat: usize,
    reading: &mut Reading,
) -> usize {
    let first_act = reading.acts.len();
    let mut reader = ClauseReader {
        pieces,
        words,
        far,
        sentence,
        beat,
        reading,
        clause: Clause::default(),
        preposition: None,
        joined: false,
        denied: false,
        last_role: None,
        waiting: Vec::new(),
    };
    for at in 0..pieces.len() {
        reader.piece(at);
    }
    reading.acts[first_act..].iter().map(|act| act.beat + 1).max().unwrap_or(beat).max(beat)
}

/// A clause so far.
#[derive(Debug, Clone, Default)]
struct Clause {
    who: Vec<Party>,
    /// The verb that governs what follows.
    verb: Option<Verb>,
    /// Its act, by its index.
    act: Option<usize>,
    existential: bool,
    /// `nobody` is the subject.
    negated: bool,
    unreal: Unreal,
}

/// Why what a clause says does not happen in the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Unreal {
    #[default]
    No,
    /// `if`, `as if`
    Imagined,
    /// `that`, behind a verb of telling: to the end.
    Told,
    /// `where`, before a verb in the past.
    Where,
    /// `who`; whether its verb was read, and lies in the past.
    Relative { verb: bool, past: bool },
}

struct ClauseReader<'a> {
    pieces: &'a [SentencePiece],
    words: &'a SentenceWords,
    far: bool,
    sentence: usize,
    beat: usize,
    reading: &'a mut Reading,
    clause: Clause,
    preposition: Option<String>,
    /// A comma or `and` stands before this piece.
    joined: bool,
    /// `not` stands before this piece.
    denied: bool,
    last_role: Option<ClauseRole>,
    /// Acts before their subject: `sitting on the wall, …`.
    waiting: Vec<usize>,
}

impl ClauseReader<'_> {
    fn piece(&mut self, at: usize) {
        match &self.pieces[at] {
            SentencePiece::Phrase(phrase) => self.phrase(at, phrase),
            SentencePiece::Name(name, possessive) => self.name(at, *name, *possessive),
            SentencePiece::Pronoun(pronoun, range) => self.pronoun(at, *pronoun, range.clone()),
            SentencePiece::Verb(verb) => self.verb(at, verb),
            SentencePiece::Preposition(word) => self.preposition(at, word),
            SentencePiece::Conjunction => self.joined = true,
            SentencePiece::Comma => {
                self.joined = true;
                self.preposition = None;
                self.leave_unreal();
            }
            SentencePiece::Break(colon) => {
                // `She remembers: a boat, a storm.`
                let unreal = if *colon && self.is_of_mind() { Unreal::Told } else { Unreal::No };
                self.clause = Clause { unreal, ..Clause::default() };
                (self.preposition, self.last_role, self.joined) = (None, None, false);
            }
            SentencePiece::Subordinate => {
                self.clause = Clause { who: Vec::new(), ..Clause::default() };
                (self.preposition, self.last_role, self.joined) = (None, None, false);
            }
            SentencePiece::Relative => {
                self.clause.unreal = Unreal::Relative { verb: false, past: self.next_is_past(at) };
            }
            SentencePiece::Told if self.is_of_mind() => {
                self.clause = Clause { unreal: Unreal::Told, ..Clause::default() };
            }
            SentencePiece::Told => self.clause = Clause::default(),
            SentencePiece::Where => {
                if self.next_is_past(at) {
                    self.clause.unreal = Unreal::Where;
                }
            }
            SentencePiece::Hypothetical => {
                self.clause =
                    Clause { unreal: Unreal::Imagined, ..std::mem::take(&mut self.clause) };
                if self.clause.verb.is_some() {
                    self.clause.who.clear();
                    self.clause.verb = None;
                }
            }
            SentencePiece::Negation => {
                self.denied = true;
                if self.clause.verb.is_none() {
                    self.clause.negated = true;
                }
            }
            SentencePiece::Existential => {
                self.clause = Clause { existential: true, ..Clause::default() };
            }
            SentencePiece::Word(word) => self.word(word),
        }
    }

    /// Whether the verb is one of thinking or telling.
    fn is_of_mind(&self) -> bool {
        self.clause.verb.as_ref().is_some_and(|verb| {
            self.words.minds.has(&verb.base) || self.words.saying.has(&verb.base)
        })
    }

    /// A comma ends what is imagined, and what a relative clause tells.
    fn leave_unreal(&mut self) {
        match self.clause.unreal {
            Unreal::Imagined | Unreal::Where => self.clause = Clause::default(),
            Unreal::Relative { .. } => self.clause.unreal = Unreal::No,
            Unreal::No | Unreal::Told => {}
        }
    }

    fn next_is_past(&self, at: usize) -> bool {
        self.pieces[at + 1..].iter().find_map(|piece| match piece {
            SentencePiece::Verb(verb) => Some(verb.past || verb.perfect),
            _ => None,
        }) == Some(true)
    }

    fn preposition(&mut self, at: usize, word: &str) {
        // `out of a taxi`
        let before = at.checked_sub(1).map(|at| &self.pieces[at]);
        let out = match before {
            Some(SentencePiece::Preposition(out)) => Some(out),
            Some(SentencePiece::Verb(verb)) => Some(&verb.particle),
            _ => None,
        };
        let out = out.filter(|out| self.words.of.has(word) && !out.is_empty());
        self.preposition = Some(out.map_or(word, String::as_str).to_owned());
        self.joined = false;
    }

    /// What a word says of the subject.
    fn word(&mut self, word: &str) {
        let said = self.clause.verb.as_ref().is_none_or(|verb| {
            matches!(verb.helper, Helper::Be | Helper::Have) || self.words.copulas.has(&verb.base)
        });
        if said && self.words.gone.has(word) {
            self.absent_subjects();
        }
    }

    fn absent_subjects(&mut self) {
        for party in self.clause.who.clone() {
            if let Party::Phrase(index) = party {
                self.reading.phrases[index].present = false;
            }
        }
    }

    // ─── Verbs ───────────────────────────────────────────────────────────────

    fn verb(&mut self, at: usize, verb: &Verb) {
        self.preposition = None;
        self.denied = false;
        if let Unreal::Relative { verb: read, past } = self.clause.unreal {
            if verb.finite && read {
                self.clause.unreal = Unreal::No;
            } else if verb.finite {
                self.clause.unreal = Unreal::Relative { verb: true, past };
                self.clause.verb = Some(verb.clone());
                self.clause.act = None;
                return;
            }
        } else if verb.finite && self.clause.unreal == Unreal::Where && self.clause.verb.is_some() {
            self.clause = Clause::default();
        }
        let who = self.actors(at, verb);
        let mind = self.clause.verb.as_ref().is_some_and(|main| self.words.minds.has(&main.base));
        let same = self.clause.verb.is_some() && self.clause.act.is_some() && !verb.infinitive;
        self.act(verb, who, same);
        // `she wants to buy a horse`: she has none.
        if !(verb.infinitive && mind) {
            self.clause.verb = Some(verb.clone());
        }
        if verb.finite {
            self.judge_subjects(verb);
        }
        self.joined = false;
        self.last_role = None;
    }

    /// Who does a verb that is read now.
    fn actors(&self, at: usize, verb: &Verb) -> Vec<Party> {
        // `a man carrying a box`
        let before = at.checked_sub(1).map(|at| &self.pieces[at]);
        if verb.ing
            && matches!(before, Some(SentencePiece::Phrase(_)))
            && self.clause.verb.is_some()
            && let Some(last) = self.reading.phrases.len().checked_sub(1)
        {
            return vec![Party::Phrase(last)];
        }
        self.clause.who.clone()
    }

    fn act(&mut self, verb: &Verb, who: Vec<Party>, same: bool) {
        if self.clause.unreal != Unreal::No || verb.helper != Helper::None {
            self.clause.act = None;
            return;
        }
        if same {
            self.beat += 1;
        }
        let index = self.reading.acts.len();
        let (mut who, mut object) = (who, None);
        if verb.passive {
            object = who.first().copied();
            who.clear();
        } else if who.is_empty() && verb.ing {
            self.waiting.push(index);
        } else if verb.finite && !who.is_empty() {
            for waiting in self.waiting.drain(..) {
                self.reading.acts[waiting].who.clone_from(&who);
            }
        }
        self.reading.acts.push(ReadAct {
            who,
            verb: verb.base.clone(),
            particle: verb.particle.clone(),
            object,
            beat: self.beat,
            sentence: self.sentence,
        });
        self.clause.act = Some(index);
        if self.is_leaving(verb) {
            for party in self.clause.who.clone() {
                if let Party::Phrase(index) = party {
                    self.reading.phrases[index].leaves = true;
                }
            }
        }
    }

    fn is_leaving(&self, verb: &Verb) -> bool {
        !verb.negated
            && (self.words.leaving.has(&verb.base)
                || self.words.leaving_particles.has(&verb.particle))
    }

    /// The verb says whether its subjects, which stand before it, are there.
    fn judge_subjects(&mut self, verb: &Verb) {
        let gone = (verb.perfect || verb.passive) && self.words.gone_verbs.has(&verb.base);
        let present = Around { verb: Some(verb), ..self.around() }.is_present(&ClauseRole::Subject);
        for party in self.clause.who.clone() {
            let Party::Phrase(index) = party else { continue };
            let phrase = &mut self.reading.phrases[index];
            let set_piece = matches!(phrase.class, NounClass::Plant | NounClass::Scenery);
            if gone || !present {
                phrase.present = false;
            } else if set_piece && self.words.set_pieces_act.has(&verb.base) {
                phrase.present = true;
            }
        }
    }

    fn around(&self) -> Around<'_> {
        let unreal = match self.clause.unreal {
            Unreal::No => false,
            Unreal::Imagined | Unreal::Where | Unreal::Told => true,
            Unreal::Relative { past, .. } => past,
        };
        let verb = self.clause.verb.as_ref();
        let is = verb.is_some_and(|verb| {
            (verb.helper == Helper::Be || self.words.copulas.has(&verb.base)) && !verb.ing
        });
        let predicate = is && !self.clause.existential && !self.tells_what_it_is();
        Around {
            words: self.words,
            verb,
            unreal,
            far: self.far,
            negated: self.clause.negated || self.denied,
            predicate,
        }
    }

    /// `It is a fox`, `the only light is a candle`: the subject shows nobody by itself.
    fn tells_what_it_is(&self) -> bool {
        self.clause.who.iter().all(|party| match party {
            Party::Pronoun(pronoun) => matches!(pronoun, Pronoun::It | Pronoun::Other),
            Party::Phrase(index) => {
                let phrase = &self.reading.phrases[*index];
                matches!(phrase.reference, Reference::Pronoun(Pronoun::It))
                    || !phrase.present && phrase.class == NounClass::None
            }
            Party::Name(_) => false,
        })
    }

    // ─── Nouns ───────────────────────────────────────────────────────────────

    /// The place of a noun in its clause; a new clause begins where it is a subject.
    fn role(&mut self, at: usize) -> ClauseRole {
        let joined = std::mem::take(&mut self.joined);
        if let Some(word) = self.preposition.take() {
            return ClauseRole::Oblique(word);
        }
        let has_verb = self.clause.verb.is_some();
        if joined && has_verb && self.verb_follows(at) {
            let existing = std::mem::take(&mut self.clause);
            self.clause.unreal = match existing.unreal {
                Unreal::Imagined => Unreal::Imagined,
                Unreal::Told => Unreal::Told,
                _ => Unreal::No,
            };
            return ClauseRole::Subject;
        }
        if !has_verb && !self.clause.existential {
            return match &self.last_role {
                Some(role @ ClauseRole::Oblique(_)) if joined && !self.verb_follows(at) => {
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
        let inverted = self.clause.who.is_empty()
            && self.clause.verb.as_ref().is_some_and(|verb| verb.finite && !verb.passive);
        if self.clause.existential || inverted { ClauseRole::Subject } else { ClauseRole::Object }
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
    }

    fn name(&mut self, at: usize, name: usize, possessive: bool) {
        if possessive {
            return;
        }
        self.drop_apposition_before(at);
        let role = self.role(at);
        let present = self.around().is_present(&role);
        self.take_part(Party::Name(name), &role, present);
        self.denied = false;
    }

    /// `Her brother, LEONID`: the brother is Leonid.
    fn drop_apposition_before(&mut self, at: usize) {
        let before = |back: usize| at.checked_sub(back).map(|at| &self.pieces[at]);
        if matches!(before(1), Some(SentencePiece::Comma))
            && let Some(SentencePiece::Phrase(phrase)) = before(2)
            && phrase.class() == NounClass::Person
            && self.clause.verb.is_none()
            && let Some(last) = self.reading.phrases.last_mut()
            && last.range == phrase.range
        {
            last.present = false;
            self.clause.who.pop();
            self.last_role = None;
            self.joined = false;
        }
    }

    fn pronoun(&mut self, at: usize, pronoun: Pronoun, range: std::ops::Range<usize>) {
        let role = self.role(at);
        let around = self.around();
        let present = around.is_present(&role) && !around.unreal;
        let names_thing = matches!(pronoun, Pronoun::It | Pronoun::They);
        // `It rains` is about nothing; whoever resolves it finds nothing either.
        let party = if names_thing {
            self.reading.phrases.push(ShownNoun {
                range,
                noun: String::new(),
                class: NounClass::None,
                name: String::new(),
                words: String::new(),
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

    fn phrase(&mut self, at: usize, phrase: &NounPhrase) {
        if self.is_apposition(at, phrase) {
            self.joined = false;
            return;
        }
        let role = self.role(at);
        let around = self.around();
        // `one arm raised` does nothing.
        let acts = self.verb_behind(at).is_some_and(|verb| !verb.past);
        let shown = around.shows(phrase, &role, acts);
        let existential_denied = self.clause.existential
            && (self.denied || self.clause.verb.as_ref().is_some_and(|verb| verb.negated));
        let present = shown && !existential_denied;
        let index = self.reading.phrases.len();
        self.reading.phrases.push(self.read(phrase, &role, present));
        self.take_part(Party::Phrase(index), &role, present);
        self.denied = false;
    }

    fn read(&self, phrase: &NounPhrase, role: &ClauseRole, present: bool) -> ShownNoun {
        let noun = phrase.noun.as_ref();
        let many = noun.is_some_and(|noun| noun.plural && !self.words.pairs.has(&noun.base));
        let count = phrase.count.unwrap_or(if many { self.words.uncounted } else { 1 });
        let reference = match phrase.determiner {
            Determiner::Other => Reference::Other,
            Determiner::Known | Determiner::Owned => Reference::Known,
            _ => Reference::New,
        };
        let counted = count > 1 && !phrase.number.is_empty();
        let name = if counted {
            format!("{} {}", phrase.number, phrase.short)
        } else {
            phrase.short.clone()
        };
        let mut read = ShownNoun {
            range: phrase.range.clone(),
            noun: noun.map(|noun| noun.base.clone()).unwrap_or_default(),
            class: phrase.class(),
            name,
            words: phrase.words.clone(),
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
            Some(SentencePiece::Phrase(known)) => known.class() == NounClass::Person,
            _ => false,
        };
        let listed = self.pieces[at + 1..]
            .iter()
            .take_while(|piece| !matches!(piece, SentencePiece::Verb(verb) if verb.finite))
            .any(|piece| matches!(piece, SentencePiece::Conjunction));
        let person = matches!(phrase.class(), NounClass::Person);
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
