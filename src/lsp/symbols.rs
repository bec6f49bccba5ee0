//! The outline of a script: sections, scenes and shots, with their lengths.

use gen_lsp_types as lsp;
use lsp::{DocumentSymbol, DocumentSymbolResponse, Location, SymbolInformation, SymbolKind};

use super::view::View;
use crate::script::tree::{Element, ElementKind};
use crate::source::Span;
use crate::time::lasting;

/// A symbol of the outline.
struct Entry {
    name: String,
    detail: String,
    kind: SymbolKind,
    /// Its line and everything below it.
    own: Span,
    whole: Span,
    children: Vec<Self>,
}

/// The outline; a flat list for editors without nested symbols.
pub(super) fn outline(view: &View<'_>) -> DocumentSymbolResponse {
    let mut roots: Vec<Entry> = Vec::new();
    let mut open: Vec<Entry> = Vec::new();
    for (element, end) in view.analysis.outline() {
        let start = element.span.start as usize;
        while open.last().is_some_and(|above| above.whole.end as usize <= start) {
            close(&mut open, &mut roots);
        }
        open.push(entry(view, element, end));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    if view.client.nested_symbols {
        let symbols: Vec<DocumentSymbol> = roots.iter().map(|entry| nested(view, entry)).collect();
        return symbols.into();
    }
    let mut flat = Vec::new();
    for root in &roots {
        flatten(view, root, None, &mut flat);
    }
    flat.into()
}

fn close(open: &mut Vec<Entry>, roots: &mut Vec<Entry>) {
    if let Some(done) = open.pop() {
        match open.last_mut() {
            Some(above) => above.children.push(done),
            None => roots.push(done),
        }
    }
}

fn entry(view: &View<'_>, element: &Element, end: usize) -> Entry {
    let analysis = view.analysis;
    let text = analysis.text();
    let start = element.span.start as usize;
    let end = start + text[start..end].trim_end().len();
    let whole = Span { end: (end as u32).max(element.span.end), ..element.span };
    let (name, detail, kind) = match &element.kind {
        ElementKind::Section { text, .. } => (&text.value, String::new(), SymbolKind::Namespace),
        ElementKind::Heading { text, .. } => {
            let scene = analysis.scene_of(text.span);
            let detail = scene.map_or_else(String::new, |scene| {
                let length = lasting(analysis.running_time(&scene.number));
                format!("scene {}, {length}", scene.number)
            });
            (&text.value, detail, SymbolKind::Class)
        }
        ElementKind::Shot(shot) => {
            let shots = || analysis.shots_in(element.span).map(|(_, shot)| shot);
            let number = shots().next().map_or("", |shot| shot.number.as_str());
            let detail = if number.is_empty() {
                String::new()
            } else {
                format!("shot {number}, {}", lasting(analysis.length(shots())))
            };
            (&shot.head.value, detail, SymbolKind::Event)
        }
        _ => unreachable!("an outline has sections, scenes and shots"),
    };
    // Editors refuse a symbol without a name.
    let name = if name.trim().is_empty() { "…".to_owned() } else { name.clone() };
    Entry { name, detail, kind, own: element.span, whole, children: Vec::new() }
}

#[allow(deprecated, reason = "the protocol keeps a field that nobody reads")]
fn nested(view: &View<'_>, entry: &Entry) -> DocumentSymbol {
    let children: Vec<DocumentSymbol> =
        entry.children.iter().map(|child| nested(view, child)).collect();
    DocumentSymbol {
        name: entry.name.clone(),
        detail: (!entry.detail.is_empty()).then(|| entry.detail.clone()),
        kind: entry.kind,
        tags: None,
        deprecated: None,
        range: view.range(entry.whole),
        selection_range: view.range(entry.own),
        children: (!children.is_empty()).then_some(children),
    }
}

#[allow(deprecated, reason = "the protocol keeps a field that nobody reads")]
fn flatten(view: &View<'_>, entry: &Entry, above: Option<&str>, flat: &mut Vec<SymbolInformation>) {
    flat.push(SymbolInformation {
        deprecated: None,
        location: Location { uri: view.uri.clone(), range: view.range(entry.whole) },
        base_symbol_information: lsp::BaseSymbolInformation {
            name: entry.name.clone(),
            kind: entry.kind,
            tags: None,
            container_name: above.map(str::to_owned),
        },
    });
    for child in &entry.children {
        flatten(view, child, Some(&entry.name), flat);
    }
}
