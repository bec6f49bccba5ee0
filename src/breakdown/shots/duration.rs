//! Decides the length of a shot from its contents, within the limits of the author's
//! written time and of the rules of coverage.
//!
//! Knows one shot's contents, and how far the sound of the film before reaches into
//! it; does not know who is in the picture. `timing` knows how long words take.

use std::sync::Arc;

use super::contents::Content;
use super::rules::Rules;
use super::timing::Timing;
use crate::breakdown::screenplay::{ShotSpec, Speech, SpeechPart, Voice};
use crate::time::{Rate, Seconds};

/// The limits of a shot's length, besides its contents and a written time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Length {
    /// The whole length, whatever the contents of the shot.
    fixed: Option<Seconds>,
    at_least: Seconds,
    /// The length of a plain colour or a card, which no action fills.
    plain: Option<Seconds>,
    /// The picture before the first word.
    lead: Seconds,
    /// The picture after the last word.
    tail: Seconds,
}

impl Length {
    /// For a picture that lasts as long as its contents.
    pub(crate) fn of_contents(timing: &Timing) -> Self {
        let shot = timing.constants.shot;
        Self {
            fixed: None,
            at_least: Seconds::ZERO,
            plain: None,
            lead: timing.paced(shot.lead),
            tail: timing.paced(shot.tail),
        }
    }

    /// For a plain colour.
    pub(crate) fn of_colour(timing: &Timing) -> Self {
        let plain = Some(timing.paced(timing.constants.black));
        Self { plain, ..Self::of_contents(timing) }
    }

    /// For a card in the script: long enough to read it.
    pub(crate) fn of_card(lines: &[String], timing: &Timing) -> Self {
        let at_least = timing.card(lines.iter().map(String::as_str));
        Self { at_least, ..Self::of_colour(timing) }
    }

    /// For the title card.
    pub(crate) fn of_title(lines: &[String], timing: &Timing) -> Self {
        let read = timing.card(lines.iter().map(String::as_str));
        Self::fixed(read.max(timing.paced(timing.constants.title_at_least)), timing)
    }

    /// For the end card.
    pub(crate) fn of_end_card(timing: &Timing) -> Self {
        Self::fixed(timing.paced(timing.constants.end), timing)
    }

    /// For the first picture of a set.
    pub(crate) fn of_establishing(timing: &Timing) -> Self {
        let at_least = timing.paced(Rules::stdlib().establish.at_least);
        Self { at_least, ..Self::of_contents(timing) }
    }

    /// For the picture of a set before its first words.
    pub(crate) fn of_establishing_before_speech(timing: &Timing) -> Self {
        Self::fixed(timing.paced(Rules::stdlib().establish.on_speech_time), timing)
    }

    /// For a listener's picture while somebody outside it speaks.
    pub(crate) fn of_listener(timing: &Timing) -> Self {
        let at_least = timing.paced(Rules::stdlib().speech.listener_at_least);
        Self { at_least, ..Self::of_contents(timing) }
    }

    /// For a reaction before a part of a speech, if the part is long enough by the rule
    /// to give up the time; also the rest of the part, which `sounds` so long.
    pub(crate) fn of_reaction(
        by_rule: Seconds,
        sounds: Seconds,
        timing: &Timing,
    ) -> Option<(Self, Seconds)> {
        let reaction = timing.paced(Rules::stdlib().speech.reaction_time);
        let rest = timing.paced(timing.constants.shot.at_least);
        let reaction_time = reaction.min(sounds.scale(1, 2));
        let gives = by_rule > reaction + rest;
        gives.then(|| (Self::fixed(reaction_time, timing), sounds - reaction_time))
    }

    /// For the picture of a listener after the last speech of a scene.
    pub(crate) fn of_ending(timing: &Timing) -> Self {
        Self::fixed(timing.paced(Rules::stdlib().ending.time), timing)
    }

    /// For each of the pictures that share the rest of a narration.
    fn of_filler(rest: Seconds, count: usize, timing: &Timing) -> Self {
        let rule = &Rules::stdlib().narration;
        let each = rest.scale(1, count.max(1) as i64).max(timing.paced(rule.at_least));
        Self::fixed(each, timing)
    }

    /// A length that contents do not change.
    fn fixed(length: Seconds, timing: &Timing) -> Self {
        Self { fixed: Some(length), ..Self::of_contents(timing) }
    }

    /// Long enough to read words on paper.
    #[must_use]
    pub(crate) fn reading(self, letter: Seconds) -> Self {
        Self { at_least: letter, ..self }
    }

    /// Without a pause before the first word, for a later part of a speech.
    #[must_use]
    pub(crate) fn without_lead(self) -> Self {
        Self { lead: Seconds::ZERO, ..self }
    }

    /// Without a pause after the last word, for a part of a speech that continues in
    /// the next shot.
    #[must_use]
    pub(crate) fn without_tail(self) -> Self {
        Self { tail: Seconds::ZERO, ..self }
    }

    /// With a longer picture after the last word of a scene.
    #[must_use]
    pub(crate) fn ending_alone(self, timing: &Timing) -> Self {
        Self { tail: self.tail + timing.paced(Rules::stdlib().ending.alone), ..self }
    }

    /// For this picture and the next as one.
    #[must_use]
    pub(crate) fn merged(self, next: Self) -> Self {
        Self { at_least: self.at_least.max(next.at_least), ..self }
    }

    /// Whether the length is independent of the contents.
    pub(crate) fn is_fixed(self) -> bool {
        self.fixed.is_some()
    }
}

/// The pictures under the rest of a narration.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NarrationRest {
    /// The last picture, longer by so much.
    Last(Seconds),
    /// A number of pictures, all of one length.
    Pictures(usize, Length),
}

impl NarrationRest {
    /// Fills a narration that runs on for `rest`. `last` is the length of the picture
    /// before; a rest too short for a picture of its own makes that one longer.
    pub(crate) fn of(rest: Seconds, last: Option<Seconds>, timing: &Timing) -> Option<Self> {
        if rest <= Seconds::ZERO {
            return None;
        }
        if let Some(last) = last
            && rest < timing.paced(timing.constants.shot.at_least)
        {
            return Some(Self::Last(last + rest));
        }
        let rule = &Rules::stdlib().narration;
        let at_most = timing.paced(rule.at_most);
        let count =
            (rest.as_micros().max(1) as usize).div_ceil(at_most.as_micros().max(1) as usize);
        Some(Self::Pictures(count, Length::of_filler(rest, count, timing)))
    }

    /// The same pictures for a spoken narration: they share its rest equally.
    pub(crate) fn heard(
        by_rule: Option<Self>,
        rest: Seconds,
        last: Option<Seconds>,
        timing: &Timing,
    ) -> Option<Self> {
        match (by_rule, last) {
            (Some(Self::Pictures(count, _)), _) => {
                let rest = rest.up_to(timing.constants.shot.step.scale(count as i64, 1));
                Some(Self::Pictures(count, Length::of_filler(rest, count, timing)))
            }
            (Some(Self::Last(_)) | None, Some(last)) if rest > Seconds::ZERO => {
                Some(Self::Last((last + rest).up_to(timing.constants.shot.step)))
            }
            (Some(Self::Last(_)) | None, _) => None,
        }
    }
}

/// A length in frames of the film. Lengths are rounded here and nowhere else.
pub(crate) fn in_frames(length: Seconds, rate: Rate) -> u32 {
    length.to_frames(rate).max(1)
}

/// How far the sound of the film before a shot reaches into it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Before {
    /// The time that a narration still runs; negative after its end.
    pub narration: Seconds,
    /// The length of the shot before.
    pub shot: Seconds,
}

/// The length of a shot, and the times of its contents from its beginning.
#[derive(Debug, Default)]
pub(crate) struct ShotTimes<'a> {
    pub length: Seconds,
    /// The time that its speeches need, if the written time is too short for them.
    pub needs: Option<Seconds>,
    /// Each sound with its start and end.
    pub sounds: Vec<(&'a Content, Seconds, Seconds)>,
    /// The times at which a speech cuts to another picture (`[[cut: …]]`), or back.
    cuts: Vec<(Seconds, Option<&'a Arc<ShotSpec>>)>,
    /// The end of the last speech and action.
    contents_end: Seconds,
    on_screen_end: Seconds,
    narration_end: Seconds,
}

impl<'a> ShotTimes<'a> {
    /// Decides the length of a shot.
    pub(crate) fn of(
        limits: Length,
        contents: &'a [Content],
        spec: Option<&ShotSpec>,
        before: Before,
        timing: &Timing,
    ) -> Self {
        let constants = timing.constants;
        let words: usize = contents.iter().map(Content::words).sum();
        let speaks = contents.iter().any(|content| content.speech().is_some());
        // Action beside a speech takes half its time. Where nobody speaks on
        // screen, narration runs over the action.
        let action =
            if speaks && words > 0 { timing.action(words).scale(1, 2) } else { Seconds::ZERO };
        let place = |action| Self::place(limits, contents, spec, before, timing, (action, words));
        let mut times = place(action);
        if let Some(fixed) = limits.fixed {
            times.length = fixed;
            return times;
        }
        if let Some(spec) = spec
            && let Some(written) = spec.duration
        {
            let room = (written - (times.contents_end - action)).max(Seconds::ZERO);
            if room < action {
                times = place(room);
            }
            times.length = written.max(constants.written.at_least);
            if times.on_screen_end > times.length && !spec.exactly {
                times.length = times.on_screen_end;
                times.needs = Some(times.on_screen_end - limits.lead);
            }
            return times;
        }
        // The tail takes what is left of the step: a changed comma seldom changes it.
        let is_heard = |content: &Content| match content {
            Content::Voice { speech, .. } => spec.is_some() && timing.heard(speech).is_some(),
            _ => content.speech().is_some_and(|speech| timing.heard(speech).is_some()),
        };
        let stepped = limits.tail > Seconds::ZERO && contents.iter().any(is_heard);
        let mut length = if speaks {
            (times.contents_end + limits.tail).max(timing.paced(constants.shot.at_least))
        } else {
            limits.plain.unwrap_or_else(|| timing.action(words))
        };
        length = length.max(limits.at_least);
        if spec.is_some() {
            length = length.max(times.narration_end);
        }
        for content in contents {
            if let Content::Super { text } = content {
                length = length.max(constants.super_at + timing.card(text.lines()));
            }
        }
        times.length = if stepped { length.up_to(constants.shot.step) } else { length };
        times
    }

    /// Places contents one after the other. All action takes a time, shared out
    /// by its words.
    fn place(
        limits: Length,
        contents: &'a [Content],
        spec: Option<&ShotSpec>,
        before: Before,
        timing: &Timing,
        (action, words): (Seconds, usize),
    ) -> Self {
        let mut times = Self::default();
        let l_cut = spec.and_then(|spec| spec.l_cut).unwrap_or_default();
        let mut now = match spec.and_then(|spec| spec.j_cut) {
            Some(early) => Seconds::ZERO - early,
            None => limits.lead.max(l_cut),
        };
        let mut last: Option<(&Speech, Seconds)> = None;
        for content in contents {
            match content {
                Content::Action { .. } if words > 0 => {
                    now = now + action.scale(content.words() as i64, words as i64);
                }
                Content::Action { .. } | Content::Super { .. } => {}
                Content::Voice { speech, .. } => {
                    let start = now.max(before.narration);
                    let end = start + timing.sounds(speech);
                    times.narration_end = times.narration_end.max(end);
                    times.sounds.push((content, start, end));
                }
                Content::Part { length, .. } => {
                    times.sounds.push((content, now, now + *length));
                    now = now + *length;
                    times.on_screen_end = now;
                }
                Content::Speech { speech, voice, .. } => {
                    let length = timing.sounds(speech);
                    let start = match last {
                        _ if *voice == Voice::PreLap => Seconds::ZERO - length.min(before.shot),
                        Some((_, start)) if speech.dual => start,
                        Some((last, _)) => now + turn(last, speech, timing),
                        None => now,
                    };
                    let end = start + length;
                    times.cuts_in(speech, start, timing);
                    times.sounds.push((content, start, end));
                    now = now.max(end);
                    if matches!(voice, Voice::OnScreen | Voice::PreLap) {
                        times.on_screen_end = times.on_screen_end.max(end);
                    }
                    last = Some((speech, start));
                }
            }
        }
        times.contents_end = now;
        times
    }

    /// Notes where a speech cuts to another picture.
    fn cuts_in(&mut self, speech: &'a Speech, start: Seconds, timing: &Timing) {
        let heard = timing.heard(speech);
        let mut by_rule = start;
        for (index, part) in speech.parts.iter().enumerate() {
            let at = heard.map_or(by_rule, |heard| start + heard.part(index));
            match part {
                SpeechPart::Cut(spec) => self.cuts.push((at, Some(spec))),
                SpeechPart::CutBack => self.cuts.push((at, None)),
                other => by_rule = by_rule + timing.part(speech, other),
            }
        }
    }

    /// The lengths of the pictures that the cuts of its speeches make of the shot,
    /// each with the picture it cuts to; `None` is the shot itself.
    pub(crate) fn pictures(&self) -> Vec<(Seconds, Option<&'a Arc<ShotSpec>>)> {
        let mut pictures: Vec<(Seconds, Option<&'a Arc<ShotSpec>>)> = Vec::new();
        let (mut at, mut shown) = (Seconds::ZERO, None::<&Arc<ShotSpec>>);
        for (next, spec) in self.cuts.iter().copied().chain([(self.length, None)]) {
            let next = next.min(self.length);
            if next <= at {
                shown = spec;
                continue;
            }
            let length = next - at;
            match shown.and_then(|spec| spec.duration) {
                Some(written) if written < length => {
                    pictures.push((written, shown));
                    pictures.push((length - written, None));
                }
                _ => pictures.push((length, shown)),
            }
            (at, shown) = (next, spec);
        }
        pictures
    }
}

/// The pause between two speeches of one shot.
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
