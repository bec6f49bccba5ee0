//! A paragraph of action by itself: its words, and whom it is about when it
//! names nobody.
//!
//! Knows words; does not know names.

use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::words::{canonical, sentences};

/// A paragraph's words on one line, indented lines on their own, and the
/// lettering in it.
pub(crate) fn paragraph(lines: &[String]) -> (String, Vec<String>) {
    let mut text = String::new();
    let mut lettering = Vec::new();
    for line in lines {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            continue;
        }
        let indented = line.starts_with("    ") || line.starts_with('\t');
        let quoted = words.chars().count() > 2
            && words.starts_with(['"', '“', '„'])
            && words.ends_with(['"', '”', '“']);
        if indented || quoted {
            lettering.push(words.trim_matches(['"', '“', '”', '„']).to_owned());
        }
        if !text.is_empty() {
            text.push(if indented { '\n' } else { ' ' });
        }
        text.push_str(&words);
    }
    (text, lettering)
}

/// `They`, `All`, `Nobody`, a silence: those who are here are shown.
pub(crate) fn concerns_everybody(text: &str, grammar: &Grammar) -> bool {
    grammar.may_concern_everybody(text)
        && sentences(text)
            .into_iter()
            .any(|range| grammar.concerns_everybody(&canonical(&text[range])))
}

/// `She waits`: about somebody who is already here.
pub(crate) fn begins_with_pronoun(text: &str, grammar: &Grammar) -> bool {
    let first = canonical(text.split_whitespace().next().unwrap_or_default());
    grammar.pronouns.subject.contains(first.split(' ').next().unwrap_or_default())
}

/// Whether a text has a pronoun of a person.
pub(crate) fn has_pronoun(text: &str, grammar: &Grammar) -> bool {
    canonical(text).split(' ').any(|word| grammar.pronouns.people.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::vocabulary::Vocabulary;

    #[test]
    fn indented_and_quoted_lines_are_lettering() {
        let lines = |text: &str| paragraph(&text.lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(
            lines("          Nell --\n          Do not wind it."),
            (
                "Nell --\nDo not wind it.".to_owned(),
                vec!["Nell --".to_owned(), "Do not wind it.".to_owned()]
            )
        );
        assert_eq!(
            lines("A note:\n“Come.”"),
            ("A note: “Come.”".to_owned(), vec!["Come.".to_owned()])
        );
        assert_eq!(lines("One\ntwo"), ("One two".to_owned(), Vec::new()));
    }

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
}
