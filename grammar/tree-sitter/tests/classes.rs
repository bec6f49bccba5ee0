//! Compares the parser and its queries with the compiler: every byte of every script
//! in the repository must have the compiler's class.

mod common;

use std::fs;
use std::path::Path;

use common::{Parsed, classes, scripts, wrong_bytes};
use proptest::prelude::*;
use tree_sitter::{InputEdit, Parser, Point, Query, QueryCursor, StreamingIterator as _};

#[test]
fn every_byte_of_every_script_has_the_compilers_class() {
    let scripts = scripts();
    assert!(scripts.len() > 110, "scripts are missing");
    let mut wrong = String::new();
    for script in &scripts {
        wrong.push_str(&wrong_bytes(script));
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// An editor colours exactly the bytes with a class, except action and speech.
#[test]
fn what_has_a_class_has_a_colour() {
    let query = Query::new(&common::language(), tree_sitter_photoplay::HIGHLIGHTS_QUERY)
        .expect("highlights.scm is a query");
    for script in scripts() {
        let parsed = Parsed::new(&script.text);
        let mut coloured = vec![false; script.text.len()];
        let mut cursor = QueryCursor::new();
        let mut captures = cursor.captures(&query, parsed.tree.root_node(), script.text.as_bytes());
        while let Some((found, index)) = captures.next() {
            coloured[found.captures()[*index].node.byte_range()].fill(true);
        }
        for (at, class) in classes(&parsed, &script.text).into_iter().enumerate() {
            let plain = matches!(class, None | Some("action" | "dialogue" | "directive_body"));
            assert!(
                coloured[at] || plain || script.text.as_bytes()[at].is_ascii_whitespace(),
                "{}: byte {at} is {class:?} and has no colour",
                script.name
            );
        }
    }
}

#[test]
fn every_editors_queries_are_queries() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut read = 0;
    for folder in
        ["grammar/tree-sitter/queries", "editors/helix", "editors/zed/languages/photoplay"]
    {
        for entry in fs::read_dir(root.join(folder)).expect("the folder is in the repository") {
            let path = entry.expect("a folder can be listed").path();
            if path.extension().is_some_and(|end| end == "scm") {
                let text = fs::read_to_string(&path).expect("a query is text");
                let query = Query::new(&common::language(), &text);
                assert!(query.is_ok(), "{}: {:?}", path.display(), query.err());
                read += 1;
            }
        }
    }
    assert!(read >= 6, "queries are missing");
}

/// Texts on which a careless scanner takes quadratic time.
#[test]
fn hostile_texts_are_read() {
    for (piece, times) in [
        ("*a ", 20_000),
        ("*a", 20_000),
        ("[[", 20_000),
        ("[[a\n", 20_000),
        ("/*", 20_000),
        ("/**/", 20_000),
        ("[[a]]\n", 20_000),
        ("MARA\n[[wear: a]]\n", 2_000),
        ("\"a,", 20_000),
        ("!! \"a,", 2_000),
        ("#\n", 20_000),
        ("# a\n", 20_000),
        ("a\n  \n", 20_000),
        ("(", 20_000),
    ] {
        for start in ["", "INT. HOUSE - DAY\n\n", "MARA\n", "!! WIDE, ", "[[cast: "] {
            let text = format!("{start}{}", piece.repeat(times));
            assert!(!Parsed::new(&text).tree.root_node().has_error(), "{start:?} {piece:?}");
        }
    }
}

/// Pieces of scripts in random order.
fn nonsense() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "\n",
        "\n",
        "\n\n",
        "\n\n",
        " ",
        "  ",
        "\r\n",
        "\r",
        "\t",
        "\u{a0}",
        "\u{c}",
        "!!",
        "！！",
        "!",
        "[[",
        "[[",
        "]]",
        "]]",
        "/*",
        "*/",
        "*",
        "**",
        "***",
        "_",
        "\\",
        "#",
        "#1A#",
        "=",
        "===",
        "~",
        ">",
        "<",
        "@",
        ".",
        "^",
        "(",
        ")",
        "（",
        ",",
        "，",
        "|",
        "｜",
        ":",
        "：",
        "\"",
        "“",
        "”",
        "MARA",
        "MARA",
        "Mara waits.",
        "INT. HOUSE - DAY",
        "CUT TO:",
        "Title: A",
        "wear: MARA",
        "cut: back",
        "cut: WIDE",
        "note:",
        "WIDE",
        "3s",
        "1,5s",
        "35mm",
        "continues",
        "from",
        "É",
        "é",
        "小美",
        "?",
    ];
    proptest::collection::vec(proptest::sample::select(PIECES), 0..40)
        .prop_map(|pieces| pieces.concat())
}

fn point(text: &str, byte: usize) -> Point {
    let before = &text[..byte];
    let row = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    Point { row, column: byte - start }
}

fn boundary(text: &str, at: prop::sample::Index) -> usize {
    let mut at = at.index(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn no_script_has_an_error(text in nonsense()) {
        let parsed = Parsed::new(&text);
        prop_assert!(!parsed.tree.root_node().has_error(),
            "{text:?}: {}", parsed.tree.root_node().to_sexp());
    }

    #[test]
    fn nonsense_has_the_compilers_classes(text in nonsense()) {
        let wrong = wrong_bytes(&common::Script::play("nonsense.play", &text));
        prop_assert!(wrong.is_empty(), "{text:?}\n{wrong}");
    }

    #[test]
    fn an_edit_gives_the_tree_of_the_whole(
        text in nonsense(),
        new in nonsense(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let (from, to) = (boundary(&text, from), boundary(&text, to));
        let (start, end) = (from.min(to), from.max(to));
        let edited = format!("{}{new}{}", &text[..start], &text[end..]);
        let mut parser = Parser::new();
        parser.set_language(&common::language()).expect("the versions agree");
        let mut tree = parser.parse(&text, None).expect("nothing cancels");
        tree.edit(&InputEdit {
            start_byte: start,
            old_end_byte: end,
            new_end_byte: start + new.len(),
            start_position: point(&text, start),
            old_end_position: point(&text, end),
            new_end_position: point(&edited, start + new.len()),
        });
        let again = parser.parse(&edited, Some(&tree)).expect("nothing cancels");
        let whole = Parsed::new(&edited);
        prop_assert_eq!(common::dump(&again), common::dump(&whole.tree), "{:?} to {:?}", text, edited);
    }
}
