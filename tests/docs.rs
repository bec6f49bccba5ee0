//! The documentation: its tables come from the vocabulary and the grammar, and all
//! its scripts compile. `UPDATE=1` rewrites the tables.

#![allow(clippy::unwrap_used, reason = "what is missing fails the test")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::language::film_settings::SettingEntry;
use photoplay::breakdown::language::glossary::{Table, Word};
use photoplay::breakdown::language::speakers::Speakers;
use photoplay::breakdown::language::vocabulary::Vocabulary;
use photoplay::breakdown::shot::ShotList;
use photoplay::diagnostic::{Diagnostic, Severity};
use photoplay::source::Sources;
use photoplay::time::lasting;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a page with its generated text, or writes it.
fn hold(page: &str, expected: &str) {
    let path = root().join(page);
    let found = fs::read_to_string(&path).expect("the page is in the repository");
    if found == expected {
        return;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, expected).expect("the page can be written");
        return;
    }
    let line = found.lines().zip(expected.lines()).take_while(|(one, other)| one == other).count();
    panic!(
        "{page} is out of date at line {}; `UPDATE=1 cargo test --test docs` writes it:\n{}",
        line + 1,
        expected.lines().skip(line).take(5).collect::<Vec<_>>().join("\n")
    );
}

// ─── Tables ──────────────────────────────────────────────────────────────────

fn table(vocabulary: &Vocabulary, table: Table) -> String {
    let words = vocabulary.words(table);
    let also = words.iter().any(|word| !word.also.is_empty());
    let mut out = String::new();
    let (head, rule) = if also { (" also |", "---|") } else { ("", "") };
    writeln!(out, "| {} | what it does |{head}\n|---|---|{rule}", table.noun()).unwrap();
    for word in &words {
        write!(out, "| `{}`{} | {} |", word.word, directions(word), word.meaning).unwrap();
        if also {
            write!(out, " {} |", word.also.join(", ")).unwrap();
        }
        out.push('\n');
    }
    out
}

/// The settings of the whole film.
fn settings() -> String {
    let code = |words: &[String]| {
        words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
    };
    let mut out = String::from(
        "| film setting | what it does | values | for example | also |\n|---|---|---|---|---|\n",
    );
    for entry in SettingEntry::all() {
        let (key, meaning, also) = (&entry.key, &entry.meaning, code(&entry.also));
        let (values, example) = (entry.expected(), &entry.examples[0]);
        writeln!(out, "| `{key}` | {meaning} | {values} | `{key} {example}` | {also} |").unwrap();
    }
    out
}

/// The words of `block` in each language.
fn stage_words(vocabulary: &Vocabulary) -> String {
    let directs = |language: &&str| !vocabulary.languages[*language].directing.motions.is_empty();
    let languages = vocabulary.languages.keys().map(String::as_str);
    let languages: Vec<&str> = languages.filter(directs).collect();
    let mut out = format!("| | {} |\n|---|", languages.join(" | "));
    out += &"---|".repeat(languages.len());
    out.push('\n');
    let directing = |language: &str| &vocabulary.languages[language].directing;
    let row = |out: &mut String, name: String, words: &dyn Fn(&str) -> Option<Vec<String>>| {
        write!(out, "| {name} |").unwrap();
        for language in &languages {
            let words = words(language).unwrap_or_default();
            let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            write!(out, " {} |", quoted.join(", ")).unwrap();
        }
        out.push('\n');
    };
    for area in directing("en").areas.keys() {
        let name = format!("where: {}", format!("{area:?}").to_lowercase());
        row(&mut out, name, &|language| directing(language).areas.get(area).cloned());
    }
    for motion in directing("en").motions.keys() {
        let name = format!("what: {motion}");
        row(&mut out, name, &|language| directing(language).motions.get(motion).cloned());
    }
    out
}

/// The voices of `stdlib/speakers.yaml`.
fn voices() -> String {
    let mut out = String::from("| | voices |\n|---|---|\n");
    for (begins, whose) in [
        ("af_", "American, women"),
        ("am_", "American, men"),
        ("bf_", "British, women"),
        ("bm_", "British, men"),
    ] {
        let all = Speakers::stdlib().voices.keys().filter(|name| name.starts_with(begins));
        let all: Vec<String> = all.map(|name| format!("`{name}`")).collect();
        writeln!(out, "| {whose} | {} |", all.join(", ")).unwrap();
    }
    out
}

fn directions(word: &Word<'_>) -> String {
    if word.directions.is_empty() {
        return String::new();
    }
    format!(" {}", word.directions.join("/"))
}

/// The comments of the grammar, by section and rule.
fn grammar() -> String {
    let text = fs::read_to_string(root().join("grammar/screenplay.pest")).expect("it is there");
    let mut out = String::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in text.lines() {
        if let Some(section) = line.strip_prefix("// ─── ") {
            let name = section.trim_end_matches('─').trim();
            writeln!(out, "\n**{name}**\n").unwrap();
            comment.clear();
        } else if let Some(words) = line.strip_prefix("// ") {
            comment.push(words);
        } else if let Some((rule, _)) = line.split_once('=')
            && !line.starts_with([' ', '/'])
        {
            if !comment.is_empty() {
                writeln!(out, "- `{}`: {}", rule.trim(), comment.join(" ")).unwrap();
            }
            comment.clear();
        } else if line.is_empty() {
            comment.clear();
        }
    }
    out.trim_start_matches('\n').to_owned()
}

/// Fills the generated parts of a page, each by its name; returns their number.
fn fill(name: &str, part: impl Fn(&str) -> Option<String>) -> usize {
    let page = fs::read_to_string(root().join(name)).expect("it is there");
    let mut out = String::new();
    let mut rest = page.as_str();
    let mut made = 0;
    while let Some((before, after)) = rest.split_once("<!-- generated: ") {
        let (part_name, after) = after.split_once(" -->").expect("a mark is closed");
        let (_, after) = after.split_once("<!-- end -->").expect("a made part ends");
        let made_part = part(part_name).unwrap_or_else(|| panic!("nothing is called {part_name}"));
        write!(out, "{before}<!-- generated: {part_name} -->\n\n{made_part}\n<!-- end -->")
            .unwrap();
        rest = after;
        made += 1;
    }
    out.push_str(rest);
    hold(name, &out);
    made
}

#[test]
fn the_reference_is_up_to_date() {
    let vocabulary = Vocabulary::standard();
    let tables = |name: &str| {
        if name == "stage" {
            return Some(stage_words(&vocabulary));
        }
        if name == Table::Settings.key() {
            return Some(settings());
        }
        let wanted = Table::ALL.into_iter().find(|table| table.key() == name)?;
        Some(table(&vocabulary, wanted))
    };
    let made = fill("docs/language.md", tables) + fill("docs/settings.md", tables);
    assert_eq!(made, Table::ALL.len() + 1, "every table stands in the reference");
    let made = fill("docs/voices.md", |name| (name == "voices").then(voices));
    assert_eq!(made, 1, "the page has the voices");
    let made = fill("docs/grammar.md", |name| (name == "grammar").then(grammar));
    assert_eq!(made, 1, "the page has the grammar");
}

// ─── Scripts ─────────────────────────────────────────────────────────────────

/// Compiles a script in a folder with the files that scripts of the pages name.
fn compile(text: &str) -> (ShotList, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let words = "moves:\n  swoop: { like: crane, also: [swooping] }\nmeanings:\n  \
                 moves:\n    swoop: The camera falls through the air and catches itself.\n";
    fs::write(folder.path().join("my-words.yaml"), words).expect("it can be written");
    let mut sources = Sources::default();
    let id = sources.add(folder.path().join("a.play"), text);
    let analysis = analyze(&mut sources, id, Strictness::Strict);
    (analysis.list, analysis.diagnostics)
}

/// The fenced parts of a page: the words behind the fence, and the text.
fn fences(page: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once("\n```") {
        let (info, after) = after.split_once('\n').expect("a fence has a line");
        let (text, after) = after.split_once("```").expect("a fence is closed");
        found.push((info, text));
        rest = after;
    }
    found
}

#[test]
fn every_example_compiles() {
    let mut scripts = 0;
    for name in ["docs/language.md", "docs/tutorial.md"] {
        let page = fs::read_to_string(root().join(name)).expect("it is there");
        for (info, text) in fences(&page) {
            let Some(mistake) = info.strip_prefix("play") else { continue };
            scripts += 1;
            let (list, told) = compile(text);
            assert!(!list.shots.is_empty());
            let wrong: Vec<&Diagnostic> =
                told.iter().filter(|said| said.severity >= Severity::Warning).collect();
            match mistake.trim() {
                "" => assert!(wrong.is_empty(), "{name}: {wrong:#?} in\n{text}"),
                code => {
                    let codes: Vec<&str> = wrong.iter().map(|said| said.code.as_str()).collect();
                    assert_eq!(codes, [code], "{name}:\n{text}");
                }
            }
        }
    }
    assert!(scripts > 15, "{scripts}");
}

/// The tutorial's counts are right, and every step is another film.
#[test]
fn the_tutorial_counts_right() {
    let page = fs::read_to_string(root().join("docs/tutorial.md")).expect("it is there");
    let mut out = String::new();
    let mut rest = page.as_str();
    let mut films: Vec<String> = Vec::new();
    while let Some((before, after)) = rest.split_once("```play\n") {
        let (text, after) = after.split_once("```").expect("a fence is closed");
        let (between, after) = after.split_once("```film\n").expect("a step is counted");
        let (_, after) = after.split_once("```").expect("a fence is closed");
        let (list, _) = compile(text);
        let length = lasting(list.settings.rate.duration(list.frames()));
        let count = list.shots.len();
        let noun = if count == 1 { "shot" } else { "shots" };
        let counted = format!("{count} {noun}, {length}");
        films.push(format!("{:?}", list.shots));
        write!(out, "{before}```play\n{text}```{between}```film\n{counted}\n```").unwrap();
        rest = after;
    }
    out.push_str(rest);
    assert_eq!(films.len(), 10, "ten steps");
    for pair in films.windows(2) {
        assert_ne!(pair[0], pair[1], "every step changes the film");
    }
    hold("docs/tutorial.md", &out);
}
