//! Projects space to pixels for a camera pose, and clips at the lens.
//!
//! Knows projection; does not know colours.

use tiny_skia::Point as Pixel;

use super::vector::{Vector, dot, times};
use crate::blocking::geometry::{CameraPose, NEAREST, Point};

/// A camera pose for pictures of one size.
#[derive(Debug, Clone, Copy)]
pub(super) struct Perspective {
    pub pose: CameraPose,
    axes: [Vector; 3],
    /// Pixels that a metre at a distance of a metre covers.
    pub focal: f64,
    pub width: f64,
    pub height: f64,
}

/// A ball or a disc in the picture: its middle and half axes as a symmetric matrix, in
/// pixels, and its distance in metres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ellipse {
    pub centre: Pixel,
    /// `xx`, `xy`, `yy`.
    pub half: [f64; 3],
}

impl Perspective {
    pub(super) fn new(pose: CameraPose, width: u32, height: u32) -> Self {
        let half = (pose.field_of_view.clamp(1.0, 170.0).to_radians() / 2.0).tan();
        let (width, height) = (f64::from(width), f64::from(height));
        Self { axes: pose.axes(), focal: height / 2.0 / half, width, height, pose }
    }

    /// A point in the camera's directions: right, up, along the view.
    pub(super) fn seen(&self, point: Point) -> Vector {
        self.turned(point - self.pose.position)
    }

    /// A direction in the camera's directions.
    pub(super) fn turned(&self, direction: Vector) -> Vector {
        let [right, up, forward] = self.axes;
        Point::new(dot(direction, right), dot(direction, up), dot(direction, forward))
    }

    /// A direction that is given in the camera's directions, in space.
    pub(super) fn in_space(&self, seen: Vector) -> Vector {
        let [right, up, forward] = self.axes;
        times(right, seen.x) + times(up, seen.y) + times(forward, seen.z)
    }

    /// The pixel of a point in the camera's directions, which must lie before the lens.
    pub(super) fn pixel(&self, seen: Vector) -> Pixel {
        let scale = self.focal / seen.z.max(NEAREST);
        // The edge of the picture clips points this far away anyway.
        let most = 20.0 * (self.width + self.height);
        let across = (seen.x * scale).clamp(-most, most);
        let down = (-seen.y * scale).clamp(-most, most);
        Pixel::from_xy((self.width / 2.0 + across) as f32, (self.height / 2.0 + down) as f32)
    }

    /// The ellipse of a ball with three half axes, or of a flat one with two; `None` if
    /// it is too near or behind the lens. Exact: the image of a dual quadric (Hartley and
    /// Zisserman, Multiple View Geometry, 8.3).
    pub(super) fn ellipse(&self, centre: Point, axes: &[Vector]) -> Option<Ellipse> {
        let c = self.seen(centre);
        let turned: Vec<Vector> = axes.iter().map(|axis| self.turned(*axis)).collect();
        let sum = |of: fn(&Vector) -> f64| turned.iter().map(of).sum::<f64>();
        let depth = sum(|axis| axis.z * axis.z);
        if c.z - depth.sqrt() < NEAR {
            return None;
        }
        let whole = c.z * c.z - depth;
        let x = (c.x * c.z - sum(|axis| axis.x * axis.z)) / whole;
        let y = (c.y * c.z - sum(|axis| axis.y * axis.z)) / whole;
        let scale = self.focal * self.focal;
        let xx = scale * (x * x + (sum(|axis| axis.x * axis.x) - c.x * c.x) / whole);
        // Down in the picture is down.
        let xy = -scale * (x * y + (sum(|axis| axis.x * axis.y) - c.x * c.y) / whole);
        let yy = scale * (y * y + (sum(|axis| axis.y * axis.y) - c.y * c.y) / whole);
        // The square root of a symmetric matrix.
        let root = (xx * yy - xy * xy).max(0.0).sqrt();
        let trace = (xx + yy + 2.0 * root).max(0.0).sqrt();
        if trace < 1e-6 || !trace.is_finite() {
            return None;
        }
        let half = [(xx + root) / trace, xy / trace, (yy + root) / trace];
        Some(Ellipse { centre: self.pixel(Point::new(x, y, 1.0)), half })
    }

    /// A polygon in the camera's directions, cut off before the lens.
    pub(super) fn clipped(&self, corners: &[Point]) -> Vec<Vector> {
        let seen: Vec<Vector> = corners.iter().map(|corner| self.seen(*corner)).collect();
        let before = cut(&seen, |at| at.z - NEAR);
        let [wide, high] = [self.width, self.height].map(|size| REACH * size / self.focal);
        let far = |at: &Vector| at.x.abs() > wide * at.z || at.y.abs() > high * at.z;
        if !before.iter().any(far) {
            return before;
        }
        // The rasteriser holds no pixels that are far away from the picture.
        let left = cut(&before, |at| at.x + wide * at.z);
        let right = cut(&left, |at| wide * at.z - at.x);
        let low = cut(&right, |at| at.y + high * at.z);
        cut(&low, |at| high * at.z - at.y)
    }

    /// A line in the camera's directions, cut off before the lens.
    pub(super) fn clipped_line(&self, from: Point, to: Point) -> Option<[Vector; 2]> {
        let (mut from, mut to) = (self.seen(from), self.seen(to));
        if from.z < NEAR && to.z < NEAR {
            return None;
        }
        if from.z < NEAR {
            from = to.mix(from, (to.z - NEAR) / (to.z - from.z));
        } else if to.z < NEAR {
            to = from.mix(to, (from.z - NEAR) / (from.z - to.z));
        }
        Some([from, to])
    }

    /// The pixel of the sky or the far ground in a direction: degrees to the right of
    /// north, and above the horizon. `None` behind the lens.
    pub(super) fn far(&self, azimuth: f64, elevation: f64) -> Option<Pixel> {
        let (azimuth, elevation) = (azimuth.to_radians(), elevation.to_radians());
        let direction = Point::new(
            azimuth.sin() * elevation.cos(),
            elevation.sin(),
            azimuth.cos() * elevation.cos(),
        );
        let seen = self.turned(direction);
        (seen.z > 0.02).then(|| self.pixel(seen))
    }

    /// Whether the picture may show something within a ball.
    pub(super) fn shows_ball(&self, centre: Point, radius: f64) -> bool {
        let seen = self.seen(centre);
        let beside = |aside: f64, length: f64| {
            let slope = length / 2.0 / self.focal;
            (aside.abs() - seen.z * slope) / slope.hypot(1.0) > radius
        };
        seen.z + radius > NEAR && !beside(seen.x, self.width) && !beside(seen.y, self.height)
    }

    /// Whether a pixel is in the picture or nearer to it than `margin`.
    pub(super) fn shows(&self, pixel: Pixel, margin: f32) -> bool {
        (-margin..self.width as f32 + margin).contains(&pixel.x)
            && (-margin..self.height as f32 + margin).contains(&pixel.y)
    }
}

/// The least distance of anything drawn, in metres.
const NEAR: f64 = 0.1;
/// Polygons end so many widths and heights of the picture from its middle.
const REACH: f64 = 1.5;

/// The part of a polygon on one side of a plane (Sutherland and Hodgman, 1974). `side` is
/// positive there.
fn cut(corners: &[Vector], side: impl Fn(&Vector) -> f64) -> Vec<Vector> {
    let mut kept = Vec::with_capacity(corners.len() + 2);
    for (index, to) in corners.iter().enumerate() {
        let from = corners[(index + corners.len() - 1) % corners.len()];
        let (one, two) = (side(&from), side(to));
        if (one < 0.0) != (two < 0.0) {
            kept.push(from.mix(*to, one / (one - two)));
        }
        if two >= 0.0 {
            kept.push(*to);
        }
    }
    kept
}
