//! Reads speeches: the speaker, how the audience hears them, and the words with their cuts
//! and pauses (docs/rules.md#d5, docs/rules.md#d12).
//!
//! Knows one speech; `voices` decides by its neighbours whether a V.O. is a
//! telephone.

use super::context::Context;
use super::names::{NameMatch, NameScope};
use super::shot_line::{self, ParsedShotLine};
use crate::breakdown::language::entries::VoiceSense;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::vocabulary::Vocabulary;
use crate::breakdown::language::words::{canonical, part};
use crate::breakdown::screenplay::{Kind, Speech, SpeechPart, Subject, Through, Voice};
use crate::script::tree::{Note, Piece, SpeechElement, SpeechLine, Text};
use crate::source::Spanned;
use crate::time::Seconds;

/// How the audience hears a speech, by the words of its cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Plainly,
    OffScreen,
    /// `(V.O.)`: narration, or the other end of a telephone.
    VoiceOver,
    PreLap,
}

/// Reads a speech. `present` are those who are here, for ALL and BOTH.
pub(crate) fn read(
    context: &mut Context<'_>,
    written: &SpeechElement,
    at: &NameScope,
    present: &[Subject],
) -> (Speech, Delivery) {
    let mut speakers = speakers(context, &written.name, at);
    if let [only] = speakers.as_slice()
        && context.names.get(*only).kind == Kind::Group
    {
        let here = everybody(context, &written.name.value, present);
        if !here.is_empty() {
            speakers = here;
        }
    }
    let mut kinds = speakers.iter().map(|who| context.names.get(*who).kind);
    let kind = kinds.next().filter(|first| kinds.all(|kind| kind == *first));
    let Said { mut delivery, mut through, into_telephone, manner } =
        said(written, &context.vocabulary);
    // A narrator does not speak into a telephone: its other end is what is heard.
    let only_heard = kind == Some(Kind::Voice) && delivery == Delivery::Plainly;
    if into_telephone && (only_heard || delivery == Delivery::VoiceOver) {
        delivery = Delivery::OffScreen;
        through.get_or_insert(Through::Telephone);
    }
    let voice = voice(delivery, kind);
    let (parts, lyrics) = parts(context, written, at);
    (
        Speech {
            speakers: speakers.into(),
            voice,
            through,
            delivery: manner,
            parts,
            dual: written.dual,
            lyrics,
        },
        delivery,
    )
}

/// The people present whom `ALL` or `BOTH` means.
fn everybody(context: &Context<'_>, cue: &str, present: &[Subject]) -> Vec<Subject> {
    let people =
        |subject: &&Subject| matches!(context.names.get(**subject).kind, Kind::Cast | Kind::Extra);
    let grammar = &context.vocabulary.grammar;
    let cue = canonical(cue);
    if grammar.speak_all.contains(&cue) {
        present.iter().filter(people).copied().collect()
    } else if grammar.speak_two.contains(&cue) {
        let two: Vec<Subject> = present.iter().rev().filter(people).take(2).copied().collect();
        two.into_iter().rev().collect()
    } else {
        Vec::new()
    }
}

/// What extensions and parentheticals say of a speech.
struct Said {
    delivery: Delivery,
    through: Option<Through>,
    into_telephone: bool,
    /// What only says how it is spoken.
    manner: Vec<String>,
}

/// How the audience hears a speech by its extensions and parentheticals.
fn said(speech: &SpeechElement, vocabulary: &Vocabulary) -> Said {
    let mut delivery = Delivery::Plainly;
    let (mut through, mut into_telephone) = (None, false);
    let mut manner = Vec::new();
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
            let sense = vocabulary.voice_sense(part);
            through = through.or(sense.and_then(what_is_between));
            into_telephone |= sense == Some(VoiceSense::IntoTelephone);
            match sense {
                // `(off)` in brackets under a cue is a mood, not an extension.
                Some(
                    sense @ (VoiceSense::OffScreen
                    | VoiceSense::OffScreenInCue
                    | VoiceSense::Telephone
                    | VoiceSense::Loudspeaker
                    | VoiceSense::Door),
                ) if is_extension || sense != VoiceSense::OffScreenInCue => {
                    // The other end of a telephone does not narrate.
                    if delivery != Delivery::PreLap {
                        delivery = Delivery::OffScreen;
                    }
                }
                Some(VoiceSense::Narration) if delivery == Delivery::Plainly => {
                    delivery = Delivery::VoiceOver;
                }
                Some(VoiceSense::Narration | VoiceSense::Ignored) => {}
                Some(VoiceSense::PreLap) => delivery = Delivery::PreLap,
                _ => {
                    let part = part.trim();
                    if !part.is_empty() && pause(part, vocabulary).is_none() {
                        manner.push(part.to_owned());
                    }
                }
            }
        }
    }
    Said { delivery, through, into_telephone, manner }
}

/// What stands between a voice and who listens.
fn what_is_between(sense: VoiceSense) -> Option<Through> {
    match sense {
        VoiceSense::Telephone => Some(Through::Telephone),
        VoiceSense::Loudspeaker => Some(Through::Loudspeaker),
        VoiceSense::Door => Some(Through::Door),
        _ => None,
    }
}

/// The length of a silence, if a parenthetical is one.
pub(crate) fn pause(words: &str, vocabulary: &Vocabulary) -> Option<Seconds> {
    let seconds = vocabulary.pauses.get(&canonical(words))?;
    Some(Seconds::micros((seconds.clamp(0.0, 30.0) * 1e6).round() as i64))
}

/// The words of a speech with its cuts and pauses, and whether somebody sings.
fn parts(
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
            SpeechLine::Words(text) => text_parts(context, text, at, &mut parts),
            SpeechLine::Lyrics(text) => {
                lyrics = true;
                text_parts(context, text, at, &mut parts);
            }
        }
    }
    (tidy(parts), lyrics)
}

fn text_parts(context: &mut Context<'_>, text: &Text, at: &NameScope, parts: &mut Vec<SpeechPart>) {
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
                parts.push(match shot_line::read_anew(context, line, at) {
                    ParsedShotLine::Shot(spec) => SpeechPart::Cut(spec),
                    ParsedShotLine::BackToScene => SpeechPart::CutBack,
                });
            }
        }
    }
    spoken(&words, &context.vocabulary, parts);
}

/// Adds words without those in brackets; `(beat)` is a pause.
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
                    // `I didn't... , never`: no space before a mark.
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

/// The names of a cue: `IDA AND JONAS` has two.
pub(crate) fn names(
    cue: &Spanned<String>,
    grammar: &Grammar,
    known: impl Fn(&str) -> bool,
) -> Vec<Spanned<String>> {
    if known(&cue.value) {
        return vec![cue.clone()];
    }
    let parts: Vec<Spanned<String>> =
        shot_line::joined(&cue.value, grammar).into_iter().map(|range| part(cue, range)).collect();
    // `MR. AND MRS. SMITH` is one name; `ROMEO AND JULIET` are two people.
    if parts.len() > 1 && parts.iter().all(|name| known(&name.value)) {
        parts
    } else {
        vec![cue.clone()]
    }
}

/// How a film plays a speech, before `voices` compares it with its neighbours;
/// `kind` is the kind of all its speakers.
fn voice(delivery: Delivery, kind: Option<Kind>) -> Voice {
    match (delivery, kind) {
        (Delivery::PreLap, _) => Voice::PreLap,
        (Delivery::VoiceOver, _) => Voice::Narration,
        (Delivery::OffScreen, _) | (Delivery::Plainly, Some(Kind::Voice)) => Voice::OffScreen,
        (Delivery::Plainly, _) => Voice::OnScreen,
    }
}

/// The characters that the names of a cue mean; unknown names mean nobody.
fn speakers(context: &mut Context<'_>, cue: &Spanned<String>, at: &NameScope) -> Vec<Subject> {
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
                context.depends_on_more = true;
                if let Some(subject) = context.names.last_named(&several) {
                    let taken = context.names.get(subject).clone();
                    context.emit(super::errors::doubtful_name(name.span, &name.value, &taken));
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
