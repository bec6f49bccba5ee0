//! Every span of an element and of a diagnostic, so that `blocks` can move them.
//!
//! Knows where spans are; does not know where they move.

use super::tree::{
    Element, ElementKind, Note, Phrase, PhraseKind, Piece, ShotLine, SpeechLine, Text,
};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

type Each<'a> = &'a mut dyn FnMut(&mut Span);

/// Visits the spans of an element.
pub(super) fn of_element(element: &mut Element, each: Each<'_>) {
    each(&mut element.span);
    match &mut element.kind {
        ElementKind::Heading { text, number, .. } => {
            each(&mut text.span);
            if let Some(number) = number {
                each(&mut number.span);
            }
        }
        ElementKind::Action { text, .. }
        | ElementKind::Centered { text }
        | ElementKind::Lyrics { text } => of_text(text, each),
        ElementKind::Speech(speech) => {
            each(&mut speech.name.span);
            for extension in &mut speech.extensions {
                each(&mut extension.span);
            }
            for line in &mut speech.lines {
                match line {
                    SpeechLine::Parenthetical(text) => each(&mut text.span),
                    SpeechLine::Words(text) | SpeechLine::Lyrics(text) => of_text(text, each),
                }
            }
        }
        ElementKind::Transition { text, tail, .. } => {
            each(&mut text.span);
            of_phrases(tail, each);
        }
        ElementKind::Section { text, .. } | ElementKind::Synopsis { text } => each(&mut text.span),
        ElementKind::PageBreak => {}
        ElementKind::Note(note) => of_note(note, each),
        ElementKind::Directive(directive) => {
            each(&mut directive.span);
            each(&mut directive.word.span);
            each(&mut directive.body.span);
            for field in &mut directive.fields {
                each(&mut field.span);
            }
        }
        ElementKind::Shot(shot) => of_shot(shot, each),
    }
}

fn of_text(text: &mut Text, each: Each<'_>) {
    each(&mut text.span);
    for piece in &mut text.pieces {
        match piece {
            Piece::Words { span, .. } => each(span),
            Piece::LineBreak => {}
            Piece::Note(note) => of_note(note, each),
        }
    }
}

fn of_note(note: &mut Note, each: Each<'_>) {
    match note {
        Note::Remark(words) => each(&mut words.span),
        Note::CutBack(span) => each(span),
        Note::Cut(shot) => of_shot(shot, each),
    }
}

fn of_shot(shot: &mut ShotLine, each: Each<'_>) {
    each(&mut shot.span);
    each(&mut shot.head.span);
    of_phrases(&mut shot.phrases, each);
    if let Some(id) = &mut shot.id {
        each(&mut id.span);
    }
}

fn of_phrases(phrases: &mut [Phrase], each: Each<'_>) {
    for phrase in phrases {
        each(&mut phrase.span);
        match &mut phrase.kind {
            PhraseKind::Continues(Some(words))
            | PhraseKind::FromImage(words)
            | PhraseKind::ToImage(words)
            | PhraseKind::Wearing(words) => each(&mut words.span),
            PhraseKind::Continues(None)
            | PhraseKind::Duration(_)
            | PhraseKind::Exactly(_)
            | PhraseKind::BareNumber(_)
            | PhraseKind::Lens(_)
            | PhraseKind::JCut(_)
            | PhraseKind::LCut(_)
            | PhraseKind::FadeIn(_)
            | PhraseKind::FadeOut(_)
            | PhraseKind::Freeze(_)
            | PhraseKind::SlowMotion
            | PhraseKind::BadDuration(_)
            | PhraseKind::Words(_) => {}
        }
    }
}

/// Visits the spans of a diagnostic.
pub(super) fn of_diagnostic(diagnostic: &mut Diagnostic, each: Each<'_>) {
    if let Some(span) = &mut diagnostic.span {
        each(span);
    }
    for (span, _) in &mut diagnostic.related {
        each(span);
    }
    for (span, _) in diagnostic.fixes.iter_mut().flat_map(|fix| &mut fix.edits) {
        each(span);
    }
}
