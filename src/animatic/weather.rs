//! Draws rain and snow.
//!
//! Knows drops in the picture; does not know where they come from.

use tiny_skia::{LineCap, Paint, PathBuilder, Pixmap, Stroke, Transform};

use super::perspective::Perspective;
use super::shading::{Mood, Tone};
use crate::blocking::staged::Blocking;

/// Draws the rain or the snow in front of everything.
pub(super) fn fall(
    picture: &mut Pixmap,
    view: &Perspective,
    mood: &Mood,
    blocking: &Blocking,
    seconds: f64,
) {
    let high = view.height as f32;
    let aspect = view.width / view.height;
    let tone = Tone([0.94, 0.96, 1.0]).times(1.0 - 0.4 * mood.night);
    let at = |(x, y): (f64, f64)| (x as f32 * high, y as f32 * high);
    for flake in blocking.weather.flakes(&view.pose, aspect, seconds) {
        let width = flake.width as f32 * high;
        // A drop narrower than a pixel covers only a part of it.
        let strength = flake.strength as f32 * (width / 1.2).min(1.0);
        let mut path = PathBuilder::new();
        let ((x, y), (to_x, to_y)) = (at(flake.from), at(flake.to));
        path.move_to(x, y);
        path.line_to(to_x, to_y + 0.01);
        let Some(path) = path.finish() else { continue };
        let stroke =
            Stroke { width: width.max(1.2), line_cap: LineCap::Round, ..Stroke::default() };
        let mut paint = Paint::default();
        paint.set_color(tone.covering(strength));
        picture.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
    }
}
