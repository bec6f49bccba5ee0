//! The tables of letters in `src/letters.h` are those of the compiler. `UPDATE=1`
//! rewrites them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Every `step`th code point from `first` to `last`.
struct Run {
    first: u32,
    last: u32,
    step: u32,
}

fn runs(holds: impl Fn(char) -> bool) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for letter in ('\u{80}'..=char::MAX).filter(|letter| holds(*letter)).map(u32::from) {
        match runs.last_mut() {
            Some(run) if run.first == run.last && letter - run.last <= 2 => {
                run.step = letter - run.last;
                run.last = letter;
            }
            Some(run) if letter - run.last == run.step => run.last = letter,
            _ => runs.push(Run { first: letter, last: letter, step: 1 }),
        }
    }
    runs
}

fn table(name: &str, runs: &[Run], out: &mut String) {
    writeln!(out, "\n#define {name}_SIZE {}", runs.len()).expect("writable");
    writeln!(out, "static const Letters {name}[{name}_SIZE] = {{").expect("writable");
    for row in runs.chunks(6) {
        let row: Vec<String> = row
            .iter()
            .map(|Run { first, last, step }| format!("{{{first:#x}, {last:#x}, {step}}}"))
            .collect();
        writeln!(out, "    {},", row.join(", ")).expect("writable");
    }
    out.push_str("};\n");
}

#[test]
fn the_tables_are_the_compilers() {
    let mut out = "// Letters beyond ASCII, written by tests/letters.rs: parsers are built for\n\
                   // machines whose C library knows no Unicode.\n\n\
                   #ifndef PHOTOPLAY_LETTERS_H\n#define PHOTOPLAY_LETTERS_H\n\n\
                   #include <stdint.h>\n\n\
                   // Every `step`th code point from `first` to `last`.\n\
                   typedef struct {\n  int32_t first, last, step;\n} Letters;\n"
        .to_owned();
    table("UPPERCASE", &runs(char::is_uppercase), &mut out);
    table("LOWERCASE", &runs(char::is_lowercase), &mut out);
    let alphanumeric = |letter: char| {
        use pest::unicode::{LETTER, MARK, NUMBER};
        LETTER(letter) || NUMBER(letter) || MARK(letter)
    };
    table("ALPHANUMERIC", &runs(alphanumeric), &mut out);
    out.push_str("\n#endif\n");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/letters.h");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, out).expect("the header is writable");
    } else {
        let found = fs::read_to_string(&path).expect("the header is in the repository");
        assert!(found == out, "src/letters.h is stale: run this test with UPDATE=1");
    }
}
