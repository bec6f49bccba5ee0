//! Draws random scenes and renders them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use image::RgbImage;
use photoplay::breakdown::description::Description;
use photoplay::model::ModelWords;
use photoplay::shoot::plan::ModelFingerprint;
use tiny_skia::{Pixmap, Transform};

use super::art::Art;
use super::art::Error;
use super::cast::{Action, Actor, Move, Place, Size, Subject, Time};
use super::film::{Film, Still, filmed_by};
use super::paint::Painter;
use super::puppet::{FEET, MEDIUM, Puppet, Workshop};
use super::rng::Rng;
use super::scene::{Edition, HEIGHT, KEY, PLATE, StagedScene, WIDTH, described, drawn};
use super::sets::{Hour, LAYERS, Weather};
use super::{figures, motion, paint, sets, world};

/// The marks, each in the middle of a latent token's column.
const CENTRE: f32 = 144.0;
const BESIDE: [f32; 2] = [80.0, 208.0];

/// The painted area beyond the picture's left, top and lower edge, in pixels.
pub(super) const MARGIN: (f32, f32, f32) = (100.0, 80.0, 64.0);
/// How fast the layers follow the camera, back to front.
const DEPTHS: [f32; LAYERS] = [0.5, 0.75, 1.0];

/// One set in one light, for one shot size.
struct Set {
    layers: [Pixmap; LAYERS],
    /// As a resting camera sees it: in most frames, and in every first one.
    opening: Pixmap,
}

/// Everything that the stage can show.
pub(crate) struct Stage {
    pub(super) art: Art,
    workshop: Workshop,
    words: ModelWords,
    edition: Edition,
    /// Who films scenes: with the weights of today, and with those of the second edition,
    /// whose figures stand before a key colour.
    filmed_by: [ModelFingerprint; 2],
    /// Painted when first needed.
    sets: Vec<OnceLock<Set>>,
}

impl Stage {
    /// Opens the stage with the art of a folder.
    pub(crate) fn load(art: &Path) -> Result<Self, Error> {
        Ok(Self::of_art(Art::load(art)?))
    }

    fn of_art(art: Art) -> Self {
        let count = Place::ALL.len() * Time::ALL.len() * Size::ALL.len() * 2;
        Self {
            art,
            workshop: Workshop::default(),
            filmed_by: [None, Some(Place::Backdrop)]
                .map(|ground| filmed_by(&world::vocabulary(), ground)),
            words: world::vocabulary(),
            edition: Edition::First,
            sets: (0..count).map(|_| OnceLock::new()).collect(),
        }
    }

    /// The same for another edition.
    pub(crate) fn of_edition(self, edition: Edition) -> Self {
        Self { edition, ..self }
    }

    pub(crate) fn edition(&self) -> Edition {
        self.edition
    }

    /// The first frames of a scene as Photoplay films it, at twelve per second.
    pub(crate) fn film(&self, scene: &StagedScene, frames: u32) -> Vec<RgbImage> {
        let draw = |still: &StagedScene| {
            if still.subjects.is_empty() {
                self.plate(still)
            } else {
                self.render(still, 1).remove(0)
            }
        };
        Film::new(&self.filmed_by[0], scene).render(draw, frames)
    }

    /// A scene as the network is told of it when Photoplay films it.
    pub(crate) fn told(&self, scene: &StagedScene) -> StagedScene {
        Film::new(&self.filmed_by[0], scene).scene()
    }

    /// The stills that the reel of a scene will ask the second edition for.
    pub(crate) fn stills(&self, scene: &StagedScene) -> Vec<Still> {
        Film::new(&self.filmed_by[1], scene).stills()
    }

    /// A still that the reel asks for: a set, or a figure before the key colour.
    pub(crate) fn still(&self, still: &Still) -> RgbImage {
        let Still { scene, .. } = still;
        if scene.subjects.is_empty() { self.plate(scene) } else { self.keyed(scene, false) }
    }

    /// The words that the stage can show, each with the words that mean it.
    pub(crate) fn words(&self) -> ModelWords {
        self.words.clone()
    }

    /// A random scene to learn from.
    #[allow(clippy::unused_self, reason = "what can be drawn is the stage's")]
    pub(crate) fn draw(&self, rng: &mut Rng) -> StagedScene {
        std::iter::repeat_with(|| drawn(rng)).find(|scene| !scene.is_held_out()).expect("endless")
    }

    /// A random scene that no network learns from.
    #[allow(clippy::unused_self, reason = "what can be drawn is the stage's")]
    pub(crate) fn draw_held_out(&self, rng: &mut Rng) -> StagedScene {
        std::iter::repeat_with(|| drawn(rng)).find(StagedScene::is_held_out).expect("endless")
    }

    /// Describes the scene in the words of a shot.
    #[allow(clippy::unused_self, reason = "what can be drawn is the stage's")]
    pub(crate) fn description(&self, scene: &StagedScene) -> Description {
        described(scene)
    }

    /// The first frames of a scene, at twelve per second.
    pub(crate) fn render(&self, scene: &StagedScene, frames: u32) -> Vec<RgbImage> {
        self.render_at(scene, 0..frames)
    }

    /// Some frames of a scene, at twelve per second.
    pub(crate) fn render_at(
        &self,
        scene: &StagedScene,
        frames: impl IntoIterator<Item = u32>,
    ) -> Vec<RgbImage> {
        let hour = hour(scene);
        let set = self.set(scene);
        let puppets: Vec<Puppet> = scene
            .subjects
            .iter()
            .enumerate()
            .map(|(i, actor)| {
                let mark = if scene.subjects.len() > 1 { BESIDE[i % 2] } else { CENTRE };
                let lit = (scene.place != Place::Backdrop).then_some(hour);
                Puppet::new(*actor, scene.size, mark, i > 0, lit)
            })
            .collect();
        let resting = motion::camera(Move::Static, 0);
        let mut pictures = Vec::new();
        for frame in frames {
            let camera = motion::camera(scene.movement, frame);
            let mut canvas = if camera == resting {
                set.opening.clone()
            } else {
                backdrop_at(&set.layers, camera)
            };
            for (i, puppet) in puppets.iter().enumerate() {
                let joins = i == 0 || matches!(scene.action, Action::Dance | Action::Jump);
                let action = if joins { scene.action } else { Action::Stand };
                puppet.show(
                    &self.workshop,
                    &self.art,
                    &mut canvas,
                    camera,
                    motion::pose(puppet.actor.subject, action, frame),
                );
            }
            pictures.push(photographed(&canvas));
        }
        pictures
    }

    /// The set of a scene with nobody in it, wider than the frame.
    pub(crate) fn plate(&self, scene: &StagedScene) -> RgbImage {
        let set = self.set(scene);
        let [width, height] = PLATE;
        let beyond = (width - WIDTH) as f32 / 2.0;
        let mut canvas = Pixmap::new(width, height).expect("pictures are not empty");
        for layer in &set.layers {
            let shift = Transform::from_translate(beyond - MARGIN.0, -MARGIN.1);
            paint::lay(&mut canvas, layer, shift);
        }
        photographed(&canvas)
    }

    /// A figure of a scene alone before the key colour, as large as the frame.
    pub(crate) fn keyed(&self, scene: &StagedScene, mirrored: bool) -> RgbImage {
        self.before(KEY, scene, mirrored)
    }

    fn before(&self, [red, green, blue]: [u8; 3], scene: &StagedScene, mirrored: bool) -> RgbImage {
        let mut canvas = Pixmap::new(WIDTH, HEIGHT).expect("pictures are not empty");
        canvas.fill(tiny_skia::Color::from_rgba8(red, green, blue, 255));
        for actor in &scene.subjects {
            let puppet = Puppet::new(*actor, scene.size, CENTRE, mirrored, None);
            let mouth = if scene.action == Action::OpenMouth { 1.0 } else { 0.0 };
            let pose = motion::Pose { mouth, ..motion::pose(actor.subject, Action::Stand, 0) };
            let camera = motion::camera(Move::Static, 0);
            puppet.show(&self.workshop, &self.art, &mut canvas, camera, pose);
        }
        photographed(&canvas)
    }

    /// The reference picture of an actor: alone and at rest before the white backdrop or
    /// the key colour, as the model casts them.
    pub(crate) fn portrait(&self, actor: Actor) -> RgbImage {
        let scene = StagedScene {
            subjects: vec![actor],
            place: Place::Backdrop,
            time: Time::Day,
            overcast: false,
            action: Action::Stand,
            size: Size::Medium,
            movement: Move::Static,
        };
        match self.edition {
            Edition::First => self.render(&scene, 1).remove(0),
            Edition::Second => self.keyed(&scene, false),
        }
    }

    fn set(&self, scene: &StagedScene) -> &Set {
        let StagedScene { place, time, size, .. } = *scene;
        let hour = hour(scene);
        let index = ((place as usize * Time::ALL.len() + time as usize) * Size::ALL.len()
            + size as usize)
            * 2
            + usize::from(hour.weather != Weather::Clear);
        self.sets[index].get_or_init(|| {
            let layers = std::array::from_fn(|layer| {
                let (nearer, pivot) = match size {
                    Size::Wide => (1.0, 118.0),
                    Size::Medium => (1.3, 118.0),
                    Size::CloseUp => (1.9, 108.0),
                };
                let transform = Transform::from_row(
                    nearer,
                    0.0,
                    0.0,
                    nearer,
                    MARGIN.0 + CENTRE * (1.0 - nearer),
                    MARGIN.1 + 118.0 - pivot * nearer,
                );
                let width = WIDTH + 2 * MARGIN.0 as u32;
                let height = HEIGHT + (MARGIN.1 + MARGIN.2) as u32;
                let mut painter = Painter::new((width, height), transform, hour.light(), &self.art);
                sets::paint(&mut painter, place, layer, hour);
                if size == Size::CloseUp {
                    paint::blur(&mut painter.pixmap, 2);
                }
                painter.pixmap
            });
            let opening = backdrop_at(&layers, motion::camera(Move::Static, 0));
            Set { layers, opening }
        })
    }
}

fn hour(scene: &StagedScene) -> Hour {
    let weather = if scene.overcast { Weather::Overcast } else { Weather::Clear };
    Hour { time: scene.time.into(), weather }
}

fn backdrop_at(layers: &[Pixmap; LAYERS], camera: motion::CameraPosition) -> Pixmap {
    let mut canvas = Pixmap::new(WIDTH, HEIGHT).expect("pictures are not empty");
    for (layer, depth) in layers.iter().zip(DEPTHS) {
        let transform = camera.sees(depth).pre_translate(-MARGIN.0, -MARGIN.1);
        paint::lay(&mut canvas, layer, transform);
    }
    canvas
}

pub(super) fn photographed(canvas: &Pixmap) -> RgbImage {
    let rgb =
        canvas.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(canvas.width(), canvas.height(), rgb).expect("three bytes a pixel")
}

/// Where the mouths of those are who speak, on a medium shot: the middle in shares of its
/// width and height, and the reach to one side in shares of its height.
pub(crate) fn mouths() -> BTreeMap<String, [f32; 3]> {
    let (width, height) = (WIDTH as f32, HEIGHT as f32);
    let speaks = |subject: &Subject| Some((*subject, figures::mouth(*subject)?));
    let place = |(subject, (x, y, reach)): (Subject, (f32, f32, f32))| {
        let place =
            [(CENTRE + MEDIUM * x) / width, (FEET + MEDIUM * y) / height, MEDIUM * reach / height];
        (subject.word().to_owned(), place.map(|share| (share * 1e4).round() / 1e4))
    };
    Subject::ALL.iter().filter_map(speaks).map(place).collect()
}

#[cfg(test)]
mod tests {
    use photoplay::breakdown::language::vocabulary::Vocabulary;
    use photoplay::breakdown::prompts::lower::lower;
    use photoplay::model::Slot;
    use photoplay::reel::{Matte, cut};

    use super::*;
    use crate::stage::Colour;

    #[test]
    fn every_word_of_the_world_can_be_shown() {
        let words = world::vocabulary();
        let same = |slot: &Slot, shown: &[&str]| {
            assert_eq!(slot.fallback(), shown.first().copied());
            let mut slot: Vec<&str> = slot.canonical().collect();
            let mut shown = shown.to_vec();
            slot.sort_unstable();
            shown.sort_unstable();
            assert_eq!(slot, shown);
        };
        same(&words.subjects, &Subject::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.places, &Place::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.times, &Time::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.actions, &Action::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.sizes, &Size::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.moves, &Move::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        same(&words.colours, &Colour::ALL.iter().map(|x| x.word()).collect::<Vec<_>>());
        assert_eq!(words.dressed, Subject::DRESSED.iter().map(|x| x.word()).collect::<Vec<_>>());
    }

    #[test]
    fn a_caption_says_what_is_staged() {
        let words = world::vocabulary();
        let mut rng = Rng::new(1);
        for _ in 0..500 {
            let scene = drawn(&mut rng);
            let who: Vec<String> = scene
                .subjects
                .iter()
                .map(|actor| match actor.colour {
                    Some(colour) => format!("{} {}", colour.word(), actor.subject.word()),
                    None => actor.subject.word().to_owned(),
                })
                .collect();
            let expected = format!(
                "{}. {}. {}. {}. {}{}. {}.",
                scene.size.word(),
                who.join(" and "),
                scene.action.word(),
                scene.place.word(),
                scene.time.word(),
                if scene.overcast { ", overcast" } else { "" },
                scene.movement.word(),
            );
            let grammar = &Vocabulary::standard().grammar;
            let caption = lower("toy-theatre", &described(&scene), Some(&words), grammar);
            let caption = caption.expect("renders");
            assert_eq!(caption, expected);
        }
    }

    #[test]
    fn everyday_words_mean_what_the_stage_can_show() {
        let words = world::vocabulary();
        for (slot, text, meant) in [
            (&words.subjects, "a mechanical mammoth of gears and metal plates", "mammoth"),
            (&words.subjects, "a watchmaker in her early thirties, copper curls", "woman"),
            (&words.subjects, "an old man with a white beard", "old man"),
            (&words.subjects, "a striped marsupial wolf", "thylacine"),
            (&words.subjects, "forty dock workers in oilskins with lanterns", "crowd"),
            (&words.subjects, "a tall green ledger with brass corners", "book"),
            (&words.subjects, "a tin man, a robot with a funnel for a hat", "tin man"),
            (&words.subjects, "a woman of forty, grey eyes, dark pinned hair", "woman"),
            (&words.subjects, "a girl of twelve, cropped red hair", "girl"),
            (&words.places, "harbour office", "room"),
            (&words.places, "quay", "harbour"),
            (&words.places, "ballroom", "ballroom"),
            (&words.places, "drawing room", "room"),
            (&words.places, "castle throne hall", "castle"),
            (&words.actions, "Tusk lumbers between the towers", "walk"),
            (&words.actions, "the thylacine opens its mouth wide", "open mouth"),
            (&words.actions, "the bull runs at the matador", "run"),
            (&words.colours, "a bottle-green coat", "green"),
            (&words.times, "dawn", "dusk"),
        ] {
            assert_eq!(slot.first(text), Some(meant), "{text}");
        }
    }

    #[test]
    fn motion_begins_from_standing_still() {
        for &movement in Move::ALL {
            assert_eq!(motion::camera(movement, 0), motion::camera(Move::Static, 0));
        }
        for &action in Action::ALL {
            let stand = motion::pose(Subject::Man, Action::Stand, 0);
            assert_eq!(motion::pose(Subject::Man, action, 0), stand);
        }
    }

    /// What the reel cuts out is what the stage has painted: how far a pixel is a figure's
    /// follows from its colours before black and before white.
    #[test]
    fn the_reel_cuts_figures_from_the_key_colour() {
        // Those that need no art.
        let stage = Stage::of_art(Art::none());
        for subject in [Subject::Thylacine, Subject::Scarecrow, Subject::TinMan] {
            let actor = Actor { subject, colour: None };
            for size in [Size::Medium, Size::CloseUp] {
                let scene = StagedScene {
                    subjects: vec![actor],
                    place: Place::Backdrop,
                    time: Time::Day,
                    overcast: false,
                    action: Action::Stand,
                    size,
                    movement: Move::Static,
                };
                let [black, white] = [0, 255].map(|value| stage.before([value; 3], &scene, false));
                let keyed = stage.keyed(&scene, false);
                let figure = cut(&keyed, &keyed, Matte::Key(KEY)).expect("somebody is there");
                let mut wrong = 0.0;
                for (x, y, pixel) in figure.enumerate_pixels() {
                    let [dark, light] =
                        [&black, &white].map(|picture| i32::from(picture.get_pixel(x, y)[1]));
                    let alpha = 255 - (light - dark);
                    wrong += f64::from((alpha - i32::from(pixel[3])).abs()) / 255.0;
                    let [r, g, b, a] = pixel.0.map(i32::from);
                    assert!(a < 8 || r.min(b) - g < 110, "{subject:?}: {pixel:?} at {x} {y}");
                }
                let mean = wrong / f64::from(WIDTH * HEIGHT);
                assert!(mean <= 0.02, "{subject:?} {size:?}: {mean}");
            }
        }
    }
}
