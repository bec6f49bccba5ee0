//! Parses the title page, if a script has one.
//!
//! Knows the first lines of a script; does not know the meaning of keys.

use std::ops::Range;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::dialect::Dialect;
use super::grammar::{self, Rule};
use super::lines::LineReader;
use super::scan::{LineKind, Scan, SourceLine};
use super::tree::TitleEntry;
use crate::source::{SourceId, Spanned};

/// `stdlib/title_page.yaml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TitlePageWords {
    keys: IndexMap<String, Vec<String>>,
    openers: Vec<String>,
}

/// What of `stdlib/furniture.yaml` concerns the first line of a script.
#[derive(Deserialize)]
struct Furniture {
    supers: Vec<String>,
}

static WORDS: LazyLock<TitlePageWords> = LazyLock::new(|| {
    let mut words: TitlePageWords =
        serde_yaml::from_str(include_str!("../../stdlib/title_page.yaml"))
            .expect("stdlib/title_page.yaml is embedded and tested");
    let Furniture { supers } = serde_yaml::from_str(include_str!("../../stdlib/furniture.yaml"))
        .expect("stdlib/furniture.yaml is embedded and tested");
    words.openers.extend(supers);
    words
});

/// The keys that a title page usually has.
pub(crate) fn title_keys() -> impl Iterator<Item = &'static str> {
    WORDS.keys.keys().map(String::as_str)
}

/// The usual key that a word is, in any case: `author` for `Authors`.
pub(crate) fn title_key(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let is_word = |(key, also): &(&String, &Vec<String>)| **key == word || also.contains(&word);
    WORDS.keys.iter().find(is_word).map(|(key, _)| key.as_str())
}

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
                    let value = match self.key_and_value(line) {
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

    fn key_and_value(&self, line: &SourceLine) -> Option<(Spanned<String>, Range<usize>)> {
        let pairs = grammar::read(Rule::title_line, &self.scan.bare[line.start..line.end])?;
        let (start, end) = grammar::range(&grammar::find(&pairs, Rule::title_key)?, line.start);
        Some((self.spanned(start..end), end + 1..line.end))
    }

    fn opens_title_page(&self, line: &SourceLine, next: Option<&SourceLine>) -> bool {
        let Some((key, value)) = self.key_and_value(line) else { return false };
        let known = title_key(&key.value).is_some();
        let word = key.value.to_lowercase();
        // `FADE IN:` and `SUPER:` open a film; a sentence may have a colon too.
        if (!known && WORDS.openers.contains(&word))
            || word.ends_with(" to")
            || word.split_whitespace().count() > 3
            || self.shape(line).rule != Rule::plain
            || self.alone(&self.scan.trimmed(line.start..line.end)) == Rule::natural_heading
        {
            return false;
        }
        let indented = |line: &SourceLine| {
            let text = &self.scan.bare[line.start..line.end];
            line.kind == LineKind::Text && (text.starts_with('\t') || text.starts_with("   "))
        };
        known || !self.scan.trimmed(value).is_empty() || next.is_some_and(indented)
    }
}
