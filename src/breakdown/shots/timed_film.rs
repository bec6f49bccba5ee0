//! The planned film: its shots one after the other, and the sounds and captions over
//! them, in exact seconds.
//!
//! Knows where a shot begins; `duration` decides its length.

use std::sync::Arc;

use super::captions::{TimedSpeech, captions};
use super::contents::Content;
use super::describe::{DescribedShot, describe};
use super::duration::{Before, NarrationRest, ShotTimes};
use super::planned::PlannedShot;
use super::timing::Timing;
use crate::breakdown::screenplay::{Screenplay, ShotSpec, Speech, Subject, Voice};
use crate::breakdown::transition::Transition;
use crate::source::Span;
use crate::time::Seconds;

/// A film, or a scene of it, so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimedFilm {
    pub shots: Vec<DescribedShot>,
    pub speeches: Vec<TimedSpeech>,
    /// Words over the picture with their start and end.
    pub supers: Vec<(String, Seconds, Seconds)>,
    /// Where the next shot begins.
    pub now: Seconds,
    /// The end of a narration.
    pub narration_until: Seconds,
    /// The transition into the next shot.
    pub pending: Option<Transition>,
    /// How shots fill the rests of narrations, in order.
    pub rests: Vec<Option<NarrationRest>>,
    pub warnings: Vec<PlanWarning>,
}

/// The changes that a scene makes to the film before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChangesBefore {
    /// A fade out at the end of the last shot.
    pub fade_out: Option<Transition>,
    /// An L-cut: the last speech sounds this much later.
    pub speech_later: Seconds,
}

/// A warning that needs the numbers of shots.
#[derive(Debug, Clone)]
pub(crate) struct PlanWarning {
    /// Index of the shot it is about.
    pub shot: usize,
    pub kind: PlanWarningKind,
}

/// What there is to tell.
#[derive(Debug, Clone)]
pub(crate) enum PlanWarningKind {
    /// A written time was too short for its speeches.
    Lengthened { written: Seconds, speaker: Subject, speeches: usize, needs: Seconds },
    /// Words on paper need longer than the written time.
    UnreadLetter { needs: Seconds },
    /// Words over the picture do not fit their shot.
    ShortSuper { needs: Seconds },
    /// A shot line asks for a fade in after another transition.
    LostFade { before: String },
}

impl TimedFilm {
    /// Appends a shot: decides its length, places its sounds, and cuts it where its
    /// speeches do. `last` is the length of the shot before it; `insert`
    /// plans the picture of a `[[cut: …]]`.
    pub(crate) fn append(
        &mut self,
        screenplay: &Screenplay,
        timing: &Timing,
        shot: &PlannedShot,
        last: Seconds,
        insert: impl Fn(&Arc<ShotSpec>, &PlannedShot) -> PlannedShot,
    ) {
        let before = Before { narration: self.narration_until - self.now, shot: last };
        let times = shot.times(before, timing);
        self.warn_of_length(shot, &times);
        self.add_speeches(shot, &times, timing);
        self.add_supers(shot, times.length, timing);
        let spec = shot.spec.as_deref();
        let fade_in = spec.and_then(|spec| spec.fade_in).map(Transition::fade_in);
        if let (Some(pending), Some(_)) = (&self.pending, &fade_in) {
            let kind = PlanWarningKind::LostFade { before: pending.name.clone() };
            self.warnings.push(PlanWarning { shot: self.shots.len(), kind });
        }
        let mut transition = self.pending.take().or(fade_in);
        let fade_out = spec.and_then(|spec| spec.fade_out).map(Transition::fade_out);
        let pictures = times.pictures();
        let last = pictures.len().saturating_sub(1);
        let mut whole = None;
        for (index, (length, cut_to)) in pictures.into_iter().enumerate() {
            let mut picture = match (cut_to, whole) {
                (Some(spec), _) => describe(screenplay, &insert(spec, shot), length),
                (None, None) => {
                    whole = Some(self.shots.len());
                    let continues = shot.continues.map(|back| back + index);
                    DescribedShot { continues, ..describe(screenplay, shot, length) }
                }
                (None, Some(whole)) => DescribedShot {
                    length,
                    continues: None,
                    resumes: Some(self.shots.len() - whole),
                    fade_out: None,
                    ..self.shots[whole].clone()
                },
            };
            picture.transition = transition.take();
            if index == last {
                picture.fade_out.clone_from(&fade_out);
            }
            self.now = self.now + length;
            self.shots.push(picture);
        }
    }

    fn warn_of_length(&mut self, shot: &PlannedShot, times: &ShotTimes<'_>) {
        let written = shot.spec.as_ref().and_then(|spec| spec.duration);
        let (Some(needs), Some(written)) = (times.needs, written) else { return };
        let on_screen: Vec<&Arc<Speech>> = shot
            .contents
            .iter()
            .filter_map(|content| match content {
                Content::Speech { speech, voice: Voice::OnScreen, .. } => Some(speech),
                _ => None,
            })
            .collect();
        if let Some(speaker) = on_screen.last().and_then(|speech| speech.speakers.first()) {
            let (speaker, speeches) = (*speaker, on_screen.len());
            let kind = PlanWarningKind::Lengthened { written, speaker, speeches, needs };
            self.warnings.push(PlanWarning { shot: self.shots.len(), kind });
        }
    }

    fn add_speeches(&mut self, shot: &PlannedShot, times: &ShotTimes<'_>, timing: &Timing) {
        let exactly = shot.spec.as_ref().is_some_and(|spec| spec.exactly);
        for &(content, start, end) in &times.sounds {
            let (speech, voice, span, end) = match content {
                Content::Speech { speech, voice, span } => (speech, *voice, *span, end),
                Content::Part { speech, first: true, span, .. } => {
                    (speech, Voice::OnScreen, *span, start + timing.sounds(speech))
                }
                Content::Voice { speech, span } => (speech, Voice::Narration, *span, end),
                _ => continue,
            };
            let (start, end) = (self.now + start, self.now + end);
            if voice == Voice::Narration {
                self.narration_until = self.narration_until.max(end);
            }
            self.speeches.push(TimedSpeech {
                captions: captions(speech, timing),
                speech: Arc::clone(speech),
                voice,
                start,
                end,
                span,
                shot: self.shots.len(),
                exactly,
            });
        }
    }

    /// Begins a narration where the next shot begins; it takes no time of a shot.
    pub(crate) fn narrate(&mut self, speech: &Arc<Speech>, span: Span, timing: &Timing) {
        let lead = timing.paced(timing.constants.shot.lead);
        let start = (self.now + lead).max(self.narration_until);
        let end = start + timing.sounds(speech);
        self.narration_until = end;
        self.speeches.push(TimedSpeech {
            captions: captions(speech, timing),
            speech: Arc::clone(speech),
            voice: Voice::Narration,
            start,
            end,
            span,
            shot: self.shots.len(),
            exactly: false,
        });
    }

    fn add_supers(&mut self, shot: &PlannedShot, length: Seconds, timing: &Timing) {
        for content in &shot.contents {
            let Content::Super { text } = content else { continue };
            let at = timing.constants.super_at.min(length.scale(1, 2));
            let needs = timing.card(text.lines());
            if at + needs > length {
                let kind = PlanWarningKind::ShortSuper { needs };
                self.warnings.push(PlanWarning { shot: self.shots.len(), kind });
            }
            let end = (at + needs).min(length);
            self.supers.push((text.clone(), self.now + at, self.now + end));
        }
    }

    /// Gives the last shot the length that `duration` has decided.
    pub(crate) fn set_last_length(&mut self, length: Seconds) {
        if let Some(last) = self.shots.last_mut() {
            self.now = self.now + length - last.length;
            last.length = length;
        }
    }
}
