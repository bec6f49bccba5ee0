//! A paragraph of action by itself: its words, and whom it is about when it
//! names nobody.
//!
//! Knows words; does not know names.

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
pub(crate) fn concerns_everybody(text: &str) -> bool {
    const SAYS_SO: [&str; 13] = [
        "they",
        "all",
        "nobody",
        "everyone",
        "everybody",
        "both",
        "neither",
        "none",
        "no",
        "silence",
        "pause",
        "beat",
        "stillness",
    ];
    let mut all = text.split(|letter: char| !letter.is_alphanumeric());
    // Most paragraphs have none of these words.
    if !all.any(|word| SAYS_SO.iter().any(|says| word.eq_ignore_ascii_case(says))) {
        return false;
    }
    sentences(text).into_iter().any(|range| {
        let words = canonical(&text[range]);
        let first = words.split(' ').next().unwrap_or_default();
        matches!(
            first,
            "they" | "all" | "nobody" | "everyone" | "everybody" | "both" | "neither" | "none"
        ) || words.starts_with("no one")
            || (words.split(' ').count() <= 4
                && words
                    .split(' ')
                    .any(|word| matches!(word, "silence" | "pause" | "beat" | "stillness")))
    })
}

pub(crate) fn begins_with_pronoun(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    matches!(canonical(first).split(' ').next().unwrap_or_default(), "he" | "she")
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for text in
            ["Nobody speaks. The samovar ticks.", "A long silence.", "A noise. They look up."]
        {
            assert!(concerns_everybody(text), "{text}");
        }
        assert!(!concerns_everybody("The silence of the orchard lies over everything."));
    }
}
