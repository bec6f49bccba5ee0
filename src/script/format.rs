//! `photoplay fmt`: spaces our own additions, removes blanks at line ends and
//! unifies line ends. It leaves everything else, because Fountain respects
//! "every carriage return" of the author.
//!
//! Never changes the tree; does not know meaning.

use std::ops::Range;

use super::grammar::Rule;
use super::parse::parse;
use super::scan::{Gap, GapKind, LineKind, Scan, SourceLine, scan};
use super::shot::{Reader, tail_of};
use super::tree::{Directive, ElementKind, PhraseKind, ShotLine};
use crate::source::{SourceId, Sources};

/// The formatted script.
pub fn format(sources: &Sources, id: SourceId) -> String {
    let raw = sources.get(id).text.as_str();
    let mut out = String::with_capacity(raw.len());
    let mut at = 0;
    for (range, with) in edits(sources, id) {
        out.push_str(&raw[at..range.start]);
        out.push_str(&with);
        at = range.end;
    }
    out.push_str(&raw[at..]);
    out
}

/// The edits that format a script, in order: a range of bytes and its new text.
/// No two overlap, and each changes something.
pub fn edits(sources: &Sources, id: SourceId) -> Vec<(Range<usize>, String)> {
    let source = sources.get(id);
    let (tree, _) = parse(sources, id);
    let scan = scan(&source.text);
    let mut edits = Edits::default();
    let mut speeches = Vec::new();
    for element in &tree.elements {
        match &element.kind {
            ElementKind::Shot(shot) => format_shot(&scan, id, shot, &mut edits),
            ElementKind::Directive(directive) => {
                format_directive(&scan, id, directive, &mut edits);
            }
            ElementKind::Speech(_) => {
                speeches.push(element.span.start as usize..element.span.end as usize);
            }
            _ => {}
        }
    }
    for line in &scan.lines {
        format_line(&scan, line, &speeches, &mut edits);
    }
    edits.finish(scan.raw)
}

#[derive(Default)]
struct Edits {
    all: Vec<(Range<usize>, String)>,
    /// The starts of notes that stay unchanged.
    untouched: Vec<usize>,
}

impl Edits {
    fn replace(&mut self, range: Range<usize>, with: impl Into<String>) {
        self.all.push((range, with.into()));
    }

    /// The edits in order without those that change nothing; ends the last
    /// line.
    fn finish(mut self, raw: &str) -> Vec<(Range<usize>, String)> {
        self.all.sort_by_key(|(range, _)| (range.start, range.end));
        let last = self.all.last().filter(|(range, _)| range.end == raw.len());
        let ended = match last {
            Some((range, with)) if with.is_empty() => raw[..range.start].ends_with('\n'),
            Some((_, with)) => with.ends_with('\n'),
            None => raw.ends_with('\n'),
        };
        if !ended && !raw.is_empty() {
            self.replace(raw.len()..raw.len(), "\n");
        }
        self.all.retain(|(range, with)| raw[range.clone()] != **with);
        self.all
    }
}

fn line_of<'a>(scan: &'a Scan<'_>, at: usize) -> &'a SourceLine {
    let after = scan.lines.partition_point(|line| line.start <= at);
    &scan.lines[after - 1]
}

/// Removes blanks and tabs before a line's first mark.
fn unindent(scan: &Scan<'_>, line: &SourceLine, to: usize, edits: &mut Edits) {
    if line.start < to && scan.raw[line.start..to].trim().is_empty() {
        edits.replace(line.start..to, "");
    }
}

/// `!! HEAD, phrase [[phrase, phrase]]`.
fn format_shot(scan: &Scan<'_>, id: SourceId, shot: &ShotLine, edits: &mut Edits) {
    let line = line_of(scan, shot.span.start as usize);
    let start = shot.span.start as usize;
    let bangs: usize = scan.bare[start..].chars().take(2).map(char::len_utf8).sum();
    let gaps = scan.gaps_in(&(start..line.end));
    let first_gap = gaps.first().map_or(line.end, |gap| gap.start);
    let words = scan.trimmed(start + bangs..first_gap);
    let reader = Reader { text: &scan.text, source: id };
    // Leave `1,5s` unchanged, so that its error stays visible.
    let halved = shot.phrases.iter().any(|phrase| matches!(phrase.kind, PhraseKind::BareNumber(_)));
    let spaced = |range: Range<usize>| {
        if halved { scan.text[range].to_owned() } else { separated(reader, Rule::phrases, range) }
    };
    unindent(scan, line, start, edits);
    match gaps {
        [] if words.is_empty() => {}
        [] => edits.replace(start + bangs..words.end, spaced_after(&spaced(words.clone()))),
        [tail]
            if tail.kind == GapKind::Note
                && scan.bare[tail.end..line.end].trim().is_empty()
                && !scan.text[tail.start..tail.end].contains(['\n', '\r'])
                && !holds_boneyard(scan, tail) =>
        {
            let content = tail.start + 2..tail.end - 2;
            let content = scan.trimmed_text(content);
            let content = match tail_of(scan, line.gaps.clone(), start) {
                Some(_) => spaced(content),
                None => scan.text[content].to_owned(),
            };
            let head = spaced_after(&spaced(words));
            edits.replace(start + bangs..tail.end, format!("{head} [[{content}]]"));
        }
        // Leave several notes or a boneyard as the author wrote them. In a head
        // they count as blanks of their length.
        _ => {
            edits.untouched.extend(gaps.iter().map(|gap| gap.start));
            let first = if words.is_empty() { first_gap } else { words.start };
            edits.replace(start + bangs..first, " ");
        }
    }
}

fn spaced_after(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}

/// The parts of a range with their separators; an ASCII separator gets a space.
fn separated(reader: Reader<'_>, rule: Rule, range: Range<usize>) -> String {
    let parts = reader.split(rule, range);
    let mut out = String::new();
    let mut before: Option<usize> = None;
    for part in parts {
        if let Some(end) = before {
            let separator = reader.text[end..part.start].trim();
            match separator {
                "," => out.push_str(", "),
                "|" => out.push_str(if out.is_empty() { "| " } else { " | " }),
                _ => out.push_str(separator),
            }
        }
        out.push_str(&reader.text[part.clone()]);
        before = Some(part.end);
    }
    out.trim_end().to_owned()
}

/// Whether a note contains a boneyard: the blanked text does not show it.
fn holds_boneyard(scan: &Scan<'_>, note: &Gap) -> bool {
    scan.raw[note.start..note.end] != scan.text[note.start..note.end]
}

/// `[[word: body | field]]`.
fn format_directive(scan: &Scan<'_>, id: SourceId, directive: &Directive, edits: &mut Edits) {
    let (start, end) = (directive.span.start as usize, directive.span.end as usize);
    unindent(scan, line_of(scan, start), start, edits);
    let note = Gap { start, end, kind: GapKind::Note };
    if scan.text[start..end].contains(['\n', '\r']) || holds_boneyard(scan, &note) {
        return;
    }
    let reader = Reader { text: &scan.text, source: id };
    let word = directive.word.span.end as usize;
    let rest = &scan.text[word..end - 2];
    let colon = rest.trim_start().chars().next().expect("a directive's word has a colon");
    let after = word + (rest.len() - rest.trim_start().len()) + colon.len_utf8();
    let body = separated(reader, Rule::fields, after..end - 2);
    let space = if colon == ':' && !body.is_empty() { " " } else { "" };
    let word = directive.word.value.as_str();
    edits.replace(start..end, format!("[[{word}{colon}{space}{body}]]"));
}

/// Removes blanks at the ends of lines and unifies line ends.
fn format_line(scan: &Scan<'_>, line: &SourceLine, speeches: &[Range<usize>], edits: &mut Edits) {
    for gap in scan.gaps_of(line) {
        // The length of a boneyard beside other text may matter.
        if edits.untouched.contains(&gap.start)
            || gap.kind == GapKind::Boneyard && line.kind != LineKind::Dropped
            || gap.kind == GapKind::Note && holds_boneyard(scan, gap)
        {
            continue;
        }
        line_ends(scan.raw, gap.start..gap.end, edits);
    }
    line_ends(scan.raw, line.end..(line.end + 1).min(scan.raw.len()), edits);

    let text = &scan.bare[line.start..line.end];
    let last_gap = scan.gaps_of(line).last().map_or(line.start, |gap| gap.end);
    let blank = line.start + text.trim_end_matches([' ', '\t']).len();
    let blank = blank.max(last_gap);
    if blank == line.end {
        return;
    }
    // "Two spaces" on an empty line continue a speech.
    let speech = speeches.partition_point(|speech| speech.end <= line.start);
    let in_speech = speeches.get(speech).is_some_and(|speech| speech.start < line.start);
    if line.kind == LineKind::Held && in_speech {
        return;
    }
    // A blank behind `CUT TO:` makes it action.
    let keeps = last_gap < blank && text.trim_end().ends_with("TO:");
    edits.replace(blank..line.end, if keeps { " " } else { "" });
}

/// Makes every line end that begins in a range `\n`.
fn line_ends(raw: &str, range: Range<usize>, edits: &mut Edits) {
    for (offset, _) in raw[range.clone()].match_indices('\r') {
        let at = range.start + offset;
        let length = if raw[at..].starts_with("\r\n") { 2 } else { 1 };
        edits.replace(at..at + length, "\n");
    }
}
