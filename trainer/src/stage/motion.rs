//! How figures and the camera move, frame by frame at twelve a second.
//!
//! Every motion begins at frame 0 from the pose of `stand` and the framing of `static`,
//! so that a first frame looks the same whatever follows. Does not know what moves.

use std::f32::consts::{PI, TAU};

use tiny_skia::Transform;

use super::cast::{Action, Move, Subject};

/// A figure's deviation from standing on its mark.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pose {
    /// Along its direction of view, in pixels of the medium shot.
    pub(super) along: f32,
    /// Upwards, in pixels of the medium shot.
    pub(super) up: f32,
    /// Leaning in its direction of view, in degrees.
    pub(super) lean: f32,
    /// Height, as a factor.
    pub(super) tall: f32,
    /// How far the mouth is open, 0 to 1, in steps of a quarter.
    pub(super) mouth: f32,
}

/// The pose of a figure at a frame.
pub(super) fn pose(subject: Subject, action: Action, frame: u32) -> Pose {
    let t = frame as f32;
    let still = Pose { along: 0.0, up: 0.0, lean: 0.0, tall: 1.0, mouth: 0.0 };
    let wave = |period: f32| (TAU * t / period).sin();
    let hop = |period: f32| (PI * t / period).sin().abs();
    let rolls = subject.is_vehicle();
    match action {
        Action::Stand if subject.is_thing() => still,
        Action::Stand => Pose { tall: 1.0 + 0.012 * wave(24.0), ..still },
        Action::Walk if rolls => Pose { along: 1.5 * t, up: hop(4.0), ..still },
        Action::Walk => {
            Pose { along: 1.5 * t, up: 4.0 * hop(6.0), lean: 3.5 * wave(12.0), ..still }
        }
        Action::Run if rolls => Pose { along: 3.0 * t, up: 2.0 * hop(3.0), ..still },
        Action::Run => Pose {
            along: 3.0 * t,
            up: 8.0 * hop(4.0),
            lean: 7.0 * (t / 3.0).min(1.0) + 3.0 * wave(8.0),
            ..still
        },
        Action::Dance => {
            Pose { along: 9.0 * wave(16.0), up: 6.0 * hop(4.0), lean: 11.0 * wave(16.0), ..still }
        }
        Action::Jump => {
            let beat = t % 14.0;
            if beat <= 4.0 {
                Pose { tall: 1.0 - 0.14 * (PI * beat / 4.0).sin(), ..still }
            } else {
                let share = (beat - 4.0) / 10.0;
                Pose { up: 34.0 * 4.0 * share * (1.0 - share), ..still }
            }
        }
        Action::OpenMouth => Pose { mouth: ((t / 1.5).floor() / 4.0).min(1.0), ..still },
    }
}

/// Where the camera is, in pixels, and how near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CameraPosition {
    right: f32,
    up: f32,
    zoom: f32,
}

/// The camera rests after this many frames, because the sets end there.
const LAST: u32 = 52;

/// The camera at a frame.
pub(super) fn camera(movement: Move, frame: u32) -> CameraPosition {
    let t = frame.min(LAST) as f32;
    let still = CameraPosition { right: 0.0, up: 0.0, zoom: 1.0 };
    match movement {
        Move::Static => still,
        Move::PushIn => CameraPosition { zoom: 1.0 + 0.008 * t, ..still },
        Move::PullBack => CameraPosition { zoom: 1.0 / (1.0 + 0.007 * t), ..still },
        Move::PanLeft => CameraPosition { right: -1.25 * t, ..still },
        Move::PanRight => CameraPosition { right: 1.25 * t, ..still },
        Move::TiltUp => CameraPosition { up: 0.9 * t, ..still },
    }
}

impl CameraPosition {
    /// The transform from the picture at frame 0 to the picture that the camera now
    /// sees, of a layer at a depth: 1 for the figures, less for what is farther.
    pub(super) fn sees(self, depth: f32) -> Transform {
        let zoom = 1.0 + (self.zoom - 1.0) * depth;
        let (x, y) = (144.0, 72.0);
        Transform::from_row(
            zoom,
            0.0,
            0.0,
            zoom,
            x - x * zoom - self.right * depth,
            y - y * zoom + self.up * depth,
        )
    }
}
