//! The camera's moves over a shot.
//!
//! Knows a framing and what the targets do; does not know how a move is written.

use super::camera::{CameraPath, Shake};
use super::figure::Ease;
use super::framing::{Framer, Target};
use super::geometry::{CameraPose, Point, smooth, wrap_degrees};
use super::staged::HANDLE;
use crate::breakdown::language::camera_rules::{Does, MoveDirection, MoveRule, ShakeRule};
use crate::breakdown::technique::CameraMovement;

/// A move as a shot asks for it.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) does: Does,
    rule: Option<MoveRule>,
    pub(super) direction: Option<MoveDirection>,
    speed: f64,
    shake: Option<ShakeRule>,
}

impl Move {
    /// One move with the way the camera is held: `slow handheld pan left`.
    pub(super) fn new(movement: &CameraMovement) -> Self {
        let speed = movement.speed.as_ref().and_then(|speed| speed.properties).unwrap_or(1.0);
        let mut found =
            Self { does: Does::Nothing, rule: None, direction: None, speed, shake: None };
        for properties in movement.moves.iter().map(|one| one.properties) {
            let Some(rule) = properties.blocking else { continue };
            found.shake = found.shake.or(rule.shake);
            if rule.does != Does::Nothing || found.rule.is_none() {
                found.does = rule.does;
                found.rule = Some(rule);
                found.direction = properties.direction.or(rule.toward);
            }
        }
        found
    }

    /// 1 for right and up and clockwise and in, -1 for the other way.
    fn sign(&self) -> f64 {
        use MoveDirection::{Anticlockwise, Backward, Down, Left, Out};
        match self.direction {
            Some(Left | Down | Anticlockwise | Out | Backward) => -1.0,
            _ => 1.0,
        }
    }

    /// 1 if it goes or turns to the right, -1 to the left, 0 neither.
    pub(super) fn sideways(&self) -> f64 {
        match (self.does, self.direction) {
            (Does::Arc | Does::Roll, _) => 0.0,
            (_, Some(MoveDirection::Left)) => -1.0,
            (_, Some(MoveDirection::Right)) => 1.0,
            _ => 0.0,
        }
    }

    /// Whether it leads forward or backward.
    fn goes_along_its_view(&self) -> bool {
        matches!(self.direction, Some(MoveDirection::Forward | MoveDirection::Backward))
    }

    /// Whether the camera goes with whoever walks.
    pub(super) fn follows(&self) -> bool {
        self.does == Does::Track
    }

    fn amount(&self, seconds: f64) -> f64 {
        self.rule.map_or(0.0, |rule| {
            (rule.rate * seconds).clamp(rule.least, rule.most.max(rule.least)) * self.speed
        })
    }

    /// The share of the move at a moment of a shot.
    fn share(&self, seconds: f64, length: f64) -> f64 {
        let t = (seconds / length.max(1e-6)).clamp(0.0, 1.0);
        match self.rule.and_then(|rule| rule.within) {
            Some([from, to]) => smooth((t - from) / (to - from)),
            None => Ease::Both.share(t),
        }
    }
}

/// What a move needs of its shot.
pub(super) struct Shooting<'a> {
    pub(super) framer: &'a Framer,
    /// The camera at rest.
    pub(super) base: CameraPose,
    /// Whether the base is composed by the framer alone: it can be composed again, wider
    /// or tighter.
    pub(super) free: bool,
    pub(super) targets: &'a [Target],
    /// What it goes to.
    pub(super) reveals: &'a [Target],
    /// From and to whom the focus goes.
    pub(super) focus: Option<(Point, Point)>,
    /// Where the main target is at a moment, if it goes.
    pub(super) walks: Option<&'a dyn Fn(f64) -> Point>,
    pub(super) seconds: f64,
    pub(super) seed: u64,
}

/// Poses of a camera in a second.
pub(super) const RATE: f64 = 12.0;

impl Shooting<'_> {
    /// The camera over the shot and its handles.
    pub(super) fn path(&self, movement: &Move) -> CameraPath {
        let shake = movement.shake.map(|rule| shake(rule, self.seed));
        if movement.does == Does::Nothing {
            return CameraPath { shake, ..CameraPath::fixed(self.base) };
        }
        let pose = self.at_share(movement);
        let steps = ((self.seconds + 2.0 * HANDLE) * RATE).ceil() as u32;
        let mut poses: Vec<CameraPose> = Vec::with_capacity(steps as usize + 1);
        for step in 0..=steps {
            let t = f64::from(step) / RATE - HANDLE;
            let mut next = pose(t, movement.share(t, self.seconds));
            if let Some(last) = poses.last() {
                next.pan = last.pan + wrap_degrees(next.pan - last.pan);
            }
            poses.push(next);
        }
        CameraPath { first: -HANDLE, step: 1.0 / RATE, poses, shake }
    }

    /// The pose by time and by the share of the move.
    fn at_share(&self, movement: &Move) -> Box<dyn Fn(f64, f64) -> CameraPose + '_> {
        let base = self.base;
        let amount = movement.amount(self.seconds) * movement.sign();
        let (from, to) = match movement.does {
            Does::Nothing => (base, base),
            Does::Push => self.push(amount),
            Does::Pull => self.pull(amount),
            Does::Pan | Does::Tilt | Does::Whip if !self.reveals.is_empty() => {
                (base, self.turned_to())
            }
            Does::Pan | Does::Tilt | Does::Whip => self.turn(movement.does, amount),
            Does::Truck => self.truck(amount),
            Does::Crane => self.crane(amount),
            Does::Zoom => self.zoom(amount),
            Does::Rack => self.rack(),
            Does::Fly => {
                let by = Point::default().toward(base.pan, amount / 2.0);
                let at = |position: Point| CameraPose { position, ..base };
                (at(base.position - by), at(base.position + by))
            }
            Does::Roll => (base, CameraPose { roll: base.roll + amount, ..base }),
            Does::Arc => return self.arc(amount),
            Does::DollyZoom => return self.dolly_zoom(amount),
            Does::Track => return self.track(movement, amount),
        };
        Box::new(move |_, share| mix(from, to, share))
    }

    /// Half the height of the picture a metre before the camera.
    fn half(&self) -> f64 {
        (self.base.field_of_view.to_radians() / 2.0).tan()
    }

    fn push(&self, amount: f64) -> (CameraPose, CameraPose) {
        let to = self.goal(1.0 - amount * 0.6).unwrap_or_else(|| self.scaled(1.0 - amount * 0.6));
        (self.scaled(1.0 + amount * 0.4), to)
    }

    fn pull(&self, amount: f64) -> (CameraPose, CameraPose) {
        match self.goal(1.0) {
            Some(goal) => (self.base, goal),
            None => (self.scaled(1.0 - amount * 0.4), self.scaled(1.0 + amount * 0.6)),
        }
    }

    /// Turns the camera; an empty place bears more than somebody who must stay in sight.
    fn turn(&self, does: Does, amount: f64) -> (CameraPose, CameraPose) {
        let base = self.base;
        let across = 2.0 * (self.half() * self.framer.aspect).atan().to_degrees();
        let more = if self.targets.is_empty() { 2.0 } else { 1.0 };
        let panned = |by: f64| CameraPose { pan: base.pan + by * across, ..base };
        let tilted = |by: f64| {
            let tilt = (base.tilt + by * base.field_of_view).clamp(-89.0, 89.0);
            CameraPose { tilt, ..base }
        };
        match does {
            Does::Whip => (panned(-amount), base),
            Does::Tilt => (tilted(-amount * more / 2.0), tilted(amount * more / 2.0)),
            _ => (panned(-amount * more / 2.0), panned(amount * more / 2.0)),
        }
    }

    fn truck(&self, amount: f64) -> (CameraPose, CameraPose) {
        let base = self.base;
        let [right, ..] = CameraPose { roll: 0.0, ..base }.axes();
        let by = |metres: f64| {
            let off = Point::new(right.x * metres, 0.0, right.z * metres);
            CameraPose { position: base.position + off, ..base }
        };
        match self.reveals.first() {
            Some(goal) => (base, by(base.seen_from(goal.outline().head).x)),
            None => {
                let wide = amount * 2.0 * self.half() * base.focus * self.framer.aspect;
                (by(-wide / 2.0), by(wide / 2.0))
            }
        }
    }

    fn zoom(&self, amount: f64) -> (CameraPose, CameraPose) {
        let zoomed = |factor: f64| {
            let field_of_view = 2.0 * (self.half() * factor).atan().to_degrees();
            let pose = CameraPose { field_of_view, ..self.base };
            let framed = self.free && !self.targets.is_empty();
            let pose = if framed { self.framer.aimed(pose, self.targets) } else { pose };
            CameraPose { roll: self.base.roll, ..pose }
        };
        (zoomed(1.0 + amount * 0.5), zoomed(1.0 - amount * 0.5))
    }

    fn rack(&self) -> (CameraPose, CameraPose) {
        let base = CameraPose { shallow: self.base.shallow.max(0.75), ..self.base };
        let depth = |point: Point| base.seen_from(point).z.max(0.1);
        let at = |focus: f64| CameraPose { focus, ..base };
        match self.focus {
            Some((from, to)) => (at(depth(from)), at(depth(to))),
            // To what is behind.
            None => (base, at(base.focus * 3.0)),
        }
    }

    /// The distance and the lens change against each other: whom it is of stays as large.
    fn dolly_zoom(&self, amount: f64) -> Box<dyn Fn(f64, f64) -> CameraPose + '_> {
        let base = self.base;
        let (aim, half) = (self.aim(), self.half());
        let (far, near) = (1.0 + amount * 0.5, 1.0 - amount * 0.5);
        Box::new(move |_, share| {
            let factor = far + (near - far) * share;
            let position = aim.mix(base.position, factor);
            let field_of_view = 2.0 * (half / factor).atan().to_degrees();
            CameraPose { position, field_of_view, focus: base.focus * factor, ..base }
        })
    }

    /// What the camera is about.
    fn aim(&self) -> Point {
        let [.., forward] = self.base.axes();
        let d = self.base.focus;
        self.base.position + Point::new(forward.x * d, forward.y * d, forward.z * d)
    }

    /// The same framing, wider or tighter, by going nearer or farther.
    fn scaled(&self, scale: f64) -> CameraPose {
        if self.free && !self.targets.is_empty() {
            return self.framer.compose(self.targets, scale);
        }
        let base = self.base;
        let position = self.aim().mix(base.position, scale);
        CameraPose { position, focus: base.focus * scale, ..base }
    }

    /// Where the camera arrives at what it goes to.
    fn goal(&self, scale: f64) -> Option<CameraPose> {
        if self.reveals.is_empty() {
            return None;
        }
        let all: Vec<Target> = if scale < 1.0 {
            self.reveals.to_vec()
        } else {
            self.targets.iter().chain(self.reveals).cloned().collect()
        };
        let framer = Framer { shift: 0.0, ..self.framer.clone() };
        let mut pose = framer.compose(&all, scale);
        if scale >= 1.0 {
            // It goes back, whatever the lens.
            let least = self.base.focus * 1.2;
            if pose.focus < least {
                pose = framer.compose(&all, least / pose.focus);
            }
        }
        Some(pose)
    }

    /// The camera turned to what it reveals.
    fn turned_to(&self) -> CameraPose {
        let framer = Framer { shift: 0.0, ..self.framer.clone() };
        let first = self.reveals[0].outline().head;
        let pose = CameraPose { focus: self.base.position.distance_to(first), ..self.base };
        CameraPose { roll: self.base.roll, ..framer.aimed(pose.looking_at(first), self.reveals) }
    }

    fn crane(&self, amount: f64) -> (CameraPose, CameraPose) {
        let base = self.base;
        let aim = self.aim();
        let rise = (amount.abs() * base.focus).max(0.5);
        let low = (base.position.y - rise * 0.35).max(0.25);
        let framed = self.free && !self.targets.is_empty();
        let at = |y: f64| {
            let pose = CameraPose { position: base.position.at_height(y), ..base }.looking_at(aim);
            let pose = if framed { self.framer.aimed(pose, self.targets) } else { pose };
            CameraPose { roll: base.roll, ..pose }
        };
        let (low, high) = (at(low), at(low + rise));
        if amount <= 0.0 {
            return (high, low);
        }
        // It rises until it sees what it reveals.
        let over = self.goal(1.0).map(|goal| {
            let y = high.position.y.max(goal.position.y);
            let seen = self.reveals[0].outline().head;
            CameraPose { position: goal.position.at_height(y), ..goal }.looking_at(seen)
        });
        (low, over.unwrap_or(high))
    }

    fn arc(&self, amount: f64) -> Box<dyn Fn(f64, f64) -> CameraPose + '_> {
        let base = self.base;
        let aim = self.aim();
        let radius = aim.floor_distance_to(base.position);
        let begin = aim.direction_to(base.position);
        // A camera that goes to the right turns to the left.
        Box::new(move |_, share| {
            let by = -amount * (share - 0.5);
            let position = aim.toward(begin + by, radius).at_height(base.position.y);
            CameraPose { position, pan: base.pan + by, ..base }
        })
    }

    fn track(&self, movement: &Move, amount: f64) -> Box<dyn Fn(f64, f64) -> CameraPose + '_> {
        let base = self.base;
        if let Some(walks) = self.walks {
            let middle = walks(self.seconds / 2.0);
            return Box::new(move |t, _| {
                let by = walks(t) - middle;
                let off = Point::new(by.x, by.y * 0.5, by.z);
                CameraPose { position: base.position + off, ..base }
            });
        }
        let along = movement.goes_along_its_view();
        let [right, _, forward] = CameraPose { roll: 0.0, tilt: 0.0, ..base }.axes();
        let axis = if along { forward } else { right };
        let metres = if along {
            amount.min(base.focus * 0.35).max(-base.focus * 0.35)
        } else {
            amount.clamp(-0.4 * base.focus, 0.4 * base.focus)
        };
        Box::new(move |_, share| {
            let by = metres * (share - 0.5);
            let off = Point::new(axis.x * by, 0.0, axis.z * by);
            CameraPose { position: base.position + off, ..base }
        })
    }
}

/// The hands of one operator.
fn shake(rule: ShakeRule, seed: u64) -> Shake {
    let ShakeRule { degrees, metres, rate } = rule;
    Shake { degrees, metres, rate, seed }
}

/// A pose a share of the way to another.
pub(super) fn mix(from: CameraPose, to: CameraPose, share: f64) -> CameraPose {
    let mix = |from: f64, to: f64| from + (to - from) * share;
    CameraPose {
        position: from.position.mix(to.position, share),
        pan: from.pan + wrap_degrees(to.pan - from.pan) * share,
        tilt: mix(from.tilt, to.tilt),
        roll: mix(from.roll, to.roll),
        field_of_view: mix(from.field_of_view, to.field_of_view),
        focus: mix(from.focus, to.focus),
        shallow: mix(from.shallow, to.shallow),
    }
}
