//! Plans shots where none is written, as an editor would, by the rules of
//! `stdlib/coverage.yaml`.
//!
//! Every decision looks only at a paragraph, its neighbours, who is present and
//! whether this speaker has spoken since the conversation began: one edit stays
//! one edit. Knows no frames and no prompts.

pub(crate) mod rules;
mod speech;

use std::ops::Range;
use std::sync::Arc;

use crate::breakdown::description::Face;
use crate::breakdown::screenplay::{
    Action, Item, ItemKind, Kind, Movement, Screenplay, Speech, StoryState, Subject, Voice,
};
use crate::breakdown::shots::planned::{Content, Draft, Framing, is_person, voice_of};
use crate::breakdown::shots::timing::{Timing, sentences, words};
use crate::time::Seconds;
use rules::{Rules, holds};

/// What one scene knows of itself while it is planned.
#[derive(Debug, Clone)]
pub(super) struct Scene<'a> {
    pub(super) screenplay: &'a Screenplay,
    pub(super) timing: &'a Timing,
    pub(super) index: usize,
    rules: &'static Rules,
    /// Who is in the set, in order of appearance.
    pub(super) present: Vec<Subject>,
    /// Whether the set has been shown.
    pub(super) established: bool,
    here: Vec<Subject>,
    /// Who has spoken since the conversation began.
    spoken: Vec<Subject>,
    last_speaker: Option<Subject>,
    /// The last two people shown together.
    last_pair: Option<[Subject; 2]>,
    /// What the scene showed last.
    pub(super) shown: Option<Arc<Framing>>,
}

/// What coverage asks for, in order.
#[derive(Debug)]
pub(super) enum Planned<'a> {
    Shot(Draft),
    /// Narration begins here and runs over what follows.
    Voice(Arc<Speech>, &'a Item),
}

impl<'a> Scene<'a> {
    /// A scene; `present` is who stays from the scene before in the same set.
    pub(super) fn new(
        screenplay: &'a Screenplay,
        timing: &'a Timing,
        index: usize,
        present: Vec<Subject>,
    ) -> Self {
        Self {
            screenplay,
            timing,
            index,
            rules: Rules::stdlib(),
            present,
            established: !screenplay.scenes[index].new_set,
            here: Vec::new(),
            spoken: Vec::new(),
            last_speaker: None,
            last_pair: None,
            shown: None,
        }
    }

    /// Takes note of who comes, speaks or goes with an item; gives those who
    /// were not here before.
    pub(super) fn note(&mut self, item: &Item) -> Vec<Subject> {
        if item.state.here != self.here {
            self.here.clone_from(&item.state.here);
            self.present.clone_from(&self.here);
        }
        self.present.retain(|who| !item.state.gone.contains(who));
        let come = match &item.kind {
            ItemKind::Action(action) => self.named(action, &(0..action.text.len()), &item.state),
            ItemKind::Speech(speech) if speech.voice == Voice::OnScreen => speech
                .speakers
                .iter()
                .copied()
                .filter(|who| is_person(self.screenplay, *who))
                .collect(),
            ItemKind::Shot(call) => call
                .subjects
                .iter()
                .chain(&call.over)
                .chain(&call.pov)
                .chain(call.movement.iter().flat_map(|movement| &movement.reveals))
                .copied()
                .filter(|who| is_person(self.screenplay, *who))
                .collect(),
            _ => Vec::new(),
        };
        let mut newcomers = Vec::new();
        for who in come {
            if !self.present.contains(&who) {
                self.present.push(who);
                newcomers.push(who);
            }
        }
        newcomers
    }

    /// A written shot was laid; coverage after it must not jump.
    pub(super) fn wrote(&mut self, framing: &Arc<Framing>) {
        self.established = true;
        self.shown = Some(Arc::clone(framing));
    }

    /// People in the picture of a piece of action, in order of mention.
    fn named(&self, action: &Action, range: &Range<usize>, state: &StoryState) -> Vec<Subject> {
        let mut named = Vec::new();
        for mention in &action.names {
            let who = mention.subject;
            if mention.present
                && range.contains(&mention.start)
                && is_person(self.screenplay, who)
                && !state.gone.contains(&who)
                && !named.contains(&who)
            {
                named.push(who);
            }
        }
        named
    }

    fn props(&self, action: &Action, range: &Range<usize>, state: &StoryState) -> Vec<Subject> {
        let mut props: Vec<Subject> = Vec::new();
        for mention in &action.names {
            let who = mention.subject;
            if mention.present
                && range.contains(&mention.start)
                && self.screenplay.subjects[who.0].kind == Kind::Prop
                && !state.gone.contains(&who)
                && !props.contains(&who)
            {
                props.push(who);
            }
        }
        props
    }

    fn is_group(&self, who: Subject) -> bool {
        self.screenplay.subjects[who.0].kind == Kind::Group
    }

    /// Whom the picture is on while somebody else speaks.
    fn listener(&self, speakers: &[Subject]) -> Option<Subject> {
        let can = |who: &Subject| {
            !speakers.contains(who) && !self.is_group(*who) && self.present.contains(who)
        };
        self.last_speaker.filter(can).or_else(|| self.present.iter().rev().copied().find(can))
    }

    fn draft(&self, item: &Item, framing: Framing) -> Draft {
        Draft::new(self.index, item, framing, self.timing)
    }

    /// Covers a stretch of a scene. `ends` when nothing of the scene follows.
    pub(super) fn cover<'b>(&mut self, items: &[&'b Item], ends: bool) -> Vec<Planned<'b>> {
        let mut planned: Vec<Planned<'b>> = Vec::new();
        let mut under: Vec<Content> = Vec::new();
        let mut supers: Vec<String> = Vec::new();
        let mut spoke = false;
        let mut at = 0;
        while at < items.len() {
            let item = items[at];
            let before = self.present.clone();
            let newcomers = self.note(item);
            let mut drafts = Vec::new();
            let mut next = at + 1;
            match &item.kind {
                ItemKind::Action(action) if !action.furniture => {
                    let people = self.named(action, &(0..action.text.len()), &item.state);
                    let long = words(&action.text) > self.rules.conversation_words;
                    if !newcomers.is_empty() || (long && people.len() >= 2) {
                        self.spoken.clear();
                    }
                    spoke = false;
                    if self.plays_under(action, &people, items, at) {
                        under.push(Content::whole(action));
                    } else {
                        drafts = self.action(item, action, &before);
                    }
                }
                ItemKind::Speech(_) => {
                    next = self.run(items, at);
                    match voice_of(self.screenplay, items, at) {
                        Voice::Narration => {
                            for item in &items[at..next] {
                                let ItemKind::Speech(speech) = &item.kind else { continue };
                                planned.push(Planned::Voice(Arc::clone(speech), item));
                            }
                        }
                        voice => {
                            drafts =
                                self.speeches(&items[at..next], voice, std::mem::take(&mut under));
                            spoke = true;
                        }
                    }
                }
                ItemKind::Super { text } => supers.push(text.clone()),
                _ => {}
            }
            for mut draft in drafts {
                draft.contents.extend(supers.drain(..).map(|text| Content::Super { text }));
                self.add(&mut planned, draft);
            }
            // words over a picture that is already there stand in it
            if let Some(Planned::Shot(last)) = planned.last_mut() {
                last.contents.extend(supers.drain(..).map(|text| Content::Super { text }));
            }
            at = next;
        }
        if ends && spoke {
            self.ending(&mut planned, items);
        }
        planned
    }

    /// A short paragraph about the next speaker plays under that line.
    fn plays_under(&self, action: &Action, people: &[Subject], items: &[&Item], at: usize) -> bool {
        let Some(ItemKind::Speech(speech)) = items.get(at + 1).map(|item| &item.kind) else {
            return false;
        };
        let [speaker] = speech.speakers[..] else { return false };
        self.established
            && voice_of(self.screenplay, items, at + 1) == Voice::OnScreen
            && !speech.dual
            && !self.is_group(speaker)
            && words(&action.text) <= self.rules.action.under_line_words
            && action.lettering.is_empty()
            && !action.everybody
            && (people == [speaker]
                || (people.is_empty() && action.pronoun && self.present == [speaker]))
    }

    /// One paragraph of action.
    fn action(&mut self, item: &Item, action: &Arc<Action>, before: &[Subject]) -> Vec<Draft> {
        let pieces = self.pieces(&action.text);
        let mut drafts = Vec::new();
        for range in pieces {
            let opens = !self.established;
            let framing = if opens {
                self.establishing(item, action, &range)
            } else {
                self.action_framing(item, action, &range, before)
            };
            let mut draft = self.draft(item, framing);
            if opens {
                draft.at_least = self.timing.paced(self.rules.establish.at_least);
            }
            self.established = true;
            draft.contents.push(Content::Action { action: Arc::clone(action), range });
            drafts.push(draft);
        }
        drafts
    }

    /// A long paragraph in about equal pieces, cut at sentence ends.
    fn pieces(&self, text: &str) -> Vec<Range<usize>> {
        let total = words(text);
        let whole = self.timing.action(total);
        let over = self.timing.paced(self.rules.action.split_over);
        if whole <= over {
            return std::iter::once(0..text.len()).collect();
        }
        let count = (whole.as_micros() as usize).div_ceil(over.as_micros().max(1) as usize);
        let mut said = 0;
        let ends: Vec<(usize, usize)> = sentences(text)
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

    fn establishing(&self, item: &Item, action: &Action, range: &Range<usize>) -> Framing {
        let people = self.named(action, range, &item.state);
        let rule = &self.rules.establish;
        if people.is_empty() {
            let mut framing = Framing::of(&rule.nobody, self.props(action, range, &item.state));
            framing.movement = Some(Movement {
                name: rule.movement.clone(),
                speed: rule.speed.clone(),
                ..Movement::default()
            });
            framing
        } else {
            self.framed(&rule.somebody, people, self.props(action, range, &item.state))
        }
    }

    fn framed(&self, size: &str, people: Vec<Subject>, props: Vec<Subject>) -> Framing {
        let mut framing = Framing::of(size, people.into_iter().chain(props));
        for (who, face) in &mut framing.subjects {
            *face = crate::breakdown::shots::framing::face(self.screenplay, *who, false);
        }
        framing
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
            // in the order of the cast, so that who came first changes nothing
            let mut all = self.present.clone();
            all.sort();
            all
        } else if action.pronoun && range.start == 0 {
            // a pronoun never picks a face it cannot know
            match &self.present[..] {
                [] => Vec::new(),
                [one] => vec![*one],
                more => self
                    .last_pair
                    .map_or_else(|| more[more.len() - 2..].to_vec(), |pair| pair.to_vec()),
            }
        } else {
            Vec::new()
        };
        if !action.lettering.is_empty() && people.is_empty() {
            return Framing::of(&rule.thing, props);
        }
        let group = people.iter().any(|who| self.is_group(*who));
        let size = match &people[..] {
            [] if words(text) <= rule.thing_words
                && (!props.is_empty() || holds(text, &self.rules.words.thing)) =>
            {
                let mut framing = Framing::of(&rule.thing, props.iter().copied());
                if props.is_empty() {
                    framing.things = thing(text, &self.rules.words.thing);
                }
                return framing;
            }
            [] => &rule.nobody,
            [_] if group => &rule.more,
            [_] if holds(text, &self.rules.words.face) => &rule.face,
            [one] if !before.contains(one) && holds(text, &self.rules.words.entering) => {
                &rule.entering
            }
            [_] => &rule.one,
            [first, second] if !group => {
                self.last_pair = Some([*first, *second]);
                &rule.two
            }
            _ => &rule.more,
        };
        self.framed(size, people, props)
    }

    /// Adds a draft so that nothing jumps: the same people a step apart are one
    /// shot when that is short enough, else the second goes two steps.
    fn add(&mut self, planned: &mut Vec<Planned<'_>>, mut draft: Draft) {
        if self.jumps(&draft.framing) {
            if let Some(Planned::Shot(last)) = planned.last_mut()
                && let Some(merged) = self.merged(last, &draft)
            {
                *last = merged;
                return;
            }
            let size = self.shown.as_ref().map_or(&draft.framing.size, |shown| &shown.size);
            let size = self.rules.two_steps_from(size).to_owned();
            Arc::make_mut(&mut draft.framing).size = size;
        }
        self.shown = Some(Arc::clone(&draft.framing));
        planned.push(Planned::Shot(draft));
    }

    fn jumps(&self, next: &Framing) -> bool {
        let Some(last) = &self.shown else { return false };
        let Some((from, to)) = self.rules.step(&last.size).zip(self.rules.step(&next.size)) else {
            return false;
        };
        let insert = |framing: &Framing| framing.size == self.rules.action.thing;
        from.abs_diff(to) < 2 && last.seen() == next.seen() && !insert(last) && !insert(next)
    }

    fn merged(&self, last: &Draft, next: &Draft) -> Option<Draft> {
        let divided = |draft: &Draft| {
            draft.fixed.is_some()
                || draft.contents.iter().any(|content| matches!(content, Content::Part { .. }))
        };
        let same_state = Arc::ptr_eq(&last.state, &next.state) || last.state == next.state;
        if divided(last) || divided(next) || !same_state {
            return None;
        }
        let mut merged = last.clone();
        merged.contents.extend(next.contents.iter().cloned());
        merged.span = last.span.to(next.span);
        merged.at_least = last.at_least.max(next.at_least);
        for subject in &next.framing.subjects {
            let seen = subject.1 != Face::Back;
            if seen && merged.framing.subjects.iter().all(|(who, _)| *who != subject.0) {
                Arc::make_mut(&mut merged.framing).subjects.push(*subject);
            }
        }
        let limit = self.timing.paced(self.rules.merge_at_most);
        (merged.natural(self.timing) <= limit).then_some(merged)
    }

    /// A scene that ends on a speech ends on who heard it.
    fn ending(&mut self, planned: &mut Vec<Planned<'_>>, items: &[&Item]) {
        let rule = &self.rules.ending;
        let Some(Planned::Shot(last)) = planned.last_mut() else { return };
        let speakers: Vec<Subject> = last
            .contents
            .iter()
            .rev()
            .find_map(Content::speech)
            .map(|speech| speech.speakers.clone())
            .unwrap_or_default();
        let listener = self
            .listener(&speakers)
            .filter(|who| !last.framing.seen().contains(who) || last.framing.seen().len() > 1);
        match (listener, items.last()) {
            (Some(listener), Some(item)) => {
                let mut draft =
                    self.draft(item, self.framed(&rule.size, vec![listener], Vec::new()));
                draft.fixed = Some(self.timing.paced(rule.time));
                self.shown = Some(Arc::clone(&draft.framing));
                planned.push(Planned::Shot(draft));
            }
            _ => last.tail = last.tail + self.timing.paced(rule.alone),
        }
    }

    /// Pictures for narration that outlasts what it runs over.
    pub(super) fn filler(&self, item: &Item, left: Seconds) -> Vec<Draft> {
        let rule = &self.rules.narration;
        let at_most = self.timing.paced(rule.at_most);
        let count =
            (left.as_micros().max(1) as usize).div_ceil(at_most.as_micros().max(1) as usize);
        let each = left.scale(1, count as i64).max(self.timing.paced(rule.at_least));
        let mut shown = self.shown.clone();
        (0..count)
            .map(|_| {
                let person = self.present.iter().rev().copied().find(|who| !self.is_group(*who));
                let mut framing = match person {
                    Some(who) => self.framed(&rule.size, vec![who], Vec::new()),
                    None => Framing::of(&self.rules.action.nobody, []),
                };
                if let Some(last) = &shown
                    && last.seen() == framing.seen()
                    && let Some((from, to)) =
                        self.rules.step(&last.size).zip(self.rules.step(&framing.size))
                    && from.abs_diff(to) < 2
                {
                    framing.size = self.rules.two_steps_from(&last.size).to_owned();
                }
                let mut draft = self.draft(item, framing);
                shown = Some(Arc::clone(&draft.framing));
                draft.fixed = Some(each);
                draft
            })
            .collect()
    }
}

/// The thing a short paragraph is about, with its article: `the receiver`.
fn thing(text: &str, list: &[String]) -> Vec<String> {
    let found = text.split_whitespace().find_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        list.contains(&word).then_some(word)
    });
    found.map(|word| vec![format!("the {word}")]).unwrap_or_default()
}

/// A single over the other's shoulder, or alone.
fn over(framing: &mut Framing, other: Subject) {
    framing.subjects.push((other, Face::Back));
}
