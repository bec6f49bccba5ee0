//! Folding ranges: sections, scenes, shots, boneyards and notes of several
//! lines, and runs of directives.

use gen_lsp_types as lsp;
use lsp::{FoldingRange, FoldingRangeKind};

use super::view::View;
use crate::script::highlight::{Class, highlight};
use crate::script::tree::ElementKind;

/// All folding ranges of more than one line.
pub(super) fn folds(view: &View<'_>) -> Vec<FoldingRange> {
    let analysis = view.analysis;
    let mut folds = Vec::new();
    let mut fold = |start: usize, end: usize, kind: Option<FoldingRangeKind>| {
        // Keep empty lines before the next range visible.
        let end = start + analysis.text()[start..end].trim_end().len();
        let (first, last) = (view.document.line_of(start), view.document.line_of(end));
        if first < last {
            let mut fold = FoldingRange::new(first as u32, None, last as u32, None, None, None);
            fold.kind = kind;
            folds.push(fold);
        }
    };
    for (element, end) in analysis.outline() {
        fold(element.span.start as usize, end, None);
    }
    for colour in highlight(&analysis.tree, analysis.source()) {
        if matches!(colour.class, Class::Boneyard | Class::Note) {
            fold(
                colour.span.start as usize,
                colour.span.end as usize,
                Some(FoldingRangeKind::Comment),
            );
        }
    }
    let mut stretch: Option<(usize, usize)> = None;
    for element in &analysis.tree.elements {
        let (start, end) = (element.span.start as usize, element.span.end as usize);
        match (&element.kind, &mut stretch) {
            (ElementKind::Directive(_), Some((_, last))) => *last = end,
            (ElementKind::Directive(_), None) => stretch = Some((start, end)),
            _ => {
                if let Some((first, last)) = stretch.take() {
                    fold(first, last, None);
                }
            }
        }
    }
    if let Some((first, last)) = stretch {
        fold(first, last, None);
    }
    folds
}
