//! Files of the project that a script may name.

use std::path::Path;

use crate::source::files::{FileKind, ProjectFiles};

/// How deep the search descends into folders.
const DEPTH: usize = 4;
/// The most files that it returns.
const MOST: usize = 500;

/// Files with one of some extensions below a folder, with `/` between folders.
pub(super) fn below(files: &dyn ProjectFiles, folder: &Path, endings: &[&str]) -> Vec<String> {
    let mut search = Search { files, endings, found: Vec::new() };
    search.look(folder, "", DEPTH);
    search.found.sort_unstable();
    search.found
}

struct Search<'a> {
    files: &'a dyn ProjectFiles,
    endings: &'a [&'a str],
    found: Vec<String>,
}

impl Search<'_> {
    fn look(&mut self, folder: &Path, prefix: &str, depth: usize) {
        let mut names = self.files.names(folder, MOST);
        names.retain(|name| !name.starts_with('.'));
        names.sort_unstable();
        for name in names {
            if self.found.len() >= MOST {
                return;
            }
            let path = folder.join(&name);
            let end = name.rsplit_once('.').map_or("", |(_, end)| end);
            let is_wanted = self.endings.iter().any(|wanted| end.eq_ignore_ascii_case(wanted));
            match self.files.kind(&path) {
                Ok(FileKind::Folder) if depth > 1 => {
                    self.look(&path, &format!("{prefix}{name}/"), depth - 1);
                }
                Ok(FileKind::File(_)) if is_wanted => self.found.push(format!("{prefix}{name}")),
                _ => {}
            }
        }
    }
}
