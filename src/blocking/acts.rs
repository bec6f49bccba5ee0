//! Who does what in a shot: an act of the breakdown whose verb is a motion, as
//! `TUSK lumbers towards MARA` is a walk that leads to somebody.
//!
//! Knows verbs and where the words after them lead; reads no sentences and knows no
//! places.

use super::lookup::Lookup;
use super::rules::{BlockingRules, BodyLead, Goes, Lead, Motion, Motions};
use crate::breakdown::shot::{Act, TakeSpec};

/// Somebody does something.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PlayedAct {
    /// Who, as indices into the subjects and then the reveals of the shot.
    pub(super) who: Vec<usize>,
    /// What: an index into the motions.
    pub(super) motion: usize,
    /// Where it leads, if words after the verb say so.
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

/// The acts of a shot that are motions, in order. `carried` says of everybody and
/// everything in it whether one can carry it.
pub(super) fn acts(lookup: &Lookup, take: &TakeSpec, carried: &[bool]) -> Vec<PlayedAct> {
    take.acts.iter().filter_map(|act| played(lookup, act, carried)).collect()
}

/// An act of the breakdown, if its verb is a motion.
fn played(lookup: &Lookup, act: &Act, carried: &[bool]) -> Option<PlayedAct> {
    let words: Vec<&str> = act.verb.split(' ').chain(act.particle.split(' ')).collect();
    let (motion, taken) = lookup.verb(&words)?;
    let lead = lookup.lead(&words[taken.min(words.len())..]).map(|(lead, _)| lead);
    let (mut motion, mut goes) = directed(motion, lead);
    if act.particle.is_empty()
        && let Some(handled) = handled(motion, act.object, carried)
    {
        (motion, goes) = (handled, None);
    }
    Some(PlayedAct { who: act.who.clone(), motion, goes, object: act.object, beat: act.beat })
}

/// A motion as the words after its verb direct it, and where it leads.
fn directed(motion: usize, lead: Option<Lead>) -> (usize, Option<Goes>) {
    let Motions { motions, rise, .. } = &BlockingRules::stdlib().motions;
    let named = |name: &str| motions.get_index_of(name).unwrap_or(motion);
    match lead {
        Some(Lead::Body(BodyLead::Rise)) if motions[motion].posture.is_some() => {
            (named(rise), None)
        }
        Some(Lead::Body(BodyLead::Posture)) => {
            (motions[motion].down.as_deref().map_or(motion, named), None)
        }
        Some(Lead::Goes(goes)) => (motion, Some(goes)),
        _ => (motion, None),
    }
}

/// What a motion is instead when its object is carried: `leaves a letter`.
fn handled(motion: usize, object: Option<usize>, carried: &[bool]) -> Option<usize> {
    let motions = &BlockingRules::stdlib().motions.motions;
    object.and_then(|object| carried.get(object)).filter(|carried| **carried)?;
    motions.get_index_of(motions[motion].with_thing.as_ref()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the first person, the second one and a kettle.
    fn act(language: &str, verb: &str, particle: &str, object: Option<usize>) -> Option<String> {
        let (verb, particle) = (verb.to_owned(), particle.to_owned());
        let act = Act { who: vec![0], verb, particle, object, beat: 0 };
        let act = played(Lookup::of(language), &act, &[false, false, true])?;
        let motions = &BlockingRules::stdlib().motions.motions;
        let name = motions.get_index(act.motion).unwrap().0;
        let goes = act.goes.map_or_else(String::new, |goes| format!(" {goes:?}"));
        Some(format!("{name}{goes}"))
    }

    #[test]
    fn verbs_and_the_words_behind_them_are_motions() {
        let cases = [
            ("en", "walk", "to", Some(1), "walk Approach"),
            ("en", "sit", "down", None, "sit down"),
            ("en", "sit", "", None, "sit"),
            ("en", "look", "at", Some(1), "look Approach"),
            ("en", "run", "away", None, "run Leave"),
            ("en", "step", "out", None, "walk Out"),
            ("en", "lumber", "between", None, "walk Cross"),
            ("en", "get", "up", None, "rise"),
            ("en", "leave", "", Some(2), "reach"),
            ("en", "leave", "", Some(1), "leave"),
            ("en", "drop", "", Some(2), "reach"),
            ("de", "gehen", "zu", Some(1), "walk Approach"),
            ("fr", "sortir", "", None, "leave"),
        ];
        for (language, verb, particle, object, motion) in cases {
            let found = act(language, verb, particle, object);
            assert_eq!(found.as_deref(), Some(motion), "{verb} {particle}");
        }
        assert_eq!(act("en", "ponder", "", None), None);
    }
}
