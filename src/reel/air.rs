//! The air of a shot: fog, and what falls in front of everything.
//!
//! Knows pixels and a weather; does not know cutouts.

use super::raster::Raster;
use crate::blocking::geometry::CameraPose;
use crate::blocking::set::SetLight;
use crate::blocking::weather::{Flake, Weather};

/// The brightness of fog and of falling water in full light, and of fog in the dark.
const FOG: [f32; 3] = [0.80, 0.82, 0.84];
const DARK_FOG: [f32; 3] = [0.13, 0.17, 0.24];
/// The most of the camera's subject that fog may hide.
const CLEAREST: f64 = 0.6;

/// The fog, rain or snow between the camera and everything else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Air {
    weather: Weather,
    haze: [f32; 3],
    /// How bright rain or snow is.
    drops: [f32; 3],
}

impl Air {
    pub(super) fn new(weather: Weather, light: &SetLight) -> Self {
        let bright = light.brightness.clamp(0.0, 1.0) as f32;
        let haze = std::array::from_fn(|i| DARK_FOG[i] + (FOG[i] - DARK_FOG[i]) * bright);
        let drops = FOG.map(|value| (value + 0.12) * (0.6 + 0.4 * bright));
        Self { weather, haze, drops }
    }

    /// How much of something at a distance the air hides, and the colour of the air there.
    pub(super) fn before(&self, camera: &CameraPose, metres: f64) -> (f32, [f32; 3]) {
        let sight = self.weather.sight.max(CLEAREST * camera.focus);
        let thick =
            Weather { sight: if self.weather.sight > 0.0 { sight } else { 0.0 }, ..self.weather };
        (thick.veil(metres) as f32, self.haze)
    }

    /// Lays fog over a set: the floor comes nearer from row to row, the backdrop stands
    /// at a distance in metres.
    pub(super) fn over_set(&self, picture: &mut Raster<3>, camera: &CameraPose, far: f64) {
        if self.weather.sight <= 0.0 {
            return;
        }
        let half = (camera.field_of_view.to_radians() / 2.0).tan();
        let high = picture.height as f64;
        for (y, row) in picture.pixels.chunks_exact_mut(picture.width).enumerate() {
            let up = (1.0 - 2.0 * (y as f64 + 0.5) / high) * half;
            let falls = (up.atan() + camera.tilt.to_radians()).tan();
            let floor = if falls < -1e-3 { camera.position.y.max(0.1) / -falls } else { f64::MAX };
            let (hidden, haze) = self.before(camera, floor.min(far));
            for pixel in row {
                *pixel = std::array::from_fn(|i| pixel[i] + (haze[i] - pixel[i]) * hidden);
            }
        }
    }

    /// Draws rain or snow at a time in seconds.
    pub(super) fn fall(&self, picture: &mut Raster<3>, camera: &CameraPose, seconds: f64) {
        let aspect = picture.width as f64 / picture.height as f64;
        for flake in self.weather.flakes(camera, aspect, seconds) {
            self.stroke(picture, &flake);
        }
    }

    /// A line with round ends and soft edges.
    fn stroke(&self, picture: &mut Raster<3>, flake: &Flake) {
        let high = picture.height as f32;
        let pixel = |(x, y): (f64, f64)| (x as f32 * high, y as f32 * high);
        let (from, to) = (pixel(flake.from), pixel(flake.to));
        let radius = flake.width as f32 * high / 2.0;
        // A line narrower than a pixel covers only a part of it.
        let strength = flake.strength as f32 * (radius / 0.6).min(1.0);
        let radius = radius.max(0.6);
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let square = (dx * dx + dy * dy).max(1e-6);
        let range = |a: f32, b: f32, length: usize| {
            let low = (a.min(b) - radius - 1.0).floor().max(0.0) as usize;
            let most = (a.max(b) + radius + 2.0).max(0.0) as usize;
            low.min(length)..most.min(length)
        };
        let columns = range(from.0, to.0, picture.width);
        for y in range(from.1, to.1, picture.height) {
            for x in columns.clone() {
                let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
                let along = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
                let far = (px - dx * along).hypot(py - dy * along);
                let alpha = strength * (radius - far + 0.5).clamp(0.0, 1.0);
                if alpha > 0.0 {
                    let pixel = &mut picture.pixels[y * picture.width + x];
                    *pixel = std::array::from_fn(|i| pixel[i] + (self.drops[i] - pixel[i]) * alpha);
                }
            }
        }
    }
}
