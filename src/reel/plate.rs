//! The plate: the set with nobody in it, and how a camera sees it.
//!
//! The reel projects its still onto a floor and a backdrop from where the camera begins, as
//! one projects a painting onto a stage. A camera that moves on sees the floor and the
//! backdrop in the right perspective. Knows one blocking and one still; does not know
//! figures.

use image::RgbImage;

use super::raster::{Raster, numbers, redrawn};
use crate::blocking::geometry::{CameraPose, Point};
use crate::blocking::staged::Blocking;

/// A set on its stage.
#[derive(Debug, Clone)]
pub(super) struct Plate {
    still: Raster<3>,
    stage: Stage,
}

/// The floor and the backdrop, and where the still is on them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stage {
    /// The pose of the projector, without roll.
    from: CameraPose,
    /// Metres from there to the backdrop.
    far: f64,
    /// The still's left edge and its width, and where its floor begins, as tangents of
    /// the view from there.
    left: f64,
    width: f64,
    line: f64,
    /// Where its floor begins and ends, as shares of its height.
    floor: [f64; 2],
    /// How high the still is above that line and below it. Stretches the floor as far as
    /// the camera sees it: a camera that looks down sees more floor than the still has.
    above: f64,
    below: f64,
}

/// The height of a picture, in metres where the camera is focused, that shows a plate
/// at its own size; nearer pictures show less of it.
const WHOLE: f64 = 3.2;
/// How much nearer a plate comes at most, and how much farther it goes.
const NEAREST: f64 = 1.9;
const FARTHEST: f64 = 0.8;
/// How much of the picture's height a plate has at most, before it repeats; and how much
/// for the sake of what is above.
const LARGEST: f64 = 2.0;
const HIGHEST: f64 = 1.5;
/// How many times larger a still of a set is redrawn at most; the rest is enlarged.
const FINEST: f32 = 4.0;
/// Pixels of a row whose places on the still are between those of the first and the last.
const STRAIGHT: usize = 8;
/// Poses of the camera that are looked at.
const POSES: u32 = 24;

impl Plate {
    /// Sets a still up for a shot. Draws well at pictures of `height` pixels.
    pub(super) fn new(
        still: &RgbImage,
        blocking: &Blocking,
        floor: [f64; 2],
        height: usize,
    ) -> Self {
        let aspect = f64::from(still.width()) / f64::from(still.height());
        let stage = Stage::of(blocking, floor, aspect);
        let shown = stage.above / floor[0] / stage.own();
        let factor = height as f64 * shown / f64::from(still.height());
        let still = redrawn(&numbers(still), (factor as f32).clamp(1.0, FINEST));
        Self { still, stage }
    }

    /// Draws what a camera sees, its focus set to where the figures are. `blur` is its
    /// radius in pixels of the picture.
    pub(super) fn draw(&self, picture: &mut Raster<3>, camera: &CameraPose, blur: f32) {
        let scale = self.scale(picture.height, camera);
        let soft = (blur > 0.75).then(|| self.blurred(blur / scale));
        let still = soft.as_ref().unwrap_or(&self.still);
        let rays = Rays::new(camera, &self.stage, picture.width, picture.height);
        let (wide, high) = (still.width as f64, still.height as f64);
        let place = |x: usize, y: usize| {
            let (across, up) = rays.hit(x as f64 + 0.5, y as f64 + 0.5);
            let x = (across - self.stage.left) / self.stage.width * wide;
            let y = self.stage.row(up) * high;
            (x as f32, y as f32)
        };
        let (wide, high) = (wide as f32, high as f32);
        for (y, row) in picture.pixels.chunks_exact_mut(picture.width).enumerate() {
            // Over a few pixels a view is as good as straight.
            let mut from = place(0, y);
            for (part, pixels) in row.chunks_mut(STRAIGHT).enumerate() {
                let to = place((part + 1) * STRAIGHT, y);
                let step = ((to.0 - from.0) / STRAIGHT as f32, (to.1 - from.1) / STRAIGHT as f32);
                for (at, pixel) in pixels.iter_mut().enumerate() {
                    let at = at as f32;
                    let (x, y) = (from.0 + step.0 * at, from.1 + step.1 * at);
                    *pixel = still.sample(folded(x, wide), folded(y, high));
                }
                from = to;
            }
        }
    }

    /// Pixels of a picture for one of the still, about.
    fn scale(&self, height: usize, camera: &CameraPose) -> f32 {
        let half = (camera.field_of_view.to_radians() / 2.0).tan();
        let shown = self.stage.above / self.stage.floor[0] / (2.0 * half);
        (height as f64 * shown / self.still.height as f64) as f32
    }

    fn blurred(&self, radius: f32) -> Raster<3> {
        let factor = (3.0 / radius).min(1.0);
        let side = |length: usize| ((length as f32 * factor).ceil() as usize).max(1);
        let (width, height) = (side(self.still.width), side(self.still.height));
        let (x, y) =
            (self.still.width as f32 / width as f32, self.still.height as f32 / height as f32);
        // Means of several points, or a small copy would shimmer.
        let small = Raster::from_fn(width, height, |column, row| {
            let mut sum = [0.0; 3];
            for part in 0..4 {
                let (dx, dy) = ((part % 2) as f32 * 0.5 + 0.25, (part / 2) as f32 * 0.5 + 0.25);
                let pixel = self.still.sample((column as f32 + dx) * x, (row as f32 + dy) * y);
                sum = std::array::from_fn(|i| sum[i] + pixel[i] / 4.0);
            }
            sum
        });
        let blur = (radius * factor * 0.67).round().max(1.0);
        small.blurred(blur as usize, 2)
    }
}

/// A place on a still that goes on mirrored beyond its edges.
fn folded(at: f32, length: f32) -> f32 {
    if (0.0..=length).contains(&at) {
        return at;
    }
    let round = at.rem_euclid(2.0 * length);
    if round > length { 2.0 * length - round } else { round }
}

/// What the camera sees of a stage over a shot, as tangents of the view from the projector.
struct Seen {
    left: f64,
    right: f64,
    low: f64,
    top: f64,
}

impl Stage {
    fn of(blocking: &Blocking, floor: [f64; 2], aspect: f64) -> Self {
        let poses: Vec<CameraPose> =
            blocking.moments(POSES).map(|seconds| blocking.camera_at(seconds)).collect();
        // Projects the still from the pose in which the camera sees least beyond its edges:
        // a camera that goes backwards sees most at the end.
        let of = |pose: &CameraPose| Self::from(pose, &poses, blocking);
        let stages = [&poses[0], &poses[poses.len() / 2], &poses[poses.len() - 1]].map(of);
        let size = |(_, seen): &(Self, Seen)| (seen.right - seen.left) + (seen.top - seen.low);
        let [first, others @ ..] = stages;
        let (stage, seen) = others.into_iter().fold(first, |best, other| {
            if size(&other) < 0.98 * size(&best) { other } else { best }
        });
        Self { floor, ..stage }.fitted(&seen, blocking.aspect, aspect)
    }

    /// A stage with its still projected from a pose, not yet fitted.
    fn from(pose: &CameraPose, poses: &[CameraPose], blocking: &Blocking) -> (Self, Seen) {
        let from = CameraPose { roll: 0.0, ..*pose };
        let ahead = |point: Point| along(from.pan, point - from.position);
        let travel = poses.iter().map(|pose| ahead(pose.position)).fold(0.0, f64::max);
        let figures = blocking.figures_at(blocking.seconds / 2.0);
        let farthest = figures.iter().map(|figure| ahead(figure.feet)).fold(0.0, f64::max);
        let far = (from.focus * 2.2).max(travel + 3.0).max(farthest * 1.25 + 1.0);
        let far = far.max(4.0);
        let stage = Self {
            from,
            far,
            left: 0.0,
            width: 1.0,
            line: 0.0,
            above: 1.0,
            below: 1.0,
            floor: [0.5, 1.0],
        };
        let (wide, high) = (160.0, (160.0 / blocking.aspect).floor());
        let mut seen = Seen { left: f64::MAX, right: f64::MIN, low: f64::MAX, top: f64::MIN };
        for pose in poses {
            let rays = Rays::new(pose, &stage, wide as usize, high as usize);
            for (x, y) in [(0.0, 0.0), (wide, 0.0), (0.0, high), (wide, high)] {
                let (across, up) = rays.hit(x, y);
                (seen.left, seen.right) = (seen.left.min(across), seen.right.max(across));
                (seen.low, seen.top) = (seen.low.min(up), seen.top.max(up));
            }
        }
        // A camera that looks past the sides of the stage sees the set mirrored.
        let own = stage.own();
        let side = 1.5 * own * blocking.aspect;
        (seen.left, seen.right) = (seen.left.max(-side), seen.right.min(side));
        (seen.low, seen.top) = (seen.low.max(-1.5 * own), seen.top.min(1.5 * own));
        (stage, seen)
    }

    /// The height of what its own camera sees.
    fn own(&self) -> f64 {
        2.0 * (self.from.field_of_view.to_radians() / 2.0).tan()
    }

    /// The stage with its still where the picture needs it.
    fn fitted(mut self, seen: &Seen, picture: f64, aspect: f64) -> Self {
        let own = self.own();
        let nearer = (own * self.from.focus / WHOLE).max(0.01).powf(-0.45);
        let floor = self.from.position.toward(self.from.pan, self.far).at_height(0.0);
        let floor = self.from.seen_from(floor);
        let floor = floor.y / floor.z.max(0.1);
        let wide = (seen.right - seen.left).max(own * picture) / aspect;
        let [begins, ends] = self.floor;
        let high = ((seen.top - floor) / begins).min(own * HIGHEST);
        let height = (own * nearer.clamp(FARTHEST, NEAREST)).max(wide).max(high);
        let height = height.min(own * LARGEST.max(nearer.min(NEAREST)));
        self.width = height * aspect;
        self.above = begins * height;
        // Where nobody sees its floor, the still may hang lower than it should.
        self.line = floor.max(seen.top - self.above);
        self.below = ((ends - begins) * height).max(self.line - seen.low);
        // A camera that looks to the right sees the right part of the set.
        let spare = (self.width - (seen.right - seen.left)).max(0.0) / 2.0;
        let aside = spare * (self.from.pan / 60.0).clamp(-0.9, 0.9);
        self.left = f64::midpoint(seen.left, seen.right) - self.width / 2.0 - aside;
        self
    }

    /// A tangent upwards as a share of the still's height from its upper edge.
    fn row(&self, up: f64) -> f64 {
        let above = up - self.line;
        let [begins, ends] = self.floor;
        if above >= 0.0 {
            begins * (1.0 - above / self.above)
        } else {
            begins - (ends - begins) * above / self.below
        }
    }
}

/// How far a way goes in a direction over the floor.
fn along(pan: f64, way: Point) -> f64 {
    let (sin, cos) = pan.to_radians().sin_cos();
    way.x * sin + way.z * cos
}

/// From pixels of a camera's picture to tangents of the view from where the still is
/// thrown.
struct Rays {
    middle: (f64, f64),
    /// Metres of the picture, a metre before the camera, for one pixel.
    pixel: f64,
    /// The camera's directions as the stage has them: over its backdrop, up, ahead.
    axes: [Point; 3],
    /// The camera's place as the stage has it, above the floor.
    place: Point,
    far: f64,
    eye: f64,
    tilt: (f64, f64),
}

impl Rays {
    fn new(camera: &CameraPose, stage: &Stage, width: usize, height: usize) -> Self {
        let from = &stage.from;
        let own = |way: Point| Point::new(along(from.pan + 90.0, way), way.y, along(from.pan, way));
        let half = (camera.field_of_view.clamp(1.0, 160.0).to_radians() / 2.0).tan();
        Self {
            middle: (width as f64 / 2.0, height as f64 / 2.0),
            pixel: 2.0 * half / height as f64,
            axes: camera.axes().map(own),
            place: own(camera.position - from.position.at_height(0.0)),
            far: stage.far,
            eye: from.position.y,
            tilt: from.tilt.to_radians().sin_cos(),
        }
    }

    /// Across and up.
    fn hit(&self, x: f64, y: f64) -> (f64, f64) {
        let (right, up) = ((x - self.middle.0) * self.pixel, (self.middle.1 - y) * self.pixel);
        let [r, u, f] = self.axes;
        let way = Point::new(
            f.x + r.x * right + u.x * up,
            f.y + r.y * right + u.y * up,
            f.z + r.z * right + u.z * up,
        );
        // A view that turns away from the backdrop sees it very far to the side.
        let back = (self.far - self.place.z).max(0.1) / way.z.max(0.02);
        let floor = if way.y < -1e-9 { self.place.y.max(0.01) / -way.y } else { f64::MAX };
        let reach = back.min(floor);
        let across = self.place.x + way.x * reach;
        let rises = self.place.y + way.y * reach - self.eye;
        let ahead = self.place.z + way.z * reach;
        let (sin, cos) = self.tilt;
        let depth = (ahead * cos + rises * sin).max(0.05);
        (across / depth, (rises * cos - ahead * sin) / depth)
    }
}
