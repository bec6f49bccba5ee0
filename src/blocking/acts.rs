//! Who does what in a shot, read from its description: `TUSK lumbers towards MARA`
//! is a walk that leads to somebody.
//!
//! Knows the words that the description calls its subjects by, and verbs; knows no
//! places. One pass over the words, no grammar.

use super::lookup::{Lead, Lookup};
use super::rules::{BlockingRules, Goes, Motion};
use crate::breakdown::description::Description;
use crate::breakdown::shot::{Act, TakeSpec};

/// Somebody does something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlayedAct {
    /// Who, as indices into the subjects and then the reveals of the shot.
    pub(super) who: Vec<usize>,
    /// What: an index into the motions.
    pub(super) motion: usize,
    /// Where it leads, if words behind the verb say so.
    pub(super) goes: Option<Goes>,
    /// To whom or what.
    pub(super) object: Option<usize>,
    /// Which of the actions that follow each other.
    pub(super) beat: usize,
}

impl PlayedAct {
    /// Its motion.
    pub(super) fn rule(&self) -> &'static Motion {
        &BlockingRules::stdlib().motions.motions[self.motion]
    }
}

/// What an act must know of somebody or something of its shot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ability {
    /// It can act.
    pub(super) lives: bool,
    /// One can carry it.
    pub(super) is_carried: bool,
}

/// The acts of a shot, in order: those that the breakdown found, else those that its
/// words say.
pub(super) fn acts(lookup: &Lookup, take: &TakeSpec, all: &[Ability]) -> Vec<PlayedAct> {
    if take.acts.is_empty() {
        return read(lookup, &take.description, all);
    }
    take.acts.iter().filter_map(|act| found(lookup, act, all)).collect()
}

/// An act of the breakdown, if its verb is a motion.
fn found(lookup: &Lookup, act: &Act, all: &[Ability]) -> Option<PlayedAct> {
    let words: Vec<&str> = act.verb.split(' ').chain(act.particle.split(' ')).collect();
    let (motion, taken) = lookup.verb(&words)?;
    let lead = lookup.lead(&words[taken.min(words.len())..]).map(|(lead, _)| match lead {
        // The breakdown's particle has no second word: `out of the dark`.
        Lead::Goes(Goes::Leave) if act.particle == "out" => Lead::Goes(Goes::Out),
        lead => lead,
    });
    let (mut motion, mut goes) = directed(motion, lead);
    if act.particle.is_empty()
        && let Some(handled) = handled(motion, act.object, all)
    {
        (motion, goes) = (handled, None);
    }
    Some(PlayedAct { who: act.who.clone(), motion, goes, object: act.object, beat: act.beat })
}

/// A motion as the words behind its verb direct it, and where it leads.
fn directed(motion: usize, lead: Option<Lead>) -> (usize, Option<Goes>) {
    let motions = &BlockingRules::stdlib().motions.motions;
    let named = |name: &str| motions.get_index_of(name).unwrap_or(motion);
    match lead {
        Some(Lead::Rise) if motions[motion].posture.is_some() => (named("rise"), None),
        Some(Lead::Posture) if motions[motion].already => {
            let down = motions.get_index(motion).map(|(name, _)| format!("{name} down"));
            (down.map_or(motion, |down| named(&down)), None)
        }
        Some(Lead::Goes(goes)) => (motion, Some(goes)),
        _ => (motion, None),
    }
}

/// What a motion is instead when its object is carried: `leaves a letter`.
fn handled(motion: usize, object: Option<usize>, all: &[Ability]) -> Option<usize> {
    let motions = &BlockingRules::stdlib().motions.motions;
    object.and_then(|object| all.get(object)).filter(|object| object.is_carried)?;
    motions.get_index_of(motions[motion].with_thing.as_ref()?)
}

/// The acts that a description says.
fn read(lookup: &Lookup, description: &Description, all: &[Ability]) -> Vec<PlayedAct> {
    let called: Vec<Vec<String>> = description
        .subjects
        .iter()
        .chain(&description.reveals)
        .map(|depicted| {
            tokens(&depicted.called).filter(|word| *word != "the").map(str::to_lowercase).collect()
        })
        .collect();
    let mut reader =
        Reader { lookup, called: &called, all, acts: Vec::new(), last: None, direct: false };
    for sentence in description.action.split_inclusive(['.', '!', '?', ';', '…']) {
        reader.sentence(sentence);
    }
    reader.acts
}

/// The words and commas of a text.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter.is_whitespace() || "()\"“”„—–:".contains(letter))
        .flat_map(|word| {
            let bare = word.trim_end_matches([',', '.', '!', '?', ';', '…']);
            let comma = (bare.len() < word.len() && word.ends_with(',')).then_some(",");
            std::iter::once(bare).chain(comma)
        })
        .filter(|word| !word.is_empty())
}

struct Reader<'a> {
    lookup: &'a Lookup,
    called: &'a [Vec<String>],
    all: &'a [Ability],
    acts: Vec<PlayedAct>,
    /// Who acted last, in any sentence.
    last: Option<Vec<usize>>,
    /// Nothing stands between the last verb and its object.
    direct: bool,
}

/// A clause while it is read.
#[derive(Default)]
struct Clause {
    /// Who acts, from the clause before.
    actors: Vec<usize>,
    /// Who was named since, before a verb.
    named: Vec<usize>,
    /// The act whose words are being read.
    act: Option<usize>,
    /// How many words it has had.
    words: usize,
    negated: bool,
}

impl Reader<'_> {
    fn sentence(&mut self, sentence: &str) {
        let lower = sentence.to_lowercase();
        let words: Vec<&str> = tokens(&lower).collect();
        let mut clause = Clause::default();
        let mut at = 0;
        while at < words.len() {
            at += self.word(&words, at, &mut clause);
        }
        self.object(&mut clause);
    }

    /// Reads a word and what belongs to it; how many words that takes.
    fn word(&mut self, words: &[&str], at: usize, clause: &mut Clause) -> usize {
        let (lookup, rest) = (self.lookup, &words[at..]);
        if rest[0] == "," || lookup.clauses.contains(&rest[0]) {
            self.object(clause);
            (clause.act, clause.negated, clause.words) = (None, false, 0);
            return 1;
        }
        clause.words += 1;
        if let Some((who, taken)) = self.mention(rest) {
            clause.named.push(who);
            return taken;
        }
        if at == 0 || clause.act.is_none() {
            if lookup.all.contains(&rest[0]) && clause.named.is_empty() {
                clause.named = (0..self.all.len()).filter(|who| self.all[*who].lives).collect();
                if clause.named.len() > 1 || !lookup.one.contains(&rest[0]) {
                    return 1;
                }
                clause.named.clear();
            }
            if lookup.one.contains(&rest[0]) {
                let only = || {
                    let mut alive = (0..self.all.len()).filter(|who| self.all[*who].lives);
                    let first = alive.next();
                    first.or((!self.all.is_empty()).then_some(0)).map(|who| vec![who])
                };
                clause.named = self
                    .last
                    .clone()
                    .filter(|last| last.len() == 1)
                    .or_else(only)
                    .unwrap_or_default();
                return 1;
            }
        }
        if lookup.negations.contains(&rest[0]) {
            clause.negated = true;
            return 1;
        }
        let noun = at > 0 && lookup.determiners.contains(&words[at - 1]);
        if clause.act.is_none()
            && !noun
            // Without a subject of its own, a clause begins with its verb.
            && !(clause.named.is_empty() && (clause.actors.is_empty() || clause.words > 2))
            && let Some((motion, taken)) = lookup.verb(rest)
        {
            return self.verb(motion, taken, rest, clause);
        }
        1
    }

    fn verb(&mut self, motion: usize, taken: usize, rest: &[&str], clause: &mut Clause) -> usize {
        if !clause.named.is_empty() {
            clause.actors = std::mem::take(&mut clause.named);
        }
        self.last = Some(clause.actors.clone());
        if clause.negated {
            return taken;
        }
        let behind = rest[taken..]
            .iter()
            .take_while(|word| !self.lookup.clauses.contains(word) && **word != ",");
        let behind: Vec<&str> = behind.copied().take(6).collect();
        let lead = (0..behind.len()).find_map(|from| self.lookup.lead(&behind[from..]));
        self.direct = self.lookup.lead(&behind).is_none();
        let (motion, goes) = directed(motion, lead.map(|(lead, _)| lead));
        let beat = self.beat(&clause.actors);
        self.acts.push(PlayedAct { who: clause.actors.clone(), motion, goes, object: None, beat });
        clause.act = Some(self.acts.len() - 1);
        taken
    }

    /// Somebody's next act comes after their last one; another's at the same time.
    fn beat(&self, who: &[usize]) -> usize {
        let acts = self.acts.iter().filter(|act| act.who.iter().any(|one| who.contains(one)));
        acts.map(|act| act.beat + 1).max().unwrap_or(0)
    }

    /// Whoever was named behind a verb is its object.
    fn object(&mut self, clause: &mut Clause) {
        if let Some(act) = clause.act {
            let object = clause.named.iter().find(|who| !self.acts[act].who.contains(who));
            if let Some(object) = object {
                if self.direct
                    && let Some(handled) = handled(self.acts[act].motion, Some(*object), self.all)
                {
                    (self.acts[act].motion, self.acts[act].goes) = (handled, None);
                }
                self.acts[act].object = Some(*object);
                clause.named.clear();
            }
        }
    }

    /// Whom some words call, and how many words that takes.
    fn mention(&self, words: &[&str]) -> Option<(usize, usize)> {
        let found = self.called.iter().enumerate().filter(|(_, called)| {
            !called.is_empty()
                && words.len() >= called.len()
                && called.iter().zip(words).all(|(one, other)| one == other)
        });
        found.map(|(who, called)| (who, called.len())).max_by_key(|(_, taken)| *taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::description::Depicted;

    fn sentence(language: &str, action: &str) -> Vec<String> {
        let called = ["Mara", "the mammoth", "the kettle"];
        let subjects = called
            .iter()
            .map(|called| Depicted { called: (*called).to_owned(), ..Depicted::default() })
            .collect();
        let description =
            Description { subjects, action: action.to_owned(), ..Description::default() };
        let all = [(true, false), (true, false), (false, true)]
            .map(|(lives, is_carried)| Ability { lives, is_carried });
        let acts = read(Lookup::of(language), &description, &all);
        let motions = &BlockingRules::stdlib().motions.motions;
        acts.iter()
            .map(|act| {
                let name = motions.get_index(act.motion).unwrap().0;
                let goes = act.goes.map_or_else(String::new, |goes| format!(" {goes:?}"));
                let object = act.object.map_or_else(String::new, |who| format!(" -> {who}"));
                format!("{:?} {name}{goes}{object} @{}", act.who, act.beat)
            })
            .collect()
    }

    #[test]
    fn sentences_say_who_does_what() {
        let cases: &[(&str, &[&str])] = &[
            ("Mara walks to the mammoth.", &["[0] walk Approach -> 1 @0"]),
            (
                "Mara sits down and looks at the mammoth.",
                &["[0] sit down @0", "[0] look Approach -> 1 @1"],
            ),
            (
                "Mara enters and the mammoth turns to Mara.",
                &["[0] enter @0", "[1] turn Approach -> 0 @0"],
            ),
            ("The mammoth runs away.", &["[1] run Leave @0"]),
            (
                "The mammoth lumbers between the towers, steam puffing from its trunk.",
                &["[1] walk Cross @0"],
            ),
            ("Mara and the mammoth sit across from each other.", &["[0, 1] sit Cross @0"]),
            ("Mara gets up. She leaves.", &["[0] rise @0", "[0] leave @1"]),
            ("They dance.", &["[0, 1] dance @0"]),
            ("Mara does not run.", &[]),
            ("The kettle boils over.", &["[2] tremble @0"]),
            ("Mara leaves the kettle on the table.", &["[0] reach -> 2 @0"]),
            ("Mara drops the kettle.", &["[0] reach -> 2 @0"]),
            ("Mara walks to the kettle.", &["[0] walk Approach -> 2 @0"]),
            ("Mara stops breathing.", &[]),
        ];
        for (action, acts) in cases {
            assert_eq!(sentence("en", action), *acts, "{action}");
        }
        assert_eq!(sentence("de", "Mara geht zum Mammut."), ["[0] walk Approach @0"]);
        assert_eq!(sentence("fr", "Mara sort."), ["[0] leave @0"]);
    }
}
