//! The conformance table of Fountain 1.1 and of what Photoplay adds: each case
//! of `tests/fountain/*.txt` quotes a rule, shows a script, and the tree.
//!
//! In a script `·` is a space at a line's end, `→` a tab, `␍` a carriage
//! return, `␌` a form feed, `⍽` a no-break space and `⎕` a byte order mark.
//! `UPDATE=1` rewrites the trees.

#[path = "fountain/cases.rs"]
mod cases;
mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::dump;
use photoplay::script::parse;
use photoplay::source::Sources;

/// One table.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fountain").join(name);
    let table = fs::read_to_string(&path).expect("the table is in the repository");
    let update = std::env::var_os("UPDATE").is_some();
    let mut anew = String::new();
    let mut wrong = String::new();
    anew.push_str(table.split("\n§ ").next().expect("the table has a head"));
    for case in cases::read(&table) {
        let cases::Case { title, script, tree: expected } = case;
        let mut sources = Sources::default();
        let id = sources.add(format!("a.{}", case.extension()), case.text());
        let (tree, diagnostics) = parse(&sources, id);
        let found = dump(&tree, &diagnostics, sources.get(id));
        write!(anew, "\n§ {title}\n{script}----\n{found}").expect("strings are writable");
        if found.trim() != expected.trim() {
            writeln!(wrong, "§ {title}\n{script}---- expected\n{expected}---- found\n{found}")
                .expect("strings are writable");
        }
    }
    if update {
        fs::write(&path, anew).expect("the table is writable");
    } else {
        assert!(wrong.is_empty(), "{wrong}");
    }
}

#[test]
fn every_rule_of_fountain_holds() {
    check("spec.txt");
}

#[test]
fn every_trap_is_avoided() {
    check("traps.txt");
}

#[test]
fn shots_and_directives_are_read() {
    check("additions.txt");
}
