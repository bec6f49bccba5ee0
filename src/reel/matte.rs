//! Cuts a figure out of the plain white before which it was photographed.
//!
//! White that the figure encloses is its own; white that reaches the edge of the picture
//! is not. Colours near the edge are those of the inside, without the white that the
//! network mixed into them. Knows one picture; does not know who is on it.

use std::collections::VecDeque;

use super::raster::Raster;

/// Less colour than this is white, as far as it reaches the edge of the picture.
const WHITE: f32 = 0.16;
/// Light skin, fur and straw have at least so much colour, and so much more red than blue;
/// the haze that the network leaves around a figure has less.
const SKIN: (f32, f32) = (0.07, 0.06);
/// Paper is at least as white; a white belly that the edge of the picture cuts is not.
const PAPER: f32 = 0.035;
/// A part of less than this share of the largest one is a stain.
const STAIN: f32 = 0.06;
/// A figure covers at least this share of its picture.
const LEAST: f32 = 0.004;
/// Pixels that an edge reaches into a figure.
const RIM: usize = 3;

/// Red, green, blue and how far a pixel belongs to the figure, not multiplied. `None`
/// if there is no figure on the picture.
pub(super) fn cut_out(picture: &Raster<3>) -> Option<Raster<4>> {
    let grid = Grid { width: picture.width, height: picture.height };
    let colour: Vec<f32> = picture
        .pixels
        .iter()
        .map(|pixel| 1.0 - pixel.iter().copied().fold(1.0, f32::min))
        .collect();
    let inside = figure(grid, picture, &colour)?;
    let outside: Vec<bool> = inside.iter().map(|inside| !inside).collect();
    let near_rim = grid.grown(&outside, RIM);
    let core: Vec<bool> = inside.iter().zip(&near_rim).map(|(a, b)| *a && !b).collect();
    let alpha = alpha(grid, &colour, &inside, &core);
    let clean = spread(grid, picture, &core, &inside);
    let near_core = grid.grown(&core, RIM + 1);
    let pixels = (0..colour.len()).map(|at| {
        let [own, alpha] = [picture.pixels[at], [alpha[at]; 3]];
        let [r, g, b] = if core[at] {
            own
        } else if near_core[at] || alpha[0] < 0.3 {
            clean[at]
        } else {
            // A thin part has no inside: its own colour without the white.
            std::array::from_fn(|i| {
                ((own[i] - (1.0 - alpha[i])) / alpha[i].max(0.3)).clamp(0.0, 1.0)
            })
        };
        [r, g, b, alpha[0]]
    });
    Some(Raster { width: grid.width, height: grid.height, pixels: pixels.collect() })
}

/// Which pixels are the figure's; `None` if hardly any are.
fn figure(grid: Grid, picture: &Raster<3>, colour: &[f32]) -> Option<Vec<bool>> {
    let skin = |at: usize| {
        let [red, _, blue] = picture.pixels[at];
        colour[at] > SKIN.0 && red - blue > SKIN.1
    };
    let white = |at: usize| colour[at] < WHITE && !skin(at);
    let sides = grid.upper_edges();
    let mut outside = grid.flood(sides, &white);
    // What only the lower edge cuts off is paper between legs, or a white belly.
    let mut tried = outside.clone();
    for at in (grid.height - 1) * grid.width..grid.height * grid.width {
        if !white(at) || tried[at] {
            continue;
        }
        let region = grid.flood([at], &|at| white(at) && !outside[at]);
        tried.iter_mut().zip(&region).for_each(|(tried, region)| *tried |= region);
        let (mut sum, mut count) = (0.0, 0.0_f32);
        for (at, _) in region.iter().enumerate().filter(|(_, inside)| **inside) {
            (sum, count) = (sum + colour[at], count + 1.0);
        }
        if sum / count < PAPER {
            outside.iter_mut().zip(region).for_each(|(outside, region)| *outside |= region);
        }
    }
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut seen = outside;
    for at in 0..seen.len() {
        if !seen[at] {
            let region = grid.flood([at], &|at| !seen[at]);
            let part: Vec<usize> = (0..region.len()).filter(|at| region[*at]).collect();
            for at in &part {
                seen[*at] = true;
            }
            parts.push(part);
        }
    }
    let largest = parts.iter().map(Vec::len).max()? as f32;
    let mut inside = vec![false; colour.len()];
    for part in parts.iter().filter(|part| part.len() as f32 >= STAIN * largest) {
        for at in part {
            inside[*at] = true;
        }
    }
    (largest >= LEAST * colour.len() as f32).then_some(inside)
}

/// How far each pixel belongs to the figure: its colour by that of the inside nearby.
fn alpha(grid: Grid, colour: &[f32], inside: &[bool], core: &[bool]) -> Vec<f32> {
    let mut full: Vec<f32> = colour
        .iter()
        .zip(inside)
        .map(|(colour, inside)| if *inside { *colour } else { 0.0 })
        .collect();
    for _ in 0..3 {
        full = grid.each(|at, near| near.map(|at| full[at]).fold(full[at], f32::max));
    }
    let touches = grid.grown(inside, 1);
    let least = 0.06;
    (0..colour.len())
        .map(|at| match (core[at], touches[at]) {
            (true, _) => 1.0,
            (_, false) => 0.0,
            _ => ((colour[at] - least) / (full[at] * 0.85 - least).max(0.1)).clamp(0.0, 1.0),
        })
        .collect()
}

/// The colours of the core, spread outwards over its rim.
fn spread(grid: Grid, picture: &Raster<3>, core: &[bool], inside: &[bool]) -> Vec<[f32; 3]> {
    let enough = core.iter().filter(|core| **core).count() > 20;
    let mut known = if enough { core.to_vec() } else { inside.to_vec() };
    let mut colours = picture.pixels.clone();
    for _ in 0..4 * RIM + 2 {
        let mixed = grid.each(|at, near| {
            let (mut sum, mut count) = ([0.0; 3], 0.0);
            for near in near.filter(|near| known[*near]) {
                sum = std::array::from_fn(|i| sum[i] + colours[near][i]);
                count += 1.0;
            }
            (!known[at] && count > 0.0).then(|| sum.map(|sum| sum / count))
        });
        for (at, mixed) in mixed.into_iter().enumerate() {
            if let Some(mixed) = mixed {
                (colours[at], known[at]) = (mixed, true);
            }
        }
    }
    colours
}

/// The pixels of a picture and which are neighbours.
#[derive(Debug, Clone, Copy)]
struct Grid {
    width: usize,
    height: usize,
}

impl Grid {
    /// Neighbours to the left, right, above and below.
    fn near(self, at: usize) -> impl Iterator<Item = usize> {
        let (x, y) = (at % self.width, at / self.width);
        let left = (x > 0).then(|| at - 1);
        let right = (x + 1 < self.width).then(|| at + 1);
        let above = (y > 0).then(|| at - self.width);
        let below = (y + 1 < self.height).then(|| at + self.width);
        [left, right, above, below].into_iter().flatten()
    }

    /// A value for each pixel from its place and its eight neighbours.
    fn each<T>(self, value: impl Fn(usize, &mut dyn Iterator<Item = usize>) -> T) -> Vec<T> {
        (0..self.width * self.height)
            .map(|at| {
                let (x, y) = (at % self.width, at / self.width);
                let columns = x.saturating_sub(1)..=(x + 1).min(self.width - 1);
                let rows = y.saturating_sub(1)..=(y + 1).min(self.height - 1);
                let mut near = rows.flat_map(|y| columns.clone().map(move |x| y * self.width + x));
                value(at, &mut near)
            })
            .collect()
    }

    /// Grown by some pixels to all sides.
    fn grown(self, from: &[bool], times: usize) -> Vec<bool> {
        let mut grown = from.to_vec();
        for _ in 0..times {
            grown = (0..grown.len())
                .map(|at| grown[at] || self.near(at).any(|near| grown[near]))
                .collect();
        }
        grown
    }

    /// Everything that is connected with some pixels by pixels of one kind.
    fn flood(
        self,
        from: impl IntoIterator<Item = usize>,
        counts: &dyn Fn(usize) -> bool,
    ) -> Vec<bool> {
        let mut reached = vec![false; self.width * self.height];
        let mut next: VecDeque<usize> = from.into_iter().collect();
        while let Some(at) = next.pop_front() {
            if !reached[at] && counts(at) {
                reached[at] = true;
                next.extend(self.near(at).filter(|near| !reached[*near]));
            }
        }
        reached
    }

    /// The edges of the picture but the lower one.
    fn upper_edges(self) -> Vec<usize> {
        let sides = (0..self.height).flat_map(|y| [y * self.width, (y + 1) * self.width - 1]);
        (0..self.width).chain(sides).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A red disc with a white belly before white that is not quite white, with soft edges.
    fn photographed() -> Raster<3> {
        Raster::from_fn(60, 60, |x, y| {
            let far = (x as f32 - 29.5).hypot(y as f32 - 29.5);
            let red = ((20.0 - far) / 2.0 + 0.5).clamp(0.0, 1.0);
            let belly = ((6.0 - far) / 2.0 + 0.5).clamp(0.0, 1.0);
            let stain = if x > 55 && y > 55 { 0.3 } else { 0.02 };
            let ground = [1.0 - stain, 1.0, 1.0];
            std::array::from_fn(|i| {
                let disc = [0.9, 0.1, 0.1][i] * (1.0 - belly) + belly;
                ground[i] * (1.0 - red) + disc * red
            })
        })
    }

    #[test]
    fn a_figure_keeps_its_white_and_loses_the_paper() {
        let cut = cut_out(&photographed()).unwrap();
        assert_eq!(cut.at(29, 29)[3], 1.0, "the belly is the figure's");
        assert_eq!(cut.at(2, 2)[3], 0.0);
        assert_eq!(cut.at(58, 58)[3], 0.0, "a stain is no figure");
        let covered: f32 = cut.pixels.iter().map(|pixel| pixel[3]).sum();
        let disc = std::f32::consts::PI * 20.0 * 20.0;
        assert!((covered - disc).abs() < 0.06 * disc, "{covered} of {disc}");
    }

    #[test]
    fn its_rim_has_the_colour_of_its_inside() {
        let cut = cut_out(&photographed()).unwrap();
        for pixel in cut.pixels.iter().filter(|pixel| (0.1..0.95).contains(&pixel[3])) {
            assert!(pixel[1] < 0.15 && pixel[2] < 0.15, "white in the rim: {pixel:?}");
        }
    }

    #[test]
    fn a_light_cheek_is_not_paper() {
        let mut picture = photographed();
        for (at, pixel) in picture.pixels.iter_mut().enumerate() {
            let (x, y) = (at % 60, at / 60);
            if (26..34).contains(&y) && (40..50).contains(&x) {
                *pixel = [1.0, 0.95, 0.92];
            }
        }
        let cut = cut_out(&picture).unwrap();
        assert!(cut.at(44, 30)[3] > 0.9, "the cheek is the figure's");
        assert_eq!(cut.at(58, 30)[3], 0.0);
    }

    #[test]
    fn there_is_no_figure_on_paper() {
        assert_eq!(cut_out(&Raster::from_fn(40, 30, |_, _| [0.99, 1.0, 0.98])), None);
    }
}
