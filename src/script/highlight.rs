//! The class of every range of a script, for syntax highlighting.
//!
//! Knows classes; does not know colours.

use serde::Serialize;

use super::scan::{GapKind, scan};
use super::tree::{
    Directive, Element, ElementKind, Note, Piece, ShotLine, SpeechElement, SpeechLine, Style, Text,
    Tree,
};
use crate::source::{Source, Span, Spanned};

/// The class of a range of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is an element's part by its usual name")]
pub enum Class {
    TitleKey,
    TitleValue,
    Heading,
    SceneNumber,
    Action,
    Cue,
    Extension,
    Dialogue,
    Parenthetical,
    Lyrics,
    Transition,
    Centered,
    Emphasis,
    ShotHead,
    Technique,
    ShotNumber,
    DirectiveWord,
    DirectiveBody,
    Note,
    Boneyard,
    Section,
    Synopsis,
    PageBreak,
}

/// A range and its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Highlight {
    /// The range.
    pub span: Span,
    /// The class.
    pub class: Class,
}

/// All classified ranges by position; no two overlap. Only notes and boneyards
/// cross line ends.
pub fn highlight(tree: &Tree, source: &Source) -> Vec<Highlight> {
    let mut paint = Paint::default();
    for entry in &tree.title_page {
        paint.base(entry.key.span, Class::TitleKey);
        for value in &entry.values {
            paint.base(value.span, Class::TitleValue);
        }
    }
    for element in &tree.elements {
        paint.element(element);
    }
    let scan = scan(&source.text);
    let gaps = scan.gaps.iter().map(|gap| Highlight {
        span: Span::new(source.id, gap.start, gap.end),
        class: match gap.kind {
            GapKind::Note => Class::Note,
            GapKind::Boneyard => Class::Boneyard,
        },
    });
    over(&over(&paint.base, &gaps.collect::<Vec<_>>()), &paint.inside_notes)
}

#[derive(Default)]
struct Paint {
    base: Vec<Highlight>,
    inside_notes: Vec<Highlight>,
}

impl Paint {
    fn base(&mut self, span: Span, class: Class) {
        if span.start < span.end {
            self.base.push(Highlight { span, class });
        }
    }

    fn inside(&mut self, span: Span, class: Class) {
        if span.start < span.end {
            self.inside_notes.push(Highlight { span, class });
        }
    }

    fn element(&mut self, element: &Element) {
        match &element.kind {
            ElementKind::Heading { text, number, .. } => {
                self.base(text.span, Class::Heading);
                if let Some(number) = number {
                    self.base(signs(number), Class::SceneNumber);
                }
            }
            ElementKind::Action { text, .. } => self.text(text, Class::Action),
            ElementKind::Centered { text } => self.text(text, Class::Centered),
            ElementKind::Lyrics { text } => self.text(text, Class::Lyrics),
            ElementKind::Speech(speech) => self.speech(speech),
            ElementKind::Transition { text, tail, .. } => {
                self.base(text.span, Class::Transition);
                for phrase in tail {
                    self.inside(phrase.span, Class::Technique);
                }
            }
            ElementKind::Section { .. } => self.base(element.span, Class::Section),
            ElementKind::Synopsis { .. } => self.base(element.span, Class::Synopsis),
            ElementKind::PageBreak => self.base(element.span, Class::PageBreak),
            ElementKind::Note(note) => self.note(note),
            ElementKind::Directive(directive) => self.directive(directive),
            ElementKind::Shot(shot) => {
                let mark = Span { end: shot.head.span.start, ..shot.span };
                let head = Span { end: shot.head.span.end, ..mark };
                self.base(head, Class::ShotHead);
                self.shot(shot);
            }
        }
    }

    fn speech(&mut self, speech: &SpeechElement) {
        self.base(speech.name.span, Class::Cue);
        for extension in &speech.extensions {
            self.base(extension.span, Class::Extension);
        }
        for line in &speech.lines {
            match line {
                SpeechLine::Parenthetical(words) => self.base(words.span, Class::Parenthetical),
                SpeechLine::Words(text) => self.text(text, Class::Dialogue),
                SpeechLine::Lyrics(text) => self.text(text, Class::Lyrics),
            }
        }
    }

    fn text(&mut self, text: &Text, class: Class) {
        for piece in &text.pieces {
            match piece {
                Piece::LineBreak => {}
                Piece::Words { style, span, .. } if *style == Style::default() => {
                    self.base(*span, class);
                }
                Piece::Words { span, .. } => self.base(*span, Class::Emphasis),
                Piece::Note(note) => self.note(note),
            }
        }
    }

    fn note(&mut self, note: &Note) {
        match note {
            Note::Remark(_) => {}
            Note::CutBack(span) => {
                let word = Span { start: span.start + 2, end: span.end - 2, ..*span };
                self.inside(word, Class::DirectiveWord);
            }
            Note::Cut(shot) => {
                let word = Span { end: shot.head.span.start, ..shot.span };
                self.inside(word, Class::DirectiveWord);
                self.inside(shot.head.span, Class::ShotHead);
                self.shot(shot);
            }
        }
    }

    fn directive(&mut self, directive: &Directive) {
        self.inside(directive.word.span, Class::DirectiveWord);
        self.inside(directive.body.span, Class::DirectiveBody);
        for field in &directive.fields {
            self.inside(field.span, Class::DirectiveBody);
        }
    }

    /// Classifies a shot's phrases and number, on its line or in a note.
    fn shot(&mut self, shot: &ShotLine) {
        let mut parts: Vec<Highlight> = shot
            .phrases
            .iter()
            .map(|phrase| Highlight { span: phrase.span, class: Class::Technique })
            .collect();
        if let Some(id) = &shot.id {
            let span = signs(id);
            // `low angle #5#`: the number follows the phrase's words.
            parts.retain(|part| part.span.start < span.start || part.span.start >= span.end);
            parts.push(Highlight { span, class: Class::ShotNumber });
        }
        parts.sort_by_key(|part| part.span);
        // A phrase may continue behind the note; the note's phrases cover it.
        let spans: Vec<Span> = parts.iter().map(|part| part.span).collect();
        let inside = |part: &Highlight| {
            spans.iter().any(|span| {
                *span != part.span && span.start <= part.span.start && part.span.end <= span.end
            })
        };
        let (above, base): (Vec<Highlight>, Vec<Highlight>) = parts.into_iter().partition(inside);
        self.inside_notes.extend(over(&base, &above));
    }
}

/// A number with its `#` signs.
fn signs(number: &Spanned<String>) -> Span {
    Span { start: number.span.start - 1, end: number.span.end + 1, ..number.span }
}

/// Covers ranges with others; both lists are sorted and have no overlaps.
fn over(base: &[Highlight], above: &[Highlight]) -> Vec<Highlight> {
    let mut out = Vec::with_capacity(base.len() + above.len());
    let mut above = above.iter().peekable();
    for under in base {
        let mut rest = *under;
        while let Some(next) = above.peek() {
            if next.span.start >= rest.span.end {
                break;
            }
            let before = Span { end: next.span.start, ..rest.span };
            if next.span.start > rest.span.start {
                out.push(Highlight { span: before, ..rest });
            }
            if next.span.end > rest.span.end {
                rest.span.start = rest.span.end;
                break;
            }
            rest.span.start = rest.span.start.max(next.span.end);
            out.push(**next);
            above.next();
        }
        if rest.span.start < rest.span.end {
            out.push(rest);
        }
    }
    out.extend(above);
    out
}
