//! A scene as Photoplay films it: written as a script, broken down and blocked; the story
//! reel requests its stills and moves them.
//!
//! What a network learns from this is what it will be asked for: the prompts are those of
//! the reel, and figures and camera go where the blocking says. Draws nothing itself.

use std::collections::BTreeMap;

use image::RgbImage;
use photoplay::analysis::analyze;
use photoplay::breakdown::Strictness;
use photoplay::breakdown::description::Description;
use photoplay::breakdown::prompts::lower::{ModelDescription, translate};
use photoplay::breakdown::shot::{Picture, ShotList};
use photoplay::model::{Model, ModelWords};
use photoplay::reel::PaperTheatre;
use photoplay::shoot::plan::ModelFingerprint;
use photoplay::shoot::stills::{PlannedReelShot, ReelPlan, reel_plan};
use photoplay::source::Sources;

use super::cast::{Action, Actor, Colour, Move, Place, Size, Subject, Time};
use super::scene::{HEIGHT, KEY, StagedScene, WIDTH};

/// Frames of a clip in a second.
const RATE: f64 = 12.0;
/// Seconds that a scene is written to last: the longest clip, without the handle that a
/// take has at its end.
const SECONDS: u32 = 4;

/// A still that the reel asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Still {
    /// What it shows: nobody, or one figure alone.
    pub(crate) scene: StagedScene,
    /// Its prompt.
    pub(crate) prompt: String,
}

/// A scene with its blocking and its stills.
pub(crate) struct Film {
    list: ShotList,
    plan: ReelPlan,
    words: ModelWords,
}

/// The embedded model as the planner of a reel sees it, with the words of the stage.
/// `ground` is the place where figures stand alone, if it is not the model's own.
pub(super) fn filmed_by(words: &ModelWords, ground: Option<Place>) -> ModelFingerprint {
    let model = Model::embedded().expect("the embedded model is whole");
    let mut model = ModelFingerprint::new(&model, BTreeMap::new(), &[])
        .expect("the embedded model makes clips");
    model.words = Some(words.clone());
    if let (Some(ground), Some(reel)) = (ground, &mut model.settings.reel) {
        ground.word().clone_into(&mut reel.ground);
        reel.key = Some(KEY);
    }
    model
}

impl Film {
    /// Films a scene. A scene of the stage is a script without mistakes.
    pub(super) fn new(model: &ModelFingerprint, scene: &StagedScene) -> Self {
        let mut sources = Sources::default();
        let id = sources.add("scene.play", script(scene));
        let list = analyze(&mut sources, id, Strictness::Strict).list;
        let cast = model.cast(&list);
        let chosen = vec![None; cast.looks.len()];
        let plan = reel_plan(&list, model, &cast, &chosen, &BTreeMap::new());
        let words = model.words.clone().unwrap_or_default();
        Self { list, plan: plan.expect("its prompts can be made"), words }
    }

    /// The scene as the model is told of it.
    pub(crate) fn scene(&self) -> StagedScene {
        let grammar = &self.list.vocabulary.grammar;
        staged(&translate(described(&self.list, 0), &self.words, grammar))
    }

    /// The stills of the reel: the set first, then everybody in it.
    pub(crate) fn stills(&self) -> Vec<Still> {
        let grammar = &self.list.vocabulary.grammar;
        let takes = &self.plan.takes.shots;
        let still = |(index, take): (usize, &photoplay::shoot::plan::ShotTakes)| {
            let known = translate(described(&self.plan.list, index), &self.words, grammar);
            Still { scene: staged(&known), prompt: take.prompt.clone() }
        };
        takes.iter().enumerate().map(still).collect()
    }

    /// The first frames of the film, of stills that `draw` draws.
    pub(crate) fn render(
        &self,
        draw: impl Fn(&StagedScene) -> RgbImage,
        frames: u32,
    ) -> Vec<RgbImage> {
        let planned = self.plan.shots.iter().flatten().next();
        let PlannedReelShot { shot, stills } = planned.expect("a scene is blocked");
        let all = self.stills();
        let pictures: Vec<RgbImage> = stills.iter().map(|still| draw(&all[*still].scene)).collect();
        let mut theatre = PaperTheatre::new(shot, &pictures, (WIDTH, HEIGHT), 1.0 / RATE);
        (0..frames).map(|frame| theatre.draw(f64::from(frame) / RATE)).collect()
    }
}

fn described(list: &ShotList, shot: usize) -> &Description {
    match &list.shots[shot].picture {
        Picture::Take(take) => &take.description,
        _ => unreachable!("a scene has no cards"),
    }
}

/// What the words of a still ask the stage for.
fn staged(known: &ModelDescription) -> StagedScene {
    fn named<T: Copy>(all: &[T], word: fn(T) -> &'static str, wanted: &str) -> T {
        let found = all.iter().copied().find(|one| word(*one) == wanted);
        found.unwrap_or(all[0])
    }
    let actor = |words: &String| {
        let (colour, subject) = words.split_once(' ').unwrap_or(("", words));
        let colour = Colour::ALL.iter().copied().find(|known| known.word() == colour);
        let subject = if colour.is_some() { subject } else { words };
        Actor { subject: named(Subject::ALL, Subject::word, subject), colour }
    };
    StagedScene {
        subjects: known.subjects.iter().map(actor).collect(),
        place: named(Place::ALL, Place::word, &known.place),
        time: named(Time::ALL, Time::word, &known.time),
        overcast: !known.weather.is_empty(),
        action: named(Action::ALL, Action::word, &known.action),
        size: named(Size::ALL, Size::word, &known.size),
        movement: named(Move::ALL, Move::word, &known.movement),
    }
}

/// A scene as a writer would write it.
fn script(scene: &StagedScene) -> String {
    let name = |actor: &Actor| actor.subject.word().to_uppercase();
    let names: Vec<String> = scene.subjects.iter().map(name).collect();
    let heading = format!(
        "{} {} - {}",
        if inside(scene.place) { "INT." } else { "EXT." },
        scene.place.word().to_uppercase(),
        scene.time.word().to_uppercase()
    );
    let weather = if scene.overcast { "[[weather: overcast]]\n\n" } else { "" };
    let size = scene.size.word().to_uppercase();
    let on = if names.is_empty() { String::new() } else { format!(" ON {}", names.join(" AND ")) };
    let line = format!("!! {size}{on} [[{}, {SECONDS}s]]", scene.movement.word());
    let mut acts = String::new();
    for (at, name) in names.iter().enumerate() {
        let joins = at == 0 || matches!(scene.action, Action::Dance | Action::Jump);
        let action = if joins { scene.action } else { Action::Stand };
        acts.push_str(&format!("{name} {}. ", acted(action)));
    }
    let cast: String = scene.subjects.iter().map(|actor| entry(*actor, &name(actor))).collect();
    format!(
        "[[film: cards off]]\n\n{heading}\n\n{weather}{line}\n\n{}\n\n# Cast\n\n{cast}",
        acts.trim_end()
    )
}

fn inside(place: Place) -> bool {
    matches!(place, Place::Stage | Place::Ballroom | Place::Castle | Place::Room | Place::Backdrop)
}

fn acted(action: Action) -> &'static str {
    match action {
        Action::Stand => "stands still",
        Action::Walk => "walks",
        Action::Run => "runs",
        Action::Dance => "dances",
        Action::Jump => "jumps",
        Action::OpenMouth => "opens the mouth",
    }
}

fn entry(actor: Actor, name: &str) -> String {
    let kind = match actor.subject {
        thing if thing.is_thing() => "prop",
        Subject::Couple | Subject::Crowd => "group",
        _ => "cast",
    };
    let coat = actor.colour.map(|colour| format!(", wearing a {} coat", colour.word()));
    format!("[[{kind}: {name}, {}{}]]\n", actor.subject.word(), coat.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use photoplay::breakdown::prompts::lower::lower;

    use super::*;
    use crate::stage::{Rng, vocabulary};

    /// Whatever the stage can show, the film of its script shows, and every still that
    /// the reel asks for has the caption of what the stage draws for it.
    #[test]
    fn the_film_of_a_scene_means_the_scene() {
        let (words, fingerprint) = (vocabulary(), filmed_by(&vocabulary(), Some(Place::Backdrop)));
        let mut rng = Rng::new(3);
        for _ in 0..200 {
            let drawn = super::super::scene::drawn(&mut rng);
            // No weather comes inside.
            let scene = StagedScene { overcast: drawn.overcast && !inside(drawn.place), ..drawn };
            let text = script(&scene);
            let mut sources = Sources::default();
            let id = sources.add("scene.play", text.clone());
            let analysis = analyze(&mut sources, id, Strictness::Strict);
            assert!(!analysis.has_errors(), "{text}\n{:?}", analysis.diagnostics);
            assert_eq!(analysis.list.shots.len(), 1, "{text}");
            let film = Film::new(&fingerprint, &scene);
            assert_eq!(film.scene(), scene, "{text}");
            let stills = film.stills();
            assert!(stills[0].scene.subjects.is_empty(), "the set comes first");
            let grammar = &film.list.vocabulary.grammar;
            for Still { scene: shown, prompt } in stills {
                assert!(shown.subjects.iter().all(|one| scene.subjects.contains(one)), "{prompt}");
                let description = super::super::scene::described(&shown);
                let caption = lower("toy-theatre", &description, Some(&words), grammar);
                assert_eq!(caption.expect("renders"), prompt);
            }
        }
    }
}
