//! Diagnostics: messages for the author, each with a place, a label and a
//! remedy.
//!
//! Knows spans; does not know how diagnostics are drawn.

pub mod codes;

use serde::Serialize;

pub use self::codes::{Code, Severity};
use crate::source::Span;

/// A diagnostic. Texts are lower case, specific, without a final full stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The code, e.g. `unknown-move`.
    pub code: Code,
    /// The severity.
    pub severity: Severity,
    /// The mistake: `` `slow dolley in` is not a camera move ``.
    pub message: String,
    /// Its place; `None` if it concerns a whole file.
    pub span: Option<Span>,
    /// The words that it is about; its place is narrowed to them when the text is at hand.
    #[serde(skip)]
    pub about: Option<String>,
    /// The label at the span: ``did you mean `slow dolly in`?``.
    pub label: Option<String>,
    /// Related places, each with a label: `first, here`.
    pub related: Vec<(Span, String)>,
    /// The remedy.
    pub help: Option<String>,
    /// Fixes that an editor can apply, the likeliest first.
    pub fixes: Vec<Fix>,
    /// An entry that an editor can add to the script: `[[cast: IDA, a clerk]]`.
    pub entry: Option<String>,
}

/// A fix that an editor can apply: all edits or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Its title: ``write `slow dolly in` ``.
    pub title: String,
    /// Ranges and their new texts; no two overlap.
    pub edits: Vec<(Span, String)>,
}

impl Diagnostic {
    /// Every place that it speaks of.
    pub(crate) fn spans(&mut self) -> impl Iterator<Item = &mut Span> {
        let fixes = self.fixes.iter_mut().flat_map(|fix| &mut fix.edits);
        let related = self.related.iter_mut().map(|(span, _)| span);
        self.span.iter_mut().chain(related).chain(fixes.map(|(span, _)| span))
    }

    fn new(
        severity: Severity,
        code: Code,
        span: impl Into<Option<Span>>,
        message: impl Into<String>,
    ) -> Self {
        let (span, message) = (span.into(), message.into());
        Self {
            code,
            severity,
            message,
            span,
            about: None,
            label: None,
            related: Vec::new(),
            help: None,
            fixes: Vec::new(),
            entry: None,
        }
    }

    /// An error: no film can be made of the script.
    pub fn error(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// A warning: the script probably does not mean this.
    pub fn warning(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// A hint: worth knowing.
    pub fn hint(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, span, message)
    }

    /// Sets the label at the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Sets the words that it is about.
    #[must_use]
    pub fn about(mut self, words: impl Into<String>) -> Self {
        self.about = Some(words.into());
        self
    }

    /// Adds a related place.
    #[must_use]
    pub fn related(mut self, span: Span, word: impl Into<String>) -> Self {
        self.related.push((span, word.into()));
        self
    }

    /// Sets the remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the entry that an editor can add.
    #[must_use]
    pub fn entry(mut self, entry: impl Into<String>) -> Self {
        self.entry = Some(entry.into());
        self
    }

    /// Adds a fix of one edit.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, with: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![(span, with.into())] });
        self
    }
}

/// The candidate nearest to a misspelt word, if it is near enough.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate)
        })
        .filter(|(distance, candidate)| {
            *distance <= 1 + candidate.chars().count().min(lower.chars().count()) / 4
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Whether one of some messages is an error: no film can be made then.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|found| found.severity == Severity::Error)
}

/// An error with its causes; skips a cause that repeats the text before it.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = error.source();
    }
    text
}
