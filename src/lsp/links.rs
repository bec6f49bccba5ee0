//! Links to the files that a script names: pictures and vocabularies.

use gen_lsp_types as lsp;
use lsp::{DocumentLink, Uri};

use super::uri;
use super::view::View;
use crate::breakdown::EntryField;
use crate::script::tree::{DirectiveWord, ElementKind, Note, PhraseKind, Piece, SpeechLine};
use crate::source::files::is_file;
use crate::source::quotes::unquoted;
use crate::source::{Span, Spanned, inside};

/// Links to all named files that exist.
pub(super) fn links(view: &View<'_>) -> Vec<DocumentLink> {
    let mut links = Vec::new();
    let (files, folder) = (view.analysis.sources.files(), &view.analysis.folder);
    let mut link = |written: &str, span: Span| {
        let Ok(path) = inside(files, folder, written) else { return };
        if is_file(files, &path) {
            links.push(DocumentLink {
                range: view.range(span),
                target: Some(Uri(uri::of_path(&path))),
                tooltip: Some(format!("open {written}")),
                data: None,
            });
        }
    };
    for element in &view.analysis.tree.elements {
        match &element.kind {
            ElementKind::Directive(directive) => {
                if directive.word.value == DirectiveWord::Use {
                    quoted(&directive.body, &mut link);
                }
                for field in &directive.fields {
                    if let Some((EntryField::Reference, file)) = EntryField::split(&field.value) {
                        let start = field.span.start as usize + field.value.len() - file.len();
                        let span = Span::new(field.span.source, start, field.span.end as usize);
                        quoted(&Spanned::new(file.to_owned(), span), &mut link);
                    }
                }
            }
            ElementKind::Shot(shot) => pictures(&shot.phrases, &mut link),
            ElementKind::Speech(speech) => {
                for line in &speech.lines {
                    let (SpeechLine::Words(text) | SpeechLine::Lyrics(text)) = line else {
                        continue;
                    };
                    for piece in &text.pieces {
                        if let Piece::Note(Note::Cut(shot)) = piece {
                            pictures(&shot.phrases, &mut link);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    links
}

fn pictures(phrases: &[crate::script::tree::Phrase], link: &mut impl FnMut(&str, Span)) {
    for phrase in phrases {
        if let PhraseKind::FromImage(file) | PhraseKind::ToImage(file) = &phrase.kind {
            link(&file.value, file.span);
        }
    }
}

/// A file name, with or without quotes.
fn quoted(written: &Spanned<String>, link: &mut impl FnMut(&str, Span)) {
    let bare = unquoted(&written.value);
    let before = bare.as_ptr() as usize - written.value.as_ptr() as usize;
    let start = written.span.start as usize + before;
    link(bare, Span::new(written.span.source, start, start + bare.len()));
}
