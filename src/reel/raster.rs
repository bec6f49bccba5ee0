//! Pictures as numbers: enlarging, blurring and sharpening them.
//!
//! Knows pixels; does not know what they show.

use image::RgbImage;

/// A picture of numbers from 0 to 1, with some channels a pixel.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raster<const N: usize> {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[f32; N]>,
}

impl<const N: usize> Raster<N> {
    /// A picture whose pixels a function gives, by column and row.
    pub(super) fn from_fn(
        width: usize,
        height: usize,
        pixel: impl Fn(usize, usize) -> [f32; N],
    ) -> Self {
        let pixels = (0..width * height).map(|at| pixel(at % width, at / width)).collect();
        Self { width, height, pixels }
    }

    /// The pixel at a column and row; outside, the nearest one.
    pub(super) fn at(&self, x: isize, y: isize) -> [f32; N] {
        let x = x.clamp(0, self.width as isize - 1) as usize;
        let y = y.clamp(0, self.height as isize - 1) as usize;
        self.pixels[y * self.width + x]
    }

    /// The value at a point, pixels having their middle at halves.
    pub(super) fn sample(&self, x: f32, y: f32) -> [f32; N] {
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        let (left, top) = (left as isize, top as isize);
        let [a, b] = [self.at(left, top), self.at(left + 1, top)];
        let [c, d] = [self.at(left, top + 1), self.at(left + 1, top + 1)];
        std::array::from_fn(|i| {
            let upper = a[i] + (b[i] - a[i]) * right;
            let lower = c[i] + (d[i] - c[i]) * right;
            upper + (lower - upper) * down
        })
    }

    /// Enlarged by cubic curves (Catmull and Rom, 1974); ringing is cut off.
    pub(super) fn enlarged(&self, width: usize, height: usize) -> Self {
        let columns = taps(self.width, width);
        let rows = taps(self.height, height);
        let mut wide = Vec::with_capacity(width * self.height);
        for row in self.pixels.chunks_exact(self.width) {
            wide.extend(columns.iter().map(|taps| mixed(taps, |at| row[at])));
        }
        let mut pixels = Vec::with_capacity(width * height);
        for taps in &rows {
            pixels.extend((0..width).map(|x| mixed(taps, |at| wide[at * width + x])));
        }
        Self { width, height, pixels }
    }

    /// Blurred by a box of `2 * radius + 1` pixels, as often as asked.
    pub(super) fn blurred(mut self, radius: usize, times: usize) -> Self {
        if radius == 0 {
            return self;
        }
        for _ in 0..times {
            let mut line = Vec::new();
            for row in self.pixels.chunks_exact_mut(self.width) {
                line.clear();
                line.extend_from_slice(row);
                box_blur(&line, radius, |at, value| row[at] = value);
            }
            for x in 0..self.width {
                line.clear();
                line.extend(self.pixels.iter().skip(x).step_by(self.width));
                let (pixels, width) = (&mut self.pixels, self.width);
                box_blur(&line, radius, |at, value| pixels[at * width + x] = value);
            }
        }
        self
    }
}

/// Four neighbours and their weights.
type Taps = [(usize, f32); 4];

fn taps(from: usize, to: usize) -> Vec<Taps> {
    let scale = from as f32 / to as f32;
    (0..to)
        .map(|at| {
            let place = (at as f32 + 0.5) * scale - 0.5;
            let t = place - place.floor();
            let first = place.floor() as isize - 1;
            let weights = [
                0.5 * (-t + 2.0 * t * t - t * t * t),
                0.5 * (2.0 - 5.0 * t * t + 3.0 * t * t * t),
                0.5 * (t + 4.0 * t * t - 3.0 * t * t * t),
                0.5 * (t * t * t - t * t),
            ];
            std::array::from_fn(|i| {
                let at = (first + i as isize).clamp(0, from as isize - 1);
                (at as usize, weights[i])
            })
        })
        .collect()
}

fn mixed<const N: usize>(taps: &Taps, value: impl Fn(usize) -> [f32; N]) -> [f32; N] {
    let values = taps.map(|(at, weight)| (value(at), weight));
    std::array::from_fn(|i| {
        values.iter().map(|(value, weight)| value[i] * weight).sum::<f32>().clamp(0.0, 1.0)
    })
}

fn box_blur<const N: usize>(
    line: &[[f32; N]],
    radius: usize,
    mut set: impl FnMut(usize, [f32; N]),
) {
    let last = line.len() as isize - 1;
    let at = |index: isize| line[index.clamp(0, last) as usize];
    let reach = radius as isize;
    let mut sum = [0.0; N];
    for index in -reach..=reach {
        sum = std::array::from_fn(|i| sum[i] + at(index)[i]);
    }
    let share = 1.0 / (2 * radius + 1) as f32;
    for index in 0..line.len() {
        set(index, sum.map(|value| value * share));
        let (leaves, enters) = (at(index as isize - reach), at(index as isize + reach + 1));
        sum = std::array::from_fn(|i| sum[i] + enters[i] - leaves[i]);
    }
}

/// A picture as numbers.
pub(super) fn numbers(picture: &RgbImage) -> Raster<3> {
    Raster {
        width: picture.width() as usize,
        height: picture.height() as usize,
        pixels: picture.pixels().map(|pixel| pixel.0.map(|c| f32::from(c) / 255.0)).collect(),
    }
}

/// A picture enlarged by a factor, with its edges drawn together again: where the small
/// picture has an edge, the large one has a narrow one, without ringing.
pub(super) fn redrawn(picture: &Raster<3>, factor: f32) -> Raster<3> {
    let side = |length: usize| ((length as f32 * factor).round() as usize).max(1);
    let large = picture.enlarged(side(picture.width), side(picture.height));
    if factor < 1.5 {
        return large;
    }
    narrowed(narrowed(large, factor), factor)
}

/// How far pixels move towards the slope of an edge, in pixels of the small picture.
const PULL: f32 = 0.55;
/// No edge pulls more than one of this height in brightness.
const STEEPEST: f32 = 0.3;

/// Takes each pixel from a little farther away from the nearest edge, so that edges
/// become narrow.
fn narrowed(picture: Raster<3>, factor: f32) -> Raster<3> {
    let (width, height) = (picture.width, picture.height);
    let bright = |c: [f32; 3]| [0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]];
    let light = Raster::<1> {
        width,
        height,
        pixels: picture.pixels.iter().map(|pixel| bright(*pixel)).collect(),
    };
    let light = light.blurred((factor * 0.35).round() as usize, 1);
    let slope = |raster: &Raster<1>, x: usize, y: usize| {
        let (x, y) = (x as isize, y as isize);
        let across = (raster.at(x + 1, y)[0] - raster.at(x - 1, y)[0]) / 2.0;
        let down = (raster.at(x, y + 1)[0] - raster.at(x, y - 1)[0]) / 2.0;
        (across, down)
    };
    let edges = Raster::from_fn(width, height, |x, y| {
        let (across, down) = slope(&light, x, y);
        [(across.hypot(down) * factor).min(STEEPEST)]
    });
    let edges = edges.blurred((factor * 0.6).round().max(1.0) as usize, 2);
    let most = factor * 0.9;
    let pull = PULL * factor * factor * factor;
    Raster::from_fn(width, height, |x, y| {
        let (across, down) = slope(&edges, x, y);
        let by = |slope: f32| (slope * pull).clamp(-most, most);
        picture.sample(x as f32 + 0.5 - by(across), y as f32 + 0.5 - by(down))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(width: usize) -> Raster<3> {
        // An edge as an autoencoder leaves it: over three pixels.
        Raster::from_fn(width, 9, |x, _| {
            [((x as f32 - width as f32 / 2.0 + 0.5) / 3.0 + 0.5).clamp(0.0, 1.0); 3]
        })
    }

    #[test]
    fn an_enlarged_picture_keeps_its_tones() {
        let flat = Raster::from_fn(7, 5, |_, _| [0.25, 0.5, 0.75]);
        for pixel in flat.enlarged(40, 31).pixels {
            assert!(pixel.iter().zip([0.25, 0.5, 0.75]).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }

    #[test]
    fn edges_become_narrow_and_stay_in_place() {
        let wide = |raster: &Raster<3>| {
            let row = &raster.pixels[..raster.width];
            row.iter().filter(|pixel| (0.1..0.9).contains(&pixel[0])).count()
        };
        let plain = step(24).enlarged(96, 36);
        let redrawn = redrawn(&step(24), 4.0);
        assert!(wide(&redrawn) * 2 < wide(&plain), "{} {}", wide(&redrawn), wide(&plain));
        let middle = redrawn.at(48, 18)[0] + redrawn.at(47, 18)[0];
        assert!((middle - 1.0).abs() < 0.1, "{middle}");
    }

    #[test]
    fn a_blur_keeps_the_sum() {
        let spot = Raster::from_fn(31, 31, |x, y| [f32::from(x == 15 && y == 15)]);
        let sum: f32 = spot.blurred(3, 2).pixels.iter().map(|pixel| pixel[0]).sum();
        assert!((sum - 1.0).abs() < 1e-3);
    }
}
