//! Plans the pictures of a paragraph of action.
//!
//! Knows one paragraph, the people present and the last picture.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::planner::CoveragePlanner;
use crate::breakdown::language::grammar::Grammar;
use crate::breakdown::language::nouns::NounClass;
use crate::breakdown::screenplay::{Action, Item, Mention, Subject};
use crate::breakdown::shots::contents::Content;
use crate::breakdown::shots::duration::Length;
use crate::breakdown::shots::framing::{Framing, in_cast_order};
use crate::breakdown::shots::planned::PlannedShot;
use crate::breakdown::shots::timing::words;
use crate::breakdown::technique::Movement;
use crate::breakdown::understand::pronouns;

impl CoveragePlanner<'_> {
    /// The shots of one paragraph.
    pub(super) fn action(
        &mut self,
        item: &Item,
        action: &Arc<Action>,
        before: &[Subject],
    ) -> Vec<PlannedShot> {
        let pieces = self.pieces(&action.text);
        let pieces: Vec<Range<usize>> =
            pieces.into_iter().flat_map(|piece| self.by_beats(item, action, piece)).collect();
        let pieces: Vec<Range<usize>> =
            pieces.into_iter().flat_map(|piece| self.by_subjects(item, action, piece)).collect();
        let mut shots = Vec::new();
        for range in pieces {
            let opens = !self.established;
            let framing = if opens {
                self.establishing(item, action, &range)
            } else {
                self.action_framing(item, action, &range, before)
            };
            let mut shot = self.shot(item, framing);
            if opens {
                shot.length = Length::of_establishing(self.timing);
            }
            self.established = true;
            shot.contents.push(Content::Action { action: Arc::clone(action), range });
            shots.push(shot);
        }
        shots
    }

    /// Divides a long paragraph between sentences into about equal pieces.
    fn pieces(&self, text: &str) -> Vec<Range<usize>> {
        let total = words(text);
        let whole = self.timing.action(total);
        let over = self.timing.paced(self.rules.action.split_over);
        if whole <= over {
            return std::iter::once(0..text.len()).collect();
        }
        let count = (whole.as_micros() as usize).div_ceil(over.as_micros().max(1) as usize);
        let mut said = 0;
        let ends: Vec<(usize, usize)> = self
            .timing
            .sentences(text)
            .into_iter()
            .map(|sentence| {
                said += words(sentence);
                (sentence.as_ptr() as usize - text.as_ptr() as usize + sentence.len(), said)
            })
            .collect();
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        for part in 1..count {
            let target = total * part / count;
            let nearest = ends
                .iter()
                .filter(|(end, _)| *end > start && *end < text.trim_end().len())
                .min_by_key(|(_, said)| said.abs_diff(target));
            if let Some((end, _)) = nearest {
                pieces.push(start..*end);
                start = *end;
            }
        }
        pieces.push(start..text.len());
        pieces
    }

    /// Divides a piece where a sentence has actors of its own: `A woman walks along the
    /// road. Two horses gallop past.` But `A dog follows her` belongs to the woman.
    fn by_beats(&self, item: &Item, action: &Action, piece: Range<usize>) -> Vec<Range<usize>> {
        if action.names.iter().all(|mention| mention.subject.is_named()) {
            return vec![piece];
        }
        let text = &action.text;
        let people = &self.screenplay.vocabulary.grammar.pronouns.people;
        let long = |range: &Range<usize>| {
            self.timing.action(words(&text[range.clone()])) >= self.rules.action.beat_at_least
        };
        let mut pieces: Vec<Range<usize>> = Vec::new();
        let mut last = piece.start..piece.start;
        for sentence in self.timing.sentences(&text[piece.clone()]) {
            let start = last.end;
            let end = sentence.as_ptr() as usize - text.as_ptr() as usize + sentence.len();
            let (before, now) = (self.actors(item, action, &last), start..end);
            let own = self.actors(item, action, &now);
            let meets = |mention: &Mention| {
                now.contains(&mention.start) && before.contains(&mention.subject)
            };
            let apart = !own.is_empty()
                && !before.is_empty()
                && own.iter().all(|who| !who.is_named())
                && !action.names.iter().any(meets)
                && !sentence.split(|c: char| !c.is_alphabetic()).any(|word| people.has(word));
            if apart && long(&last) && long(&now) {
                pieces.push(std::mem::replace(&mut last, now));
            } else {
                last.end = end;
            }
        }
        pieces.push(last.start..piece.end);
        pieces
    }

    /// Everybody and everything that a part of the paragraph shows.
    fn actors(&self, item: &Item, action: &Action, range: &Range<usize>) -> Vec<Subject> {
        let mut seen = self.named(action, range, &item.state);
        seen.extend(self.props(action, range, &item.state));
        seen
    }

    /// Divides a piece between sentences where it shows more than a picture can hold.
    fn by_subjects(&self, item: &Item, action: &Action, piece: Range<usize>) -> Vec<Range<usize>> {
        let most = self.rules.action.subjects_at_most;
        let seen = |range: &Range<usize>| self.actors(item, action, range).len();
        if action.names.len() <= most || seen(&piece) <= most {
            return vec![piece];
        }
        let text = &action.text;
        let mut pieces = Vec::new();
        let mut last = piece.start..piece.start;
        for sentence in self.timing.sentences(&text[piece.clone()]) {
            let end = sentence.as_ptr() as usize - text.as_ptr() as usize + sentence.len();
            if seen(&(last.start..end)) > most && last.start < last.end {
                let next = last.end..end;
                pieces.push(std::mem::replace(&mut last, next));
            } else {
                last.end = end;
            }
        }
        pieces.push(last.start..piece.end);
        pieces
    }

    fn establishing(&self, item: &Item, action: &Action, range: &Range<usize>) -> Framing {
        let people = self.named(action, range, &item.state);
        let rule = &self.rules.establish;
        if people.is_empty() {
            let mut framing = Framing::of(&rule.nobody, self.props(action, range, &item.state));
            framing.movement = Some(Movement {
                moves: vec![rule.movement.clone()],
                speed: Some(rule.speed.clone()),
                ..Movement::default()
            });
            framing
        } else {
            self.framed(&rule.somebody, people, self.props(action, range, &item.state))
        }
    }

    fn action_framing(
        &mut self,
        item: &Item,
        action: &Action,
        range: &Range<usize>,
        before: &[Subject],
    ) -> Framing {
        let rule = &self.rules.action;
        let text = &action.text[range.clone()];
        let named = self.named(action, range, &item.state);
        let props = self.props(action, range, &item.state);
        let people = if !named.is_empty() {
            named
        } else if action.everybody {
            // In the order of the cast, not of arrival.
            in_cast_order(&self.present)
        } else if action.pronoun && range.start == 0 {
            pronouns::people(&self.people(), self.last_pair)
        } else {
            Vec::new()
        };
        if !action.lettering.is_empty() && people.is_empty() {
            return Framing::of(&rule.thing, props);
        }
        let grammar = &self.screenplay.vocabulary.grammar;
        let pictures = &grammar.pictures;
        let group = people.iter().any(|who| self.is_group(*who));
        let heads: u32 = people.iter().map(|who| self.screenplay.subjects[*who].count).sum();
        let size = match &people[..] {
            [] if words(text) <= rule.thing_words
                && (!props.is_empty() || pictures.thing.is_in(&without_absent(action, range))) =>
            {
                let large = |who: &Subject| {
                    let class = self.screenplay.subjects[*who].class();
                    matches!(class, Some(NounClass::Vehicle | NounClass::Scenery))
                };
                let size = if props.iter().any(large) { &rule.large } else { &rule.thing };
                let mut framing = Framing::of(size, props.iter().copied());
                if props.is_empty() {
                    framing.things = thing(&without_absent(action, range), grammar);
                }
                return framing;
            }
            [] => &rule.nobody,
            _ if group || heads > 2 => &rule.more,
            [_] if heads == 2 => &rule.two,
            [_] if pictures.face.is_in(text) => &rule.face,
            [one] if !before.contains(one) && pictures.entering.is_in(text) => &rule.entering,
            [_] => &rule.one,
            [first, second] => {
                self.last_pair = Some([*first, *second]);
                &rule.two
            }
            _ => &rule.more,
        };
        self.framed(size, people, props)
    }
}

/// A part of a paragraph without the names of absent things: `THE LEDGER is gone`
/// shows no ledger.
fn without_absent<'a>(action: &'a Action, range: &Range<usize>) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(&action.text[range.clone()]);
    let absent = action.names.iter().rev().filter(|mention| {
        !mention.present && range.start <= mention.start && mention.end <= range.end
    });
    for mention in absent {
        text.to_mut().replace_range(mention.start - range.start..mention.end - range.start, "");
    }
    text
}

/// The thing a short paragraph is about, with its article: `the receiver`.
fn thing(text: &str, grammar: &Grammar) -> Vec<String> {
    let mut words =
        text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    let found = words.find(|word| grammar.pictures.thing.has(word));
    found.map(|word| grammar.with_article(&grammar.in_a_sentence(word))).into_iter().collect()
}
