//! Inlay hints: the length of each shot, and the length and start of each
//! scene.

use std::ops::Range;

use gen_lsp_types as lsp;
use lsp::{InlayHint, Label};

use super::view::View;
use crate::script::tree::{Element, ElementKind};
use crate::time::{Rate, lasting};

/// The hints of a range of the script.
pub(super) fn hints(view: &View<'_>, within: Range<usize>) -> Vec<InlayHint> {
    let analysis = view.analysis;
    let starts = analysis.list.starts();
    let rate = analysis.list.settings.rate;
    let mut hints = Vec::new();
    for element in &analysis.tree.elements {
        let end = element.span.end as usize;
        if end < within.start || element.span.start as usize > within.end {
            continue;
        }
        let first = analysis.shots_in(element.span).next().map(|(index, _)| starts[index]);
        let words = match &element.kind {
            ElementKind::Heading { text, .. } => {
                let Some(scene) = analysis.scene_of(text.span) else { continue };
                let number = &scene.number;
                let Some(first) = analysis.first_shot(number) else { continue };
                let length = lasting(analysis.running_time(number));
                format!("{length} · {}", timecode(starts[first], rate))
            }
            ElementKind::Shot(_) | ElementKind::Action { .. } | ElementKind::Speech(_) => {
                let Some(first) = first else { continue };
                let length = analysis.length(analysis.shots_in(element.span).map(|(_, shot)| shot));
                match &element.kind {
                    ElementKind::Shot(_) => {
                        format!("{} · {}", lasting(length), timecode(first, rate))
                    }
                    _ => planned(view, element),
                }
            }
            _ => continue,
        };
        hints.push(InlayHint {
            position: view.document.position(line_end(view, element)),
            label: Label::String(words),
            kind: None,
            text_edits: None,
            tooltip: None,
            padding_left: Some(true),
            padding_right: None,
            data: None,
        });
    }
    hints
}

/// The shots that the compiler plans for a paragraph without a written shot.
fn planned(view: &View<'_>, element: &Element) -> String {
    let analysis = view.analysis;
    let shots: Vec<_> = analysis.shots_in(element.span).map(|(_, shot)| shot).collect();
    let length = lasting(analysis.length(shots.iter().copied()));
    match shots.as_slice() {
        [only] => format!("{} · {length}", only.shows),
        several => format!("{} shots · {length}", several.len()),
    }
}

/// The end of an element's first line.
fn line_end(view: &View<'_>, element: &Element) -> usize {
    let line = view.document.line_of(element.span.start as usize);
    view.document.line_start(line) + view.document.line(line).len()
}

/// `00:01:05:12`: hours, minutes, seconds, frames.
pub(super) fn timecode(frame: u32, rate: Rate) -> String {
    let per_second = rate.numerator.div_ceil(rate.denominator.max(1)).max(1);
    let (seconds, frames) = (frame / per_second, frame % per_second);
    format!("{:02}:{:02}:{:02}:{frames:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
