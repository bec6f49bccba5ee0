//! Covers a stretch of a scene without written shots, item by item.
//!
//! Knows how the shots of neighbouring items join; `action` and `speech` decide
//! which shots an item gets.

use std::sync::Arc;

use super::planner::CoveragePlanner;
use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{Action, Item, ItemKind, Speech, Subject, Voice};
use crate::breakdown::shots::contents::Content;
use crate::breakdown::shots::duration::Length;
use crate::breakdown::shots::framing::{Framing, is_person};
use crate::breakdown::shots::planned::PlannedShot;
use crate::breakdown::shots::timing::words;
use crate::breakdown::understand::pronouns;

/// A result of coverage, in order.
#[derive(Debug)]
pub(crate) enum CoveredPiece<'a> {
    Shot(PlannedShot),
    /// A narration begins here and runs over the next shots.
    Voice(Arc<Speech>, &'a Item),
}

/// The rest of the scene after a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follows {
    /// Only transitions, so the scene ends with the stretch.
    Nothing,
    /// A shot, a card or another stretch.
    More,
}

impl Follows {
    /// Finds out from the items after a stretch.
    pub(crate) fn of(rest: &[&Item]) -> Self {
        let nothing = rest.iter().all(|item| matches!(item.kind, ItemKind::Transition(_)));
        if nothing { Self::Nothing } else { Self::More }
    }
}

impl CoveragePlanner<'_> {
    /// Covers a stretch of a scene.
    pub(crate) fn cover<'b>(
        &mut self,
        items: &[&'b Item],
        follows: Follows,
    ) -> Vec<CoveredPiece<'b>> {
        let mut planned: Vec<CoveredPiece<'b>> = Vec::new();
        let mut under: Vec<Content> = Vec::new();
        let mut supers: Vec<String> = Vec::new();
        let mut spoke = false;
        let mut at = 0;
        while at < items.len() {
            let item = items[at];
            let before = self.present.clone();
            let newcomers = self.update_present(item);
            let mut shots = Vec::new();
            let mut next = at + 1;
            match &item.kind {
                ItemKind::Action(action) if !action.furniture => {
                    let people = self.named(action, &(0..action.text.len()), &item.state);
                    let long = words(&action.text) > self.rules.conversation_words;
                    if !newcomers.is_empty() || (long && people.len() >= 2) {
                        self.speakers.clear();
                    }
                    spoke = false;
                    if self.plays_under(action, &people, items, at) {
                        under.push(Content::whole(action));
                    } else {
                        shots = self.action(item, action, &before);
                    }
                }
                ItemKind::Speech(speech) => {
                    next = self.run(items, at);
                    match speech.voice {
                        Voice::Narration => {
                            for item in &items[at..next] {
                                let ItemKind::Speech(speech) = &item.kind else { continue };
                                planned.push(CoveredPiece::Voice(Arc::clone(speech), item));
                            }
                        }
                        voice => {
                            shots =
                                self.speeches(&items[at..next], voice, std::mem::take(&mut under));
                            spoke = true;
                        }
                    }
                }
                ItemKind::Super { text } => supers.push(text.clone()),
                _ => {}
            }
            for mut shot in shots {
                shot.contents.extend(supers.drain(..).map(|text| Content::Super { text }));
                self.add(&mut planned, shot);
            }
            // Words over the picture join the last shot if there is no new one.
            if let Some(CoveredPiece::Shot(last)) = planned.last_mut() {
                last.contents.extend(supers.drain(..).map(|text| Content::Super { text }));
            }
            at = next;
        }
        if follows == Follows::Nothing && spoke {
            self.ending(&mut planned, items);
        }
        planned
    }

    /// Whether a paragraph plays under the next line: it is short and about the speaker.
    fn plays_under(&self, action: &Action, people: &[Subject], items: &[&Item], at: usize) -> bool {
        let Some(ItemKind::Speech(speech)) = items.get(at + 1).map(|item| &item.kind) else {
            return false;
        };
        let [speaker] = speech.speakers[..] else { return false };
        self.established
            && speech.voice == Voice::OnScreen
            && !speech.dual
            && !self.is_group(speaker)
            && words(&action.text) <= self.rules.action.under_line_words
            && action.lettering.is_empty()
            && !action.everybody
            && (people == [speaker]
                || (people.is_empty()
                    && action.pronoun
                    && pronouns::means_only(&self.people(), speaker)))
    }

    /// Adds a shot without a jump. If it shows the same people at nearly the same size
    /// as the last one, both become one shot if that is short enough; else its size
    /// goes two steps away.
    fn add(&mut self, planned: &mut Vec<CoveredPiece<'_>>, mut shot: PlannedShot) {
        if self.jumps(&shot.framing) {
            if let Some(CoveredPiece::Shot(last)) = planned.last_mut()
                && let Some(merged) = self.merged(last, &shot)
            {
                *last = merged;
                return;
            }
            let last = self.last_framing.as_ref().unwrap_or(&shot.framing);
            let size = self.rules.two_steps_from(last.properties().rank).clone();
            Arc::make_mut(&mut shot.framing).size = Some(size);
        }
        self.last_framing = Some(Arc::clone(&shot.framing));
        planned.push(CoveredPiece::Shot(shot));
    }

    fn jumps(&self, next: &Framing) -> bool {
        let Some(last) = &self.last_framing else { return false };
        let (from, to) = (last.properties(), next.properties());
        near(from.rank, to.rank)
            && self.who_counts(last) == self.who_counts(next)
            && !from.thing
            && !to.thing
    }

    /// The subjects that a viewer compares between two pictures: not things without a name.
    fn who_counts(&self, framing: &Framing) -> Vec<Subject> {
        let mut seen = framing.seen();
        seen.retain(|who| who.is_named() || is_person(self.screenplay, *who));
        seen
    }

    fn merged(&self, last: &PlannedShot, next: &PlannedShot) -> Option<PlannedShot> {
        let divided = |shot: &PlannedShot| {
            shot.length.is_fixed()
                || shot.contents.iter().any(|content| matches!(content, Content::Part { .. }))
        };
        let same_state = Arc::ptr_eq(&last.state, &next.state) || last.state == next.state;
        if divided(last) || divided(next) || !same_state {
            return None;
        }
        let mut merged = last.clone();
        merged.contents.extend(next.contents.iter().cloned());
        merged.span = last.span.to(next.span);
        merged.length = last.length.merged(next.length);
        for subject in &next.framing.subjects {
            let seen = subject.1 != Face::Back;
            if seen && merged.framing.subjects.iter().all(|(who, _)| *who != subject.0) {
                Arc::make_mut(&mut merged.framing).subjects.push(*subject);
            }
        }
        let limit = self.timing.paced(self.rules.merge_at_most);
        (merged.length_alone(self.timing) <= limit).then_some(merged)
    }

    /// Ends a scene whose last item is a speech on the one who heard it.
    fn ending(&mut self, planned: &mut Vec<CoveredPiece<'_>>, items: &[&Item]) {
        let rule = &self.rules.ending;
        let Some(CoveredPiece::Shot(last)) = planned.last_mut() else { return };
        let speakers: Arc<[Subject]> = last
            .contents
            .iter()
            .rev()
            .find_map(Content::speech)
            .map(|speech| Arc::clone(&speech.speakers))
            .unwrap_or_default();
        let listener = self.listener(&speakers).filter(|who| {
            let seen = self.who_counts(&last.framing);
            !seen.contains(who) || seen.len() > 1
        });
        match (listener, items.last()) {
            (Some(listener), Some(item)) => {
                let mut shot = self.shot(item, self.framed(&rule.size, vec![listener], Vec::new()));
                shot.length = Length::of_ending(self.timing);
                self.last_framing = Some(Arc::clone(&shot.framing));
                planned.push(CoveredPiece::Shot(shot));
            }
            _ => last.length = last.length.ending_alone(self.timing),
        }
    }

    /// A number of equally long pictures for the rest of a narration.
    pub(crate) fn fillers(&self, item: &Item, count: usize, length: Length) -> Vec<PlannedShot> {
        let rule = &self.rules.narration;
        let mut shown = self.last_framing.clone();
        (0..count)
            .map(|_| {
                let person = self.present.iter().rev().copied().find(|who| !self.is_group(*who));
                let mut framing = match person {
                    Some(who) => self.framed(&rule.size, vec![who], Vec::new()),
                    None => Framing::of(&self.rules.action.nobody, []),
                };
                if let Some(last) = &shown
                    && self.who_counts(last) == self.who_counts(&framing)
                    && near(last.properties().rank, framing.properties().rank)
                {
                    let size = self.rules.two_steps_from(last.properties().rank);
                    framing.size = Some(size.clone());
                }
                let mut shot = self.shot(item, framing);
                shown = Some(Arc::clone(&shot.framing));
                shot.length = length;
                shot
            })
            .collect()
    }
}

/// Whether two sizes are less than two steps apart: pictures of the same people
/// would jump.
fn near(one: Option<u8>, other: Option<u8>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.abs_diff(other) < 2)
}
