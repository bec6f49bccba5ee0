//! Parses a whole script: title page, blocks, unclosed notes.
//!
//! Knows the order of reading; does not know lines.

use std::ops::Range;

use super::blocks::Blocks;
use super::dialect::Dialect;
use super::scan::{self, GapKind, LineKind, Scan};
use super::title_page::title_page;
use super::tree::Tree;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{SourceId, Sources, Span};

/// Parses a file in the dialect of its file name.
pub fn parse(sources: &Sources, id: SourceId) -> (Tree, Vec<Diagnostic>) {
    parse_as(sources, id, Dialect::of(&sources.get(id).path))
}

/// Parses a file.
pub fn parse_as(sources: &Sources, id: SourceId, dialect: Dialect) -> (Tree, Vec<Diagnostic>) {
    parse_again(sources, id, dialect, &mut Blocks::default())
}

/// Parses a file and reuses the blocks of earlier passes.
pub(crate) fn parse_again(
    sources: &Sources,
    id: SourceId,
    dialect: Dialect,
    blocks: &mut Blocks,
) -> (Tree, Vec<Diagnostic>) {
    let scan = scan::scan(&sources.get(id).text);
    let (title_page, body) = title_page(&scan, id, dialect);
    let mut diagnostics = unclosed(&scan, id);
    blocks.begin(dialect);
    let ranges = scan.lines[body..].split(|line| line.kind == LineKind::Blank);
    let ranges = ranges.filter_map(|lines| Some(lines.first()?.start..lines.last()?.end));
    let ranges: Vec<Range<usize>> = ranges.collect();
    let elements = blocks.read(id, scan.raw, &ranges, &mut diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.span);
    (Tree { title_page, elements }, diagnostics)
}

/// The most unclosed notes that are reported; a file with more is not a script.
const MOST_UNCLOSED: usize = 100;

fn unclosed(scan: &Scan<'_>, id: SourceId) -> Vec<Diagnostic> {
    let (mut line, mut line_start, mut at) = (1, 0, 0);
    scan.unclosed
        .iter()
        .take(MOST_UNCLOSED)
        .map(|&(start, kind)| {
            for (offset, _) in scan.raw[at..start].match_indices('\n') {
                (line, line_start) = (line + 1, at + offset + 1);
            }
            at = start;
            let column = scan.raw[line_start..start].chars().count() + 1;
            let (what, code, help) = match kind {
                GapKind::Note => (
                    "note",
                    Code::UnclosedNote,
                    "close it with `]]`; an empty line inside a note needs two spaces",
                ),
                GapKind::Boneyard => ("boneyard", Code::UnclosedBoneyard, "close it with `*/`"),
            };
            Diagnostic::warning(
                code,
                Span::new(id, start, start + 2),
                format!(
                    "the {what} opened at {line}:{column} is never closed; everything after it is \
                     read as script"
                ),
            )
            .help(help)
        })
        .collect()
}
