//! How git merges a file with one choice in each line.
//!
//! Knows files; does not know what is chosen.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::write_whole;

/// The file that says how git merges.
const ATTRIBUTES: &str = ".gitattributes";

/// Tells git to keep the lines of both sides when it merges a file, in the folder's
/// `.gitattributes`, unless somebody has said how to merge it. Does nothing in a folder
/// that is in no repository.
pub(super) fn keep_both_sides(folder: &Path, file: &str) -> io::Result<()> {
    let folder = std::path::absolute(folder)?;
    let inside: Vec<&Path> = folder.ancestors().collect();
    let Some(top) = inside.iter().position(|folder| folder.join(".git").exists()) else {
        return Ok(());
    };
    let said = |folder: &&Path| {
        fs::read_to_string(folder.join(ATTRIBUTES)).is_ok_and(|text| text.contains(file))
    };
    if inside[..=top].iter().any(said) {
        return Ok(());
    }
    let attributes: PathBuf = folder.join(ATTRIBUTES);
    let before = match fs::read_to_string(&attributes) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    write_whole(&attributes, format!("{before}{end}{file} merge=union\n").as_bytes())
}

/// A text in which git left both sides of a merge: the lines of both, without the marks.
/// Leaves out the lines of their common ancestor.
pub(super) fn without_markers(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut is_before = false;
    for line in text.split_inclusive('\n') {
        let marks = |mark: &str| {
            line.strip_prefix(mark).is_some_and(|rest| rest.trim_start() != rest || rest.is_empty())
        };
        match () {
            () if marks("|||||||") => is_before = true,
            () if marks("=======") => is_before = false,
            () if marks("<<<<<<<") || marks(">>>>>>>") => {}
            () if is_before => {}
            () => kept.push_str(line),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_of_a_merge_are_read() {
        let merged =
            "a\n<<<<<<< HEAD\nb\n||||||| base\nc\n=======\nd\n>>>>>>> theirs\ne = \"=======\"\n";
        assert_eq!(without_markers(merged), "a\nb\nd\ne = \"=======\"\n");
    }

    #[test]
    fn git_is_told_once_and_only_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let film = folder.path().join("film");
        fs::create_dir(&film).unwrap();
        let attributes = film.join(ATTRIBUTES);
        keep_both_sides(&film, "choices").unwrap();
        assert!(!attributes.exists());
        fs::create_dir(folder.path().join(".git")).unwrap();
        fs::write(&attributes, "*.png binary").unwrap();
        for _ in 0..2 {
            keep_both_sides(&film, "choices").unwrap();
            let text = fs::read_to_string(&attributes).unwrap();
            assert_eq!(text, "*.png binary\nchoices merge=union\n");
        }
        fs::write(&attributes, "*.png binary\n").unwrap();
        fs::write(folder.path().join(ATTRIBUTES), "choices -merge\n").unwrap();
        keep_both_sides(&film, "choices").unwrap();
        assert_eq!(fs::read_to_string(&attributes).unwrap(), "*.png binary\n");
    }
}
