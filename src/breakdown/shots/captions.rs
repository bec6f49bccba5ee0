//! Captions and their times: subtitles that fit, and the intertitles of a silent film.
//!
//! Knows when each speech sounds; does not know why.

use std::sync::Arc;

use foldhash::fast::RandomState;
use indexmap::IndexMap;

use super::frames::FrameMap;
use super::heard::{HeardSpeech, letters};
use super::timing::{Timing, clauses};
use crate::breakdown::screenplay::{Screenplay, Speech, SpeechPart, Subject, Voice};
use crate::breakdown::shot::{CaptionLine, Card, CardKind, SpokenLine};
use crate::source::Span;
use crate::time::Seconds;

/// A speech in the seconds of the film.
#[derive(Debug, Clone)]
pub(crate) struct TimedSpeech {
    pub speech: Arc<Speech>,
    pub voice: Voice,
    pub start: Seconds,
    pub end: Seconds,
    pub span: Span,
    /// Index of the shot it begins in.
    pub shot: usize,
    /// Its shot has an `exactly` time, so the speech may run on over the next shot.
    pub exactly: bool,
    pub captions: Arc<[CaptionText]>,
}

/// A part of a speech that viewers read at once, and the time that it sounds; a
/// pause has no text.
pub(crate) type CaptionText = (Option<Arc<str>>, Seconds);

/// The most letters of a line of subtitles, which have two lines.
const SUBTITLE: usize = 84;

/// Divides a speech into captions that fit.
pub(crate) fn captions(speech: &Speech, timing: &Timing) -> Arc<[CaptionText]> {
    let by_rule = captions_by_rule(speech, timing);
    match timing.heard(speech) {
        None => by_rule.into(),
        Some(heard) => as_heard(by_rule, heard).into(),
    }
}

/// Captions that stand while their words are heard.
fn as_heard(by_rule: Vec<CaptionText>, heard: &HeardSpeech) -> Vec<CaptionText> {
    let (mut captions, mut at, mut said) = (Vec::new(), Seconds::ZERO, 0);
    for text in by_rule.into_iter().filter_map(|(text, _)| text) {
        let begins = heard.begins(said).max(at);
        said += letters(&text);
        let ends = heard.ends(said).max(begins);
        captions.push((None, begins - at));
        captions.push((Some(text), ends - begins));
        at = ends;
    }
    captions.push((None, (heard.length() - at).max(Seconds::ZERO)));
    captions
}

fn captions_by_rule(speech: &Speech, timing: &Timing) -> Vec<CaptionText> {
    let mut captions: Vec<CaptionText> = Vec::new();
    let mut said = String::new();
    let flush = |said: &mut String, captions: &mut Vec<CaptionText>| {
        for text in fit(said, SUBTITLE, timing) {
            let time = timing.spoken(&text, speech);
            captions.push((Some(text.into()), time));
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
                flush(&mut said, &mut captions);
                captions.push((None, timing.paced(*time)));
            }
            SpeechPart::Cut(_) | SpeechPart::CutBack => {}
        }
    }
    flush(&mut said, &mut captions);
    captions
}

/// The captions of all speeches, in frames of the film and in the order of their
/// starts; none for a caption without a frame.
pub(crate) fn caption_lines(
    screenplay: &Screenplay,
    speeches: &[TimedSpeech],
    map: &FrameMap,
) -> Vec<CaptionLine> {
    let mut names: IndexMap<&[Subject], Arc<str>, RandomState> = IndexMap::default();
    let mut lines: Vec<CaptionLine> = Vec::with_capacity(speeches.len());
    for timed in speeches {
        let speech = &timed.speech;
        let name = || speaker(screenplay, speech).into();
        let speaker = names.entry(&speech.speakers).or_insert_with(name);
        let length = timed.end - timed.start;
        let total: Seconds = timed.captions.iter().map(|(_, time)| *time).sum();
        let share =
            |time: Seconds| timed.start + length.scale(time.as_micros(), total.as_micros().max(1));
        let mut at = Seconds::ZERO;
        for (text, time) in &*timed.captions {
            let (start, end) = (map.frame(share(at)), map.end_frame(share(at + *time)));
            at = at + *time;
            let Some(text) = text else { continue };
            if end > start {
                lines.push(CaptionLine {
                    speaker: Arc::clone(speaker),
                    subjects: Arc::clone(&speech.speakers),
                    text: Arc::clone(text),
                    start,
                    end,
                    off_screen: !matches!(timed.voice, Voice::OnScreen | Voice::PreLap),
                    lyrics: speech.lyrics,
                    span: timed.span,
                });
            }
        }
    }
    lines.sort_by_key(|line| line.start);
    lines
}

/// All speeches in frames of the film; none for one without a frame. `shots` are the
/// indices of planned shots in the list.
pub(crate) fn spoken_lines(
    speeches: Vec<TimedSpeech>,
    shots: &[usize],
    map: &FrameMap,
    timing: &Timing,
) -> Vec<SpokenLine> {
    let lines = speeches.into_iter().map(|timed| SpokenLine {
        shot: shots.get(timed.shot).or(shots.last()).copied().unwrap_or_default(),
        tempo: timing.tempo(&timed.speech),
        start: map.frame(timed.start),
        end: map.end_frame(timed.end),
        speech: timed.speech,
        voice: timed.voice,
        span: timed.span,
    });
    lines.filter(|line| line.end > line.start).collect()
}

/// The speakers of a speech, in words.
fn speaker(screenplay: &Screenplay, speech: &Speech) -> String {
    let names: Vec<&str> =
        speech.speakers.iter().map(|who| screenplay.subjects[*who].name.as_str()).collect();
    let and = screenplay.vocabulary.grammar.added.and.as_str();
    names.join(&format!(" {and} "))
}

/// Divides a text into pieces of at most so many letters: between sentences if
/// that is enough, else between clauses, else between words.
fn fit(text: &str, limit: usize, timing: &Timing) -> Vec<String> {
    let length = |text: &str| text.chars().count();
    let mut atoms: Vec<&str> = Vec::new();
    for sentence in timing.sentences(text) {
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

/// The most letters of an intertitle.
const INTERTITLE: usize = 150;

/// The intertitles of a speech, and how long viewers read each.
pub(crate) fn intertitles(
    screenplay: &Screenplay,
    speech: &Speech,
    timing: &Timing,
) -> Vec<(Card, Seconds)> {
    let said: Vec<&str> = speech
        .parts
        .iter()
        .filter_map(|part| match part {
            SpeechPart::Words(text) => Some(text.trim()),
            _ => None,
        })
        .collect();
    fit(&said.join(" "), INTERTITLE, timing)
        .into_iter()
        .map(|text| {
            let time = timing.card([text.as_str()]);
            let lines = vec![speaker(screenplay, speech), text];
            (Card { kind: CardKind::Intertitle, lines }, time)
        })
        .collect()
}
