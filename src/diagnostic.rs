//! What we tell an author: a message with a place, a label and a remedy.
//!
//! Knows spans; does not know how messages are drawn.

pub mod codes;

use serde::Serialize;

pub use self::codes::{Code, Severity};
use crate::source::Span;

/// One message. Texts are lower case, specific, without a final full stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// What kind of message it is, e.g. `unknown-move`.
    pub code: Code,
    /// How grave.
    pub severity: Severity,
    /// What is wrong: `` `slow dolley in` is not a camera move ``.
    pub message: String,
    /// Where; `None` when it concerns a file as a whole.
    pub span: Option<Span>,
    /// Stands at the span: ``did you mean `slow dolly in`?``.
    pub label: Option<String>,
    /// Other places with a word each: `first, here`.
    pub related: Vec<(Span, String)>,
    /// The remedy.
    pub help: Option<String>,
    /// Remedies that can be carried out, the likeliest first.
    pub fixes: Vec<Fix>,
}

/// A remedy that can be carried out: every edit of it, or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// What it does: ``write `slow dolly in` ``.
    pub title: String,
    /// What stands in place of what; none overlap.
    pub edits: Vec<(Span, String)>,
}

impl Diagnostic {
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
            label: None,
            related: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// No film can be made of this.
    pub fn error(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message)
    }

    /// Probably not what was meant.
    pub fn warning(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message)
    }

    /// Worth knowing.
    pub fn hint(code: Code, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        Self::new(Severity::Hint, code, span, message)
    }

    /// Stands at the span.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, word: impl Into<String>) -> Self {
        self.related.push((span, word.into()));
        self
    }

    /// The remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A remedy of one edit that can be carried out.
    #[must_use]
    pub fn fix(mut self, title: impl Into<String>, span: Span, with: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits: vec![(span, with.into())] });
        self
    }
}

/// The candidate nearest to a misspelt word, if one is near enough.
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

/// An error and its causes; a cause that only repeats is left out.
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
