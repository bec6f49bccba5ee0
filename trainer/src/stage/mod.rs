//! The stage: composes labelled toy-theatre scenes without end.
//!
//! Little is left to chance: a set looks the same every night, figures have
//! one height per shot size and stand on fixed marks, motion begins in fixed
//! phase. A small network learns such a world in an hour. Knows no networks.

mod art;
mod cast;
mod figures;
mod motion;
mod paint;
mod rng;
mod sets;
mod sheet;

use std::path::Path;
use std::sync::OnceLock;

use image::RgbImage;
use photoplay::breakdown::description::{Depicted, Description, Setting};
use photoplay::model::Words;
use tiny_skia::{Color, FilterQuality, Pixmap, PixmapPaint, Transform};

pub use art::Error;
pub use cast::{Action, Colour, Move, Place, Size, Subject, Time};
pub use rng::Rng;
pub use sheet::{sheet, words};

use art::Art;
use paint::{Light, Painter};
use sets::{Hour, LAYERS};

/// Width of every picture, in pixels.
pub const WIDTH: u32 = 288;
/// Height of every picture, in pixels.
pub const HEIGHT: u32 = 160;

/// Pixels of a medium shot per figure unit: an adult is 112 pixels high.
const MEDIUM: f32 = 1.12;
/// The marks: every one in the middle of a latent token's column.
const CENTRE: f32 = 144.0;
const BESIDE: [f32; 2] = [80.0, 208.0];
/// Where feet stand in a medium shot.
const FEET: f32 = 146.0;

/// Painted beyond the picture's left, top and lower edge, in pixels.
const MARGIN: (f32, f32, f32) = (100.0, 80.0, 64.0);
/// How fast the layers follow the camera, back to front.
const DEPTHS: [f32; LAYERS] = [0.5, 0.75, 1.0];

/// The figure canvas: left edge, top, width and height in figure units.
const CANVAS: (f32, f32, f32, f32) = (-104.0, -134.0, 208.0, 148.0);

/// Somebody or something on the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub subject: Subject,
    /// The colour of the clothes, where the label says it.
    pub colour: Option<Colour>,
}

/// One labelled scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// None, one or two; the first acts, a second faces the first.
    pub subjects: Vec<Actor>,
    /// Where.
    pub place: Place,
    /// When.
    pub time: Time,
    /// Grey sky and flat light.
    pub overcast: bool,
    /// What the first subject does (in a dance or a jump the second joins in).
    pub action: Action,
    /// How large.
    pub size: Size,
    /// What the camera does.
    pub movement: Move,
}

/// The layers of one set, painted when first needed.
type Set = OnceLock<[Pixmap; LAYERS]>;

/// Everything that can be shown.
pub struct Stage {
    art: Art,
    words: Words,
    sets: Vec<Set>,
}

impl Stage {
    /// Opens the stage with the art of a folder.
    pub fn load(art: &Path) -> Result<Self, Error> {
        let count = Place::ALL.len() * Time::ALL.len() * Size::ALL.len() * 2;
        Ok(Self {
            art: Art::load(art)?,
            words: sheet::vocabulary(),
            sets: (0..count).map(|_| OnceLock::new()).collect(),
        })
    }

    /// The words the stage can show, each with the words that mean it.
    pub fn words(&self) -> Words {
        self.words.clone()
    }

    /// A random scene.
    pub fn draw(&self, rng: &mut Rng) -> Scene {
        let count = rng.weighted(&[(1, 0.7), (2, 0.25), (0, 0.05)]);
        let mut subjects: Vec<Actor> = Vec::new();
        while subjects.len() < count {
            let subject = rng.one_of(Subject::ALL);
            let colour = (Subject::DRESSED.contains(&subject) && rng.chance(0.75))
                .then(|| rng.one_of(Colour::ALL));
            if subjects.iter().all(|other| other.subject != subject) {
                subjects.push(Actor { subject, colour });
            }
        }
        let action = match subjects.first().map(|first| first.subject) {
            None => Action::Stand,
            Some(who) if who.is_thing() => rng.weighted(&[
                (Action::Stand, 0.88),
                (Action::Walk, 0.03),
                (Action::Run, 0.03),
                (Action::Dance, 0.03),
                (Action::Jump, 0.03),
            ]),
            Some(who) if who.is_vehicle() => rng.weighted(&[
                (Action::Stand, 0.4),
                (Action::Walk, 0.25),
                (Action::Run, 0.25),
                (Action::Dance, 0.05),
                (Action::Jump, 0.05),
            ]),
            Some(_) => rng.weighted(&[
                (Action::Stand, 0.36),
                (Action::Walk, 0.16),
                (Action::Run, 0.12),
                (Action::Dance, 0.12),
                (Action::Jump, 0.12),
                (Action::OpenMouth, 0.12),
            ]),
        };
        Scene {
            place: rng.one_of(Place::ALL),
            time: rng.one_of(Time::ALL),
            overcast: rng.chance(0.2),
            action,
            size: if subjects.is_empty() {
                rng.weighted(&[(Size::Wide, 0.7), (Size::Medium, 0.3)])
            } else {
                rng.weighted(&[(Size::Medium, 0.45), (Size::Wide, 0.25), (Size::CloseUp, 0.3)])
            },
            movement: rng.weighted(&[
                (Move::Static, 0.45),
                (Move::PushIn, 0.13),
                (Move::PullBack, 0.11),
                (Move::PanLeft, 0.11),
                (Move::PanRight, 0.11),
                (Move::TiltUp, 0.09),
            ]),
            subjects,
        }
    }

    /// The scene in the words of a shot.
    pub fn description(&self, scene: &Scene) -> Description {
        let depicted = |actor: &Actor| Depicted {
            called: format!("the {}", actor.subject.word()),
            words: actor.subject.word().to_owned(),
            outfit: actor
                .colour
                .map(|colour| format!("a {} coat", colour.word()))
                .unwrap_or_default(),
            ..Depicted::default()
        };
        Description {
            size: scene.size.word().to_owned(),
            movement: scene.movement.word().to_owned(),
            subjects: scene.subjects.iter().map(depicted).collect(),
            action: scene.action.word().to_owned(),
            place: Setting { name: scene.place.word().to_owned(), ..Setting::default() },
            time: scene.time.word().to_owned(),
            weather: if scene.overcast { "overcast".to_owned() } else { String::new() },
            ..Description::default()
        }
    }

    /// The first frames of a scene, twelve a second.
    pub fn render(&self, scene: &Scene, frames: u32) -> Vec<RgbImage> {
        let hour = Hour { time: scene.time, overcast: scene.overcast };
        let set = self.set(scene.place, hour, scene.size);
        let mut puppets: Vec<Puppet> = scene
            .subjects
            .iter()
            .enumerate()
            .map(|(i, actor)| {
                let mark = if scene.subjects.len() > 1 { BESIDE[i % 2] } else { CENTRE };
                Puppet::new(*actor, scene.size, mark, i > 0, hour.on_figures())
            })
            .collect();
        let mut backdrop: Option<(motion::Camera, Pixmap)> = None;
        let mut pictures = Vec::with_capacity(frames as usize);
        for frame in 0..frames {
            let camera = motion::camera(scene.movement, frame);
            let mut canvas = match &backdrop {
                Some((at, painted)) if *at == camera => painted.clone(),
                _ => {
                    let painted = backdrop_at(set, camera);
                    backdrop = Some((camera, painted.clone()));
                    painted
                }
            };
            for (i, puppet) in puppets.iter_mut().enumerate() {
                let joins = i == 0 || matches!(scene.action, Action::Dance | Action::Jump);
                let action = if joins { scene.action } else { Action::Stand };
                puppet.show(
                    &self.art,
                    &mut canvas,
                    camera,
                    motion::pose(puppet.actor.subject, action, frame),
                    true,
                );
            }
            pictures.push(photographed(&canvas));
        }
        pictures
    }

    /// The reference picture of a scene's subject: alone on the centre mark of
    /// a white medium shot, in neutral light.
    pub fn reference(&self, scene: &Scene, subject: usize) -> RgbImage {
        self.portrait(scene.subjects[subject])
    }

    /// The reference picture of an actor.
    pub fn portrait(&self, actor: Actor) -> RgbImage {
        let mut canvas = Pixmap::new(WIDTH, HEIGHT).expect("pictures are not empty");
        canvas.fill(Color::WHITE);
        let mut puppet = Puppet::new(actor, Size::Medium, CENTRE, false, Light::NEUTRAL);
        let pose = motion::pose(actor.subject, Action::Stand, 0);
        puppet.show(&self.art, &mut canvas, motion::camera(Move::Static, 0), pose, false);
        photographed(&canvas)
    }

    fn set(&self, place: Place, hour: Hour, size: Size) -> &[Pixmap; LAYERS] {
        let index = ((place as usize * Time::ALL.len() + hour.time as usize) * Size::ALL.len()
            + size as usize)
            * 2
            + usize::from(hour.overcast);
        self.sets[index].get_or_init(|| {
            std::array::from_fn(|layer| {
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
            })
        })
    }
}

fn backdrop_at(set: &[Pixmap; LAYERS], camera: motion::Camera) -> Pixmap {
    let mut canvas = Pixmap::new(WIDTH, HEIGHT).expect("pictures are not empty");
    for (layer, depth) in set.iter().zip(DEPTHS) {
        let transform = camera.sees(depth).pre_translate(-MARGIN.0, -MARGIN.1);
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        canvas.draw_pixmap(0, 0, layer.as_ref(), &paint, transform, None);
    }
    canvas
}

fn photographed(canvas: &Pixmap) -> RgbImage {
    let rgb =
        canvas.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(WIDTH, HEIGHT, rgb).expect("three bytes a pixel")
}

/// A figure cut out of board, on its mark.
struct Puppet {
    actor: Actor,
    light: Light,
    /// Pixels per figure unit.
    scale: f32,
    /// Pixels of this shot per pixel of movement in a medium shot.
    stride: f32,
    /// Where the feet stand.
    feet: (f32, f32),
    /// Looks to the left.
    mirrored: bool,
    /// Painted so far, by how far the mouth is open in quarters.
    boards: [Option<Pixmap>; 5],
}

impl Puppet {
    fn new(actor: Actor, size: Size, mark: f32, mirrored: bool, light: Light) -> Self {
        let (scale, stride, feet) = match size {
            Size::Medium => (MEDIUM, 1.0, (mark, FEET)),
            Size::Wide => (0.6 * MEDIUM, 0.6, (mark, 138.0)),
            Size::CloseUp => {
                let focus = figures::focus(actor.subject);
                let scale = MEDIUM * focus.nearer;
                let way = if mirrored { -1.0 } else { 1.0 };
                (scale, 1.0, (mark - way * focus.at.0 * scale, 82.0 - focus.at.1 * scale))
            }
        };
        Self { actor, light, scale, stride, feet, mirrored, boards: [const { None }; 5] }
    }

    fn show(
        &mut self,
        art: &Art,
        canvas: &mut Pixmap,
        camera: motion::Camera,
        pose: motion::Pose,
        shadow: bool,
    ) {
        let way = if self.mirrored { -1.0 } else { 1.0 };
        let stands = camera
            .sees(1.0)
            .pre_translate(self.feet.0 + way * pose.along * self.stride, self.feet.1)
            .pre_scale(way, 1.0);
        let (scale, light, actor) = (self.scale, self.light, self.actor);
        if shadow {
            paint::shadow(canvas, stands, (42.0 * scale, 7.0 * scale));
        }
        let board = self.boards[(pose.mouth * 4.0) as usize].get_or_insert_with(|| {
            let transform = Transform::from_scale(scale, scale).pre_translate(-CANVAS.0, -CANVAS.1);
            let size = ((CANVAS.2 * scale).ceil() as u32, (CANVAS.3 * scale).ceil() as u32);
            let mut painter = Painter::new(size, transform, light, art);
            figures::paint(&mut painter, actor.subject, actor.colour, pose.mouth);
            painter.pixmap
        });
        let transform = stands
            .pre_translate(0.0, -pose.up * self.stride)
            .pre_concat(Transform::from_rotate(pose.lean))
            .pre_scale(1.0, pose.tall)
            .pre_translate(CANVAS.0 * scale, CANVAS.1 * scale);
        let paint = PixmapPaint { quality: FilterQuality::Bilinear, ..PixmapPaint::default() };
        canvas.draw_pixmap(0, 0, board.as_ref(), &paint, transform, None);
    }
}
