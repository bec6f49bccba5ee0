//! Every diagnostic code occurs in a script of `tests/ui`, and
//! `docs/diagnostics.md` has the table of the code.
//! `UPDATE=1` writes the page.

#[path = "common/compile.rs"]
mod compile;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use photoplay::breakdown::Strictness;
use photoplay::diagnostic::{Code, Severity};

/// The scripts of `tests/ui`, sorted, from the root of the repository.
fn ui_scripts() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from("tests/ui")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder can be listed") {
            let path = entry.expect("a folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "play" || end == "fountain") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The codes of the scripts with the severity of each, and the shortest
/// message of each code as an author sees it.
fn occurrences() -> (BTreeSet<(Code, Severity)>, BTreeMap<Code, String>) {
    let mut severities = BTreeSet::new();
    let mut examples: BTreeMap<Code, String> = BTreeMap::new();
    for path in ui_scripts() {
        let text = fs::read_to_string(&path).expect("the script is there");
        let (sources, diagnostics) = compile::compile(&path, text);
        // The errors of a `.fountain` script are warnings.
        if Strictness::of(&path) == Strictness::Lenient {
            continue;
        }
        for diagnostic in diagnostics {
            severities.insert((diagnostic.code, diagnostic.severity));
            let text = compile::rendered(std::slice::from_ref(&diagnostic), &sources);
            let known = examples.entry(diagnostic.code).or_insert_with(|| text.clone());
            if text.len() < known.len() {
                *known = text;
            }
        }
    }
    (severities, examples)
}

#[test]
fn every_code_occurs_in_a_script_with_each_of_its_severities() {
    let (found, _) = occurrences();
    let listed: BTreeSet<(Code, Severity)> = Code::ALL
        .iter()
        .flat_map(|code| code.severities().iter().map(|severity| (*code, *severity)))
        .collect();
    let missing: Vec<_> = listed.difference(&found).collect();
    assert!(missing.is_empty(), "no script of `tests/ui` has {missing:?}");
    let unlisted: Vec<_> = found.difference(&listed).collect();
    assert!(unlisted.is_empty(), "the table of codes does not list {unlisted:?}");
}

#[test]
fn codes_are_unlike_and_in_small_letters() {
    let words: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(words.len(), Code::ALL.len());
    for code in Code::ALL {
        assert!(code.as_str().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
        assert!(code.meaning().ends_with('.') && code.remedy().ends_with('.'), "{code}");
    }
}

const INTRODUCTION: &str = "\
# Diagnostics

Every message of the compiler has a code, which stands above it. This page lists the codes: what each means,
an example, and the remedy. `cargo test --test diagnostics` holds the page to the code; with `UPDATE=1` it writes
the page.

- An **error** means that no film can be made of the script. In a `.fountain` script, which was not written for
  Photoplay, errors are warnings.
- A **warning** means that the script probably says something other than its author meant. The film is made.
- A **hint** is worth knowing.

`[[allow: CODE]]` silences warnings and hints; several codes are separated by commas. Inside a paragraph or a
speech it speaks for that paragraph or speech. Alone on its line it speaks for what follows: the next paragraph
or speech, or a shot with everything under it. Errors cannot be silenced.
";

fn page(examples: &BTreeMap<Code, String>) -> String {
    let mut codes = Code::ALL.to_vec();
    codes.sort_by_key(|code| code.as_str());
    let mut page = INTRODUCTION.to_owned();
    for code in codes {
        let severities: Vec<&str> = code
            .severities()
            .iter()
            .map(|severity| match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Hint => "hint",
            })
            .collect();
        write!(
            page,
            "\n## {code}\n\n*{}.* {}\n",
            capitalised(&severities.join(" or ")),
            code.meaning()
        )
        .expect("a String takes everything");
        if let Some(example) = examples.get(&code) {
            write!(page, "\n```text\n{example}\n```\n").expect("a String takes everything");
        }
        write!(page, "\n**Remedy.** {}\n", code.remedy()).expect("a String takes everything");
        if code.severities().iter().any(|severity| *severity != Severity::Error) {
            write!(page, "\n**Silence.** `[[allow: {code}]]`\n")
                .expect("a String takes everything");
        }
    }
    page
}

fn capitalised(words: &str) -> String {
    words[..1].to_uppercase() + &words[1..]
}

#[test]
fn the_page_is_up_to_date() {
    let expected = page(&occurrences().1);
    let path = Path::new("docs/diagnostics.md");
    if fs::read_to_string(path).unwrap_or_default() == expected {
        return;
    }
    assert!(
        std::env::var_os("UPDATE").is_some(),
        "docs/diagnostics.md is out of date; `UPDATE=1 cargo test --test diagnostics` writes it"
    );
    fs::write(path, expected).expect("the page can be written");
}
