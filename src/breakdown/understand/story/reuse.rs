//! Scenes that an earlier pass read: what their reading did is done again without it.
//!
//! Knows what the reading of a scene changes; does not read its lines.

use std::sync::Arc;

use super::StoryWalker;
use crate::breakdown::screenplay::{PlaceId, StoryState};
use crate::breakdown::understand::events::{EventKind, StoryEvent};
use crate::breakdown::understand::scenes::SceneHeader;
use crate::breakdown::understand::story_cache::{ReadScene, SceneQuery};
use crate::diagnostic::Diagnostic;
use crate::script::tree::DirectiveWord;
use crate::source::Span;

/// What the walk had found when a scene began.
struct SceneStart {
    usages: usize,
    diagnostics: usize,
    clock: usize,
    state: Arc<StoryState>,
    may_describe: bool,
    descriptions: u64,
    sexes: usize,
}

impl StoryWalker<'_, '_> {
    /// Reads a scene, or finds it in the cache. `next` is where the next one begins.
    pub(super) fn scene(
        &mut self,
        header: SceneHeader,
        events: &[StoryEvent<'_>],
        next: Option<u32>,
    ) {
        self.begin(&header);
        let place = header.place;
        let cacheable = self.cache.is_active()
            && self.before.is_empty()
            && !events.iter().any(|event| concerns_other_scenes(&event.kind));
        let span = self.span(&header, events, next);
        self.open_scene(header, events.len());
        if !cacheable {
            return self.read_scene(events);
        }
        let start = self.scene_start(place);
        let at = self.at.clone();
        let query = SceneQuery {
            text: self.context.sources.get(span.source).slice(span),
            span,
            events,
            at: &at,
            state: &start.state,
            may_describe: start.may_describe,
            descriptions: start.descriptions,
        };
        if let Some(known) = self.cache.get(&query) {
            return self.reuse(&known, span);
        }
        self.context.depends_on_more = false;
        self.read_scene(events);
        if let Some(read) = self.read_since(&start, span) {
            self.cache.keep(&query, read);
        }
    }

    /// All of a scene's text.
    fn span(&self, header: &SceneHeader, events: &[StoryEvent<'_>], next: Option<u32>) -> Span {
        let heading = header.heading.span;
        let start = events.first().map_or(heading.start, |first| first.span.start);
        let text = &self.context.sources.get(heading.source).text;
        Span { start, end: next.unwrap_or(text.len() as u32), ..heading }
    }

    fn scene_start(&self, place: PlaceId) -> SceneStart {
        SceneStart {
            usages: self.context.usages.len(),
            diagnostics: self.context.diagnostics.len(),
            clock: self.context.names.clock(),
            state: self.story.now(),
            may_describe: !self.described.contains(&place)
                && !self.sets.places[place.0].name.is_empty(),
            descriptions: self.context.names.descriptions(),
            sexes: self.context.names.sexes.len(),
        }
    }

    /// What the reading of a scene has made; `None` if it depends on more than the scene
    /// and the names.
    fn read_since(&mut self, start: &SceneStart, span: Span) -> Option<ReadScene> {
        let entered = std::mem::take(&mut self.entering);
        let mut diagnostics = self.context.diagnostics[start.diagnostics..].to_vec();
        let within = |place: &mut Span| {
            place.source == span.source && place.start >= span.start && place.end <= span.end
        };
        if self.context.depends_on_more
            || self.context.names.descriptions() != start.descriptions
            || !diagnostics.iter_mut().flat_map(Diagnostic::spans).all(within)
        {
            return None;
        }
        let place =
            self.at.place.filter(|place| start.may_describe && self.described.contains(place));
        Some(ReadScene {
            start: span.start,
            items: self.scenes.last()?.items.clone(),
            usages: self.context.relative_usages(start.usages, span)?,
            diagnostics,
            named: self.context.names.named_since(start.clock),
            sexes: self.context.names.sexes.since(start.sexes),
            entered,
            lasting: self.story.lasting(),
            set_words: place.map(|place| self.sets.places[place.0].words.clone()),
        })
    }

    /// Does what the reading of a scene did.
    fn reuse(&mut self, known: &ReadScene, span: Span) {
        if let Some(scene) = self.scenes.last_mut() {
            scene.items.extend(known.items_at(span));
        }
        self.context.replay_usages(&known.usages, span);
        self.context.diagnostics.extend(known.diagnostics_at(span));
        for subject in &known.named {
            self.context.names.mark_named(*subject);
        }
        for (subject, sex) in &known.sexes {
            self.context.names.sexes.say(*subject, *sex);
        }
        for (subject, character) in &known.entered {
            self.characters.entry(*subject).or_insert_with(|| Arc::clone(character));
        }
        self.story.end_scene(&known.lasting);
        if let (Some(place), Some(words)) = (self.at.place, &known.set_words) {
            self.described.insert(place);
            words.clone_into(&mut self.sets.places[place.0].words);
        }
    }
}

/// Whether an event concerns more than its scene and the state of the story: sections,
/// time lines, and words for sets, whose meaning depends on all headings.
fn concerns_other_scenes(kind: &EventKind<'_>) -> bool {
    match kind {
        EventKind::Section { .. } | EventKind::Return(_) => true,
        EventKind::Directive(directive) => {
            matches!(directive.word.value, DirectiveWord::Now | DirectiveWord::Gone)
        }
        _ => false,
    }
}
