//! `cast.yaml` beside the script: an optional bible of cast, places and props,
//! as an alternative to entries in the script.
//!
//! Knows the form of the file; `cast` knows what an entry means.
//!
//! ```yaml
//! cast:
//!   IDA VOSS:
//!     person: a woman of forty, grey eyes
//!     wearing: a clerk's brown waistcoat
//!     also: [IDA, MISS VOSS]
//!   YOUNG IDA: { same as: IDA VOSS, person: eleven years old }
//! props:
//!   THE LEDGER: a tall green ledger with brass corners
//! ```

use std::path::{Path, PathBuf};

use serde_yaml::{Mapping, Value};

use super::cast::{self, Entry, EntryField};
use crate::breakdown::description::Face;
use crate::breakdown::language::speakers::VoiceBlend;
use crate::breakdown::screenplay::Kind;
use crate::breakdown::understand::errors;
use crate::breakdown::understand::files;
use crate::diagnostic::{Code, Diagnostic, did_you_mean};
use crate::source::{SourceId, Sources, Span, Spanned};

const SECTIONS: &[(&str, Option<Kind>)] = &[
    ("cast", Some(Kind::Cast)),
    ("voices", Some(Kind::Voice)),
    ("groups", Some(Kind::Group)),
    ("props", Some(Kind::Prop)),
    ("places", None),
];

/// Reads `cast.yaml` of a project, if there is one.
pub(crate) fn read(
    sources: &mut Sources,
    project: &Path,
    files: &mut Vec<PathBuf>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Entry> {
    let path = project.join("cast.yaml");
    // `watch` waits for it if it does not exist yet.
    files.push(path.clone());
    if !sources.files().exists(&path) {
        return Vec::new();
    }
    let id = match files::yaml(sources, &path) {
        Ok(id) => id,
        Err(error) => {
            diagnostics.push(Diagnostic::error(Code::UnreadableFile, None, error.to_string()));
            return Vec::new();
        }
    };
    let text = sources.get(id).text.as_str();
    let mut bible = Bible { id, text, at: 0, diagnostics, entries: Vec::new() };
    match serde_yaml::from_str::<Value>(text) {
        Ok(Value::Mapping(sections)) => bible.sections(&sections),
        Ok(Value::Null) => {}
        Ok(_) => {
            let message = "a cast file has sections: cast, voices, groups, props, places";
            bible.diagnostics.push(errors::bad_bible(bible.whole(), message, "begin with `cast:`"));
        }
        Err(error) => {
            let at = error.location().map_or(0, |location| location.index().min(text.len()));
            let message = format!("`cast.yaml` is not YAML: {error}");
            let span = Span::new(id, at, at);
            bible.diagnostics.push(errors::bad_bible(
                span,
                &message,
                "indent with blanks, and quote words with a colon in them",
            ));
        }
    }
    bible.entries
}

struct Bible<'a> {
    id: SourceId,
    text: &'a str,
    /// How far keys have been found; they come in the order of the file.
    at: usize,
    diagnostics: &'a mut Vec<Diagnostic>,
    entries: Vec<Entry>,
}

impl Bible<'_> {
    fn whole(&self) -> Span {
        Span::new(self.id, 0, self.text.lines().next().map_or(0, str::len))
    }

    /// The span of the next line beginning that is this key.
    fn locate(&mut self, words: &str) -> Span {
        let found =
            self.text[self.at..].match_indices(words).map(|(at, _)| self.at + at).find(|at| {
                let line = self.text[..*at].rfind('\n').map_or(0, |at| at + 1);
                self.text[line..*at]
                    .trim_matches([' ', '\t', '"', '\'', '{', ',', '-', '['])
                    .is_empty()
                    || self.text[line..*at].contains(['{', ':', '['])
            });
        match found {
            Some(at) => {
                self.at = at;
                Span::new(self.id, at, at + words.len())
            }
            None => self.whole(),
        }
    }

    fn sections(&mut self, sections: &Mapping) {
        for (key, value) in sections {
            let name = text_of(key);
            let span = self.locate(&name);
            let Some((_, kind)) = SECTIONS.iter().find(|(section, _)| *section == name) else {
                let near = did_you_mean(&name, SECTIONS.iter().map(|(section, _)| *section));
                let known: Vec<&str> = SECTIONS.iter().map(|(section, _)| *section).collect();
                let field = Spanned::new(name, span);
                self.diagnostics.push(errors::unknown_key(&field, near, &known));
                continue;
            };
            match value {
                Value::Mapping(entries) => {
                    for (key, value) in entries {
                        self.entry(&text_of(key), value, *kind);
                    }
                }
                Value::Null => {}
                _ => {
                    let message = format!("`{name}` holds names, each with a description");
                    self.diagnostics.push(errors::bad_bible(
                        span,
                        &message,
                        "for example `MARA: a watchmaker`",
                    ));
                }
            }
        }
    }

    fn entry(&mut self, name: &str, value: &Value, kind: Option<Kind>) {
        let span = self.locate(name);
        let mut entry = Entry {
            name: Spanned::new(name.to_owned(), span),
            kind,
            words: String::new(),
            outfit: String::new(),
            also: Vec::new(),
            reference: None,
            face: Face::Seen,
            same_as: None,
            voice: None,
            say: None,
        };
        match value {
            Value::Mapping(fields) => {
                for (key, value) in fields {
                    self.field(&mut entry, &text_of(key), value);
                }
            }
            other => entry.words = text_of(other),
        }
        self.entries.push(entry);
    }

    fn field(&mut self, entry: &mut Entry, key: &str, value: &Value) {
        let span = self.locate(key);
        let words = text_of(value);
        match EntryField::of(key) {
            Some(EntryField::Person) => entry.words = words,
            Some(EntryField::Wearing) => entry.outfit = words,
            Some(EntryField::Also) => {
                let names = match value {
                    Value::Sequence(names) => names.iter().map(text_of).collect(),
                    _ => words.split(',').map(|name| name.trim().to_owned()).collect::<Vec<_>>(),
                };
                entry.also = names.into_iter().map(|name| Spanned::new(name, span)).collect();
            }
            Some(EntryField::Reference) => entry.reference = Some(Spanned::new(words, span)),
            Some(EntryField::Face) => match cast::face(&words) {
                Some(face) => entry.face = face,
                None => self.diagnostics.push(errors::bad_face(&Spanned::new(words, span))),
            },
            Some(EntryField::Voice) => match VoiceBlend::parse(&words) {
                Ok(voice) => entry.voice = Some(Spanned::new(voice, span)),
                Err(bad) => {
                    self.diagnostics.push(cast::bad_voice(&Spanned::new(words, span), &bad));
                }
            },
            Some(EntryField::Say) => entry.say = Some(words),
            Some(EntryField::SameAs) => entry.same_as = Some(Spanned::new(words, span)),
            None => {
                let near = did_you_mean(key, EntryField::KEYS);
                let field = Spanned::new(key.to_owned(), span);
                self.diagnostics.push(errors::unknown_key(&field, near, &EntryField::KEYS));
            }
        }
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        Value::Number(number) => number.to_string(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        _ => String::new(),
    }
}
