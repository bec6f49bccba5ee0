//! What has changed in the story so far: outfits, lasting additions, who is
//! gone, light and weather, along each time line (docs/rules.md#d6).
//!
//! Knows changes; does not know how they are written.

use std::sync::Arc;

use indexmap::IndexMap;

use crate::breakdown::description::Side;
use crate::breakdown::language::terms::ShotLight;
use crate::breakdown::language::words::canonical;
use crate::breakdown::screenplay::{PlaceId, StoryState, Subject};
use crate::breakdown::stage_direction::StageDirection;
use crate::source::Span;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Replaces the outfit; `None` returns to the first.
    Wear(Subject, Option<String>),
    /// Adds something lasting to a person or thing.
    Add(Subject, String),
    /// Adds something lasting to a set.
    AddToPlace(PlaceId, String),
    /// Takes an addition away.
    Remove(Subject, String),
    /// Takes an addition of a set away.
    RemoveFromPlace(PlaceId, String),
    /// Is no longer here.
    Gone(Subject, Span),
    /// Who is here, with sides.
    Here(Vec<(Subject, Option<Side>)>),
    /// Light of the scene.
    Light(Vec<ShotLight>),
    /// Weather until changed.
    Weather(String),
    /// Style until changed.
    Style(String),
    /// Stage directions, in this scene.
    Block(Vec<StageDirection>),
}

impl Change {
    /// Whether it ends with the scene by its nature, as whoever has no name does.
    pub(crate) fn is_brief(&self) -> bool {
        match self {
            Self::Here(_) | Self::Light(_) | Self::Block(_) => true,
            Self::Wear(who, _) | Self::Add(who, _) | Self::Remove(who, _) | Self::Gone(who, _) => {
                !who.is_named()
            }
            _ => false,
        }
    }
}

/// How long a change lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// To the end of the scene.
    Scene,
    /// Until another change.
    Story,
}

/// One time line: what lasts, and what holds in this scene.
#[derive(Debug, Clone, Default)]
struct Line {
    lasting: Arc<StoryState>,
    now: Arc<StoryState>,
    /// Since when things are gone, for the message.
    gone_since: IndexMap<Subject, Span>,
}

/// The state of the story along its time lines.
#[derive(Debug)]
pub(crate) struct Story {
    lines: IndexMap<String, Line>,
    /// The index of the time line that the story is on.
    current: usize,
    /// The states so far, so that equal ones share an `Arc`.
    reached: Vec<Arc<StoryState>>,
}

/// How many recent states are compared.
const RECENT: usize = 32;

impl Story {
    /// The beginning of the main time line.
    pub(crate) fn new() -> Self {
        let mut lines = IndexMap::new();
        lines.insert(String::new(), Line::default());
        Self { lines, current: 0, reached: Vec::new() }
    }

    /// The state at this moment.
    pub(crate) fn now(&self) -> Arc<StoryState> {
        Arc::clone(&self.lines[self.current].now)
    }

    /// The state after some more changes, which the story has yet to apply.
    pub(crate) fn after<'a>(&self, changes: impl Iterator<Item = &'a Change>) -> Arc<StoryState> {
        let mut state = self.now();
        for change in changes {
            alter(Arc::make_mut(&mut state), change);
        }
        state
    }

    /// What lasts at this moment.
    pub(crate) fn lasting(&self) -> Arc<StoryState> {
        Arc::clone(&self.lines[self.current].lasting)
    }

    /// A scene has ended with what lasts. What held for it alone has ended, too.
    pub(crate) fn end_scene(&mut self, lasting: &Arc<StoryState>) {
        let line = &mut self.lines[self.current];
        (line.lasting, line.now) = (Arc::clone(lasting), Arc::clone(lasting));
    }

    /// Goes to a time line, which starts from the cast entries when it is new.
    pub(crate) fn visit(&mut self, timeline: &str) {
        self.current = match self.lines.get_index_of(timeline) {
            Some(known) => known,
            None => self.lines.insert_full(timeline.to_owned(), Line::default()).0,
        };
    }

    /// Since when somebody or something is gone.
    pub(crate) fn gone_since(&self, subject: Subject) -> Option<Span> {
        self.lines[self.current].gone_since.get(&subject).copied()
    }

    /// A heading, or the way back from a flashback, ends what held for the scene.
    pub(crate) fn new_scene(&mut self) {
        let lasting = Arc::clone(&self.lines[self.current].lasting);
        let shared = self.shared(lasting);
        let line = &mut self.lines[self.current];
        (line.lasting, line.now) = (Arc::clone(&shared), shared);
    }

    /// Applies a change.
    pub(crate) fn apply(&mut self, change: &Change, scope: Scope) {
        if let Change::Gone(subject, span) = change {
            self.lines[self.current].gone_since.insert(*subject, *span);
        }
        let line = &mut self.lines[self.current];
        let mut now = (*line.now).clone();
        alter(&mut now, change);
        let lasts = scope == Scope::Story && !change.is_brief();
        let both = lasts && Arc::ptr_eq(&line.lasting, &line.now);
        if lasts && !both {
            alter(Arc::make_mut(&mut line.lasting), change);
        } else if let Change::Here(here) = change {
            // Who is back stays back.
            let lasting = Arc::make_mut(&mut line.lasting);
            for (subject, _) in here {
                lasting.gone.retain(|gone| gone != subject);
            }
        }
        let now = self.shared(Arc::new(now));
        let line = &mut self.lines[self.current];
        if both {
            line.lasting = Arc::clone(&now);
        }
        line.now = now;
    }

    /// The `Arc` of a state that was reached before.
    fn shared(&mut self, state: Arc<StoryState>) -> Arc<StoryState> {
        let recent = || self.reached.iter().rev().take(RECENT);
        let same = recent().find(|known| Arc::ptr_eq(known, &state));
        if let Some(known) = same.or_else(|| recent().find(|known| **known == state)) {
            return Arc::clone(known);
        }
        self.reached.push(Arc::clone(&state));
        state
    }
}

fn alter(state: &mut StoryState, change: &Change) {
    match change {
        Change::Wear(who, Some(outfit)) => {
            state.outfits.insert(*who, outfit.clone());
        }
        Change::Wear(who, None) => {
            state.outfits.shift_remove(who);
        }
        Change::Add(who, words) => {
            state.gone.retain(|gone| gone != who);
            let additions = state.additions.entry(*who).or_default();
            if !additions.contains(words) {
                additions.push(words.clone());
            }
        }
        Change::AddToPlace(place, words) => {
            let additions = state.place_additions.entry(*place).or_default();
            if !additions.contains(words) {
                additions.push(words.clone());
            }
        }
        Change::Remove(who, words) => {
            if let Some(additions) = state.additions.get_mut(who) {
                additions.retain(|addition| !is_meant(addition, words));
                if additions.is_empty() {
                    state.additions.shift_remove(who);
                }
            }
        }
        Change::RemoveFromPlace(place, words) => {
            if let Some(additions) = state.place_additions.get_mut(place) {
                additions.retain(|addition| !is_meant(addition, words));
                if additions.is_empty() {
                    state.place_additions.shift_remove(place);
                }
            }
        }
        Change::Gone(who, _) => {
            if !state.gone.contains(who) {
                state.gone.push(*who);
            }
            state.here.retain(|here| here != who);
            state.sides.shift_remove(who);
        }
        Change::Here(all) => {
            state.here = all.iter().map(|(who, _)| *who).collect();
            state.sides = all.iter().filter_map(|(who, side)| Some((*who, (*side)?))).collect();
            state.gone.retain(|gone| !state.here.contains(gone));
        }
        Change::Light(lights) => state.lights.clone_from(lights),
        Change::Weather(words) => words.clone_into(&mut state.weather),
        Change::Style(words) => words.clone_into(&mut state.style),
        Change::Block(directions) => {
            for direction in directions.iter().filter(|one| one.motion.is_none()) {
                // Where an area puts somebody, they are no longer where `here` had them.
                let side = direction.areas.iter().find_map(|area| area.side());
                if let (Some(side), Some(known)) = (side, state.sides.get_mut(&direction.who)) {
                    *known = side;
                }
            }
            state.directed.extend(directions.iter().cloned());
        }
    }
}

/// Whether an addition is the one that is taken away: the same words, or some
/// of them.
pub(crate) fn is_meant(addition: &str, words: &str) -> bool {
    let (addition, words) = (canonical(addition), canonical(words));
    !words.is_empty()
        && (addition == words || format!(" {addition} ").contains(&format!(" {words} ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::terms::joined;

    const IDA: Subject = Subject(0);

    #[test]
    fn time_lines_do_not_leak() {
        let mut story = Story::new();
        story.apply(&Change::Wear(IDA, Some("an oilskin".to_owned())), Scope::Story);
        story.visit("flashback 1882");
        story.new_scene();
        assert!(story.now().outfits.is_empty());
        story.apply(&Change::Add(IDA, "mud".to_owned()), Scope::Story);
        story.visit("");
        story.new_scene();
        assert_eq!(story.now().outfits[&IDA], "an oilskin");
        assert!(story.now().additions.is_empty());
        story.visit("flashback 1882");
        story.new_scene();
        assert_eq!(story.now().additions[&IDA], ["mud"]);
    }

    #[test]
    fn light_ends_with_its_scene_and_weather_does_not() {
        let mut story = Story::new();
        story.apply(&Change::Light(vec![ShotLight::new("candlelight", None)]), Scope::Story);
        story.apply(&Change::Weather("snow".to_owned()), Scope::Story);
        story.apply(&Change::Add(IDA, "a cough".to_owned()), Scope::Scene);
        assert_eq!(joined(&story.now().lights, ", "), "candlelight");
        story.new_scene();
        assert_eq!((story.now().lights.len(), story.now().weather.as_str()), (0, "snow"));
        assert!(story.now().additions.is_empty());
    }

    #[test]
    fn equal_states_are_one() {
        let mut story = Story::new();
        let first = story.now();
        story.apply(&Change::Weather("snow".to_owned()), Scope::Story);
        let snow = story.now();
        story.apply(&Change::Weather("rain".to_owned()), Scope::Story);
        story.apply(&Change::Weather("snow".to_owned()), Scope::Story);
        assert!(Arc::ptr_eq(&snow, &story.now()));
        assert!(!Arc::ptr_eq(&first, &story.now()));
    }

    #[test]
    fn gone_takes_away_what_now_added() {
        let mut story = Story::new();
        story.apply(&Change::Add(IDA, "soot on her face".to_owned()), Scope::Story);
        story.apply(&Change::Remove(IDA, "soot".to_owned()), Scope::Story);
        assert!(story.now().additions.is_empty());
        story.apply(&Change::Gone(IDA, Span::default()), Scope::Story);
        assert_eq!(story.now().gone, [IDA]);
        story.apply(&Change::Here(vec![(IDA, None)]), Scope::Story);
        story.new_scene();
        assert!(story.now().gone.is_empty());
    }
}
