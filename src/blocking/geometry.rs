//! Points, directions, and the picture that a camera sees of them.
//!
//! Metres and degrees. Knows no figures and no films.

use serde::Serialize;

/// A place on the stage, in metres. `x`: to the right, `y`: up from the floor, `z`: away
/// from the side on which the scene's cameras work.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[must_use]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Up from the floor.
    pub y: f64,
    /// Away from the cameras' side.
    pub z: f64,
}

impl Point {
    /// A point.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        Self { x, y, z }
    }

    /// The point at a distance in a direction over the floor: 0 degrees is along +z,
    /// 90 along +x.
    pub fn toward(self, degrees: f64, distance: f64) -> Self {
        let angle = degrees.to_radians();
        Self::new(self.x + angle.sin() * distance, self.y, self.z + angle.cos() * distance)
    }

    /// The same place at a height.
    pub const fn at_height(self, y: f64) -> Self {
        Self::new(self.x, y, self.z)
    }

    /// The direction over the floor from here to there, in degrees from -180 to 180.
    pub fn direction_to(self, other: Self) -> f64 {
        (other.x - self.x).atan2(other.z - self.z).to_degrees()
    }

    /// The distance to another point.
    pub fn distance_to(self, other: Self) -> f64 {
        let (x, y, z) = (other.x - self.x, other.y - self.y, other.z - self.z);
        (x * x + y * y + z * z).sqrt()
    }

    /// The distance to another point over the floor.
    pub fn floor_distance_to(self, other: Self) -> f64 {
        self.at_height(0.0).distance_to(other.at_height(0.0))
    }

    /// The point a share of the way to another.
    pub fn mix(self, other: Self, share: f64) -> Self {
        let mix = |from: f64, to: f64| from + (to - from) * share;
        Self::new(mix(self.x, other.x), mix(self.y, other.y), mix(self.z, other.z))
    }
}

impl std::ops::Add for Point {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y, self.z + other.z)
    }
}

impl std::ops::Sub for Point {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y, self.z - other.z)
    }
}

/// An angle from -180 (excluded) to 180 degrees.
pub fn wrap_degrees(degrees: f64) -> f64 {
    let turned = degrees.rem_euclid(360.0);
    if turned > 180.0 { turned - 360.0 } else { turned }
}

/// The angle a share of the shorter way to another.
pub fn mix_degrees(from: f64, to: f64, share: f64) -> f64 {
    wrap_degrees(from + wrap_degrees(to - from) * share)
}

/// From 0 to 1 with a gentle start and end.
pub fn smooth(share: f64) -> f64 {
    let t = share.clamp(0.0, 1.0);
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

/// Where the camera is and what it sees at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[must_use]
pub struct CameraPose {
    /// Where it is.
    pub position: Point,
    /// Degrees; 0 looks along +z, positive to the right.
    pub pan: f64,
    /// Degrees; positive up.
    pub tilt: f64,
    /// Degrees; positive clockwise, as the operator turns the camera.
    pub roll: f64,
    /// Vertical, in degrees.
    pub field_of_view: f64,
    /// The distance that is in focus, in metres.
    pub focus: f64,
    /// How shallow the focus is: 0 is deep, 1 the shallowest.
    pub shallow: f64,
}

/// A point in the picture.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ProjectedPoint {
    /// From the left edge (0) to the right one (1).
    pub x: f64,
    /// From the upper edge (0) to the lower one (1).
    pub y: f64,
    /// Along the view, in metres.
    pub depth: f64,
}

impl ProjectedPoint {
    /// Whether it is inside the picture, a margin (in shares of the picture) from its edge.
    pub fn is_inside(&self, margin: f64) -> bool {
        let inside = |share: f64| share >= margin && share <= 1.0 - margin;
        inside(self.x) && inside(self.y)
    }
}

/// Nothing nearer than this is seen, in metres.
pub const NEAREST: f64 = 0.05;

impl CameraPose {
    /// The right, up and forward directions of the camera.
    pub fn axes(&self) -> [Point; 3] {
        let (pan, tilt, roll) =
            (self.pan.to_radians(), self.tilt.to_radians(), self.roll.to_radians());
        let forward = Point::new(pan.sin() * tilt.cos(), tilt.sin(), pan.cos() * tilt.cos());
        let right = Point::new(pan.cos(), 0.0, -pan.sin());
        let up = Point::new(-pan.sin() * tilt.sin(), tilt.cos(), -pan.cos() * tilt.sin());
        let turn = |one: Point, other: Point| {
            let (c, s) = (roll.cos(), roll.sin());
            Point::new(one.x * c + other.x * s, one.y * c + other.y * s, one.z * c + other.z * s)
        };
        let minus = Point::new(-up.x, -up.y, -up.z);
        [turn(right, minus), turn(up, right), forward]
    }

    /// A point in the camera's own directions: to the right, up, and along its view.
    pub fn seen_from(&self, point: Point) -> Point {
        let from = point - self.position;
        let along = |axis: Point| from.x * axis.x + from.y * axis.y + from.z * axis.z;
        let [right, up, forward] = self.axes();
        Point::new(along(right), along(up), along(forward))
    }

    /// Where a point is in a picture of some aspect (width by height), as shares of its
    /// width and height; `None` if it is behind the camera.
    pub fn project(&self, point: Point, aspect: f64) -> Option<ProjectedPoint> {
        self.projection(aspect).project(point)
    }

    /// What projects many points.
    pub(super) fn projection(&self, aspect: f64) -> Projection {
        let half = (self.field_of_view.to_radians() / 2.0).tan();
        Projection { position: self.position, axes: self.axes(), half, aspect }
    }

    /// Turned towards a point, without roll.
    pub fn looking_at(mut self, point: Point) -> Self {
        self.pan = self.position.direction_to(point);
        let floor = self.position.floor_distance_to(point);
        self.tilt = (point.y - self.position.y).atan2(floor).to_degrees();
        self
    }
}

/// A camera pose that projects points: its directions are reckoned once.
pub(super) struct Projection {
    position: Point,
    axes: [Point; 3],
    /// Half the height of the picture a metre before the camera.
    half: f64,
    aspect: f64,
}

impl Projection {
    /// As [`CameraPose::project`].
    pub(super) fn project(&self, point: Point) -> Option<ProjectedPoint> {
        let from = point - self.position;
        let along = |axis: Point| from.x * axis.x + from.y * axis.y + from.z * axis.z;
        let [right, up, forward] = self.axes;
        let depth = along(forward);
        if depth < NEAREST {
            return None;
        }
        let half = self.half * depth;
        let x = 0.5 + along(right) / half / self.aspect / 2.0;
        let y = 0.5 - along(up) / half / 2.0;
        Some(ProjectedPoint { x, y, depth })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> CameraPose {
        let position = Point::new(0.0, 1.5, -4.0);
        CameraPose {
            position,
            pan: 0.0,
            tilt: 0.0,
            roll: 0.0,
            field_of_view: 40.0,
            focus: 4.0,
            shallow: 0.0,
        }
    }

    #[test]
    fn what_is_right_and_high_is_right_and_high_in_the_picture() {
        let seen = camera().project(Point::new(0.5, 2.0, 0.0), 16.0 / 9.0).unwrap();
        assert!(seen.x > 0.5 && seen.y < 0.5 && (seen.depth - 4.0).abs() < 1e-9, "{seen:?}");
        let panned = CameraPose { pan: 10.0, ..camera() };
        assert!(panned.project(Point::new(0.0, 1.5, 0.0), 1.0).unwrap().x < 0.5);
        let tilted = CameraPose { tilt: 10.0, ..camera() };
        assert!(tilted.project(Point::new(0.0, 1.5, 0.0), 1.0).unwrap().y > 0.5);
        assert_eq!(camera().project(Point::new(0.0, 1.5, -5.0), 1.0), None);
    }

    #[test]
    fn a_camera_that_rolls_clockwise_sees_the_world_roll_the_other_way() {
        let rolled = CameraPose { roll: 20.0, ..camera() };
        let seen = rolled.project(Point::new(0.0, 2.5, 0.0), 1.0).unwrap();
        assert!(seen.x < 0.5, "{seen:?}");
    }

    #[test]
    fn it_looks_at_what_it_turns_to() {
        for point in [Point::new(3.0, 0.2, 1.0), Point::new(-9.0, 7.0, -20.0)] {
            let seen = camera().looking_at(point).project(point, 1.5).unwrap();
            assert!((seen.x - 0.5).abs() < 1e-9 && (seen.y - 0.5).abs() < 1e-9, "{seen:?}");
        }
    }

    #[test]
    fn angles_take_the_shorter_way() {
        assert!((mix_degrees(170.0, -170.0, 0.5).abs() - 180.0).abs() < 1e-9);
        assert!((wrap_degrees(540.0) - 180.0).abs() < 1e-9);
    }
}
