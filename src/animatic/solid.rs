//! The forms that everything is built of: eggs, limbs and flat sheets.
//!
//! Knows forms in space and their tones in white light; does not know pictures.

use super::shading::Tone;
use super::vector::{Frame, Vector, dot, times, unit};
use crate::blocking::geometry::Point;

/// A form with its tone in white light.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub form: Form3d,
    pub tone: Tone,
    /// It shines by itself, without light or shade.
    pub glows: bool,
    /// How much nearer than it is the animatic sorts it, in metres: for things on a
    /// surface.
    pub nearer: f64,
}

/// A form in space.
#[derive(Debug, Clone)]
pub(super) enum Form3d {
    /// A ball with three half axes.
    Egg { centre: Point, axes: [Vector; 3] },
    /// Two balls and what is between them.
    Limb { ends: [Point; 2], radii: [f64; 2] },
    /// The hull of points, shaded like an egg or a limb.
    Hull { points: Vec<Point>, like: Box<Self> },
    /// A flat convex polygon with the side that is seen; `both` if either is.
    Sheet { corners: Vec<Point>, normal: Vector, both: bool },
}

impl Part {
    fn of(form: Form3d, tone: Tone) -> Self {
        Self { form, tone, glows: false, nearer: 0.0 }
    }

    pub(super) fn ball(centre: Point, radius: f64, tone: Tone) -> Self {
        let frame = Frame::upright(centre, 0.0);
        Self::egg(&frame, [radius; 3], tone)
    }

    /// A ball with half axes to the right, up and forward of a frame.
    pub(super) fn egg(frame: &Frame, [right, up, forward]: [f64; 3], tone: Tone) -> Self {
        let axes = [times(frame.right, right), times(frame.up, up), times(frame.forward, forward)];
        Self::of(Form3d::Egg { centre: frame.origin, axes }, tone)
    }

    pub(super) fn limb(ends: [Point; 2], radii: [f64; 2], tone: Tone) -> Self {
        Self::of(Form3d::Limb { ends, radii }, tone)
    }

    /// The hull of points, shaded like another part.
    pub(super) fn hull(points: Vec<Point>, like: Self) -> Self {
        let Self { form, tone, .. } = like;
        Self::of(Form3d::Hull { points, like: Box::new(form) }, tone)
    }

    /// A flat polygon that is seen from the side of `normal`.
    pub(super) fn sheet(corners: Vec<Point>, normal: Vector, tone: Tone) -> Self {
        Self::of(Form3d::Sheet { corners, normal: unit(normal), both: false }, tone)
    }

    /// A flat polygon that is seen from both sides.
    pub(super) fn leaf(corners: Vec<Point>, normal: Vector, tone: Tone) -> Self {
        Self::of(Form3d::Sheet { corners, normal: unit(normal), both: true }, tone)
    }

    /// The same, shining.
    pub(super) fn glowing(self) -> Self {
        Self { glows: true, ..self }
    }

    /// The same, on the surface of what it is part of.
    pub(super) fn on_top(self, metres: f64) -> Self {
        Self { nearer: metres, ..self }
    }

    /// The middle of the form.
    pub(super) fn centre(&self) -> Point {
        match &self.form {
            Form3d::Egg { centre, .. } => *centre,
            Form3d::Limb { ends: [from, to], .. } => from.mix(*to, 0.5),
            Form3d::Hull { points: corners, .. } | Form3d::Sheet { corners, .. } => {
                let sum = corners.iter().fold(Point::default(), |sum, corner| sum + *corner);
                times(sum, 1.0 / corners.len().max(1) as f64)
            }
        }
    }
}

/// The six sides of a box. The frame is at the middle of its underside; lengths are
/// from side to side.
pub(super) fn cuboid(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    tapered(frame, [width, height, depth], [1.0, 1.0], tone)
}

/// A box whose top is scaled, to its right and forward.
pub(super) fn tapered(
    frame: &Frame,
    [width, height, depth]: [f64; 3],
    [across, along]: [f64; 2],
    tone: Tone,
) -> Vec<Part> {
    let corner = |right: f64, top: f64, forward: f64| {
        let (x, z) = if top > 0.5 { (across, along) } else { (1.0, 1.0) };
        frame.at(right * x * width / 2.0, top * height, forward * z * depth / 2.0)
    };
    let sides = [
        ([[-1.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 1.0, -1.0], [-1.0, 1.0, -1.0]], [0., 0., -1.]),
        ([[-1.0, 0.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]], [0., 0., 1.]),
        ([[-1.0, 0.0, -1.0], [-1.0, 0.0, 1.0], [-1.0, 1.0, 1.0], [-1.0, 1.0, -1.0]], [-1., 0., 0.]),
        ([[1.0, 0.0, -1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, -1.0]], [1., 0., 0.]),
        ([[-1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [1.0, 1.0, 1.0], [-1.0, 1.0, 1.0]], [0., 1., 0.]),
        ([[-1.0, 0.0, -1.0], [1.0, 0.0, -1.0], [1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]], [0., -1., 0.]),
    ];
    sides
        .into_iter()
        .map(|(corners, [right, up, forward])| {
            let corners = corners.map(|[x, y, z]| corner(x, y, z)).to_vec();
            Part::sheet(corners, frame.along(right, up, forward), tone)
        })
        .collect()
}

/// A round disc about `axis`, like a wheel.
pub(super) fn disc(centre: Point, axis: Vector, radius: f64, tone: Tone) -> Part {
    let axis = unit(axis);
    let across = if axis.y.abs() < 0.9 {
        unit(Point::new(axis.z, 0.0, -axis.x))
    } else {
        Point::new(1.0, 0.0, 0.0)
    };
    let other = super::vector::cross(axis, across);
    let corners = (0..20)
        .map(|step| {
            let (sin, cos) = (f64::from(step) / 20.0 * std::f64::consts::TAU).sin_cos();
            centre + times(across, cos * radius) + times(other, sin * radius)
        })
        .collect();
    Part::leaf(corners, axis, tone)
}

/// Two bones from `root` to `target`, or as far as they reach: the joint between them and
/// the end. The joint bends towards `hint`.
pub(super) fn two_bones(
    root: Point,
    target: Point,
    [upper, lower]: [f64; 2],
    hint: Vector,
) -> [Point; 2] {
    let way = target - root;
    let direction = unit(way);
    let long = dot(way, way).sqrt().clamp((upper - lower).abs() + 1e-6, upper + lower - 1e-6);
    let end = root + times(direction, long);
    let along = (upper * upper - lower * lower + long * long) / (2.0 * long);
    let aside = (upper * upper - along * along).max(0.0).sqrt();
    let sideways = hint - times(direction, dot(hint, direction));
    [root + times(direction, along) + times(unit(sideways), aside), end]
}
