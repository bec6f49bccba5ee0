//! Whole scripts: the trees of the examples, and properties of any text.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use common::{dump, tree_words};
use photoplay::script::format::format;
use photoplay::script::highlight::highlight;
use photoplay::script::parse;
use photoplay::script::tree::Tree;
use photoplay::source::{SourceId, Sources, Span};
use proptest::prelude::*;

fn examples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the examples are in the repository")
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "play" || end == "fountain"))
        .collect();
    paths.sort();
    paths
}

fn sources(name: impl Into<PathBuf>, text: impl Into<String>) -> (Sources, SourceId) {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    (sources, id)
}

#[test]
fn the_examples_have_these_trees() {
    for path in examples() {
        let text = fs::read_to_string(&path).expect("an example is text");
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        let (sources, id) = sources(&path, text);
        let (tree, diagnostics) = parse(&sources, id);
        insta::with_settings!({ snapshot_path => "script", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name, dump(&tree, &diagnostics, sources.get(id)));
        });
    }
}

/// The classes that editors colour. `editors/test.sh` compares their grammars with them:
/// line, first and last byte in it, class.
#[test]
fn the_examples_have_these_colours() {
    for path in examples() {
        let text = fs::read_to_string(&path).expect("an example is text");
        let name = path.file_name().expect("it is a file").to_string_lossy().into_owned();
        let (sources, id) = sources(&path, text);
        let (tree, _) = parse(&sources, id);
        let source = sources.get(id);
        let mut list = String::new();
        for colour in highlight(&tree, source) {
            let class = serde_json::to_value(colour.class).expect("a class has a name");
            let (line, _) = source.line_column(colour.span.start);
            let before = &source.text[..colour.span.start as usize];
            let first = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
            let words = source.slice(colour.span);
            let last = first + words.len();
            writeln!(list, "{line}:{first}-{last} {} {words:?}", class.as_str().expect("a name"))
                .expect("strings are writable");
        }
        insta::with_settings!({ snapshot_path => "script", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{name}.colours"), list);
        });
    }
}

#[test]
fn formatting_touches_only_what_is_ours() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/script/format.txt");
    let table = fs::read_to_string(path).expect("the table is in the repository");
    let real = |text: &str| text.replace('·', " ").replace('␍', "\r");
    for case in table.split("\n§ ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a case has a script");
        let (before, after) = rest.split_once("----\n").expect("a case has a result");
        let (sources, id) = sources("a.play", real(before));
        let after = format!("{}\n", after.trim_end_matches('\n'));
        assert_eq!(format(&sources, id), real(&after), "{title}");
    }
}

/// Every span of a tree, in the order of its elements.
fn spans(tree: &Tree) -> Vec<Span> {
    let value = serde_json::to_value(tree).expect("a tree is data");
    let mut found = Vec::new();
    collect(&value, &mut found);
    found
}

fn collect(value: &serde_json::Value, found: &mut Vec<Span>) {
    match value {
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        serde_json::Value::Object(fields) => {
            if let (Some(start), Some(end)) = (fields.get("start"), fields.get("end")) {
                let number = |value: &serde_json::Value| value.as_u64().expect("a span") as usize;
                found.push(Span::new(SourceId(0), number(start), number(end)));
            }
            fields.values().for_each(|field| collect(field, found));
        }
        _ => {}
    }
}

fn holds_for(name: &str, text: &str) {
    let (sources, id) = sources(name, text);
    let (tree, diagnostics) = parse(&sources, id);
    let whole = |span: &Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)
    };
    let all = spans(&tree);
    assert!(all.iter().all(whole), "a span is out of bounds in {text:?}");
    let mut said = diagnostics.iter().filter_map(|diagnostic| diagnostic.span);
    assert!(said.all(|span| whole(&span)), "a message is out of bounds in {text:?}");
    for pair in tree.elements.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "elements overlap in {text:?}: {pair:#?}");
    }
    let colours = highlight(&tree, sources.get(id));
    assert!(
        colours.iter().all(|colour| whole(&colour.span) && colour.span.start < colour.span.end)
    );
    for pair in colours.windows(2) {
        assert!(pair[0].span.end <= pair[1].span.start, "colours overlap in {text:?}: {pair:?}");
    }

    let once = format(&sources, id);
    let (formatted, formatted_id) = self::sources(name, once.clone());
    let (tree_after, _) = parse(&formatted, formatted_id);
    assert_eq!(tree_words(&tree), tree_words(&tree_after), "{text:?} became {once:?}");
    assert_eq!(once, format(&formatted, formatted_id), "formatting twice: {text:?}");
}

#[test]
fn what_was_found_by_chance_stays_found() {
    for text in ["!!1,5s[[|]]|", "！！from[[\r\n^Mara waits.]]>MARA"] {
        holds_for("a.play", text);
    }
}

#[test]
fn examples_and_tables_are_well_formed() {
    for path in examples() {
        holds_for("a.play", &fs::read_to_string(&path).expect("an example is text"));
    }
    for table in ["spec", "traps", "additions"] {
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fountain/{table}.txt"));
        let text = fs::read_to_string(path).expect("a table is text");
        for case in text.split("\n§ ") {
            holds_for("a.play", case);
            holds_for("a.fountain", &case.replace('\n', "\r\n"));
        }
    }
}

/// Pieces of scripts in random order.
fn nonsense() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => Just("\n"), 4 => Just("\n\n"), 4 => Just(" "), 2 => Just("  "), 1 => Just("\r\n"),
        1 => Just("\r"), 1 => Just("\t"), 1 => Just("\u{a0}"), 1 => Just("\u{c}"),
        1 => Just("\u{feff}"), 3 => Just("!!"), 1 => Just("！！"), 1 => Just("!"), 3 => Just("[["),
        4 => Just("]]"), 2 => Just("/*"), 3 => Just("*/"), 2 => Just("*"), 2 => Just("**"),
        1 => Just("***"), 2 => Just("_"), 1 => Just("\\"), 1 => Just("#"), 2 => Just("#1A#"),
        1 => Just("="), 1 => Just("==="), 1 => Just("~"), 2 => Just(">"), 2 => Just("<"),
        1 => Just("@"), 1 => Just("."), 1 => Just("^"), 2 => Just("("), 2 => Just(")"),
        1 => Just("（"), 4 => Just(","), 1 => Just("，"), 2 => Just("|"), 1 => Just("｜"),
        2 => Just(":"), 1 => Just("："), 2 => Just("\""), 1 => Just("“"), 1 => Just("”"),
        3 => Just("MARA"), 3 => Just("Mara waits."), 2 => Just("INT. HOUSE - DAY"),
        2 => Just("CUT TO:"), 2 => Just("Title: A"), 2 => Just("wear: MARA"), 2 => Just("cut: back"),
        2 => Just("cut: WIDE"), 1 => Just("note:"), 2 => Just("WIDE"), 2 => Just("3s"),
        1 => Just("1,5s"), 1 => Just("3,s"), 1 => Just("-1s"), 1 => Just("35mm"),
        1 => Just("continues"), 1 => Just("wearing"), 1 => Just("from"), 1 => Just("é"),
        1 => Just("小美"), 1 => Just("?"),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string_is_a_script(text in any::<String>()) {
        holds_for("a.play", &text);
    }

    #[test]
    fn any_nonsense_is_a_script(text in nonsense()) {
        holds_for("a.play", &text);
        holds_for("a.fountain", &text);
    }
}
