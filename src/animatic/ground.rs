//! The background: sky, far hills, the ground and the marks on it.
//!
//! Knows directions and distances; does not know figures.

use tiny_skia::{
    FillRule, GradientStop, PathBuilder, Point as Pixel, Rect, SpreadMode, Stroke, Transform,
};

use super::canvas::{Canvas, plain, shaded};
use super::perspective::Perspective;
use super::shading::{Mood, Tone, share};
use crate::blocking::geometry::Point;
use crate::blocking::set::Surface;

const TAU: f64 = std::f64::consts::TAU;

/// Draws the background of a view. `place` decides the forms of hills and clouds.
pub(super) fn background(canvas: &mut Canvas<'_>, place: &str, seconds: f64) {
    paint(canvas, &Horizon::of(canvas.view));
    if !canvas.mood.interior {
        if canvas.mood.night > 0.55 {
            stars(canvas, place);
        } else {
            clouds(canvas, place);
        }
        sun(canvas);
        if canvas.mood.surface != Surface::Air {
            hills(canvas, place);
        }
    }
    if canvas.mood.surface != Surface::Air {
        marks(canvas, seconds);
    }
}

/// Where the horizon lies in the picture.
struct Horizon {
    /// Its point nearest to the middle of the picture.
    middle: Pixel,
    /// Down, at right angles to it, of length 1.
    down: (f32, f32),
    tilt: f64,
    focal: f64,
}

impl Horizon {
    fn of(view: &Perspective) -> Self {
        let tilt = view.pose.tilt.clamp(-88.0, 88.0).to_radians();
        // A camera that rolls clockwise sees the world roll the other way.
        let (sin, cos) = view.pose.roll.to_radians().sin_cos();
        let down = (sin as f32, cos as f32);
        let far = (view.focal * tilt.tan()) as f32;
        let (x, y) = (view.width as f32 / 2.0, view.height as f32 / 2.0);
        let middle = Pixel::from_xy(x + down.0 * far, y + down.1 * far);
        Self { middle, down, tilt, focal: view.focal }
    }

    /// The pixels below the horizon at which a direction so far below it lies, in radians.
    fn below(&self, angle: f64) -> f32 {
        let whole = (angle + self.tilt).clamp(-1.55, 1.55);
        (self.focal * (whole.tan() - self.tilt.tan())).clamp(-1e6, 1e6) as f32
    }
}

/// Fills the picture with the sky and the ground: each pixel has the tone of its distance
/// from the horizon.
fn paint(canvas: &mut Canvas<'_>, horizon: &Horizon) {
    let (width, height) = (canvas.pixmap.width(), canvas.pixmap.height());
    let reach = width.max(height) as i32 * 2;
    let middle = (horizon.middle.x, horizon.middle.y);
    let below = |x: f32, y: f32| (x - middle.0) * horizon.down.0 + (y - middle.1) * horizon.down.1;
    // Rows of tones from so far above the horizon to so far below it.
    let centre = below(width as f32 / 2.0, height as f32 / 2.0) as i32;
    let (first, last) = (centre - reach / 2, centre + reach / 2);
    let (sky, earth) = (sky(canvas.mood, horizon), earth(canvas, horizon));
    let rows: Vec<[u8; 4]> = (first..=last)
        .map(|row| {
            let row = row as f32 + 0.5;
            let tone = if row < 0.0 || earth.is_empty() {
                between(&sky, row)
            } else {
                between(&earth, row)
            };
            let colour = tone.opaque().to_color_u8();
            [colour.red(), colour.green(), colour.blue(), 255]
        })
        .collect();
    let pixels = canvas.pixmap.data_mut().chunks_exact_mut(4 * width as usize);
    for (y, line) in pixels.enumerate() {
        let mut row = below(0.5, y as f32 + 0.5) - first as f32;
        for pixel in line.chunks_exact_mut(4) {
            let index = (row.max(0.0) as usize).min(rows.len() - 1);
            pixel.copy_from_slice(&rows[index]);
            row += horizon.down.0;
        }
    }
}

/// The tone at a distance, in pixels, from steps in rising order.
fn between(steps: &[(f32, Tone)], at: f32) -> Tone {
    let after = steps.partition_point(|(step, _)| *step <= at);
    let (Some(from), Some(to)) = (steps.get(after.saturating_sub(1)), steps.get(after)) else {
        return steps.last().map_or(Tone::grey(0.5), |(_, tone)| *tone);
    };
    let length = to.0 - from.0;
    if length <= 0.0 { to.1 } else { from.1.mix(to.1, ((at - from.0) / length).clamp(0.0, 1.0)) }
}

/// The sky, or the upper part of a room, as tones above the horizon.
fn sky(mood: &Mood, horizon: &Horizon) -> Vec<(f32, Tone)> {
    let Mood { zenith, horizon: low, interior, .. } = *mood;
    let steps: &[(f64, f32)] = if interior {
        &[(50.0, 1.0), (18.0, 0.5), (0.0, 0.0)]
    } else {
        &[(75.0, 1.0), (38.0, 0.86), (20.0, 0.58), (8.0, 0.25), (0.0, 0.0)]
    };
    let tone = |(degrees, share): &(f64, f32)| {
        (horizon.below(-degrees.to_radians()), low.mix(zenith, *share))
    };
    steps.iter().map(tone).collect()
}

/// The ground as tones below the horizon, paler towards it; nothing in the air.
fn earth(canvas: &Canvas<'_>, horizon: &Horizon) -> Vec<(f32, Tone)> {
    if canvas.mood.surface == Surface::Air {
        return Vec::new();
    }
    let high = canvas.view.pose.position.y.max(0.05);
    let distances = [400.0, 120.0, 60.0, 34.0, 20.0, 12.0, 7.0, 4.0, 2.0, 1.0];
    let tone = |distance: &f64| {
        // The eye takes the near ground for darker.
        let near = 1.0 - 0.16 * (1.0 - (*distance as f32 / 14.0)).clamp(0.0, 1.0);
        let tone = canvas.mood.through_air(canvas.mood.ground.times(near), *distance);
        (horizon.below((high / distance).atan()), tone)
    };
    distances.iter().map(tone).collect()
}

/// Lines and tufts on the ground: they show its kind and how the camera moves.
fn marks(canvas: &mut Canvas<'_>, seconds: f64) {
    let eye = canvas.view.pose.position;
    // Bands by distance, each paler than the one before.
    let mut bands: [Vec<[Point; 2]>; 4] = Default::default();
    let mut mark = |from: Point, to: Point| {
        let distance = from.mix(to, 0.5).floor_distance_to(eye);
        let band = match distance {
            ..4.0 => 0,
            ..8.0 => 1,
            ..15.0 => 2,
            ..26.0 => 3,
            _ => return,
        };
        bands[band].push([from, to]);
    };
    let (x, z) = (eye.x.floor(), eye.z.floor());
    match canvas.mood.surface {
        Surface::Floor => tiles(x, z, 1.0, &mut mark),
        Surface::Stone => tiles(x, z, 1.5, &mut mark),
        Surface::Planks => planks(x, z, &mut mark),
        surface => scattered(surface, x, z, seconds, &mut mark),
    }
    let dark = canvas.mood.surface != Surface::Water;
    for (band, strength) in bands.iter().zip([0.30, 0.24, 0.17, 0.10]) {
        let mut path = PathBuilder::new();
        for [from, to] in band {
            let Some([from, to]) = canvas.view.clipped_line(*from, *to) else { continue };
            let (from, to) = (canvas.view.pixel(from), canvas.view.pixel(to));
            if canvas.view.shows(from, 400.0) || canvas.view.shows(to, 400.0) {
                path.move_to(from.x, from.y);
                path.line_to(to.x, to.y);
            }
        }
        let Some(path) = path.finish() else { continue };
        let tone = if dark {
            canvas.mood.ground.times(0.42)
        } else {
            canvas.mood.ground.mix(canvas.mood.horizon, 0.75)
        };
        let width = (canvas.view.height / 540.0) as f32;
        let stroke = Stroke { width: width.max(0.6), ..Stroke::default() };
        let paint = plain(tone.covering(strength));
        canvas.pixmap.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }
}

type Mark<'a> = &'a mut dyn FnMut(Point, Point);

/// Squares, in pieces so that far ones are paler.
fn tiles(x: f64, z: f64, side: f64, mark: Mark<'_>) {
    let (x, z) = ((x / side).round() * side, (z / side).round() * side);
    let reach = (24.0 / side) as i32;
    for line in -reach..=reach {
        let across = f64::from(line) * side;
        let mut from = -24.0;
        for to in [-14.0, -8.0, -4.0, 0.0, 4.0, 8.0, 14.0, 24.0] {
            mark(Point::new(x + across, 0.0, z + from), Point::new(x + across, 0.0, z + to));
            mark(Point::new(x + from, 0.0, z + across), Point::new(x + to, 0.0, z + across));
            from = to;
        }
    }
}

/// Boards along z with joints.
fn planks(x: f64, z: f64, mark: Mark<'_>) {
    let wide = 0.36;
    let middle = (x / wide).round();
    for board in -32..=32 {
        let column = middle + f64::from(board);
        let across = column * wide;
        let mut from = -18.0;
        for to in [-10.0, -5.0, 0.0, 5.0, 10.0, 18.0] {
            mark(Point::new(across, 0.0, z + from), Point::new(across, 0.0, z + to));
            from = to;
        }
        let shift = (column * 1.37).rem_euclid(3.0);
        let first = ((z - 12.0) / 3.0).floor() * 3.0 + shift;
        for joint in 0..8 {
            let along = first + 3.0 * f64::from(joint);
            mark(Point::new(across, 0.0, along), Point::new(across + wide, 0.0, along));
        }
    }
}

/// Blades, pebbles, ripples: one at most in each cell of the ground.
fn scattered(surface: Surface, x: f64, z: f64, seconds: f64, mark: Mark<'_>) {
    let cell = if surface == Surface::Water { 1.1 } else { 0.9 };
    let (x, z) = ((x / cell).round(), (z / cell).round());
    for row in -20..=20 {
        for column in -20..=20 {
            let (right, along) = (x + f64::from(column), z + f64::from(row));
            let seed = (right as i64 as u32).wrapping_mul(73_856_093)
                ^ (along as i64 as u32).wrapping_mul(19_349_663);
            let chance = |index: u32| share("ground", seed.wrapping_add(index));
            let place = Point::new((right + chance(0)) * cell, 0.0, (along + chance(1)) * cell);
            match surface {
                Surface::Grass => {
                    for blade in 0..3u32 {
                        let lean = (chance(2 + blade) - 0.5) * 0.12;
                        let high = 0.07 + 0.08 * chance(5 + blade);
                        let foot = place + Point::new(0.03 * f64::from(blade), 0.0, 0.0);
                        mark(foot, foot + Point::new(lean, high, 0.0));
                    }
                }
                Surface::Water => {
                    let wave = (TAU * (seconds * 0.3 + chance(2))).sin();
                    let long = 0.25 + 0.5 * chance(3);
                    let shift = Point::new(0.08 * wave, 0.0, 0.0);
                    mark(place + shift, place + shift + Point::new(long, 0.0, 0.0));
                }
                _ if chance(2) < 0.55 => {
                    let long = 0.05 + 0.13 * chance(3);
                    let turn = chance(4) * TAU;
                    let end = Point::new(turn.cos() * long, 0.0, turn.sin() * long * 0.6);
                    mark(place, place + end);
                }
                _ => {}
            }
        }
    }
}

/// Two ridges that the camera's turns pass along.
fn hills(canvas: &mut Canvas<'_>, place: &str) {
    let flat = if canvas.mood.surface == Surface::Water { 0.35 } else { 1.0 };
    for (ridge, (most, haze)) in [(3.4, 0.80), (1.9, 0.58)].into_iter().enumerate() {
        let phase = |wave: u32| share(place, 10 * ridge as u32 + wave) * TAU;
        let high = |azimuth: f64| {
            let turn = azimuth.to_radians();
            let waves = 0.5 * (2.0 * turn + phase(0)).sin()
                + 0.3 * (5.0 * turn + phase(1)).sin()
                + 0.15 * (11.0 * turn + phase(2)).sin()
                + 0.05 * (29.0 * turn + phase(3)).sin();
            flat * most * (0.55 + 0.45 * waves)
        };
        let half = (canvas.view.width / 2.0 / canvas.view.focal).atan().to_degrees() * 1.25 + 6.0;
        let pan = canvas.view.pose.pan;
        let mut path = PathBuilder::new();
        let mut points = Vec::new();
        for step in 0..=48 {
            let azimuth = pan - half + 2.0 * half * f64::from(step) / 48.0;
            points.extend(canvas.view.far(azimuth, high(azimuth)));
        }
        let foot: Vec<Pixel> = [pan + half, pan - half]
            .iter()
            .filter_map(|azimuth| canvas.view.far(*azimuth, 0.0))
            .collect();
        if points.len() < 3 || foot.len() < 2 {
            continue;
        }
        path.move_to(points[0].x, points[0].y);
        points[1..].iter().chain(&foot).for_each(|point| path.line_to(point.x, point.y));
        path.close();
        let bare = canvas.mood.ground.times(0.72).mix(canvas.mood.zenith, 0.35);
        let tone = bare.mix(canvas.mood.air(), haze);
        canvas.fill(path.finish(), &plain(tone.opaque()));
    }
}

/// The sun or the moon, with its glow.
fn sun(canvas: &mut Canvas<'_>) {
    let towards = canvas.mood.towards;
    let azimuth = towards.x.atan2(towards.z).to_degrees();
    let elevation = towards.y.asin().to_degrees();
    let Some(place) = canvas.view.far(azimuth, elevation) else { return };
    let radius = (canvas.view.focal * 0.022) as f32;
    let glow = radius * 9.0;
    if !canvas.view.shows(place, glow) {
        return;
    }
    let bright = Tone([1.0, 0.97, 0.90]);
    let strength = if canvas.mood.night > 0.55 { 0.30 } else { 0.55 };
    let stops = [(0.0, 1.0), (0.10, 0.95), (0.13, 0.5), (0.4, 0.16), (1.0, 0.0)]
        .map(|(at, share): (f32, f32)| GradientStop::new(at, bright.covering(share * strength)));
    let shader = tiny_skia::RadialGradient::new(
        place,
        0.0,
        place,
        glow,
        stops.to_vec(),
        SpreadMode::Pad,
        Transform::identity(),
    );
    let mut path = PathBuilder::new();
    path.push_circle(place.x, place.y, glow);
    canvas.fill(path.finish(), &shaded(shader));
}

fn clouds(canvas: &mut Canvas<'_>, place: &str) {
    let white = canvas.mood.horizon.mix(Tone::grey(1.0), 0.45);
    for cloud in 0..14u32 {
        let azimuth = f64::from(cloud) * 360.0 / 14.0 + 14.0 * share(place, 40 + cloud);
        let elevation = 9.0 + 20.0 * share(place, 60 + cloud);
        let long = (0.10 + 0.16 * share(place, 80 + cloud)) * canvas.view.focal;
        let Some(middle) = canvas.view.far(azimuth, elevation) else { continue };
        if !canvas.view.shows(middle, long as f32 * 1.6) {
            continue;
        }
        for puff in 0..4u32 {
            let offset = (share(place, 100 + 7 * cloud + puff) - 0.5) * 1.5;
            let size = 0.35 + 0.4 * share(place, 200 + 7 * cloud + puff);
            let (x, y) =
                (middle.x + (offset * long) as f32, middle.y - (size * long * 0.10) as f32);
            let (wide, high) = ((size * long) as f32, (size * long * 0.22) as f32);
            let shape = Transform::from_row(wide, 0.0, 0.0, high, x, y);
            let stops = [(0.0, 0.34), (0.5, 0.22), (1.0, 0.0)]
                .map(|(at, share): (f32, f32)| GradientStop::new(at, white.covering(share)));
            let zero = Pixel::from_xy(0.0, 0.0);
            let shader = tiny_skia::RadialGradient::new(
                zero,
                0.0,
                zero,
                1.0,
                stops.to_vec(),
                SpreadMode::Pad,
                shape,
            );
            let Some(rect) = Rect::from_ltrb(x - wide, y - high, x + wide, y + high) else {
                continue;
            };
            canvas.pixmap.fill_rect(rect, &shaded(shader), Transform::identity(), None);
        }
    }
}

fn stars(canvas: &mut Canvas<'_>, place: &str) {
    let mut path = PathBuilder::new();
    let unit = (canvas.view.height / 540.0) as f32;
    for star in 0..260u32 {
        let azimuth = 360.0 * share(place, 400 + star);
        let elevation = 4.0 + 70.0 * share(place, 700 + star).powf(1.4);
        let Some(pixel) = canvas.view.far(azimuth, elevation) else { continue };
        if canvas.view.shows(pixel, 0.0) {
            let radius = (0.5 + 0.8 * share(place, 1000 + star).powi(3)) as f32 * unit;
            path.push_circle(pixel.x, pixel.y, radius);
        }
    }
    let tone = Tone([0.86, 0.89, 0.96]).covering(0.7 * canvas.mood.night);
    if let Some(path) = path.finish() {
        let all = Transform::identity();
        canvas.pixmap.fill_path(&path, &plain(tone), FillRule::Winding, all, None);
    }
}
