//! What is heard, as it is read: subtitles that fit, and the intertitles of a
//! film without sound.
//!
//! Knows times in seconds; frames are the shot list's.

use std::sync::Arc;

use super::timing::{Timing, clauses, sentences};
use crate::breakdown::screenplay::{Screenplay, Speech, SpeechPart, Voice};
use crate::breakdown::shot::{CaptionLine, Card, CardKind};
use crate::source::Span;
use crate::time::Seconds;

/// Something heard, in seconds of the film.
#[derive(Debug, Clone)]
pub(crate) struct TimedSpeech {
    pub speech: Arc<Speech>,
    pub voice: Voice,
    pub start: Seconds,
    pub end: Seconds,
    pub span: Span,
    /// PlannedShot it begins in.
    pub draft: usize,
    /// It may run on over the next shot because the author wrote `exactly`.
    pub exactly: bool,
    /// What is read of it, and how long each piece is heard.
    pub pieces: Arc<[(Option<Arc<str>>, Seconds)]>,
}

impl TimedSpeech {
    /// A speech from its first to its last word, written at a place and
    /// beginning in a draft.
    pub(crate) fn new(
        speech: &Arc<Speech>,
        voice: Voice,
        (start, end): (Seconds, Seconds),
        (span, draft): (Span, usize),
        timing: &Timing,
    ) -> Self {
        let (pieces, speech) = (pieces(timing, speech).into(), Arc::clone(speech));
        Self { speech, voice, start, end, span, draft, exactly: false, pieces }
    }
}

pub(crate) fn speaker(screenplay: &Screenplay, speech: &Speech) -> String {
    let names: Vec<&str> =
        speech.speakers.iter().map(|who| screenplay.subjects[who.0].name.as_str()).collect();
    names.join(" and ")
}

/// Subtitles hold two lines of about this many letters.
const SUBTITLE: usize = 84;

/// What is read of a speech, in pieces that fit, and how long each is heard;
/// a pause is a piece without words.
pub(crate) fn pieces(timing: &Timing, speech: &Speech) -> Vec<(Option<Arc<str>>, Seconds)> {
    let mut pieces: Vec<(Option<Arc<str>>, Seconds)> = Vec::new();
    let mut said = String::new();
    let flush = |said: &mut String, pieces: &mut Vec<(Option<Arc<str>>, Seconds)>| {
        for piece in fit(said, SUBTITLE) {
            let time = timing.spoken(&piece, speech);
            pieces.push((Some(piece.into()), time));
        }
        said.clear();
    };
    for part in &speech.parts {
        match part {
            SpeechPart::Words(text) => {
                if !said.is_empty() {
                    said.push(' ');
                }
                said.push_str(text.trim());
            }
            SpeechPart::Pause(time) => {
                flush(&mut said, &mut pieces);
                pieces.push((None, timing.paced(*time)));
            }
            SpeechPart::Cut(_) | SpeechPart::CutBack => {}
        }
    }
    flush(&mut said, &mut pieces);
    pieces
}

/// The subtitles of a speech by a speaker: its pieces, each with its share of
/// the time.
pub(crate) fn lines<'a>(
    heard: &'a TimedSpeech,
    speaker: &'a Arc<str>,
) -> impl Iterator<Item = (Seconds, Seconds, CaptionLine)> + 'a {
    let speech = &heard.speech;
    let total: Seconds = heard.pieces.iter().map(|(_, time)| *time).sum();
    let length = heard.end - heard.start;
    let mut at = Seconds::ZERO;
    heard.pieces.iter().filter_map(move |(text, time)| {
        let share =
            |at: Seconds| heard.start + length.scale(at.as_micros(), total.as_micros().max(1));
        let (start, end) = (share(at), share(at + *time));
        at = at + *time;
        let line = CaptionLine {
            speaker: Arc::clone(speaker),
            subjects: speech.speakers.clone(),
            text: Arc::clone(text.as_ref()?),
            start: 0,
            end: 0,
            off_screen: !matches!(heard.voice, Voice::OnScreen | Voice::PreLap),
            lyrics: speech.lyrics,
            span: heard.span,
        };
        Some((start, end, line))
    })
}

/// A text in pieces of at most so many letters: sentences together as long as
/// they fit, a long one at its clauses, at last between words.
fn fit(text: &str, limit: usize) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut atoms: Vec<&str> = Vec::new();
    for sentence in sentences(text) {
        if length(sentence) <= limit {
            atoms.push(sentence);
            continue;
        }
        for clause in clauses(sentence, &[',', ';', ':', '，', '；', '—']) {
            if length(clause) <= limit {
                atoms.push(clause);
            } else {
                atoms.extend(clause.split(' '));
            }
        }
    }
    let mut pieces: Vec<String> = Vec::new();
    for atom in atoms {
        match pieces.last_mut() {
            Some(last) if length(last) + 1 + length(atom) <= limit => {
                last.push(' ');
                last.push_str(atom);
            }
            _ => pieces.push(atom.to_owned()),
        }
    }
    pieces
}

/// Intertitles hold about this many letters.
const INTERTITLE: usize = 150;

/// The cards of a speech, as in 1912.
pub(crate) fn intertitles(
    screenplay: &Screenplay,
    timing: &Timing,
    heard: &TimedSpeech,
) -> Vec<(Card, Seconds)> {
    let said: Vec<&str> = heard
        .speech
        .parts
        .iter()
        .filter_map(|part| match part {
            SpeechPart::Words(text) => Some(text.trim()),
            _ => None,
        })
        .collect();
    fit(&said.join(" "), INTERTITLE)
        .into_iter()
        .map(|text| {
            let time = timing.card([text.as_str()]);
            let lines = vec![speaker(screenplay, &heard.speech), text];
            (Card { kind: CardKind::Intertitle, lines }, time)
        })
        .collect()
}
