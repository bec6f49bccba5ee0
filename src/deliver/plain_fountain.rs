//! A script as plain Fountain, for people who have no Photoplay: shot lines become lines of
//! action; leaves out everything that directs the film.
//!
//! Knows the tree; does not know meaning. Changes nothing else.

use std::ops::Range;

use crate::script::tree::{Element, ElementKind, Note, Piece, SpeechLine, Text, Tree};
use crate::source::{Source, Span};

/// The script without Photoplay's additions.
pub(crate) fn plain_fountain(source: &Source, tree: &Tree) -> String {
    let text = source.text.trim_start_matches('\u{feff}');
    let skipped = source.text.len() - text.len();
    let text = &source.text;
    let mut edits: Vec<(Range<usize>, String)> = vec![(0..skipped, String::new())];
    for (index, element) in tree.elements.iter().enumerate() {
        let span = range(element.span);
        match &element.kind {
            ElementKind::Directive(_) | ElementKind::Note(Note::Cut(_) | Note::CutBack(_)) => {
                edits.push((span, String::new()));
            }
            ElementKind::Shot(shot) => {
                edits.push((span, format!("!{}", shot.head.value.trim())));
            }
            ElementKind::Transition { text: words, forced, tail } if !tail.is_empty() => {
                let mark = if *forced { "> " } else { "" };
                edits.push((span, format!("{mark}{}", words.value.trim())));
            }
            ElementKind::Section { .. } if only_directs(&tree.elements[index + 1..]) => {
                edits.push((span, String::new()));
            }
            ElementKind::Action { text: words, .. }
            | ElementKind::Centered { text: words }
            | ElementKind::Lyrics { text: words } => cuts(text, words, &mut edits),
            ElementKind::Speech(speech) => {
                for line in &speech.lines {
                    if let SpeechLine::Words(words) | SpeechLine::Lyrics(words) = line {
                        cuts(text, words, &mut edits);
                    }
                }
            }
            _ => {}
        }
    }
    edits.sort_by_key(|(range, _)| range.start);
    let mut plain = String::with_capacity(text.len());
    let mut at = 0;
    for (range, replacement) in edits {
        if range.start < at {
            continue;
        }
        plain.push_str(&text[at..range.start]);
        plain.push_str(&replacement);
        at = range.end;
    }
    plain.push_str(&text[at..]);
    without_wide_gaps(&plain)
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// Whether everything up to the next section directs the film.
fn only_directs(elements: &[Element]) -> bool {
    let own =
        elements.iter().take_while(|element| !matches!(element.kind, ElementKind::Section { .. }));
    let mut own = own.peekable();
    own.peek().is_some() && own.all(|element| matches!(element.kind, ElementKind::Directive(_)))
}

/// Leaves out the notes of a text that cut to another picture, with the blank before them.
fn cuts(source: &str, text: &Text, edits: &mut Vec<(Range<usize>, String)>) {
    for piece in &text.pieces {
        let Piece::Note(note) = piece else { continue };
        let span = match note {
            Note::Cut(shot) => range(shot.span),
            Note::CutBack(span) => range(*span),
            Note::Remark(_) => continue,
        };
        let start = source[..span.end].rfind("[[").unwrap_or(span.start);
        let end = source[span.start..].find("]]").map_or(span.end, |at| span.start + at + 2);
        let start = source[..start].trim_end_matches(' ').len();
        edits.push((start..end, String::new()));
    }
}

/// Lines without anything, at most one together; a line of blanks means something.
fn without_wide_gaps(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut empty = true;
    for line in text.lines() {
        if line.is_empty() && empty {
            continue;
        }
        empty = line.is_empty();
        plain.push_str(line);
        plain.push('\n');
    }
    while plain.ends_with("\n\n") {
        plain.pop();
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::analyze;
    use crate::breakdown::Strictness;
    use crate::source::Sources;

    fn plain(text: &str) -> String {
        let mut sources = Sources::default();
        let id = sources.add("film.play", text);
        let tree = analyze(&mut sources, id, Strictness::Strict).tree;
        plain_fountain(sources.get(id), &tree)
    }

    #[test]
    fn what_directs_the_film_is_left_out() {
        let script = "\u{feff}Title: Tusk\n\n[[film: seed 7 | style storybook]]\n\n\
            EXT. JUNKYARD - DAY #1A#\n\n[[weather: overcast]]\n\n= Tusk wakes.\n\n\
            !! CLOSE ON MARA #12C# [[slow push in, 3s]]\n\nMARA stands. [[Does she?]]\n\n\
            MARA (V.O.)\n(softly)\nYou *still* work. [[cut: INSERT - the eye]] After all this, \
            [[cut: back]] you still work.\n\n> DISSOLVE TO: [[1s]]\n\nINT. HALL - NIGHT\n\n\
            Dust.\n\n# Cast\n\n[[cast: MARA, a girl]]\n";
        let expected = "Title: Tusk\n\nEXT. JUNKYARD - DAY #1A#\n\n= Tusk wakes.\n\n\
            !CLOSE ON MARA\n\nMARA stands. [[Does she?]]\n\nMARA (V.O.)\n(softly)\n\
            You *still* work. After all this, you still work.\n\n> DISSOLVE TO:\n\n\
            INT. HALL - NIGHT\n\nDust.\n";
        assert_eq!(plain(script), expected);
        assert_eq!(plain(expected), expected, "there is nothing more to leave out");
    }

    #[test]
    fn a_script_without_additions_stays_as_it_is() {
        let script = "EXT. ROAD - DAY\n\nIt rains.\n\nIDA ^\nYes.\n  \nNo.\n\n===\n\n> END <\n";
        assert_eq!(plain(script), script);
    }
}
