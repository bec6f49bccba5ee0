//! Every message for an author: scripts with mistakes, and their messages as the
//! product's renderer draws them.

#[path = "common/compile.rs"]
mod compile;

use std::path::Path;

use photoplay::breakdown::Strictness;
use photoplay::diagnostic::{Code, Diagnostic, Severity};
use photoplay::report::diagnostics::summary;
use photoplay::source;
use photoplay::source::files::DiskFiles;

use self::compile::{compile, rendered};

fn check(path: &Path) {
    // From the root of the repository, where tests run.
    let path = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path);
    let text = std::fs::read_to_string(path).expect("the script is there");
    let (sources, diagnostics) = compile(path, text.clone());
    assert!(!diagnostics.is_empty(), "{} has a mistake, but no message", path.display());
    let strict = Strictness::of(path) == Strictness::Strict;
    let grave =
        |found: &Diagnostic| found.severity == Severity::Error && found.code != Code::EmptyFilm;
    assert!(strict || !diagnostics.iter().any(grave), "mistakes in `.fountain` only warn");
    let messages = rendered(&diagnostics, &sources);
    insta::assert_snapshot!(format!(
        "SOURCE\n{text}\nMESSAGES\n{messages}\n\n{}",
        summary(&diagnostics)
    ));
}

#[test]
fn broken_scripts() {
    insta::with_settings!({ omit_expression => true }, {
        insta::glob!("ui/**/*.{play,fountain}", check);
    });
}

/// A file that is no script is refused before it is parsed.
#[test]
fn files_that_are_no_scripts() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let cases: [(&str, Option<Vec<u8>>); 4] = [
        ("nul.play", Some(b"EXT. ROAD\0 - DAY".to_vec())),
        ("latin1.play", Some(b"EXT. CAF\xe9 - DAY".to_vec())),
        ("huge.play", Some(vec![b'x'; 5 << 20])),
        ("folder.play", None),
    ];
    let mut all = Vec::new();
    for (name, bytes) in cases {
        let path = folder.path().join(name);
        match bytes {
            Some(bytes) => std::fs::write(&path, bytes),
            None => std::fs::create_dir(&path),
        }
        .expect("the test can write");
        let error = source::read_text(&DiskFiles, &path).expect_err("it is no script");
        let message = error.to_string().replace(&*folder.path().to_string_lossy(), "…");
        all.push(message);
    }
    insta::assert_snapshot!(all.join("\n"), @r"
    `…/nul.play` is not text in UTF-8, from byte 9 on: the file holds NUL bytes, as programs and pictures do
    `…/latin1.play` is not text in UTF-8, from byte 8 on: the file seems to be Latin-1 or Windows-1252
    `…/huge.play` has 5242880 bytes; at most 4194304 are read
    `…/folder.play` is not a file
    ");
}

/// The marks of the language, and characters that are hard to parse.
const PARTS: &[&str] = &[
    "!! ",
    "CLOSE ON ",
    "WIDE",
    "[[",
    "]]",
    "cut: ",
    "cast: ",
    "now: ",
    "gone: ",
    "here: ",
    "film: ",
    "MARA",
    "mara",
    "’s",
    " (30s, ",
    ")",
    ", ",
    "3s",
    "1,5s",
    "-",
    " - ",
    "/",
    "/*",
    "*/",
    "\n",
    "\n\n",
    "INT. ",
    "EXT. ",
    "FLASHBACK",
    "(1882)",
    "END FLASHBACK",
    "#1#",
    "> ",
    " <",
    "TO:",
    "~",
    "^",
    "@",
    "小美",
    "ß",
    "é",
    "\u{301}",
    "\t",
    "    ",
    "\"",
    "“",
    "=",
    "|",
    "also: ",
    "to reveal ",
    "from ",
    "POV",
    "OVER ",
    "SHOULDER",
    "pan ",
    "left",
    "continues",
    "exactly 9s",
    "…",
    "\r\n",
    "🎬",
    "wearing ",
    "it's",
];

/// The compiler never panics on text made of the marks of the language.
#[test]
fn garbage_never_panics() {
    // A linear congruential generator (Knuth, MMIX) makes the same garbage in every run.
    let mut seed = 1911_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..300 {
        let count = 1 + next(60);
        let text: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
        let path = Path::new("tests/ui/bible/garbage.play");
        let (sources, diagnostics) = compile(path, text);
        for diagnostic in diagnostics {
            if let Some(span) = diagnostic.span {
                let text = &sources.get(span.source).text;
                assert!(span.start <= span.end && span.end as usize <= text.len());
                assert!(text.is_char_boundary(span.start as usize));
                assert!(text.is_char_boundary(span.end as usize));
            }
        }
    }
}
