//! Rules of the house that no compiler checks. docs/developing.md says them in
//! words.

#![allow(missing_docs, reason = "a test")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod blocking_words;
mod citations;
mod imports;
mod source;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use imports::{OURS, circles, imports};
use source::{FILES, SOURCES, Source, is, read};

/// Lines of a file of ours.
const LONGEST: usize = 600;

/// A page that a test writes.
const GENERATED: &str = "docs/diagnostics.md";

/// Names of public types that may stand for several, each with the reason.
const SAME_NAME: [(&str, &str); 1] =
    [("Error", "each room has one enum of its failures and is named with it: `vault::Error`")];

/// What is wrong, one per line; nothing if nothing is.
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

fn below(folder: &str) -> impl Iterator<Item = &'static Source> + '_ {
    SOURCES.iter().filter(move |source| source.path.starts_with(folder))
}

#[test]
fn no_file_is_long() {
    let long = SOURCES.iter().filter(|source| source.lines > LONGEST);
    let long = long.map(|source| (&source.path, source.lines));
    let pages = FILES.iter().filter(|path| path.starts_with("docs/") && is(path, "md"));
    let pages = pages.filter(|path| *path != GENERATED);
    let pages = pages.map(|path| (path, read(path).lines().count()));
    let long = long.chain(pages.filter(|(_, lines)| *lines > LONGEST));
    let found: Vec<_> = long.map(|(path, lines)| format!("{path} ({lines})")).collect();
    none(&format!("files over {LONGEST} lines"), &found);
}

/// Every public type of a crate with the places it is declared at.
fn public_types(folder: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for source in below(folder) {
        for (at, token) in source.tokens.iter().enumerate() {
            if token.text != "pub" || token.test {
                continue;
            }
            let mut kind = at + 1;
            if source.at(kind) == "(" {
                kind = source::matching(&source.tokens, kind) + 1;
            }
            kind += usize::from(source.at(kind) == "unsafe");
            if matches!(source.at(kind), "struct" | "enum" | "union" | "trait" | "type") {
                let place = format!("{}:{}", source.path, token.line);
                found.entry(source.at(kind + 1).to_owned()).or_default().push(place);
            }
        }
    }
    found
}

#[test]
fn public_types_have_names_of_their_own() {
    let allowed = |name: &str| SAME_NAME.iter().any(|(same, _)| *same == name);
    let mut found = Vec::new();
    for folder in ["src/", "trainer/src/"] {
        for (name, places) in public_types(folder) {
            if places.len() > 1 && !allowed(&name) {
                found.push(format!("  {name}: {}", places.join(", ")));
            }
        }
    }
    none("public types that share a name", &found);
    let ours = public_types("src/");
    for (name, _) in SAME_NAME {
        let places = ours.get(name).map_or(0, Vec::len);
        assert!(places > 1, "{name} stands {places} times: unlist it");
    }
}

#[test]
fn no_circle_of_imports_in_a_room() {
    let mut found = Vec::new();
    for imports in [&*OURS, &imports("trainer/src")] {
        let rooms: BTreeSet<_> = imports.iter().filter_map(|import| import.from.first()).collect();
        for room in rooms {
            found.extend(circles(imports, std::slice::from_ref(room)));
        }
    }
    none("circles of imports", &found);
}

#[test]
fn what_understands_a_script_plans_no_shots() {
    let found: Vec<_> = OURS
        .iter()
        .filter(|import| import.from.starts_with(&["breakdown".into(), "understand".into()]))
        .filter(|import| import.to.starts_with(&["breakdown".into(), "shots".into()]))
        .map(|import| format!("  {}: {}", import.place, import.to.join("::")))
        .collect();
    none("imports from `shots` in `understand`", &found);
}

/// What reads the files of a project, by folder or file.
const READERS: [&str; 10] = [
    "src/breakdown/",
    "src/analysis.rs",
    "src/casting/mod.rs",
    "src/casting/names.rs",
    "src/project/plan.rs",
    "src/project/script.rs",
    "src/lsp/completion/",
    "src/lsp/hover.rs",
    "src/lsp/links.rs",
    "src/lsp/navigation.rs",
];

/// A project is read through `source::files` alone, so that it can be checked and
/// planned where there is no disk.
#[test]
fn no_reader_of_a_project_opens_a_file_by_itself() {
    const TYPES: [&str; 2] = ["fs", "DiskFiles"];
    const METHODS: [&str; 6] =
        ["exists", "is_file", "is_dir", "metadata", "canonicalize", "read_dir"];
    let mut found = Vec::new();
    for source in READERS.iter().flat_map(|reader| below(reader)) {
        for (index, token) in source.tokens.iter().enumerate().filter(|(_, token)| !token.test) {
            let word = token.text.as_str();
            let bare = source.at(index + 1) == "(" && source.at(index + 2) == ")";
            if TYPES.contains(&word) || (METHODS.contains(&word) && bare) {
                found.push(format!("  {}:{}: `{word}`", source.path, token.line));
            }
        }
    }
    none("files of a project that are opened past its files", &found);
}

/// What an author may write in English, another may write in German.
#[test]
fn words_of_a_language_stand_in_its_tables() {
    none("words of `stdlib/languages/` in the code", &words::in_code());
}

/// What a word means for a picture stands in `stdlib/`; code asks a value for it.
#[test]
fn no_blocking_compares_words() {
    none("words that the rooms of the blocking compare with", &blocking_words::compared());
}

/// `src/lib.rs` names the modules in the order of the pipeline.
#[test]
fn modules_use_only_those_above_them() {
    let text = read("src/lib.rs");
    let lines = text.lines().filter_map(|line| line.strip_suffix(';'));
    let order: Vec<_> =
        lines.filter_map(|line| line.split_once("mod ")).map(|(_, it)| it).collect();
    assert!(order.len() > 10, "{order:?}");
    let place = |room: &str| order.iter().position(|other| *other == room);
    let found: Vec<_> = OURS
        .iter()
        .filter_map(|import| {
            let (from, to) = (import.from.first()?, import.to.first()?);
            let upwards = place(from).expect("a module") < place(to).expect("a module");
            upwards.then(|| format!("  {}: `{from}` uses `{to}`", import.place))
        })
        .collect();
    none("imports against the order of src/lib.rs", &found);
}

/// Comments and pages cite only files, and anchors, that are there.
#[test]
fn whatever_is_cited_is_there() {
    none("citations of what is not there", &citations::dead());
}

/// Words that measure time or memory, or that let time pass.
const CLOCKS: [&str; 12] = [
    "elapsed",
    "Instant",
    "SystemTime",
    "sleep",
    "recv_timeout",
    "set_read_timeout",
    "wait_timeout",
    "VmRSS",
    "VmHWM",
    "statm",
    "getrusage",
    "ru_maxrss",
];

/// Functions of tests that read a clock or memory, or wait, each with the reason.
const WAITS: [(&str, &str, &str); 16] = [
    ("src/watch.rs", "notices", "waits for an event; ends a test that hangs"),
    ("src/watch.rs", "compares", "sets the clock, so that a comparison is due"),
    ("src/watch.rs", "saves", "editors pause inside a save"),
    ("src/watch.rs", "writing_is_given_time_to_end_but_not_for_ever", "gives times, measures none"),
    ("tests/hub.rs", "serve", "a slow hub"),
    ("tests/hub.rs", "interrupting_keeps_what_came", "waits for an event"),
    ("tests/lsp/client.rs", "", "the bench asks when an answer came"),
    ("tests/preview.rs", "connect", "waits for an answer; ends a test that hangs"),
    ("tests/preview.rs", "editors_tell_their_cursor", "waits for an event"),
    (
        "tests/preview.rs",
        "a_thousand_silent_connections_and_half_closed_ones_are_survived",
        "waits for an answer; ends a test that hangs",
    ),
    ("tests/survival/places.rs", "times", "gives files times, measures none"),
    ("tests/watch/camera.rs", "take", "a camera takes time for a step"),
    ("tests/watch/film.rs", "shows", "waits for an event; ends a test that hangs"),
    ("tests/watch/film.rs", "script_is_read", "waits for an event; ends a test that hangs"),
    ("tests/watch/film.rs", "wait", "waits for an event; ends a test that hangs"),
    ("tests/watch/saves.rs", "editors", "editors pause inside a save"),
];

/// No test judges by elapsed time or by the memory of a process, and none
/// proves by a pause that nothing happens: one makes something happen later and
/// sees that nothing came before it.
#[test]
fn no_test_judges_by_the_clock() {
    let mut found = Vec::new();
    let mut used = BTreeSet::new();
    for source in &*SOURCES {
        let tests = source.path.starts_with("tests/") && !source.path.starts_with("tests/tidy/");
        let (mut function, mut imported) = ("", false);
        for (at, token) in source.tokens.iter().enumerate() {
            if !tests && !token.test {
                continue;
            }
            match &*token.text {
                "use" => imported = true,
                ";" => imported = false,
                "fn" if source.at(at + 1) != "(" => function = source.at(at + 1),
                _ => {}
            }
            if imported || !CLOCKS.contains(&&*token.text) {
                continue;
            }
            let wait = WAITS.iter().position(|(path, name, _)| {
                *path == source.path && (name.is_empty() || *name == function)
            });
            if let Some(wait) = wait {
                used.insert(wait);
            } else {
                let (path, line, text) = (&source.path, token.line, &token.text);
                found.push(format!("  {path}:{line}: `{text}` in `{function}`"));
            }
        }
    }
    none("tests that look at a clock or wait; list a wait for an event in WAITS", &found);
    let unused = (0..WAITS.len()).filter(|wait| !used.contains(wait)).map(|wait| WAITS[wait].1);
    assert_eq!(unused.collect::<Vec<_>>(), [""; 0], "unlist these");
}
