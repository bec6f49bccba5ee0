//! The film while it is planned: shots one after the other, and what is heard
//! and read over them, in exact seconds.
//!
//! Knows where a shot begins; does not know how long it has to be.

use std::sync::Arc;

use super::captions::TimedSpeech;
use super::contents::Content;
use super::duration::ShotTimes;
use super::planned::PlannedShot;
use super::timing::Timing;
use crate::breakdown::screenplay::{ShotSpec, Subject, Voice};
use crate::breakdown::transition::{Colour, Transition, TransitionKind};
use crate::source::Span;
use crate::time::Seconds;

/// The film so far.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    pub drafts: Vec<PlannedShot>,
    pub heard: Vec<TimedSpeech>,
    /// Text, start, end.
    pub supers: Vec<(String, Seconds, Seconds)>,
    /// Where the next draft begins.
    pub now: Seconds,
    /// Until when a narration runs.
    pub voice_until: Seconds,
    /// Into the next draft.
    pub pending: Option<Transition>,
    pub notes: Vec<PlanWarning>,
}

/// Something to tell the author once shots have numbers.
#[derive(Debug, Clone)]
pub(crate) enum PlanWarning {
    /// A written time was too short for what is said in it.
    Lengthened { draft: usize, written: Seconds, speaker: Subject, speeches: usize, needs: Seconds },
    /// Words on paper need longer than the written time.
    Unread { draft: usize, needs: Seconds },
    /// A super does not fit its shot.
    ShortSuper { draft: usize, span: Span, needs: Seconds },
}

impl Timeline {
    /// Lays a draft on the film: decides its length, places what is heard, and
    /// cuts it where its speeches do. `insert` frames a `[[cut: …]]`.
    pub(crate) fn lay(
        &mut self,
        mut draft: PlannedShot,
        timing: &Timing,
        insert: impl Fn(&Arc<ShotSpec>, &PlannedShot) -> PlannedShot,
    ) {
        let index = self.drafts.len();
        let base = ShotTimes::of(&draft, self, timing);
        draft.length = base.length;
        if let (Some(spec), Some(needs)) = (&draft.spec, base.lengthened)
            && let Some(written) = spec.duration
        {
            let on_screen = || {
                draft.contents.iter().filter_map(|content| match content {
                    Content::Speech { speech, voice: Voice::OnScreen, .. } => Some(speech),
                    _ => None,
                })
            };
            if let Some(speaker) =
                on_screen().next_back().and_then(|speech| speech.speakers.first())
            {
                let (speaker, speeches) = (*speaker, on_screen().count());
                self.notes.push(PlanWarning::Lengthened {
                    draft: index,
                    written,
                    speaker,
                    speeches,
                    needs,
                });
            }
        }
        self.l_cut(&draft);
        let exactly = draft.spec.as_ref().is_some_and(|spec| spec.exactly);
        for &(ref content, start, end) in &base.sounds {
            let (speech, voice, span) = match content {
                Content::Speech { speech, voice, span } => (speech, *voice, *span),
                Content::Part { speech, first: true, span, .. } => (speech, Voice::OnScreen, *span),
                Content::Voice { speech, span } => (speech, Voice::Narration, *span),
                _ => continue,
            };
            let end = match content {
                Content::Part { .. } => start + timing.speech(speech),
                _ => end,
            };
            let (start, end) = ((self.now + start).max(Seconds::ZERO), self.now + end);
            if voice == Voice::Narration {
                self.voice_until = self.voice_until.max(end);
            }
            let heard = TimedSpeech::new(speech, voice, (start, end), (span, index), timing);
            self.heard.push(TimedSpeech { exactly, ..heard });
        }
        self.supers_of(&draft, timing, index);
        draft.transition = self.pending.take().or_else(|| {
            draft.spec.as_ref().and_then(|spec| spec.fade_in).map(|duration| Transition {
                name: "fade in".to_owned(),
                kind: TransitionKind::FadeIn(Colour::default()),
                duration,
                match_cut: false,
            })
        });
        draft.fade_out =
            draft.spec.as_ref().and_then(|spec| spec.fade_out).map(|duration| Transition {
                name: "fade out".to_owned(),
                kind: TransitionKind::FadeOut(Colour::default()),
                duration,
                match_cut: false,
            });
        self.cut(draft, &base.cuts, insert);
    }

    /// Pushes a draft whose length is decided.
    pub(crate) fn push(&mut self, draft: PlannedShot) {
        self.now = self.now + draft.length;
        self.drafts.push(draft);
    }

    /// `L-cut`: what was last heard runs on into this shot.
    fn l_cut(&mut self, draft: &PlannedShot) {
        let Some(by) = draft.spec.as_ref().and_then(|spec| spec.l_cut) else { return };
        let Some(last) = self.heard.last_mut() else { return };
        if last.draft + 1 == self.drafts.len() && last.end < self.now + by {
            let shift = self.now + by - last.end;
            last.start = last.start + shift;
            last.end = last.end + shift;
        }
    }

    fn supers_of(&mut self, draft: &PlannedShot, timing: &Timing, index: usize) {
        for content in &draft.contents {
            let Content::Super { text } = content else { continue };
            let at = timing.constants.super_at.min(draft.length.scale(1, 2));
            let needs = timing.card(text.lines());
            if at + needs > draft.length {
                self.notes.push(PlanWarning::ShortSuper { draft: index, span: draft.span, needs });
            }
            let end = (at + needs).min(draft.length);
            self.supers.push((text.clone(), self.now + at, self.now + end));
        }
    }

    /// Cuts a draft into the pieces that `[[cut: …]]` makes of it.
    fn cut(
        &mut self,
        mut draft: PlannedShot,
        cuts: &[(Seconds, Option<Arc<ShotSpec>>)],
        insert: impl Fn(&Arc<ShotSpec>, &PlannedShot) -> PlannedShot,
    ) {
        let whole = draft.length;
        let fade_out = draft.fade_out.take();
        let mut pieces: Vec<(Seconds, Option<Arc<ShotSpec>>)> = Vec::new();
        let (mut at, mut shown): (_, Option<Arc<ShotSpec>>) = (Seconds::ZERO, None);
        for (next, spec) in cuts.iter().cloned().chain([(whole, None)]) {
            let next = next.min(whole);
            if next <= at {
                shown = spec;
                continue;
            }
            let span = next - at;
            match shown.as_ref().and_then(|spec| spec.duration) {
                Some(written) if written < span => {
                    pieces.push((written, shown));
                    pieces.push((span - written, None));
                }
                _ => pieces.push((span, shown)),
            }
            (at, shown) = (next, spec);
        }
        let mut base = None;
        let mut transition = draft.transition.take();
        let last = pieces.len().saturating_sub(1);
        for (index, (length, spec)) in pieces.into_iter().enumerate() {
            let mut piece = if let Some(spec) = spec {
                insert(&spec, &draft)
            } else {
                let mut piece = draft.clone();
                if base.is_some() {
                    piece.resumes = base;
                    piece.continues = None;
                } else {
                    base = Some(self.drafts.len());
                }
                piece
            };
            piece.length = length;
            piece.transition = transition.take();
            if index == last {
                piece.fade_out.clone_from(&fade_out);
            }
            self.push(piece);
        }
    }
}
