//! Files of the project that a script may name.

use std::path::Path;

/// How deep the search descends into folders.
const DEPTH: usize = 4;
/// The most files that it returns.
const MOST: usize = 500;

/// Files with one of some extensions below a folder, with `/` between folders.
pub(super) fn below(folder: &Path, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    look(folder, "", endings, DEPTH, &mut found);
    found.sort_unstable();
    found
}

fn look(folder: &Path, prefix: &str, endings: &[&str], depth: usize, found: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut names: Vec<(String, bool)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let folder = entry.file_type().ok()?.is_dir();
            Some((entry.file_name().into_string().ok()?, folder))
        })
        .filter(|(name, _)| !name.starts_with('.'))
        .take(MOST)
        .collect();
    names.sort_unstable();
    for (name, is_folder) in names {
        if found.len() >= MOST {
            return;
        }
        let path = format!("{prefix}{name}");
        if is_folder {
            if depth > 1 {
                look(&folder.join(&name), &format!("{path}/"), endings, depth - 1, found);
            }
        } else if let Some((_, end)) = name.rsplit_once('.')
            && endings.iter().any(|wanted| end.eq_ignore_ascii_case(wanted))
        {
            found.push(path);
        }
    }
}
