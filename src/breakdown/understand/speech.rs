//! Speech: who speaks, how it is heard, and what is said with its cuts and
//! pauses (docs/rules.md#d5, docs/rules.md#d12).
//!
//! Knows one speech; whether a V.O. is a telephone is decided by its
//! neighbours, in `story`.

use super::context::Context;
use super::names::{NameMatch, NameScope};
use super::shot_line::{self, ParsedShotLine};
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::canonical;
use crate::breakdown::screenplay::{Kind, SpeechPart, Subject, Voice};
use crate::script::tree::{Note, Piece, SpeechElement, SpeechLine, Text};
use crate::source::Spanned;
use crate::time::Seconds;

/// How the words of a cue say a speech is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Plainly,
    OffScreen,
    /// `(V.O.)`: narration, or the other end of a telephone.
    VoiceOver,
    PreLap,
}

/// How extensions and first parentheticals say a speech is heard, and what is
/// left of them as delivery.
pub(crate) fn heard(speech: &SpeechElement, vocabulary: &Vocabulary) -> (Delivery, Vec<String>) {
    let mut heard = Delivery::Plainly;
    let mut delivery = Vec::new();
    let parentheticals = speech.lines.iter().filter_map(|line| match line {
        SpeechLine::Parenthetical(text) => Some(&text.value),
        _ => None,
    });
    let extensions = speech.extensions.iter().map(|extension| &extension.value);
    for (is_extension, words) in
        extensions.map(|words| (true, words)).chain(parentheticals.map(|words| (false, words)))
    {
        // `(V.O., filtered)`, `(V.O./whispering)`.
        for part in words.split([',', '/', ';']) {
            let class = class_of(part, vocabulary);
            match class {
                // `(off)` in brackets under a cue is a mood, not an extension.
                Some("off_screen") if is_extension || canonical(part) != "off" => {
                    // The other end of a telephone is heard, not narrating.
                    heard = if heard == Delivery::PreLap { heard } else { Delivery::OffScreen };
                }
                Some("narration") if heard == Delivery::Plainly => heard = Delivery::VoiceOver,
                Some("narration" | "ignored") => {}
                Some("pre_lap") => heard = Delivery::PreLap,
                _ => {
                    let part = part.trim();
                    if !part.is_empty() && pause(part, vocabulary).is_none() {
                        delivery.push(part.to_owned());
                    }
                }
            }
        }
    }
    (heard, delivery)
}

/// Whether the picture changes in a speech.
pub(crate) fn has_cuts(speech: &SpeechElement) -> bool {
    speech.lines.iter().any(|line| match line {
        SpeechLine::Words(text) | SpeechLine::Lyrics(text) => {
            text.pieces.iter().any(|piece| matches!(piece, Piece::Note(Note::Cut(_))))
        }
        SpeechLine::Parenthetical(_) => false,
    })
}

fn class_of<'a>(words: &str, vocabulary: &'a Vocabulary) -> Option<&'a str> {
    let words = canonical(words);
    vocabulary.voices.iter().find(|(_, all)| all.contains(&words)).map(|(class, _)| class.as_str())
}

/// The length of a silence, if a parenthetical is one.
pub(crate) fn pause(words: &str, vocabulary: &Vocabulary) -> Option<Seconds> {
    let seconds = vocabulary.pauses.get(&canonical(words))?;
    Some(Seconds::micros((seconds.clamp(0.0, 30.0) * 1e6).round() as i64))
}

/// What is said, its cuts and pauses.
pub(crate) fn parts(
    context: &mut Context<'_>,
    speech: &SpeechElement,
    at: &NameScope,
) -> (Vec<SpeechPart>, bool) {
    let mut parts = Vec::new();
    let mut lyrics = false;
    for line in &speech.lines {
        match line {
            SpeechLine::Parenthetical(text) => {
                if let Some(length) = pause(&text.value, &context.vocabulary) {
                    parts.push(SpeechPart::Pause(length));
                }
            }
            SpeechLine::Words(text) => said(context, text, at, &mut parts),
            SpeechLine::Lyrics(text) => {
                lyrics = true;
                said(context, text, at, &mut parts);
            }
        }
    }
    (tidy(parts), lyrics)
}

fn said(context: &mut Context<'_>, text: &Text, at: &NameScope, parts: &mut Vec<SpeechPart>) {
    let mut words = String::new();
    for piece in &text.pieces {
        match piece {
            Piece::Words { text, .. } => words.push_str(text),
            Piece::LineBreak => words.push(' '),
            Piece::Note(Note::Remark(_)) => {}
            Piece::Note(Note::CutBack(_)) => {
                spoken(&std::mem::take(&mut words), &context.vocabulary, parts);
                parts.push(SpeechPart::CutBack);
            }
            Piece::Note(Note::Cut(line)) => {
                spoken(&std::mem::take(&mut words), &context.vocabulary, parts);
                parts.push(match shot_line::read(context, line, at) {
                    ParsedShotLine::Shot(call) => SpeechPart::Cut(call),
                    ParsedShotLine::BackToScene => SpeechPart::CutBack,
                });
            }
        }
    }
    spoken(&words, &context.vocabulary, parts);
}

/// Words without what stands in brackets; `(beat)` among them is a pause.
fn spoken(words: &str, vocabulary: &Vocabulary, parts: &mut Vec<SpeechPart>) {
    let mut rest = words;
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')').map(|at| open + at) else { break };
        parts.push(SpeechPart::Words(rest[..open].to_owned()));
        if let Some(length) = pause(&rest[open + 1..close], vocabulary) {
            parts.push(SpeechPart::Pause(length));
        }
        rest = &rest[close + 1..];
    }
    parts.push(SpeechPart::Words(rest.to_owned()));
}

/// Joins neighbouring words and drops empty ones.
fn tidy(parts: Vec<SpeechPart>) -> Vec<SpeechPart> {
    let mut tidy: Vec<SpeechPart> = Vec::new();
    for part in parts {
        match part {
            SpeechPart::Words(words) => {
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                if words.is_empty() {
                    continue;
                }
                if let Some(SpeechPart::Words(before)) = tidy.last_mut() {
                    // `I didn't... , never`: a mark stands tight.
                    if !words.starts_with(['.', ',', ';', '!', '?']) {
                        before.push(' ');
                    }
                    before.push_str(&words);
                } else {
                    tidy.push(SpeechPart::Words(words));
                }
            }
            other => tidy.push(other),
        }
    }
    tidy
}

/// The names of a cue: `IDA AND JONAS`, `IDA/JONAS`; one name is one.
pub(crate) fn names(
    cue: &Spanned<String>,
    grammar: &Grammar,
    known: impl Fn(&str) -> bool,
) -> Vec<Spanned<String>> {
    if known(&cue.value) {
        return vec![cue.clone()];
    }
    let parts: Vec<Spanned<String>> = shot_line::joined(&cue.value, grammar)
        .into_iter()
        .map(|range| crate::breakdown::language::words::part(cue, range))
        .collect();
    // `MR. AND MRS. SMITH` is one name; `ROMEO AND JULIET` are two people.
    if parts.len() > 1 && parts.iter().all(|name| known(&name.value)) {
        parts
    } else {
        vec![cue.clone()]
    }
}

/// How a speech is heard, when its neighbours do not matter; `kind` is what all its
/// speakers are.
pub(crate) fn voice(heard: Delivery, kind: Option<Kind>) -> Voice {
    match (heard, kind) {
        (Delivery::PreLap, _) => Voice::PreLap,
        (Delivery::VoiceOver, _) => Voice::Narration,
        (Delivery::OffScreen, _) | (Delivery::Plainly, Some(Kind::Voice)) => Voice::OffScreen,
        (Delivery::Plainly, _) => Voice::OnScreen,
    }
}

/// Whom a cue means: everybody of it that is known.
pub(crate) fn speakers(
    context: &mut Context<'_>,
    cue: &Spanned<String>,
    at: &NameScope,
) -> Vec<Subject> {
    let vocabulary = &context.vocabulary;
    let all = names(cue, &vocabulary.grammar, |name| {
        !matches!(context.names.find(name, at, vocabulary), NameMatch::None)
    });
    let mut found = Vec::new();
    for name in all {
        match context.names.find(&name.value, at, &context.vocabulary) {
            NameMatch::One(subject) => {
                context.record_usage(subject, &name);
                found.push(subject);
            }
            NameMatch::Several(several) => {
                context.uses_earlier_text = true;
                if let Some(subject) = context.names.last_named(&several) {
                    if context.is_first(format!("several {}", name.value)) {
                        let taken = context.names.get(subject).clone();
                        context.emit(super::errors::doubtful_name(name.span, &name.value, &taken));
                    }
                    context.record_usage(subject, &name);
                    found.push(subject);
                }
            }
            NameMatch::None => {}
        }
    }
    for subject in &found {
        context.names.mark_named(*subject);
    }
    found
}
