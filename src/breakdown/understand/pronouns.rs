//! Finds whom a pronoun means, and never picks a face that it cannot know
//! (docs/rules.md#d7):
//!
//! - A paragraph that begins with one is about the only person present, and of several
//!   people it shows two ([`people`]).
//! - `he` or `she` who acts is the only one who fits that the paragraph names, else the
//!   only one who fits that is present ([`only_one`]).
//! - Where that is nobody, the picture decides: whoever acted in it last, else the only
//!   person in it ([`acting`]).
//!
//! Knows words and who is present; does not know which picture they get.

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::canonical;
use crate::breakdown::screenplay::{ActingPronoun, Subject};

/// `They`, `All`, `Nobody`, a silence: the paragraph shows everybody present.
pub(crate) fn concerns_everybody(text: &str, grammar: &Grammar) -> bool {
    grammar.may_concern_everybody(text)
        && grammar
            .sentences(text)
            .into_iter()
            .any(|range| grammar.concerns_everybody(&canonical(&text[range])))
}

/// `She waits`: the paragraph is about somebody who is already present.
pub(crate) fn begins_with_pronoun(text: &str, grammar: &Grammar) -> bool {
    let first = canonical(text.split_whitespace().next().unwrap_or_default());
    grammar.pronouns.subject.contains(first.split(' ').next().unwrap_or_default())
}

/// Whether a text has a pronoun of a person.
pub(crate) fn has_pronoun(text: &str, grammar: &Grammar) -> bool {
    canonical(text).split(' ').any(|word| grammar.pronouns.people.contains(word))
}

/// The people that a paragraph with a pronoun at its beginning shows: the only person
/// present, else the last two shown together, else the last two who came.
pub(crate) fn people(present: &[Subject], last_pair: Option<[Subject; 2]>) -> Vec<Subject> {
    match present {
        [] | [_] => present.to_vec(),
        more => last_pair.map_or_else(|| more[more.len() - 2..].to_vec(), |pair| pair.to_vec()),
    }
}

/// The man or the woman that an acting `he` or `she` means. `fits` leaves out things and
/// people of the other sex.
pub(crate) fn only_one(
    named: impl Iterator<Item = Subject>,
    present: &[Subject],
    fits: impl Fn(&Subject) -> bool,
) -> Option<Subject> {
    let mut named: Vec<Subject> = named.filter(&fits).collect();
    named.dedup();
    if let [only] = named[..] {
        return Some(only);
    }
    let mut there = present.iter().copied().filter(fits);
    match (there.next(), there.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The person in a picture whom an acting pronoun means. `last` acted before, `people` are
/// all people of the picture; both are places in the description.
pub(crate) fn acting(pronoun: ActingPronoun, last: &[usize], people: &[usize]) -> Vec<usize> {
    match (pronoun, last, people) {
        (ActingPronoun::All, ..) => people.to_vec(),
        (ActingPronoun::One, [one], _) | (ActingPronoun::One, _, [one]) => vec![*one],
        (ActingPronoun::One, ..) => Vec::new(),
    }
}

/// Whether a pronoun means somebody and nobody else.
pub(crate) fn means_only(present: &[Subject], who: Subject) -> bool {
    present == [who]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn silence_shows_everybody() {
        let grammar = &Vocabulary::standard().grammar;
        for text in
            ["Nobody speaks. The samovar ticks.", "A long silence.", "A noise. They look up."]
        {
            assert!(concerns_everybody(text, grammar), "{text}");
        }
        let text = "The silence of the orchard lies over everything.";
        assert!(!concerns_everybody(text, grammar));
    }

    #[test]
    fn a_pronoun_of_several_people_shows_two() {
        let [ida, jonas, mara] = [0, 1, 2].map(Subject);
        assert_eq!(people(&[], None), []);
        assert_eq!(people(&[ida], Some([jonas, mara])), [ida]);
        assert_eq!(people(&[ida, jonas, mara], None), [jonas, mara]);
        assert_eq!(people(&[ida, jonas, mara], Some([ida, mara])), [ida, mara]);
    }

    #[test]
    fn an_acting_pronoun_means_one_or_nobody() {
        let [ida, jonas, mara] = [0, 1, 2].map(Subject);
        let woman = |who: &Subject| *who != jonas;
        let means = |named: &[Subject], present: &[Subject]| {
            only_one(named.iter().copied(), present, woman)
        };
        assert_eq!(means(&[ida, ida, jonas], &[mara]), Some(ida));
        assert_eq!(means(&[ida, jonas, mara], &[mara, ida]), None);
        assert_eq!(means(&[ida, jonas], &[mara]), Some(ida));
        assert_eq!(means(&[jonas], &[jonas, mara]), Some(mara));
        assert_eq!(means(&[], &[ida, mara]), None);
        assert_eq!(acting(ActingPronoun::All, &[1], &[0, 1]), [0, 1]);
        assert_eq!(acting(ActingPronoun::One, &[1], &[0, 1]), [1]);
        assert_eq!(acting(ActingPronoun::One, &[], &[0]), [0]);
        assert!(acting(ActingPronoun::One, &[], &[0, 1]).is_empty());
    }
}
