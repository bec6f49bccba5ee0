//! A cache of planned scenes for an editor, which plans a film again at every
//! keystroke. Planning is by far the largest part of that work in a long script
//! (`benches/RESULTS.md`).
//!
//! Knows everything that the plan of a scene depends on; does not plan scenes.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use indexmap::Equivalent;

use super::scene::{ScenePlan, SceneStart};
use crate::breakdown::screenplay::{
    Character, FilmSettings, Item, ItemKind, Place, Scene, Screenplay, StoryState,
};
use crate::memo::Memo;

/// The scenes that were planned in earlier passes.
#[derive(Debug, Default)]
pub(crate) struct SceneCache {
    film: Option<FilmFacts>,
    plans: Memo<SceneKey, Arc<ScenePlan>>,
}

/// Data of the film that every plan may depend on.
#[derive(Debug)]
struct FilmFacts {
    settings: FilmSettings,
    subjects: Vec<Character>,
    places: Vec<Place>,
}

impl FilmFacts {
    fn of(screenplay: &Screenplay) -> Self {
        Self {
            settings: screenplay.settings.clone(),
            subjects: screenplay.subjects.named().to_vec(),
            places: screenplay.places.clone(),
        }
    }

    /// Whether a screenplay has the same facts.
    fn hold_for(&self, screenplay: &Screenplay) -> bool {
        let (subjects, places) = (screenplay.subjects.named(), &screenplay.places);
        same_settings(&self.settings, &screenplay.settings)
            && self.subjects.len() == subjects.len()
            && self.places.len() == places.len()
            && self.subjects.iter().zip(subjects).all(|(one, two)| same_character(one, two))
            && self.places.iter().zip(places).all(|(one, two)| same_place(one, two))
    }
}

/// Whether two films have the same settings. The model, the motion, the control and the
/// sound make no difference to a plan.
fn same_settings(one: &FilmSettings, two: &FilmSettings) -> bool {
    let FilmSettings {
        rate,
        width,
        height,
        style,
        seed,
        pace,
        captions,
        motion: _,
        model: _,
        language,
        cards,
        voices: _,
        engine: _,
        ambience: _,
        loudness: _,
        blocking,
        control: _,
    } = one;
    (rate, width, height, style, seed)
        == (&two.rate, &two.width, &two.height, &two.style, &two.seed)
        && (pace, captions, language) == (&two.pace, &two.captions, &two.language)
        && (cards, blocking) == (&two.cards, &two.blocking)
}

/// Whether two characters are the same except for their pictures, voices and spans.
fn same_character(one: &Character, two: &Character) -> bool {
    let Character {
        name,
        also,
        kind,
        noun,
        count,
        person,
        outfit,
        reference: _,
        sex,
        face,
        same_as,
        of,
        voice: _,
        say: _,
        origin: _,
    } = one;
    (name, also, kind, person, outfit)
        == (&two.name, &two.also, &two.kind, &two.person, &two.outfit)
        && (sex, face, same_as, of, noun, count)
            == (&two.sex, &two.face, &two.same_as, &two.of, &two.noun, &two.count)
}

/// Whether two places are the same except for their spans.
fn same_place(one: &Place, two: &Place) -> bool {
    let Place { name, interior, words, origin: _, entry: _ } = one;
    (name, interior, words) == (&two.name, &two.interior, &two.words)
}

impl SceneCache {
    /// Begins a pass. Drops all plans if the settings, people or places of the
    /// film have changed.
    pub(crate) fn begin(&mut self, screenplay: &Screenplay) {
        if !self.film.as_ref().is_some_and(|film| film.hold_for(screenplay)) {
            *self = Self { film: Some(FilmFacts::of(screenplay)), ..Self::default() };
        }
        self.plans.begin();
    }

    /// The plan of a scene.
    pub(crate) fn get(&mut self, scene: &Scene, start: &SceneStart) -> Option<Arc<ScenePlan>> {
        self.plans.get(&SceneQuery { scene, start })
    }

    /// Stores the plan of a scene. A plan with diagnostics, or one that read the
    /// film before the scene, depends on more than its key.
    pub(crate) fn keep(&mut self, scene: &Scene, start: SceneStart, plan: &Arc<ScenePlan>) {
        if plan.diagnostics.is_empty() && !plan.reads_film_before {
            self.plans.keep(SceneKey { scene: scene.clone(), start }, Arc::clone(plan));
        }
    }
}

/// A scene and its start, to look up.
struct SceneQuery<'a> {
    scene: &'a Scene,
    start: &'a SceneStart,
}

/// A scene and its start, to store.
#[derive(Debug)]
struct SceneKey {
    scene: Scene,
    start: SceneStart,
}

impl SceneKey {
    fn query(&self) -> SceneQuery<'_> {
        SceneQuery { scene: &self.scene, start: &self.start }
    }
}

impl PartialEq for SceneQuery<'_> {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (self.scene, other.scene);
        one.place == two.place
            && one.items.len() == two.items.len()
            && one.items.iter().zip(&two.items).all(|(first, second)| {
                relative(one, first) == relative(two, second) && is_same(&first.kind, &second.kind)
            })
            && have_same_states(&one.items, &two.items)
            && one.time == two.time
            && one.timeline == two.timeline
            && one.new_set == two.new_set
            && self.start == other.start
    }
}

impl Hash for SceneQuery<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scene.place.hash(state);
        for item in &self.scene.items {
            relative(self.scene, item).hash(state);
            std::mem::discriminant(&item.kind).hash(state);
        }
    }
}

impl PartialEq for SceneKey {
    fn eq(&self, other: &Self) -> bool {
        self.query() == other.query()
    }
}

impl Eq for SceneKey {}

impl Hash for SceneKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.query().hash(state);
    }
}

impl Equivalent<SceneKey> for SceneQuery<'_> {
    fn equivalent(&self, key: &SceneKey) -> bool {
        *self == key.query()
    }
}

/// Whether items have equal states. Most neighbours share one state, so a pair of
/// states is compared once.
fn have_same_states(one: &[Item], other: &[Item]) -> bool {
    let mut equal: Option<(&Arc<StoryState>, &Arc<StoryState>)> = None;
    one.iter().zip(other).all(|(first, second)| {
        let (first, second) = (&first.state, &second.state);
        if equal.is_some_and(|(one, two)| Arc::ptr_eq(one, first) && Arc::ptr_eq(two, second)) {
            return true;
        }
        equal = Some((first, second));
        Arc::ptr_eq(first, second) || first == second
    })
}

/// The place of an item relative to the heading of its scene.
fn relative(scene: &Scene, item: &Item) -> (u32, u32) {
    let heading = scene.heading.span.start;
    (item.span.start.wrapping_sub(heading), item.span.end.wrapping_sub(heading))
}

/// Whether two items have the same content. The caches of the passes share the values of
/// unchanged lines, so comparing addresses mostly suffices.
fn is_same(one: &ItemKind, other: &ItemKind) -> bool {
    fn same<T: PartialEq>(one: &Arc<T>, other: &Arc<T>) -> bool {
        Arc::ptr_eq(one, other) || one == other
    }
    match (one, other) {
        (ItemKind::Shot(one), ItemKind::Shot(other)) => same(one, other),
        (ItemKind::Action(one), ItemKind::Action(other)) => same(one, other),
        (ItemKind::Speech(one), ItemKind::Speech(other)) => same(one, other),
        (ItemKind::BackToScene, ItemKind::BackToScene) => true,
        (ItemKind::Card { lines: one }, ItemKind::Card { lines: other }) => one == other,
        (ItemKind::Super { text: one }, ItemKind::Super { text: other }) => one == other,
        (ItemKind::Transition(one), ItemKind::Transition(other)) => one == other,
        _ => false,
    }
}
