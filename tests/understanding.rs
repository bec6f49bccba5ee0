//! Analyses of whole scripts as golden text: names, places, state, shots, speech and
//! messages.

use std::path::Path;

use photoplay::analysis::{ScriptAnalysis, analyze};
use photoplay::breakdown::{Strictness, dump};
use photoplay::diagnostic::{Diagnostic, Severity};
use photoplay::source::Sources;

fn read(path: &Path) -> (ScriptAnalysis, Sources) {
    let text = std::fs::read_to_string(path).expect("the script is there");
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let analysis = analyze(&mut sources, id, Strictness::of(path));
    (analysis, sources)
}

/// A diagnostic in one line.
fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let at = diagnostic.span.map(|span| sources.get(span.source).line_column(span.start));
    let (line, column) = at.unwrap_or_default();
    format!("{:?} {line}:{column} {}", diagnostic.severity, diagnostic.message)
}

#[test]
fn scripts_are_understood() {
    insta::glob!("../examples", "{plain,tide-clerk,trailer}/*.{play,fountain}", |path| {
        let (analysis, sources) = read(path);
        let messages = analysis.diagnostics.iter().map(|diagnostic| line(diagnostic, &sources));
        let messages: Vec<String> = messages.collect();
        let dump = dump::dump(&analysis.screenplay);
        insta::assert_snapshot!(format!("{dump}\n---\n{}", messages.join("\n")));
    });
}

#[test]
fn examples_have_no_mistakes() {
    insta::glob!("../examples", "*/*.{play,fountain}", |path| {
        let (analysis, sources) = read(path);
        let mistakes = analysis.diagnostics.iter().filter(|found| found.severity > Severity::Hint);
        let mistakes: Vec<String> = mistakes.map(|mistake| line(mistake, &sources)).collect();
        assert!(mistakes.is_empty(), "{}: {mistakes:#?}", path.display());
    });
}
