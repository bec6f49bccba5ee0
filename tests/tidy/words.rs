//! Words of an author's language in the code of the rooms that read a script, or the word
//! lists of `stdlib/`.
//!
//! A word is found where it is a whole string, but for spaces and punctuation around it, and
//! if it stands in a list under `grammar` in `stdlib/languages/`. Words inside a longer
//! string are those of a message, and are not found.

use std::collections::BTreeSet;

use serde_yaml::Value;

use crate::source::{FILES, SOURCES, Source, is, read};

/// Files whose words are not those of an author, each with the reason.
const OTHERS: [(&str, &str); 6] = [
    ("src/blocking/lint.rs", "messages are English"),
    ("src/breakdown/dump.rs", "a format for tests"),
    ("src/breakdown/language/glossary.rs", "what messages call the tables"),
    ("src/breakdown/understand/errors.rs", "messages are English"),
    ("src/lsp/hover.rs", "what an editor shows is English"),
    ("src/lsp/takes.rs", "what an editor shows is English"),
];

/// The rooms that read the words of an author, or lists of them in `stdlib/`.
const ROOMS: [&str; 9] = [
    "src/animatic/",
    "src/blocking/",
    "src/breakdown/",
    "src/casting/",
    "src/lsp/",
    "src/project/",
    "src/reel/",
    "src/script/",
    "src/sound/",
];

/// Words of Photoplay's own notation that are words of a language, too.
const KEYWORDS: [(&str, &[&str], &str); 28] = [
    ("src/blocking/floor_plan.rs", &["lt"], "an entity of XML"),
    ("src/blocking/lookup.rs", &["de", "fr"], "tags of languages"),
    ("src/breakdown/control.rs", &["off"], "a value of `control`"),
    ("src/breakdown/description.rs", &["left", "right", "centre"], "sides in JSON and prompts"),
    ("src/breakdown/language/entries.rs", &["white"], "a colour of the vocabulary"),
    ("src/breakdown/language/nouns.rs", &["de", "fr"], "tags of languages"),
    ("src/breakdown/language/own_words.rs", &["angle"], "what messages call a word of a table"),
    ("src/breakdown/prompts/lower.rs", &["woman", "man"], "subjects of models"),
    ("src/breakdown/sounds.rs", &["from", "under"], "phrases of `music` and `sound`"),
    (
        "src/breakdown/transition.rs",
        &["left", "right", "up", "down"],
        "directions in the vocabulary",
    ),
    ("src/breakdown/understand/cast.rs", &["wearing", "face"], "fields of an entry"),
    ("src/casting/names.rs", &["nobody"], "a file name for a name without letters"),
    (
        "src/lsp/completion/context.rs",
        &["from", "to"],
        "phrases of the grammar, and Fountain's TO:",
    ),
    ("src/lsp/completion/items.rs", &["shot"], "a part of canonical words"),
    ("src/lsp/cursor.rs", &["from", "to", "wearing"], "phrases of the grammar"),
    ("src/lsp/server.rs", &["watch"], "a name in the protocol"),
    ("src/lsp/tokens.rs", &["note"], "a name in the protocol"),
    ("src/project/boards.rs", &["card"], "a word on the page, which is English"),
    ("src/project/circles.rs", &["and"], "messages are English"),
    ("src/project/film.rs", &["shot"], "messages are English"),
    ("src/script/format.rs", &["to"], "Fountain's TO:"),
    ("src/script/lines.rs", &["to"], "Fountain's TO:"),
    ("src/script/notes.rs", &["include"], "a reserved directive"),
    ("src/script/parse.rs", &["note"], "what a message calls it"),
    ("src/script/shot.rs", &["note"], "a remark in a tail"),
    ("src/script/title_page.rs", &["to"], "Fountain's TO:"),
    ("src/sound/casting.rs", &["woman", "man"], "what the terminal calls a voice"),
    ("src/sound/kokoro/names.rs", &["in"], "keys of a file"),
];

/// The words of all lists under `grammar` in `stdlib/languages/`.
fn natural() -> BTreeSet<String> {
    fn collect(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::String(word) if !word.is_empty() => {
                found.insert(word.to_lowercase());
            }
            Value::Sequence(all) => all.iter().for_each(|value| collect(value, found)),
            Value::Mapping(all) => all.values().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    let files = FILES.iter().filter(|path| path.starts_with("stdlib/languages/"));
    for path in files.filter(|path| is(path, "yaml")) {
        let file: Value = serde_yaml::from_str(&read(path)).expect("it is YAML");
        let languages = file["languages"].as_mapping().expect("it has languages");
        languages.values().for_each(|language| collect(&language["grammar"], &mut found));
    }
    found
}

/// A string without spaces and punctuation at its ends. A placeholder makes it a message.
fn bare(says: &str) -> String {
    let around = |sign: char| !sign.is_alphanumeric() && !matches!(sign, '{' | '}');
    says.trim_matches(around).to_lowercase()
}

/// Every string of those rooms that is a word of a language, and every exception that is
/// none any more.
pub(crate) fn in_code() -> Vec<String> {
    let natural = natural();
    assert!(natural.len() > 500, "{}", natural.len());
    let allowed: BTreeSet<(&str, &str)> = KEYWORDS
        .iter()
        .map(|(path, words, _)| (*path, *words))
        .flat_map(|(path, words)| words.iter().map(move |word| (path, *word)))
        .collect();
    let mut used = BTreeSet::new();
    let mut found = Vec::new();
    let below = |source: &&Source| ROOMS.iter().any(|room| source.path.starts_with(room));
    for source in SOURCES.iter().filter(below) {
        if OTHERS.iter().any(|(path, _)| *path == source.path) {
            continue;
        }
        for (at, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
            let Some(says) = &token.says else { continue };
            let word = bare(says);
            // `#[serde(default = "one")]` names a function.
            let attribute = at > 1
                && source.at(at - 1) == "="
                && matches!(source.at(at - 2), "default" | "deserialize_with");
            if !natural.contains(&word) || attribute {
                continue;
            }
            match allowed.iter().find(|(path, it)| *path == source.path && *it == word) {
                Some(exception) => {
                    used.insert(*exception);
                }
                None => found.push(format!("  {}:{}: \"{says}\"", source.path, token.line)),
            }
        }
    }
    let unused = allowed.difference(&used);
    found.extend(unused.map(|(path, word)| format!("  {path}: \"{word}\" is gone: unlist it")));
    found
}
