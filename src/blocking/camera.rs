//! The camera's way through a shot, as poses that are decided beforehand.
//!
//! Knows poses and time; does not know why the camera moves.

use serde::Serialize;

use super::geometry::{CameraPose, Point};

/// A camera's way through a shot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CameraPath {
    /// The moment of the first pose, in seconds of the shot.
    pub first: f64,
    /// Seconds from one pose to the next.
    pub step: f64,
    /// One pose, or as many as the shot takes. Angles go on beyond 180 degrees, so that
    /// neighbours are neighbours.
    pub poses: Vec<CameraPose>,
    /// How the operator's hands move it.
    pub shake: Option<Shake>,
}

/// How a camera without a tripod moves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shake {
    /// Degrees that it turns.
    pub degrees: f64,
    /// Metres that it moves.
    pub metres: f64,
    /// Movements in a second.
    pub rate: f64,
    /// What tells one shot's movements from another's.
    pub seed: u64,
}

impl CameraPath {
    /// A camera that does not move.
    pub fn fixed(pose: CameraPose) -> Self {
        Self { first: 0.0, step: 1.0, poses: vec![pose], shake: None }
    }

    /// The pose at a moment, before and after the shot too.
    pub fn at(&self, seconds: f64) -> CameraPose {
        let place = ((seconds - self.first) / self.step).clamp(0.0, self.poses.len() as f64 - 1.0);
        let index = (place.floor() as usize).min(self.poses.len() - 1);
        let share = place - index as f64;
        let near = |offset: isize| {
            let last = self.poses.len() as isize - 1;
            self.poses[(index as isize + offset).clamp(0, last) as usize]
        };
        let pose = through([near(-1), near(0), near(1), near(2)], share);
        match self.shake {
            Some(shake) => shaken(pose, shake, seconds),
            None => pose,
        }
    }
}

/// A pose between the second and the third of four (Catmull and Rom, 1974).
fn through([a, b, c, d]: [CameraPose; 4], t: f64) -> CameraPose {
    let curve = |a: f64, b: f64, c: f64, d: f64| {
        let (one, two) = ((c - a) / 2.0, (d - b) / 2.0);
        let rise = c - b;
        b + t * (one + t * (3.0 * rise - 2.0 * one - two + t * (one + two - 2.0 * rise)))
    };
    let of = |read: fn(&CameraPose) -> f64| curve(read(&a), read(&b), read(&c), read(&d));
    CameraPose {
        position: Point::new(
            of(|pose| pose.position.x),
            of(|pose| pose.position.y),
            of(|pose| pose.position.z),
        ),
        pan: of(|pose| pose.pan),
        tilt: of(|pose| pose.tilt),
        roll: of(|pose| pose.roll),
        field_of_view: of(|pose| pose.field_of_view),
        focus: of(|pose| pose.focus),
        shallow: of(|pose| pose.shallow),
    }
}

fn shaken(mut pose: CameraPose, shake: Shake, seconds: f64) -> CameraPose {
    let wave = |channel: u64| drift(shake.seed.wrapping_add(channel), seconds * shake.rate);
    // A long lens shows every degree larger, so an operator holds it stiller.
    let steady = (pose.field_of_view / 40.0).clamp(0.15, 1.0);
    pose.pan += shake.degrees * steady * wave(1);
    pose.tilt += shake.degrees * steady * wave(2);
    pose.roll += shake.degrees * 0.4 * wave(3);
    pose.position.x += shake.metres * wave(4);
    pose.position.y += shake.metres * wave(5);
    pose.position.z += shake.metres * wave(6);
    pose
}

/// A smooth, aperiodic movement from -1 to 1: sines of rates that are no multiples of
/// each other, of phases that follow from the seed.
fn drift(seed: u64, t: f64) -> f64 {
    let phase = |n: u64| {
        let mut mixed =
            seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ n.wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed ^= mixed >> 29;
        mixed = mixed.wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed >> 11) as f64 / (1u64 << 53) as f64 * std::f64::consts::TAU
    };
    let parts = [(0.5, 0.43), (0.3, 1.0), (0.2, 2.17)];
    let tau = std::f64::consts::TAU;
    parts.iter().zip(0..).map(|((share, rate), n)| share * (tau * rate * t + phase(n)).sin()).sum()
}
