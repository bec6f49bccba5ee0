//! Scenes as they were told before. One of which no element has changed, and
//! that begins as it began, is taken as it was and moved to where it stands now.
//!
//! Knows what the telling of a scene depends on; does not know how one is told.

use std::ops::Range;
use std::sync::Arc;

use super::places::Sets;
use super::state::Change;
use crate::breakdown::incremental::Named;
use crate::breakdown::screenplay::{PlaceId, Scene, StoryState, Subject};
use crate::script::Kept;
use crate::source::Span;

/// What the telling of a scene depends on, apart from names and sets.
#[derive(Debug)]
pub(crate) struct Opening {
    /// Those that became its steps.
    pub(crate) elements: Range<usize>,
    /// How many steps they became.
    pub(crate) steps: usize,
    pub(crate) place: PlaceId,
    pub(crate) timeline: String,
    pub(crate) state: Arc<StoryState>,
    /// Whether its set needs no description any more.
    pub(crate) described: bool,
}

/// What a scene did to the story, besides happening.
#[derive(Debug)]
pub(crate) struct Telling {
    pub(crate) opening: Opening,
    /// Where its first step stood.
    pub(crate) start: u32,
    /// Where it names somebody, from its first step on.
    pub(crate) named: Named,
    /// Whom it named, in the order they were last named.
    pub(crate) last_named: Vec<Subject>,
    pub(crate) changes: Vec<(Change, bool)>,
    /// The description of its set, if it is here.
    pub(crate) describes: Option<String>,
    /// Whether nothing was said about it, and it hangs on its words alone.
    pub(crate) settled: bool,
}

/// The scenes of the pass before, and those of this one.
#[derive(Debug, Default)]
pub(crate) struct Tellings {
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
    pub(crate) fn give_back(&mut self, scenes: Vec<Scene>) {
        let told = std::mem::take(&mut self.now);
        self.before = if told.len() == scenes.len() {
            told.into_iter().zip(scenes).map(Some).collect()
        } else {
            Vec::new()
        };
    }

    /// Names mean something else now.
    pub(crate) fn forget(&mut self) {
        self.before.clear();
    }

    /// A pass begins. `kept` are the elements that stayed since the last.
    pub(crate) fn begin(&mut self, kept: Kept, sets: &Sets) {
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
    pub(crate) fn end(&mut self, sets: Sets) {
        self.sets = sets;
        self.before.clear();
    }

    /// The scene that opens so, if it was told before.
    pub(crate) fn take(&mut self, opening: &Opening) -> Option<(usize, Telling, Scene)> {
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
    pub(crate) fn keep(&mut self, telling: Telling, same: Option<usize>) {
        self.now.push(telling);
        self.same.push(same);
    }

    /// The scene of the pass before that a scene of this one is.
    pub(crate) fn same(&self, scene: usize) -> Option<usize> {
        *self.same.get(scene)?
    }
}

/// Moves a scene from where its first step stood to where it stands.
pub(crate) fn moved(scene: &mut Scene, start: u32, first: Span) {
    let by = first.start.wrapping_sub(start);
    if by == 0 && scene.items.first().is_none_or(|item| item.span.source == first.source) {
        return;
    }
    for item in &mut scene.items {
        item.span = shifted(item.span, by, first);
    }
}

/// A place in the script, so many bytes on.
pub(crate) fn shifted(span: Span, by: u32, first: Span) -> Span {
    let (start, end) = (span.start.wrapping_add(by), span.end.wrapping_add(by));
    Span { source: first.source, start, end }
}
