//! Renames a person or thing everywhere: entries, cues, shot lines, action,
//! speech and notes. Keeps the case of letters.

use std::mem::discriminant;
use std::ops::Range;
use std::sync::Arc;

use gen_lsp_types as lsp;
use lsp::PrepareRenamePlaceholder;
use unicode_segmentation::UnicodeSegmentation as _;

use super::analysis::Analysis;
use super::cursor::{CursorTarget, target_at};
use super::view::View;
use crate::analysis::analyze;
use crate::breakdown::Strictness;
use crate::breakdown::screenplay::{NameUsage, Subject};
use crate::script::tree::Tree;
use crate::source::files::{MemoryFiles, OverlayFiles};
use crate::source::{Source, SourceId, Sources, Span};

/// The name at a byte, if it can be renamed.
pub(super) fn prepare(view: &View<'_>, byte: usize) -> Option<PrepareRenamePlaceholder> {
    match target_at(view.analysis, byte)? {
        CursorTarget::Name(_, span) => Some(PrepareRenamePlaceholder {
            range: view.range(span),
            placeholder: view.analysis.slice(span).to_owned(),
        }),
        _ => None,
    }
}

/// The edits that rename what is at a byte, or the reason why it cannot be
/// renamed.
pub(super) fn rename(
    view: &View<'_>,
    byte: usize,
    name: &str,
) -> Result<Vec<(Span, String)>, String> {
    let Some(CursorTarget::Name(subject, span)) = target_at(view.analysis, byte) else {
        return Err("only somebody or something with a name can be renamed".to_owned());
    };
    let (old, new) = (words(view.analysis.slice(span)), words(name));
    if new.is_empty() || old.is_empty() || name.contains(['[', ']', '|', ',', '=', '\n', '\r', ':'])
    {
        return Err(format!("`{name}` cannot be a name"));
    }
    if let Some(taken) = owner(view, &new, subject) {
        return Err(format!("somebody is already called {taken}"));
    }
    let change = Change::new(upper(&old), new);
    let mut edits = Vec::new();
    let mut named: Vec<Range<usize>> = Vec::new();
    for usage in &view.analysis.screenplay.usages {
        if usage.span.source == view.analysis.id {
            named.push(usage.span.start as usize..usage.span.end as usize);
        }
        if view.analysis.same_person(usage.subject, subject) {
            let written = view.analysis.slice(usage.span);
            if let Some(with) = change.of(written)
                && with != written
            {
                edits.push((usage.span, with));
            }
        }
    }
    edits.extend(spoken(view, subject, &change, &named));
    edits.sort_by_key(|(span, _)| *span);
    edits.dedup_by_key(|(span, _)| *span);
    if !reads_back(view.analysis, &edits) {
        return Err(format!("`{name}` would not be read as a name everywhere; choose another"));
    }
    Ok(edits)
}

/// Whether a script after some edits has the same elements and names the same people at
/// the same places.
fn reads_back(analysis: &Analysis, edits: &[(Span, String)]) -> bool {
    let mut above = MemoryFiles::new();
    for source in analysis.sources.iter().filter(|source| source.id != analysis.id) {
        above.insert(&source.path, edited(source, edits));
    }
    let below = analysis.sources.shared_files();
    let mut sources = Sources::new(Arc::new(OverlayFiles { above, below }));
    let script = analysis.source();
    let id = sources.add(&script.path, edited(script, edits));
    let again = analyze(&mut sources, id, Strictness::of(&script.path));
    let kinds = |tree: &Tree| -> Vec<_> {
        tree.elements.iter().map(|element| discriminant(&element.kind)).collect()
    };
    let names = |usages: &[NameUsage], source: SourceId| -> Vec<(u32, Subject)> {
        let own = usages.iter().filter(|usage| usage.span.source == source);
        own.filter(|usage| usage.subject.is_named())
            .map(|usage| (usage.span.start, usage.subject))
            .collect()
    };
    let moved = names(&analysis.screenplay.usages, analysis.id)
        .into_iter()
        .map(|(start, subject)| (moved(start, analysis.id, edits), subject));
    kinds(&analysis.tree) == kinds(&again.tree)
        && moved.eq(names(&again.screenplay.usages, id))
        && analysis.screenplay.subjects.named().len() == again.screenplay.subjects.named().len()
}

/// The text of a source with edits, which are in their order.
fn edited(source: &Source, edits: &[(Span, String)]) -> String {
    let mut text = source.text.clone();
    for (span, with) in edits.iter().filter(|(span, _)| span.source == source.id).rev() {
        text.replace_range(span.start as usize..span.end as usize, with);
    }
    text
}

/// Where a byte of a source is after edits.
fn moved(byte: u32, source: SourceId, edits: &[(Span, String)]) -> u32 {
    let before = edits.iter().filter(|(span, _)| span.source == source && span.start < byte);
    before.fold(byte, |at, (span, with)| at + with.len() as u32 - (span.end - span.start))
}

/// Another person or thing that has the new name already.
fn owner<'a>(view: &View<'a>, name: &[&str], subject: Subject) -> Option<&'a str> {
    let wanted = upper(name);
    let subjects = view.analysis.screenplay.subjects.named().iter().enumerate();
    subjects
        .filter(|(index, _)| !view.analysis.same_person(Subject(*index), subject))
        .find(|(_, who)| {
            std::iter::once(&who.name).chain(&who.also).any(|name| upper(&words(name)) == wanted)
        })
        .map(|(_, who)| who.name.as_str())
}

/// The changed words of a name outside cues and mentions: in speech, notes,
/// headings and synopses. Skips words that may mean something or somebody else.
fn spoken(
    view: &View<'_>,
    subject: Subject,
    change: &Change<'_>,
    named: &[Range<usize>],
) -> Vec<(Span, String)> {
    let vocabulary = &view.analysis.screenplay.vocabulary;
    let changed: Vec<&(String, String)> = change
        .pairs
        .iter()
        .filter(|(old, _)| {
            let lower = old.to_lowercase();
            let common = [
                &vocabulary.ambiguous,
                &vocabulary.titles,
                &vocabulary.particles,
                &vocabulary.people,
                &vocabulary.groups,
                &vocabulary.qualifiers,
                &vocabulary.ages,
            ];
            !common.iter().any(|list| list.contains(&lower)) && !is_anothers(view, subject, old)
        })
        .collect();
    if changed.is_empty() {
        return Vec::new();
    }
    let text = view.analysis.text();
    let mut found = Vec::new();
    for (start, word) in text.unicode_word_indices() {
        if !word.starts_with(char::is_uppercase) {
            continue;
        }
        let renamed = |word: &str| {
            let key = word.to_uppercase();
            changed.iter().find(|(old, _)| *old == key)
        };
        let bare = match vocabulary.grammar.owner(word) {
            Some(owner) if renamed(word).is_none() => owner,
            _ => word,
        };
        let Some((_, new)) = renamed(bare) else { continue };
        let after = named.partition_point(|range| range.start <= start);
        let known = after.checked_sub(1).is_some_and(|at| named[at].end > start);
        if !known {
            let span = Span::new(view.analysis.id, start, start + bare.len());
            found.push((span, cased(new, bare)));
        }
    }
    found
}

/// Whether a word is part of another name too.
fn is_anothers(view: &View<'_>, subject: Subject, word: &str) -> bool {
    view.analysis.screenplay.subjects.named().iter().enumerate().any(|(index, who)| {
        !view.analysis.same_person(Subject(index), subject)
            && words(&who.name).iter().any(|other| other.to_uppercase() == word)
    })
}

/// A renaming.
struct Change<'a> {
    /// The old name, in capitals.
    old: Vec<String>,
    new: Vec<&'a str>,
    /// Old words in capitals, each with its new word.
    pairs: Vec<(String, String)>,
}

impl<'a> Change<'a> {
    fn new(old: Vec<String>, new: Vec<&'a str>) -> Self {
        let pairs = if old.len() == new.len() {
            let pairs = old.iter().zip(&new).map(|(old, new)| (old.clone(), (*new).to_owned()));
            pairs.filter(|(old, new)| *old != new.to_uppercase()).collect()
        } else if let [only] = old.as_slice() {
            vec![(only.clone(), new.join(" "))]
        } else {
            Vec::new()
        };
        Self { old, new, pairs }
    }

    /// A written form of the name, renamed.
    fn of(&self, written: &str) -> Option<String> {
        let own = words(written);
        let keys = upper(&own);
        // The name itself, or part of a longer one: YOUNG IDA.
        if let Some(at) = keys.windows(self.old.len()).position(|window| window == self.old) {
            let first = offset(written, own[at]);
            let last = own[at + self.old.len() - 1];
            let end = offset(written, last) + last.len();
            let with = cased(&self.new.join(" "), &written[first..end]);
            return Some(format!("{}{with}{}", &written[..first], &written[end..]));
        }
        // A part of the name: MISS VOSS.
        if !self.pairs.is_empty() && self.old.len() == self.new.len() {
            let mut out = written.to_owned();
            let mut any = false;
            for (word, key) in own.iter().zip(&keys).rev() {
                if let Some((_, new)) = self.pairs.iter().find(|(old, _)| old == key) {
                    let start = offset(written, word);
                    out.replace_range(start..start + word.len(), &cased(new, word));
                    any = true;
                }
            }
            return any.then_some(out);
        }
        // One word of a name whose new form has another number of words.
        let [only] = keys.as_slice() else { return None };
        let new = if self.old.last() == Some(only) { self.new.last() } else { self.new.first() };
        self.old.contains(only).then(|| cased(new.unwrap_or(&""), written))
    }
}

/// The byte range of a subslice in its text.
fn offset(text: &str, word: &str) -> usize {
    word.as_ptr() as usize - text.as_ptr() as usize
}

fn words(name: &str) -> Vec<&str> {
    name.split_whitespace().collect()
}

fn upper(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_uppercase()).collect()
}

/// A name in the case of another text.
fn cased(name: &str, like: &str) -> String {
    let lower = like.chars().any(char::is_lowercase);
    let capital = like.chars().any(char::is_uppercase);
    match (capital, lower) {
        (true, false) => name.to_uppercase(),
        // `Ida` for IDA.
        (true, true) if !name.chars().any(char::is_lowercase) => {
            name.split(' ').map(title).collect::<Vec<_>>().join(" ")
        }
        _ => name.to_owned(),
    }
}

fn title(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_others_and_keep_their_case() {
        let renamed = |old: &str, new: &'static str, written: &str| {
            Change::new(upper(&words(old)), words(new)).of(written)
        };
        let cases = [
            ("IDA VOSS", "EVA VOSS", "IDA VOSS", Some("EVA VOSS")),
            ("IDA VOSS", "Eva Voss", "Ida", Some("Eva")),
            ("IDA VOSS", "EVA VOSS", "Ida", Some("Eva")),
            ("IDA VOSS", "EVA KELLER", "Miss Voss", Some("Miss Keller")),
            ("IDA", "EVA", "YOUNG IDA", Some("YOUNG EVA")),
            ("Ida", "Eva Maria", "IDA VOSS", Some("EVA MARIA VOSS")),
            ("IDA VOSS", "EVA", "VOSS", Some("EVA")),
            ("MARA", "NORA", "Mara", Some("Nora")),
            ("MARA", "NORA", "the watchmaker", None),
        ];
        for (old, new, written, expected) in cases {
            let expected = expected.map(str::to_owned);
            assert_eq!(renamed(old, new, written), expected, "{old} -> {new} in {written}");
        }
    }
}
