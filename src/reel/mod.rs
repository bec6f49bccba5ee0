//! The story reel: stills that a network made, moved by the blocking, as a paper theatre
//! moves its figures of board.
//!
//! ```text
//! plate ──thrown on floor and backdrop─┐
//! cutout ─turned, lit──────────────────┼─by the blocking, at a moment→ frame
//! cutout ─…────────────────────────────┘
//! ```
//!
//! For a model that makes no cutouts, the reel moves one still of the whole shot as far as
//! the still allows. Knows one shot and its stills; does not know networks, films or files.

mod air;
mod back;
mod cutout;
mod figure;
mod key;
mod matte;
mod picture;
mod plate;
mod raster;
mod score;

use std::collections::BTreeMap;
use std::sync::Arc;

use image::{RgbImage, RgbaImage};
use serde::Serialize;

use self::air::Air;
use self::cutout::{Cutout, CutoutLook};
use self::figure::{PictureSize, PosedCutout, Turns, cutout_height, posed};
use self::key::cut_from_key;
pub use self::matte::NightShare;
use self::matte::cut_out;
use self::picture::MovedPicture;
use self::plate::Plate;
use self::raster::{Raster, numbers};
pub use self::score::{CutScore, measure_cut};
use crate::blocking::aboard;
use crate::blocking::figure::Posture;
use crate::blocking::geometry::CameraPose;
use crate::blocking::set::Surface;
use crate::blocking::staged::{Blocking, Moment};

/// Raise it when equal shots get different pixels.
pub const REVISION: u32 = 4;

/// A shot as the reel shows it. Its stills are numbered: 0 is the plate, or the whole picture.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReelShot {
    /// Where everybody stands, and where the camera is.
    pub blocking: Arc<Blocking>,
    /// The figures that have a cutout.
    pub cutouts: Vec<CutoutUse>,
    /// Light on the cutouts: a factor of red, green and blue.
    pub light: [f32; 3],
    /// How the stills separate the figures from their background.
    pub matte: Matte,
    /// Where the floor begins and ends on the plate, as shares of its height.
    pub floor: [f32; 2],
    /// What its first still shows.
    pub first: FirstStill,
}

/// What the first still of a shot shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstStill {
    /// The set with nobody in it: a plate.
    #[default]
    Set,
    /// The shot as it begins, with everybody in it.
    Everybody,
}

/// How the stills separate a figure from its background.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Matte {
    /// Two stills in one set, by day and by night, and how much light the night leaves.
    Night(NightShare),
    /// One still in front of this colour (red, green, blue); it stands for both of a pair.
    Key([u8; 3]),
}

/// Two stills of one figure in one set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StillPair {
    /// The bright one, whose colours count.
    pub by_day: usize,
    /// The dark one, which shows what belongs to the figure.
    pub by_night: usize,
}

/// A cutout and the figures that it shows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CutoutUse {
    /// Indices into the figures of the blocking; several if one cutout shows all of them.
    pub figures: Vec<usize>,
    /// The stills of the whole figure.
    pub full: StillPair,
    /// The stills of its head and shoulders.
    pub close: Option<StillPair>,
    /// Where its mouth is on the still of the whole figure: the middle in shares of its
    /// width and height, and the reach to one side in shares of its height.
    pub mouth: Option<[f32; 3]>,
}

impl ReelShot {
    /// A digest of everything that decides its pixels but its stills.
    pub fn digest(&self) -> blake3::Hash {
        let meaning = serde_json::to_vec(&(REVISION, self)).expect("plain data becomes JSON");
        blake3::hash(&meaning)
    }
}

/// Whether a figure comes so near in a shot that its cutout needs a near still of its head.
pub fn comes_near(blocking: &Blocking, figure: usize) -> bool {
    nearest(blocking, figure) > NEAR
}

/// Cutouts higher than this, in heights of the picture, are near.
const NEAR: f64 = 0.62;
/// Moments of a shot that are looked at.
const MOMENTS: u32 = 16;

/// The largest height of a figure's cutout over a shot, in heights of the picture.
fn nearest(blocking: &Blocking, figure: usize) -> f64 {
    blocking
        .moments(MOMENTS)
        .filter_map(|seconds| {
            let camera = blocking.camera_at(seconds);
            let pose = blocking.figures[figure].path.at(blocking.begins + seconds);
            let depth = camera.seen_from(pose.feet).z;
            let half = (camera.field_of_view.to_radians() / 2.0).tan();
            (depth > 0.2).then(|| blocking.figures[figure].height / (2.0 * half * depth))
        })
        .map(cutout_height)
        .fold(0.0, f64::max)
}

/// The figure on its stills, cut out: red, green, blue and how far a pixel is the figure's,
/// not multiplied. `None` if nobody is there. By a key colour only the first still counts.
pub fn cut(day: &RgbImage, night: &RgbImage, matte: Matte) -> Option<RgbaImage> {
    let figure = cut_by(&numbers(day), &numbers(night), matte)?;
    let byte = |value: f32| (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
    let bytes = figure.pixels.iter().flat_map(|pixel| pixel.map(byte)).collect();
    RgbaImage::from_raw(day.width(), day.height(), bytes)
}

fn cut_by(day: &Raster<3>, night: &Raster<3>, matte: Matte) -> Option<Raster<4>> {
    match matte {
        Matte::Night(share) => cut_out(day, night, share),
        Matte::Key(key) => cut_from_key(day, key),
    }
}

/// A shot set up: its plate and its cutouts, ready to be drawn at one size.
pub struct PaperTheatre {
    shot: ReelShot,
    size: (u32, u32),
    /// Seconds of one frame.
    frame: f64,
    behind: Behind,
    actors: Vec<Actor>,
    /// The plate, as the camera saw it last.
    seen: Option<(CameraPose, Raster<3>)>,
    /// The last frame: while nobody moves, the next one is the same.
    last: Option<(Picture, RgbImage)>,
}

/// What decides the pixels of a frame: where the camera is at its beginning and its end,
/// and where each cutout is, if it is in view.
type Picture = [(CameraPose, Vec<Option<PosedCutout>>); 2];

/// The background of all cutouts.
enum Behind {
    Plate(Plate),
    Picture(MovedPicture),
}

/// A cutout with its part.
struct Actor {
    figures: Vec<usize>,
    cutout: Arc<Cutout>,
    turns: Turns,
}

/// Most pictures that one blurred by movement is the mean of.
const MOST_EXPOSURES: u32 = 9;
/// Movements up to this share of the picture's width a frame are sharp.
const SHARP: f64 = 0.012;
/// The blur of what is out of focus, as a share of the picture's height, where the focus
/// is as shallow as can be.
const BLUR: f64 = 0.022;

impl PaperTheatre {
    /// Sets a shot up for frames of `size` (width, height in pixels) that last `frame`
    /// seconds. `stills` has the numbers of the shot's stills; leaves out cutouts without a
    /// still.
    pub fn new(shot: &ReelShot, stills: &[RgbImage], size: (u32, u32), frame: f64) -> Self {
        let grey = RgbImage::from_pixel(16, 9, image::Rgb([128; 3]));
        let set = stills.first().unwrap_or(&grey);
        let (blocking, height) = (&shot.blocking, size.1 as usize);
        let behind = match shot.first {
            FirstStill::Set => {
                Behind::Plate(Plate::new(set, blocking, shot.floor.map(f64::from), height))
            }
            FirstStill::Everybody => Behind::Picture(MovedPicture::new(set, blocking, height)),
        };
        let mut made: BTreeMap<(StillPair, Option<StillPair>), Option<Arc<Cutout>>> =
            BTreeMap::new();
        let mut actors = Vec::new();
        for CutoutUse { figures, full, close, mouth } in &shot.cutouts {
            let height = figures.iter().map(|at| nearest(&shot.blocking, *at)).fold(0.0, f64::max);
            let pixels = height * f64::from(size.1);
            let cutout = made.entry((*full, *close)).or_insert_with(|| {
                let cut = |pair: &StillPair| {
                    let (day, night) = (stills.get(pair.by_day)?, stills.get(pair.by_night)?);
                    cut_by(&numbers(day), &numbers(night), shot.matte)
                };
                let close = close.as_ref().and_then(cut);
                Cutout::new(cut(full)?, close.as_ref(), *mouth, pixels as f32).map(Arc::new)
            });
            if let (Some(cutout), Some(first)) = (cutout, figures.first()) {
                actors.push(Actor {
                    figures: figures.clone(),
                    cutout: cutout.clone(),
                    turns: Turns::of(&shot.blocking, *first),
                });
            }
        }
        Self { shot: shot.clone(), size, frame, behind, actors, seen: None, last: None }
    }

    fn picture_size(&self) -> PictureSize {
        PictureSize { width: f64::from(self.size.0), height: f64::from(self.size.1) }
    }

    fn posed(&self, actor: usize, moment: &Moment, seconds: f64) -> Option<PosedCutout> {
        let Actor { figures, turns, .. } = &self.actors[actor];
        let figures: Vec<_> = figures
            .iter()
            .map(|at| (&self.shot.blocking.figures[*at], moment.figures[*at]))
            .collect();
        let own = &self.actors[actor].cutout;
        let cutout = (turns.at(seconds), own.speaks(), f64::from(own.aspect()));
        let alone = posed(&figures, &moment.camera, self.picture_size(), cutout, seconds)?;
        let carrier = self.carrier(actor, moment);
        let carrier = carrier.and_then(|carrier| self.posed(carrier, moment, seconds));
        Some(carrier.map_or(alone, |carrier| alone.inside(&carrier)))
    }

    /// The boat or car that a person is in.
    fn carrier(&self, actor: usize, moment: &Moment) -> Option<usize> {
        let figure = |actor: usize| {
            let first = *self.actors[actor].figures.first()?;
            Some((&self.shot.blocking.figures[first], &moment.figures[first]))
        };
        let (person, own) = figure(actor)?;
        let upright = person.shape.is_person() && own.posture != Posture::Lying;
        if !upright || own.feet.y <= 0.0 || moment.camera.tilt < aboard::INTO {
            return None;
        }
        (0..self.actors.len()).find(|other| {
            figure(*other).is_some_and(|(carrier, pose)| aboard::is_inside(own.feet, carrier, pose))
        })
    }

    /// Draws the frame at a time of the shot in seconds.
    pub fn draw(&mut self, seconds: f64) -> RgbImage {
        let picture = [0.0, self.frame / 2.0].map(|later| {
            let moment = self.shot.blocking.at(seconds + later);
            let posed = |actor| self.posed(actor, &moment, seconds + later);
            (moment.camera, (0..self.actors.len()).map(posed).collect())
        });
        if let Some((last, frame)) = &self.last
            && *last == picture
            && self.shot.blocking.weather.falls.is_none()
        {
            return frame.clone();
        }
        let frame = self.frame_of(seconds, self.exposures(&picture));
        self.last = Some((picture, frame.clone()));
        frame
    }

    /// The mean of some exposures from a time on.
    fn frame_of(&mut self, seconds: f64, exposures: u32) -> RgbImage {
        let mut sum = self.exposed(seconds);
        for exposure in 1..exposures {
            let share = f64::from(exposure) / f64::from(exposures);
            // The shutter is open for half a frame.
            let next = self.exposed(seconds + share * self.frame / 2.0);
            for (sum, next) in sum.pixels.iter_mut().zip(next.pixels) {
                *sum = std::array::from_fn(|i| sum[i] + next[i]);
            }
        }
        let share = 255.0 / exposures as f32;
        let bytes = sum
            .pixels
            .iter()
            .flat_map(|pixel| pixel.map(|value| (value * share + 0.5).clamp(0.0, 255.0) as u8));
        RgbImage::from_raw(self.size.0, self.size.1, bytes.collect())
            .expect("three bytes for each pixel")
    }

    /// How many pictures a frame is the mean of, by what moves fastest in it.
    fn exposures(&self, picture: &Picture) -> u32 {
        let [(now, from), (then, to)] = picture;
        let size = self.picture_size();
        let mut fastest = 0.0_f64;
        for (from, to) in from.iter().zip(to) {
            if let (Some(from), Some(to)) = (from, to) {
                let (a, b) = (from.at.feet, to.at.feet);
                fastest = fastest.max(f64::from((a.0 - b.0).hypot(a.1 - b.1)));
            }
        }
        // The middle of the backdrop.
        let far = now.position + {
            let [_, _, ahead] = now.axes();
            let far = now.focus * 2.0;
            crate::blocking::geometry::Point::new(ahead.x * far, ahead.y * far, ahead.z * far)
        };
        if let Some(seen) = then.project(far, size.width / size.height) {
            let way = ((seen.x - 0.5) * size.width).hypot((seen.y - 0.5) * size.height);
            fastest = fastest.max(way);
        }
        let sharp = SHARP * size.width / 2.0;
        if fastest <= sharp {
            return 1;
        }
        ((fastest / sharp * 2.0).ceil() as u32).clamp(2, MOST_EXPOSURES)
    }

    fn exposed(&mut self, seconds: f64) -> Raster<3> {
        let moment = self.shot.blocking.at(seconds);
        let air = Air::new(self.shot.blocking.weather, &self.shot.blocking.light);
        let mut picture = self.background(&moment.camera);
        let mut actors: Vec<(usize, PosedCutout)> = (0..self.actors.len())
            .filter_map(|actor| Some((actor, self.posed(actor, &moment, seconds)?)))
            .collect();
        actors.sort_by(|a, b| b.1.depth.total_cmp(&a.1.depth));
        let grounded = !matches!(self.shot.blocking.ground.surface, Surface::Air | Surface::Water);
        for (actor, posed) in &actors {
            if grounded {
                shadow(&mut picture, posed, self.actors[*actor].cutout.aspect());
            }
        }
        for (actor, posed) in &actors {
            let cutout = &self.actors[*actor].cutout;
            let dark = 1.0 - 0.12 * posed.behind;
            let look = CutoutLook {
                light: self.shot.light.map(|light| light * dark),
                blur: self.blur(&moment.camera, posed.depth),
                mouth: posed.mouth,
                behind: posed.behind,
                veil: air.before(&moment.camera, posed.depth),
                hidden: posed.hidden,
            };
            cutout.draw(&mut picture, &posed.at, &look);
        }
        air.fall(&mut picture, &moment.camera, seconds);
        picture
    }

    /// The radius of the blur at a distance, in pixels.
    fn blur(&self, camera: &CameraPose, depth: f64) -> f32 {
        let off = (1.0 - camera.focus / depth.max(0.1)).abs().min(1.5);
        (BLUR * camera.shallow * off * f64::from(self.size.1)) as f32
    }

    fn background(&mut self, camera: &CameraPose) -> Raster<3> {
        if let Some((seen, picture)) = &self.seen
            && seen == camera
        {
            return picture.clone();
        }
        let (width, height) = (self.size.0 as usize, self.size.1 as usize);
        let mut picture = Raster::from_fn(width, height, |_, _| [0.0; 3]);
        let blur = self.blur(camera, camera.focus * 2.5);
        match &self.behind {
            Behind::Plate(plate) => {
                plate.draw(&mut picture, camera, blur);
                let air = Air::new(self.shot.blocking.weather, &self.shot.blocking.light);
                air.over_set(&mut picture, camera, camera.focus * 2.5);
            }
            // The plate has its own focus and its own air.
            Behind::Picture(whole) => whole.draw(&mut picture, camera),
        }
        self.seen = Some((*camera, picture.clone()));
        picture
    }
}

/// Darkens the floor below a cutout.
fn shadow(picture: &mut Raster<3>, posed: &PosedCutout, aspect: f32) {
    let Some((x, y)) = posed.floor else { return };
    let near = 1.0 / (1.0 + 5.0 * posed.lift);
    let wide = posed.at.height * (aspect * posed.at.wide.abs().max(0.4)).min(1.1) * 0.52;
    let wide = wide * (1.0 + posed.lift);
    let high = wide * 0.2;
    let rows = |length: usize, middle: f32, reach: f32| {
        let from = (middle - reach).floor().max(0.0) as usize;
        from.min(length)..((middle + reach).ceil().max(0.0) as usize).min(length)
    };
    for row in rows(picture.height, y, high) {
        for column in rows(picture.width, x, wide) {
            let (dx, dy) = ((column as f32 + 0.5 - x) / wide, (row as f32 + 0.5 - y) / high);
            let far = dx * dx + dy * dy;
            if far < 1.0 {
                let dark = 1.0 - 0.5 * near * (1.0 - far) * (1.0 - far);
                let pixel = &mut picture.pixels[row * picture.width + column];
                *pixel = [pixel[0] * dark, pixel[1] * dark, pixel[2] * (0.08 + 0.92 * dark)];
            }
        }
    }
}

#[cfg(test)]
mod tests;
