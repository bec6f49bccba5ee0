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
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            pixels.extend((0..width).map(|x| pixel(x, y)));
        }
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
        let ((left, right), (top, down)) = (floored(x - 0.5), floored(y - 0.5));
        let inside = left >= 0
            && top >= 0
            && left + 1 < self.width as isize
            && top + 1 < self.height as isize;
        let [a, b, c, d] = if inside {
            let at = top as usize * self.width + left as usize;
            let (upper, lower) = (&self.pixels[at..at + 2], &self.pixels[at + self.width..][..2]);
            [upper[0], upper[1], lower[0], lower[1]]
        } else {
            let of = |x, y| self.at(left + x, top + y);
            [of(0, 0), of(1, 0), of(0, 1), of(1, 1)]
        };
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
                box_blur(&line, radius, row);
            }
            self.blur_down(radius);
        }
        self
    }

    /// The same from row to row: all columns at once, as memory holds them.
    fn blur_down(&mut self, radius: usize) {
        let from = self.pixels.clone();
        let row = |y: isize| {
            let y = y.clamp(0, self.height as isize - 1) as usize;
            &from[y * self.width..][..self.width]
        };
        let reach = radius as isize;
        let mut sums = vec![[0.0; N]; self.width];
        for y in -reach..=reach {
            for (sum, pixel) in sums.iter_mut().zip(row(y)) {
                *sum = std::array::from_fn(|i| sum[i] + pixel[i]);
            }
        }
        let share = 1.0 / (2 * radius + 1) as f32;
        for (y, to) in (0..).zip(self.pixels.chunks_exact_mut(self.width)) {
            let (leaves, enters) = (row(y - reach), row(y + reach + 1));
            for (at, (sum, to)) in sums.iter_mut().zip(to).enumerate() {
                *to = sum.map(|value| value * share);
                *sum = std::array::from_fn(|i| sum[i] + enters[at][i] - leaves[at][i]);
            }
        }
    }
}

/// The whole number below a place, and how far it is beyond it. `floor` would be a call,
/// because the compiler does not assume an instruction for it.
fn floored(place: f32) -> (isize, f32) {
    let whole = place as isize;
    let whole = if place < whole as f32 { whole - 1 } else { whole };
    (whole, place - whole as f32)
}

/// The length of a vector. `hypot` guards against overflow, which makes it slow.
pub(super) fn length(across: f32, down: f32) -> f32 {
    (across * across + down * down).sqrt()
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

fn box_blur<const N: usize>(from: &[[f32; N]], radius: usize, to: &mut [[f32; N]]) {
    let last = from.len() - 1;
    let mut sum = from[0].map(|value| value * radius as f32);
    for index in 0..=radius {
        let pixel = from[index.min(last)];
        sum = std::array::from_fn(|i| sum[i] + pixel[i]);
    }
    let share = 1.0 / (2 * radius + 1) as f32;
    for (index, to) in to.iter_mut().enumerate() {
        *to = sum.map(|value| value * share);
        let leaves = from[index.saturating_sub(radius)];
        let enters = from[(index + radius + 1).min(last)];
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
    let pixels = picture.pixels.iter().map(|pixel| bright(*pixel)).collect();
    let light = Raster::<1> { width, height, pixels };
    let light = light.blurred((factor * 0.35).round() as usize, 1);
    let edges = slopes(&light, |across, down| [(length(across, down) * factor).min(STEEPEST)]);
    let edges = edges.blurred((factor * 0.6).round().max(1.0) as usize, 2);
    let most = factor * 0.9;
    let pull = PULL * factor * factor * factor;
    let by = slopes(&edges, |across, down| {
        [across, down].map(|slope| (slope * pull).clamp(-most, most))
    });
    Raster::from_fn(width, height, |x, y| {
        let at = y * width + x;
        let [across, down] = by.pixels[at];
        if across * across + down * down < 1e-4 {
            return picture.pixels[at];
        }
        picture.sample(x as f32 + 0.5 - across, y as f32 + 0.5 - down)
    })
}

/// Something of the slope across and down at each pixel.
fn slopes<const N: usize>(raster: &Raster<1>, of: impl Fn(f32, f32) -> [f32; N]) -> Raster<N> {
    let (width, height) = (raster.width, raster.height);
    let row = |y: usize| &raster.pixels[y * width..][..width];
    let mut pixels = Vec::with_capacity(width * height);
    for y in 0..height {
        let (here, above, below) = (row(y), row(y.saturating_sub(1)), row((y + 1).min(height - 1)));
        pixels.extend((0..width).map(|x| {
            let (left, right) = (x.saturating_sub(1), (x + 1).min(width - 1));
            of((here[right][0] - here[left][0]) / 2.0, (below[x][0] - above[x][0]) / 2.0)
        }));
    }
    Raster { width, height, pixels }
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
