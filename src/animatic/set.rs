//! Set pieces as simple solids: walls, trees, houses, tables.
//!
//! Knows forms; does not know figures.

use super::craft::hull;
use super::shading::{Tone, material, share};
use super::solid::{Part, cuboid};
use super::vector::{Frame, dot};
use crate::blocking::geometry::Point;
use crate::blocking::set::{Form, Material, SetPiece, SetRole};

/// The parts of a set piece. `index` tells trees apart.
pub(super) fn piece(piece: &SetPiece, index: u32) -> Vec<Part> {
    let tone = material(piece.material);
    let frame = Frame::upright(piece.base, piece.facing);
    let SetPiece { width, height, depth, .. } = *piece;
    let parts = match piece.form {
        Form::Box if piece.role == SetRole::Wall => wall(&frame, [width, height, depth], tone),
        Form::Box => cuboid(&frame, [width, height, depth], tone),
        Form::Cylinder => round(&frame, [width, height, depth], 1.0, tone),
        Form::Cone => round(&frame, [width, height, depth], 0.04, tone),
        // A hill is ground: its shade is no darker than the ground's.
        Form::Mound if width > 9.0 => mound(&frame, [width, height, depth], tone.times(1.3)),
        Form::Mound => mound(&frame, [width, height, depth], tone),
        Form::Tree => tree(piece, &frame, index, tone),
        Form::Fir => fir(piece, &frame, tone),
        Form::House => house(&frame, [width, height, depth], tone),
        Form::Table => table(&frame, [width, height, depth], tone),
        Form::Chair => chair(&frame, [width, height, depth], tone),
        Form::Boat => hull(&frame, [width, height, depth], tone),
    };
    if piece.material == Material::Glowing {
        return parts.into_iter().map(Part::glowing).collect();
    }
    parts
}

/// A wall is its front, with a board along its foot.
fn wall(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    let front = depth / 2.0;
    let strip = |low: f64, high: f64, forward: f64, tone: Tone| {
        let corners = [(-0.5, low), (0.5, low), (0.5, high), (-0.5, high)]
            .map(|(right, up)| frame.at(right * width, up, front + forward));
        Part::sheet(corners.to_vec(), frame.forward, tone)
    };
    vec![
        strip(0.0, height, 0.0, tone),
        strip(0.0, 0.14, 0.01, tone.times(0.72)).on_top(0.1),
        strip(0.14, 0.155, 0.01, tone.times(0.5)).on_top(0.1),
    ]
}

/// A pillar or a cone with a lid. `top` is the share of the width up there.
fn round(frame: &Frame, [width, height, depth]: [f64; 3], top: f64, tone: Tone) -> Vec<Part> {
    let low = ring(frame, [width / 2.0, depth / 2.0], 0.0);
    let high = ring(frame, [width / 2.0 * top, depth / 2.0 * top], height);
    let radius = width.max(depth) / 2.0;
    let ends = [frame.origin, frame.at(0.0, height, 0.0)];
    let like = Part::limb(ends, [radius, radius * top.max(0.3)], tone);
    let sides = Part::hull(low.into_iter().chain(high.iter().copied()).collect(), like);
    vec![sides, Part::sheet(high, frame.up, tone).on_top(radius)]
}

/// The upper half of a ball.
fn mound(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    let mut points = Vec::new();
    for step in 0..7 {
        let (up, out) = (f64::from(step) / 6.0 * std::f64::consts::FRAC_PI_2).sin_cos();
        points.extend(ring(frame, [width / 2.0 * out, depth / 2.0 * out], up * height));
    }
    let like = Part::egg(frame, [width / 2.0, height, depth / 2.0], tone);
    vec![Part::hull(points, like)]
}

/// Points round a frame at a height.
fn ring(frame: &Frame, [wide, deep]: [f64; 2], up: f64) -> Vec<Point> {
    const POINTS: u32 = 18;
    (0..POINTS)
        .map(|point| {
            let turn = f64::from(point) / f64::from(POINTS) * std::f64::consts::TAU;
            frame.at(turn.cos() * wide, up, turn.sin() * deep)
        })
        .collect()
}

fn tree(piece: &SetPiece, frame: &Frame, index: u32, tone: Tone) -> Vec<Part> {
    let trunk = piece.trunk() / 2.0;
    let bark = material(Material::Wood).times(0.72);
    let chance = |at: u32| share(&piece.name, index.wrapping_mul(31).wrapping_add(at));
    let (wide, high) = (piece.width / 2.0, piece.height);
    let fork = frame.at((chance(0) - 0.5) * wide * 0.2, high * 0.52, 0.0);
    let mut parts = vec![Part::limb([frame.origin, fork], [trunk * 1.15, trunk * 0.7], bark)];
    let tone = tone.mix(Tone([0.56, 0.58, 0.42]), chance(1) as f32 * 0.5);
    for puff in 0..5u32 {
        let turn = std::f64::consts::TAU * (f64::from(puff) / 4.0 + 0.2 * chance(2 + puff));
        let (out, up) =
            if puff == 4 { (0.0, 0.80) } else { (0.46, 0.58 + 0.12 * chance(7 + puff)) };
        let size = wide * (0.52 + 0.16 * chance(12 + puff));
        let middle = frame.moved(turn.cos() * out * wide, up * high, turn.sin() * out * wide);
        let flat = (high * 0.24).min(size);
        parts.push(Part::egg(&middle, [size, flat, size], tone));
    }
    parts
}

fn fir(piece: &SetPiece, frame: &Frame, tone: Tone) -> Vec<Part> {
    let bark = material(Material::Wood).times(0.6);
    let trunk = piece.trunk() / 2.0;
    let (wide, high) = (piece.width / 2.0, piece.height);
    let mut parts = vec![Part::limb(
        [frame.origin, frame.at(0.0, high * 0.3, 0.0)],
        [trunk, trunk * 0.8],
        bark,
    )];
    for (tier, (low, top, size)) in
        [(0.16, 0.55, 1.0), (0.38, 0.78, 0.76), (0.60, 1.0, 0.52)].into_iter().enumerate()
    {
        let skirt = frame.moved(0.0, low * high, 0.0);
        let tone = tone.times(0.80 + 0.06 * tier as f32);
        let cone =
            round(&skirt, [2.0 * wide * size, (top - low) * high, 2.0 * wide * size], 0.02, tone);
        // The upper tiers stand on the lower ones.
        parts.extend(cone.into_iter().map(|part| part.on_top(wide * 1.2 * tier as f64)));
    }
    parts
}

fn house(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    let wall = height * 0.62;
    let roof_tone = Tone([0.52, 0.43, 0.40]);
    let mut parts = cuboid(frame, [width, wall, depth], tone);
    let over = 0.25_f64.min(width * 0.05);
    let eave = |right: f64, forward: f64| {
        frame.at(right * (width / 2.0 + over), wall - over * 0.4, forward * (depth / 2.0 + over))
    };
    // The ridge runs along the front.
    let ridge = |right: f64| frame.at(right * (width / 2.0 + over), height, 0.0);
    let rise = height - wall;
    for side in [-1.0, 1.0] {
        let slope = vec![eave(-1.0, side), eave(1.0, side), ridge(1.0), ridge(-1.0)];
        let normal = frame.along(0.0, depth / 2.0, side * rise);
        parts.push(Part::sheet(slope, normal, roof_tone).on_top(0.6));
        let gable = vec![
            frame.at(side * width / 2.0, wall, -depth / 2.0),
            frame.at(side * width / 2.0, wall, depth / 2.0),
            frame.at(side * width / 2.0, height - 0.05, 0.0),
        ];
        parts.push(Part::sheet(gable, frame.along(side, 0.0, 0.0), tone).on_top(0.1));
    }
    let dark = Tone([0.30, 0.31, 0.34]);
    let opening = |right: f64, low: f64, wide: f64, high: f64, front: f64| {
        let corners = [(-0.5, 0.0), (0.5, 0.0), (0.5, 1.0), (-0.5, 1.0)]
            .map(|(x, y)| frame.at(right + x * wide, low + y * high, front * (depth / 2.0 + 0.02)));
        Part::sheet(corners.to_vec(), frame.along(0.0, 0.0, front), dark).on_top(0.5)
    };
    let door = (wall * 0.72).min(2.1);
    parts.push(opening(0.0, 0.0, door * 0.48, door, 1.0));
    let pane = (wall * 0.32).min(1.2);
    let storeys = (wall / 3.4).floor().max(1.0);
    for front in [-1.0, 1.0] {
        for storey in 0..storeys as u32 {
            let low = wall * (f64::from(storey) + 0.42) / storeys;
            for right in [-0.31, 0.31] {
                parts.push(opening(right * width, low, pane * 0.8, pane, front));
            }
        }
    }
    parts
}

fn table(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    let thick = 0.05_f64.min(height * 0.12);
    let mut parts = Vec::new();
    for right in [-1.0, 1.0] {
        for forward in [-1.0, 1.0] {
            let leg =
                frame.moved(right * (width / 2.0 - 0.06), 0.0, forward * (depth / 2.0 - 0.06));
            parts.extend(cuboid(&leg, [0.06, height - thick, 0.06], tone.times(0.8)));
        }
    }
    let top = frame.moved(0.0, height - thick, 0.0);
    parts.extend(
        cuboid(&top, [width, thick, depth], tone).into_iter().map(|part| part.on_top(depth)),
    );
    parts
}

fn chair(frame: &Frame, [width, height, depth]: [f64; 3], tone: Tone) -> Vec<Part> {
    let seat = (height * 0.5).min(0.46);
    let mut parts = Vec::new();
    for right in [-1.0, 1.0] {
        for forward in [-1.0, 1.0] {
            let leg =
                frame.moved(right * (width / 2.0 - 0.03), 0.0, forward * (depth / 2.0 - 0.03));
            parts.extend(cuboid(&leg, [0.045, seat, 0.045], tone.times(0.8)));
        }
    }
    parts.extend(cuboid(&frame.moved(0.0, seat - 0.04, 0.0), [width, 0.05, depth], tone));
    let back = frame.moved(0.0, seat, -depth / 2.0 + 0.03);
    parts.extend(cuboid(&back, [width, height - seat, 0.05], tone.times(0.94)));
    parts
}

/// Whether somebody at a point, so high above the ground, is on the camera's side of a
/// piece: before one of its sides that the camera is before too, or on top of it.
pub(super) fn is_before(piece: &SetPiece, point: Point, lift: f64, eye: Point) -> bool {
    let frame = Frame::upright(piece.base, piece.facing);
    let own = |place: Point| {
        let from = place - frame.origin;
        (dot(from, frame.right), dot(from, frame.forward))
    };
    let ((x, z), (eye_x, eye_z)) = (own(point), own(eye));
    if matches!(piece.form, Form::Tree | Form::Fir | Form::Cylinder | Form::Cone | Form::Mound) {
        return point.floor_distance_to(eye) < piece.base.floor_distance_to(eye);
    }
    let (half_width, half_depth) = (piece.width / 2.0, piece.depth / 2.0);
    if x.abs() < half_width + 0.1 && z.abs() < half_depth + 0.1 {
        // A chair's back covers who sits from behind only.
        let seat = piece.form == Form::Boat || piece.form == Form::Chair && eye_z > -half_depth;
        if seat || lift > piece.base.y + piece.height - 0.15 {
            return true;
        }
    }
    (x > half_width && eye_x > half_width)
        || (x < -half_width && eye_x < -half_width)
        || (z > half_depth && eye_z > half_depth)
        || (z < -half_depth && eye_z < -half_depth)
        || (piece.role != SetRole::Solid
            && point.floor_distance_to(eye) < piece.base.floor_distance_to(eye))
}
