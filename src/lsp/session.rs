//! The documents that an editor has open, with the analysis of each.
//!
//! Knows documents and versions; does not know messages.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types as lsp;
use lsp::{PublishDiagnosticsParams, TextDocumentContentChangeEvent, Uri, WorkspaceSymbol};

use super::analysis::Analysis;
use super::client::Client;
use super::document_text::{DocumentText, Encoding};
use super::models::Models;
use super::takes::FilmTakes;
use super::view::View;
use super::workspace::SymbolIndex;
use super::{diagnostics, uri};
use crate::analysis::AnalysisCache;
use crate::breakdown::language::vocabulary::VOCABULARY_ENDINGS;
use crate::source::file_names::as_file_name;
use crate::source::files::{DiskFiles, MemoryFiles, OverlayFiles};
use crate::source::{Sources, behind_links};

/// A script that is open.
#[derive(Debug)]
struct Document {
    uri: Uri,
    path: PathBuf,
    /// The editor's number of its version, if it sends one.
    version: Option<i32>,
    text: DocumentText,
    /// Of the current text; `None` after a change.
    analysis: Option<Analysis>,
    /// Of the text before the change, without its tree. It is freed when the editor has
    /// its diagnostics.
    old: Option<Analysis>,
    /// Results of earlier analyses of this document.
    cache: AnalysisCache,
    /// Its takes, read on first use.
    made: OnceCell<Option<FilmTakes>>,
    /// Whether the editor has its diagnostics.
    published: bool,
    /// Files that have published diagnostics of this document.
    files: BTreeSet<String>,
}

/// The documents that an editor has open.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// What the editor can show.
    client: Client,
    /// How it counts columns.
    encoding: Encoding,
    /// Folders it works in.
    folders: Vec<PathBuf>,
    documents: BTreeMap<String, Document>,
    /// Other files that are open: `cast.yaml`, vocabularies.
    others: BTreeMap<PathBuf, DocumentText>,
    models: Models,
    symbol_index: SymbolIndex,
}

/// The beginning of the address of a document that was never saved.
const UNSAVED: &str = "untitled:";

/// A folder that can contain nothing.
const NOWHERE: &str = "/dev/null";

/// Whether an open file is one that scripts read: `cast.yaml`, a vocabulary. An editor
/// opens any other file as a script, whatever its name.
fn is_read_by_scripts(path: &Path) -> bool {
    let is_ending =
        |ending: &OsStr| VOCABULARY_ENDINGS.iter().any(|it| ending.eq_ignore_ascii_case(it));
    path.extension().is_some_and(is_ending)
}

impl Session {
    /// A session without documents.
    pub(super) fn new(client: Client, encoding: Encoding, folders: Vec<PathBuf>) -> Self {
        Self { client, encoding, folders, ..Self::default() }
    }

    /// Opens a document.
    pub(super) fn open(&mut self, uri: Uri, version: Option<i32>, text: String) {
        let text = DocumentText::new(text, self.encoding);
        let path = self.path_of(&uri);
        if is_read_by_scripts(&path) {
            self.others.insert(path, text);
            self.invalidate();
            return;
        }
        let document = Document {
            path,
            version,
            text,
            analysis: None,
            old: None,
            cache: AnalysisCache::default(),
            made: OnceCell::new(),
            published: false,
            files: BTreeSet::new(),
            uri: uri.clone(),
        };
        self.documents.insert(uri.0, document);
    }

    /// The file of an address. A document that was never saved gets a path in the
    /// first folder of the workspace; one that is on no disk of this machine, a path with
    /// no files beside it.
    fn path_of(&self, uri: &Uri) -> PathBuf {
        uri::to_path(&uri.0).unwrap_or_else(|| {
            let name = as_file_name(&uri.0);
            let folder = self.folders.first().filter(|_| uri.0.starts_with(UNSAVED));
            folder.map_or(Path::new(NOWHERE), PathBuf::as_path).join(name)
        })
    }

    /// Applies edits of a document.
    pub(super) fn change(
        &mut self,
        uri: &Uri,
        version: Option<i32>,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        let text = if let Some(document) = self.documents.get_mut(&uri.0) {
            document.version = version;
            if let Some(mut analysis) = document.analysis.take() {
                document.cache.recycle(std::mem::take(&mut analysis.tree));
                document.old = Some(analysis);
            }
            document.published = false;
            &mut document.text
        } else {
            let path = self.path_of(uri);
            let Some(text) = self.others.get_mut(&path) else { return };
            text
        };
        for change in changes {
            text.change(change);
        }
        if !self.documents.contains_key(&uri.0) {
            self.invalidate();
        }
    }

    /// Closes a document and removes its diagnostics.
    pub(super) fn close(&mut self, uri: &Uri) -> Vec<PublishDiagnosticsParams> {
        let path = self.path_of(uri);
        if self.others.remove(&path).is_some() {
            self.invalidate();
        }
        let Some(document) = self.documents.remove(&uri.0) else { return Vec::new() };
        let still: BTreeSet<&String> =
            self.documents.values().flat_map(|document| &document.files).collect();
        document
            .files
            .iter()
            .filter(|file| !still.contains(file))
            .map(|file| no_diagnostics(file))
            .collect()
    }

    /// Drops all analyses, because a file that scripts read may have changed.
    pub(super) fn invalidate(&mut self) {
        for document in self.documents.values_mut() {
            document.analysis = None;
            document.published = false;
        }
    }

    /// Frees the analyses of earlier texts.
    pub(super) fn free_old(&mut self) {
        for document in self.documents.values_mut() {
            document.old = None;
        }
    }

    /// The capabilities of the editor.
    pub(super) fn client(&self) -> Client {
        self.client
    }

    /// How it counts columns.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Analyses the current text of a script.
    pub(super) fn view(&mut self, uri: &Uri) -> Option<View<'_>> {
        let document = self.documents.get_mut(&uri.0)?;
        if document.analysis.is_none() {
            let mut unsaved = MemoryFiles::new();
            for (path, text) in &self.others {
                unsaved.insert(path, text.as_str());
            }
            let files = OverlayFiles { above: unsaved, below: Arc::new(DiskFiles) };
            let sources = Sources::new(Arc::new(files));
            let models = &mut self.models;
            let Document { path, text, cache, .. } = document;
            let analysis = Analysis::of(path, text.as_str(), sources, cache, |name, folder| {
                models.get(name, folder)
            });
            document.analysis = Some(analysis);
            document.made = OnceCell::new();
        }
        let document = &*document;
        let analysis = document.analysis.as_ref()?;
        let named = analysis.list.settings.model.as_ref().map(|name| name.value.as_str());
        Some(View {
            uri: &document.uri,
            document: &document.text,
            analysis,
            client: self.client,
            model: self.models.known(named, &analysis.folder),
            made: &document.made,
        })
    }

    /// All symbols in the scripts of the folders, open or not.
    pub(super) fn symbols(&mut self, query: &str) -> Vec<WorkspaceSymbol> {
        let open = self
            .documents
            .values()
            .map(|document| (behind_links(&document.path), (&document.uri, &document.text)))
            .collect();
        self.symbol_index.find(&self.folders, query, self.encoding, &open)
    }

    /// The diagnostics that the editor does not have yet, file by file.
    pub(super) fn new_diagnostics(&mut self) -> Vec<PublishDiagnosticsParams> {
        let waiting: Vec<Uri> = self
            .documents
            .values()
            .filter(|document| !document.published)
            .map(|document| document.uri.clone())
            .collect();
        let mut all = Vec::new();
        for uri in waiting {
            let version = self.documents[&uri.0].version;
            let Some(view) = self.view(&uri) else { continue };
            let published = diagnostics::published(&view, version);
            let files: BTreeSet<String> = published.iter().map(|file| file.uri.0.clone()).collect();
            let Some(document) = self.documents.get_mut(&uri.0) else { continue };
            all.extend(document.files.difference(&files).map(|file| no_diagnostics(file)));
            document.files = files;
            document.published = true;
            all.extend(published);
        }
        all
    }
}

/// Removes the diagnostics of a file.
fn no_diagnostics(file: &str) -> PublishDiagnosticsParams {
    PublishDiagnosticsParams { uri: Uri(file.to_owned()), version: None, diagnostics: Vec::new() }
}
