//! What was planned of scenes before, by everything a plan depends on: what
//! happens in the scene and in which state, who is there and what still sounds
//! when it begins, and the people and places of the film.
//!
//! Knows what may be planned once; does not know how.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::Equivalent;

use super::captions::TimedSpeech;
use super::planned::PlannedShot;
use super::timeline::{PlanWarning, Timeline};
use crate::breakdown::screenplay::{
    Character, FilmSettings, Item, ItemKind, Place, Scene, Screenplay, Subject,
};
use crate::breakdown::transition::Transition;
use crate::memo::Memo;
use crate::source::Span;
use crate::time::Seconds;

/// The scenes that were planned before.
#[derive(Debug, Default)]
pub(crate) struct Plans {
    film: Option<Film>,
    pub(crate) scenes: Memo<Key, Arc<Plan>>,
    /// Empty, but with room for what it held.
    reel: Timeline,
}

/// What every scene may depend on, wherever it is written.
#[derive(Debug, PartialEq)]
struct Film {
    settings: FilmSettings,
    subjects: Vec<Character>,
    places: Vec<Place>,
}

impl Film {
    fn of(screenplay: &Screenplay) -> Self {
        let nowhere = Span::default();
        let subject =
            |known: &Character| Character { reference: None, origin: nowhere, ..known.clone() };
        let place = |known: &Place| Place { origin: nowhere, entry: None, ..known.clone() };
        Self {
            settings: FilmSettings { model: None, ..screenplay.settings.clone() },
            subjects: screenplay.subjects.iter().map(subject).collect(),
            places: screenplay.places.iter().map(place).collect(),
        }
    }
}

impl Plans {
    /// A pass begins.
    pub(crate) fn begin(&mut self, screenplay: &Screenplay) {
        let film = Some(Film::of(screenplay));
        if self.film != film {
            *self = Self { film, ..Self::default() };
        }
        self.scenes.begin();
    }

    /// An empty reel.
    pub(crate) fn take_reel(&mut self) -> Timeline {
        std::mem::take(&mut self.reel)
    }

    /// Takes a reel back of which nothing is needed any more.
    pub(crate) fn give_back(&mut self, reel: Timeline) {
        let Timeline { mut drafts, mut heard, mut supers, mut notes, .. } = reel;
        drafts.clear();
        heard.clear();
        supers.clear();
        notes.clear();
        self.reel = Timeline { drafts, heard, supers, notes, ..Timeline::default() };
    }
}

/// What the plan of a scene depends on, apart from the film.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opening<'a> {
    scene: &'a Scene,
    /// Who stays from the scene before.
    present: &'a [Subject],
    /// The transition into it.
    pending: Option<&'a Transition>,
    /// The size before a match cut.
    matched: Option<&'a String>,
    /// How long a narration still runs.
    voice: Seconds,
}

impl<'a> Opening<'a> {
    /// Of a scene that begins where the reel ends.
    pub(crate) fn new(
        scene: &'a Scene,
        present: &'a [Subject],
        matched: Option<&'a String>,
        reel: &'a Timeline,
    ) -> Self {
        let voice = (reel.voice_until - reel.now).max(Seconds::ZERO);
        Self { scene, present, pending: reel.pending.as_ref(), matched, voice }
    }

    /// To be kept.
    pub(crate) fn key(self) -> Key {
        Key {
            scene: self.scene.clone(),
            present: self.present.to_vec(),
            pending: self.pending.cloned(),
            matched: self.matched.cloned(),
            voice: self.voice,
        }
    }
}

impl PartialEq for Opening<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.scene, other.scene);
        one.place == two.place
            && one.items.len() == two.items.len()
            && things(one).zip(things(two)).all(|(one, two)| one == two)
            && one.time == two.time
            && one.timeline == two.timeline
            && one.new_set == two.new_set
            && self.present == other.present
            && self.pending == other.pending
            && self.matched == other.matched
            && self.voice == other.voice
    }
}

impl Hash for Opening<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scene.place.hash(state);
        for Thing { item, start, .. } in things(self.scene) {
            start.hash(state);
            match &item.kind {
                ItemKind::Shot(spec) => Arc::as_ptr(spec).hash(state),
                ItemKind::Action(action) => Arc::as_ptr(action).hash(state),
                ItemKind::Speech(speech) => Arc::as_ptr(speech).hash(state),
                ItemKind::BackToScene
                | ItemKind::Card { .. }
                | ItemKind::Super { .. }
                | ItemKind::Transition(_) => {}
            }
        }
    }
}

/// An opening that is kept.
#[derive(Debug)]
pub(crate) struct Key {
    scene: Scene,
    present: Vec<Subject>,
    pending: Option<Transition>,
    matched: Option<String>,
    voice: Seconds,
}

impl Key {
    pub(crate) fn opening(&self) -> Opening<'_> {
        let Self { scene, present, pending, matched, voice } = self;
        let (pending, matched) = (pending.as_ref(), matched.as_ref());
        Opening { scene, present, pending, matched, voice: *voice }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.opening() == other.opening()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.opening().hash(state);
    }
}

impl Equivalent<Key> for Opening<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.opening()
    }
}

/// An item and where it is written, from the heading on.
#[derive(Debug)]
struct Thing<'a> {
    item: &'a Item,
    start: u32,
    end: u32,
}

fn things(scene: &Scene) -> impl Iterator<Item = Thing<'_>> {
    let from = scene.heading.span.start;
    scene.items.iter().map(move |item| Thing {
        item,
        start: item.span.start.wrapping_sub(from),
        end: item.span.end.wrapping_sub(from),
    })
}

impl PartialEq for Thing<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.item, other.item);
        (self.start, self.end) == (other.start, other.end)
            && is_same(&one.kind, &two.kind)
            && (Arc::ptr_eq(&one.state, &two.state) || one.state == two.state)
    }
}

/// Whether two items are one: the passes share what they remember.
fn is_same(one: &ItemKind, other: &ItemKind) -> bool {
    match (one, other) {
        (ItemKind::Shot(one), ItemKind::Shot(other)) => Arc::ptr_eq(one, other),
        (ItemKind::Action(one), ItemKind::Action(other)) => Arc::ptr_eq(one, other),
        (ItemKind::Speech(one), ItemKind::Speech(other)) => Arc::ptr_eq(one, other),
        (ItemKind::BackToScene, ItemKind::BackToScene) => true,
        (ItemKind::Card { lines: one }, ItemKind::Card { lines: other }) => one == other,
        (ItemKind::Super { text: one }, ItemKind::Super { text: other }) => one == other,
        (ItemKind::Transition(one), ItemKind::Transition(other)) => one == other,
        _ => false,
    }
}

/// What came of a scene, as if the film began with it.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Where its heading stood.
    from: u32,
    reel: Timeline,
    /// Who is there at its end.
    pub(crate) present: Vec<Subject>,
    /// The size before a match cut at its end.
    pub(crate) matched: Option<String>,
}

/// How far a reel is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    drafts: usize,
    heard: usize,
    supers: usize,
    notes: usize,
    now: Seconds,
    voice_until: Seconds,
}

impl Mark {
    /// The end of a reel.
    pub(crate) fn at(reel: &Timeline) -> Self {
        Self {
            drafts: reel.drafts.len(),
            heard: reel.heard.len(),
            supers: reel.supers.len(),
            notes: reel.notes.len(),
            now: reel.now,
            voice_until: reel.voice_until,
        }
    }

    /// How many drafts there were.
    pub(crate) fn drafts(self) -> usize {
        self.drafts
    }
}

impl Plan {
    /// Cuts the end of a reel out.
    pub(crate) fn since(
        mark: Mark,
        reel: &Timeline,
        scene: &Scene,
        present: &[Subject],
        matched: Option<&String>,
    ) -> Self {
        let back = |index: Option<usize>| index.map(|index| index - mark.drafts);
        let drafts = reel.drafts[mark.drafts..].iter().cloned().map(|mut draft| {
            (draft.continues, draft.resumes) = (back(draft.continues), back(draft.resumes));
            draft
        });
        let heard = reel.heard[mark.heard..].iter().cloned().map(|mut heard| {
            heard.draft -= mark.drafts;
            (heard.start, heard.end) = (heard.start - mark.now, heard.end - mark.now);
            heard
        });
        let supers = reel.supers[mark.supers..]
            .iter()
            .map(|(text, start, end)| (text.clone(), *start - mark.now, *end - mark.now));
        let notes = reel.notes[mark.notes..].iter().cloned().map(|mut note| {
            *note.draft() -= mark.drafts;
            note
        });
        // What sounded before sounds as long as it did.
        let sounds = reel.voice_until != mark.voice_until;
        let voice = if sounds { reel.voice_until - mark.now } else { Seconds::ZERO };
        let cut = Timeline {
            drafts: drafts.collect(),
            heard: heard.collect(),
            supers: supers.collect(),
            now: reel.now - mark.now,
            voice_until: voice,
            pending: reel.pending.clone(),
            notes: notes.collect(),
        };
        let (present, matched) = (present.to_vec(), matched.cloned());
        Self { from: scene.heading.span.start, reel: cut, present, matched }
    }

    /// Lays it on a reel as the plan of a scene.
    pub(crate) fn lay(&self, reel: &mut Timeline, index: usize, scene: &Scene) {
        let mark = Mark::at(reel);
        let by = scene.heading.span.start.wrapping_sub(self.from);
        let source = scene.heading.span.source;
        let moved = |span: Span| {
            let (start, end) = (span.start.wrapping_add(by), span.end.wrapping_add(by));
            Span { source, start, end }
        };
        let on = |index: Option<usize>| index.map(|index| index + mark.drafts);
        reel.drafts.extend(self.reel.drafts.iter().map(|draft| PlannedShot {
            scene: Some(index),
            span: moved(draft.span),
            continues: on(draft.continues),
            resumes: on(draft.resumes),
            ..draft.clone()
        }));
        reel.heard.extend(self.reel.heard.iter().map(|heard| TimedSpeech {
            draft: heard.draft + mark.drafts,
            start: heard.start + mark.now,
            end: heard.end + mark.now,
            span: moved(heard.span),
            ..heard.clone()
        }));
        let supers = self.reel.supers.iter();
        reel.supers.extend(
            supers.map(|(text, start, end)| (text.clone(), *start + mark.now, *end + mark.now)),
        );
        reel.notes.extend(self.reel.notes.iter().map(|note| {
            let mut note: PlanWarning = note.clone();
            *note.draft() += mark.drafts;
            if let Some(span) = note.span() {
                *span = moved(*span);
            }
            note
        }));
        reel.now = mark.now + self.reel.now;
        if self.reel.voice_until > Seconds::ZERO {
            reel.voice_until = mark.now + self.reel.voice_until;
        }
        reel.pending.clone_from(&self.reel.pending);
    }
}
