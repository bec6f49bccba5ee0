//! Workspace symbols: scenes, sections, people and places of all scripts in the
//! folders of the workspace.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use gen_lsp_types as lsp;
use lsp::{BaseSymbolInformation, Location, SymbolKind, Uri, WorkspaceSymbol};

use super::document_text::{DocumentText, Encoding};
use super::uri;
use crate::script::tree::{DirectiveWord, ElementKind, Tree};
use crate::script::{Dialect, parse};
use crate::source::files::DiskFiles;
use crate::source::{Sources, Span, behind_links, read_text};

/// How deep the search descends into folders.
const DEPTH: usize = 6;
/// The most scripts that the search reads.
const MOST: usize = 1_000;
/// The most symbols of an answer.
const MOST_TOLD: usize = 500;

/// The scripts of some folders. Reads a script again when it has changed.
#[derive(Debug, Default)]
pub(super) struct SymbolIndex(BTreeMap<PathBuf, (Option<SystemTime>, Vec<WorkspaceSymbol>)>);

impl SymbolIndex {
    /// The symbols of the folders that match a query. `open` gives the scripts that are
    /// open, by the files behind all links, with the addresses that the editor sent.
    pub(super) fn find(
        &mut self,
        folders: &[PathBuf],
        query: &str,
        encoding: Encoding,
        open: &BTreeMap<PathBuf, (&Uri, &DocumentText)>,
    ) -> Vec<WorkspaceSymbol> {
        let mut scripts = Vec::new();
        for folder in folders {
            look(folder, DEPTH, &mut scripts);
        }
        let mut seen: BTreeSet<PathBuf> = open.keys().cloned().collect();
        scripts.sort_unstable();
        scripts.retain(|path| seen.insert(behind_links(path)));
        scripts.extend(open.keys().cloned());
        scripts.sort_unstable();
        self.0.retain(|path, _| scripts.contains(path));
        let mut found = Vec::new();
        for path in scripts {
            let fresh;
            let symbols = if let Some((uri, text)) = open.get(&path) {
                fresh = symbols(&path, (*uri).clone(), text.as_str(), encoding);
                &fresh
            } else {
                let written = path.metadata().and_then(|meta| meta.modified()).ok();
                if self.0.get(&path).is_none_or(|(known, _)| *known != written) {
                    let text = read_text(&DiskFiles, &path).unwrap_or_default();
                    let uri = Uri(uri::of_path(&path));
                    self.0.insert(path.clone(), (written, symbols(&path, uri, &text, encoding)));
                }
                &self.0[&path].1
            };
            let meant = symbols
                .iter()
                .filter(|symbol| is_meant(&symbol.base_symbol_information.name, query));
            found.extend(meant.cloned());
            if found.len() >= MOST_TOLD {
                break;
            }
        }
        found
    }
}

/// Whether a name has the letters of a query in their order.
fn is_meant(name: &str, query: &str) -> bool {
    let mut letters = name.chars().flat_map(char::to_lowercase);
    query
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .flat_map(char::to_lowercase)
        .all(|wanted| letters.any(|letter| letter == wanted))
}

fn look(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        if found.len() >= MOST {
            return;
        }
        let path = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if kind.is_dir() && depth > 1 && !hidden {
            look(&path, depth - 1, found);
        } else if Dialect::is_script(&path) {
            found.push(path);
        }
    }
}

fn symbols(path: &Path, uri: Uri, text: &str, encoding: Encoding) -> Vec<WorkspaceSymbol> {
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let (tree, _) = parse(&sources, id);
    let document = DocumentText::new(text.to_owned(), encoding);
    let script = path.file_stem().unwrap_or_default().to_string_lossy();
    named(&tree)
        .into_iter()
        .map(|(name, kind, span)| WorkspaceSymbol {
            location: Location { uri: uri.clone(), range: document.range(span) }.into(),
            data: None,
            base_symbol_information: BaseSymbolInformation {
                name,
                kind,
                tags: None,
                container_name: Some(script.clone().into_owned()),
            },
        })
        .collect()
}

/// The symbols of a script.
fn named(tree: &Tree) -> Vec<(String, SymbolKind, Span)> {
    let mut found = Vec::new();
    for element in &tree.elements {
        match &element.kind {
            ElementKind::Heading { text, .. } => {
                found.push((text.value.clone(), SymbolKind::Class, text.span));
            }
            ElementKind::Section { text, .. } => {
                found.push((text.value.clone(), SymbolKind::Namespace, element.span));
            }
            ElementKind::Directive(directive) => {
                use DirectiveWord as D;
                let kind = match directive.word.value {
                    D::Cast | D::Voice | D::Group => SymbolKind::Variable,
                    D::Prop => SymbolKind::Constant,
                    D::Place => SymbolKind::Class,
                    _ => continue,
                };
                let name = directive.body.value.split([',', '=', '，']).next().unwrap_or_default();
                found.push((name.trim().to_owned(), kind, directive.span));
            }
            _ => {}
        }
    }
    found.retain(|(name, ..)| !name.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_of_a_folder_are_searched_and_read_once() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("act two")).unwrap();
        let write =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("one.play", "INT. HARBOUR OFFICE - DAY\n\n[[cast: MARA, a watchmaker]]\n");
        write("act two/two.fountain", "# Act two\n\nEXT. HARBOUR - NIGHT\n");
        write("notes.txt", "INT. HARBOUR - DAY\n");
        let mut symbol_index = SymbolIndex::default();
        let folders = [folder.path().to_owned()];
        let mut find = |query: &str| {
            let found = symbol_index.find(&folders, query, Encoding::Utf16, &BTreeMap::new());
            let mut names: Vec<String> =
                found.into_iter().map(|symbol| symbol.base_symbol_information.name).collect();
            names.sort();
            names
        };
        assert_eq!(find("harb"), ["EXT. HARBOUR - NIGHT", "INT. HARBOUR OFFICE - DAY"]);
        assert_eq!(find("mara"), ["MARA"]);
        assert_eq!(find("act"), ["Act two"]);
        assert_eq!(find("xyz"), [""; 0]);
    }
}
