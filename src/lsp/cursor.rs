//! What is at a place of a script.

use std::ops::Range;

use super::analysis::Analysis;
use crate::breakdown::EntryField;
use crate::breakdown::language::film_settings::key_and_value;
use crate::breakdown::language::glossary::{Table, Word};
use crate::breakdown::screenplay::{PlaceId, Subject};
use crate::script::tree::{
    Directive, Element, ElementKind, Note, Phrase, PhraseKind, Piece, ShotLine, SpeechLine, Text,
};
use crate::source::quotes::unquoted;
use crate::source::{Span, Spanned};

/// What is at a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum CursorTarget<'a> {
    /// A name.
    Name(Subject, Span),
    /// A scene's heading.
    Heading(&'a Spanned<String>),
    /// A place by its entry or in a directive.
    Place(PlaceId, Span),
    /// A word of the vocabulary.
    Word(Word<'a>, Span),
    /// A picture or a vocabulary of the author's.
    File(&'a str, Span),
    /// Anything else in a shot line, in action or in a speech: what is filmed.
    Filmed(&'a Element),
}

/// What is at a byte.
pub(super) fn target_at(analysis: &Analysis, byte: usize) -> Option<CursorTarget<'_>> {
    let element = analysis.element_at(byte);
    if let Some(usage) = analysis.usage_at(byte) {
        return Some(CursorTarget::Name(usage.subject, usage.span));
    }
    let element = element?;
    match &element.kind {
        ElementKind::Heading { text, .. } => Some(CursorTarget::Heading(text)),
        ElementKind::Transition { text, tail, .. } => {
            let word = analysis.screenplay.vocabulary.find_transition(&text.value);
            let here = word
                .filter(|_| holds(text.span, byte))
                .map(|word| CursorTarget::Word(word, text.span));
            here.or_else(|| phrase(analysis, tail, byte))
        }
        ElementKind::Shot(shot) => {
            in_shot(analysis, shot, byte).or(Some(CursorTarget::Filmed(element)))
        }
        ElementKind::Directive(directive) => in_directive(analysis, directive, byte),
        ElementKind::Speech(speech) => speech
            .lines
            .iter()
            .find_map(|line| match line {
                SpeechLine::Words(text) | SpeechLine::Lyrics(text) => in_text(analysis, text, byte),
                SpeechLine::Parenthetical(_) => None,
            })
            .or(Some(CursorTarget::Filmed(element))),
        ElementKind::Action { .. } | ElementKind::Centered { .. } => {
            Some(CursorTarget::Filmed(element))
        }
        _ => None,
    }
}

pub(super) fn holds(span: Span, byte: usize) -> bool {
    span.start as usize <= byte && byte <= span.end as usize
}

/// A cut inside of a speech.
fn in_text<'a>(analysis: &'a Analysis, text: &'a Text, byte: usize) -> Option<CursorTarget<'a>> {
    text.pieces.iter().find_map(|piece| match piece {
        Piece::Note(Note::Cut(shot)) if holds(shot.span, byte) => {
            if byte < shot.head.span.start as usize {
                return directive_word(analysis, "cut", shot.span);
            }
            in_shot(analysis, shot, byte)
        }
        Piece::Note(Note::CutBack(span)) if holds(*span, byte) => {
            directive_word(analysis, "cut", *span)
        }
        _ => None,
    })
}

fn directive_word<'a>(analysis: &'a Analysis, word: &str, span: Span) -> Option<CursorTarget<'a>> {
    let words = analysis.screenplay.vocabulary.words(Table::Directives);
    words.into_iter().find(|known| known.word == word).map(|word| CursorTarget::Word(word, span))
}

fn in_shot<'a>(
    analysis: &'a Analysis,
    shot: &'a ShotLine,
    byte: usize,
) -> Option<CursorTarget<'a>> {
    if holds(shot.head.span, byte) {
        return word_at(analysis, shot.head.span, byte);
    }
    phrase(analysis, &shot.phrases, byte)
}

/// The word of the vocabulary at a byte of a span.
fn word_at(analysis: &Analysis, span: Span, byte: usize) -> Option<CursorTarget<'_>> {
    let at = byte - span.start as usize;
    let inside = |range: &Range<usize>| range.start <= at && at <= range.end;
    let words = analysis.screenplay.vocabulary.find_words(analysis.slice(span));
    words.into_iter().find(|(range, _)| inside(range)).map(|(range, word)| {
        let start = span.start as usize;
        CursorTarget::Word(word, Span::new(span.source, start + range.start, start + range.end))
    })
}

fn phrase<'a>(
    analysis: &'a Analysis,
    phrases: &'a [Phrase],
    byte: usize,
) -> Option<CursorTarget<'a>> {
    let phrase = phrases.iter().find(|phrase| holds(phrase.span, byte))?;
    let shape = match &phrase.kind {
        PhraseKind::FromImage(file) | PhraseKind::ToImage(file) if holds(file.span, byte) => {
            return Some(CursorTarget::File(&file.value, file.span));
        }
        PhraseKind::Words(_) => return word_at(analysis, phrase.span, byte),
        PhraseKind::Duration(_) => "3s",
        PhraseKind::Exactly(_) => "exactly 3s",
        PhraseKind::Lens(_) => "35mm",
        PhraseKind::Continues(_) => "continues",
        PhraseKind::FromImage(_) => "from \"…\"",
        PhraseKind::ToImage(_) => "to \"…\"",
        PhraseKind::JCut(_) => "J-cut 0.5s",
        PhraseKind::LCut(_) => "L-cut 0.5s",
        PhraseKind::FadeIn(_) => "fade in 1s",
        PhraseKind::FadeOut(_) => "fade out 1s",
        PhraseKind::Freeze(_) => "freeze 2s",
        PhraseKind::SlowMotion => "slow motion",
        PhraseKind::Wearing(_) => "wearing …",
        PhraseKind::BareNumber(_) | PhraseKind::BadDuration(_) => return None,
    };
    let words = analysis.screenplay.vocabulary.words(Table::Phrases);
    words
        .into_iter()
        .find(|word| word.word == shape)
        .map(|word| CursorTarget::Word(word, phrase.span))
}

fn in_directive<'a>(
    analysis: &'a Analysis,
    directive: &'a Directive,
    byte: usize,
) -> Option<CursorTarget<'a>> {
    use crate::script::tree::DirectiveWord as D;
    if holds(directive.word.span, byte) {
        return directive_word(analysis, directive.word.value.as_str(), directive.word.span);
    }
    let parts = || std::iter::once(&directive.body).chain(&directive.fields);
    let part = parts().find(|part| holds(part.span, byte))?;
    if matches!(directive.word.value, D::Cast | D::Prop | D::Voice | D::Group)
        && let Some((EntryField::Reference, file)) = EntryField::split(&part.value)
    {
        let file = unquoted(file);
        return Some(CursorTarget::File(file, part.span));
    }
    match directive.word.value {
        D::Use => Some(CursorTarget::File(unquoted(&part.value), part.span)),
        D::Film => {
            let key = key_and_value(&part.value).0.to_lowercase();
            let words = analysis.screenplay.vocabulary.words(Table::Settings);
            words
                .into_iter()
                .find(|word| word.word == key || word.also.contains(&key))
                .map(|word| CursorTarget::Word(word, part.span))
        }
        D::Light | D::Style => {
            let table =
                if directive.word.value == D::Light { Table::Lights } else { Table::Styles };
            let words = analysis.screenplay.vocabulary.words(table);
            let written = part.value.to_lowercase();
            let known = |word: &Word<'_>| written == word.word || word.also.contains(&written);
            words.into_iter().find(known).map(|word| CursorTarget::Word(word, part.span))
        }
        _ => {
            let name = part.value.split([',', '，']).next().unwrap_or_default().trim();
            let end = part.span.start as usize + name.len();
            let place = analysis.screenplay.places.iter().position(|place| place.name == name)?;
            (byte <= end).then(|| {
                let span = Span { end: end as u32, ..part.span };
                CursorTarget::Place(PlaceId(place), span)
            })
        }
    }
}
