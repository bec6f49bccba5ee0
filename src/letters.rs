//! Letters of the film's words that no font has: boxes would stand in their place.
//!
//! Knows which words the pictures show; does not know how they are set.

use std::collections::BTreeSet;

use crate::breakdown::screenplay::Captions;
use crate::breakdown::shot::{Picture, ShotList};
use crate::diagnostic::{Code, Diagnostic};
use crate::fonts;
use crate::source::{Source, Span};

/// The most letters that a message names.
const NAMED: usize = 12;

/// Warns, once for a film, of letters that neither the embedded fonts nor those of this
/// machine have.
pub(crate) fn boxed_letters(list: &ShotList, script: &Source) -> Option<Diagnostic> {
    let words: Vec<(&str, Span)> = shown(list).filter(|(words, _)| !words.is_ascii()).collect();
    let all = words.iter().flat_map(|(words, _)| words.chars());
    let letters: BTreeSet<char> = all.filter(|letter| !letter.is_ascii()).collect();
    // Looks at single letters first, because most films need no more.
    if fonts::needed(&letters.iter().collect::<String>()).lacking.is_empty() {
        return None;
    }
    let lacking = fonts::needed(&words.iter().map(|(words, _)| *words).collect::<String>()).lacking;
    let holds = |words: &str| words.contains(|letter| lacking.contains(&letter));
    let (_, span) = words.iter().find(|(words, _)| holds(words))?;
    let from = &script.text[span.start as usize..];
    let place = from.find(|letter| lacking.contains(&letter)).map(|at| {
        let run = from[at..].find(|letter| !lacking.contains(&letter));
        let start = span.start as usize + at;
        Span::new(script.id, start, run.map_or(script.text.len(), |run| start + run))
    });
    let named: String = lacking.iter().take(NAMED).collect();
    let more = match lacking.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more letters"),
    };
    let message = format!("no font has `{named}`{more}: the film shows a box for each");
    let found = Diagnostic::warning(Code::BoxedLetters, place.unwrap_or(*span), message);
    Some(found.help(
        "install a font that has them; players bring fonts of their own for `[[film: captions track]]`",
    ))
}

/// All words in the pictures, each with the place in the script to look for them.
fn shown(list: &ShotList) -> impl Iterator<Item = (&str, Span)> {
    let burned = list.settings.captions == Captions::Burned;
    let captions = list.lines.iter().filter(move |_| burned);
    let captions = captions.map(|line| (&*line.text, line.span));
    let pictures = list.shots.iter().flat_map(|shot| {
        let lines = match &shot.picture {
            Picture::Card(card) => card.lines.as_slice(),
            Picture::Take(take) => &take.lettering,
            Picture::Black | Picture::White => &[],
        };
        lines.iter().map(|line| (line.as_str(), shot.span))
    });
    let supers = list.supers.iter().map(|words| (words.text.as_str(), Span::default()));
    pictures.chain(captions).chain(supers)
}
