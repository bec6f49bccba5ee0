//! What an answer is taken from: an open script as it is now, and what its
//! editor can show.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;
use lsp::{Location, Position, Range, TextEdit, Uri, WorkspaceEdit};

use std::cell::OnceCell;

use super::analysis::Analysis;
use super::client::Client;
use super::page::Page;
use super::takes::FilmTakes;
use super::uri;
use crate::model::Model;
use crate::source::Span;

/// An open script, understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    /// Its address, as the editor writes it.
    pub uri: &'a Uri,
    /// Its text.
    pub page: &'a Page,
    /// What it means.
    pub analysis: &'a Analysis,
    /// What the editor can show.
    pub client: Client,
    /// The model its shots are made with.
    pub model: Option<&'a Model>,
    /// What was made of it; looked at when somebody asks.
    pub made: &'a OnceCell<Option<FilmTakes>>,
}

impl View<'_> {
    /// What was made of the film, if anything.
    pub(super) fn takes(&self) -> Option<&FilmTakes> {
        self.made.get_or_init(|| FilmTakes::look(self.analysis, self.model?)).as_ref()
    }

    /// The byte at a position.
    pub(super) fn byte(&self, at: Position) -> usize {
        self.page.byte(at)
    }

    /// Where a stretch of the script stands.
    pub(super) fn range(&self, span: Span) -> Range {
        self.page.range(span)
    }

    /// Edits of the film's files, as one change.
    pub(super) fn edit(&self, edits: Vec<(Span, String)>) -> WorkspaceEdit {
        let mut files: BTreeMap<String, Vec<TextEdit>> = BTreeMap::new();
        for (span, new_text) in edits {
            let Location { uri, range } = self.location(span);
            files.entry(uri.0).or_default().push(TextEdit { range, new_text });
        }
        let changes = files.into_iter().map(|(file, edits)| (Uri(file), edits)).collect();
        WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }
    }

    /// Where a stretch of any of the film's files stands.
    pub(super) fn location(&self, span: Span) -> Location {
        if span.source == self.analysis.id {
            return Location { uri: self.uri.clone(), range: self.range(span) };
        }
        let source = self.analysis.sources.get(span.source);
        let page = Page::new(source.text.clone(), self.page.encoding());
        Location { uri: Uri(uri::of_path(&source.path)), range: page.range(span) }
    }
}
