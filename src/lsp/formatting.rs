//! Formats as `photoplay fmt` does, as edits.

use std::ops::Range;

use gen_lsp_types as lsp;
use lsp::TextEdit;

use super::view::View;
use crate::script::format::edits;

/// The edits that format a range of lines.
pub(super) fn format(view: &View<'_>, within: Range<usize>) -> Vec<TextEdit> {
    edits(&view.analysis.sources, view.analysis.id)
        .into_iter()
        .filter(|(range, _)| within.start <= range.start && range.end <= within.end)
        .map(|(range, new_text)| TextEdit { range: view.document.range_of(range), new_text })
        .collect()
}
