//! What the passes over a script share: its vocabulary, its names, its
//! diagnostics and the files it needs.
//!
//! Knows no line of a script; the passes read those.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexSet;

use super::extras::Extras;
use super::names::{NameMatch, NameScope, NameTable};
use crate::breakdown::language::nouns::SentenceWords;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::is_capitals;
use crate::breakdown::screenplay::{NameUsage, Subject};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::source::{Sources, Span, Spanned};

/// Names in a stretch of a script: their starts and ends, in bytes from its
/// start, and whom they mean.
pub(crate) type RelativeUsages = Vec<(u32, u32, Subject)>;

/// How grave mistakes in Photoplay's own notation are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// `.play`: they are errors.
    #[default]
    Strict,
    /// `.fountain`: they are warnings; words without a meaning are description.
    Lenient,
}

impl Strictness {
    /// By the extension of a script's path.
    pub fn of(path: &Path) -> Self {
        match crate::script::Dialect::of(path) {
            crate::script::Dialect::Play => Self::Strict,
            crate::script::Dialect::Fountain => Self::Lenient,
        }
    }

    /// Makes warnings of the errors, if lenient.
    pub fn soften(self, mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        for diagnostic in &mut diagnostics {
            if self == Self::Lenient && diagnostic.severity == Severity::Error {
                diagnostic.severity = Severity::Warning;
            }
        }
        diagnostics
    }
}

/// A script being understood.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) project: &'a Path,
    pub(crate) strictness: Strictness,
    pub(crate) vocabulary: Arc<Vocabulary>,
    /// The words by which its sentences show somebody, if its language has them.
    pub(crate) sentence_words: Option<&'static SentenceWords>,
    pub(crate) names: NameTable,
    /// The subjects without a name in the current scene.
    pub(crate) extras: Extras,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) files: IndexSet<PathBuf>,
    /// Where the script names somebody.
    pub(crate) usages: Vec<NameUsage>,
    /// Whether something in the current scene or line depends on more than its text, the
    /// names and the state of the story: on earlier diagnostics, on the last named
    /// character, on other sets or on files. Then it must not be cached.
    pub(crate) depends_on_more: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn emit(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.extend(self.strictness.soften(vec![diagnostic]));
    }

    /// Extends a span to the end of the line it ends in.
    pub(crate) fn line_of(&self, span: Span) -> Span {
        let text = &self.sources.get(span.source).text;
        let end = span.end as usize;
        let rest = text[end..].find(['\n', '\r']).unwrap_or(text.len() - end);
        Span { end: (end + rest) as u32, ..span }
    }

    /// `3:9`.
    pub(crate) fn position(&mut self, span: Span) -> String {
        self.depends_on_more = true;
        let (line, column) = self.sources.get(span.source).line_column(span.start);
        format!("{line}:{column}")
    }

    /// Whom a name in Photoplay's own notation means. A name that several people
    /// answer to is an error there.
    pub(crate) fn subject(&mut self, name: &Spanned<String>, at: &NameScope) -> Option<Subject> {
        match self.names.find(&name.value, at, &self.vocabulary) {
            NameMatch::One(subject) => {
                self.record_usage(subject, name);
                Some(subject)
            }
            NameMatch::Several(several) => {
                let owners = several.iter().map(|owner| self.names.get(*owner).clone()).collect();
                self.emit(errors::several_answer(name, owners));
                None
            }
            NameMatch::None => self.extra(&name.value),
        }
    }

    /// The extra or prop of the scene that words mean: `the fox`.
    pub(crate) fn extra(&self, words: &str) -> Option<Subject> {
        self.extras.meant(words, self.sentence_words?)
    }

    /// Records where the script names somebody.
    pub(crate) fn record_usage(&mut self, subject: Subject, name: &Spanned<String>) {
        let mut span = name.span;
        let written = self.sources.get(span.source).slice(span);
        if written.starts_with(&name.value) {
            span.end = span.start + name.value.len() as u32;
        }
        if span.start < span.end {
            self.usages.push(NameUsage { span, subject });
        }
    }

    /// Records the names of a cached stretch at its present place.
    pub(crate) fn replay_usages(&mut self, usages: &RelativeUsages, written: Span) {
        self.usages.extend(usages.iter().map(|(start, end, subject)| {
            let (start, end) = (written.start + start, written.start + end);
            NameUsage { span: Span { start, end, ..written }, subject: *subject }
        }));
    }

    /// The key of a cached stretch. It contains the place and time line where the
    /// meaning of some name depends on them.
    pub(crate) fn cache_key(&self, written: Span, at: &NameScope) -> Cow<'a, str> {
        let text = self.sources.get(written.source).slice(written);
        if !self.names.depends_on_place() {
            return Cow::Borrowed(text);
        }
        let place = at.place.map_or(0, |place| place.0 + 1);
        Cow::Owned(format!("{place} {}\0{text}", at.timeline))
    }

    /// The key of a cached shot line, which may speak of the scene's extras.
    pub(crate) fn shot_line_key(&self, written: Span, at: &NameScope) -> Cow<'a, str> {
        let key = self.cache_key(written, at);
        match self.extras.digest() {
            0 => key,
            digest => Cow::Owned(format!("{digest:x}\0{key}")),
        }
    }

    /// Reads a stretch, with the names recorded in it; `None` when the stretch must not
    /// be cached: it caused a diagnostic, depends on more than its text, or names
    /// somebody outside itself.
    pub(crate) fn read_line<T>(
        &mut self,
        written: Span,
        read: impl FnOnce(&mut Self) -> T,
    ) -> (T, Option<RelativeUsages>) {
        let outer = std::mem::take(&mut self.depends_on_more);
        let (usages, diagnostics) = (self.usages.len(), self.diagnostics.len());
        let value = read(self);
        let pure = !self.depends_on_more && self.diagnostics.len() == diagnostics;
        let usages = pure.then(|| self.relative_usages(usages, written)).flatten();
        self.depends_on_more |= outer;
        (value, usages)
    }

    /// The names recorded in a stretch since there were so many; `None` if one of them
    /// is outside of it.
    pub(crate) fn relative_usages(&self, since: usize, written: Span) -> Option<RelativeUsages> {
        let within = |usage: &NameUsage| {
            let Span { source, start, end } = usage.span;
            (source == written.source && start >= written.start && end <= written.end)
                .then(|| (start - written.start, end - written.start, usage.subject))
        };
        self.usages[since..].iter().map(within).collect()
    }

    /// The known name that an unknown one resembles, and where it was entered.
    pub(crate) fn near(&self, name: &str) -> Option<(String, Option<Span>)> {
        let near = did_you_mean(name, self.names.names())?;
        let owner = self.names.exactly(near).map(|owner| self.names.get(owner).origin);
        Some((near.to_owned(), owner))
    }

    /// Emits the diagnostic of a name that nobody has.
    pub(crate) fn unknown_name(&mut self, name: &Spanned<String>) {
        let near = self.near(&name.value).map(|(near, origin)| {
            let label = match origin {
                Some(origin) => format!("did you mean {near} (cast at {})?", self.position(origin)),
                None => format!("did you mean {near}?"),
            };
            (near, label)
        });
        self.emit(errors::no_one_is_called(name, near));
    }

    /// Emits the diagnostic of words in capitals that nobody has as a name: they misspell a
    /// known name, or they are an undeclared thing.
    pub(crate) fn undeclared(&mut self, name: &Spanned<String>) {
        if self.near(&name.value).is_some() {
            self.unknown_name(name);
        } else if is_capitals(&name.value) {
            self.emit(errors::undeclared_thing(name));
        }
    }
}
