//! The input of every answer: the analysis of an open script, and the capabilities of its
//! editor.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;
use lsp::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

use std::cell::OnceCell;

use super::analysis::Analysis;
use super::client::Client;
use super::document_text::DocumentText;
use super::takes::FilmTakes;
use super::uri;
use crate::model::Model;
use crate::source::Span;

/// An open script with its analysis.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// Its URI, as the editor writes it.
    pub uri: &'a Uri,
    /// Its text.
    pub document: &'a DocumentText,
    /// Its analysis.
    pub analysis: &'a Analysis,
    /// The capabilities of the editor.
    pub client: Client,
    /// The model of its shots.
    pub model: Option<&'a Model>,
    /// Its takes, read on first use.
    pub made: &'a OnceCell<Option<FilmTakes>>,
}

impl View<'_> {
    /// The takes of the film, if it has any.
    pub(super) fn takes(&self) -> Option<&FilmTakes> {
        self.made.get_or_init(|| FilmTakes::look(self.analysis, self.model?)).as_ref()
    }

    /// The byte at a position.
    pub(super) fn byte(&self, at: Position) -> usize {
        self.document.byte(at)
    }

    /// The range of a span of the script.
    pub(super) fn range(&self, span: Span) -> Range {
        self.document.range(span)
    }

    /// One workspace edit for edits of several files.
    pub(super) fn edit(&self, edits: Vec<(Span, String)>) -> WorkspaceEdit {
        let mut files: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        for (span, new_text) in edits {
            let Location { uri, range } = self.location(span);
            files.entry(uri.0).or_default().push(TextEdit { range, new_text });
        }
        let changes = files.into_iter().map(|(file, edits)| (Uri(file), edits)).collect();
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    /// The location of a span in any file of the film.
    pub(super) fn location(&self, span: Span) -> Location {
        if span.source == self.analysis.id {
            return Location { uri: self.uri.clone(), range: self.range(span) };
        }
        let source = self.analysis.sources.get(span.source);
        let document = DocumentText::new(source.text.clone(), self.document.encoding());
        Location { uri: Uri(uri::of_path(&source.path)), range: document.range(span) }
    }
}
