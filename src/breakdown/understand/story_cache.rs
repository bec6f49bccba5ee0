//! A cache of scenes as they are read, for an editor, which reads a script again at
//! every keystroke.
//!
//! Knows everything that the reading of a scene depends on; does not read scenes.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::Equivalent;

use super::action::ActionCache;
use super::context::RelativeUsages;
use super::events::{EventKind, StoryEvent};
use super::names::NameScope;
use super::shot_line::ShotLineCache;
use crate::breakdown::description::Sex;
use crate::breakdown::screenplay::{Character, Item, PlaceId, StoryState, Subject};
use crate::diagnostic::Diagnostic;
use crate::memo::Memo;
use crate::source::Span;

/// The scenes that earlier passes read, while every name means the same.
#[derive(Debug, Default)]
pub(crate) struct StoryCache {
    scenes: Memo<SceneKey, Arc<ReadScene>>,
    // The lines of scenes that are read again.
    pub(crate) actions: ActionCache,
    pub(crate) shot_lines: ShotLineCache,
}

/// A scene to read.
#[derive(Debug)]
pub(crate) struct SceneQuery<'a> {
    /// All of its text.
    pub(crate) text: &'a str,
    pub(crate) span: Span,
    /// What its lines are, which depends on the cues of the whole film.
    pub(crate) events: &'a [StoryEvent<'a>],
    pub(crate) at: &'a NameScope,
    /// What has happened so far, along its time line.
    pub(crate) state: &'a Arc<StoryState>,
    /// Whether it may describe its set.
    pub(crate) may_describe: bool,
    /// Stands for what the film says of everybody so far.
    pub(crate) descriptions: u64,
}

/// Which kind of event lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EventForm {
    Heading,
    Action,
    /// Not all that stands in its span.
    PartOfAction,
    Furniture,
    Return,
    Card,
    Speech,
    Lyrics,
    Transition,
    Section,
    Directive,
    Shot,
    Implied,
    Super,
}

/// Which kind an event is.
fn form(kind: &EventKind<'_>) -> EventForm {
    match kind {
        EventKind::Heading { .. } => EventForm::Heading,
        EventKind::Action { whole: true, .. } => EventForm::Action,
        EventKind::Action { whole: false, .. } => EventForm::PartOfAction,
        EventKind::Furniture(_) => EventForm::Furniture,
        EventKind::Return(_) => EventForm::Return,
        EventKind::Card(_) => EventForm::Card,
        EventKind::Speech(_) => EventForm::Speech,
        EventKind::Lyrics(_) => EventForm::Lyrics,
        EventKind::Transition(_) => EventForm::Transition,
        EventKind::Section { .. } => EventForm::Section,
        EventKind::Directive(_) => EventForm::Directive,
        EventKind::Shot(_) => EventForm::Shot,
        EventKind::Implied { .. } => EventForm::Implied,
        EventKind::Super(_) => EventForm::Super,
    }
}

#[derive(Debug)]
struct SceneKey {
    text: Box<str>,
    events: Box<[(EventForm, u32, u32)]>,
    place: Option<PlaceId>,
    timeline: String,
    state: Arc<StoryState>,
    may_describe: bool,
    descriptions: u64,
}

/// What the reading of a scene has made.
#[derive(Debug)]
pub(crate) struct ReadScene {
    /// Where the scene began.
    pub(crate) start: u32,
    pub(crate) items: Vec<Item>,
    pub(crate) usages: RelativeUsages,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Whom it named, in the order of their last naming.
    pub(crate) named: Vec<Subject>,
    /// Of whom its pronouns say what they are.
    pub(crate) sexes: Vec<(Subject, Sex)>,
    /// Those without a name whom it has brought in.
    pub(crate) entered: Vec<(Subject, Arc<Character>)>,
    /// What has happened when it ends, as far as it lasts.
    pub(crate) lasting: Arc<StoryState>,
    /// The words that it has given its set.
    pub(crate) set_words: Option<String>,
}

impl StoryCache {
    /// Begins a pass.
    pub(crate) fn begin(&mut self) {
        self.scenes.begin();
        self.actions.begin();
        self.shot_lines.begin();
    }

    /// Drops every scene, since names mean something else.
    pub(crate) fn invalidate(&mut self) {
        self.scenes.clear();
        self.actions.clear();
        self.shot_lines.clear();
    }

    /// Whether scenes are stored.
    pub(crate) fn is_active(&self) -> bool {
        self.scenes.is_active()
    }

    /// What an earlier pass made of a scene.
    pub(crate) fn get(&mut self, query: &SceneQuery<'_>) -> Option<Arc<ReadScene>> {
        self.scenes.get(query)
    }

    /// Stores what this pass made of a scene.
    pub(crate) fn keep(&mut self, query: &SceneQuery<'_>, read: ReadScene) {
        self.scenes.keep(query.key(), Arc::new(read));
    }
}

impl SceneQuery<'_> {
    fn forms(&self) -> impl Iterator<Item = (EventForm, u32, u32)> {
        let start = self.span.start;
        self.events.iter().map(move |event| {
            let Span { start: from, end, .. } = event.span;
            (form(&event.kind), from.wrapping_sub(start), end.wrapping_sub(start))
        })
    }

    fn key(&self) -> SceneKey {
        SceneKey {
            text: self.text.into(),
            events: self.forms().collect(),
            place: self.at.place,
            timeline: self.at.timeline.clone(),
            state: Arc::clone(self.state),
            may_describe: self.may_describe,
            descriptions: self.descriptions,
        }
    }
}

impl Equivalent<SceneKey> for SceneQuery<'_> {
    fn equivalent(&self, key: &SceneKey) -> bool {
        *self.text == *key.text
            && self.at.place == key.place
            && self.at.timeline == key.timeline
            && self.may_describe == key.may_describe
            && self.descriptions == key.descriptions
            && (Arc::ptr_eq(self.state, &key.state) || *self.state == key.state)
            && self.events.len() == key.events.len()
            && self.forms().eq(key.events.iter().copied())
    }
}

impl PartialEq for SceneKey {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
            && (self.place, &self.timeline) == (other.place, &other.timeline)
            && (self.may_describe, self.descriptions) == (other.may_describe, other.descriptions)
            && self.state == other.state
            && self.events == other.events
    }
}

impl Eq for SceneKey {}

// A text with its set is hardly ever there twice.
impl Hash for SceneKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&*self.text, self.place).hash(state);
    }
}

impl Hash for SceneQuery<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.text, self.at.place).hash(state);
    }
}

impl ReadScene {
    /// The items where the scene now stands.
    pub(crate) fn items_at(&self, scene: Span) -> impl Iterator<Item = Item> {
        self.items
            .iter()
            .map(move |item| Item { span: item.span.moved(self.start, scene), ..item.clone() })
    }

    /// The diagnostics where the scene now stands.
    pub(crate) fn diagnostics_at(&self, scene: Span) -> impl Iterator<Item = Diagnostic> {
        self.diagnostics.iter().map(move |found| {
            let mut found = found.clone();
            found.spans().for_each(|span| *span = span.moved(self.start, scene));
            found
        })
    }
}
