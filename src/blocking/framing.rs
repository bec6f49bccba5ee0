//! From a size, an angle and a lens to where the camera stands and what it sees.
//!
//! Knows outlines; does not know who they are or how the camera goes on.

use super::geometry::{CameraPose, Point, wrap_degrees};
use super::outline::Outline;
use super::rules::BlockingRules;
use crate::breakdown::language::camera_rules::SizeRule;
use crate::breakdown::language::terms::ShotSize;
use crate::breakdown::technique::Technique;

/// Somebody or something that the camera must show, at the moments at which it must.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) outlines: Vec<Outline>,
    /// Where its front looks at each of these moments.
    pub(super) facings: Vec<f64>,
    /// It has no face: it is framed as a whole.
    pub(super) thing: bool,
    /// How high it is, standing, in metres.
    pub(super) height: f64,
    /// It is one of several.
    pub(super) among: bool,
    /// It lies, all the time.
    pub(super) lies: bool,
}

impl Target {
    /// Its outline in the middle of the moments.
    pub(super) fn outline(&self) -> &Outline {
        &self.outlines[self.outlines.len() / 2]
    }

    fn facing(&self) -> f64 {
        self.facings[self.facings.len() / 2]
    }
}

/// How a shot is framed.
#[derive(Debug, Clone)]
pub(super) struct Framer {
    pub(super) size: SizeRule,
    /// Width by height.
    pub(super) aspect: f64,
    /// Degrees that the camera looks up.
    pub(super) up: f64,
    /// Not nearer than this, in metres.
    pub(super) at_least: f64,
    pub(super) roll: f64,
    pub(super) near: bool,
    /// The direction of view over the floor.
    pub(super) pan: f64,
    /// Vertical field of view.
    pub(super) field_of_view: f64,
    pub(super) shallow: f64,
    pub(super) defocused: bool,
    /// Where a single stands: its shift from the middle, as a share of the width.
    pub(super) shift: f64,
    /// The picture of a place is no higher than its room.
    pub(super) room: f64,
    /// From far above it shows what the lens shows, however large that is.
    pub(super) vista: bool,
}

/// Where the middle of those who lie is in the picture, from its upper edge.
const LYING: f64 = 0.6;
/// What is higher is framed as people are, in metres: a car, a house.
const LARGE: f64 = 1.2;
/// The least height of a camera, in metres.
const LOWEST: f64 = 0.12;
/// The least distance of a camera, in metres.
const NEAREST: f64 = 0.3;
/// The widest field of view, in degrees.
const WIDEST: f64 = 82.0;

impl Framer {
    /// The framing of a shot by its size, angles and lens.
    pub(super) fn new(technique: &Technique, aspect: f64) -> Self {
        let rules = &BlockingRules::stdlib().framings;
        let size = rules.size(technique.size.as_ref());
        let mut framer = Self {
            size,
            aspect,
            up: 0.0,
            at_least: 0.0,
            roll: 0.0,
            near: false,
            pan: 0.0,
            field_of_view: 0.0,
            shallow: size.shallow,
            defocused: false,
            shift: 0.0,
            room: f64::MAX,
            vista: false,
        };
        let mut mm = size.lens;
        for rule in technique.angles.iter().filter_map(|angle| angle.properties.blocking) {
            mm *= rule.lens.unwrap_or(1.0);
            framer.up += rule.up;
            framer.roll += rule.roll;
            framer.near |= rule.near;
            framer.at_least = framer.at_least.max(rule.at_least);
        }
        for rule in technique.lenses.iter().filter_map(|lens| lens.properties) {
            mm = rule.mm.unwrap_or(mm);
            framer.shallow = rule.shallow.unwrap_or(framer.shallow);
            framer.defocused |= rule.off;
        }
        framer.field_of_view = field_of_view(mm.clamp(rules.shortest, rules.longest), aspect);
        framer
    }

    /// How high the picture is where the targets stand, in metres.
    pub(super) fn height(&self, targets: &[Target]) -> f64 {
        let of = |target: &Target| self.height_of(target, target.outline(), target.facing());
        targets.iter().map(of).fold(0.0, f64::max).max(0.02).min(self.room)
    }

    fn height_of(&self, target: &Target, outline: &Outline, facing: f64) -> f64 {
        let whole =
            target.height.max(outline.half_across(self.pan, facing) * 2.0 / self.aspect * 1.15);
        if target.thing {
            let large = self.size.body.filter(|_| target.height > LARGE);
            return whole / large.unwrap_or(self.size.thing);
        }
        match (self.size.head, self.size.body) {
            (Some(head), _) => outline.head_height / head,
            (None, Some(body)) => whole / body,
            (None, None) => whole / 0.5,
        }
    }

    /// Horizontal field of view, in degrees.
    fn across(&self, field_of_view: f64) -> f64 {
        2.0 * ((field_of_view.to_radians() / 2.0).tan() * self.aspect).atan().to_degrees()
    }

    /// Frames targets; `scale` makes the picture wider (over 1) or tighter.
    pub(super) fn compose(&self, targets: &[Target], scale: f64) -> CameraPose {
        let height = self.height(targets) * scale;
        let mut wider = 1.0;
        let mut pose = self.stand(targets, height);
        for _ in 0..36 {
            pose = self.aimed(self.stand(targets, height * wider), targets);
            if self.fits(&pose, targets) || height * wider > self.size.farthest {
                break;
            }
            wider *= 1.07;
        }
        pose.roll = self.roll;
        pose
    }

    /// The camera before targets, for a picture so high where they stand.
    fn stand(&self, targets: &[Target], height: f64) -> CameraPose {
        let outlines: Vec<&Outline> = targets.iter().flat_map(|target| &target.outlines).collect();
        let count = outlines.len().max(1) as f64;
        let sum = outlines.iter().fold(Point::default(), |sum, outline| sum + outline.head);
        let middle = Point::new(sum.x / count, sum.y / count, sum.z / count);
        let crown = outlines.iter().map(|outline| outline.crown.y).fold(f64::MIN, f64::max);
        let low = outlines.iter().map(|outline| outline.foot.y).fold(f64::MAX, f64::min);
        let whole = targets.iter().all(|target| target.thing);
        let low_lying = targets.iter().all(|target| target.lies);
        let aim_y = if low_lying || (whole && self.size.body.is_none()) {
            f64::midpoint(crown, low)
        } else {
            crown - (0.5 - self.size.crown) * height
        };
        let aim = middle.at_height(aim_y);
        let mut field_of_view = self.field_of_view;
        let half = |field: f64| (field.to_radians() / 2.0).tan();
        let mut distance = height / 2.0 / half(field_of_view);
        let least = if self.up.abs() > 1.0 { self.at_least.max(NEAREST) } else { NEAREST };
        if distance < least {
            distance = least;
            if !self.vista {
                // A longer lens keeps the size.
                field_of_view = 2.0 * (height / 2.0 / distance).atan().to_degrees();
            }
        }
        let eye = f64::midpoint(crown, middle.y);
        let mut floor = distance;
        let y = if self.up.abs() > 1.0 {
            let up = self.up.to_radians();
            floor = distance * up.cos();
            aim.y - distance * up.sin()
        } else if self.size.body.is_some() {
            eye.clamp(0.35, 1.65).max(aim.y * 0.25)
        } else if whole {
            aim.y
        } else {
            aim.y + (eye - aim.y) * 0.6
        };
        let lowest = if self.up > 1.0 { LOWEST } else { 0.2 };
        if y < lowest && self.up > 1.0 {
            // The ground ends the way down: nearer and wider keeps the look up.
            let share = if self.near { 0.9 } else { 0.5 };
            let most = ((aim.y - lowest).max(0.2) / (self.up * share).to_radians().tan()).max(0.25);
            if floor > most {
                let rise = aim.y - lowest;
                let wide = 2.0 * (height / 2.0 / most.hypot(rise)).atan().to_degrees();
                field_of_view = wide.min(WIDEST);
                let slope = height / 2.0 / half(field_of_view);
                floor = (slope * slope - rise * rise).max(most * most).sqrt();
            }
        }
        let position = aim.toward(self.pan, -floor).at_height(y.max(lowest));
        let focus = position.distance_to(middle);
        CameraPose {
            position,
            pan: self.pan,
            tilt: 0.0,
            roll: 0.0,
            field_of_view,
            focus: if self.defocused { focus * 0.25 } else { focus },
            shallow: self.shallow,
        }
        .looking_at(aim)
    }

    /// Turns and tilts the camera until targets are where they should be in the picture.
    pub(super) fn aimed(&self, mut pose: CameraPose, targets: &[Target]) -> CameraPose {
        for _ in 0..3 {
            let Some([left, right, upper, lower]) = self.bounds(&pose, targets) else { break };
            let across = f64::midpoint(left, right) - (0.5 + self.shift);
            pose.pan += across * self.across(pose.field_of_view);
            let things = targets.iter().all(|target| target.thing) && self.size.body.is_none();
            let low_lying = targets.iter().all(|target| target.lies);
            let down = if self.up.abs() > 30.0 || things || low_lying {
                f64::midpoint(upper, lower) - if low_lying { LYING } else { 0.5 }
            } else {
                upper - self.size.crown
            };
            pose.tilt = (pose.tilt - down * pose.field_of_view).clamp(-90.0, 90.0);
        }
        pose
    }

    /// The points of a target that must be seen.
    fn points(&self, target: &Target, outline: &Outline, facing: f64, pan: f64) -> [Point; 6] {
        let whole = target.thing || self.size.body.is_some();
        let (low, wide) = if whole {
            (outline.foot, outline.half_across(pan, facing))
        } else {
            let chin = outline.head.at_height(outline.crown.y - outline.head_height);
            let head = (outline.half_width * 0.6).min(outline.head_height * 0.9);
            // Of several, nobody's shoulders are cut off.
            (chin, if target.among { outline.half_across(pan, facing) } else { head })
        };
        let middle = if whole { outline.crown.mix(low, 0.5) } else { outline.head };
        // From above, bodies are as high as they are long.
        let long =
            if whole && self.up < -50.0 { outline.half_across(pan + 90.0, facing) } else { 0.0 };
        [
            outline.crown,
            low,
            middle.toward(pan + 90.0, wide),
            middle.toward(pan - 90.0, wide),
            middle.toward(pan, long),
            middle.toward(pan, -long),
        ]
    }

    /// Left, right, upper and lower bound of targets in the picture without roll.
    fn bounds(&self, pose: &CameraPose, targets: &[Target]) -> Option<[f64; 4]> {
        let level = CameraPose { roll: 0.0, ..*pose }.projection(self.aspect);
        let mut bounds = [f64::MAX, f64::MIN, f64::MAX, f64::MIN];
        for target in targets {
            for (outline, facing) in target.outlines.iter().zip(&target.facings) {
                for point in self.points(target, outline, *facing, pose.pan) {
                    let seen = level.project(point)?;
                    bounds[0] = bounds[0].min(seen.x);
                    bounds[1] = bounds[1].max(seen.x);
                    bounds[2] = bounds[2].min(seen.y);
                    bounds[3] = bounds[3].max(seen.y);
                }
            }
        }
        (bounds[0] <= bounds[1]).then_some(bounds)
    }

    /// Whether all that must be seen is in the picture.
    pub(super) fn fits(&self, pose: &CameraPose, targets: &[Target]) -> bool {
        let margin = BlockingRules::stdlib().framings.margin;
        // A face that fills the picture leaves it on all sides.
        let tight = self.size.crown < 0.0 || self.size.thing > 1.0;
        let rolled = CameraPose { roll: self.roll, ..*pose }.projection(self.aspect);
        targets.iter().all(|target| {
            target.outlines.iter().zip(&target.facings).all(|(outline, facing)| {
                if tight {
                    let seen = rolled.project(outline.head);
                    return seen.is_some_and(|seen| seen.is_inside(margin));
                }
                let large = !target.thing
                    && head_share(pose, outline) > self.size.heads[1]
                    && target.height < 2.4;
                let points = self.points(target, outline, *facing, pose.pan);
                !large
                    && points.iter().all(|point| {
                        let seen = rolled.project(*point);
                        seen.is_some_and(|seen| {
                            seen.is_inside(if self.roll == 0.0 { margin * 0.5 } else { 0.0 })
                        })
                    })
            })
        })
    }

    /// Over the shoulder of somebody onto another's face. `near` is the direction from
    /// their line to the cameras' side.
    pub(super) fn over(&self, back: &Target, face: &Target, near: f64) -> CameraPose {
        let rules = &BlockingRules::stdlib().framings.over;
        let (back, seen) = (back.outline(), face.outline());
        let line = back.head.direction_to(seen.head);
        // The shoulder is on its own side: left if the camera's right leads to the face.
        let left = wrap_degrees(line + 90.0 - near).abs() < 90.0;
        let (shoulder, at) = if left {
            (rules.shoulder, rules.face)
        } else {
            (1.0 - rules.shoulder, 1.0 - rules.face)
        };
        let height = self.height_of(face, seen, face.facing());
        // Near enough for a shoulder, far enough for a head that leaves room for the face.
        let apart = back.head.floor_distance_to(seen.head);
        let behind = rules.behind.max(back.half_width * 2.6).max(apart * 0.7);
        let from = back.head.toward(line, -behind);
        let y = back.head.y + ((seen.head.y - back.head.y) * 0.25).clamp(-0.15, 0.12) + 0.06;
        let pose_at = |aside: f64| {
            let position = from.toward(near, aside).at_height(y.max(0.3));
            let focus = position.distance_to(seen.head);
            let field_of_view =
                (2.0 * (height / 2.0 / focus).atan().to_degrees()).clamp(8.0, WIDEST);
            let pose = CameraPose {
                position,
                pan: 0.0,
                tilt: 0.0,
                roll: 0.0,
                field_of_view,
                focus,
                shallow: self.shallow,
            };
            let mut pose = pose.looking_at(seen.head);
            for _ in 0..3 {
                let Some(crown) = pose.project(seen.crown, self.aspect) else { break };
                pose.pan += (crown.x - at) * self.across(field_of_view);
                pose.tilt -= (crown.y - self.size.crown - 0.05) * field_of_view;
            }
            pose
        };
        // Beside the body of who is long.
        let beside = if back.half_length > 0.5 { back.half_width + 0.25 } else { 0.02 };
        let (mut least, mut most) = (beside, beside + behind * 2.0);
        for _ in 0..24 {
            let aside = f64::midpoint(least, most);
            let x = pose_at(aside).project(back.head, self.aspect).map_or(-1.0, |head| head.x);
            // Farther aside moves the shoulder out of the picture.
            let inside = if left { x > shoulder } else { x < shoulder };
            if inside { least = aside } else { most = aside }
        }
        CameraPose { roll: self.roll, ..pose_at(f64::midpoint(least, most)) }
    }

    /// What somebody sees from a place.
    pub(super) fn view(&self, eye: Point, targets: &[Target]) -> CameraPose {
        let count = targets.len().max(1) as f64;
        let sum = targets.iter().fold(Point::default(), |sum, target| sum + target.outline().head);
        let at = Point::new(sum.x / count, sum.y / count, sum.z / count);
        let focus = eye.distance_to(at);
        let mut height = self.height(targets);
        let mut pose = CameraPose {
            position: eye,
            pan: 0.0,
            tilt: 0.0,
            roll: 0.0,
            field_of_view: 30.0,
            focus,
            shallow: self.shallow,
        }
        .looking_at(at);
        for _ in 0..30 {
            pose.field_of_view =
                (2.0 * (height / 2.0 / focus).atan().to_degrees()).clamp(6.0, WIDEST);
            pose = self.aimed(pose, targets);
            if self.fits(&pose, targets) {
                break;
            }
            height *= 1.08;
        }
        CameraPose { roll: self.roll, ..pose }
    }
}

/// The least and the largest share of the picture's height that the head of one person
/// takes in a shot of a size, if the vocabulary says.
pub fn head_range(size: &ShotSize) -> Option<[f64; 2]> {
    size.properties.blocking.map(|size| size.heads)
}

/// The share of the picture's height that a head takes.
pub fn head_share(pose: &CameraPose, outline: &Outline) -> f64 {
    let depth = pose.seen_from(outline.head).z.max(0.05);
    outline.head_height / (2.0 * (pose.field_of_view.to_radians() / 2.0).tan() * depth)
}

/// The vertical field of view of a lens, in degrees.
pub(super) fn field_of_view(mm: f64, aspect: f64) -> f64 {
    2.0 * (18.0 / aspect / mm).atan().to_degrees()
}
