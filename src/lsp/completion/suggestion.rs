//! A completion before it becomes an item of the protocol.

use gen_lsp_types::CompletionItemKind;

use crate::breakdown::screenplay::Subject;

/// A completion.
#[derive(Debug, Clone, Default)]
pub(super) struct Suggestion {
    pub label: String,
    pub detail: String,
    pub kind: Option<CompletionItemKind>,
    /// Markdown.
    pub words: String,
    /// The person or thing whose portrait and description the item shows.
    pub subject: Option<Subject>,
    /// The inserted text; the label if empty. Tab stops are `$1`, `$0`.
    pub text: String,
}

impl Suggestion {
    pub(super) fn new(label: impl Into<String>, kind: CompletionItemKind) -> Self {
        Self { label: label.into(), kind: Some(kind), ..Self::default() }
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn words(mut self, words: impl Into<String>) -> Self {
        self.words = words.into();
        self
    }

    pub(super) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}
