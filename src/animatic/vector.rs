//! Directions in space, and frames of three of them.
//!
//! Knows numbers only.

use crate::blocking::geometry::Point;

/// A direction with a length, in metres.
pub(super) type Vector = Point;

pub(super) const UP: Vector = Point::new(0.0, 1.0, 0.0);

pub(super) fn dot(a: Vector, b: Vector) -> f64 {
    a.x * b.x + a.y * b.y + a.z * b.z
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    Point::new(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

pub(super) fn times(a: Vector, factor: f64) -> Vector {
    Point::new(a.x * factor, a.y * factor, a.z * factor)
}

pub(super) fn length(a: Vector) -> f64 {
    dot(a, a).sqrt()
}

/// The direction alone; up for a vector without a length.
pub(super) fn unit(a: Vector) -> Vector {
    let long = length(a);
    if long > 1e-9 { times(a, 1.0 / long) } else { UP }
}

/// Directions of a body on the floor: its own right, up and forward.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub origin: Point,
    pub right: Vector,
    pub up: Vector,
    pub forward: Vector,
}

impl Frame {
    /// Upright at a point, facing as a figure does, in degrees.
    pub(super) fn upright(origin: Point, facing: f64) -> Self {
        let (sin, cos) = facing.to_radians().sin_cos();
        Self {
            origin,
            right: Point::new(cos, 0.0, -sin),
            up: UP,
            forward: Point::new(sin, 0.0, cos),
        }
    }

    /// A point given in these directions.
    pub(super) fn at(&self, right: f64, up: f64, forward: f64) -> Point {
        self.origin + self.along(right, up, forward)
    }

    /// A direction given in these directions.
    pub(super) fn along(&self, right: f64, up: f64, forward: f64) -> Vector {
        times(self.right, right) + times(self.up, up) + times(self.forward, forward)
    }

    /// Moved to another point of its own.
    pub(super) fn moved(self, right: f64, up: f64, forward: f64) -> Self {
        Self { origin: self.at(right, up, forward), ..self }
    }

    /// Turned forward about its right, in degrees.
    pub(super) fn pitched(self, degrees: f64) -> Self {
        let (up, forward) = rotated(self.up, self.forward, degrees);
        Self { up, forward, ..self }
    }

    /// Turned to its right about its up, in degrees.
    pub(super) fn turned(self, degrees: f64) -> Self {
        let (forward, right) = rotated(self.forward, self.right, degrees);
        Self { right, forward, ..self }
    }

    /// Tilted to its right about its forward, in degrees.
    pub(super) fn rolled(self, degrees: f64) -> Self {
        let (up, right) = rotated(self.up, self.right, degrees);
        Self { right, up, ..self }
    }
}

/// Two directions at right angles, turned in their plane from the first towards the
/// second.
fn rotated(one: Vector, other: Vector, degrees: f64) -> (Vector, Vector) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (times(one, cos) + times(other, sin), times(other, cos) - times(one, sin))
}
