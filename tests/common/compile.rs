//! A script with everything that the compiler says about it.

use std::path::Path;

use photoplay::analysis::analyze_with;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::prompts::advice::{advise, no_model};
use photoplay::breakdown::shot::ShotList;
use photoplay::diagnostic::Diagnostic;
use photoplay::model::Model;
use photoplay::report::OutputStyle;
use photoplay::report::diagnostics::render_in;
use photoplay::source::Sources;

/// Compiles a script that lies at a path. Below `tests/ui/advice` the model of
/// the script advises too; elsewhere its advice would hide what a script shows.
pub(crate) fn compile(path: &Path, text: String) -> (Sources, Vec<Diagnostic>) {
    let folder = path.parent().expect("a script lies in a folder");
    let mut sources = Sources::default();
    let id = sources.add(path, text);
    let advice = |list: &ShotList| {
        if !folder.ends_with("advice") {
            return Vec::new();
        }
        let model = match &list.settings.model {
            Some(name) => match Model::named(&name.value, folder) {
                Some(model) => model,
                None => {
                    let why = format!("there is no model `{}`", name.value);
                    return no_model(list, &why, None).into_iter().collect();
                }
            },
            None => Model::embedded(),
        };
        advise(list, &model.expect("the model can be read"))
    };
    let analysis = analyze_with(&mut sources, id, Strictness::of(path), None, advice);
    (sources, analysis.diagnostics)
}

/// Messages as `photoplay check` writes them into a file, without blanks at the
/// ends of lines.
pub(crate) fn rendered(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let text = render_in(diagnostics, sources, OutputStyle::PLAIN);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
