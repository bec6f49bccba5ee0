//! How long a shot is: what is said and done in it takes its time, a written
//! time and the rules of coverage set limits.
//!
//! Knows the contents of one shot, and what is still heard from the shot before.

use std::sync::Arc;

use super::contents::Content;
use super::planned::{PlannedPicture, PlannedShot};
use super::timeline::Timeline;
use super::timing::Timing;
use crate::breakdown::screenplay::{ShotSpec, Speech, SpeechPart, Voice};
use crate::time::Seconds;

/// When things happen inside a draft, from its beginning.
#[derive(Default)]
pub(crate) struct ShotTimes {
    pub length: Seconds,
    /// What the speech needs, when the written time was too short.
    pub lengthened: Option<Seconds>,
    /// When everything is said and half of what is done.
    talk_end: Seconds,
    on_screen_end: Seconds,
    voice_end: Seconds,
    pub sounds: Vec<(Content, Seconds, Seconds)>,
    pub cuts: Vec<(Seconds, Option<Arc<ShotSpec>>)>,
}

impl ShotTimes {
    pub(crate) fn of(draft: &PlannedShot, reel: &Timeline, timing: &Timing) -> Self {
        let constants = timing.constants;
        let words: usize = draft.contents.iter().map(Content::words).sum();
        let speaks = draft.contents.iter().any(|content| content.speech().is_some());
        // where nobody speaks on screen, narration runs over what is done
        let half =
            if speaks && words > 0 { timing.action(words).scale(1, 2) } else { Seconds::ZERO };
        let mut natural = Self::place(draft, reel, timing, half, words);
        if let Some(fixed) = draft.fixed {
            natural.length = fixed;
            return natural;
        }
        if let Some(spec) = &draft.spec
            && let Some(written) = spec.duration
        {
            let room = written - (natural.talk_end - half);
            let half = half.min(room).max(Seconds::ZERO);
            let mut placed = Self::place(draft, reel, timing, half, words);
            placed.length = written.max(constants.written.at_least);
            if placed.on_screen_end > placed.length && !spec.exactly {
                placed.length = placed.on_screen_end;
                placed.lengthened = Some(placed.on_screen_end - draft.lead);
            }
            return placed;
        }
        let mut length = if speaks {
            (natural.talk_end + draft.tail).max(timing.paced(constants.shot.at_least))
        } else if draft.picture == PlannedPicture::Take {
            timing.action(words)
        } else {
            timing.paced(constants.black)
        };
        length = length.max(draft.at_least);
        if draft.spec.is_some() {
            length = length.max(natural.voice_end);
        }
        for content in &draft.contents {
            if let Content::Super { text } = content {
                length = length.max(constants.super_at + timing.card(text.lines()));
            }
        }
        natural.length = length;
        natural
    }

    /// Places contents one after the other; `half` is the time of all action.
    fn place(
        draft: &PlannedShot,
        reel: &Timeline,
        timing: &Timing,
        half: Seconds,
        words: usize,
    ) -> Self {
        let mut placed = Self::default();
        let l_cut = draft.spec.as_ref().and_then(|spec| spec.l_cut).unwrap_or_default();
        let mut now = match draft.spec.as_ref().and_then(|spec| spec.j_cut) {
            Some(early) => Seconds::ZERO - early,
            None => draft.lead.max(l_cut),
        };
        let mut before: Option<(&Speech, Seconds)> = None;
        for content in &draft.contents {
            match content {
                Content::Action { .. } if words > 0 => {
                    now = now + half.scale(content.words() as i64, words as i64);
                }
                Content::Action { .. } | Content::Super { .. } => {}
                Content::Voice { speech, .. } => {
                    let start = now.max(reel.voice_until - reel.now);
                    let end = start + timing.speech(speech);
                    placed.voice_end = placed.voice_end.max(end);
                    placed.sounds.push((content.clone(), start, end));
                }
                Content::Part { length, .. } => {
                    placed.sounds.push((content.clone(), now, now + *length));
                    now = now + *length;
                    placed.on_screen_end = now;
                }
                Content::Speech { speech, voice, .. } => {
                    let length = timing.speech(speech);
                    let start = match before {
                        _ if *voice == Voice::PreLap => {
                            let room = reel.drafts.last().map_or(Seconds::ZERO, |last| last.length);
                            Seconds::ZERO - length.min(room)
                        }
                        Some((_, start)) if speech.dual => start,
                        Some((last, _)) => now + turn(last, speech, timing),
                        None => now,
                    };
                    let end = start + length;
                    let mut at = start;
                    for part in &speech.parts {
                        match part {
                            SpeechPart::Cut(spec) => placed.cuts.push((at, Some(Arc::clone(spec)))),
                            SpeechPart::CutBack => placed.cuts.push((at, None)),
                            other => at = at + timing.part(speech, other),
                        }
                    }
                    placed.sounds.push((content.clone(), start, end));
                    now = now.max(end);
                    if matches!(voice, Voice::OnScreen | Voice::PreLap) {
                        placed.on_screen_end = placed.on_screen_end.max(end);
                    }
                    before = Some((speech, start));
                }
            }
        }
        placed.talk_end = now;
        placed
    }
}

/// The breath between two speeches of one shot.
fn turn(last: &Speech, next: &Speech, timing: &Timing) -> Seconds {
    let words = last.parts.iter().rev().find_map(|part| match part {
        SpeechPart::Words(text) => Some(text.trim_end()),
        _ => None,
    });
    let interrupted = words.is_some_and(|text| text.ends_with("--") || text.ends_with('—'));
    if last.speakers == next.speakers || interrupted {
        Seconds::ZERO
    } else {
        timing.paced(timing.constants.turn)
    }
}

impl PlannedShot {
    /// How long it would be on its own, straight after nothing.
    pub(crate) fn natural(&self, timing: &Timing) -> Seconds {
        ShotTimes::of(self, &Timeline::default(), timing).length
    }
}
