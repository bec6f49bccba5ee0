//! Scripts, their trees, and the classes of their bytes.

#![allow(dead_code, unreachable_pub, reason = "shared by several test files")]

#[path = "../../../../tests/fountain/cases.rs"]
mod cases;
#[path = "../../../../tests/common/scripts.rs"]
mod files;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use photoplay::script::highlight::highlight;
use photoplay::script::parse;
use photoplay::source::Sources;
use tree_sitter::{Language, Node, Parser, Tree};

pub fn language() -> Language {
    tree_sitter_photoplay::LANGUAGE.into()
}

/// A text and its tree.
pub struct Parsed {
    pub tree: Tree,
}

impl Parsed {
    pub fn new(text: &str) -> Self {
        let mut parser = Parser::new();
        parser.set_language(&language()).expect("the versions agree");
        Self { tree: parser.parse(text, None).expect("nothing cancels") }
    }
}

/// Every node with its bytes.
pub fn dump(tree: &Tree) -> String {
    let mut out = String::new();
    dump_node(tree.root_node(), 0, &mut out);
    out
}

fn dump_node(node: Node<'_>, depth: usize, out: &mut String) {
    let (kind, range) = (node.kind(), node.byte_range());
    writeln!(out, "{:depth$}{kind} {range:?}", "").expect("strings are writable");
    for child in node.children(&mut node.walk()) {
        dump_node(child, depth + 1, out);
    }
}

pub struct Script {
    pub name: String,
    pub text: String,
}

impl Script {
    pub fn play(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), text: text.to_owned() }
    }
}

/// Every script of the repository: the files, and the cases of the tables.
pub fn scripts() -> Vec<Script> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut scripts = Vec::new();
    for path in files::scripts(&root) {
        let text = fs::read_to_string(&path).expect("a script is text");
        scripts.push(Script { name: path.display().to_string(), text });
    }
    for table in ["spec", "traps", "additions"] {
        let path = root.join(format!("tests/fountain/{table}.txt"));
        let text = fs::read_to_string(path).expect("the table is in the repository");
        for case in cases::read(&text) {
            let name = format!("{table}, {}.{}", case.title, case.extension());
            scripts.push(Script { name, text: case.text() });
        }
    }
    scripts
}

/// The class of every byte, by the node it lies in.
pub fn classes(parsed: &Parsed, text: &str) -> Vec<Option<&'static str>> {
    let mut classes = vec![None; text.len()];
    leaves(parsed.tree.root_node(), &mut |node| {
        classes[node.byte_range()].fill(class(node));
    });
    classes
}

fn leaves(node: Node<'_>, each: &mut impl FnMut(Node<'_>)) {
    if node.child_count() == 0 {
        each(node);
    }
    for child in node.children(&mut node.walk()) {
        leaves(child, each);
    }
}

fn class(node: Node<'_>) -> Option<&'static str> {
    let parent = node.parent().map_or("", |parent| parent.kind());
    Some(match node.kind() {
        "title_key" => "title_key",
        "title_value" => "title_value",
        "heading_text" => "heading",
        "scene_number" => "scene_number",
        "text" => match parent {
            "action" => "action",
            "dialogue" => "dialogue",
            "centered" => "centered",
            _ => "lyrics",
        },
        "italic"
        | "bold"
        | "bold_italic"
        | "underline"
        | "underline_italic"
        | "underline_bold"
        | "underline_bold_italic" => "emphasis",
        "character" => "cue",
        "extension" => "extension",
        "parenthetical_text" => "parenthetical",
        "transition_text" => "transition",
        "section_marker" | "section_text" => "section",
        "synopsis_text" => "synopsis",
        "===" => "page_break",
        "shot_marker" | "shot_head" => "shot_head",
        "words" | "duration" | "lens" | "string" => "technique",
        "shot_number" => "shot_number",
        "directive_word" | "cut_back" => "directive_word",
        ":" if parent == "cut" => "directive_word",
        "name" | "directive_body" | "field" => "directive_body",
        "note_text" | "[[" | "]]" | "|" => "note",
        ":" if parent == "directive" => "note",
        "," if parent != "shot" => "note",
        "boneyard" => "boneyard",
        _ => return None,
    })
}

/// The differences that the parser may have: the compiler's classes, and the parser's.
struct Exception {
    compiler: &'static [Option<&'static str>],
    parser: &'static [&'static str],
}

const EXCEPTIONS: &[Exception] = &[
    // A question in a `.fountain` is a remark, and a parser knows no file name.
    Exception { compiler: &[Some("note")], parser: &["directive_word", "directive_body"] },
    // The compiler knows no second number, and none at a transition.
    Exception { compiler: &[None, Some("note")], parser: &["shot_number"] },
    // A phrase covers everything inside it.
    Exception { compiler: &[Some("technique")], parser: &["note", "boneyard", "shot_number"] },
];

fn excepted(expected: Option<&str>, found: Option<&str>) -> bool {
    found.is_some_and(|found| {
        EXCEPTIONS.iter().any(|one| one.compiler.contains(&expected) && one.parser.contains(&found))
    })
}

/// The compiler's class of every byte.
pub fn compiler_classes(script: &Script) -> Vec<Option<String>> {
    let mut sources = Sources::default();
    let end = if script.name.ends_with(".fountain") { "a.fountain" } else { "a.play" };
    let id = sources.add(end, script.text.clone());
    let (tree, _) = parse(&sources, id);
    let mut classes = vec![None; script.text.len()];
    for colour in highlight(&tree, sources.get(id)) {
        let class = serde_json::to_value(colour.class).expect("a class has a name");
        let class = class.as_str().map(str::to_owned);
        classes[colour.span.start as usize..colour.span.end as usize].fill(class);
    }
    classes
}

/// The bytes with another class than the compiler's, line by line.
pub fn wrong_bytes(script: &Script) -> String {
    let expected = compiler_classes(script);
    let found = classes(&Parsed::new(&script.text), &script.text);
    let mut wrong = String::new();
    let (mut at, mut line) = (0, 1);
    while at < script.text.len() {
        let letter = script.text[at..].chars().next().expect("a boundary");
        let same = expected[at].as_deref() == found[at];
        if !same && !letter.is_whitespace() && !excepted(expected[at].as_deref(), found[at]) {
            writeln!(
                wrong,
                "{}:{line}: {:?} instead of {:?} at {:?}",
                script.name,
                found[at],
                expected[at],
                script.text[at..].lines().next().unwrap_or_default()
            )
            .expect("strings are writable");
            at += script.text[at..].find('\n').unwrap_or(script.text.len() - at);
        } else {
            line += usize::from(letter == '\n');
            at += letter.len_utf8();
        }
    }
    wrong
}
