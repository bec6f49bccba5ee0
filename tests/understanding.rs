//! The screenplays of whole scripts as golden text: names, places, state, shots and
//! speech.

use std::path::Path;

use photoplay::breakdown::{Strictness, dump, understand};
use photoplay::diagnostic::Diagnostic;
use photoplay::script;
use photoplay::source::Sources;

fn read(path: &Path) -> (String, Sources, Vec<Diagnostic>) {
    let text = std::fs::read_to_string(path).expect("the script is there");
    let project = path.parent().expect("a script lies in a folder");
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let (tree, mut told) = script::parse(&sources, id);
    let (screenplay, more) = understand(&tree, &mut sources, project, Strictness::of(path));
    told.extend(more);
    (dump::dump(&screenplay), sources, told)
}

#[test]
fn scripts_are_understood() {
    insta::glob!("../examples", "{plain,tide-clerk,trailer}/*.{play,fountain}", |path| {
        let (dump, sources, told) = read(path);
        let told: Vec<String> = told
            .iter()
            .map(|said| {
                let at = said
                    .span
                    .map_or((0, 0), |span| sources.get(span.source).line_column(span.start));
                format!("{:?} {}:{} {}", said.severity, at.0, at.1, said.message)
            })
            .collect();
        insta::assert_snapshot!(format!("{dump}\n---\n{}", told.join("\n")));
    });
}

#[test]
fn examples_have_no_mistakes() {
    insta::glob!("../examples", "*/*.{play,fountain}", |path| {
        let (_, sources, told) = read(path);
        let mistakes: Vec<String> = told
            .into_iter()
            .filter(|said| said.severity > photoplay::diagnostic::Severity::Hint)
            .map(|said| {
                let at = said.span.map(|span| sources.get(span.source).line_column(span.start));
                format!("{at:?} {}", said.message)
            })
            .collect();
        assert!(mistakes.is_empty(), "{}: {mistakes:#?}", path.display());
    });
}
