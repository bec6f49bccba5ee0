//! Whom a paragraph is about when it names nobody. A pronoun never picks a face
//! it cannot know: it means the only person who is present, and of several it
//! shows two (docs/rules.md#d7).
//!
//! Knows words and who is present; does not know which picture they get.

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::canonical;
use crate::breakdown::screenplay::Subject;

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

/// Whom a paragraph shows that begins with a pronoun: the only person present,
/// else the last two shown together, else the last two who came.
pub(crate) fn people(present: &[Subject], last_pair: Option<[Subject; 2]>) -> Vec<Subject> {
    match present {
        [] | [_] => present.to_vec(),
        more => last_pair.map_or_else(|| more[more.len() - 2..].to_vec(), |pair| pair.to_vec()),
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
}
