//! Draws the depth of a control scene, as a depth pass would see the blocking.
//!
//! The picture is what the depth maps of VACE's training are (`vace/annotators/depth.py`
//! of `ali-vilab/VACE`, commit 83f7d5a, with `MiDaS` or Depth Anything V2): the inverse of the
//! distance along the view, from the frame's least (0, black) to its greatest (255,
//! white). The sky is infinitely far.
//!
//! Parts are whole numbers in the camera's directions before they are drawn, and drawing
//! takes only sums, products, quotients and square roots, which are the same on every
//! machine. Knows one frame; does not know models.

use image::{GrayImage, Luma};

use super::bodies::figure_parts;
use super::perspective::Perspective;
use super::set;
use super::solid::{Form3d, Part};
use super::vector::{UP, Vector, cross, dot, times};
use crate::blocking::control::ControlScene;
use crate::blocking::geometry::Point;

/// The nearest distance that the picture shows, in metres.
const NEAR: f64 = 0.1;
/// The smallest difference of distances, as parts of a metre.
const METRE: f64 = 8192.0;
/// Parts of 1 of directions.
const ONE: f64 = 1_048_576.0;

/// Draws a frame of a scene in `width` × `height` pixels, both at least 1.
pub fn depth(scene: &ControlScene, frame: usize, width: u32, height: u32) -> GrayImage {
    let (pose, seconds) = scene.camera(frame);
    let view = Perspective::new(pose, width, height);
    let mut pass = DepthPass::new(&view, scene.format, width, height);
    if scene.is_grounded() {
        pass.ground(&view);
    }
    for (index, piece) in scene.set() {
        for part in &set::piece(&piece, index) {
            pass.part(&view, part);
        }
    }
    for (figure, pose) in scene.figures(frame) {
        for part in &figure_parts(&figure, &pose, seconds) {
            pass.part(&view, part);
        }
    }
    pass.picture()
}

/// The inverse distance of every pixel.
struct DepthPass {
    width: u32,
    height: u32,
    /// Pixels that a metre at a distance of a metre covers.
    focal: f64,
    inverse: Vec<f64>,
}

/// A vector, rounded.
fn rounded(vector: Vector, unit: f64) -> Vector {
    let whole = |value: f64| (value * unit).round() / unit;
    Point::new(whole(vector.x), whole(vector.y), whole(vector.z))
}

impl DepthPass {
    fn new(view: &Perspective, format: [u32; 2], width: u32, height: u32) -> Self {
        // The film shows the middle of the take: all of its height, or all of its width.
        let slope = rounded(Point::new(view.height / 2.0 / view.focal, 0.0, 0.0), ONE).x;
        let [wide, high] = format.map(|side| f64::from(side.max(1)));
        let shown = f64::from(height).min(f64::from(width) * high / wide);
        let inverse = vec![0.0; (width * height) as usize];
        Self { width, height, focal: shown / 2.0 / slope.max(1e-3), inverse }
    }

    /// Where the ray of a pixel is at a distance of a metre.
    fn ray(&self, x: u32, y: u32) -> Vector {
        let from_middle = |at: u32, size: u32| f64::from(at) + 0.5 - f64::from(size) / 2.0;
        let (right, down) = (from_middle(x, self.width), from_middle(y, self.height));
        Point::new(right / self.focal, -down / self.focal, 1.0)
    }

    /// Draws the surface that a ray meets within `bounds`: pixels from left and top to
    /// before right and bottom.
    fn draw(&mut self, [left, top, right, bottom]: [u32; 4], meets: impl Fn(Vector) -> f64) {
        for y in top..bottom {
            for x in left..right {
                let distance = meets(self.ray(x, y));
                let seen = &mut self.inverse[(y * self.width + x) as usize];
                if distance >= NEAR && distance * *seen < 1.0 {
                    *seen = 1.0 / distance;
                }
            }
        }
    }

    fn ground(&mut self, view: &Perspective) {
        let up = rounded(view.turned(UP), ONE);
        let high = rounded(view.pose.position, METRE).y;
        self.draw([0, 0, self.width, self.height], |ray| -high / dot(up, ray));
    }

    fn part(&mut self, view: &Perspective, part: &Part) {
        let seen = |point: Point| rounded(view.seen(point), METRE);
        let turned = |direction: Vector| rounded(view.turned(direction), METRE);
        match &part.form {
            Form3d::Egg { centre, axes } => self.egg(seen(*centre), axes.map(turned)),
            Form3d::Limb { ends, radii } => {
                let radii = radii.map(|radius| (radius * METRE).round() / METRE);
                self.limb(ends.map(seen), radii);
            }
            Form3d::Sheet { corners, normal, both } => {
                let corners: Vec<Point> = corners.iter().copied().map(seen).collect();
                let normal = rounded(view.turned(*normal), ONE);
                if *both || dot(normal, corners[0]) < 0.0 {
                    self.sheet(&corners);
                }
            }
            Form3d::Hull { points, like } => match &**like {
                // The lower half of a mound is below the ground.
                Form3d::Egg { centre, axes } => self.egg(seen(*centre), axes.map(turned)),
                // A ring below and a ring above.
                _ => {
                    let points: Vec<Point> = points.iter().copied().map(seen).collect();
                    let (low, high) = points.split_at(points.len() / 2);
                    for at in 0..low.len() {
                        let next = (at + 1) % low.len();
                        self.sheet(&[low[at], low[next], high[next], high[at]]);
                    }
                    self.sheet(high);
                }
            },
        }
    }

    /// A ball with three half axes at right angles.
    fn egg(&mut self, centre: Point, axes: [Vector; 3]) {
        let squares = axes.map(|axis| dot(axis, axis));
        if squares.contains(&0.0) {
            return;
        }
        let radius = squares.iter().sum::<f64>().sqrt();
        let own = [0, 1, 2].map(|at| times(axes[at], 1.0 / squares[at]));
        let middle = own.map(|axis| dot(axis, centre));
        let beyond = middle.iter().map(|share| share * share).sum::<f64>() - 1.0;
        let Some(bounds) = self.bounds(&[centre], radius).filter(|_| beyond > 0.0) else { return };
        self.draw(bounds, |ray| {
            let way = own.map(|axis| dot(axis, ray));
            let square: f64 = way.iter().map(|share| share * share).sum();
            let along: f64 = way.iter().zip(middle).map(|(way, to)| way * to).sum();
            let root = along * along - square * beyond;
            if root < 0.0 { 0.0 } else { beyond / (along + root.sqrt()) }
        });
    }

    /// Two balls and what is between them.
    fn limb(&mut self, [from, to]: [Point; 2], [start, end]: [f64; 2]) {
        let axis = to - from;
        let (long, narrows) = (dot(axis, axis), start - end);
        let ball = |centre: Point, radius: f64, ray: Vector, square: f64| {
            let along = dot(centre, ray);
            let beyond = dot(centre, centre) - radius * radius;
            let root = along * along - square * beyond;
            if root < 0.0 || beyond <= 0.0 { 0.0 } else { beyond / (along + root.sqrt()) }
        };
        let Some(bounds) = self.bounds(&[from, to], start.max(end)) else { return };
        // The span in which the cone touches both balls.
        let span = long - narrows * narrows;
        if span <= 0.0 {
            let (centre, radius) = if start > end { (from, start) } else { (to, end) };
            return self.draw(bounds, |ray| ball(centre, radius, ray, dot(ray, ray)));
        }
        let behind = -dot(axis, from);
        let away = dot(from, from);
        self.draw(bounds, |ray| {
            let square = dot(ray, ray);
            let (across, into) = (dot(axis, ray), -dot(ray, from));
            let a = span * square - across * across;
            let b = span * into - behind * across + across * narrows * start;
            let c = span * away - behind * behind + 2.0 * behind * narrows * start
                - long * start * start;
            let root = b * b - a * c;
            if root < 0.0 {
                return 0.0;
            }
            if a > 0.0 {
                let distance = (-root.sqrt() - b) / a;
                let place = behind - start * narrows + distance * across;
                if place > 0.0 && place < span {
                    return distance;
                }
            }
            let (one, two) = (ball(from, start, ray, square), ball(to, end, ray, square));
            if one > 0.0 && (two <= 0.0 || one < two) { one } else { two }
        });
    }

    /// A flat convex polygon.
    fn sheet(&mut self, corners: &[Point]) {
        let count = corners.len();
        let edges: Vec<Vector> =
            (0..count).map(|at| cross(corners[at], corners[(at + 1) % count])).collect();
        let normal = edges.iter().fold(Point::default(), |sum, edge| sum + *edge);
        let offset = dot(normal, corners[0]);
        let Some(bounds) = self.bounds(corners, 0.0) else { return };
        self.draw(bounds, |ray| {
            let (mut left, mut right) = (false, false);
            for edge in &edges {
                let side = dot(*edge, ray);
                left |= side > 0.0;
                right |= side < 0.0;
            }
            if left && right { 0.0 } else { offset / dot(normal, ray) }
        });
    }

    /// The pixels that balls round points may cover; all of them if one reaches the lens.
    fn bounds(&self, points: &[Point], radius: f64) -> Option<[u32; 4]> {
        if points.iter().all(|point| point.z + radius < NEAR) {
            return None;
        }
        let (width, height) = (f64::from(self.width), f64::from(self.height));
        let mut around = [width, height, 0.0_f64, 0.0_f64];
        for point in points {
            if point.z - radius < NEAR {
                return Some([0, 0, self.width, self.height]);
            }
            for depth in [point.z - radius, point.z + radius] {
                let across = |off: f64, size: f64| size / 2.0 + off * self.focal / depth;
                around[0] = around[0].min(across(point.x - radius, width));
                around[1] = around[1].min(across(-point.y - radius, height));
                around[2] = around[2].max(across(point.x + radius, width));
                around[3] = around[3].max(across(-point.y + radius, height));
            }
        }
        let least = |value: f64| value.floor().max(0.0) as u32;
        let [left, top] = [least(around[0]), least(around[1])];
        let right = (around[2].ceil().max(0.0) as u32).min(self.width);
        let bottom = (around[3].ceil().max(0.0) as u32).min(self.height);
        (left < right && top < bottom).then_some([left, top, right, bottom])
    }

    fn picture(&self) -> GrayImage {
        let least = self.inverse.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.inverse.iter().copied().fold(0.0, f64::max);
        let range = most - least;
        GrayImage::from_fn(self.width, self.height, |x, y| {
            let inverse = self.inverse[(y * self.width + x) as usize];
            let share = if range > 0.0 { (inverse - least) / range } else { 0.0 };
            Luma([(share * 255.0) as u8])
        })
    }
}
