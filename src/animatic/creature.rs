//! Animals: on four legs, with wings, with fins.
//!
//! Knows bodies; does not know pictures.

use super::shading::{Tone, fur};
use super::solid::Part;
use super::vector::{Frame, UP, times};
use crate::blocking::figure::{Figure, FigurePose, Gesture, Posture};
use crate::blocking::geometry::Point;

const TAU: f64 = std::f64::consts::TAU;
const DARK: Tone = Tone([0.16, 0.14, 0.14]);

/// An animal on four legs.
pub(super) fn quadruped(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let (height, length) = (figure.height, figure.length);
    let massive = ((figure.width / height - 0.30) / 0.3).clamp(0.0, 1.0);
    let tone = fur(figure);
    let back = height * (0.70 + 0.12 * massive);
    let thick = (figure.width / 2.0).min(height * 0.30).max(height * 0.12);
    let settled = |posture: Posture| match posture {
        Posture::Lying => 1.0,
        Posture::Crouching => 0.45,
        _ => 0.0,
    };
    let share = pose.posture_share;
    let down = settled(pose.earlier_posture) * (1.0 - share) + settled(pose.posture) * share;
    let sits = |posture: Posture| f64::from(u8::from(posture == Posture::Sitting));
    let sitting = sits(pose.earlier_posture) * (1.0 - share) + sits(pose.posture) * share;
    let legs = back - thick;
    let middle = (back - thick * 0.9) * (1.0 - down) + thick * 0.9 * down;

    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    let gallop = ((pose.pace - 2.5) / 2.0).clamp(0.0, 1.0);
    let going = (pose.pace / 0.4).clamp(0.0, 1.0);
    let reach = (0.22 + 0.16 * pose.pace).clamp(0.0, 0.8) * going;
    let rock = gallop * 5.0 * (TAU * pose.stride).sin();
    let body = frame
        .moved(0.0, middle - sitting * legs * 0.35, 0.0)
        .pitched(rock + pose.lean - 34.0 * sitting);
    let mut parts = Vec::with_capacity(24);
    let (rump, chest) =
        (body.at(0.0, 0.0, -0.27 * length), body.at(0.0, thick * 0.12, 0.20 * length));
    parts.push(Part::limb([rump, chest], [thick * 0.92, thick], tone));

    for (front, phase_at) in [(true, 0.0), (false, 0.5)] {
        for (leg, side) in [(0, -1.0), (1, 1.0)] {
            // A walk moves crosswise, a gallop in pairs.
            let offset =
                phase_at + 0.5 * f64::from(leg) * (1.0 - gallop) + 0.08 * f64::from(leg) * gallop;
            let phase = TAU * (pose.stride + offset);
            let swing = reach * phase.sin();
            let lift = going * (0.25 + 0.35 * gallop) * phase.cos().max(0.0);
            let along = if front { 0.20 } else { -0.25 } * length;
            let hip = body.at(side * thick * 0.52, -thick * 0.25, along);
            let ground = frame.at(side * thick * 0.55, 0.0, along);
            let long = (hip.y - frame.origin.y).max(height * 0.1);
            let bend = down.max(if front { 0.0 } else { sitting });
            let foot = ground
                + frame.along(0.0, lift * long * 0.45, swing * long)
                + frame.along(side * thick * 0.25 * down, 0.0, 0.22 * height * bend);
            let out = if front { 0.03 - 0.25 * lift } else { -0.12 - 0.2 * lift } * height;
            let knee = hip.mix(foot, 0.52)
                + frame.along(0.0, 0.12 * height * bend, out * (1.0 - bend) + 0.10 * height * bend);
            let (upper, lower) = (thick * (0.42 + 0.10 * massive), thick * (0.20 + 0.22 * massive));
            parts.push(Part::limb([hip, knee], [upper, lower * 1.15], tone.times(0.96)));
            let hoof = foot + times(UP, lower * 0.8);
            parts.push(Part::limb([knee, hoof], [lower, lower * 0.85], tone.times(0.88)));
        }
    }
    let size = (height * 0.115 * (1.0 + 0.55 * massive)).min(length * 0.16);
    let nod =
        if pose.gesture == Some(Gesture::Nod) { 0.06 * (TAU * pose.swing).sin() } else { 0.0 };
    let head_height = (height - size * 1.15) * (1.0 - 0.72 * down) - legs * 0.05 * sitting;
    let neck_base = body.at(0.0, thick * 0.35, 0.24 * length);
    let head = frame.at(0.0, head_height + nod * height, 0.40 * length - 0.10 * length * sitting);
    parts.push(Part::limb([neck_base, head], [thick * 0.62, size * 0.78], tone));
    let face = Frame { origin: head, ..frame }.turned(pose.look).pitched(18.0);
    head_of_beast(&mut parts, &face, pose, (size, massive), tone);
    let wag = 0.5 * (TAU * (pose.stride * 2.0 + pose.swing)).sin();
    let root = body.at(0.0, thick * 0.4, -0.27 * length - thick * 0.7);
    let tip = root
        + body.along(wag * thick * 0.6, -0.26 * height + 0.20 * height * gallop, -0.10 * length);
    parts.push(Part::limb([root, tip], [thick * 0.20, thick * 0.09], tone.times(0.9)));
    parts
}

/// The head of an animal on four legs, with snout, ears and eyes. `reach` is its
/// size in metres; the animal is massive from 0 to 1.
fn head_of_beast(
    parts: &mut Vec<Part>,
    face: &Frame,
    pose: &FigurePose,
    (size, massive): (f64, f64),
    tone: Tone,
) {
    parts.push(Part::egg(face, [size * 0.82, size * 0.88, size], tone));
    let snout = face.at(0.0, -size * 0.22, size * 1.45);
    parts.push(Part::limb(
        [face.at(0.0, -size * 0.10, size * 0.4), snout],
        [size * 0.62, size * 0.40],
        tone.times(1.05),
    ));
    parts.push(Part::ball(face.at(0.0, -size * 0.10, size * 1.82), size * 0.15, DARK).on_top(0.02));
    if massive > 0.7 {
        let trunk = face.at(0.0, -size * 2.6, size * 1.9);
        parts.push(Part::limb([snout, trunk], [size * 0.42, size * 0.20], tone.times(0.98)));
    }
    if pose.mouth > 0.05 {
        let jaw = face.at(0.0, -size * (0.48 + 0.35 * pose.mouth), size * 1.15);
        parts.push(Part::limb(
            [face.at(0.0, -size * 0.45, size * 0.4), jaw],
            [size * 0.30, size * 0.22],
            tone.times(0.82),
        ));
    }
    for side in [-1.0, 1.0] {
        let ear = [
            face.at(side * size * 0.55, size * 0.6, -size * 0.25),
            face.at(
                side * size * (0.75 + 0.6 * massive),
                size * (1.35 - 0.9 * massive),
                -size * 0.35,
            ),
        ];
        parts.push(Part::limb(ear, [size * (0.26 + 0.3 * massive), size * 0.10], tone.times(0.9)));
        let eye = face.at(side * size * 0.56, size * 0.22, size * 0.66);
        parts.push(Part::ball(eye, size * 0.11, DARK).on_top(0.03));
    }
}

/// A bird on its feet, or in the air.
pub(super) fn bird(figure: &Figure, pose: &FigurePose, seconds: f64) -> Vec<Part> {
    let (height, length) = (figure.height, figure.length.max(figure.height * 0.8));
    let tone = fur(figure);
    let flies = |posture: Posture| f64::from(u8::from(posture == Posture::Flying));
    let air = flies(pose.earlier_posture) * (1.0 - pose.posture_share)
        + flies(pose.posture) * pose.posture_share;
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    let hop = (TAU * pose.stride).sin().abs() * 0.05 * height * (1.0 - air);
    let belly = frame.moved(0.0, height * (0.50 - 0.10 * air) + hop, 0.0);
    let body = belly.pitched(-28.0 * (1.0 - air) + pose.lean);
    let (wide, high) = (height * 0.24, height * 0.26);
    let mut parts = vec![Part::egg(&body, [wide, high, length * 0.33], tone)];
    let tail = [
        body.at(-wide * 0.3, 0.0, -length * 0.26),
        body.at(wide * 0.3, 0.0, -length * 0.26),
        body.at(wide * 0.6, -high * 0.1, -length * 0.58),
        body.at(-wide * 0.6, -high * 0.1, -length * 0.58),
    ];
    parts.push(Part::leaf(tail.to_vec(), body.up, tone.times(0.85)));
    let head = frame.at(0.0, height * (0.82 - 0.36 * air) + hop, length * (0.26 + 0.10 * air));
    let face = Frame { origin: head, ..frame }.turned(pose.look);
    let skull = height * 0.15;
    parts.push(Part::limb(
        [body.at(0.0, high * 0.3, length * 0.18), head],
        [wide * 0.62, skull * 0.8],
        tone,
    ));
    parts.push(Part::ball(head, skull, tone));
    let open = pose.mouth * skull * 0.5;
    for beak in [open * 0.4, -open] {
        let tip = face.at(0.0, beak - skull * 0.15, skull * 1.9);
        let root = face.at(0.0, -skull * 0.08, skull * 0.75);
        parts.push(Part::limb([root, tip], [skull * 0.34, skull * 0.05], Tone([0.78, 0.60, 0.34])));
    }
    for side in [-1.0, 1.0] {
        parts.push(
            Part::ball(face.at(side * skull * 0.72, skull * 0.2, skull * 0.55), skull * 0.16, DARK)
                .on_top(0.02),
        );
        if air < 0.5 {
            let hip = belly.at(side * wide * 0.4, -high * 0.6, 0.0);
            let step = (TAU * (pose.stride + 0.25 * side)).sin() * 0.10 * height;
            let foot = frame.at(side * wide * 0.4, 0.02 * height, step + 0.04 * height);
            parts.push(Part::limb(
                [hip, foot],
                [height * 0.03, height * 0.022],
                Tone([0.66, 0.52, 0.36]),
            ));
            let claw = foot + frame.along(0.0, 0.0, height * 0.10);
            parts.push(Part::limb([foot, claw], [height * 0.02; 2], Tone([0.66, 0.52, 0.36])));
            let folded =
                Frame { origin: body.at(side * wide * 0.85, high * 0.1, -length * 0.08), ..body };
            parts.push(Part::egg(
                &folded,
                [wide * 0.22, high * 0.62, length * 0.30],
                tone.times(0.8),
            ));
        } else {
            wing(&body, side, [wide, length], seconds, tone, &mut parts);
        }
    }
    parts
}

/// A wing of two sheets that beats.
fn wing(
    body: &Frame,
    side: f64,
    [wide, length]: [f64; 2],
    seconds: f64,
    tone: Tone,
    parts: &mut Vec<Part>,
) {
    let rate = (1.9 / length.max(0.1).sqrt()).clamp(1.2, 5.0);
    let beat = (TAU * seconds * rate).sin();
    let late = (TAU * seconds * rate - 0.9).sin();
    let span = length * 0.62;
    let shoulder = body.moved(side * wide * 0.7, wide * 0.5, length * 0.08);
    let wrist = shoulder.moved(side * span * 0.8, span * 0.55 * beat, 0.0);
    let tip = wrist.moved(side * span * 0.9, span * 0.65 * late, -length * 0.16);
    let (root, mid) = (shoulder.at(0.0, 0.0, -length * 0.28), wrist.at(0.0, 0.0, -length * 0.30));
    let up = body.along(-side * 0.5 * beat, 1.0, 0.0);
    parts.push(Part::leaf(
        vec![shoulder.origin, wrist.at(0.0, 0.0, length * 0.03), mid, root],
        up,
        tone.times(0.86),
    ));
    parts.push(Part::leaf(
        vec![wrist.at(0.0, 0.0, length * 0.03), tip.origin, mid],
        up,
        tone.times(0.74),
    ));
}

/// A fish, a whale, a snake.
pub(super) fn fish(figure: &Figure, pose: &FigurePose, seconds: f64) -> Vec<Part> {
    let (wide, high, length) = (figure.width / 2.0, figure.height / 2.0, figure.length);
    let tone = fur(figure);
    let frame =
        Frame::upright(pose.feet + times(UP, pose.lift + high), pose.facing).pitched(pose.lean);
    let sway =
        |along: f64| 0.10 * length * (TAU * (seconds * 0.9 - along * 0.7)).sin() * (0.5 - along);
    // Rings from head to tail that a wave runs through.
    let spine: Vec<(Point, f64)> = (0..=7)
        .map(|ring| {
            let along = 0.5 - f64::from(ring) / 7.0;
            let thick = (1.0 - (2.0 * along).powi(2) * 0.85).max(0.06).sqrt();
            (frame.at(sway(along), 0.0, along * length), thick * wide.max(high * 0.7))
        })
        .collect();
    let mut parts: Vec<Part> = spine
        .windows(2)
        .map(|pair| Part::limb([pair[0].0, pair[1].0], [pair[0].1, pair[1].1], tone))
        .collect();
    let end = spine[7].0;
    let fluke = |side: f64| end + frame.along(0.0, side * high * 0.9, -length * 0.16);
    parts.push(Part::leaf(
        vec![end, fluke(1.0), end + frame.along(0.0, 0.0, -length * 0.07), fluke(-1.0)],
        frame.right,
        tone.times(0.85),
    ));
    let fin = frame.at(sway(0.1), high * 0.9, 0.1 * length);
    parts.push(Part::leaf(
        vec![
            fin,
            fin + frame.along(0.0, high * 0.7, -length * 0.08),
            fin + frame.along(0.0, -high * 0.1, -length * 0.16),
        ],
        frame.right,
        tone.times(0.85),
    ));
    for side in [-1.0, 1.0] {
        let eye = frame.at(sway(0.4) + side * wide * 0.5, high * 0.25, 0.42 * length);
        parts.push(Part::ball(eye, high * 0.09, DARK).on_top(0.1));
    }
    parts
}
