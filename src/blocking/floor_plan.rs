//! A floor plan of blocked shots as SVG: who stands where, where they look and go, and
//! where the cameras are. It shows what a fault of continuity is about.
//!
//! Knows blockings; does not know who shows it.

use std::fmt::Write as _;

use super::figure::FigurePose;
use super::geometry::{CameraPose, Point};
use super::set::{Form, SetPiece, SetRole};
use super::staged::Blocking;

/// A shot on a plan.
#[derive(Debug, Clone, Copy)]
pub struct PlannedView<'a> {
    /// What its camera is called: the number of the shot.
    pub label: &'a str,
    /// The shot.
    pub blocking: &'a Blocking,
    /// The moment that is shown, in seconds of the shot.
    pub seconds: f64,
}

/// Side of the drawing, in its own units.
const SIDE: f64 = 320.0;
/// How long a wedge of view is at most, in metres.
const VIEW: f64 = 3.0;
/// Nothing farther from the middle is on the plan, in metres.
const FARTHEST: f64 = 15.0;
/// Of each camera; the last one is that of the shot itself.
const INKS: [&str; 2] = ["#8a8f98", "#c2452d"];

/// The plan of shots of one scene, the earlier ones first; people stand where they are in
/// the last. Above is away from the side on which the scene's cameras work.
pub fn floor_plan(views: &[PlannedView<'_>]) -> String {
    let Some(last) = views.last() else { return String::new() };
    let moment = last.blocking.at(last.seconds);
    let cameras: Vec<CameraPose> =
        views.iter().map(|view| view.blocking.camera_at(view.seconds)).collect();
    let scale = Scale::around(
        moment.figures.iter().map(|pose| pose.feet).chain(cameras.iter().map(|pose| pose.position)),
    );
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" width=\"{SIDE}\" \
         height=\"{SIDE}\" font-family=\"sans-serif\" font-size=\"11\">\
         <rect width=\"{SIDE}\" height=\"{SIDE}\" rx=\"6\" fill=\"#f6f4ef\"/>"
    );
    for piece in &last.blocking.set {
        write_piece(&mut svg, &scale, piece);
    }
    for (index, (view, camera)) in views.iter().zip(&cameras).enumerate() {
        let ink = INKS[usize::from(index + 1 == views.len())];
        write_camera(&mut svg, &scale, camera, last.blocking.aspect, (view.label, ink));
    }
    for (figure, pose) in last.blocking.figures.iter().zip(&moment.figures) {
        let way = [0.0, last.blocking.seconds]
            .map(|seconds| figure.path.at(last.blocking.begins + seconds).feet);
        write_way(&mut svg, &scale, way);
        let name = if figure.individual == 0 { figure.name.as_str() } else { "" };
        write_figure(&mut svg, &scale, pose, (figure.width.max(figure.length) / 2.0, name));
    }
    svg.push_str("</svg>");
    svg
}

/// From metres to the drawing.
struct Scale {
    middle: Point,
    /// Units of the drawing in a metre.
    unit: f64,
}

impl Scale {
    fn around(points: impl Iterator<Item = Point>) -> Self {
        let near = |value: f64| value.clamp(-FARTHEST, FARTHEST);
        let mut bounds = [f64::MAX, f64::MIN, f64::MAX, f64::MIN];
        for point in points {
            bounds[0] = bounds[0].min(near(point.x));
            bounds[1] = bounds[1].max(near(point.x));
            bounds[2] = bounds[2].min(near(point.z));
            bounds[3] = bounds[3].max(near(point.z));
        }
        let [left, right, low, high] = bounds;
        let wide = (right - left).max(high - low).max(2.0) + 1.6;
        let middle = Point::new(f64::midpoint(left, right), 0.0, f64::midpoint(low, high));
        Self { middle, unit: SIDE / wide }
    }

    fn on_paper(&self, point: Point) -> (f64, f64) {
        let from = point - self.middle;
        (SIDE / 2.0 + from.x * self.unit, SIDE / 2.0 - from.z * self.unit)
    }

    fn is_on(&self, point: Point) -> bool {
        let (x, y) = self.on_paper(point);
        let on = |value: f64| (-20.0..=SIDE + 20.0).contains(&value);
        on(x) && on(y)
    }

    fn points(&self, all: &[Point]) -> String {
        let mut points = String::new();
        for point in all {
            let (x, y) = self.on_paper(*point);
            let _ = write!(points, "{x:.1},{y:.1} ");
        }
        points
    }
}

fn write_piece(svg: &mut String, scale: &Scale, piece: &SetPiece) {
    let large = piece.width.max(piece.depth) > FARTHEST;
    if large || piece.base.y > 2.0 || (piece.role != SetRole::Wall && !scale.is_on(piece.base)) {
        return;
    }
    let fill = if piece.role == SetRole::Wall { "#b9b3a6" } else { "#ddd8cc" };
    let round =
        matches!(piece.form, Form::Cylinder | Form::Cone | Form::Mound | Form::Tree | Form::Fir);
    if round {
        let (x, y) = scale.on_paper(piece.base);
        let radius = piece.width.max(piece.depth) / 2.0 * scale.unit;
        let _ =
            write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{fill}\"/>");
        return;
    }
    let corner = |right: f64, ahead: f64| {
        let to = piece.base.toward(piece.facing + 90.0, right * piece.width / 2.0);
        to.toward(piece.facing, ahead * piece.depth / 2.0)
    };
    let corners = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
    let _ = write!(svg, "<polygon points=\"{}\" fill=\"{fill}\"/>", scale.points(&corners));
}

fn write_camera(
    svg: &mut String,
    scale: &Scale,
    camera: &CameraPose,
    aspect: f64,
    (label, ink): (&str, &str),
) {
    let across = ((camera.field_of_view / 2.0).to_radians().tan() * aspect).atan().to_degrees();
    let long = camera.focus.clamp(0.8, VIEW);
    let eye = camera.position;
    let edge = |side: f64| eye.toward(camera.pan + side * across, long);
    let wedge = scale.points(&[eye, edge(-1.0), edge(1.0)]);
    let _ = write!(
        svg,
        "<polygon points=\"{wedge}\" fill=\"{ink}\" fill-opacity=\"0.14\" stroke=\"{ink}\"/>"
    );
    let (x, y) = scale.on_paper(eye);
    let (x, y) = (x.clamp(8.0, SIDE - 8.0), y.clamp(8.0, SIDE - 8.0));
    let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{ink}\"/>");
    let (x, y) = (x.clamp(14.0, SIDE - 14.0), (y + 16.0).min(SIDE - 4.0));
    let label = escaped(label);
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" fill=\"{ink}\">{label}</text>"
    );
}

fn write_way(svg: &mut String, scale: &Scale, [from, to]: [Point; 2]) {
    if from.floor_distance_to(to) > 0.3 {
        let points = scale.points(&[from, to]);
        let _ = write!(
            svg,
            "<polyline points=\"{points}\" stroke=\"#2d5f8a\" stroke-dasharray=\"3 3\" fill=\"none\"/>"
        );
    }
}

fn write_figure(svg: &mut String, scale: &Scale, pose: &FigurePose, (half, name): (f64, &str)) {
    let (x, y) = scale.on_paper(pose.feet);
    let radius = (half * scale.unit).clamp(4.0, 24.0);
    let looks = pose.feet.toward(pose.facing + pose.look, (radius + 7.0) / scale.unit);
    let nose = scale.points(&[pose.feet, looks]);
    let _ = write!(
        svg,
        "<polyline points=\"{nose}\" stroke=\"#2d5f8a\" stroke-width=\"2\"/>\
         <circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"#2d5f8a\"/>"
    );
    if !name.is_empty() {
        let (x, y) = (x.clamp(24.0, SIDE - 24.0), (y - radius - 4.0).max(12.0));
        let name = escaped(&name.chars().take(24).collect::<String>());
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" fill=\"#222\">{name}</text>"
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
