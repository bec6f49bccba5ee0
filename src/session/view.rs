//! Script text as the preview shows it: messages with excerpts, the lines of a
//! shot, the shot at a line.

use crate::blocking::lint::plan_of;
use crate::breakdown::shot::{Shot, ShotList};
use crate::diagnostic::Diagnostic;
use crate::preview::state::{Excerpt, Message, PreviewPlace};
use crate::project::CheckedScript;
use crate::source::{Source, SourceId, Span};

/// Lines of an excerpt at most, and letters of a line.
const MOST_LINES: usize = 6;
const LONGEST_LINE: usize = 240;

/// A message with the lines it is about.
pub(crate) fn message(found: &Diagnostic, script: &CheckedScript) -> Message {
    Message {
        code: found.code.to_string(),
        severity: found.severity,
        message: found.message.clone(),
        label: found.label.clone(),
        help: found.help.clone(),
        excerpt: found.span.map(|span| excerpt(script.sources.get(span.source), span)),
        plan: plan_of(&script.list, found),
    }
}

fn excerpt(source: &Source, span: Span) -> Excerpt {
    let (line, column) = source.line_column(span.start);
    let (last, _) = source.line_column(span.end);
    let last = last.min(line + MOST_LINES - 1);
    let mut at = 0;
    let mut lines = Vec::new();
    for (index, text) in source.text.split_inclusive('\n').enumerate() {
        let here = at..at + text.trim_end_matches(['\n', '\r']).len();
        at += text.len();
        if !(line..=last).contains(&(index + 1)) {
            continue;
        }
        let cut = |byte: u32| {
            let mut byte = (byte as usize).clamp(here.start, here.end);
            while !source.text.is_char_boundary(byte) {
                byte -= 1;
            }
            byte
        };
        let (from, to) = (cut(span.start), cut(span.end));
        let runs = [(here.start..from, false), (from..to, true), (to..here.end, false)];
        let runs = runs.into_iter().map(|(range, marked)| {
            (source.text[range].chars().take(LONGEST_LINE).collect::<String>(), marked)
        });
        lines.push(runs.filter(|(letters, _)| !letters.is_empty()).collect());
    }
    let file = source.path.display().to_string();
    Excerpt { file, line, column, first: line, lines }
}

/// Where the script has a shot, and its text there.
pub(crate) fn lines(script: &CheckedScript, shot: &Shot) -> (PreviewPlace, Vec<String>) {
    let span = script.span_of(shot);
    let source = script.sources.get(span.source);
    let text = source.slice(span).trim_end();
    let (line, _) = source.line_column(span.start);
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let file = source.path.display().to_string();
    (PreviewPlace { file, line, end_line: line + lines.len().saturating_sub(1) }, lines)
}

/// The shot at a line of the script: the last one that begins at it or before it.
pub(crate) fn shot_at(script: &CheckedScript, file: SourceId, line: usize) -> Option<usize> {
    let source = script.sources.get(file);
    let end =
        source.text.split_inclusive('\n').take(line).map(|line| line.len() as u32).sum::<u32>();
    let written = script
        .list
        .shots
        .iter()
        .enumerate()
        .filter(|(_, shot)| shot.span.source == file && shot.span.end > shot.span.start);
    let before = written.clone().filter(|(_, shot)| shot.span.start < end);
    let last = before.max_by_key(|(index, shot)| (shot.span.start, std::cmp::Reverse(*index)));
    last.or_else(|| written.clone().min_by_key(|(_, shot)| shot.span.start)).map(|(index, _)| index)
}

/// The first line in which two texts differ.
pub(crate) fn edited_line(before: &str, now: &str) -> usize {
    before.lines().zip(now.lines()).take_while(|(before, now)| before == now).count() + 1
}

/// The words spoken in a shot.
pub(crate) fn words(list: &ShotList, start: u32, frames: u32) -> Vec<String> {
    let spoken = list.lines.iter().filter(|line| line.start < start + frames && line.end > start);
    spoken.map(|line| format!("{}: {}", line.speaker, line.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;
    use crate::source::Sources;

    fn script(text: &str) -> CheckedScript {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.play");
        std::fs::write(&path, text).unwrap();
        Project::open(path).read().unwrap()
    }

    const FILM: &str = "\
INT. ROOM - DAY

!! WIDE ON MARA [[2s]]

MARA stands [[why?]] up.

MARA
I am here.

> CUT TO:

INT. YARD - DAY

!! CLOSE ON MARA [[slow push in, 2s]]

She looks.

[[cast: MARA, a girl with copper curls, wearing a green coat]]
";

    #[test]
    fn a_shot_is_found_by_its_line_and_shows_its_lines() {
        let script = script(FILM);
        let shown = |line: usize| {
            let shot = &script.list.shots[shot_at(&script, SourceId(0), line).unwrap()];
            let (place, lines) = lines(&script, shot);
            (place.line, place.end_line, lines.first().unwrap().clone())
        };
        let (wide, close) = ("!! WIDE ON MARA [[2s]]", "!! CLOSE ON MARA [[slow push in, 2s]]");
        for line in [1, 3, 5, 8, 12] {
            assert_eq!(shown(line), (3, 8, wide.to_owned()), "line {line}");
        }
        for line in [14, 16, 17, 99] {
            assert_eq!((shown(line).0, shown(line).2), (14, close.to_owned()), "line {line}");
        }
    }

    #[test]
    fn an_excerpt_marks_letters() {
        let mut sources = Sources::default();
        let id = sources.add("a.play", "one\ntwo three\r\nfour\n");
        let excerpt = excerpt(sources.get(id), Span::new(id, 8, 13));
        assert_eq!((excerpt.line, excerpt.column, excerpt.first), (2, 5, 2));
        assert_eq!(excerpt.lines, [vec![("two ".to_owned(), false), ("three".to_owned(), true)]]);
    }

    #[test]
    fn an_edit_has_a_line() {
        assert_eq!(edited_line("a\nb\nc", "a\nx\nc"), 2);
        assert_eq!(edited_line("a\nb", "a\nb\nc"), 3);
    }
}
