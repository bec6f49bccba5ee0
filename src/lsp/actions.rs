//! Code actions: fixes for diagnostics, and rewrites of the line under the
//! cursor.

use std::ops::Range;

use gen_lsp_types as lsp;
use lsp::{CodeAction, CodeActionKind};

use super::diagnostics;
use super::view::View;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::script::tree::{Directive, DirectiveWord, Element, ElementKind, ShotLine};
use crate::source::Span;

/// A code action with edits that belong together.
type Edits = Vec<(Span, String)>;

/// All code actions for a range of the script.
pub(super) fn actions(view: &View<'_>, range: Range<usize>) -> Vec<CodeAction> {
    let mut actions = Vec::new();
    let touches = |span: Span| {
        span.source == view.analysis.id
            && span.start as usize <= range.end
            && range.start <= span.end as usize
    };
    let here =
        view.analysis.diagnostics.iter().filter(|diagnostic| diagnostic.span.is_some_and(touches));
    for diagnostic in here {
        let mut first = true;
        let mut offer = |title: String, edits: Edits| {
            actions.push(CodeAction {
                title,
                kind: Some(CodeActionKind::QuickFix),
                diagnostics: Some(vec![diagnostics::shown(view, diagnostic)]),
                is_preferred: std::mem::take(&mut first).then_some(true),
                edit: Some(view.edit(edits)),
                ..CodeAction::default()
            });
        };
        for fix in &diagnostic.fixes {
            offer(fix.title.clone(), fix.edits.clone());
        }
        for (title, edits) in more(view, diagnostic) {
            offer(title, edits);
        }
    }
    // Two diagnostics of one code at one place have the same fix.
    let mut unique: Vec<CodeAction> = Vec::with_capacity(actions.len());
    for action in actions {
        if !unique.iter().any(|known| known.title == action.title && known.edit == action.edit) {
            unique.push(action);
        }
    }
    let mut actions = unique;
    for (title, edits) in rewrites(view, range.start) {
        actions.push(CodeAction {
            title,
            kind: Some(CodeActionKind::RefactorRewrite),
            edit: Some(view.edit(edits)),
            ..CodeAction::default()
        });
    }
    actions
}

/// A fix that needs the whole script.
fn more(view: &View<'_>, diagnostic: &Diagnostic) -> Vec<(String, Edits)> {
    let mut found = Vec::new();
    let Some(span) = diagnostic.span else { return found };
    let words = view.analysis.slice(span);
    match diagnostic.code {
        Code::UnknownName | Code::UnenteredName => {
            let name = words.trim().to_uppercase();
            let entry = format!("[[cast: {name}, ]]");
            found.push((format!("describe {name} in the cast"), add_entry(view, &entry)));
        }
        Code::UndeclaredThing => {
            let entry = format!("[[prop: {}, ]]", words.trim());
            found.push((format!("describe {} as a thing", words.trim()), add_entry(view, &entry)));
        }
        Code::Introduction => {
            if let Some(entry) = &diagnostic.entry {
                found.push(("write this into the cast".to_owned(), add_entry(view, entry)));
            }
        }
        Code::StateInsideShot => {
            if let Some(edits) = before_shot(view, span) {
                found.push(("move it before the shot line".to_owned(), edits));
            }
        }
        Code::WrittenTwice | Code::TwoMoves => {
            if let Some(edits) = leave_out(view, span) {
                found.push((format!("leave out `{words}`"), edits));
            }
        }
        _ => {}
    }
    if diagnostic.severity != Severity::Error {
        found.extend(silence(view, diagnostic, span));
    }
    found
}

/// Adds an entry behind the last one, or at the end under a section of its own.
fn add_entry(view: &View<'_>, entry: &str) -> Edits {
    let analysis = view.analysis;
    let last = analysis.tree.elements.iter().rfind(|element| match &element.kind {
        ElementKind::Directive(directive) => matches!(
            directive.word.value,
            DirectiveWord::Cast | DirectiveWord::Voice | DirectiveWord::Group | DirectiveWord::Prop
        ),
        _ => false,
    });
    let (at, words) = match last {
        Some(element) => (element.span.end as usize, format!("\n{entry}")),
        None => {
            let text = analysis.text();
            let end = text.trim_end().len();
            (end, format!("\n\n# Cast\n\n{entry}"))
        }
    };
    vec![(Span::new(analysis.id, at, at), words)]
}

/// Moves a directive in front of the shot line above it.
fn before_shot(view: &View<'_>, span: Span) -> Option<Edits> {
    let analysis = view.analysis;
    let elements = analysis.elements_before(span.end as usize);
    let directive = elements.iter().rfind(|element| {
        matches!(element.kind, ElementKind::Directive(_)) && element.span.start <= span.start
    });
    // If the diagnostic marks what follows, the directive is before it.
    let directive = directive?;
    let shot = elements.iter().rfind(|element| {
        matches!(element.kind, ElementKind::Shot(_)) && element.span.start < directive.span.start
    })?;
    let document = view.document;
    let line = document.line_of(directive.span.start as usize);
    let mut last = document.line_of(directive.span.end as usize) + 1;
    // Remove the empty line after it too if there is one before it.
    if document.line(last).is_empty() && line > 0 && document.line(line - 1).is_empty() {
        last += 1;
    }
    let whole = Span::new(analysis.id, document.line_start(line), document.line_start(last));
    let start = shot.span.start as usize;
    let words = format!("{}\n\n", analysis.slice(directive.span));
    Some(vec![(Span::new(analysis.id, start, start), words), (whole, String::new())])
}

/// Removes a phrase with its comma.
fn leave_out(view: &View<'_>, span: Span) -> Option<Edits> {
    let text = view.analysis.text();
    let (start, end) = (span.start as usize, span.end as usize);
    let before = text[..start].trim_end_matches([' ', '\t']);
    let after = text[end..].trim_start_matches([' ', '\t']);
    let span = if before.ends_with(',') {
        Span::new(span.source, before.len() - 1, end)
    } else if let Some(rest) = after.strip_prefix(',') {
        Span::new(span.source, start, text.len() - rest.trim_start_matches(' ').len())
    } else {
        return None;
    };
    Some(vec![(span, String::new())])
}

/// Adds `[[allow: …]]` at the diagnostic.
fn silence(view: &View<'_>, diagnostic: &Diagnostic, span: Span) -> Option<(String, Edits)> {
    let analysis = view.analysis;
    let element = analysis.element_at(span.start as usize)?;
    let code = diagnostic.code;
    let title = format!("allow this here: {code}");
    let edit = match &element.kind {
        ElementKind::Action { .. } | ElementKind::Speech(_) => {
            let end = element.span.end as usize;
            (Span::new(analysis.id, end, end), format!(" [[allow: {code}]]"))
        }
        ElementKind::Shot(_) => {
            let start = element.span.start as usize;
            (Span::new(analysis.id, start, start), format!("[[allow: {code}]]\n\n"))
        }
        _ => return None,
    };
    Some((title, vec![edit]))
}

// ─── Rewriting ───────────────────────────────────────────────────────────────

fn rewrites(view: &View<'_>, byte: usize) -> Vec<(String, Edits)> {
    let mut found = Vec::new();
    let Some(element) = view.analysis.element_at(byte) else { return found };
    match &element.kind {
        ElementKind::Shot(shot) => {
            if let Some(edits) = into_tail(view, element, shot) {
                found.push(("move the technique into the note".to_owned(), edits));
            }
        }
        ElementKind::Directive(directive) => {
            if let Some((title, word)) = other_verb(directive) {
                found.push((title, vec![(directive.word.span, word.to_owned())]));
            }
        }
        _ => {}
    }
    found
}

/// Moves the phrases of `!! CLOSE ON MARA, slow push in` into a note.
fn into_tail(view: &View<'_>, element: &Element, shot: &ShotLine) -> Option<Edits> {
    let analysis = view.analysis;
    let line = analysis.slice(element.span);
    let head = shot.head.span.end as usize - element.span.start as usize;
    let rest = &line[head..];
    let (open, tail) = match rest.find("[[") {
        Some(open) => (&rest[..open], rest[open..].trim_start_matches("[[").trim_end_matches("]]")),
        None => (rest, ""),
    };
    let open = open.trim_start_matches([',', '，', ' ']).trim_end();
    if open.is_empty() || open.contains('#') {
        return None;
    }
    let phrases = [open, tail.trim()].into_iter().filter(|part| !part.is_empty());
    let words = format!(" [[{}]]", phrases.collect::<Vec<_>>().join(", "));
    let span = Span { start: shot.head.span.end, ..element.span };
    Some(vec![(span, words)])
}

/// `wear` replaces an outfit, `now` adds to it.
fn other_verb(directive: &Directive) -> Option<(String, &'static str)> {
    match directive.word.value {
        DirectiveWord::Wear => Some(("add it to what they wear: `now`".to_owned(), "now")),
        DirectiveWord::Now => Some(("let it replace what they wear: `wear`".to_owned(), "wear")),
        _ => None,
    }
}
