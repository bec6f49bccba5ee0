//! Code lenses above each shot line: commands on the shot.

use gen_lsp_types as lsp;
use lsp::{CodeLens, Command};
use serde_json::Value;

use super::commands::{MORE, PLAY, SHOOT, WHY};
use super::view::View;
use crate::script::tree::ElementKind;

/// The lenses of all written shots.
pub(super) fn lenses(view: &View<'_>) -> Vec<CodeLens> {
    let analysis = view.analysis;
    let mut lenses = Vec::new();
    for element in &analysis.tree.elements {
        let ElementKind::Shot(_) = element.kind else { continue };
        let Some((_, shot)) = analysis.shots_in(element.span).next() else { continue };
        let offers = [("play", PLAY), ("shoot", SHOOT), ("more takes", MORE), ("why?", WHY)];
        for (title, command) in offers {
            lenses.push(CodeLens {
                range: view.range(element.span),
                command: Some(Command {
                    title: title.to_owned(),
                    command: command.to_owned(),
                    arguments: Some(vec![
                        Value::String(view.uri.0.clone()),
                        Value::String(shot.number.clone()),
                    ]),
                    ..Command::default()
                }),
                data: None,
            });
        }
    }
    lenses
}
