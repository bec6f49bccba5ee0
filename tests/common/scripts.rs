//! The scripts of the repository.

use std::fs;
use std::path::{Path, PathBuf};

/// Every script in its folders, sorted.
pub(crate) fn scripts(repository: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["examples", "stdlib", "tests"] {
        find(&repository.join(folder), &mut found);
    }
    found.sort();
    found
}

fn find(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder can be listed") {
        let path = entry.expect("a folder can be listed").path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|end| end == "play" || end == "fountain") {
            found.push(path);
        }
    }
}
