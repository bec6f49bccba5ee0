//! Draws blockings: lit grey figures on a ground, as the animatic and the boards of a
//! film show them. Does not run the model.
//!
//! ```text
//! Blocking ─at a moment→ parts in space ─camera→ parts in the picture ─light, air→ pixels
//!            person, creature, craft, set   perspective      canvas, ground
//! ```
//!
//! Knows one shot; does not know films, files or scripts.

mod bodies;
mod canvas;
mod craft;
mod creature;
mod depth;
mod focus;
mod ground;
mod person;
mod set;
mod shading;
mod signs;
mod solid;
mod vector;
mod weather;
mod perspective;

use std::sync::Arc;

use image::RgbImage;
use serde::Serialize;
use tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

pub use self::depth::depth;

use self::bodies::figure_parts;
use self::canvas::{Canvas, aside};
use self::focus::{Focus, SEEN, soften};
use self::perspective::Perspective;
use self::shading::Mood;
use self::signs::Signs;
use self::solid::Part;
use self::vector::{UP, Vector, times};
use self::weather::fall;
use crate::blocking::aboard;
use crate::blocking::figure::{Figure, FigurePose, Posture, Shape};
use crate::blocking::geometry::{CameraPose, Point};
use crate::blocking::outline::draught;
use crate::blocking::set::{Form, SetPiece, SetRole, Surface};
use crate::blocking::staged::{Blocking, Moment};

/// Raise it when equal blockings get different pixels.
pub const REVISION: u32 = 3;

/// A shot as the animatic shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnimaticShot {
    /// Where everybody stands, and where the camera is.
    pub blocking: Arc<Blocking>,
    /// The place; its name decides the form of hills and clouds.
    pub place: String,
    /// A mark in the corner, such as the number of the shot; empty for none.
    pub mark: String,
}

impl AnimaticShot {
    /// A digest of everything that decides its pixels.
    pub fn digest(&self) -> blake3::Hash {
        let meaning = serde_json::to_vec(&(REVISION, self)).expect("plain data becomes JSON");
        blake3::hash(&meaning)
    }
}

/// Draws shots in pictures of one size. Stores what does not change from one frame to the
/// next, so it is fastest with the frames of a shot in order.
pub struct Artist {
    size: (u32, u32),
    signs: Signs,
    picture: Pixmap,
    /// For a figure that is out of focus.
    apart: Option<Pixmap>,
    background: Option<KeptBackground>,
    last: Option<LastFrame>,
}

/// The last frame: while nobody moves, the next one is the same.
struct LastFrame {
    blocking: Arc<Blocking>,
    mark: String,
    moment: Moment,
    picture: RgbImage,
}

/// The background of a shot while the camera rests.
struct KeptBackground {
    blocking: Arc<Blocking>,
    camera: CameraPose,
    /// Indices of the set pieces in it.
    pieces: Vec<usize>,
    picture: Pixmap,
}

/// Something to draw, with what is drawn before it.
struct Layers {
    /// Set pieces behind all figures.
    behind: Vec<usize>,
    /// Figures and set pieces, the farthest first.
    among: Vec<Layer>,
}

enum Layer {
    Figure(usize),
    Piece(usize),
}

impl Artist {
    /// For pictures of `width` × `height` pixels, both at least 1.
    pub fn new(width: u32, height: u32) -> Self {
        let picture = Pixmap::new(width, height).expect("a picture has pixels and fits memory");
        let signs = Signs::new(height);
        Self { size: (width, height), signs, picture, apart: None, background: None, last: None }
    }

    /// Draws a moment of a shot, in seconds from its beginning.
    pub fn draw(&mut self, shot: &AnimaticShot, seconds: f64) -> RgbImage {
        let blocking = &shot.blocking;
        let moment = blocking.at(seconds);
        let same = self.last.as_ref().filter(|last| {
            Arc::ptr_eq(&last.blocking, blocking)
                && last.mark == shot.mark
                && last.moment == moment
                && !moves_by_itself(blocking)
        });
        if let Some(last) = same {
            return last.picture.clone();
        }
        let view = Perspective::new(moment.camera, self.size.0, self.size.1);
        let mut mood = Mood::of(&blocking.light, blocking.ground);
        mood.see_as_far_as(moment.camera.focus);
        mood.fog(blocking.weather.sight, moment.camera.focus);
        let layers = layers(blocking, &moment);
        let away = |pose: &FigurePose| view.seen(pose.feet).z;
        let nearest = moment.figures.iter().map(away).filter(|z| *z > 0.0).min_by(f64::total_cmp);
        let focus = Focus::of(&moment.camera, nearest, view.height);
        self.lay_background(shot, &view, &mood, (&layers.behind, focus), seconds);

        let mut canvas = Canvas { pixmap: &mut self.picture, view: &view, mood: &mood };
        for (figure, pose) in blocking.figures.iter().zip(&moment.figures) {
            figure_shadow(&mut canvas, figure, pose);
        }
        let line = view.height as f32 / 540.0 * 1.1;
        for layer in layers.among {
            match layer {
                Layer::Figure(index) => {
                    let (figure, mut pose) = (&blocking.figures[index], moment.figures[index]);
                    if pose.posture == Posture::Swimming && !figure.shape.is_person() {
                        pose.feet.y -= draught(figure.shape) * figure.height;
                    }
                    let mut parts = figure_parts(figure, &pose, blocking.begins + seconds);
                    if mood.surface == Surface::Water && pose.feet.y < 0.0 {
                        parts.retain(|part| part.centre().y > -0.03);
                    }
                    if let Some(edge) = edge_before(blocking, &moment, index) {
                        parts.retain(|part| part.centre().y > edge);
                    }
                    self.draw_body((&view, &mood), &parts, line, focus.radius(away(&pose)));
                }
                Layer::Piece(index) => {
                    let piece = &blocking.set[index];
                    if view.shows_ball(middle(piece), reach(piece)) {
                        let parts = set::piece(piece, index as u32);
                        self.draw_body((&view, &mood), &parts, line * 0.5, 0.0);
                    }
                }
            }
        }
        fall(&mut self.picture, &view, &mood, blocking, seconds);
        self.write_names(blocking, &moment, &view);
        self.write_mark(&shot.mark);
        let picture = self.to_rgb();
        self.last = Some(LastFrame {
            blocking: blocking.clone(),
            mark: shot.mark.clone(),
            moment,
            picture: picture.clone(),
        });
        picture
    }

    /// Draws a body, soft by so many pixels.
    fn draw_body(
        &mut self,
        (view, mood): (&Perspective, &Mood),
        parts: &[Part],
        line: f32,
        radius: f32,
    ) {
        if radius < SEEN {
            Canvas { pixmap: &mut self.picture, view, mood }.body(parts, line);
            return;
        }
        let (width, height) = self.size;
        let new = || Pixmap::new(width, height).expect("as large as the picture");
        let apart = self.apart.get_or_insert_with(new);
        apart.fill(Color::TRANSPARENT);
        Canvas { pixmap: apart, view, mood }.body(parts, line);
        soften(apart, radius);
        let plain = PixmapPaint::default();
        self.picture.draw_pixmap(0, 0, apart.as_ref(), &plain, Transform::identity(), None);
    }

    /// Draws the background of the figures, or copies the stored one.
    fn lay_background(
        &mut self,
        shot: &AnimaticShot,
        view: &Perspective,
        mood: &Mood,
        (behind, focus): (&[usize], Focus),
        seconds: f64,
    ) {
        let blocking = &shot.blocking;
        let kept = self.background.as_ref().filter(|background| {
            Arc::ptr_eq(&background.blocking, blocking)
                && background.camera == view.pose
                && background.pieces == behind
        });
        if let Some(background) = kept {
            self.picture.data_mut().copy_from_slice(background.picture.data());
            return;
        }
        let mut canvas = Canvas { pixmap: &mut self.picture, view, mood };
        ground::background(&mut canvas, &shot.place, seconds);
        let seen = |piece: &SetPiece| view.shows_ball(middle(piece), reach(piece));
        for piece in &blocking.set {
            piece_shadow(&mut canvas, piece);
        }
        let line = view.height as f32 / 540.0 * 0.55;
        for index in behind {
            let piece = &blocking.set[*index];
            if seen(piece) {
                canvas.body(&set::piece(piece, *index as u32), line);
            }
        }
        soften(&mut self.picture, focus.radius_behind());
        // Ripples move, and a camera that moves never sees the same again.
        let moves =
            mood.surface == Surface::Water || blocking.camera_at(seconds + 0.1) != view.pose;
        self.background = (!moves).then(|| KeptBackground {
            blocking: blocking.clone(),
            camera: view.pose,
            pieces: behind.to_vec(),
            picture: self.picture.clone(),
        });
    }

    /// Writes names over heads, where the picture has room for them.
    fn write_names(&mut self, blocking: &Blocking, moment: &Moment, view: &Perspective) {
        let unit = view.height as f32 / 540.0;
        let mut taken: Vec<[f32; 4]> = Vec::new();
        for (figure, pose) in blocking.figures.iter().zip(&moment.figures) {
            let top = figure_top(figure, pose);
            let seen = view.seen(top);
            if seen.z < 0.4 || figure.individual > 0 || figure.name.is_empty() {
                continue;
            }
            let size = figure.height.max(figure.length * 0.5) * view.focal / seen.z;
            let head = view.pixel(seen);
            // A figure that fills the picture needs no name.
            let fills = !figure.shape.is_alive() && size > 0.5 * view.height;
            if size < f64::from(34.0 * unit) || fills || !view.shows(head, 0.0) {
                continue;
            }
            let Some(sign) = self.signs.name(&figure.name) else { continue };
            let (wide, high) = (sign.width() as f32, sign.height() as f32);
            let left = (head.x - wide / 2.0).clamp(2.0, (view.width as f32 - wide - 2.0).max(2.0));
            let mut upper = head.y - high - 3.0 * unit;
            // Names of neighbours stand above each other; lower ones may come later.
            while let Some([_, y, _, _]) = taken.iter().find(|[x, y, width, height]| {
                left < x + width && left + wide > *x && upper < y + height && upper + high > *y
            }) {
                upper = y - high;
            }
            if upper < 24.0 * unit {
                continue;
            }
            taken.push([left, upper, wide, high]);
            let shift = Transform::from_translate(left.round(), upper.round());
            let plain = PixmapPaint::default();
            self.picture.draw_pixmap(0, 0, sign.as_ref(), &plain, shift, None);
        }
    }

    fn write_mark(&mut self, mark: &str) {
        if mark.is_empty() {
            return;
        }
        let Some(sign) = self.signs.mark(mark) else { return };
        let inset = (self.size.1 as f32 / 540.0 * 9.0).round() as i32;
        let plain = PixmapPaint::default();
        self.picture.draw_pixmap(inset, inset, sign.as_ref(), &plain, Transform::identity(), None);
    }

    fn to_rgb(&self) -> RgbImage {
        let mut pixels = vec![0; 3 * (self.size.0 * self.size.1) as usize];
        for (to, from) in pixels.chunks_exact_mut(3).zip(self.picture.data().chunks_exact(4)) {
            to.copy_from_slice(&from[..3]);
        }
        RgbImage::from_raw(self.size.0, self.size.1, pixels).expect("three bytes a pixel")
    }
}

/// The middle of a set piece, and a radius within which it is.
fn middle(piece: &SetPiece) -> Point {
    piece.base + times(UP, piece.height / 2.0)
}

fn reach(piece: &SetPiece) -> f64 {
    (piece.width.hypot(piece.depth).hypot(piece.height) / 2.0) * 1.15 + 0.3
}

/// Whether something moves without a path: waves, wings, sails, leaves.
fn moves_by_itself(blocking: &Blocking) -> bool {
    let stirs = |shape| matches!(shape, Shape::Bird | Shape::Fish | Shape::Boat | Shape::Plant);
    blocking.ground.surface == Surface::Water
        || blocking.weather.falls.is_some()
        || blocking.figures.iter().any(|figure| stirs(figure.shape))
}

/// Orders figures and set pieces: a piece comes before the first figure that stands
/// before it.
fn layers(blocking: &Blocking, moment: &Moment) -> Layers {
    let eye = moment.camera.position;
    let far = |point: Point| point.floor_distance_to(eye);
    let mut figures: Vec<usize> = (0..blocking.figures.len()).collect();
    // A crew is before its boat, a rider before the horse.
    let behind = |index: usize| {
        let (figure, pose) = (&blocking.figures[index], &moment.figures[index]);
        let boat = if figure.shape == Shape::Boat { figure.length / 2.0 } else { 0.0 };
        let rides = if pose.posture == Posture::Riding { 0.4 } else { 0.0 };
        let inside = edge_before(blocking, moment, index).map_or(0.0, |_| INSIDE);
        far(pose.feet) + boat - rides - inside
    };
    figures.sort_by(|a, b| behind(*b).total_cmp(&behind(*a)));
    let mut pieces: Vec<usize> = (0..blocking.set.len()).collect();
    let wall = |index: &usize| blocking.set[*index].role == SetRole::Wall;
    pieces.sort_by(|a, b| {
        let walls = wall(b).cmp(&wall(a));
        walls.then(far(blocking.set[*b].base).total_cmp(&far(blocking.set[*a].base)))
    });
    let mut buckets: Vec<Vec<usize>> = vec![Vec::new(); figures.len() + 1];
    for index in pieces {
        let piece = &blocking.set[index];
        let first = if wall(&index) {
            0
        } else {
            let before = |figure: &usize| {
                let pose = &moment.figures[*figure];
                set::is_before(piece, pose.feet, pose.lift, eye)
            };
            figures.iter().position(before).unwrap_or(figures.len())
        };
        buckets[first].push(index);
    }
    let mut buckets = buckets.into_iter();
    let behind = buckets.next().unwrap_or_default();
    let mut among = Vec::new();
    for figure in figures {
        among.push(Layer::Figure(figure));
        among.extend(buckets.next().unwrap_or_default().into_iter().map(Layer::Piece));
    }
    Layers { behind, among }
}

/// The height of the side of a boat or a car with a person in it. The side hides everything
/// lower, unless the camera looks in from above.
fn edge_before(blocking: &Blocking, moment: &Moment, person: usize) -> Option<f64> {
    let feet = moment.figures[person].feet;
    if !blocking.figures[person].shape.is_person() || moment.camera.tilt < aboard::INTO {
        return None;
    }
    let figures = blocking.figures.iter().zip(&moment.figures).filter_map(|(figure, pose)| {
        let edge = match figure.shape {
            Shape::Boat => aboard::hull(figure.height, figure.length) * HULL,
            _ => figure.height * aboard::DOORS,
        };
        let inside = aboard::is_inside(feet, figure, pose);
        (inside && feet.y > 0.0).then_some(pose.feet.y + pose.lift + edge)
    });
    let pieces = blocking.set.iter().filter(|piece| piece.form == Form::Boat).filter_map(|piece| {
        let size = [piece.width, piece.depth];
        let inside = aboard::within(feet, size, (piece.base, piece.facing));
        let edge = aboard::hull(piece.height, piece.depth) * HULL;
        (inside && feet.y > 0.0).then_some(piece.base.y + edge)
    });
    figures.chain(pieces).reduce(f64::max)
}

/// How much nearer, in metres, the animatic draws a person inside something.
const INSIDE: f64 = 3.0;
/// How high the edge of a hull is amidships, as a share of its height.
const HULL: f64 = 0.95;

/// The point above a figure's head.
fn figure_top(figure: &Figure, pose: &FigurePose) -> Point {
    if figure.shape.is_person() {
        person::crown(figure, pose)
    } else {
        pose.feet + times(UP, pose.lift + figure.height)
    }
}

/// The shadow where a figure touches the ground, and the one that the light throws.
fn figure_shadow(canvas: &mut Canvas<'_>, figure: &Figure, pose: &FigurePose) {
    if matches!(canvas.mood.surface, Surface::Air)
        || pose.posture == Posture::Swimming
        || (canvas.mood.surface == Surface::Water && figure.shape != Shape::Boat)
    {
        return;
    }
    let (sin, cos) = pose.facing.to_radians().sin_cos();
    let (right, forward) = (Point::new(cos, 0.0, -sin), Point::new(sin, 0.0, cos));
    let lies = pose.posture == Posture::Lying && figure.shape.is_person();
    let (wide, long) = if lies {
        (figure.width * 0.6, figure.height * 0.55)
    } else {
        (figure.width * 0.62, figure.length * 0.62)
    };
    let raised = pose.lift.max(0.0);
    let near = (1.0 / (1.0 + 1.2 * raised)) as f32;
    let strength = canvas.mood.shadow;
    thrown(canvas, pose.feet, [figure.height + raised, wide.min(long)], strength * near * 0.8);
    let grown = 1.0 + 0.4 * raised;
    let axes = [times(right, wide.max(0.06) * grown), times(forward, long.max(0.06) * grown)];
    canvas.shadow(pose.feet, axes, (strength + 0.12) * near);
}

fn piece_shadow(canvas: &mut Canvas<'_>, piece: &SetPiece) {
    // A hill throws no shadow that would be its own form.
    if piece.role == SetRole::Wall || piece.base.y > 0.5 || piece.width.min(piece.depth) > 9.0 {
        return;
    }
    let foot = piece.base.at_height(0.0);
    let (sin, cos) = piece.facing.to_radians().sin_cos();
    let (right, forward) = (Point::new(cos, 0.0, -sin), Point::new(sin, 0.0, cos));
    let strength = canvas.mood.shadow;
    thrown(
        canvas,
        foot,
        [piece.height.min(4.0), piece.width.min(piece.depth).min(2.5) / 2.0],
        strength * 0.7,
    );
    let trunk = matches!(piece.form, Form::Tree | Form::Fir);
    let around = |length: f64| if trunk { length * 0.4 } else { length / 2.0 + 0.25 };
    let axes = [times(right, around(piece.width)), times(forward, around(piece.depth))];
    canvas.shadow(foot, axes, strength + 0.05);
}

/// A soft shadow on the ground away from the light.
fn thrown(canvas: &mut Canvas<'_>, foot: Point, [height, wide]: [f64; 2], strength: f32) {
    let towards = canvas.mood.towards;
    let over_floor = towards.x.hypot(towards.z);
    if over_floor < 0.05 || strength < 0.03 {
        return;
    }
    let long = (height * over_floor / towards.y.max(0.1)).min(2.4 * height).min(6.0);
    let away: Vector = times(Point::new(-towards.x, 0.0, -towards.z), 1.0 / over_floor);
    let half = times(away, long * 0.5 + wide * 0.4);
    let middle = foot + times(away, long * 0.5);
    canvas.shadow(middle, [half, times(aside(away), wide.max(0.08) * 0.8)], strength);
}
