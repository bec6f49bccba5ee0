//! A tree in few words, for tables of expectations.

#![allow(dead_code, unreachable_pub, reason = "shared by several test files")]

use std::fmt::Write as _;

use photoplay::diagnostic::{Diagnostic, Severity};
use photoplay::script::tree::{
    Directive, Element, ElementKind, Note, Phrase, PhraseKind, Piece, ShotLine, SpeechLine, Text,
    Tree,
};
use photoplay::source::{Source, Spanned};

/// The tree, then what was said about it. Spans are checked by slicing.
pub fn dump(tree: &Tree, diagnostics: &[Diagnostic], source: &Source) -> String {
    let mut out = tree_words(tree);
    for diagnostic in diagnostics {
        let severity = match diagnostic.severity {
            Severity::Hint => "hint",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        let at = diagnostic.span.map_or("", |span| source.slice(span));
        writeln!(out, "{severity} at {at:?}: {}", diagnostic.message).expect("writable");
        if let Some(help) = &diagnostic.help {
            writeln!(out, "  help: {help}").expect("writable");
        }
    }
    out
}

/// The tree without spans.
pub fn tree_words(tree: &Tree) -> String {
    let mut out = String::new();
    for entry in &tree.title_page {
        let values: Vec<String> = entry.values.iter().map(quoted).collect();
        writeln!(out, "title {}: {}", quoted(&entry.key), values.join(" ")).expect("writable");
    }
    for element in &tree.elements {
        element_words(element, &mut out);
    }
    out
}

fn quoted(text: &Spanned<String>) -> String {
    format!("{:?}", text.value)
}

fn element_words(element: &Element, out: &mut String) {
    let mut line = String::new();
    match &element.kind {
        ElementKind::Heading { text, number, forced } => {
            write!(line, "heading{} {}", mark(*forced, '.'), quoted(text)).expect("writable");
            if let Some(number) = number {
                write!(line, " #{}", number.value).expect("writable");
            }
        }
        ElementKind::Action { text, forced } => {
            write!(line, "action{} {}", mark(*forced, '!'), text_words(text)).expect("writable");
        }
        ElementKind::Centered { text } => line = format!("centered {}", text_words(text)),
        ElementKind::Lyrics { text } => line = format!("lyrics {}", text_words(text)),
        ElementKind::Transition { text, forced, tail } => {
            write!(line, "transition{} {}", mark(*forced, '>'), quoted(text)).expect("writable");
            line.push_str(&phrases(tail));
        }
        ElementKind::Section { level, text } => {
            line = format!("section {level} {}", quoted(text));
        }
        ElementKind::Synopsis { text } => line = format!("synopsis {}", quoted(text)),
        ElementKind::PageBreak => line.push_str("page break"),
        ElementKind::Note(note) => line = note_words(note),
        ElementKind::Directive(directive) => line = directive_words(directive),
        ElementKind::Shot(shot) => line = format!("shot {}", shot_words(shot)),
        ElementKind::Speech(speech) => {
            write!(line, "speech{} {}", mark(speech.forced, '@'), quoted(&speech.name))
                .expect("writable");
            for extension in &speech.extensions {
                write!(line, " ({})", extension.value).expect("writable");
            }
            if speech.dual {
                line.push_str(" ^");
            }
            for part in &speech.lines {
                let part = match part {
                    SpeechLine::Parenthetical(words) => format!("parenthetical {}", quoted(words)),
                    SpeechLine::Words(text) => format!("words {}", text_words(text)),
                    SpeechLine::Lyrics(text) => format!("lyrics {}", text_words(text)),
                };
                write!(line, "\n  {part}").expect("writable");
            }
        }
    }
    writeln!(out, "{}{line}", if element.after_blank { "" } else { "+ " }).expect("writable");
}

fn mark(forced: bool, with: char) -> String {
    if forced { with.to_string() } else { String::new() }
}

fn text_words(text: &Text) -> String {
    let pieces: Vec<String> = text
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::LineBreak => "⏎".to_owned(),
            Piece::Note(note) => note_words(note),
            Piece::Words { text, style, .. } => {
                let mut words = format!("{text:?}");
                for (on, with) in [(style.underline, "_"), (style.italic, "*"), (style.bold, "**")]
                {
                    if on {
                        words = format!("{with}{words}{with}");
                    }
                }
                words
            }
        })
        .collect();
    pieces.join(" ")
}

fn note_words(note: &Note) -> String {
    match note {
        Note::Remark(words) => format!("note {}", quoted(words)),
        Note::CutBack(_) => "<cut back>".to_owned(),
        Note::Cut(shot) => format!("<cut {}>", shot_words(shot)),
    }
}

fn directive_words(directive: &Directive) -> String {
    let mut words = format!("{} {}", directive.word.value.as_str(), quoted(&directive.body));
    for field in &directive.fields {
        write!(words, " | {}", quoted(field)).expect("writable");
    }
    words
}

fn shot_words(shot: &ShotLine) -> String {
    let id = shot.id.as_ref().map(|id| format!(" #{}", id.value)).unwrap_or_default();
    format!("{}{id}{}", quoted(&shot.head), phrases(&shot.phrases))
}

fn phrases(phrases: &[Phrase]) -> String {
    phrases
        .iter()
        .fold(String::new(), |words, phrase| words + " [" + &phrase_words(&phrase.kind) + "]")
}

fn phrase_words(kind: &PhraseKind) -> String {
    match kind {
        PhraseKind::Duration(time) => time.to_string(),
        PhraseKind::Exactly(time) => format!("exactly {time}"),
        PhraseKind::BareNumber(number) => format!("number {number}"),
        PhraseKind::Lens(millimetres) => format!("{millimetres}mm"),
        PhraseKind::Continues(None) => "continues".to_owned(),
        PhraseKind::Continues(Some(id)) => format!("continues #{}", id.value),
        PhraseKind::FromImage(path) => format!("from image {}", path.value),
        PhraseKind::ToImage(path) => format!("to image {}", path.value),
        PhraseKind::JCut(time) => format!("J {time}"),
        PhraseKind::LCut(time) => format!("L {time}"),
        PhraseKind::FadeIn(time) => {
            format!("fade in {}", time.map_or("?".into(), |t| t.to_string()))
        }
        PhraseKind::FadeOut(time) => {
            format!("fade out {}", time.map_or("?".into(), |t| t.to_string()))
        }
        PhraseKind::Freeze(time) => format!("freeze {time}"),
        PhraseKind::SlowMotion => "slow motion".to_owned(),
        PhraseKind::Wearing(what) => format!("wearing {:?}", what.value),
        PhraseKind::BadDuration(what) => format!("bad time {what:?}"),
        PhraseKind::Words(words) => format!("{words:?}"),
    }
}
