//! People: joints for every posture, gesture and step, and a body round them.
//!
//! Lengths of a body are shares of its height. Knows bodies; does not know pictures.

use super::shading::{Tone, clothes, hair};
use super::solid::{Part, two_bones};
use super::vector::{Frame, UP, times};
use crate::blocking::figure::{Figure, FigurePose, Gesture, Posture, Shape};
use crate::blocking::geometry::Point;

const TAU: f64 = std::f64::consts::TAU;

const THIGH: f64 = 0.245;
const SHIN: f64 = 0.245;
const UPPER_ARM: f64 = 0.165;
const FOREARM: f64 = 0.15;
const HIP: f64 = 0.055;
const SHOULDER: f64 = 0.115;
const ANKLE: f64 = 0.035;

const SKIN: Tone = Tone([0.80, 0.71, 0.64]);
const TROUSERS: Tone = Tone([0.42, 0.42, 0.44]);
const SHOE: Tone = Tone([0.25, 0.24, 0.24]);
const FEATURE: Tone = Tone([0.17, 0.13, 0.12]);

/// The joints of a body in its own directions, in shares of its height: to its right, up,
/// forward. Left and right in that order.
#[derive(Debug, Clone, Copy)]
struct Joints {
    pelvis: [f64; 3],
    chest: [f64; 3],
    /// Degrees that the trunk is bent forward, for the head.
    bent: f64,
    knees: [[f64; 3]; 2],
    ankles: [[f64; 3]; 2],
    hands: [[f64; 3]; 2],
}

/// A body that stands or walks. `stride` is the phase of its step.
fn standing(pose: &FigurePose) -> Joints {
    let pace = pose.pace;
    let going = (pace / 0.5).clamp(0.0, 1.0);
    let running = ((pace - 2.2) / 1.6).clamp(0.0, 1.0);
    let reach = (0.16 + 0.20 * pace).clamp(0.0, 0.85) * going;
    let lean = (2.0 * pace).min(14.0) * going + pose.lean;
    let mut joints = Joints {
        pelvis: [0.0, 0.53, 0.0],
        chest: [0.0, 0.0, 0.0],
        bent: lean,
        knees: [[0.0; 3]; 2],
        ankles: [[0.0; 3]; 2],
        hands: [[0.0; 3]; 2],
    };
    for (leg, side) in [(0, -1.0), (1, 1.0)] {
        let phase = TAU * (pose.stride + 0.5 * leg as f64);
        // The thigh leads; the knee bends while the leg comes forward.
        let thigh = reach * phase.sin() + 0.12 * running;
        let bend = going * (0.12 + (0.55 + 0.75 * running) * phase.cos().max(0.0));
        let shin = thigh - bend;
        let hip = [side * HIP, 0.53, 0.0];
        let knee = [side * HIP, hip[1] - THIGH * thigh.cos(), THIGH * thigh.sin()];
        joints.knees[leg] = knee;
        joints.ankles[leg] = [side * HIP, knee[1] - SHIN * shin.cos(), knee[2] + SHIN * shin.sin()];
        let arm = -reach * (0.75 + 0.3 * running) * phase.sin();
        let crook = 0.18 + 0.25 * going + 1.1 * running;
        let (upper, lower) = (arm - 0.10, arm + crook);
        joints.hands[leg] = [
            side * (SHOULDER + 0.025),
            0.815 - UPPER_ARM * upper.cos() - FOREARM * lower.cos(),
            UPPER_ARM * upper.sin() + FOREARM * lower.sin(),
        ];
    }
    // The lower foot stands on the ground.
    let lowest = joints.ankles[0][1].min(joints.ankles[1][1]) - ANKLE;
    let airborne = 0.02 * running;
    let down = lowest - airborne;
    joints.pelvis[1] -= down;
    for leg in 0..2 {
        joints.knees[leg][1] -= down;
        joints.ankles[leg][1] -= down;
        joints.hands[leg][1] -= down;
    }
    joints.chest = trunk(joints.pelvis, joints.bent);
    for hand in &mut joints.hands {
        hand[2] += joints.chest[2];
        hand[1] += joints.chest[1] - (joints.pelvis[1] + 0.27);
    }
    joints
}

/// The upper end of a trunk that is bent forward.
fn trunk(pelvis: [f64; 3], bent: f64) -> [f64; 3] {
    let (sin, cos) = bent.to_radians().sin_cos();
    [pelvis[0], pelvis[1] + 0.27 * cos, pelvis[2] + 0.27 * sin]
}

/// A body in another posture. `seat` is the height of what it sits on.
fn settled(posture: Posture, pose: &FigurePose, seat: f64) -> Joints {
    let both = |right: f64, up: f64, forward: f64| [[-right, up, forward], [right, up, forward]];
    let with = |pelvis: [f64; 3], bent: f64, knees, ankles, hands: [[f64; 3]; 2]| {
        let chest = trunk(pelvis, bent);
        Joints { pelvis, chest, bent, knees, ankles, hands }
    };
    match posture {
        Posture::Standing => standing(pose),
        Posture::Sitting | Posture::Riding if seat > 0.12 || posture == Posture::Riding => {
            let apart = if posture == Posture::Riding { 0.17 } else { 0.06 };
            let knee = both(apart, 0.065, if posture == Posture::Riding { 0.14 } else { 0.235 });
            let drop = seat.min(SHIN + 0.03);
            let ankle = both(
                apart + 0.01,
                (0.065 - SHIN).max(ANKLE - drop),
                if posture == Posture::Riding { 0.05 } else { 0.245 },
            );
            let hands = both(0.06, 0.12, 0.20);
            with([0.0, 0.075, 0.0], pose.lean, knee, ankle, hands)
        }
        Posture::Sitting | Posture::Riding => with(
            [0.0, 0.075, -0.05],
            pose.lean + 4.0,
            both(0.07, 0.235, 0.13),
            both(0.06, ANKLE, 0.25),
            both(0.075, 0.24, 0.12),
        ),
        Posture::Kneeling => with(
            [0.0, 0.285, 0.0],
            pose.lean + 5.0,
            both(0.06, 0.045, 0.04),
            both(0.06, 0.045, -0.20),
            both(0.08, 0.25, 0.10),
        ),
        Posture::Crouching => with(
            [0.0, 0.25, -0.07],
            pose.lean + 32.0,
            both(0.08, 0.275, 0.16),
            both(0.07, ANKLE, 0.0),
            both(0.10, 0.20, 0.24),
        ),
        Posture::Lying => Joints {
            pelvis: [0.0, 0.07, 0.0],
            chest: [0.0, 0.075, -0.28],
            bent: -90.0,
            knees: both(HIP, 0.08, 0.24),
            ankles: both(HIP, 0.05, 0.48),
            hands: both(0.15, 0.04, -0.02),
        },
        Posture::Flying => Joints {
            pelvis: [0.0, 0.30, -0.12],
            chest: [0.0, 0.36, 0.14],
            bent: 75.0,
            knees: both(HIP, 0.27, -0.36),
            ankles: both(HIP, 0.25, -0.60),
            hands: both(0.12, 0.42, 0.48),
        },
        Posture::Swimming => with(
            [0.0, -0.20, -0.12],
            28.0,
            both(0.08, -0.45, -0.30),
            both(0.08, -0.50, -0.52),
            both(0.26, -0.03, 0.22),
        ),
    }
}

/// The joints between the posture that a person leaves and the one that they take.
fn joints(pose: &FigurePose, height: f64) -> Joints {
    let seat = pose.lift / height;
    let to = settled(pose.posture, pose, seat);
    let share = pose.posture_share;
    if share >= 1.0 || pose.earlier_posture == pose.posture {
        return to;
    }
    let from = settled(pose.earlier_posture, pose, seat);
    let mix = |from: [f64; 3], to: [f64; 3]| {
        std::array::from_fn(|at| from[at] + (to[at] - from[at]) * share)
    };
    let pair = |from: [[f64; 3]; 2], to: [[f64; 3]; 2]| [mix(from[0], to[0]), mix(from[1], to[1])];
    Joints {
        pelvis: mix(from.pelvis, to.pelvis),
        chest: mix(from.chest, to.chest),
        bent: from.bent + (to.bent - from.bent) * share,
        knees: pair(from.knees, to.knees),
        ankles: pair(from.ankles, to.ankles),
        hands: pair(from.hands, to.hands),
    }
}

/// Where the hands are in a gesture, from the upper end of the trunk.
fn gesturing(gesture: Gesture, swing: f64, hands: &mut [[f64; 3]; 2], chest: [f64; 3]) {
    let wave = (TAU * swing).sin();
    let from_chest =
        |right: f64, up: f64, forward: f64| [chest[0] + right, chest[1] + up, chest[2] + forward];
    let [left, right] = hands;
    match gesture {
        Gesture::Wave => *right = from_chest(0.20 + 0.06 * wave, 0.25, 0.06),
        Gesture::Point => *right = from_chest(0.10, 0.02, 0.31),
        Gesture::Reach => *right = from_chest(0.08, -0.06, 0.24 + 0.05 * wave),
        Gesture::Hold => {
            *left = from_chest(-0.05, -0.13, 0.17);
            *right = from_chest(0.05, -0.13, 0.17);
        }
        Gesture::Raise => {
            *left = from_chest(-0.17, 0.27, 0.02 + 0.02 * wave);
            *right = from_chest(0.17, 0.27, 0.02 - 0.02 * wave);
        }
        Gesture::Strike => {
            let back = smooth_pulse(swing);
            *right = from_chest(0.14, 0.24 - 0.30 * back, -0.10 + 0.38 * back);
        }
        Gesture::Embrace => {
            *left = from_chest(-0.06, -0.02, 0.25);
            *right = from_chest(0.06, 0.02, 0.25);
        }
        Gesture::Cover => {
            *left = from_chest(-0.035, 0.10, 0.11);
            *right = from_chest(0.035, 0.10, 0.11);
        }
        Gesture::Dance => {
            *left = from_chest(-0.24, 0.12 + 0.10 * wave, 0.05);
            *right = from_chest(0.24, 0.12 - 0.10 * wave, 0.05);
        }
        Gesture::Work => {
            *left = from_chest(-0.07, -0.20 + 0.025 * wave, 0.19);
            *right = from_chest(0.07, -0.20 - 0.03 * wave, 0.20);
        }
        Gesture::Sip => {
            let lifted = smooth_pulse(swing);
            *right = from_chest(0.04 + 0.04 * (1.0 - lifted), -0.12 + 0.19 * lifted, 0.15);
        }
        Gesture::Nod | Gesture::Shake | Gesture::Tremble => {}
    }
}

/// From 0 to 1 quickly, and slowly back.
fn smooth_pulse(swing: f64) -> f64 {
    if swing < 0.35 {
        crate::blocking::geometry::smooth(swing / 0.35)
    } else {
        1.0 - crate::blocking::geometry::smooth((swing - 0.35) / 0.65)
    }
}

/// The parts of a person.
pub(super) fn person(figure: &Figure, pose: &FigurePose) -> Vec<Part> {
    let height = figure.height;
    let child = figure.shape == Shape::Child;
    let stout = (figure.width / (0.29 * height)).clamp(0.8, 1.5);
    let mut joints = joints(pose, height);
    if let Some(gesture) = pose.gesture {
        let chest = joints.chest;
        gesturing(gesture, pose.swing, &mut joints.hands, chest);
    }
    let mut frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    if pose.gesture == Some(Gesture::Tremble) {
        frame = frame.moved(0.006 * (TAU * 3.0 * pose.swing).sin(), 0.0, 0.0);
    }
    if pose.gesture == Some(Gesture::Dance) {
        frame =
            frame.rolled(4.0 * (TAU * pose.swing).sin()).turned(14.0 * (TAU * pose.swing).cos());
    }
    let at =
        |[right, up, forward]: [f64; 3]| frame.at(right * height, up * height, forward * height);
    // People who share one name differ a little.
    let several = [1.0, 0.86, 1.10, 0.94][figure.individual as usize % 4];
    let coat = clothes(figure).times(several);
    let mut parts = Vec::with_capacity(28);
    let (pelvis, chest) = (at(joints.pelvis), at(joints.chest));
    let trunk = Frame { origin: chest, ..frame }.pitched(joints.bent);
    let size = |share: f64| share * height;

    for (leg, side) in [(0, -1.0), (1, 1.0)] {
        let hip = at([joints.pelvis[0] + side * HIP, joints.pelvis[1], joints.pelvis[2]]);
        let (knee, ankle) = (at(joints.knees[leg]), at(joints.ankles[leg]));
        let thick = 0.5 + 0.5 * stout;
        parts.push(Part::limb([hip, knee], [size(0.058 * thick), size(0.042 * thick)], TROUSERS));
        parts.push(Part::limb([knee, ankle], [size(0.040 * thick), size(0.028)], TROUSERS));
        let toe = toe(&joints, leg);
        parts.push(Part::limb(
            [ankle - times(frame.up, size(0.012)), at(toe)],
            [size(0.027), size(0.021)],
            SHOE,
        ));

        let shoulder = trunk.at(side * size(SHOULDER) * stout, size(-0.005), 0.0);
        let out = trunk.along(side * 0.5, -0.4, -0.8);
        let [elbow, hand] =
            two_bones(shoulder, at(joints.hands[leg]), [size(UPPER_ARM), size(FOREARM)], out);
        parts.push(Part::limb([shoulder, elbow], [size(0.036), size(0.029)], coat));
        parts.push(Part::limb([elbow, hand], [size(0.028), size(0.021)], coat.times(0.94)));
        parts.push(Part::ball(hand, size(0.027), SKIN));
    }
    let hips = [-1.0, 1.0].map(|side| {
        at([joints.pelvis[0] + side * 0.034 * stout, joints.pelvis[1] + 0.005, joints.pelvis[2]])
    });
    parts.push(Part::limb(hips, [size(0.066 * (0.5 + 0.5 * stout)); 2], TROUSERS));
    let waist = pelvis.mix(chest, 0.40);
    parts.push(Part::limb(
        [pelvis, waist],
        [size(0.078 * stout), size(0.084 * stout)],
        coat.times(0.93),
    ));
    let ribs = Frame { origin: waist.mix(chest, 0.52), ..trunk };
    parts.push(Part::egg(&ribs, [size(0.108 * stout), size(0.150), size(0.080 * stout)], coat));
    for side in [-1.0, 1.0] {
        let shoulder = trunk.at(side * size(0.098) * stout, size(-0.014), 0.0);
        let neck = trunk.at(side * size(0.028), size(0.004), 0.0);
        let collar = Part::limb([neck, shoulder], [size(0.030), size(0.037)], coat);
        // It rises from the chest, whichever side is nearer.
        parts.push(collar.on_top(size(-0.04)));
    }
    let hem = Frame { origin: pelvis.mix(waist, 0.25), ..frame }.pitched(joints.bent * 0.5);
    let skirt = [size(0.101 * stout), size(0.074), size(0.084 * stout)];
    parts.push(Part::egg(&hem, skirt, coat.times(0.95)).on_top(size(0.03)));
    head(figure, pose, &trunk, child, &mut parts);
    if pose.posture == Posture::Swimming && pose.posture_share > 0.5 {
        let surface = pose.feet.y + pose.lift;
        parts.retain(|part| part.centre().y > surface - 0.02 * height);
    }
    parts
}

/// Where the tip of a foot is: ahead of the ankle, or as the shin goes on.
fn toe(joints: &Joints, leg: usize) -> [f64; 3] {
    let (knee, ankle) = (joints.knees[leg], joints.ankles[leg]);
    let shin = [ankle[1] - knee[1], ankle[2] - knee[2]];
    let long = shin[0].hypot(shin[1]).max(1e-6);
    // At right angles to the shin, upwards when it lies.
    let (up, forward) = (shin[1] / long, -shin[0] / long);
    let level = ((forward - 0.7) / 0.3).clamp(0.0, 1.0);
    let (up, forward) = (up * (1.0 - level) - 0.18 * level, forward * (1.0 - level) + level);
    [ankle[0] * 1.12, ankle[1] + 0.085 * up, ankle[2] + 0.085 * forward]
}

/// The head with hair, eyes, nose and mouth.
fn head(figure: &Figure, pose: &FigurePose, trunk: &Frame, child: bool, parts: &mut Vec<Part>) {
    let height = figure.height;
    let size = |share: f64| share * height * if child { 1.28 } else { 1.0 };
    let nod = match pose.gesture {
        Some(Gesture::Nod) => 10.0 + 10.0 * (TAU * pose.swing).sin(),
        _ => 0.0,
    };
    let shaken = match pose.gesture {
        Some(Gesture::Shake) => 18.0 * (TAU * pose.swing).sin(),
        _ => 0.0,
    };
    // A head stays level while the trunk bends.
    let (sin, cos) = pose.facing.to_radians().sin_cos();
    let forward = trunk.forward.y.atan2(trunk.forward.x * sin + trunk.forward.z * cos);
    let bent = -forward.to_degrees();
    let level = Frame::upright(trunk.origin, pose.facing).pitched(if bent.abs() > 70.0 {
        bent
    } else {
        bent * 0.35
    });
    let neck = trunk.at(0.0, height * 0.035, height * 0.008);
    let turned = level.turned(pose.look + shaken).pitched(nod);
    let middle = turned.origin
        + times(trunk.up, height * 0.055)
        + turned.along(0.0, size(0.058), size(0.012));
    let face = Frame { origin: middle, ..turned };
    let throat = [trunk.at(0.0, height * 0.02, 0.0), neck + times(trunk.up, height * 0.02)];
    let throat = Part::limb(throat, [height * 0.027, height * 0.027], SKIN.times(0.93));
    // The collar is before it.
    parts.push(throat.on_top(-0.05 * height));
    let (wide, high, deep) = (size(0.054), size(0.070), size(0.062));
    parts.push(Part::egg(&face, [wide, high, deep], SKIN));
    let cap = face.moved(0.0, size(0.014), size(-0.016));
    parts.push(Part::egg(&cap, [wide * 1.09, high * 0.96, deep * 0.98], hair(figure)));
    let on_face = |right: f64, up: f64| {
        let (x, y) = (right / wide, up / high);
        face.at(right, up, deep * (1.0 - x * x - y * y).max(0.0).sqrt())
    };
    for side in [-1.0, 1.0] {
        let ear = face.at(side * wide * 0.98, size(-0.004), size(-0.006));
        parts.push(Part::ball(ear, size(0.011), SKIN.times(0.92)));
        let eye = Frame { origin: on_face(side * size(0.021), size(0.006)), ..face };
        parts
            .push(Part::egg(&eye, [size(0.0062), size(0.0078), size(0.004)], FEATURE).on_top(0.02));
        let brow =
            [on_face(side * size(0.013), size(0.024)), on_face(side * size(0.030), size(0.022))];
        parts.push(Part::limb(brow, [size(0.0028); 2], hair(figure).times(0.9)).on_top(0.02));
    }
    let nose = [on_face(0.0, size(0.004)), on_face(0.0, size(-0.017))];
    let tip = nose[1] + times(face.forward, size(0.011));
    parts.push(Part::limb([nose[0], tip], [size(0.006), size(0.0095)], SKIN).on_top(0.02));
    let mouth = Frame { origin: on_face(0.0, size(-0.036)), ..face };
    let open = 0.0032 + 0.0125 * pose.mouth.clamp(0.0, 1.0);
    let across = 0.0165 - 0.004 * pose.mouth.clamp(0.0, 1.0);
    let lips = Tone([0.45, 0.27, 0.25]);
    parts.push(Part::egg(&mouth, [size(across), size(open), size(0.004)], lips).on_top(0.02));
}

/// The middle of a person's head in space, for labels and tests.
pub(super) fn crown(figure: &Figure, pose: &FigurePose) -> Point {
    let joints = joints(pose, figure.height);
    let frame = Frame::upright(pose.feet + times(UP, pose.lift), pose.facing);
    let [right, up, forward] = joints.chest;
    let head = if figure.shape == Shape::Child { 0.24 } else { 0.20 };
    let top = if joints.bent.abs() > 60.0 { 0.10 } else { head };
    frame.at(right * figure.height, (up + top) * figure.height, forward * figure.height)
}
