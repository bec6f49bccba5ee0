//! Words that the rooms of the blocking compare with: a move, a size or a noun comes to
//! them as a value, and what each does stands in `stdlib/`.

use std::collections::BTreeSet;

use crate::source::{SOURCES, Source};

/// The rooms.
const ROOMS: [&str; 3] = ["src/animatic/", "src/blocking/", "src/reel/"];

/// Strings that they may compare with, each with the reason.
const ALLOWED: [(&str, &str, &str); 1] = [("src/blocking/lookup.rs", "en", "a tag of a language")];

/// Functions that ask whether a text is, has or begins with their argument, or look it up.
const ASKING: [&str; 16] = [
    "contains",
    "contains_key",
    "ends_with",
    "eq",
    "eq_ignore_ascii_case",
    "find",
    "get",
    "get_full",
    "get_index_of",
    "has",
    "rfind",
    "split",
    "split_once",
    "starts_with",
    "strip_prefix",
    "strip_suffix",
];

/// Whether a string is a word or several: letters, with blanks, hyphens or commas.
fn is_words(says: &str) -> bool {
    let inside = |letter: char| letter.is_alphabetic() || " -,'’".contains(letter);
    says.chars().any(char::is_alphabetic) && says.chars().all(inside)
}

/// Whether the code compares with the string at a token: `== "…"`, `"…" =>`, `a | "…"`,
/// `table["…"]`, `contains("…")`. It does not see a string that reaches a comparison
/// through a name.
fn is_compared(source: &Source, at: usize) -> bool {
    let mut before = at;
    while before > 0 && source.at(before - 1) == "&" {
        before -= 1;
    }
    let back = |by: usize| before.checked_sub(by).map_or("", |at| source.at(at));
    let equals = |one: &str, two: &str| (one == "=" || one == "!") && two == "=";
    let compared = equals(back(2), back(1)) || equals(source.at(at + 1), source.at(at + 2));
    let arrow = source.at(at + 1) == "=" && source.at(at + 2) == ">";
    let pattern = arrow || source.at(at + 1) == "|" || back(1) == "|";
    let indexed = back(1) == "["
        && source.at(at + 1) == "]"
        && back(2).starts_with(|letter: char| letter.is_alphanumeric() || ")]".contains(letter));
    let asked = back(1) == "(" && ASKING.contains(&back(2));
    compared || pattern || indexed || asked
}

/// Every comparison with words, and every exception that is none any more.
pub(crate) fn compared() -> Vec<String> {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    let below = |source: &&Source| ROOMS.iter().any(|room| source.path.starts_with(room));
    for source in SOURCES.iter().filter(below) {
        for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
            let Some(says) = token.says.as_deref().filter(|says| is_words(says)) else { continue };
            if !is_compared(source, at) {
                continue;
            }
            let allowed = ALLOWED.iter().find(|(path, it, _)| *path == source.path && *it == says);
            match allowed {
                Some(exception) => {
                    used.insert(exception);
                }
                None => found.push(format!("  {}:{}: \"{says}\"", source.path, token.line)),
            }
        }
    }
    let unused = ALLOWED.iter().filter(|exception| !used.contains(exception));
    found.extend(unused.map(|(path, word, _)| format!("  {path}: \"{word}\" is gone: unlist it")));
    found
}
