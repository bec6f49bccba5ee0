//! The conformance table of Fountain 1.1 and of what Photoplay adds: each case
//! of `tests/fountain/*.txt` quotes a rule, shows a script, and the tree.
//!
//! In a script `·` is a space at a line's end, `→` a tab, `␍` a carriage
//! return, `␌` a form feed, `⍽` a no-break space and `⎕` a byte order mark.
//! With `UPDATE=1` the trees are written anew.

mod common;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use common::dump;
use photoplay::script::parse;
use photoplay::source::Sources;

fn visible_to_real(script: &str) -> String {
    script
        .replace('·', " ")
        .replace('→', "\t")
        .replace("␍⏎", "\r")
        .replace('␍', "\r")
        .replace('␌', "\u{c}")
        .replace('⍽', "\u{a0}")
        .replace('⎕', "\u{feff}")
}

/// One file: cases that begin with `§ rule`, then the script, a line `----`,
/// and the tree.
fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fountain").join(name);
    let table = fs::read_to_string(&path).expect("the table is in the repository");
    let update = std::env::var_os("UPDATE").is_some();
    let mut anew = String::new();
    let mut wrong = String::new();
    let mut parts = table.split("\n§ ");
    anew.push_str(parts.next().expect("the table has a head"));
    for case in parts {
        let (title, rest) = case.split_once('\n').expect("a case has a script");
        let (script, expected) = rest.split_once("----\n").expect("a case has a tree");
        let real = visible_to_real(script.strip_suffix('\n').unwrap_or(script));
        let mut sources = Sources::default();
        let dialect = if title.contains(".fountain") { "a.fountain" } else { "a.play" };
        let id = sources.add(dialect, real.clone());
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
