//! What scripts consist of, a JSON object a line: `{"kind": "cue", "text": "MARA"}`.
//! For comparison with other parsers of Fountain (`peers.py`).

#![allow(clippy::print_stdout, reason = "it prints what a parser read")]

use photoplay::script::parse;
use photoplay::script::tree::{Element, ElementKind, Note, Piece, SpeechLine, Text};
use photoplay::source::Sources;
use serde_json::json;

fn main() -> std::io::Result<()> {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path)?;
        let mut sources = Sources::default();
        let id = sources.add("script.fountain", text);
        let (tree, _) = parse(&sources, id);
        println!("{}", json!({"file": path}));
        for element in &tree.elements {
            tell(element);
        }
    }
    Ok(())
}

fn say(kind: &str, text: &str) {
    println!("{}", json!({"kind": kind, "text": text}));
}

fn tell(element: &Element) {
    match &element.kind {
        ElementKind::Heading { text, .. } => say("heading", &text.value),
        ElementKind::Action { text, .. } => say("action", &plain(text)),
        ElementKind::Centered { text } => say("centered", &plain(text)),
        ElementKind::Lyrics { text } => say("lyrics", &plain(text)),
        ElementKind::Transition { text, .. } => say("transition", &text.value),
        ElementKind::Section { text, .. } => say("section", &text.value),
        ElementKind::Synopsis { text } => say("synopsis", &text.value),
        ElementKind::PageBreak => say("page break", ""),
        ElementKind::Note(Note::Remark(words)) => say("note", &words.value),
        ElementKind::Note(_) => say("note", ""),
        ElementKind::Directive(directive) => say("directive", &directive.body.value),
        ElementKind::Shot(shot) => say("shot", &shot.head.value),
        ElementKind::Speech(speech) => {
            say(if speech.dual { "dual cue" } else { "cue" }, &speech.name.value);
            for line in &speech.lines {
                match line {
                    SpeechLine::Parenthetical(words) => say("parenthetical", &words.value),
                    SpeechLine::Words(text) => say("dialogue", &plain(text)),
                    SpeechLine::Lyrics(text) => say("lyrics", &plain(text)),
                }
            }
        }
    }
}

fn plain(text: &Text) -> String {
    let pieces = text.pieces.iter().map(|piece| match piece {
        Piece::Words { text, .. } => text.as_str(),
        Piece::LineBreak => "\n",
        Piece::Note(_) => "",
    });
    pieces.collect()
}
