//! Plans the pictures of a speech.
//!
//! Knows one run of speeches, the people present, the speakers of the conversation
//! and the last picture.

use std::sync::Arc;

use super::planner::CoveragePlanner;
use crate::breakdown::description::Face;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::screenplay::{Item, ItemKind, Speech, SpeechPart, Subject, Voice};
use crate::breakdown::shots::contents::Content;
use crate::breakdown::shots::duration::Length;
use crate::breakdown::shots::framing::Framing;
use crate::breakdown::shots::heard::letters;
use crate::breakdown::shots::planned::PlannedShot;
use crate::breakdown::shots::timing::{Timing, clauses, says};
use crate::breakdown::technique::Movement;
use crate::time::Seconds;

impl CoveragePlanner<'_> {
    /// One past the last item that shares a picture with the speech at `at`: speeches
    /// spoken together with it, or quick lines between two people.
    pub(super) fn run(&self, items: &[&Item], at: usize) -> usize {
        let speech = |index: usize| match items.get(index).map(|item| &item.kind) {
            Some(ItemKind::Speech(speech)) => Some(speech),
            _ => None,
        };
        let mut end = at + 1;
        while speech(end).is_some_and(|speech| speech.dual) {
            end += 1;
        }
        if end > at + 1 {
            return end;
        }
        let quick = self.timing.paced(self.rules.speech.quick);
        let mut pair: Vec<Subject> = Vec::new();
        let mut end = at;
        while let Some(line) = speech(end) {
            let [speaker] = line.speakers[..] else { break };
            let dual_next = speech(end + 1).is_some_and(|next| next.dual);
            if line.voice != Voice::OnScreen
                || self.timing.speech(line) > quick
                || self.is_group(speaker)
                || line.parts.iter().any(|part| matches!(part, SpeechPart::Cut(_)))
                || dual_next
                || (!pair.contains(&speaker) && pair.len() == 2)
            {
                break;
            }
            if !pair.contains(&speaker) {
                pair.push(speaker);
            }
            end += 1;
        }
        if pair.len() == 2 && end - at >= self.rules.speech.quick_run { end } else { at + 1 }
    }

    /// The shots of a run of speeches; most runs are one speech.
    pub(super) fn speeches(
        &mut self,
        items: &[&Item],
        voice: Voice,
        under: Vec<Content>,
    ) -> Vec<PlannedShot> {
        let lines: Vec<(&Item, &Arc<Speech>)> = items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Speech(speech) => Some((*item, speech)),
                _ => None,
            })
            .collect();
        let Some(&(item, speech)) = lines.first() else { return Vec::new() };
        let mut shots = self.opening_on_speech(item);
        let contents: Vec<Content> = lines
            .iter()
            .map(|(item, speech)| Content::Speech {
                speech: Arc::clone(speech),
                voice,
                span: item.span,
            })
            .collect();
        let contents = under.into_iter().chain(contents).collect();
        if voice == Voice::OffScreen {
            shots.push(self.heard_off_screen(item, speech, contents));
            return shots;
        }
        let mut speakers: Vec<Subject> = Vec::new();
        for (item, speech) in &lines {
            self.update_present(item);
            for who in &*speech.speakers {
                if !speakers.contains(who) {
                    speakers.push(*who);
                }
            }
        }
        let framing = match &speakers[..] {
            [one] if lines.len() == 1 && !self.is_group(*one) => {
                let (framing, listener) = self.single(*one, speech);
                self.has_spoken(&speakers);
                let cuts = speech.parts.iter().any(|part| matches!(part, SpeechPart::Cut(_)));
                if !cuts && self.timing.speech(speech) > self.timing.paced(self.rules.speech.uncut)
                {
                    shots.extend(self.long(item, speech, framing, listener, contents));
                    return shots;
                }
                framing
            }
            some if some.len() == 2 && !some.iter().any(|who| self.is_group(*who)) => {
                self.last_pair = Some([some[0], some[1]]);
                self.framed(&self.rules.speech.dual, some.to_vec(), Vec::new())
            }
            all => self.framed(&self.rules.speech.group, all.to_vec(), Vec::new()),
        };
        self.has_spoken(&speakers);
        let mut shot = self.shot(item, framing);
        shot.contents = contents;
        shots.push(shot);
        shots
    }

    fn has_spoken(&mut self, speakers: &[Subject]) {
        for who in speakers {
            if !self.speakers.contains(who) {
                self.speakers.push(*who);
            }
        }
        if let Some(last) = speakers.last() {
            self.last_speaker = Some(*last);
        }
    }

    /// The shot of the set before a speech that opens the scene.
    fn opening_on_speech(&mut self, item: &Item) -> Vec<PlannedShot> {
        if self.established {
            return Vec::new();
        }
        self.established = true;
        let rule = &self.rules.establish;
        let mut shot = self.shot(item, Framing::of(&rule.on_speech, []));
        shot.length = Length::of_establishing_before_speech(self.timing);
        vec![shot]
    }

    fn heard_off_screen(
        &mut self,
        item: &Item,
        speech: &Speech,
        contents: Vec<Content>,
    ) -> PlannedShot {
        let framing = match self.listener(&speech.speakers) {
            Some(listener) => self.framed(&self.rules.speech.listener, vec![listener], Vec::new()),
            None => Framing::of(&self.rules.action.nobody, []),
        };
        let mut shot = self.shot(item, framing);
        shot.length = Length::of_listener(self.timing);
        shot.contents = contents;
        shot
    }

    /// The framing of one speaker, and the listeners.
    fn single(&mut self, speaker: Subject, speech: &Speech) -> (Framing, Option<Subject>) {
        let rule = &self.rules.speech;
        let listener = self.listener(&[speaker]);
        let shown_together = self.last_framing.as_ref().is_some_and(|shown| {
            let seen = shown.seen();
            seen.contains(&speaker) && listener.is_some_and(|who| seen.contains(&who))
        });
        let close_before = self.last_framing.as_ref().is_some_and(|shown| {
            shown.size.as_ref() == Some(&rule.near) && shown.seen() == [speaker]
        });
        let one = |size: &ShotSize| self.framed(size, vec![speaker], Vec::new());
        let framing = if says(&speech.delivery, &rule.near_words) || close_before {
            one(&rule.near)
        } else if let (true, Some(other)) = (self.speakers.is_empty(), listener)
            && self.timing.speech(speech) <= self.timing.paced(rule.opening_at_most)
            && !shown_together
        {
            let mut people: Vec<Subject> = self
                .present
                .iter()
                .copied()
                .filter(|who| who.is_named() && !self.is_group(*who))
                .collect();
            people.sort();
            if people.len() > 2 {
                let mut all = vec![speaker];
                all.extend(people.into_iter().filter(|who| *who != speaker));
                self.framed(&rule.opening_many, all, Vec::new())
            } else {
                self.last_pair = Some([speaker, other]);
                self.framed(&rule.opening, vec![speaker, other], Vec::new())
            }
        } else if self.speakers.contains(&speaker) {
            one(&rule.later)
        } else if let Some(other) = listener {
            let mut framing = one(&rule.first);
            framing.angles = vec![rule.first_angle.clone()];
            over(&mut framing, other);
            framing
        } else {
            one(&rule.first_alone)
        };
        (framing, listener)
    }

    /// The shots of a speech too long for one: its parts, with the listener between
    /// them. A speaker alone gets a slow push in and sizes two steps apart.
    fn long(
        &mut self,
        item: &Item,
        speech: &Arc<Speech>,
        framing: Framing,
        listener: Option<Subject>,
        contents: Vec<Content>,
    ) -> Vec<PlannedShot> {
        let rule = &self.rules.speech;
        let whole = self.timing.speech(speech);
        let piece =
            self.timing.paced(if listener.is_some() { rule.uncut } else { rule.alone_piece });
        let count = (whole.as_micros() as usize).div_ceil(piece.as_micros().max(1) as usize);
        let parts = divide(speech, whole, count, self.timing);
        let heard = self.heard_parts(speech, &parts);
        let mut shots: Vec<PlannedShot> = Vec::new();
        let mut under: Vec<Content> = contents
            .into_iter()
            .filter(|content| matches!(content, Content::Action { .. }))
            .collect();
        for (index, mut length) in heard.iter().copied().enumerate() {
            let mut framing = framing.clone();
            if index > 0 {
                if let Some(listener) = listener {
                    if let Some((time, rest)) =
                        Length::of_reaction(parts[index].length, length, self.timing)
                    {
                        let seen = self.framed(&rule.reaction, vec![listener], Vec::new());
                        let mut reaction = self.shot(item, seen);
                        reaction.length = time;
                        shots.push(reaction);
                        length = rest;
                    }
                    let late = index >= 2 && whole > self.timing.paced(rule.back_late_over);
                    let size = if late { &rule.back_late } else { &rule.back };
                    framing = self.framed(size, vec![framing.subjects[0].0], Vec::new());
                } else if index % 2 == 1 {
                    let rank = framing.properties().rank;
                    framing.size = Some(self.rules.two_steps_from(rank).clone());
                }
            }
            if listener.is_none() {
                framing.movement = Some(Movement {
                    moves: vec![rule.alone_movement.clone()],
                    speed: Some(rule.alone_speed.clone()),
                    ..Movement::default()
                });
            }
            let mut shot = self.shot(item, framing);
            shot.contents.append(&mut under);
            shot.contents.push(Content::Part {
                speech: Arc::clone(speech),
                length,
                first: index == 0,
                span: item.span,
            });
            if index > 0 {
                shot.length = shot.length.without_lead();
            }
            if index + 1 < parts.len() {
                shot.length = shot.length.without_tail();
            }
            shots.push(shot);
        }
        shots
    }

    /// How long the parts of a speech sound. A cut lies between two words, on a step of
    /// the lengths of shots: a changed word of one part changes no other.
    fn heard_parts(&self, speech: &Speech, parts: &[DividedPart]) -> Vec<Seconds> {
        let Some(heard) = self.timing.heard(speech) else {
            return parts.iter().map(|part| part.length).collect();
        };
        let shot = self.timing.constants.shot;
        let lead = self.timing.paced(shot.lead);
        let mut from = Seconds::ZERO;
        let lengths = parts.iter().enumerate().map(|(index, part)| {
            let to = if index + 1 == parts.len() {
                heard.length()
            } else {
                (lead + heard.begins(part.letters)).near(shot.step) - lead
            };
            let length = (to - from).max(shot.step);
            from = from + length;
            length
        });
        lengths.collect()
    }
}

/// A part of a speech.
struct DividedPart {
    /// The letters of the speech up to its end.
    letters: usize,
    /// Its length by the rule.
    length: Seconds,
}

/// About equal parts of a speech, divided at the nearest end of a sentence, else at
/// `;`, else at `,`. Their lengths sum to the whole.
fn divide(speech: &Speech, whole: Seconds, count: usize, timing: &Timing) -> Vec<DividedPart> {
    let text: Vec<&str> = speech
        .parts
        .iter()
        .filter_map(|part| match part {
            SpeechPart::Words(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let text = text.join(" ");
    let total = letters(&text).max(1);
    let ends = |pieces: Vec<&str>| -> Vec<usize> {
        pieces
            .into_iter()
            .scan(0, |sum, piece| {
                *sum += letters(piece);
                Some(*sum)
            })
            .filter(|end| *end < total)
            .collect()
    };
    let marks = [
        ends(timing.sentences(&text)),
        ends(clauses(&text, &[';', ':', '；'])),
        ends(clauses(&text, &[',', '，', ';', ':'])),
    ];
    let mut cuts: Vec<usize> = Vec::new();
    for part in 1..count {
        let target = total * part / count;
        let reach = total / (2 * count);
        let from = cuts.last().copied().unwrap_or(0);
        let nearest = |marks: &[usize], reach: usize| {
            marks
                .iter()
                .copied()
                .filter(|at| at.abs_diff(target) <= reach && *at > from)
                .min_by_key(|at| at.abs_diff(target))
        };
        if let Some(at) = marks.iter().find_map(|marks| nearest(marks, reach)) {
            cuts.push(at);
        }
    }
    let mut from = Seconds::ZERO;
    let mut parts = Vec::new();
    for at in cuts.into_iter().chain([total]) {
        let to = whole.scale(at as i64, total as i64);
        parts.push(DividedPart { letters: at, length: to - from });
        from = to;
    }
    parts
}

/// Frames a single over the shoulder of another.
fn over(framing: &mut Framing, other: Subject) {
    framing.subjects.push((other, Face::Back));
}
