//! Who does what in a sentence, to whom, and who is only mentioned.
//!
//! Knows the pieces of one sentence; does not know the scene.

use super::phrases::NounPhrase;
use super::presence::{Around, ClauseRole};
use super::reading::{Party, ReadAct, Reading, Reference, ShownNoun};
use super::sentence_piece::{Pronoun, SentencePiece};
use super::tokens::Circumstances;
use super::verbs::{Helper, Verb};
use crate::breakdown::language::nouns::{NounClass, SentenceWords};

/// Reads one sentence; gives the beat of the next one.
pub(super) fn read(
    pieces: &[SentencePiece],
    words: &SentenceWords,
    told: Circumstances,
    sentence: usize,
    beat: usize,
    reading: &mut Reading,
) -> usize {
    let first_act = reading.acts.len();
    let start = Stretch { phrase: reading.phrases.len(), name: reading.names_read };
    let mut reader = ClauseReader {
        pieces,
        words,
        told,
        sentence,
        beat,
        reading,
        clause: ClauseSoFar::default(),
        preposition: None,
        joined: false,
        denied: false,
        verb_denied: false,
        remembered: false,
        start,
        stretch: start,
        is_where: false,
        last_role: None,
        last_party: None,
        waiting: Vec::new(),
        whose: None,
        conditional: false,
    };
    for at in 0..pieces.len() {
        reader.piece(at);
    }
    reader.leave_out();
    reading.acts[first_act..].iter().map(|act| act.beat + 1).max().unwrap_or(beat).max(beat)
}

/// A clause so far.
#[derive(Debug, Clone, Default)]
pub(super) struct ClauseSoFar {
    pub(super) who: Vec<Party>,
    /// The verb that governs what follows.
    pub(super) verb: Option<Verb>,
    /// Its act, by its index.
    pub(super) act: Option<usize>,
    pub(super) existential: bool,
    /// `nobody` is the subject.
    pub(super) negated: bool,
    /// `none of the sailors` is: they are there and do nothing of it.
    pub(super) idle: bool,
    pub(super) unreal: Unreal,
    /// `what he found` is the subject.
    pub(super) free: bool,
}

/// Why what a clause says does not happen in the picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Unreal {
    #[default]
    No,
    /// `if`, `as if`
    Imagined,
    /// `that`, behind a verb of telling: to the end.
    Told,
    /// `in the photograph`: to the end.
    Depicted,
    /// `where`, before a verb in the past.
    Where,
    /// `who`; whether its verb was read, and lies in the past.
    Relative { verb: bool, past: bool },
}

/// A place between the parties of a sentence: how many phrases and names are before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    pub(super) phrase: usize,
    pub(super) name: usize,
}

pub(super) struct ClauseReader<'a> {
    pub(super) pieces: &'a [SentencePiece],
    pub(super) words: &'a SentenceWords,
    pub(super) told: Circumstances,
    pub(super) sentence: usize,
    beat: usize,
    pub(super) reading: &'a mut Reading,
    pub(super) clause: ClauseSoFar,
    pub(super) preposition: Option<String>,
    /// A comma or `and` stands before this piece.
    pub(super) joined: bool,
    /// `not` stands before this piece.
    pub(super) denied: bool,
    /// `never` stands between a subject and its verb.
    pub(super) verb_denied: bool,
    /// It was so once.
    pub(super) remembered: bool,
    /// Where the sentence begins.
    pub(super) start: Stretch,
    /// Where the last semicolon, `where` or `who` stands.
    pub(super) stretch: Stretch,
    /// `where` stands before this piece in its clause.
    pub(super) is_where: bool,
    pub(super) last_role: Option<ClauseRole>,
    pub(super) last_party: Option<Party>,
    /// Acts before their subject: `sitting on the wall, …`.
    waiting: Vec<usize>,
    pub(super) whose: Option<Whose>,
    /// `if` or `unless` stands in the sentence.
    pub(super) conditional: bool,
}

/// What `whose` interrupts: `a girl whose mother sings licks a lollipop`.
#[derive(Debug, Clone)]
pub(super) struct Whose {
    /// Who acts in the clause around it.
    pub(super) who: Vec<Party>,
    /// The phrase behind it, by its index.
    pub(super) owned: usize,
}

impl ClauseReader<'_> {
    fn piece(&mut self, at: usize) {
        match &self.pieces[at] {
            SentencePiece::Phrase(phrase) => self.phrase(at, phrase),
            SentencePiece::Name(name, possessive) => self.name(at, *name, *possessive),
            SentencePiece::Pronoun(pronoun, range) => self.pronoun(at, *pronoun, range.clone()),
            SentencePiece::Verb(verb) => self.verb(at, verb),
            SentencePiece::Preposition(word) => self.preposition(at, word),
            SentencePiece::Conjunction(denies) => {
                self.joined = true;
                self.denied |= *denies;
            }
            SentencePiece::Comma => self.comma(),
            SentencePiece::Break(colon) => {
                self.remembered &= *colon;
                self.is_where = false;
                self.stretch = self.here();
                // `She remembers: a boat, a storm.`
                let unreal = match self.clause.unreal {
                    _ if *colon && (self.is_of_mind() || self.is_imagined()) => Unreal::Told,
                    Unreal::Depicted if *colon => Unreal::Depicted,
                    // `An old photograph: two brothers.`
                    _ if *colon && self.is_picture_before(at) => Unreal::Depicted,
                    _ => Unreal::No,
                };
                self.clause = ClauseSoFar { unreal, ..ClauseSoFar::default() };
                (self.preposition, self.last_role, self.joined) = (None, None, false);
            }
            SentencePiece::Subordinate => {
                self.clause = ClauseSoFar { who: Vec::new(), ..ClauseSoFar::default() };
                (self.preposition, self.last_role, self.joined) = (None, None, false);
            }
            SentencePiece::Relative => self.begin_relative(at),
            SentencePiece::Whose => self.begin_whose(at),
            SentencePiece::Told if self.is_of_mind() => {
                self.clause = ClauseSoFar { unreal: Unreal::Told, ..ClauseSoFar::default() };
            }
            SentencePiece::Told => self.clause = ClauseSoFar::default(),
            SentencePiece::Where => {
                self.stretch = self.here();
                self.is_where = true;
                // `has forgotten where he parked his car`, `where JONAS stood`
                let told = self.is_of_mind() && self.clause.verb.is_some();
                if told || self.next_is_past(at) {
                    let unreal = if told { Unreal::Told } else { Unreal::Where };
                    self.clause = ClauseSoFar { unreal, ..ClauseSoFar::default() };
                }
            }
            SentencePiece::Hypothetical => {
                self.conditional = true;
                self.clause =
                    ClauseSoFar { unreal: Unreal::Imagined, ..std::mem::take(&mut self.clause) };
                if self.clause.verb.is_some() {
                    self.clause.who.clear();
                    self.clause.verb = None;
                }
            }
            SentencePiece::Negation => self.negation(),
            SentencePiece::Except => {
                self.clause = ClauseSoFar::default();
                (self.preposition, self.joined, self.denied) = (None, false, false);
            }
            SentencePiece::Once => self.once(at),
            SentencePiece::Past => self.past(),
            SentencePiece::Now => self.remembered = false,
            SentencePiece::Unseen => {
                // `imagines himself …`: to the end; `whoever it was, …`: to the comma.
                let unreal = if self.is_of_mind() { Unreal::Told } else { Unreal::Imagined };
                self.clause = ClauseSoFar { unreal, ..ClauseSoFar::default() };
            }
            SentencePiece::Existential => {
                // `could have sworn there was a cat`
                let before = at.checked_sub(1).map(|at| &self.pieces[at]);
                let told = matches!(before, Some(SentencePiece::Verb(_))) && self.is_of_mind();
                let unreal = if told { Unreal::Told } else { Unreal::No };
                self.clause = ClauseSoFar { existential: true, unreal, ..ClauseSoFar::default() };
            }
            SentencePiece::Word(word) => self.word(word),
        }
    }

    fn comma(&mut self) {
        self.joined = true;
        self.preposition = None;
        // `Not surprisingly, a dog barks.`
        if self.clause.who.is_empty() && self.clause.verb.is_none() {
            (self.clause.negated, self.denied) = (false, false);
        }
        self.leave_unreal();
        // `JONAS träumt, ein Löwe verfolge ihn.`
        let clause_follows = self.words.nouns_have_capitals && self.last_role.is_none();
        if clause_follows && self.is_of_mind() {
            self.clause = ClauseSoFar { unreal: Unreal::Told, ..ClauseSoFar::default() };
        }
    }

    fn negation(&mut self) {
        let behind_subject = !self.clause.who.is_empty() && !self.joined;
        if let Some(verb) = &mut self.clause.verb {
            // `The man is not there.`
            verb.negated |= verb.helper == Helper::Be;
            self.denied = true;
        } else if behind_subject && self.preposition.is_none() {
            // `The man never smiles.`
            self.verb_denied = true;
        } else {
            self.denied = true;
            // `with neither oars nor sail`, `a wolf, not a dog`
            self.clause.negated = self.clause.who.is_empty() && self.preposition.is_none();
        }
    }

    fn preposition(&mut self, at: usize, word: &str) {
        let was = |verb: &Verb| verb.perfect && verb.past && verb.helper == Helper::Be;
        if self.words.earlier.has(word) && self.clause.verb.as_ref().is_some_and(was) {
            self.stretch = self.here();
            self.remember();
        }
        // `out of a taxi`
        let before = at.checked_sub(1).map(|at| &self.pieces[at]);
        let out = match before {
            Some(SentencePiece::Preposition(out)) => Some(out.as_str()),
            Some(SentencePiece::Verb(verb)) => Some(verb.particle.as_str()),
            // `an avenue of statues`
            Some(SentencePiece::Phrase(phrase)) if self.holds(phrase) => self.words.full.first(),
            // `at the side of MARA`
            Some(SentencePiece::Phrase(phrase)) => self.place_of(&phrase.short),
            // `instead of`, `full of`
            Some(SentencePiece::Word(word))
                if self.words.elsewhere.has(word) || self.words.full.has(word) =>
            {
                Some(word.as_str())
            }
            Some(SentencePiece::Word(word)) => self.place_of(word),
            _ => None,
        };
        let out = out.filter(|out| self.words.of.has(word) && !out.is_empty());
        // `a signboard with a swan`, `a film about whales`
        let pictured = (self.words.wearing_with.has(word) || self.words.topics.has(word))
            && matches!(before, Some(SentencePiece::Phrase(phrase)) if self.is_picture(phrase));
        let out = out.or_else(|| self.words.of.first().filter(|_| pictured));
        self.preposition = Some(out.unwrap_or(word).to_owned());
        self.joined = false;
    }

    /// `what he could eat`
    fn is_imagined(&self) -> bool {
        self.clause.verb.as_ref().is_some_and(|verb| verb.imagined)
    }

    fn is_picture_before(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|at| &self.pieces[at]);
        matches!(before, Some(SentencePiece::Phrase(phrase)) if self.is_picture(phrase))
    }

    pub(super) fn is_picture(&self, phrase: &NounPhrase) -> bool {
        phrase.noun.as_ref().is_some_and(|noun| self.words.is_image(&noun.base))
    }

    /// `side`, of `at the side of MARA`: whoever stands behind it is there.
    fn place_of<'b>(&self, words: &'b str) -> Option<&'b str> {
        let last = words.rsplit(' ').next()?;
        self.words.places_of.has(&last.to_lowercase()).then_some(last)
    }

    /// Whether whatever stands behind the `of` of a phrase is in it.
    fn holds(&self, phrase: &NounPhrase) -> bool {
        phrase.noun.as_ref().is_some_and(|noun| self.words.containers.has(&noun.base))
    }

    /// What a word says of the subject.
    fn word(&mut self, word: &str) {
        let said = self.clause.verb.as_ref().is_none_or(|verb| {
            matches!(verb.helper, Helper::Be | Helper::Have) || self.words.copulas.has(&verb.base)
        });
        let negated = self.clause.verb.as_ref().is_some_and(|verb| verb.negated);
        let denied = negated || self.clause.idle;
        if !said || !(self.words.gone.has(word) || denied && self.words.here.has(word)) {
            return;
        }
        // `a table that is no longer there`
        match (self.clause.unreal, self.last_party) {
            (Unreal::Relative { .. }, Some(party)) => self.take_out(party),
            _ => self.absent_subjects(),
        }
    }

    // ─── Verbs ───────────────────────────────────────────────────────────────

    fn verb(&mut self, at: usize, verb: &Verb) {
        self.preposition = None;
        self.denied = false;
        let verb = &self.completed(verb);
        if let Unreal::Relative { verb: read, past } = self.clause.unreal {
            if verb.finite && read {
                self.clause.unreal = Unreal::No;
                self.clause.act = None;
                self.end_whose();
            } else if verb.finite {
                return self.relative(verb, past);
            }
        } else if verb.finite && self.clause.unreal == Unreal::Where && self.clause.verb.is_some() {
            self.clause = ClauseSoFar::default();
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
            self.judge_subjects(at, verb);
        }
        if self.words.depicts.has(&verb.base) && (self.is_image() || self.is_lifeless()) {
            self.clause.unreal = Unreal::Depicted;
        }
        self.joined = false;
        self.last_role = None;
    }

    /// A verb with what stands apart from it: `never …`, `has the butler …`.
    fn completed(&mut self, verb: &Verb) -> Verb {
        let mut verb = verb.clone();
        let denied = verb.finite && std::mem::take(&mut self.verb_denied);
        verb.negated |= denied;
        let helper = self.clause.verb.as_ref().map(|verb| verb.helper);
        let inverted = self.last_role == Some(ClauseRole::Subject);
        verb.perfect |= helper == Some(Helper::Have) && inverted && verb.past;
        // `would try to catch a lion`
        let words = self.words;
        let imagined =
            self.clause.verb.as_ref().is_some_and(|verb| {
                verb.imagined || verb.passive && words.supposing.has(&verb.base)
            });
        verb.imagined |= verb.infinitive && imagined;
        verb
    }

    /// The verb of a relative clause: `a man who carries a box`.
    fn relative(&mut self, verb: &Verb, past: bool) {
        self.clause.act = None;
        let happens = !past && verb.helper == Helper::None;
        if let Some(whose) = &self.whose
            && (!happens || verb.perfect || verb.passive || verb.negated || verb.imagined)
        {
            let owned = self.reading.phrases.get_mut(whose.owned);
            if let Some(phrase) = owned {
                phrase.present = false;
            }
        }
        if happens {
            self.clause.unreal = Unreal::No;
            self.act(verb, self.last_party.into_iter().collect(), false);
        }
        // `a poster that shows a lion`
        let picture = |party: Party| {
            matches!(party, Party::Phrase(index)
                if self.words.is_image(&self.reading.phrases[index].noun))
        };
        let shows = self.words.depicts.has(&verb.base) && self.last_party.is_some_and(picture);
        self.clause.unreal =
            if shows { Unreal::Depicted } else { Unreal::Relative { verb: true, past } };
        self.clause.verb = Some(verb.clone());
        (self.joined, self.last_role) = (false, None);
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
        if self.clause.unreal != Unreal::No || verb.helper != Helper::None || self.clause.idle {
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

    pub(super) fn around(&self) -> Around<'_> {
        let unreal = match self.clause.unreal {
            Unreal::No => false,
            Unreal::Imagined | Unreal::Where | Unreal::Told | Unreal::Depicted => true,
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
            far: self.told.far,
            remembered: self.remembered,
            nobody: self.clause.negated && !self.denied,
            negated: self.clause.negated || self.denied,
            verb_next: true,
            predicate,
        }
    }

    /// `the prisoner's only companion`, of whom the sentence says who it is
    pub(super) fn is_only_one(&self, phrase: &ShownNoun) -> bool {
        phrase.words.split(' ').any(|word| self.words.only.has(word))
    }

    /// `It is a fox`, `the only light is a candle`: the subject shows nobody by itself.
    fn tells_what_it_is(&self) -> bool {
        self.clause.free
            || self.clause.who.iter().all(|party| match party {
                Party::Pronoun(pronoun) => matches!(pronoun, Pronoun::It | Pronoun::Other),
                Party::Phrase(index) => {
                    let phrase = &self.reading.phrases[*index];
                    matches!(phrase.reference, Reference::Pronoun(Pronoun::It))
                        || !phrase.present && phrase.class == NounClass::None
                        || self.is_only_one(phrase)
                }
                Party::Name(_) => false,
            })
    }
}
