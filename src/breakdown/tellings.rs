//! Scenes as they were told before. One of which no element has changed, and
//! that begins as it began, is taken as it was and moved to where it stands now.
//!
//! Knows what the telling of a scene depends on; does not know how one is told.

use std::ops::Range;
use std::sync::Arc;

use super::memory::Named;
use super::places::Sets;
use super::screenplay::{PlaceId, Scene, State, Subject};
use super::state::Change;
use crate::script::Kept;
use crate::source::Span;

/// What the telling of a scene depends on, apart from names and sets.
#[derive(Debug)]
pub(super) struct Opening {
    /// Those that became its steps.
    pub(super) elements: Range<usize>,
    /// How many steps they became.
    pub(super) steps: usize,
    pub(super) place: PlaceId,
    pub(super) timeline: String,
    pub(super) state: Arc<State>,
    /// Whether its set needs no description any more.
    pub(super) described: bool,
}

/// What a scene did to the story, besides happening.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) opening: Opening,
    /// Where its first step stood.
    pub(super) start: u32,
    /// Where it names somebody, from its first step on.
    pub(super) named: Named,
    /// Whom it named, in the order they were last named.
    pub(super) last_named: Vec<Subject>,
    pub(super) changes: Vec<(Change, bool)>,
    /// The description of its set, if it is here.
    pub(super) describes: Option<String>,
    /// Whether nothing was said about it, and it hangs on its words alone.
    pub(super) settled: bool,
}

/// The scenes of the pass before, and those of this one.
#[derive(Debug, Default)]
pub(super) struct Tellings {
    sets: Sets,
    before: Vec<Option<(Telling, Scene)>>,
    /// The first element of each of them.
    firsts: Vec<usize>,
    kept: Kept,
    now: Vec<Telling>,
    /// For each scene of this pass the one it was in the pass before.
    same: Vec<Option<usize>>,
}

impl Tellings {
    /// Takes back the scenes of the last pass.
    pub(super) fn give_back(&mut self, scenes: Vec<Scene>) {
        let told = std::mem::take(&mut self.now);
        self.before = if told.len() == scenes.len() {
            told.into_iter().zip(scenes).map(Some).collect()
        } else {
            Vec::new()
        };
    }

    /// Names mean something else now.
    pub(super) fn forget(&mut self) {
        self.before.clear();
    }

    /// A pass begins. `kept` are the elements that stayed since the last.
    pub(super) fn begin(&mut self, kept: Kept, sets: &Sets) {
        if !self.sets.answers_like(sets) {
            self.before.clear();
        }
        let first = |slot: &Option<(Telling, Scene)>| {
            slot.as_ref().map_or(0, |(telling, _)| telling.opening.elements.start)
        };
        self.firsts.clear();
        self.firsts.extend(self.before.iter().map(first));
        self.kept = kept;
        self.now.clear();
        self.same.clear();
    }

    /// A pass is over.
    pub(super) fn end(&mut self, sets: Sets) {
        self.sets = sets;
        self.before.clear();
    }

    /// The scene that opens so, if it was told before.
    pub(super) fn take(&mut self, opening: &Opening) -> Option<(usize, Telling, Scene)> {
        let elements = self.kept.before(&opening.elements)?;
        let was = self.firsts.binary_search(&elements.start).ok()?;
        let slot = &mut self.before[was];
        let same = |(telling, _): &mut (Telling, Scene)| {
            let before = &telling.opening;
            telling.settled
                && before.elements == elements
                && before.steps == opening.steps
                && before.place == opening.place
                && before.timeline == opening.timeline
                && before.described == opening.described
                && Arc::ptr_eq(&before.state, &opening.state)
        };
        slot.take_if(same).map(|(telling, scene)| (was, telling, scene))
    }

    /// Remembers the telling of the next scene, which may be `same` as one of
    /// the pass before in all that a plan of it depends on.
    pub(super) fn keep(&mut self, telling: Telling, same: Option<usize>) {
        self.now.push(telling);
        self.same.push(same);
    }

    /// The scene of the pass before that a scene of this one is.
    pub(super) fn same(&self, scene: usize) -> Option<usize> {
        *self.same.get(scene)?
    }
}

/// Moves a scene from where its first step stood to where it stands.
pub(super) fn moved(scene: &mut Scene, start: u32, first: Span) {
    let by = first.start.wrapping_sub(start);
    if by == 0 && scene.items.first().is_none_or(|item| item.span.source == first.source) {
        return;
    }
    for item in &mut scene.items {
        item.span = shifted(item.span, by, first);
    }
}

/// A place in the script, so many bytes on.
pub(super) fn shifted(span: Span, by: u32, first: Span) -> Span {
    let (start, end) = (span.start.wrapping_add(by), span.end.wrapping_add(by));
    Span { source: first.source, start, end }
}
