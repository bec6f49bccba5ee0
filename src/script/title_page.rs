//! Parses the title page, if a script has one.
//!
//! Knows the first lines of a script; does not know the meaning of keys.

use std::ops::Range;

use super::dialect::Dialect;
use super::grammar::{self, Rule};
use super::lines::LineReader;
use super::scan::{LineKind, Scan, SourceLine};
use super::tree::TitleEntry;
use crate::source::{SourceId, Spanned};

/// The title page of a script, and the index of the line after it.
pub(super) fn title_page(
    scan: &Scan<'_>,
    source: SourceId,
    dialect: Dialect,
) -> (Vec<TitleEntry>, usize) {
    LineReader::new(scan, source, dialect).title_page()
}

impl LineReader<'_> {
    /// Parses "the first thing in the document". One colon does not make a
    /// title page: half of all scripts begin with `FADE IN:`.
    fn title_page(&self) -> (Vec<TitleEntry>, usize) {
        let lines = &self.scan.lines;
        let skipped = |line: &&SourceLine| line.kind != LineKind::Text;
        let first = lines.iter().take_while(skipped).count();
        if lines[..first].iter().any(|line| line.kind == LineKind::Notes)
            || !lines
                .get(first)
                .is_some_and(|line| self.opens_title_page(line, lines.get(first + 1)))
        {
            return (Vec::new(), 0);
        }
        let mut entries: Vec<TitleEntry> = Vec::new();
        let mut at = first;
        while let Some(line) = lines.get(at) {
            match line.kind {
                LineKind::Blank | LineKind::Held => break,
                LineKind::Dropped => {}
                LineKind::Notes | LineKind::Text => {
                    let value = match self.title_key(line) {
                        Some((key, value)) => {
                            entries.push(TitleEntry { key, values: Vec::new() });
                            value
                        }
                        None => line.start..line.end,
                    };
                    let range = self.scan.trimmed(value);
                    if let Some(entry) = entries.last_mut()
                        && !range.is_empty()
                    {
                        let words = self.scan.words(range.clone());
                        entry.values.push(Spanned::new(words, self.span(range)));
                    }
                }
            }
            at += 1;
        }
        (entries, at)
    }

    fn title_key(&self, line: &SourceLine) -> Option<(Spanned<String>, Range<usize>)> {
        let pairs = grammar::read(Rule::title_line, &self.scan.bare[line.start..line.end])?;
        let (start, end) = grammar::range(&grammar::find(&pairs, Rule::title_key)?, line.start);
        Some((self.spanned(start..end), end + 1..line.end))
    }

    fn opens_title_page(&self, line: &SourceLine, next: Option<&SourceLine>) -> bool {
        let Some((key, value)) = self.title_key(line) else { return false };
        let word = key.value.to_uppercase();
        // `FADE IN:` and `SUPER:` open a film; a sentence may have a colon too.
        if word.ends_with(" TO")
            || word.split_whitespace().count() > 3
            || matches!(
                word.as_str(),
                "FADE IN" | "FADE OUT" | "SUPER" | "TITLE OVER" | "CHYRON" | "BLACK"
            )
            || self.shape(line).rule != Rule::plain
            || self.alone(&self.scan.trimmed(line.start..line.end)) == Rule::natural_heading
        {
            return false;
        }
        let known = matches!(
            word.as_str(),
            "TITLE"
                | "CREDIT"
                | "AUTHOR"
                | "AUTHORS"
                | "SOURCE"
                | "DRAFT DATE"
                | "DATE"
                | "CONTACT"
        );
        let indented = |line: &SourceLine| {
            let text = &self.scan.bare[line.start..line.end];
            line.kind == LineKind::Text && (text.starts_with('\t') || text.starts_with("   "))
        };
        known || !self.scan.trimmed(value).is_empty() || next.is_some_and(indented)
    }
}
