//! Finds where the blocking puts the cutout of a figure in the picture.
//!
//! A cutout does not bend: it steps from foot to foot, leans, hops, turns on its axis and
//! lies down. Toys have large heads, so a near picture stays farther away than it would
//! from a person. Knows poses; does not know pictures.

use super::cutout::CutoutPose;
use crate::blocking::figure::{Figure, FigurePose, Gesture, Posture, Shape};
use crate::blocking::geometry::{CameraPose, Point, smooth, wrap_degrees};
use crate::blocking::outline::outline;
use crate::blocking::staged::Blocking;

/// A size of the picture in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct PictureSize {
    pub width: f64,
    pub height: f64,
}

/// A cutout in the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PosedCutout {
    pub at: CutoutPose,
    /// Along the view, in metres.
    pub depth: f64,
    /// The pixel of the floor below it, if it stands over one.
    pub floor: Option<(f32, f32)>,
    /// How high it is above that pixel, as a share of its height.
    pub lift: f32,
    /// How much of its back the camera sees, from 0 to 1.
    pub behind: f32,
    /// How far its mouth is open, from 0 to 1.
    pub mouth: f32,
    /// How much of its lower end something hides, as a share of its height.
    pub hidden: f32,
}

/// The room above a head that the picture shows whole, as a share of the cutout's height.
const HEADROOM: f64 = 0.035;
/// Where the middle of a toy's head is, as a share of its height.
const HEAD: f64 = 0.72;
/// Up to this share of the picture's height a figure is as high as in the blocking.
const TRUE: f64 = 0.5;

/// The height of a cutout for that of the figure, in shares of the picture's height. The
/// square root leads through what Toy Theatre's own pictures have: a medium shot shows
/// a toy to its feet, and a close-up its head and shoulders.
pub(super) fn cutout_height(figure: f64) -> f64 {
    if figure <= TRUE { figure } else { (figure * TRUE).sqrt() }
}

/// The cutout of one figure, or of several on one cutout, at a moment: how wide it is, and
/// whether it has a mouth to open. `None` behind the camera.
pub(super) fn posed(
    figures: &[(&Figure, FigurePose)],
    camera: &CameraPose,
    size: PictureSize,
    (wide, speaks, aspect_of_it): (f64, bool, f64),
    seconds: f64,
) -> Option<PosedCutout> {
    let (figure, pose) = figures.first()?;
    let count = figures.len() as f64;
    let sum = figures.iter().fold(Point::default(), |sum, (_, pose)| sum + pose.feet);
    let floor = Point::new(sum.x / count, sum.y / count, sum.z / count);
    // A cutout has no knees: it stands where somebody sits.
    let feet = floor.at_height(floor.y + pose.lift * (1.0 - seated(pose)));
    let tall = figure.height * grown(figure, aspect_of_it);
    let crown = feet.at_height(feet.y + tall);
    let aspect = size.width / size.height;
    let pixel = |point: Point| {
        let seen = camera.project(point, aspect)?;
        Some((seen.x * size.width, seen.y * size.height, seen.depth))
    };
    let (low, high) = (pixel(feet)?, pixel(crown)?);
    let depth = f64::midpoint(low.2, high.2);
    let focal = size.height / 2.0 / (camera.field_of_view.to_radians() / 2.0).tan();
    let upright = tall * focal / depth;
    // From high above, a cutout is turned up to the camera.
    let raw = (high.0 - low.0).hypot(high.1 - low.1).max(0.8 * upright);
    let middle = (f64::midpoint(low.0, high.0), f64::midpoint(low.1, high.1));

    let stands = posture(pose, figure);
    let share = raw / size.height;
    let height = cutout_height(share) * size.height * stands.height;
    // Far figures stand on their feet, near ones have their heads where the camera looks. A
    // lying figure has no head above its feet.
    let near = smooth((share - TRUE) / 0.7) * (1.0 - stands.lies);
    let roll = -camera.roll.to_radians();
    let (up_x, up_y) = (roll.sin(), -roll.cos());
    let by_feet = -raw / 2.0;
    let body = outline(figure, pose);
    let head = if figure.shape.is_person() { body.head } else { body.crown };
    let (head_x, head_y, _) = pixel(head)?;
    let head = (head_x - middle.0) * up_x + (head_y - middle.1) * up_y;
    let by_head = head - height * if figure.shape.is_person() { HEAD } else { 1.0 };
    let along = by_feet + (by_head - by_feet) * near;
    // A figure with room above its head keeps some of it.
    let crown = pixel(body.crown)?.1;
    let room = HEADROOM * size.height;
    let short = room - (middle.1 + up_y * (along + height));
    let along = if crown > room { along - short.max(0.0) * near } else { along };
    let mut moves = movement(figure, pose, camera);
    if pose.mouth > 0.0 && !speaks {
        moves.speak(pose, seconds);
    }
    let hop = moves.hop * height;
    let lies = stands.lies * height / 2.0;
    let mirrored = if wide < 0.0 { -1.0 } else { 1.0 };
    let at = (
        middle.0 + up_x * (along + hop) - mirrored * lies,
        middle.1 + up_y * (along + hop) - lies * 0.12,
    );
    let ground = pixel(floor.at_height(floor.y));
    Some(PosedCutout {
        at: CutoutPose {
            feet: (at.0 as f32, at.1 as f32),
            height: height as f32,
            turned: (mirrored * (moves.lean + 86.0 * stands.lies) - camera.roll) as f32,
            wide: (wide * moves.wide) as f32,
            tall: moves.tall as f32,
        },
        depth,
        floor: ground.map(|(x, y, _)| {
            // The shadow is where the cutout stands, not where a person would.
            let y = y + (at.1 - low.1) * (1.0 - near) + near * (at.1 - y);
            (x as f32, y as f32)
        }),
        lift: (pose.lift / figure.height + moves.hop).max(0.0) as f32,
        behind: behind(figure, pose, camera),
        mouth: pose.mouth as f32,
        hidden: 0.0,
    })
}

/// How much larger than its figure the cutout of something long is, because the still shows
/// it from the side.
fn grown(figure: &Figure, aspect: f64) -> f64 {
    let long = matches!(figure.shape, Shape::Boat | Shape::Vehicle | Shape::Aircraft);
    let by_length = figure.length / (aspect.max(0.2) * figure.height);
    if long { by_length.clamp(1.0, LARGEST) } else { 1.0 }
}

/// The greatest factor by which a cutout grows to be as long as its figure.
const LARGEST: f64 = 4.0;
/// The upper edge of the side of a boat or a car, as a share of its height.
const EDGE: f64 = 0.36;
/// How much of a person the side hides, as a share of their height.
const BEHIND_EDGE: f64 = 0.4;

impl PosedCutout {
    /// The same figure inside another: before its sail, and behind its side.
    pub(super) fn inside(mut self, carrier: &Self) -> Self {
        let edge = carrier.at.feet.1 - carrier.at.height * EDGE as f32;
        self.at.feet.1 = edge + self.at.height * BEHIND_EDGE as f32;
        self.hidden = BEHIND_EDGE as f32;
        self.depth = self.depth.min(carrier.depth) - 0.05;
        self.floor = None;
        self
    }
}

/// How a posture changes a cutout.
struct Stands {
    /// Its height.
    height: f64,
    /// How far it lies.
    lies: f64,
}

/// How far somebody sits.
fn seated(pose: &FigurePose) -> f64 {
    let sits = |posture: Posture| f64::from(u8::from(posture == Posture::Sitting));
    sits(pose.earlier_posture)
        + (sits(pose.posture) - sits(pose.earlier_posture)) * pose.posture_share
}

fn posture(pose: &FigurePose, figure: &Figure) -> Stands {
    let of = |posture: Posture| match (posture, figure.shape.is_person()) {
        (Posture::Sitting | Posture::Riding, true) => (0.84, 0.0),
        (Posture::Kneeling, _) => (0.86, 0.0),
        (Posture::Crouching, _) => (0.8, 0.0),
        (Posture::Lying, true) => (0.95, 1.0),
        (Posture::Flying, true) => (0.95, 0.7),
        _ => (1.0, 0.0),
    };
    let (from, to) = (of(pose.earlier_posture), of(pose.posture));
    let mix = |from: f64, to: f64| from + (to - from) * pose.posture_share;
    Stands { height: mix(from.0, to.0), lies: mix(from.1, to.1) }
}

/// How a cutout moves besides going its way.
struct Movement {
    /// Degrees towards where it looks.
    lean: f64,
    /// Shares of its height.
    hop: f64,
    tall: f64,
    wide: f64,
}

impl Movement {
    /// A figure without a mouth speaks as a puppet does: it nods.
    fn speak(&mut self, pose: &FigurePose, seconds: f64) {
        self.hop += 0.014 * pose.mouth;
        self.tall += 0.018 * pose.mouth;
        let sway = (seconds * 0.9 * std::f64::consts::TAU).sin();
        self.lean += 1.1 * sway * pose.mouth.min(0.5) * 2.0;
    }
}

fn movement(figure: &Figure, pose: &FigurePose, camera: &CameraPose) -> Movement {
    let wave = |phase: f64| (phase * std::f64::consts::TAU).sin();
    let across = wrap_degrees(pose.facing - camera.pan).to_radians().sin();
    let mut moves =
        Movement { lean: pose.lean * across.abs().max(0.35), hop: 0.0, tall: 1.0, wide: 1.0 };
    if figure.shape.is_alive() && pose.pace > 0.05 {
        let brisk = (pose.pace / 1.3).clamp(0.3, 1.6);
        moves.lean += 3.2 * wave(pose.stride) * brisk;
        // The blocking bobs as a body does; a cutout rocks a little higher.
        moves.hop += 0.012 * wave(pose.stride).abs() * brisk;
    }
    match pose.gesture {
        Some(Gesture::Dance) => moves.lean += 9.0 * wave(pose.swing),
        Some(Gesture::Nod) => {
            moves.lean += 3.5 * (0.5 - 0.5 * (pose.swing * std::f64::consts::TAU).cos());
        }
        Some(Gesture::Shake) => moves.wide *= 1.0 - 0.12 * wave(pose.swing).abs(),
        Some(Gesture::Wave | Gesture::Work) => moves.lean += 3.0 * wave(pose.swing),
        Some(Gesture::Strike) => moves.lean += 13.0 * wave(pose.swing / 2.0).max(0.0),
        Some(Gesture::Tremble) => moves.lean += 0.9 * wave(pose.swing),
        Some(Gesture::Reach | Gesture::Point | Gesture::Embrace) => moves.lean += 5.0,
        Some(Gesture::Hold | Gesture::Raise | Gesture::Cover | Gesture::Sip) | None => {}
    }
    moves
}

/// How much of a figure's back the camera sees.
fn behind(figure: &Figure, pose: &FigurePose, camera: &CameraPose) -> f32 {
    let away = wrap_degrees(pose.facing - camera.pan).to_radians().cos();
    if figure.shape.is_person() { smooth((away - 0.45) / 0.35) as f32 } else { 0.0 }
}

/// How wide the cutout of a figure is over a shot: 1 looks to the right, -1 to the left,
/// in between it turns on its axis.
#[derive(Debug, Clone)]
pub(super) struct Turns {
    /// From [`Turns::BEFORE`] seconds before the shot, [`Turns::RATE`] a second.
    wide: Vec<f32>,
}

impl Turns {
    const BEFORE: f64 = 1.0;
    const RATE: f64 = 48.0;
    /// Seconds of a turn.
    const TURN: f64 = 0.25;
    /// A turning figure never gets narrower than this, because nobody would recognise a
    /// line.
    const NARROWEST: f64 = 0.4;

    pub(super) fn of(blocking: &Blocking, figure: usize) -> Self {
        let steps = ((blocking.seconds + 2.0 * Self::BEFORE) * Self::RATE).ceil() as usize;
        let path = &blocking.figures[figure].path;
        let looks = |step: usize| {
            let seconds = step as f64 / Self::RATE - Self::BEFORE;
            let pose = path.at(blocking.begins + seconds);
            let pan = blocking.camera_at(seconds).pan;
            wrap_degrees(pose.facing + pose.look * 0.5 - pan).to_radians().sin()
        };
        let first = (0..steps.max(1)).map(looks).find(|side| side.abs() > 0.12).unwrap_or(1.0);
        let mut side = first.signum();
        let mut wide = Vec::with_capacity(steps + 1);
        let mut turned = side;
        for step in 0..=steps {
            let seen = looks(step);
            // A head that sways does not turn its cutout over.
            if seen * side < -0.3 {
                side = seen.signum();
            }
            let by = 2.0 / (Self::TURN * Self::RATE);
            turned += (side - turned).clamp(-by, by);
            let seen = (turned * std::f64::consts::FRAC_PI_2).sin();
            wide.push(seen.abs().max(Self::NARROWEST).copysign(seen) as f32);
        }
        Self { wide }
    }

    /// At a time of the shot.
    pub(super) fn at(&self, seconds: f64) -> f64 {
        let place =
            ((seconds + Self::BEFORE) * Self::RATE).clamp(0.0, self.wide.len() as f64 - 1.0);
        let (from, share) = (place.floor() as usize, place.fract());
        let to = (from + 1).min(self.wide.len() - 1);
        let (from, to) = (f64::from(self.wide[from]), f64::from(self.wide[to]));
        // Turned over from one moment to the next, never seen from the edge.
        if from * to < 0.0 { from } else { from * (1.0 - share) + to * share }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_pictures_come_less_near_to_toys() {
        assert_eq!(cutout_height(0.4), 0.4);
        let sizes = [0.46, 0.8, 1.77, 2.77, 4.46].map(cutout_height);
        assert!(sizes.windows(2).all(|pair| pair[0] < pair[1]), "{sizes:?}");
        assert!((0.85..1.0).contains(&sizes[2]), "a medium shot shows a toy whole: {sizes:?}");
        assert!((1.3..1.7).contains(&sizes[4]), "a close-up shows its head: {sizes:?}");
    }
}
