//! Measures how well a figure can be cut out of its stills, so that the film shows the best
//! of several.
//!
//! Knows the cut; does not know what the stills should show.

use image::RgbImage;

use super::matte::{CRACK, Grid, bridge, evidence};
use super::raster::numbers;
use super::{Matte, key};

/// The measurements of a figure's stills.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CutScore {
    /// The share of the largest piece, from 0 to 1.
    pub whole: f64,
    /// How much of the picture the figure covers, from 0 to 1.
    pub covers: f64,
    /// Undecided pixels for each pixel of the outline.
    pub doubt: f64,
    /// The length of the outline squared, by that of a disc of the same area.
    pub ragged: f64,
    /// How much of the outline is the edge of the picture, its lower edge left out.
    pub cropped: f64,
}

/// Measures the stills of a figure.
pub fn measure_cut(day: &RgbImage, night: &RgbImage, matte: Matte) -> CutScore {
    let (day, night) = (numbers(day), numbers(night));
    let grid = Grid { width: day.width, height: day.height };
    let same = (night.width, night.height) == (day.width, day.height);
    let shown = match matte {
        Matte::Night(share) if same => evidence(grid, &day, &night, share),
        Matte::Night(_) => vec![0.0; day.pixels.len()],
        Matte::Key(colour) => key::evidence(&day, colour),
    };
    let found: Vec<bool> = shown.iter().map(|shown| *shown > 0.5).collect();
    let mut inside = grid.closed(&found, CRACK);
    bridge(grid, &mut inside);
    let parts = grid.parts(&inside);
    let area = inside.iter().filter(|inside| **inside).count() as f64;
    let largest = parts.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let grown = grid.grown(&inside, 1).into_iter().filter(|inside| *inside).count() as f64;
    let outline = (grown - area).max(1.0);
    let doubt = shown.iter().filter(|shown| (0.2..0.8).contains(*shown)).count() as f64;
    let on_edge = |at: &usize| {
        let (x, y) = (at % grid.width, at / grid.width);
        x == 0 || x + 1 == grid.width || y == 0
    };
    let edge = (0..inside.len()).filter(|at| inside[*at] && on_edge(at)).count() as f64;
    CutScore {
        whole: largest / area.max(1.0),
        covers: area / inside.len() as f64,
        doubt: doubt / outline,
        ragged: outline * outline / (4.0 * std::f64::consts::PI * area.max(1.0)),
        cropped: edge / outline,
    }
}

impl CutScore {
    /// From 0 (crumbs) to 1 (a figure with clean edges).
    pub fn total(&self) -> f64 {
        let pass = |value: f64, good: f64, bad: f64| ((bad - value) / (bad - good)).clamp(0.0, 1.0);
        self.whole
            * pass(self.ragged, 4.5, 9.0)
            * pass(self.doubt, 12.0, 25.0)
            * pass(self.cropped, 0.15, 0.5)
            * pass(self.covers, 0.03, 0.005)
            * pass(self.covers, 0.75, 0.95)
    }

    /// Whether the film can show the stills as they are.
    pub fn is_good(&self) -> bool {
        self.total() > 0.75
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    const KEY: [u8; 3] = [255, 0, 255];

    fn still(inside: impl Fn(u32, u32) -> bool) -> RgbImage {
        RgbImage::from_fn(96, 54, |x, y| if inside(x, y) { Rgb([230, 180, 60]) } else { Rgb(KEY) })
    }

    #[test]
    fn crumbs_are_told_from_a_figure() {
        let measured = |still: &RgbImage| measure_cut(still, still, Matte::Key(KEY));
        let disc = |x: u32, y: u32, cx: f64, cy: f64, r: f64| {
            (f64::from(x) - cx).hypot(f64::from(y) - cy) < r
        };
        let figure = measured(&still(|x, y| {
            disc(x, y, 48.0, 18.0, 9.0) || ((40..57).contains(&x) && (24..50).contains(&y))
        }));
        assert!(figure.is_good() && figure.total() > 0.95, "{figure:?}");
        let crumbs = measured(&still(|x, y| (x / 7 + y / 7) % 3 == 0 && x % 7 < 5 && y % 7 < 5));
        assert!(!crumbs.is_good() && crumbs.total() < 0.2, "{crumbs:?}");
        let cropped = measured(&still(|x, y| x < 48 || y < 30));
        assert!(cropped.total() < figure.total(), "{cropped:?}");
        assert!(measured(&still(|_, _| false)).total() < 0.01, "nobody is there");
    }
}
