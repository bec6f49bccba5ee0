//! What the passes over a script share: its vocabulary, its names, its
//! messages and the files it was found to need.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexSet;

use super::names::{NameMatch, NameScope, NameTable};
use crate::breakdown::incremental::{Named, PassCache};
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::is_capitals;
use crate::breakdown::screenplay::{NameUsage, Subject};
use crate::breakdown::understand::errors;
use crate::diagnostic::{Diagnostic, Severity, did_you_mean};
use crate::source::{Sources, Span, Spanned};

/// How mistakes in what Photoplay adds are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strictness {
    /// `.play`: they are errors.
    #[default]
    Strict,
    /// `.fountain`: they are warnings; what is not understood is description.
    Lenient,
}

impl Strictness {
    /// By the name of a script.
    pub fn of(path: &Path) -> Self {
        match crate::script::Dialect::of(path) {
            crate::script::Dialect::Play => Self::Strict,
            crate::script::Dialect::Fountain => Self::Lenient,
        }
    }
}

impl Strictness {
    /// What is an error in a strict script is a warning in a lenient one.
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
    pub(crate) names: NameTable,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) files: IndexSet<PathBuf>,
    /// What was said and is not said again: names that several answer to, or nobody.
    pub(crate) said: BTreeSet<String>,
    /// Where everybody is named.
    pub(crate) usages: Vec<NameUsage>,
    /// What was understood before.
    pub(crate) memory: &'a mut PassCache,
    /// Whether what was read last hangs on more than its words: on what was
    /// said before it, or on who was named last.
    pub(crate) uses_earlier_text: bool,
}

impl Context<'_> {
    pub(crate) fn emit(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.extend(self.strictness.soften(vec![diagnostic]));
    }

    /// Whether something is to be said for the first time.
    pub(crate) fn is_first(&mut self, said: String) -> bool {
        self.said.insert(said)
    }

    /// From a stretch to the end of the line it ends in.
    pub(crate) fn line_of(&self, span: Span) -> Span {
        let text = &self.sources.get(span.source).text;
        let end = span.end as usize;
        let rest = text[end..].find(['\n', '\r']).unwrap_or(text.len() - end);
        Span { end: (end + rest) as u32, ..span }
    }

    /// `3:9`.
    pub(crate) fn position(&self, span: Span) -> String {
        let (line, column) = self.sources.get(span.source).line_column(span.start);
        format!("{line}:{column}")
    }

    /// A name in something we added: of several owners none is guessed.
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
            NameMatch::None => None,
        }
    }

    /// Remembers where somebody is named.
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

    /// Where names stand that were remembered with the words of a stretch.
    pub(crate) fn replay_usages(&mut self, named: &Named, written: Span) {
        self.usages.extend(named.iter().map(|(start, end, subject)| {
            let (start, end) = (written.start + start, written.start + end);
            NameUsage { span: Span { start, end, ..written }, subject: *subject }
        }));
    }

    /// The names found in a stretch since there were so many; `None` when
    /// something was said or depends on what stands elsewhere.
    pub(crate) fn cacheable_usages(
        &mut self,
        (usages, told): (usize, usize),
        written: Span,
    ) -> Option<Named> {
        if self.uses_earlier_text || self.diagnostics.len() != told {
            return None;
        }
        let within = |usage: &NameUsage| {
            let Span { source, start, end } = usage.span;
            (source == written.source && start >= written.start && end <= written.end)
                .then(|| (start - written.start, end - written.start, usage.subject))
        };
        self.usages[usages..].iter().map(within).collect()
    }

    /// How much was found and said so far.
    pub(crate) fn begin_line(&mut self) -> (usize, usize) {
        self.uses_earlier_text = false;
        (self.usages.len(), self.diagnostics.len())
    }

    /// The known name an unknown one is close to.
    pub(crate) fn near(&self, name: &str) -> Option<(String, Option<Span>)> {
        let near = did_you_mean(name, self.names.names())?;
        let owner = self.names.exactly(near).map(|owner| self.names.get(owner).origin);
        Some((near.to_owned(), owner))
    }

    /// Message 4: a name nobody answers to.
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

    /// Capitals that nobody answers to: a slip of a known name, else a thing.
    pub(crate) fn undeclared(&mut self, name: &Spanned<String>) {
        if self.near(&name.value).is_some() {
            self.unknown_name(name);
        } else if is_capitals(&name.value) {
            self.uses_earlier_text = true;
            if self.is_first(name.value.clone()) {
                self.emit(errors::undeclared_thing(name));
            }
        }
    }
}
