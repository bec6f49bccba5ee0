//! Narrows the place of a message to the words that it is about.
//!
//! Knows texts and places; does not know what the words mean.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use crate::breakdown::shot::ShotList;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Span};

/// Narrows the places of messages about shots to the words that they are about, in what
/// belongs to the shot: there an `[[allow: …]]` reaches them.
pub(crate) fn narrow(diagnostics: &mut [Diagnostic], list: &ShotList, script: &Source) {
    let mut starts: Vec<u32> = list.shots.iter().map(|shot| shot.span.start).collect();
    starts.sort_unstable();
    for found in diagnostics {
        let (Some(words), Some(span)) = (found.about.take(), found.span) else { continue };
        if span.source == script.id
            && let Some(place) = place(&script.text, &starts, span, &words)
        {
            found.span = Some(Span::new(span.source, place.start, place.end));
        }
    }
}

/// Where the words of a shot stand: all of them, else the last of them.
fn place(text: &str, starts: &[u32], span: Span, words: &str) -> Option<Range<usize>> {
    let next = starts.partition_point(|start| *start <= span.start);
    let end = starts.get(next).map_or(text.len(), |end| *end as usize);
    let start = span.start as usize;
    let own = text.get(start..end)?;
    let last = words.unicode_words().next_back()?;
    let found = [words, last].into_iter().find_map(|words| find(own, words).next())?;
    Some(start + found.start..start + found.end)
}

/// Where words stand in a text, as whole words in any case.
fn find<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let first = words.chars().next().map_or_else(Vec::new, both_cases);
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    text.match_indices(move |letter| first.contains(&letter)).filter_map(move |(at, _)| {
        let length = common(&text[at..], words)?;
        let (before, after) = (&text[..at], &text[at + length..]);
        let whole = !is_part(before.chars().next_back()) && !is_part(after.chars().next());
        whole.then_some(at..at + length)
    })
}

fn both_cases(letter: char) -> Vec<char> {
    letter.to_lowercase().chain(letter.to_uppercase()).collect()
}

/// How many bytes of a text are these words, in any case and with any blanks.
fn common(text: &str, words: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    for wanted in words.chars() {
        let (_, letter) = letters.next()?;
        let alike = letter == wanted
            || letter.to_lowercase().eq(wanted.to_lowercase())
            || letter.is_whitespace() && wanted.is_whitespace();
        alike.then_some(())?;
    }
    Some(letters.offset())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    #[test]
    fn words_are_found_in_what_belongs_to_the_shot() {
        let text =
            "EXT. DESERT - DAY\n\n!! WIDE\n\nA Seaman\nwaves. Sea.\n\n!! CLOSE\n\nHe waves.\n";
        let (first, second) = (text.find("!! W").unwrap(), text.find("!! C").unwrap());
        let starts = [first as u32, second as u32];
        let found = |words: &str| {
            let span = Span::new(SourceId(0), first, first + 7);
            place(text, &starts, span, words).map(|place| &text[place])
        };
        assert_eq!(found("seaman waves"), Some("Seaman\nwaves"));
        assert_eq!(found("sea"), Some("Sea"));
        assert_eq!(found("the woman waves"), Some("waves"));
        assert_eq!(found("desert"), None);
        assert_eq!(found("He"), None);
        assert_eq!(found(""), None);
    }
}
