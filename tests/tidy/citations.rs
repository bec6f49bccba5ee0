//! What comments and pages cite: files, and anchors of pages.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::source::{FILES, SOURCES, is, read};

/// Paths that pages name without citing a file of the repository, each with
/// the reason.
const ELSEWHERE: [(&str, &str); 4] = [
    ("CHANGELOG.md", "describes files as they were"),
    ("models/toy-theatre/MODEL_CARD.md", "travels with the model"),
    ("trainer/ATTRIBUTION.md", "names files of the art"),
    ("editors/", "describes where an editor keeps its own files"),
];

/// Every file and every folder.
static PATHS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let folders =
        FILES.iter().flat_map(|file| file.match_indices('/').map(|(at, _)| file[..at].to_owned()));
    folders.chain(FILES.iter().cloned()).collect()
});

/// Everything that is cited and not there.
pub(crate) fn dead() -> Vec<String> {
    let mut found = Vec::new();
    for page in FILES.iter().filter(|path| is(path, "md")) {
        let text = read(page);
        for (number, line) in prose(&text) {
            let links =
                line.match_indices("](").filter_map(|(at, _)| line[at + 2..].split(')').next());
            for link in links.filter(|link| !link.contains(':')) {
                if !is_there(page, link) {
                    found.push(format!("  {page}:{number}: {link}"));
                }
            }
            if ELSEWHERE.iter().any(|(path, _)| page.starts_with(path)) {
                continue;
            }
            for path in quoted(line).filter(|path| cites(path)) {
                if !is_there(page, path) {
                    found.push(format!("  {page}:{number}: `{path}`"));
                }
            }
        }
    }
    for source in SOURCES.iter() {
        for (number, line) in &source.comments {
            let pages = line.split(|c: char| !(c.is_alphanumeric() || "/._-#".contains(c)));
            let pages = pages.map(|word| word.trim_end_matches('.'));
            let pages = pages.filter(|word| word.contains(".md"));
            for cited in pages.chain(quoted(line).filter(|path| cites(path))) {
                if !is_there(&source.path, cited) {
                    found.push(format!("  {}:{number}: {cited}", source.path));
                }
            }
            let lower = line.to_lowercase();
            let notes = lower.split("notes d").nth(1);
            if notes.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
                found.push(format!("  {}:{number}: cite docs/rules.md#d…, not notes", source.path));
            }
        }
    }
    found
}

/// The lines of a page outside its fences, with their numbers.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().filter_map(move |(number, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        (!fenced && !fence).then_some((number + 1, line))
    })
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// Whether words in backticks are a path of the repository: a Rust file, or
/// something below one of its folders.
fn cites(path: &str) -> bool {
    if !path.chars().all(|c| c.is_alphanumeric() || "/._-#".contains(c)) {
        return false;
    }
    let below = ["src/", "tests/", "docs/", "stdlib/", "grammar/", "benches/", "trainer/src/"];
    is(path, "rs") || below.iter().any(|folder| path.starts_with(folder))
}

/// Whether a path leads to a file or folder from the root, from `src/`, from
/// the trainer, or from a folder above the file that cites it; and its anchor to
/// a heading.
fn is_there(from: &str, cited: &str) -> bool {
    let (path, anchor) = cited.split_once('#').map_or((cited, None), |(path, to)| (path, Some(to)));
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = path.trim_end_matches('/');
    let above = folder.match_indices('/').map(|(at, _)| &folder[..at]);
    let folders = ["", "src", "trainer/src", folder].into_iter().chain(above);
    if path.is_empty() {
        return anchors(from).contains(anchor.unwrap_or_default());
    }
    let target =
        folders.map(|folder| plain(&format!("{folder}/{path}"))).find(|path| PATHS.contains(path));
    // `shot.rs` alone names any file of that name.
    let any = || {
        let end = format!("/{path}");
        !path.contains('/') && FILES.iter().any(|file| file.ends_with(&end))
    };
    match (target, anchor) {
        (Some(target), Some(anchor)) => anchors(&target).contains(anchor),
        (Some(_), None) => true,
        (None, _) => any(),
    }
}

/// A path without `..`.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "" | "." => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What one can link to in a page: `<a id="…">` and headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let text = read(page);
    let ids = text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let headings = prose(&text).filter_map(|(_, line)| line.strip_prefix('#')).map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    });
    ids.map(str::to_owned).chain(headings).collect()
}
