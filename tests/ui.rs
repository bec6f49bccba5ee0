//! What an author is told of a broken script: the script and the rendered
//! messages, side by side.

use std::path::Path;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
};
use photoplay::breakdown::{Strictness, break_down};
use photoplay::diagnostic::{Diagnostic, Severity};
use photoplay::script;
use photoplay::source::{self, Sources, Span};

/// Understands a script; every script gives a shot list and all its mistakes.
fn told(path: &Path, text: String) -> (Sources, Vec<Diagnostic>) {
    let project = path.parent().expect("a script lies in a folder");
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let (tree, mut told) = script::parse(&sources, id);
    let (_, more) = break_down(&tree, &mut sources, project, Strictness::of(path));
    told.extend(more);
    (sources, told)
}

fn render(sources: &Sources, diagnostic: &Diagnostic) -> String {
    let label = |span: Span, text: Option<String>| {
        LabeledSpan::new(text, span.start as usize, (span.end - span.start) as usize)
    };
    let mut labels = Vec::new();
    let mut notes = Vec::new();
    if let Some(span) = diagnostic.span {
        labels.push(label(span, diagnostic.label.clone()));
        for (other, words) in &diagnostic.related {
            if other.source == span.source {
                labels.push(label(*other, Some(words.clone())));
            } else {
                let source = sources.get(other.source);
                let (line, column) = source.line_column(other.start);
                let name = source.path.file_name().unwrap_or_default().to_string_lossy();
                notes.push(format!("{words}: {name}:{line}:{column}"));
            }
        }
    }
    notes.extend(diagnostic.help.clone());
    let mut report = MietteDiagnostic::new(diagnostic.message.clone())
        .with_code(diagnostic.code.as_str())
        .with_severity(match diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Hint => miette::Severity::Advice,
        })
        .with_labels(labels);
    if !notes.is_empty() {
        report = report.with_help(notes.join("\n"));
    }
    let mut report = Report::new(report);
    if let Some(span) = diagnostic.span {
        let source = sources.get(span.source);
        let name = source.path.file_name().unwrap_or_default().to_string_lossy();
        report = report.with_source_code(NamedSource::new(name, source.text.clone()));
    }
    let mut out = String::new();
    GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor())
        .with_width(80)
        .render_report(&mut out, report.as_ref())
        .expect("a string takes every text");
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

fn check(path: &Path) {
    let text = std::fs::read_to_string(path).expect("the script is there");
    let (sources, told) = told(path, text.clone());
    assert!(!told.is_empty(), "{} is broken, but nothing was said", path.display());
    let strict = Strictness::of(path) == Strictness::Strict;
    let lenient = told.iter().all(|said| said.severity != Severity::Error);
    assert!(strict || lenient, "mistakes in `.fountain` only warn");
    let messages: Vec<String> = told.iter().map(|said| render(&sources, said)).collect();
    insta::assert_snapshot!(format!("SOURCE\n{text}\nMESSAGES\n{}", messages.join("\n\n")));
}

#[test]
fn broken_scripts() {
    insta::with_settings!({ omit_expression => true }, {
        insta::glob!("ui/**/*.{play,fountain}", check);
    });
}

/// What is no script is told of before anything is parsed.
#[test]
fn no_scripts() {
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
        let error = source::read_text(&path).expect_err("it is no script");
        let message = error.to_string().replace(&*folder.path().to_string_lossy(), "…");
        all.push(message);
    }
    insta::assert_snapshot!(all.join("\n"), @r"
    `…/nul.play` is not text: byte 9 is NUL
    `…/latin1.play` is not text: byte 8 is not UTF-8
    `…/huge.play` has 5242880 bytes; at most 4194304 are read
    `…/folder.play` is not a file
    ");
}

/// Text made of the language's own marks is no script, but it never panics.
#[test]
fn garbage_is_survived() {
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
    // A linear congruential generator (Knuth, MMIX): the same garbage always.
    let mut seed = 1911_u64;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for _ in 0..300 {
        let count = 1 + next(60);
        let text: String = (0..count).map(|_| PARTS[next(PARTS.len())]).collect();
        let path = Path::new("tests/ui/bible/garbage.play");
        let (sources, told) = told(path, text);
        for said in told {
            if let Some(span) = said.span {
                let text = &sources.get(span.source).text;
                assert!(span.start <= span.end && span.end as usize <= text.len());
                assert!(text.is_char_boundary(span.start as usize));
                assert!(text.is_char_boundary(span.end as usize));
            }
        }
    }
}
