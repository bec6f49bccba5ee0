//! One picture of a whole shot, and how a camera sees it that moves on.
//!
//! The reel projects the still onto the figures, the floor and the backdrop of the
//! blocking. A moving camera then sees parallax, as far as a single picture allows: it has
//! nothing beyond its edges and nothing behind a figure. Knows one blocking and one still;
//! moves nobody.

use image::RgbImage;

use super::raster::{Raster, numbers, redrawn};
use crate::blocking::geometry::{CameraPose, Point, mix_degrees};
use crate::blocking::staged::Blocking;

/// Columns and rows of points whose way the reel computes; points between them are
/// interpolated.
const GRID: (usize, usize) = (48, 27);
/// A still is enlarged by at most this factor, so that a camera has where to go.
const LARGEST: f64 = 1.16;
/// No two neighbouring points move apart by more than this share of their distance.
const STRETCH: f64 = 0.5;
/// Shares of the camera's way that are tried.
const SHARES: [f64; 8] = [1.0, 0.75, 0.55, 0.4, 0.28, 0.18, 0.1, 0.0];
/// Moments that are looked at.
const MOMENTS: u32 = 8;
/// How many times larger a still is redrawn at most.
const FINEST: f32 = 3.0;

/// A still and how it is moved.
#[derive(Debug, Clone)]
pub(super) struct MovedPicture {
    still: Raster<3>,
    /// The camera pose it was taken from.
    from: CameraPose,
    aspect: f64,
    /// The distance of everything from there, at the points of the grid.
    depths: Vec<f64>,
    /// How much of its way the camera goes.
    share: f64,
    /// How much the reel enlarges it.
    larger: f64,
}

impl MovedPicture {
    /// Sets a still up for a shot. Draws well at pictures of `height` pixels.
    pub(super) fn new(still: &RgbImage, blocking: &Blocking, height: usize) -> Self {
        let factor = height as f64 * LARGEST / f64::from(still.height());
        let from = blocking.camera.at(0.0);
        let depths = depths(blocking, &from);
        let still = redrawn(&numbers(still), (factor as f32).clamp(1.0, FINEST));
        let mut moved =
            Self { still, from, aspect: blocking.aspect, depths, share: 0.0, larger: 1.0 };
        for share in SHARES {
            moved.share = share;
            let (reach, stretch) = moved.asked(blocking);
            moved.larger = reach.max(1.0);
            if moved.larger <= LARGEST && stretch <= STRETCH {
                break;
            }
        }
        moved.larger = moved.larger.min(LARGEST);
        moved
    }

    /// How far from its middle a shot asks for points of the still, 1 being its edge, and
    /// how far it draws neighbours apart.
    fn asked(&self, blocking: &Blocking) -> (f64, f64) {
        let (mut reach, mut stretch) = (0.0_f64, 0.0_f64);
        for seconds in blocking.moments(MOMENTS) {
            let places = self.places(&blocking.camera_at(seconds));
            let shown = growth(&places);
            for (at, (x, y)) in places.iter().enumerate() {
                reach = reach.max((x - 0.5).abs() * 2.0).max((y - 0.5).abs() * 2.0);
                let (column, row) = (at % GRID.0, at / GRID.0);
                if column > 0 {
                    let step = (x - places[at - 1].0) * (GRID.0 - 1) as f64;
                    stretch = stretch.max((step - shown).abs());
                }
                if row > 0 {
                    let step = (y - places[at - GRID.0].1) * (GRID.1 - 1) as f64;
                    stretch = stretch.max((step - shown).abs());
                }
            }
        }
        (reach, stretch)
    }

    /// Where the points of the grid are on the still, in shares of its width and height, as
    /// a camera sees them that goes its whole way.
    fn places(&self, camera: &CameraPose) -> Vec<(f64, f64)> {
        let camera = toward(&self.from, camera, self.share);
        (0..GRID.0 * GRID.1)
            .map(|at| {
                let wanted = node(at);
                let mut place = wanted;
                // Each step moves the point nearer to the one that is wanted.
                for _ in 0..4 {
                    let Some(seen) = camera.project(self.point(place), self.aspect) else { break };
                    place.0 = (place.0 + wanted.0 - seen.x).clamp(-1.0, 2.0);
                    place.1 = (place.1 + wanted.1 - seen.y).clamp(-1.0, 2.0);
                }
                place
            })
            .collect()
    }

    /// What is seen at a place of the still.
    fn point(&self, (x, y): (f64, f64)) -> Point {
        let depth = between(&self.depths, (x, y), |depth| *depth);
        let half = (self.from.field_of_view.to_radians() / 2.0).tan();
        let (right, up) = ((x - 0.5) * 2.0 * half * self.aspect, (0.5 - y) * 2.0 * half);
        let [r, u, f] = self.from.axes();
        let way = |r: f64, u: f64, f: f64| (f + r * right + u * up) * depth;
        self.from.position + Point::new(way(r.x, u.x, f.x), way(r.y, u.y, f.y), way(r.z, u.z, f.z))
    }

    /// Draws what a camera sees.
    pub(super) fn draw(&self, picture: &mut Raster<3>, camera: &CameraPose) {
        let places = self.places(camera);
        let (wide, high) = (self.still.width as f64, self.still.height as f64);
        // A still of another shape fills the picture and loses its edges.
        let fits = (self.aspect * high / wide).min(1.0);
        let fits = (fits, (wide / high / self.aspect).min(1.0));
        let (width, height) = (picture.width as f64, picture.height as f64);
        for (y, row) in picture.pixels.chunks_exact_mut(picture.width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let at = ((x as f64 + 0.5) / width, (y as f64 + 0.5) / height);
                let across = between(&places, at, |place| place.0);
                let down = between(&places, at, |place| place.1);
                let on = |share: f64, fits: f64| 0.5 + (share - 0.5) / self.larger * fits;
                let place = (on(across, fits.0) * wide, on(down, fits.1) * high);
                *pixel = self.still.sample(place.0 as f32, place.1 as f32);
            }
        }
    }
}

/// How much of the still some places show across: a picture that grows is not stretched.
fn growth(places: &[(f64, f64)]) -> f64 {
    let row = GRID.0 * (GRID.1 / 2);
    places[row + GRID.0 - 1].0 - places[row].0
}

/// The point of the grid with an index, in shares of the picture.
fn node(at: usize) -> (f64, f64) {
    let share = |at: usize, of: usize| at as f64 / (of - 1) as f64;
    (share(at % GRID.0, GRID.0), share(at / GRID.0, GRID.1))
}

/// The value between the points of the grid around a place.
fn between<T>(all: &[T], (x, y): (f64, f64), value: impl Fn(&T) -> f64) -> f64 {
    let split = |share: f64, of: usize| {
        let at = share.clamp(0.0, 1.0) * (of - 1) as f64;
        let whole = (at as usize).min(of - 2);
        (whole, at - whole as f64)
    };
    let ((column, right), (row, down)) = (split(x, GRID.0), split(y, GRID.1));
    let of = |column: usize, row: usize| value(&all[row * GRID.0 + column]);
    let upper = of(column, row) * (1.0 - right) + of(column + 1, row) * right;
    let lower = of(column, row + 1) * (1.0 - right) + of(column + 1, row + 1) * right;
    upper * (1.0 - down) + lower * down
}

/// A camera a share of the way to another.
fn toward(from: &CameraPose, to: &CameraPose, share: f64) -> CameraPose {
    let mix = |from: f64, to: f64| from + (to - from) * share;
    CameraPose {
        position: from.position.mix(to.position, share),
        pan: mix_degrees(from.pan, to.pan, share),
        tilt: mix(from.tilt, to.tilt),
        roll: mix(from.roll, to.roll),
        field_of_view: mix(from.field_of_view, to.field_of_view),
        focus: to.focus,
        shallow: to.shallow,
    }
}

/// Rows and columns of the grid over which the edge of a depth is drawn out: a picture has
/// nothing behind somebody, and bends there instead of tearing.
const SOFT: usize = 2;

/// How far away everything is, along the view, at the points of the grid.
fn depths(blocking: &Blocking, from: &CameraPose) -> Vec<f64> {
    let poses = blocking.figures.iter().map(|figure| (figure, figure.path.at(0.0)));
    let figures: Vec<(Point, f64, f64)> = poses
        .map(|(figure, pose)| (pose.feet, figure.width.max(0.3) / 2.0, figure.height + pose.lift))
        .collect();
    let ahead = |point: Point| from.seen_from(point).z;
    let farthest = figures.iter().map(|(feet, ..)| ahead(*feet)).fold(0.0, f64::max);
    let far = (from.focus * 2.2).max(farthest * 1.25 + 1.0).max(4.0);
    let half = (from.field_of_view.to_radians() / 2.0).tan();
    let [r, u, f] = from.axes();
    let hard = (0..GRID.0 * GRID.1).map(|at| {
        let (x, y) = node(at);
        let (right, up) = ((x - 0.5) * 2.0 * half * blocking.aspect, (0.5 - y) * 2.0 * half);
        let falls = f.y + r.y * right + u.y * up;
        let floor = if falls < -1e-6 { from.position.y.max(0.05) / -falls } else { f64::MAX };
        let mut depth = floor.min(far);
        for (feet, wide, high) in &figures {
            let (low, top) = (from.seen_from(*feet), from.seen_from(feet.at_height(feet.y + high)));
            let z = f64::midpoint(low.z, top.z);
            if z < 0.2 || z > depth {
                continue;
            }
            let aside = (right * z - f64::midpoint(low.x, top.x)).abs();
            let between = (low.y.min(top.y)..=low.y.max(top.y)).contains(&(up * z));
            if aside < *wide && between {
                depth = z;
            }
        }
        // Distances are mixed as a picture has them: by what they move.
        [1.0 / depth.max(0.2) as f32]
    });
    let raster = Raster { width: GRID.0, height: GRID.1, pixels: hard.collect() };
    raster.blurred(SOFT, 2).pixels.iter().map(|[near]| 1.0 / f64::from(*near)).collect()
}
