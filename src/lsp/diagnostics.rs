//! Converts the diagnostics of a script to those of the protocol.

use std::collections::BTreeMap;

use gen_lsp_types as lsp;
use lsp::{Code, DiagnosticRelatedInformation, DiagnosticSeverity, PublishDiagnosticsParams, Uri};

use super::view::View;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Span;

/// All diagnostics by file. The script always has a list, so that the editor
/// removes old diagnostics.
pub(super) fn published(view: &View<'_>, version: Option<i32>) -> Vec<PublishDiagnosticsParams> {
    let mut files: BTreeMap<&str, Vec<lsp::Diagnostic>> = BTreeMap::new();
    let own = view.uri.0.as_str();
    files.entry(own).or_default();
    let mut others: Vec<(String, lsp::Diagnostic)> = Vec::new();
    for diagnostic in &view.analysis.diagnostics {
        match diagnostic.span.filter(|span| span.source != view.analysis.id) {
            None => files.entry(own).or_default().push(shown(view, diagnostic)),
            Some(span) => others.push((view.location(span).uri.0, shown(view, diagnostic))),
        }
    }
    for (file, diagnostic) in &others {
        files.entry(file).or_default().push(diagnostic.clone());
    }
    files
        .into_iter()
        .map(|(file, diagnostics)| PublishDiagnosticsParams {
            uri: Uri(file.to_owned()),
            version: version.filter(|_| file == own),
            diagnostics,
        })
        .collect()
}

/// Converts one diagnostic. One that concerns the whole file marks its first
/// line.
pub(super) fn shown(view: &View<'_>, diagnostic: &Diagnostic) -> lsp::Diagnostic {
    let first = Span::new(view.analysis.id, 0, view.document.line(0).len());
    let range = view.location(diagnostic.span.unwrap_or(first)).range;
    let related = diagnostic.related.iter().map(|(span, word)| DiagnosticRelatedInformation {
        location: view.location(*span),
        message: word.clone(),
    });
    lsp::Diagnostic {
        range,
        severity: Some(match diagnostic.severity {
            Severity::Error => DiagnosticSeverity::Error,
            Severity::Warning => DiagnosticSeverity::Warning,
            Severity::Hint => DiagnosticSeverity::Information,
        }),
        code: Some(Code::String(diagnostic.code.to_string())),
        source: Some("photoplay".to_owned()),
        message: words(diagnostic).into(),
        related_information: (view.client.related && !diagnostic.related.is_empty())
            .then(|| related.collect()),
        ..lsp::Diagnostic::default()
    }
}

/// The message, the label and the help, each on its line.
fn words(diagnostic: &Diagnostic) -> String {
    let parts = [Some(&diagnostic.message), diagnostic.label.as_ref(), diagnostic.help.as_ref()];
    parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
}
