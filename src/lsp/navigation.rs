//! Definitions and references.

use gen_lsp_types as lsp;
use lsp::{DocumentHighlight, DocumentHighlightKind, Location};

use super::cursor::{CursorTarget, target_at};
use super::uri;
use super::view::View;
use crate::breakdown::screenplay::{PlaceId, Subject};
use crate::source::Span;
use crate::source::files::is_file;

/// The definition of what is at a byte: an entry, a first cue, a first heading
/// or a file.
pub(super) fn definition(view: &View<'_>, byte: usize) -> Option<Location> {
    match target_at(view.analysis, byte)? {
        CursorTarget::Name(subject, _) => {
            Some(view.location(view.analysis.subject(subject).origin))
        }
        CursorTarget::Heading(heading) => {
            let scene = view.analysis.scene_of(heading.span)?;
            Some(view.location(place(view, scene.place)))
        }
        CursorTarget::Place(id, _) => Some(view.location(place(view, id))),
        CursorTarget::File(file, _) => {
            let path = view.analysis.folder.join(file);
            let uri = lsp::Uri(uri::of_path(&path));
            is_file(view.analysis.sources.files(), &path)
                .then(|| Location { uri, range: lsp::Range::default() })
        }
        CursorTarget::Word(..) | CursorTarget::Filmed(_) => None,
    }
}

fn place(view: &View<'_>, id: PlaceId) -> Span {
    let place = &view.analysis.screenplay.places[id.0];
    place.entry.unwrap_or(place.origin)
}

/// All references to what is at a byte, in the order of the film's files.
pub(super) fn mentions(view: &View<'_>, byte: usize) -> Vec<Span> {
    match target_at(view.analysis, byte) {
        Some(CursorTarget::Name(subject, _)) => names(view, subject),
        Some(CursorTarget::Heading(heading)) => {
            let scene = view.analysis.scene_of(heading.span);
            scene.map_or_else(Vec::new, |scene| headings(view, scene.place))
        }
        Some(CursorTarget::Place(id, _)) => headings(view, id),
        _ => Vec::new(),
    }
}

/// All mentions of a person or thing.
pub(super) fn names(view: &View<'_>, subject: Subject) -> Vec<Span> {
    let usages = view.analysis.screenplay.usages.iter();
    usages.filter(|usage| usage.subject == subject).map(|usage| usage.span).collect()
}

/// The headings of a place, and its entry.
fn headings(view: &View<'_>, id: PlaceId) -> Vec<Span> {
    let screenplay = &view.analysis.screenplay;
    let scenes = screenplay.scenes.iter().filter(|scene| scene.place == id);
    let mut found: Vec<Span> = scenes
        .map(|scene| scene.heading.span)
        .chain(screenplay.places[id.0].entry)
        .filter(|span| span.start < span.end)
        .collect();
    found.sort_unstable();
    found
}

/// All references, as locations in files.
pub(super) fn references(view: &View<'_>, byte: usize, declaration: bool) -> Vec<Location> {
    let first = definition(view, byte);
    mentions(view, byte)
        .into_iter()
        .map(|span| view.location(span))
        .filter(|location| declaration || Some(location) != first.as_ref())
        .collect()
}

/// All references in this script.
pub(super) fn highlights(view: &View<'_>, byte: usize) -> Vec<DocumentHighlight> {
    mentions(view, byte)
        .into_iter()
        .filter(|span| span.source == view.analysis.id)
        .map(|span| DocumentHighlight {
            range: view.range(span),
            kind: Some(DocumentHighlightKind::Text),
        })
        .collect()
}
