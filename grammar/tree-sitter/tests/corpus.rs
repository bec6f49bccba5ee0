//! The corpus in `test/corpus`, in tree-sitter's own format.
//! `UPDATE=1` rewrites the trees.

mod common;

use std::fs;
use std::path::Path;

use common::Parsed;
use tree_sitter::Node;

const RULE: &str = "==================\n";

/// As `tree-sitter test` prints it: a node a line, anonymous nodes left out.
fn sexp(node: Node<'_>, field: Option<&str>, depth: usize, out: &mut String) {
    if depth > 0 {
        out.push('\n');
    }
    out.push_str(&"  ".repeat(depth));
    if let Some(field) = field {
        out.push_str(field);
        out.push_str(": ");
    }
    out.push('(');
    out.push_str(node.kind());
    for index in 0..node.child_count() {
        let child = node.child(index).expect("it is a child");
        if child.is_named() {
            sexp(child, node.field_name_for_child(index), depth + 1, out);
        }
    }
    out.push(')');
}

#[test]
fn the_corpus_has_these_trees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("test/corpus");
    let mut cases = 0;
    for entry in fs::read_dir(folder).expect("the corpus is in the repository") {
        let path = entry.expect("a folder can be listed").path();
        let corpus = fs::read_to_string(&path).expect("the corpus is text");
        let mut anew = String::new();
        for case in corpus.split(&format!("\n{RULE}")).map(|case| case.trim_start_matches(RULE)) {
            let Some((script, _)) = case.split_once("\n---\n") else {
                anew.push_str(&format!("{RULE}{case}\n{RULE}"));
                continue;
            };
            let mut tree = String::new();
            sexp(Parsed::new(script).tree.root_node(), None, 0, &mut tree);
            anew.push_str(&format!("{script}\n---\n\n{tree}\n\n"));
            cases += 1;
        }
        let anew = format!("{}\n", anew.trim_end());
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, anew).expect("the corpus is writable");
        } else {
            assert_eq!(anew, corpus, "{}", path.display());
        }
    }
    assert!(cases > 10, "cases are missing");
}
