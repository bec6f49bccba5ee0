//! Shallow focus: softens whatever is far from the distance in focus.
//!
//! Knows distances and pixels; does not know what is drawn.

use tiny_skia::Pixmap;

use crate::blocking::geometry::CameraPose;

/// Up to this depth the animatic draws everything sharp: it softens only what the script
/// asks for.
const SHARP: f64 = 0.6;
/// The largest radius, as a share of the picture's height.
const LARGEST: f64 = 0.016;
/// The background counts as so many times farther away than the nearest figure.
const BEHIND: f64 = 3.0;

/// How a moment is focused.
#[derive(Debug, Clone, Copy)]
pub(super) struct Focus {
    distance: f64,
    /// The largest radius in pixels; 0 if all is sharp.
    most: f64,
    behind: f64,
}

impl Focus {
    /// Of a camera, for pictures of a height in pixels; `nearest` is the distance of the
    /// nearest figure.
    pub(super) fn of(camera: &CameraPose, nearest: Option<f64>, height: f64) -> Self {
        let shallow = ((camera.shallow - SHARP) / (1.0 - SHARP)).clamp(0.0, 1.0);
        let distance = camera.focus.max(0.05);
        let behind = nearest.unwrap_or(distance).max(0.05) * BEHIND;
        Self { distance, most: shallow.sqrt() * LARGEST * height, behind }
    }

    /// The radius, in pixels, of a point at a distance in metres.
    pub(super) fn radius(&self, distance: f64) -> f32 {
        let off = (1.0 - self.distance / distance.max(0.05)).abs().min(1.5);
        (self.most * off) as f32
    }

    /// The radius of the background.
    pub(super) fn radius_behind(&self) -> f32 {
        self.radius(self.behind)
    }
}

/// The smallest visible radius, in pixels.
pub(super) const SEEN: f32 = 0.7;

/// Softens a picture by a radius in pixels: two passes of a box, across and down.
pub(super) fn soften(picture: &mut Pixmap, radius: f32) {
    if radius < SEEN {
        return;
    }
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut other = vec![0; picture.data().len()];
    for _ in 0..2 {
        blur_lines(picture.data(), &mut other, [width, height], [4, 4 * width], radius / 1.4);
        blur_lines(&other, picture.data_mut(), [height, width], [4 * width, 4], radius / 1.4);
    }
}

/// Blurs along lines: `along` pixels in each, `steps` bytes from pixel to pixel and from
/// line to line.
fn blur_lines(
    from: &[u8],
    to: &mut [u8],
    [along, lines]: [usize; 2],
    [step, line]: [usize; 2],
    radius: f32,
) {
    // Whole pixels to each side, and the share of the next one, in 256ths.
    let whole = (radius as usize).min(along.saturating_sub(1));
    let share = ((radius - radius.floor()) * 256.0) as u32;
    let weight = 256 * (2 * whole as u32 + 1) + 2 * share;
    for row in 0..lines {
        let start = row * line;
        for channel in 0..4 {
            let at = |index: isize| {
                let index = index.clamp(0, along as isize - 1) as usize;
                u32::from(from[start + index * step + channel])
            };
            let mut sum: u32 = (-(whole as isize)..=whole as isize).map(at).sum();
            for index in 0..along as isize {
                let (left, right) = (index - whole as isize, index + whole as isize);
                let edges = at(left - 1) + at(right + 1);
                let value = (256 * sum + share * edges + weight / 2) / weight;
                to[start + index as usize * step + channel] = value.min(255) as u8;
                sum = sum + at(right + 1) - at(left);
            }
        }
    }
}
