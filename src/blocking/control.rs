//! What a control video of a shot is drawn from: its figures, its set and its camera, frame
//! by frame, in whole numbers.
//!
//! Whole numbers have one digest, and make one picture, on every machine, whatever its
//! sines are. Knows blockings; does not know pixels or models.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::figure::{
    Figure, FigureColours, FigurePath, FigurePose, Gesture, PathKey, Posture, Shape,
};
use super::geometry::{CameraPose, Point, wrap_degrees};
use super::set::{Form, Material, SetPiece, SetRole, Surface};
use super::staged::Blocking;

/// Raise it when equal scenes get different control pictures.
pub const CONTROL_REVISION: u32 = 3;

/// Whole numbers to a metre: the finest that a macro shot shows.
const METRE: f64 = 8192.0;
/// Whole numbers to a degree.
const DEGREE: f64 = 1024.0;
/// Whole numbers to 1: shares, metres per second, seconds.
const ONE: f64 = 1024.0;

/// Everything that a control video shows of some frames of a shot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlScene {
    /// Width and height of the film's picture; a take that has another aspect is cropped.
    pub format: [u32; 2],
    /// Whether there is ground to stand on.
    grounded: bool,
    set: Vec<ControlPiece>,
    figures: Vec<ControlFigure>,
    frames: Vec<ControlFrame>,
}

/// A set piece.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ControlPiece {
    /// Its place in the set, which tells trees apart.
    index: u32,
    name: String,
    form: Form,
    role: SetRole,
    base: [i64; 3],
    /// Width, height, depth.
    size: [i64; 3],
    facing: i64,
}

/// A figure, as far as it never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ControlFigure {
    shape: Shape,
    /// Of plants, whose leaves it decides; empty for others.
    name: String,
    /// Height, width, length.
    size: [i64; 3],
}

/// The camera and the figures at a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ControlFrame {
    /// The time of wings and waves.
    seconds: i64,
    position: [i64; 3],
    /// Pan, tilt, roll, field of view.
    angles: [i64; 4],
    poses: Vec<ControlPose>,
}

/// A figure at a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ControlPose {
    feet: [i64; 3],
    lift: i64,
    /// Facing, lean, turn of the head.
    angles: [i64; 3],
    /// The posture that it leaves, that it takes, and how far it is.
    posture: (Posture, Posture, i64),
    /// Phase of the step, and the pace.
    step: [i64; 2],
    gesture: Option<(Gesture, i64)>,
}

fn whole(value: f64, unit: f64) -> i64 {
    (value * unit).round() as i64
}

fn wholes(point: Point) -> [i64; 3] {
    [point.x, point.y, point.z].map(|metres| whole(metres, METRE))
}

fn point([x, y, z]: [i64; 3]) -> Point {
    let metres = |whole: i64| whole as f64 / METRE;
    Point::new(metres(x), metres(y), metres(z))
}

fn turn(degrees: f64) -> i64 {
    whole(wrap_degrees(degrees), DEGREE)
}

impl ControlScene {
    /// The scene of some frames of a take: `rate` in a second, of which `head` seconds
    /// lie before the shot. `format` is width and height of the film.
    pub fn of(
        blocking: &Blocking,
        format: [u32; 2],
        rate: u32,
        head: f64,
        frames: Range<u32>,
    ) -> Self {
        let times: Vec<f64> =
            frames.map(|frame| f64::from(frame) / f64::from(rate.max(1)) - head).collect();
        let moments: Vec<_> = times.iter().map(|seconds| blocking.at(*seconds)).collect();
        // Whoever is never in the picture may do anything.
        let seen: Vec<usize> = (0..blocking.figures.len())
            .filter(|index| {
                let figure = &blocking.figures[*index];
                moments.iter().any(|moment| {
                    sees(&moment.camera, blocking.aspect, figure, &moment.figures[*index])
                })
            })
            .collect();
        Self {
            format,
            grounded: blocking.ground.surface != Surface::Air,
            set: (0..).zip(&blocking.set).map(|(index, piece)| set_piece(index, piece)).collect(),
            figures: seen.iter().map(|index| figure(&blocking.figures[*index])).collect(),
            frames: times
                .iter()
                .zip(&moments)
                .map(|(seconds, moment)| ControlFrame {
                    seconds: whole(blocking.begins + seconds, ONE),
                    position: wholes(moment.camera.position),
                    angles: [
                        turn(moment.camera.pan),
                        turn(moment.camera.tilt),
                        turn(moment.camera.roll),
                        whole(moment.camera.field_of_view, DEGREE),
                    ],
                    poses: seen.iter().map(|index| pose(&moment.figures[*index])).collect(),
                })
                .collect(),
        }
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.frames.len()
    }

    /// Whether there is ground.
    pub fn is_grounded(&self) -> bool {
        self.grounded
    }

    /// A digest of everything that its pictures depend on.
    pub fn digest(&self) -> blake3::Hash {
        let meaning =
            serde_json::to_vec(&(CONTROL_REVISION, self)).expect("plain data becomes JSON");
        let mut hasher = blake3::Hasher::new_derive_key("photoplay control scene 1");
        hasher.update(&meaning).finalize()
    }

    /// The set, each piece with its place in it.
    pub fn set(&self) -> impl Iterator<Item = (u32, SetPiece)> {
        self.set.iter().map(|piece| {
            let [width, height, depth] = piece.size.map(|size| size as f64 / METRE);
            let ControlPiece { index, form, role, .. } = *piece;
            let set_piece = SetPiece {
                name: piece.name.clone(),
                form,
                material: Material::default(),
                role,
                base: point(piece.base),
                width,
                height,
                depth,
                facing: piece.facing as f64 / DEGREE,
            };
            (index, set_piece)
        })
    }

    /// The camera at a frame, and the time in seconds.
    pub fn camera(&self, frame: usize) -> (CameraPose, f64) {
        let ControlFrame { seconds, position, angles, .. } = &self.frames[frame];
        let [pan, tilt, roll, field_of_view] = angles.map(|angle| angle as f64 / DEGREE);
        let position = point(*position);
        let pose =
            CameraPose { position, pan, tilt, roll, field_of_view, focus: 1.0, shallow: 0.0 };
        (pose, *seconds as f64 / ONE)
    }

    /// The figures at a frame. Their mouths are shut.
    pub fn figures(&self, frame: usize) -> impl Iterator<Item = (Figure, FigurePose)> {
        let poses = self.frames[frame].poses.iter();
        self.figures.iter().zip(poses).map(|(figure, pose)| {
            let [height, width, length] = figure.size.map(|size| size as f64 / METRE);
            let standing = PathKey {
                seconds: 0.0,
                feet: point(pose.feet),
                facing: pose.angles[0] as f64 / DEGREE,
                posture: pose.posture.1,
                lift: pose.lift as f64 / METRE,
                lean: pose.angles[1] as f64 / DEGREE,
                look: pose.angles[2] as f64 / DEGREE,
                ease: super::figure::Ease::None,
            };
            let path = FigurePath::resting(standing);
            let now = FigurePose {
                earlier_posture: pose.posture.0,
                posture_share: pose.posture.2 as f64 / ONE,
                stride: pose.step[0] as f64 / ONE,
                pace: pose.step[1] as f64 / ONE,
                gesture: pose.gesture.map(|(gesture, _)| gesture),
                swing: pose.gesture.map_or(0.0, |(_, swing)| swing as f64 / ONE),
                mouth: 0.0,
                ..path.at(0.0)
            };
            let figure = Figure {
                name: figure.name.clone(),
                subject: 0,
                who: None,
                individual: 0,
                shape: figure.shape,
                height,
                width,
                length,
                // A depth has no colours.
                colours: FigureColours::default(),
                path,
            };
            (figure, now)
        })
    }
}

fn set_piece(index: u32, piece: &SetPiece) -> ControlPiece {
    ControlPiece {
        index,
        name: piece.name.clone(),
        form: piece.form,
        role: piece.role,
        base: wholes(piece.base),
        size: [piece.width, piece.height, piece.depth].map(|metres| whole(metres, METRE)),
        facing: turn(piece.facing),
    }
}

fn figure(figure: &Figure) -> ControlFigure {
    let plant = figure.shape == Shape::Plant;
    ControlFigure {
        shape: figure.shape,
        name: if plant { figure.name.clone() } else { String::new() },
        size: [figure.height, figure.width, figure.length].map(|metres| whole(metres, METRE)),
    }
}

fn pose(pose: &FigurePose) -> ControlPose {
    ControlPose {
        feet: wholes(pose.feet),
        lift: whole(pose.lift, METRE),
        angles: [turn(pose.facing), turn(pose.lean), turn(pose.look)],
        posture: (pose.earlier_posture, pose.posture, whole(pose.posture_share, ONE)),
        step: [whole(pose.stride, ONE), whole(pose.pace, ONE)],
        gesture: pose.gesture.map(|gesture| (gesture, whole(pose.swing, ONE))),
    }
}

/// Whether a ball round a figure reaches into the picture.
fn sees(camera: &CameraPose, aspect: f64, figure: &Figure, pose: &FigurePose) -> bool {
    let radius = figure.height.max(figure.length).max(figure.width) * 0.8 + 0.2;
    let middle = pose.feet + Point::new(0.0, pose.lift + figure.height / 2.0, 0.0);
    let seen = camera.seen_from(middle);
    let up = (camera.field_of_view.to_radians() / 2.0).tan();
    let inside = |off: f64, slope: f64| off.abs() <= slope * seen.z + radius * slope.hypot(1.0);
    // Takes may show a little more than the film does.
    seen.z > -radius && inside(seen.x, up * aspect * 1.2) && inside(seen.y, up * 1.2)
}
