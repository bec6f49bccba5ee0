//! Draws parts: each with the light on it, the air before it, and a thin dark line
//! round the whole.
//!
//! Knows parts and pixels; does not know what they are parts of.

use tiny_skia::{
    Color, FillRule, GradientStop, LinearGradient, Paint, Path, PathBuilder, Pixmap,
    Point as Pixel, RadialGradient, Shader, SpreadMode, Stroke, Transform,
};

use super::perspective::{Ellipse, Perspective};
use super::shading::{Mood, Tone};
use super::solid::{Form3d, Part};
use super::vector::{Vector, cross, dot, length, times, unit};
use crate::blocking::geometry::{NEAREST, Point};

/// A picture that is being drawn.
pub(super) struct Canvas<'a> {
    pub pixmap: &'a mut Pixmap,
    pub view: &'a Perspective,
    pub mood: &'a Mood,
}

/// A limb in the picture: the two circles.
struct Capsule {
    ends: [Pixel; 2],
    radii: [f32; 2],
}

impl Canvas<'_> {
    /// Draws the parts of one body, the farthest first. `line` is the width of the line
    /// round it in pixels; 0 for none.
    pub(super) fn body(&mut self, parts: &[Part], line: f32) {
        let mut order: Vec<(f64, usize)> = parts
            .iter()
            .enumerate()
            .map(|(index, part)| (self.view.seen(part.centre()).z - part.nearer, index))
            .collect();
        order.sort_by(|a, b| b.0.total_cmp(&a.0));
        if line > 0.0 {
            self.outline(parts, line);
        }
        for (_, index) in order {
            self.part(&parts[index]);
        }
    }

    /// The dark line: all parts once more, a little larger, as one form.
    fn outline(&mut self, parts: &[Part], line: f32) {
        let Some(first) = parts.first() else { return };
        let distance = self.view.seen(first.centre()).z;
        let ink = Tone([0.10, 0.09, 0.10]).mix(first.tone, 0.12);
        let ink = plain(self.mood.through_air(ink, distance).opaque());
        let (mut round, mut flat) = (PathBuilder::new(), PathBuilder::new());
        for part in parts.iter().filter(|part| part.nearer <= 0.0) {
            match &part.form {
                Form3d::Egg { centre, axes } => {
                    if let Some(mut ellipse) = self.view.ellipse(*centre, axes) {
                        ellipse.half[0] += f64::from(line);
                        ellipse.half[2] += f64::from(line);
                        if let Some(path) = circle_in(ellipse) {
                            round.push_path(&path);
                        }
                    }
                }
                Form3d::Limb { ends, radii } => {
                    let path = self.capsule(*ends, *radii).and_then(|mut capsule| {
                        capsule.radii = capsule.radii.map(|radius| radius + line);
                        capsule.path()
                    });
                    if let Some(path) = path {
                        round.push_path(&path);
                    }
                }
                Form3d::Hull { points, .. } => {
                    self.hull(points).iter().for_each(|path| flat.push_path(path));
                }
                Form3d::Sheet { corners, normal, both } => {
                    if *both || !self.looks_away(corners, *normal) {
                        self.polygon(corners).iter().for_each(|path| flat.push_path(path));
                    }
                }
            }
        }
        // Every circle runs the same way round, so that overlaps stay filled.
        self.fill(round.finish(), &ink);
        if let Some(path) = flat.finish() {
            let stroke = Stroke { width: 2.0 * line, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &ink, &stroke, Transform::identity(), None);
        }
    }

    fn part(&mut self, part: &Part) {
        match &part.form {
            Form3d::Hull { points, like } => {
                // Leaves out a form that reaches behind the lens.
                if let Some(path) = self.hull(points) {
                    self.rounded(part, like, Some(path));
                }
            }
            Form3d::Egg { .. } | Form3d::Limb { .. } => self.rounded(part, &part.form, None),
            Form3d::Sheet { corners, normal, both } => {
                if !both && self.looks_away(corners, *normal) {
                    return;
                }
                let away = self.looks_away(corners, *normal);
                let normal = if away { times(*normal, -1.0) } else { *normal };
                let tone = self.tone(part, normal, self.view.seen(part.centre()).z);
                let path = self.polygon(corners);
                self.fill(path, &plain(tone.opaque()));
            }
        }
    }

    /// Fills an outline, or the form's own, with the shades of a round form.
    fn rounded(&mut self, part: &Part, form: &Form3d, outline: Option<Path>) {
        match form {
            Form3d::Egg { centre, axes } => self.egg(part, *centre, axes, outline),
            Form3d::Limb { ends, radii } => self.limb(part, *ends, *radii, outline),
            Form3d::Hull { .. } | Form3d::Sheet { .. } => {}
        }
    }

    /// The hull of points in the picture; nothing if one is behind the lens.
    fn hull(&self, points: &[Point]) -> Option<Path> {
        let mut pixels = Vec::with_capacity(points.len());
        for point in points {
            let seen = self.view.seen(*point);
            if seen.z < 0.1 {
                return None;
            }
            pixels.push(self.view.pixel(seen));
        }
        // Andrew's monotone chain.
        pixels.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
        let turn =
            |a: Pixel, b: Pixel, c: Pixel| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
        let mut chain: Vec<Pixel> = Vec::new();
        for half in 0..2 {
            let start = chain.len();
            for pixel in &pixels {
                while chain.len() >= start + 2
                    && turn(chain[chain.len() - 2], chain[chain.len() - 1], *pixel) <= 0.0
                {
                    chain.pop();
                }
                chain.push(*pixel);
            }
            chain.pop();
            if half == 0 {
                pixels.reverse();
            }
        }
        let mut path = PathBuilder::new();
        let first = chain.first()?;
        path.move_to(first.x, first.y);
        chain[1..].iter().for_each(|pixel| path.line_to(pixel.x, pixel.y));
        path.close();
        path.finish()
    }

    /// The tone of a part where it looks along `normal`, seen from a distance.
    fn tone(&self, part: &Part, normal: Vector, distance: f64) -> Tone {
        if part.glows {
            return self.mood.through_air(part.tone, distance * 0.3);
        }
        self.mood.through_air(self.mood.shade(part.tone, normal), distance)
    }

    fn egg(&mut self, part: &Part, centre: Point, axes: &[Vector; 3], outline: Option<Path>) {
        let Some(ellipse) = self.view.ellipse(centre, axes) else { return };
        let distance = self.view.seen(centre).z;
        let largest = ellipse.half[0].max(ellipse.half[2]);
        // Does not draw eyes smaller than a pixel.
        if largest < 0.45 && part.nearer > 0.0 {
            return;
        }
        if largest < 2.5 {
            let tone = self.tone(part, unit(self.view.pose.position - centre), distance);
            self.fill(outline.or_else(|| circle_in(ellipse)), &plain(tone.opaque()));
            return;
        }
        // The direction of the light in the camera's axes.
        let light = self.view.turned(self.mood.towards);
        let across = light.x.hypot(light.y);
        let (x, y) = if across > 1e-6 { (light.x / across, light.y / across) } else { (0.0, 1.0) };
        let start = across.min(1.0) * 0.72;
        let reach = 1.0 + start;
        let stops = [0.0, 0.25, 0.45, 0.62, 0.8, 1.0].map(|share| {
            // From the brightest point through the middle to the far edge.
            let at = (start - share * reach).clamp(-1.0, 1.0);
            let seen = Point::new(x * at, y * at, -(1.0 - at * at).max(0.0).sqrt());
            let normal = self.view.in_space(seen);
            GradientStop::new(share as f32, self.tone(part, normal, distance).opaque())
        });
        let middle = Pixel::from_xy((x * start) as f32, (-y * start) as f32);
        let shader = RadialGradient::new(
            middle,
            0.0,
            middle,
            reach as f32,
            stops.to_vec(),
            SpreadMode::Pad,
            ellipse.transform(),
        );
        self.fill(outline.or_else(|| circle_in(ellipse)), &shaded(shader));
    }

    fn limb(&mut self, part: &Part, ends: [Point; 2], radii: [f64; 2], outline: Option<Path>) {
        let Some(capsule) = self.capsule(ends, radii) else { return };
        let middle = ends[0].mix(ends[1], 0.5);
        let distance = self.view.seen(middle).z;
        let axis = self.view.turned(unit(ends[1] - ends[0]));
        let wide = f32::midpoint(capsule.radii[0], capsule.radii[1]);
        let path = outline.or_else(|| capsule.path());
        let sideways = axis.x.hypot(axis.y);
        let towards = Point::new(0.0, 0.0, -1.0);
        if wide < 1.2 || sideways < 0.08 {
            let normal = self.view.in_space(unit(towards - times(axis, dot(towards, axis))));
            self.fill(path, &plain(self.tone(part, normal, distance).opaque()));
            return;
        }
        let across = Point::new(-axis.y / sideways, axis.x / sideways, 0.0);
        let front = unit(towards - times(axis, dot(towards, axis)));
        let stops = [-1.0, -0.6, -0.2, 0.2, 0.6, 1.0].map(|side: f64| {
            let seen = times(across, side) + times(front, (1.0 - side * side).sqrt());
            let tone = self.tone(part, self.view.in_space(seen), distance);
            GradientStop::new(f64::midpoint(side, 1.0) as f32, tone.opaque())
        });
        let [from, to] = capsule.ends;
        let centre = Pixel::from_xy(f32::midpoint(from.x, to.x), f32::midpoint(from.y, to.y));
        let largest = capsule.radii[0].max(capsule.radii[1]);
        let (dx, dy) = (across.x as f32 * largest, -across.y as f32 * largest);
        let shader = LinearGradient::new(
            Pixel::from_xy(centre.x - dx, centre.y - dy),
            Pixel::from_xy(centre.x + dx, centre.y + dy),
            stops.to_vec(),
            SpreadMode::Pad,
            Transform::identity(),
        );
        self.fill(path, &shaded(shader));
    }

    fn capsule(&self, ends: [Point; 2], radii: [f64; 2]) -> Option<Capsule> {
        let [from, to] = self.view.clipped_line(ends[0], ends[1])?;
        let scale = |seen: Vector| self.view.focal / seen.z.max(NEAREST);
        // A limb that reaches past the lens has no end there.
        let most = (4.0 * self.view.height) as f32;
        let radii = [radii[0] * scale(from), radii[1] * scale(to)];
        let radii = radii.map(|radius| (radius as f32).clamp(0.3, most));
        Some(Capsule { ends: [self.view.pixel(from), self.view.pixel(to)], radii })
    }

    fn looks_away(&self, corners: &[Point], normal: Vector) -> bool {
        dot(normal, self.view.pose.position - corners[0]) <= 0.0
    }

    /// The outline of a flat polygon in the picture.
    pub(super) fn polygon(&self, corners: &[Point]) -> Option<Path> {
        let seen = self.view.clipped(corners);
        let mut path = PathBuilder::new();
        let mut pixels = seen.iter().map(|corner| self.view.pixel(*corner));
        let first = pixels.next()?;
        path.move_to(first.x, first.y);
        pixels.for_each(|pixel| path.line_to(pixel.x, pixel.y));
        path.close();
        path.finish()
    }

    pub(super) fn fill(&mut self, path: Option<Path>, paint: &Paint<'_>) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, paint, FillRule::Winding, Transform::identity(), None);
        }
    }

    /// A soft dark spot on the ground with two half axes, in metres.
    pub(super) fn shadow(&mut self, centre: Point, axes: [Vector; 2], strength: f32) {
        // A spot that reaches behind the lens has no ellipse.
        let reach = axes.iter().map(|axis| self.view.turned(*axis).z.abs()).fold(0.0, f64::max);
        if self.view.seen(centre).z - reach < 0.3 {
            return;
        }
        let Some(ellipse) = self.view.ellipse(centre, &axes) else { return };
        let dark = Tone([0.05, 0.05, 0.09]);
        let left = 1.0 - self.mood.haziness(self.view.seen(centre).z);
        let stops = [(0.0, 1.0), (0.35, 0.86), (0.65, 0.48), (0.85, 0.16), (1.0, 0.0)].map(
            |(at, share): (f32, f32)| GradientStop::new(at, dark.covering(share * strength * left)),
        );
        let middle = Pixel::from_xy(0.0, 0.0);
        let shader = RadialGradient::new(
            middle,
            0.0,
            middle,
            1.0,
            stops.to_vec(),
            SpreadMode::Pad,
            ellipse.transform(),
        );
        self.fill(circle_in(ellipse), &shaded(shader));
    }
}

impl Ellipse {
    /// From the unit circle to the ellipse.
    pub(super) fn transform(&self) -> Transform {
        let [xx, xy, yy] = self.half.map(|value| value as f32);
        Transform::from_row(xx, xy, xy, yy, self.centre.x, self.centre.y)
    }
}

fn circle_in(ellipse: Ellipse) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_circle(0.0, 0.0, 1.0);
    path.finish()?.transform(ellipse.transform())
}

impl Capsule {
    /// The outline of both circles and of what is between them.
    fn path(&self) -> Option<Path> {
        let [from, to] = self.ends;
        let [near, far] = self.radii;
        let (dx, dy) = (to.x - from.x, to.y - from.y);
        let apart = dx.hypot(dy);
        let mut path = PathBuilder::new();
        if apart <= (near - far).abs() + 0.05 {
            let (centre, radius) = if near > far { (from, near) } else { (to, far) };
            path.push_circle(centre.x, centre.y, radius);
            return path.finish();
        }
        let along = dy.atan2(dx);
        // Where the common tangents touch, from the axis.
        let touch = ((near - far) / apart).acos();
        let on = |centre: Pixel, radius: f32, angle: f32| {
            Pixel::from_xy(centre.x + radius * angle.cos(), centre.y + radius * angle.sin())
        };
        let start = on(from, near, along + touch);
        path.move_to(start.x, start.y);
        arc(&mut path, from, near, along + touch, std::f32::consts::TAU - 2.0 * touch);
        let next = on(to, far, along - touch);
        path.line_to(next.x, next.y);
        arc(&mut path, to, far, along - touch, 2.0 * touch);
        path.close();
        path.finish()
    }
}

/// An arc as curves of at most a quarter of a circle each.
fn arc(path: &mut PathBuilder, centre: Pixel, radius: f32, start: f32, sweep: f32) {
    let pieces = (sweep / std::f32::consts::FRAC_PI_2).ceil().max(1.0);
    let step = sweep / pieces;
    let handle = radius * 4.0 / 3.0 * (step / 4.0).tan();
    for piece in 0..pieces as u32 {
        let (from, to) = (start + step * piece as f32, start + step * (piece + 1) as f32);
        let (a, b) = ((from.cos(), from.sin()), (to.cos(), to.sin()));
        path.cubic_to(
            centre.x + radius * a.0 - handle * a.1,
            centre.y + radius * a.1 + handle * a.0,
            centre.x + radius * b.0 + handle * b.1,
            centre.y + radius * b.1 - handle * b.0,
            centre.x + radius * b.0,
            centre.y + radius * b.1,
        );
    }
}

/// A paint of one colour.
pub(super) fn plain(colour: Color) -> Paint<'static> {
    Paint { shader: Shader::SolidColor(colour), anti_alias: true, ..Paint::default() }
}

/// A paint of a gradient; nothing if it has no extent.
pub(super) fn shaded(shader: Option<Shader<'static>>) -> Paint<'static> {
    let shader = shader.unwrap_or(Shader::SolidColor(Color::TRANSPARENT));
    Paint { shader, anti_alias: true, ..Paint::default() }
}

/// A vector at right angles to a direction over the floor, of the same length.
pub(super) fn aside(direction: Vector) -> Vector {
    let across = cross(direction, super::vector::UP);
    times(unit(across), length(direction))
}
