//! Cuts a figure out of a still before a key colour.
//!
//! A pixel on the edge mixes the figure's colour and the key. Photoplay knows the key,
//! takes the figure's colour from the inside nearby, and computes how much of the pixel
//! belongs to each. Knows one picture; does not know who is on it.

use super::matte::{Grid, LEAST, spread};
use super::raster::Raster;

/// Between these shares of the way from the key to the figure, a pixel belongs to both.
const KEYED: f32 = 0.06;
const OWN: f32 = 0.94;
/// Above this share of the key's own colour a pixel is more key than figure.
const HALF: f32 = 0.5;
/// A figure has its own colour from so many pixels inside its edge.
const RIM: usize = 2;
/// A part of a figure is at least so many pixels.
const STAIN: usize = 6;

/// Red, green, blue and how far a pixel belongs to the figure, not multiplied. `None` if
/// nobody is there.
pub(super) fn cut_from_key(still: &Raster<3>, key: [u8; 3]) -> Option<Raster<4>> {
    let grid = Grid { width: still.width, height: still.height };
    let key = Key::seen(still, key.map(|value| f32::from(value) / 255.0));
    let mut inside: Vec<bool> = still.pixels.iter().map(|pixel| key.share(*pixel) < HALF).collect();
    for part in grid.parts(&inside).into_iter().filter(|part| part.len() < STAIN) {
        for at in part {
            inside[at] = false;
        }
    }
    let covered = inside.iter().filter(|inside| **inside).count() as f32;
    if covered < LEAST * inside.len() as f32 {
        return None;
    }
    let outside: Vec<bool> = inside.iter().map(|inside| !inside).collect();
    let rim = grid.grown(&outside, RIM);
    let core: Vec<bool> = inside.iter().zip(&rim).map(|(inside, rim)| *inside && !rim).collect();
    let own = spread(grid, still, &core, &inside);
    let reached = grid.grown(&core, 2 * RIM + 2);
    let near = grid.grown(&inside, RIM);
    let pixels = (0..inside.len()).map(|at| {
        let pixel = still.pixels[at];
        if core[at] {
            let [r, g, b] = key.without(pixel);
            return [r, g, b, 1.0];
        }
        if !near[at] {
            return [0.0; 4];
        }
        // A hair has no inside, so every pixel that is not the key belongs to it.
        let own = if reached[at] { own[at] } else { key.unmixed(pixel) };
        let own = key.without(own);
        let alpha = ((key.way(pixel, own) - KEYED) / (OWN - KEYED)).clamp(0.0, 1.0);
        [own[0], own[1], own[2], alpha]
    });
    Some(Raster { width: grid.width, height: grid.height, pixels: pixels.collect() })
}

/// How far each pixel shows a figure, from 0 to 1.
pub(super) fn evidence(still: &Raster<3>, key: [u8; 3]) -> Vec<f32> {
    let key = Key::seen(still, key.map(|value| f32::from(value) / 255.0));
    still.pixels.iter().map(|pixel| 1.0 - key.share(*pixel)).collect()
}

/// The key colour as a still has it.
struct Key {
    colour: [f32; 3],
    /// Channels in which it is bright, and dark.
    bright: [bool; 3],
    /// How far its bright channels are above its dark ones.
    strength: f32,
}

impl Key {
    /// The mean of what is near the key: a network does not hit it exactly.
    fn seen(still: &Raster<3>, wanted: [f32; 3]) -> Self {
        let bright = wanted.map(|value| value > 0.5);
        let own = Self { colour: wanted, bright, strength: excess(wanted, bright).max(0.1) };
        let (mut sum, mut count) = ([0.0; 3], 0.0);
        for pixel in still.pixels.iter().filter(|pixel| own.share(**pixel) > 0.8) {
            sum = std::array::from_fn(|i| sum[i] + pixel[i]);
            count += 1.0;
        }
        if count == 0.0 {
            return own;
        }
        let colour = sum.map(|sum| sum / count);
        Self { colour, bright, strength: excess(colour, bright).max(0.1) }
    }

    /// How much of a pixel is the key, if the figure has nothing of its colour.
    fn share(&self, pixel: [f32; 3]) -> f32 {
        (excess(pixel, self.bright) / self.strength).clamp(0.0, 1.0)
    }

    /// How far a pixel is on the way from the key to a colour.
    fn way(&self, pixel: [f32; 3], own: [f32; 3]) -> f32 {
        let (mut along, mut square) = (0.0, 1e-4);
        for i in 0..3 {
            let way = own[i] - self.colour[i];
            along += (pixel[i] - self.colour[i]) * way;
            square += way * way;
        }
        along / square
    }

    /// The colour that is left of a pixel without the key.
    fn unmixed(&self, pixel: [f32; 3]) -> [f32; 3] {
        let share = self.share(pixel).min(0.95);
        std::array::from_fn(|i| {
            ((pixel[i] - share * self.colour[i]) / (1.0 - share)).clamp(0.0, 1.0)
        })
    }

    /// A colour of the figure without the light that the key throws on it. No figure has a
    /// colour near the key.
    fn without(&self, pixel: [f32; 3]) -> [f32; 3] {
        let spilt = excess(pixel, self.bright) - MOST * self.strength;
        if spilt <= 0.0 {
            return pixel;
        }
        std::array::from_fn(|i| if self.bright[i] { pixel[i] - spilt } else { pixel[i] })
    }
}

/// The most of the key's colour that a figure has: lips and roses.
const MOST: f32 = 0.34;

/// How far the bright channels of a key are above its dark ones in a pixel.
fn excess(pixel: [f32; 3], bright: [bool; 3]) -> f32 {
    let of = |wanted: bool| (0..3).filter(move |i| bright[*i] == wanted).map(|i| pixel[i]);
    of(true).fold(1.0, f32::min) - of(false).fold(0.0, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 3] = [255, 0, 255];
    const SIZE: usize = 96;

    /// How far a point is inside a figure with a head, a hole, a thin arm and a hair, from a
    /// hundred points a pixel.
    fn alpha(x: usize, y: usize) -> f32 {
        let inside = |x: f32, y: f32| {
            let disc = |cx: f32, cy: f32, r: f32| (x - cx).hypot(y - cy) < r;
            let body = disc(48.0, 60.0, 26.0) && !disc(54.0, 62.0, 6.0);
            let arm = (y - 40.0 - (x - 70.0) * 0.3).abs() < 2.6 && (66.0..90.0).contains(&x);
            let hair = (x - 30.0 - (y - 4.0) * 0.2).abs() < 0.9 && (4.0..30.0).contains(&y);
            body || disc(46.0, 26.0, 15.0) || arm || hair
        };
        let points = (0..100).filter(|at| {
            let (dx, dy) = ((at % 10) as f32 / 10.0 + 0.05, (at / 10) as f32 / 10.0 + 0.05);
            inside(x as f32 + dx, y as f32 + dy)
        });
        points.count() as f32 / 100.0
    }

    /// Skin, a rose scarf, a white shirt, black boots.
    fn colour(y: usize) -> [f32; 3] {
        match y {
            0..36 => [0.95, 0.76, 0.62],
            36..46 => [0.92, 0.45, 0.58],
            46..70 => [0.96, 0.96, 0.94],
            _ => [0.08, 0.08, 0.1],
        }
    }

    fn photographed(key: [f32; 3]) -> Raster<3> {
        Raster::from_fn(SIZE, SIZE, |x, y| {
            let (alpha, own) = (alpha(x, y), colour(y));
            std::array::from_fn(|i| key[i] + (own[i] - key[i]) * alpha)
        })
    }

    #[test]
    fn edges_are_cut_as_they_were_mixed() {
        // As the stage draws it, and as a network may come near it.
        for key in [[1.0, 0.0, 1.0], [0.94, 0.06, 0.97]] {
            let cut = cut_from_key(&photographed(key), KEY).unwrap();
            let wrong: f32 = (0..SIZE * SIZE)
                .map(|at| (cut.pixels[at][3] - alpha(at % SIZE, at / SIZE)).abs())
                .sum();
            let edges = (0..SIZE * SIZE)
                .filter(|at| (0.01..0.99).contains(&alpha(at % SIZE, at / SIZE)))
                .count();
            assert!(wrong / ((SIZE * SIZE) as f32) < 0.004, "{wrong} in all");
            assert!(wrong / (edges as f32) < 0.12, "{wrong} on {edges} pixels");
        }
    }

    #[test]
    fn the_key_is_never_in_the_figure() {
        let cut = cut_from_key(&photographed([1.0, 0.0, 1.0]), KEY).unwrap();
        for [r, g, b, alpha] in cut.pixels {
            assert!(alpha < 0.02 || r.min(b) - g < 0.36, "{r} {g} {b} at {alpha}");
        }
    }

    #[test]
    fn nobody_is_before_an_empty_key() {
        let empty = Raster::from_fn(40, 30, |_, _| [0.97, 0.02, 0.98]);
        assert_eq!(cut_from_key(&empty, KEY), None);
    }
}
