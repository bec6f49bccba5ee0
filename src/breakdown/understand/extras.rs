//! Extras and props: the people and things without a name that a scene shows. `A fox`
//! enters a scene, `the fox` is that fox until the scene ends, `another fox` is not
//! (docs/rules.md#d18).
//!
//! Knows one scene; what it finds depends on nothing else, so that an edit to a scene
//! leaves all others as they are.

use std::sync::Arc;

use super::described::Described;
use super::names::{NameMatch, NameScope, NameTable};
use super::pronouns;
use super::sentences::characters::enter;
use super::sentences::{NounWord, Party, Pronoun, Reading, Reference, ShownNoun};
use crate::breakdown::description::Sex;
use crate::breakdown::language::nouns::{NounClass, SentenceWords};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::screenplay::{
    ActingPronoun, Action, Character, Kind, Mention, SceneAct, StoryState, Subject,
};

/// Somebody or something without a name, in one scene.
#[derive(Debug, Clone)]
struct Extra {
    subject: Subject,
    noun: NounWord,
    /// `fox`, `other fox`, `two horses`
    name: String,
    /// The same without a word or a number that distinguishes it: `fox`.
    called: String,
    words: Arc<str>,
    class: NounClass,
    count: u32,
}

/// The subjects without a name that have entered a scene, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    known: Vec<Extra>,
    /// The one the text mentioned last, by index.
    last: Vec<usize>,
    /// The thing or animal that `it` means, with a name or without.
    it: Option<Subject>,
    /// What `it` meant before that.
    it_before: Option<Subject>,
    /// The sentence that it acts in, if it acts.
    it_acts_in: Option<usize>,
    /// The characters with a cue that a phrase has brought in.
    spoken_for: Vec<Subject>,
}

/// Whom the phrases and pronouns of a paragraph mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Resolution {
    pub(crate) phrases: Vec<Option<Subject>>,
    he: Option<Subject>,
    she: Option<Subject>,
}

/// The scene around a paragraph.
pub(crate) struct Surroundings<'a> {
    pub(crate) names: &'a NameTable,
    pub(crate) vocabulary: &'a Vocabulary,
    pub(crate) words: Option<&'static SentenceWords>,
    pub(crate) state: &'a StoryState,
    /// The people with a name who are there.
    pub(crate) present: &'a [Subject],
}

impl Extras {
    /// At a heading nobody without a name is there.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Notes that the text mentions somebody with a name, whom `it` may mean.
    pub(crate) fn speak_of(&mut self, subject: Subject, around: &Surroundings<'_>) {
        let animal = || around.described(subject).is_some_and(|person| person.animal);
        let kind = around.names.get(subject).kind;
        if kind == Kind::Prop || kind == Kind::Cast && animal() {
            self.it_means(Some(subject), None);
        }
    }

    fn it_means(&mut self, found: Option<Subject>, acts_in: Option<usize>) {
        if self.it != found {
            self.it_before = self.it;
        }
        (self.it, self.it_acts_in) = (found, acts_in);
    }

    /// Finds the subjects that a paragraph means. Calls `entered` for every new one.
    pub(crate) fn resolve(
        &mut self,
        action: &Action,
        reading: &Reading,
        around: &Surroundings<'_>,
        mut entered: impl FnMut(Subject, Arc<Character>),
    ) -> Resolution {
        let mut phrases = Vec::with_capacity(reading.phrases.len());
        // Sentences count from the beginning of their paragraph.
        self.it_acts_in = None;
        let mut names = action.names.iter().peekable();
        for phrase in &reading.phrases {
            while let Some(name) = names.next_if(|name| name.start < phrase.range.start) {
                self.speak_of(name.subject, around);
            }
            let found = match phrase.reference {
                // `A donkey pulls it`: nobody pulls themselves.
                Reference::Pronoun(Pronoun::It)
                    if !phrase.subject && self.it_acts_in == Some(phrase.sentence) =>
                {
                    self.it_before
                }
                Reference::Pronoun(Pronoun::It) => self.it,
                Reference::Pronoun(_) => self.they(around),
                Reference::New | Reference::Plain | Reference::Other if !phrase.present => None,
                Reference::New if self.speaks_later(phrase, around) => {
                    self.spoken_for.extend(phrase.by_name);
                    phrase.by_name
                }
                Reference::New | Reference::Other => self.enter(phrase, around, &mut entered),
                Reference::Plain => {
                    self.same_many(phrase).or_else(|| self.enter(phrase, around, &mut entered))
                }
                Reference::Known => {
                    let known = phrase.by_name.or_else(|| self.described(phrase, around));
                    known.or_else(|| self.known(phrase)).or_else(|| {
                        let shown = Some(phrase).filter(|phrase| phrase.present);
                        self.enter(shown?, around, &mut entered)
                    })
                }
            };
            let known = self.known.iter().find(|extra| Some(extra.subject) == found);
            // `A hand hangs from the canvas. It …`: the subject that acts comes first.
            let behind = self.it_acts_in == Some(phrase.sentence) && !phrase.subject;
            if let Some(extra) = known
                && !behind
                && extra.count == 1
                && !matches!(extra.class, NounClass::Person | NounClass::Group)
            {
                self.it_means(found, phrase.subject.then_some(phrase.sentence));
            }
            phrases.push(found);
        }
        for name in names {
            self.speak_of(name.subject, around);
        }
        let acts = |pronoun| {
            let means = |party: &Party| *party == Party::Pronoun(pronoun);
            reading.acts.iter().any(|act| act.who.iter().chain(&act.object).any(means))
        };
        let one = |pronoun, sex| if acts(pronoun) { person(action, around, sex) } else { None };
        Resolution { phrases, he: one(Pronoun::He, Sex::Man), she: one(Pronoun::She, Sex::Woman) }
    }

    /// Whether a phrase brings in a character with a cue in this place: `A woman in red
    /// enters` before WOMAN speaks. A second woman is somebody else.
    fn speaks_later(&self, phrase: &ShownNoun, around: &Surroundings<'_>) -> bool {
        phrase.by_name.is_some_and(|who| {
            let Character { person, outfit, .. } = around.names.get(who);
            let new = person.is_empty() && outfit.is_empty();
            let same = person.ends_with(&*phrase.words) && *outfit == phrase.outfit;
            let plain = *phrase.words == *phrase.noun && phrase.outfit.is_empty();
            (new || same || plain)
                && !self.spoken_for.contains(&who)
                && !around.present.contains(&who)
        })
    }

    fn enter(
        &mut self,
        phrase: &ShownNoun,
        around: &Surroundings<'_>,
        entered: &mut impl FnMut(Subject, Arc<Character>),
    ) -> Option<Subject> {
        // Behind `a man`, `an old man` needs no number.
        let ordinal = self.known.iter().filter(|extra| extra.called == phrase.name).count() + 1;
        let (subject, character) = match &phrase.first {
            Some(first) if ordinal == 1 => first.clone(),
            _ => enter(phrase, ordinal, around.words?),
        };
        let name = character.name.clone();
        entered(subject, character);
        self.known.push(Extra {
            subject,
            name,
            called: phrase.name.clone(),
            noun: phrase.noun.clone(),
            words: phrase.words.clone(),
            class: phrase.class,
            count: phrase.count,
        });
        self.last.push(self.known.len() - 1);
        Some(subject)
    }

    /// The subject that a phrase with `the` means: the last one with its noun whose
    /// description has the same words, else the last one with its noun.
    fn known(&mut self, phrase: &ShownNoun) -> Option<Subject> {
        let fits =
            |extra: &Extra| extra.noun == phrase.noun && (extra.count > 1) == (phrase.count > 1);
        let described = |extra: &Extra| {
            phrase.words.split(' ').all(|word| extra.words.split(' ').any(|known| known == word))
        };
        let index = self
            .known
            .iter()
            .rposition(|extra| fits(extra) && described(extra))
            .or_else(|| self.known.iter().rposition(fits))?;
        self.last.retain(|known| *known != index);
        self.last.push(index);
        Some(self.known[index].subject)
    }

    /// The subjects of the scene that have no number: `Gulls cry. […] Gulls dive.`
    fn same_many(&mut self, phrase: &ShownNoun) -> Option<Subject> {
        let same = |extra: &Extra| {
            extra.noun == phrase.noun && extra.words == phrase.words && extra.count == phrase.count
        };
        let index = self.known.iter().rposition(same)?;
        self.last.retain(|known| *known != index);
        self.last.push(index);
        Some(self.known[index].subject)
    }

    /// The subject that a shot line or a directive means by `the fox` or `the other fox`.
    pub(crate) fn meant(&self, words: &str, table: &SentenceWords) -> Option<Subject> {
        if self.known.is_empty() || !words.contains(|letter: char| letter.is_lowercase()) {
            return None;
        }
        let small = |word: &str| {
            if table.nouns_have_capitals { word.to_owned() } else { word.to_lowercase() }
        };
        let (first, rest) = words.trim().split_once(' ').unwrap_or(("", words.trim()));
        let begins = table.determiners.known.has(&first.to_lowercase());
        let said = if begins || first.is_empty() { small(rest) } else { small(words.trim()) };
        let many = table.noun(&said).filter(|noun| noun.plural);
        let named = |extra: &&Extra| extra.name == said;
        let is = |extra: &&Extra| {
            let plural = many.as_ref().is_some_and(|it| *it.base == *extra.noun && extra.count > 1);
            *extra.words == *said || *extra.noun == *said && extra.count == 1 || plural
        };
        let mut latest = self.known.iter().rev();
        let found = latest.clone().find(named).or_else(|| latest.find(is));
        found.map(|extra| extra.subject)
    }

    /// A number that differs between scenes with different subjects; 0 if a scene has none.
    pub(crate) fn digest(&self) -> usize {
        self.known.iter().fold(0, |digest, extra| digest.rotate_left(7) ^ extra.subject.0)
    }

    /// The subjects that `they` means: the last group that the text mentioned, or things if
    /// nobody is there.
    fn they(&self, around: &Surroundings<'_>) -> Option<Subject> {
        let mut spoken_of = self.last.iter().rev().map(|index| &self.known[*index]);
        let many = |extra: &&Extra| extra.count > 1 || extra.class == NounClass::Group;
        let nobody = around.present.is_empty();
        let found = spoken_of.find(|extra| many(extra) && (nobody || extra.class.is_being()));
        found.map(|extra| extra.subject)
    }

    /// The named person present whose description has the noun of a phrase.
    fn described(&self, phrase: &ShownNoun, around: &Surroundings<'_>) -> Option<Subject> {
        if phrase.noun.is_empty()
            || phrase.count > 1
            || self.known.iter().any(|extra| extra.noun == phrase.noun)
        {
            return None;
        }
        let described = |who: &&Subject| {
            who.is_named()
                && around.names.get(**who).kind == Kind::Cast
                && around.described(**who).is_some_and(|person| person.noun == phrase.noun)
        };
        let there = around.present.iter().rev().find(described);
        there.or_else(|| around.state.here.iter().rev().find(described)).copied()
    }
}

impl Surroundings<'_> {
    fn described(&self, subject: Subject) -> Option<&Described> {
        let grammar = &self.vocabulary.grammar;
        self.words.map(|words| self.names.described(subject, words, grammar))
    }
}

/// The thing, group or extra with a name that a noun means: THE LEDGER for `the ledger`,
/// WOMAN, who speaks, for `a woman`.
pub(crate) fn by_name(
    phrase: &ShownNoun,
    names: &NameTable,
    at: &NameScope,
    vocabulary: &Vocabulary,
) -> Option<Subject> {
    let one = phrase.class == NounClass::Person && phrase.count == 1;
    let kinds: &[Kind] = match phrase.reference {
        Reference::Known => &[Kind::Prop, Kind::Group, Kind::Extra],
        Reference::New if one => &[Kind::Extra],
        _ => return None,
    };
    [&*phrase.words, &phrase.name, &phrase.noun].into_iter().find_map(|name| {
        match names.find(name, at, vocabulary) {
            NameMatch::One(subject) => kinds.contains(&names.get(subject).kind).then_some(subject),
            _ => None,
        }
    })
}

/// The man or the woman that an acting pronoun means.
fn person(action: &Action, around: &Surroundings<'_>, sex: Sex) -> Option<Subject> {
    around.words?;
    let fits = |who: &Subject| {
        let other = around
            .described(*who)
            .is_some_and(|person| person.sex.is_some_and(|other| other != sex));
        around.names.get(*who).kind != Kind::Prop && !other
    };
    let named = action.names.iter().map(|mention| mention.subject);
    pronouns::only_one(named, around.present, fits)
}

/// A paragraph with the subjects that its phrases mean.
pub(crate) fn staged(mut staged: Action, reading: &Reading, found: &Resolution) -> Action {
    let named: Vec<Subject> = staged.names.iter().map(|mention| mention.subject).collect();
    for (phrase, subject) in reading.phrases.iter().zip(&found.phrases) {
        let Some(subject) = *subject else { continue };
        staged.names.push(Mention {
            subject,
            present: phrase.present,
            by_name: false,
            start: phrase.range.start,
            end: phrase.range.end,
        });
        if phrase.leaves {
            staged.leaving.push(subject);
        }
    }
    staged.names.sort_by_key(|mention| mention.start);
    let who = |party: &Party| match *party {
        Party::Name(name) => named.get(name).copied(),
        Party::Phrase(phrase) => found.phrases[phrase],
        Party::Pronoun(Pronoun::He) => found.he,
        Party::Pronoun(Pronoun::She) => found.she,
        Party::Pronoun(_) => None,
    };
    staged.acts = reading
        .acts
        .iter()
        .map(|act| SceneAct {
            who: act.who.iter().filter_map(who).collect(),
            pronoun: act.who.iter().find_map(|party| acting_pronoun(party, reading, found)),
            verb: act.verb.clone(),
            particle: act.particle.clone(),
            object: act.object.as_ref().and_then(who),
            beat: act.beat,
            sentence: act.sentence,
        })
        .filter(|act| !act.who.is_empty() || act.pronoun.is_some() || act.object.is_some())
        .collect();
    staged
}

/// A pronoun that means nobody in the scene.
fn acting_pronoun(party: &Party, reading: &Reading, found: &Resolution) -> Option<ActingPronoun> {
    match *party {
        Party::Pronoun(Pronoun::He) if found.he.is_none() => Some(ActingPronoun::One),
        Party::Pronoun(Pronoun::She) if found.she.is_none() => Some(ActingPronoun::One),
        // `Everybody leaves.`
        Party::Pronoun(Pronoun::Other) => Some(ActingPronoun::All),
        Party::Phrase(phrase) if found.phrases[phrase].is_none() => {
            let they = Reference::Pronoun(Pronoun::They);
            (reading.phrases[phrase].reference == they).then_some(ActingPronoun::All)
        }
        _ => None,
    }
}
