//! One thing that may be written.

use gen_lsp_types::CompletionItemKind;

use crate::breakdown::screenplay::Subject;

/// One thing that may be written.
#[derive(Debug, Clone, Default)]
pub(super) struct Suggestion {
    pub label: String,
    pub detail: String,
    pub kind: Option<CompletionItemKind>,
    /// Markdown.
    pub words: String,
    /// Whose portrait and description is fetched when the item is looked at.
    pub subject: Option<Subject>,
    /// What is written; the label when empty. Stops are `$1`, `$0`.
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
