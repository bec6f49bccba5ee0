//! Completion: names, places, words of the vocabulary, files.

mod context;
mod files;
mod suggestion;
mod items;

use gen_lsp_types as lsp;
use lsp::{
    CompletionItem, CompletionItemTextEdit, CompletionList, Documentation, InsertTextFormat,
    MarkupContent, MarkupKind, TextEdit,
};
use serde::{Deserialize, Serialize};

use self::context::{CompletionContext, context};
use super::hover;
use super::view::View;
use crate::breakdown::screenplay::Subject;

/// Identifies an item when the editor asks for its description.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ResolveData {
    /// The script.
    pub uri: String,
    subject: usize,
}

/// All completions at a byte, the likeliest first.
pub(super) fn complete(view: &View<'_>, byte: usize) -> CompletionList {
    let context = context(view, byte);
    let items = items::items(view, &context, byte);
    let CompletionContext { from, .. } = context;
    let range = view.document.range_of(from..byte);
    let items = items.into_iter().enumerate().map(|(order, item)| {
        // Only our own texts have tab stops: an author may call a file
        // `$1.png`.
        let stops = item.text.contains('$');
        let text = if item.text.is_empty() { item.label.clone() } else { item.text };
        let new_text = if stops && !view.client.snippets { without_stops(&text) } else { text };
        let later =
            item.subject.map(|subject| ResolveData { uri: view.uri.0.clone(), subject: subject.0 });
        CompletionItem {
            label: item.label,
            kind: item.kind,
            detail: (!item.detail.is_empty()).then_some(item.detail),
            documentation: (!item.words.is_empty()).then(|| markdown(item.words)),
            sort_text: Some(format!("{order:04}")),
            insert_text_format: (stops && view.client.snippets)
                .then_some(InsertTextFormat::Snippet),
            text_edit: Some(CompletionItemTextEdit::TextEdit(TextEdit { range, new_text })),
            data: later.and_then(|later| serde_json::to_value(later).ok()),
            ..CompletionItem::default()
        }
    });
    CompletionList { is_incomplete: false, items: items.collect(), ..CompletionList::default() }
}

/// An item with its description.
pub(super) fn resolve(
    view: &View<'_>,
    mut item: CompletionItem,
    later: &ResolveData,
) -> CompletionItem {
    if later.subject < view.analysis.screenplay.subjects.named().len() {
        item.documentation = Some(markdown(hover::person(view, Subject(later.subject))));
    }
    item
}

fn markdown(value: String) -> Documentation {
    MarkupContent { kind: MarkupKind::Markdown, value }.into()
}

/// Removes the tab stops, for editors that do not support them.
fn without_stops(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '$' && letters.peek().is_some_and(char::is_ascii_digit) {
            letters.next();
        } else {
            out.push(letter);
        }
    }
    out
}
