//! The outline of a figure at a moment: where its crown, its head and its feet are.
//!
//! Knows bodies and postures; drawings, framings and scorers measure by it.

use super::figure::{Figure, FigurePose, Posture, Shape};
use super::geometry::Point;
use super::rules::BlockingRules;

/// Where the parts of a figure are at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outline {
    /// The highest point of its head; of what has no head, of itself.
    pub crown: Point,
    /// The middle of its head.
    pub head: Point,
    /// The lowest point below its middle.
    pub foot: Point,
    /// How high its head is, in metres; of what has no head, itself.
    pub head_height: f64,
    /// From its middle to each side, in metres.
    pub half_width: f64,
    /// From its middle to its front and back, in metres.
    pub half_length: f64,
    /// Degrees; where its face looks.
    pub looks: f64,
}

/// How high the crown is, as a share of the standing height, and how far the head is
/// ahead of the middle, as a share of that height.
fn of_posture(posture: Posture, shape: Shape) -> (f64, f64) {
    match (posture, shape.is_person()) {
        (Posture::Standing, _) => (1.0, 0.0),
        (Posture::Sitting | Posture::Riding, true) => (0.53, 0.0),
        (Posture::Sitting | Posture::Riding | Posture::Flying, false) => (0.9, 0.0),
        (Posture::Kneeling, _) => (0.74, 0.0),
        (Posture::Crouching, _) => (0.62, 0.08),
        (Posture::Lying, true) => (0.16, -0.42),
        (Posture::Lying, false) => (0.55, 0.0),
        (Posture::Flying, true) => (0.3, 0.42),
        (Posture::Swimming, _) => (1.0 - draught(shape), 0.0),
    }
}

/// How much of the height of who swims is under water.
pub fn draught(shape: Shape) -> f64 {
    match shape {
        Shape::Bird => 0.4,
        Shape::Quadruped => 0.65,
        Shape::Fish => 0.5,
        _ => 0.78,
    }
}

/// The outline of a figure in a pose.
pub fn outline(figure: &Figure, pose: &FigurePose) -> Outline {
    let (from, to) =
        (of_posture(pose.earlier_posture, figure.shape), of_posture(pose.posture, figure.shape));
    let mix = |from: f64, to: f64| from + (to - from) * pose.posture_share;
    let (share, ahead) = (mix(from.0, to.0), mix(from.1, to.1));
    let base = pose.feet.y + pose.lift;
    let crown = base + figure.height * share;
    let lean = pose.lean.to_radians().sin() * figure.height * 0.8;
    let lies = if figure.shape.is_person() {
        mix(bed(pose.earlier_posture), bed(pose.posture))
    } else {
        0.0
    };
    match head_of(figure.shape) {
        Some((head_share, head_ahead)) => {
            let head_height = (figure.height * head_share).min(figure.height * share * 1.2);
            let ahead = ahead * figure.height + head_ahead * figure.length + lean;
            let above = pose.feet.toward(pose.facing, ahead).at_height(crown);
            Outline {
                crown: above,
                head: above.at_height(crown - head_height / 2.0),
                foot: pose.feet.at_height(base),
                head_height,
                half_width: figure.width / 2.0,
                half_length: (figure.length / 2.0).max(lies * figure.height / 2.0),
                looks: pose.facing + pose.look,
            }
        }
        None => Outline {
            crown: pose.feet.at_height(crown),
            head: pose.feet.at_height(base + figure.height * 0.6),
            foot: pose.feet.at_height(base),
            head_height: figure.height,
            half_width: figure.width / 2.0,
            half_length: figure.length / 2.0,
            looks: pose.facing,
        },
    }
}

/// How much of the height of a body lies along the floor.
fn bed(posture: Posture) -> f64 {
    if matches!(posture, Posture::Lying | Posture::Flying) { 1.0 } else { 0.0 }
}

/// The share of the height that a head takes, and how far ahead it is as a share of the
/// length; `None` for what has no head.
pub fn head_of(shape: Shape) -> Option<(f64, f64)> {
    let rule = BlockingRules::stdlib().kinds.heads.get(&shape)?;
    Some((rule.share, rule.ahead))
}

impl Outline {
    /// How wide it is across a view in some direction, from its middle, in metres.
    pub fn half_across(&self, pan: f64, facing: f64) -> f64 {
        let turn = (facing - pan).to_radians();
        (turn.cos() * self.half_width).abs() + (turn.sin() * self.half_length).abs()
    }
}
