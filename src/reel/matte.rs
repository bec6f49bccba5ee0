//! Cuts a figure out of two stills of one set: by day, and by night.
//!
//! At night a lantern lights the figures, so the set loses more light than they do. The
//! darkening of a pixel therefore says whether it belongs to the set or to a figure,
//! whatever its colour: a green coat in a green forest, a white shirt, the grass between
//! two legs. A shadow belongs to the set. Colours near the edge are those of the inside,
//! without those of the set that the network mixed into them. Knows two pictures; does not
//! know who is on them.

use std::collections::VecDeque;

use serde::Serialize;

use super::raster::Raster;

/// How much of the red and green of the still by day the one by night has.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NightShare {
    /// In a pixel of the set.
    pub set: f32,
    /// In a pixel of a figure.
    pub figures: f32,
}

/// Red and green together: less is too dark to be compared, more is bright enough.
const DARK: (f32, f32) = (0.25, 0.5);
/// How far the colour of something dark is from that of the set around it.
const OTHER: (f32, f32) = (0.07, 0.17);
/// A part of less than this share of the largest one is a stain.
const STAIN: f32 = 0.06;
/// A figure covers at least this share of its picture.
pub(super) const LEAST: f32 = 0.004;
/// The set shows through a figure only where more pixels than these do.
const PINHOLE: usize = 40;
/// Less than this share of a picture is no dark part of a figure.
const SHADE: f32 = 0.0026;
/// A hole of at most so many pixels with so much of the figure around it is an eyebrow.
const EYEBROW: usize = 300;
const DOUBT: f32 = 0.2;
/// Above this share of the picture's height, that is: below are legs.
const LEGS: f32 = 0.65;
/// Cracks in a figure up to twice as wide are its own.
pub(super) const CRACK: usize = 1;
/// How much darker than the set around it a pixel must be to belong to no set.
const DARKER: (f32, f32) = (0.24, 0.48);
/// Below this share of the picture's height, shadows lie on the floor.
const SHADOWS: f32 = 0.84;
/// Joins two parts of a figure if at most so many pixels lie between them, one above the
/// other: a dark belt divides them.
const BELT: usize = 9;
/// Pixels that an edge reaches into a figure.
const RIM: usize = 3;

/// Red, green, blue and how far a pixel belongs to the figure, not multiplied. `None`
/// if there is no figure on the pictures.
pub(super) fn cut_out(day: &Raster<3>, night: &Raster<3>, share: NightShare) -> Option<Raster<4>> {
    let grid = Grid { width: day.width, height: day.height };
    if (night.width, night.height) != (day.width, day.height) {
        return None;
    }
    let shown = evidence(grid, day, night, share);
    let inside = figure(grid, &shown)?;
    let outside: Vec<bool> = inside.iter().map(|inside| !inside).collect();
    let near_rim = grid.grown(&outside, RIM);
    let core: Vec<bool> = inside.iter().zip(&near_rim).map(|(a, b)| *a && !b).collect();
    let touches = grid.grown(&inside, 1);
    let day = &unspilt(day);
    let clean = spread(grid, day, &core, &inside);
    let own = own_green(day, &core);
    let near_core = grid.grown(&core, RIM + 2);
    let pixels = (0..shown.len()).map(|at| {
        let [r, g, b] = match core[at] {
            true => day.pixels[at],
            false if near_core[at] || !inside[at] => less_green(clean[at], own),
            false => less_green(day.pixels[at], own),
        };
        let alpha = match (core[at], touches[at]) {
            (true, _) => 1.0,
            (_, false) => 0.0,
            (false, true) if inside[at] => shown[at].max(0.5),
            (false, true) => shown[at].min(0.5),
        };
        [r, g, b, alpha]
    });
    Some(Raster { width: grid.width, height: grid.height, pixels: pixels.collect() })
}

/// The colour without the green that the set throws on dark things.
fn unspilt(day: &Raster<3>) -> Raster<3> {
    let pixels = day.pixels.iter().map(|[red, green, blue]| {
        let spilt = (green - red.max(*blue) * 1.05).max(0.0);
        [*red, green - spilt * (1.0 - between((0.4, 0.7), red + green)), *blue]
    });
    Raster { width: day.width, height: day.height, pixels: pixels.collect() }
}

/// How far green is above red and blue in the greenest tenth of a figure's core.
fn own_green(day: &Raster<3>, core: &[bool]) -> f32 {
    let inside = day.pixels.iter().zip(core).filter(|(_, core)| **core);
    let mut excess: Vec<f32> = inside.map(|([r, g, b], _)| g - r.max(*b)).collect();
    excess.sort_by(f32::total_cmp);
    excess.get(excess.len() * 9 / 10).copied().unwrap_or(1.0).max(0.0)
}

/// A colour near the edge without more green than the figure has: the set's shines there.
fn less_green([r, g, b]: [f32; 3], own: f32) -> [f32; 3] {
    [r, g.min(r.max(b) + own), b]
}

fn between(range: (f32, f32), value: f32) -> f32 {
    ((value - range.0) / (range.1 - range.0)).clamp(0.0, 1.0)
}

/// How far each pixel shows a figure, from 0 to 1.
pub(super) fn evidence(
    grid: Grid,
    day: &Raster<3>,
    night: &Raster<3>,
    share: NightShare,
) -> Vec<f32> {
    let one = |raster: &Raster<3>| {
        let pixels = raster.pixels.iter().map(|[red, green, _]| [red + green]).collect();
        Raster::<1> { width: grid.width, height: grid.height, pixels }
    };
    // The two stills are not the same to the pixel.
    let (bright, dark) = (one(day).blurred(1, 1), one(night).blurred(1, 1));
    let kept = |at: usize| (dark.pixels[at][0] / bright.pixels[at][0].max(1e-3)).min(1.0);
    let middle = f32::midpoint(share.set, share.figures);
    let set = row_colours(grid, day, &|at| kept(at) < middle && bright.pixels[at][0] > DARK.1);
    let there_bright: Vec<f32> = set.iter().map(|[red, green, _]| red + green).collect();
    let by_night = |at: usize| between((share.set, share.figures), kept(at));
    let by_colour: Vec<f32> = (0..bright.pixels.len())
        .map(|at| {
            let away = colour(day.pixels[at]);
            let there = colour(set[at / grid.width]);
            let far = (0..3).map(|i| (away[i] - there[i]).abs()).fold(0.0, f32::max);
            let by_colour = between(OTHER, far);
            let bright_set = there_bright[at / grid.width];
            let darker = 1.0 - bright.pixels[at][0] / bright_set.max(0.05);
            let shadowed = at / grid.width >= (SHADOWS * grid.height as f32) as usize;
            let by_dark = if shadowed { 0.0 } else { between(DARKER, darker) };
            by_colour.max(by_dark)
        })
        .collect();
    // A small part that is only dark is a shade that the network drew around the figure.
    let mut dark: Vec<bool> = (0..by_colour.len())
        .map(|at| by_colour[at] > 0.5 && bright.pixels[at][0] < DARK.1)
        .collect();
    for part in grid.parts(&dark) {
        if (part.len() as f32) < SHADE * dark.len() as f32 {
            for at in part {
                dark[at] = false;
            }
        }
    }
    (0..by_colour.len())
        .map(|at| {
            let by_colour = if dark[at] || by_colour[at] <= 0.5 { by_colour[at] } else { 0.4 };
            let comparable = between(DARK, bright.pixels[at][0]);
            by_colour + (by_night(at) - by_colour) * comparable
        })
        .collect()
}

/// Shares of red, green and blue.
fn colour(pixel: [f32; 3]) -> [f32; 3] {
    let sum = pixel.iter().sum::<f32>() + 0.05;
    pixel.map(|value| value / sum)
}

/// The mean colour of the set in each row; where nothing of it is seen, in the row above.
fn row_colours(grid: Grid, day: &Raster<3>, counts: &dyn Fn(usize) -> bool) -> Vec<[f32; 3]> {
    let mut last = [0.1, 0.4, 0.25];
    (0..grid.height)
        .map(|y| {
            let row = (y * grid.width..(y + 1) * grid.width).filter(|at| counts(*at));
            let (mut sum, mut count) = ([0.0; 3], 0.0);
            for at in row {
                sum = std::array::from_fn(|i| sum[i] + day.pixels[at][i]);
                count += 1.0;
            }
            if count > 0.0 {
                last = sum.map(|sum| sum / count);
            }
            last
        })
        .collect()
}

/// Which pixels are the figure's; `None` if hardly any are.
fn figure(grid: Grid, shown: &[f32]) -> Option<Vec<bool>> {
    let found: Vec<bool> = shown.iter().map(|shown| *shown > 0.5).collect();
    let mut inside = grid.closed(&found, CRACK);
    let parts = grid.parts(&inside);
    let largest = parts.iter().map(Vec::len).max()? as f32;
    for part in parts.iter().filter(|part| (part.len() as f32) < STAIN * largest) {
        for at in part {
            inside[*at] = false;
        }
    }
    bridge(grid, &mut inside);
    let outside: Vec<bool> = inside.iter().map(|inside| !inside).collect();
    for hole in grid.parts(&outside) {
        let seen = hole.iter().map(|at| shown[*at]).sum::<f32>() / hole.len() as f32;
        let row = hole.iter().map(|at| at / grid.width).sum::<usize>() / hole.len();
        let high = (row as f32) < LEGS * grid.height as f32;
        let doubtful = high && hole.len() <= EYEBROW && seen > DOUBT;
        if hole.len() <= PINHOLE || doubtful {
            for at in hole {
                inside[at] = true;
            }
        }
    }
    (largest >= LEAST * shown.len() as f32).then_some(inside)
}

/// Fills the gap between a part of a figure and another one closely below it.
pub(super) fn bridge(grid: Grid, inside: &mut [bool]) {
    let mut part_of = vec![usize::MAX; inside.len()];
    for (number, part) in grid.parts(inside).into_iter().enumerate() {
        for at in part {
            part_of[at] = number;
        }
    }
    for x in 0..grid.width {
        let mut above: Option<usize> = None;
        for y in 0..grid.height {
            let at = y * grid.width + x;
            if part_of[at] == usize::MAX {
                continue;
            }
            if let Some(last) = above
                && y - last <= BELT + 1
                && part_of[last * grid.width + x] != part_of[at]
            {
                for between in last + 1..y {
                    inside[between * grid.width + x] = true;
                }
            }
            above = Some(y);
        }
    }
}

/// The colours of the core, spread outwards over its rim.
pub(super) fn spread(
    grid: Grid,
    picture: &Raster<3>,
    core: &[bool],
    inside: &[bool],
) -> Vec<[f32; 3]> {
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
pub(super) struct Grid {
    pub width: usize,
    pub height: usize,
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
    pub(super) fn grown(self, from: &[bool], times: usize) -> Vec<bool> {
        let mut grown = from.to_vec();
        for _ in 0..times {
            grown = (0..grown.len())
                .map(|at| grown[at] || self.near(at).any(|near| grown[near]))
                .collect();
        }
        grown
    }

    /// Grown and shrunk again: narrow cracks are filled.
    pub(super) fn closed(self, inside: &[bool], times: usize) -> Vec<bool> {
        let outside: Vec<bool> = self.grown(inside, times).iter().map(|inside| !inside).collect();
        self.grown(&outside, times).iter().map(|outside| !outside).collect()
    }

    /// The connected parts of what is inside.
    pub(super) fn parts(self, inside: &[bool]) -> Vec<Vec<usize>> {
        let mut seen: Vec<bool> = inside.iter().map(|inside| !inside).collect();
        let mut parts = Vec::new();
        for at in 0..seen.len() {
            if !seen[at] {
                parts.push(self.flood(at, &mut seen));
            }
        }
        parts
    }

    /// Everything that is connected with a pixel by pixels that were not seen yet.
    fn flood(self, from: usize, seen: &mut [bool]) -> Vec<usize> {
        let mut part = Vec::new();
        let mut next = VecDeque::from([from]);
        while let Some(at) = next.pop_front() {
            if !seen[at] {
                seen[at] = true;
                part.push(at);
                next.extend(self.near(at).filter(|near| !seen[*near]));
            }
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARE: NightShare = NightShare { set: 0.48, figures: 0.7 };

    /// A disc with a white belly, a hole in it and a shadow below it, in a green set.
    fn photographed(disc: [f32; 3], by_night: bool) -> Raster<3> {
        let (set, figures) = if by_night { (SHARE.set, SHARE.figures) } else { (1.0, 1.0) };
        Raster::from_fn(60, 60, |x, y| {
            let far = |of: (f32, f32)| (x as f32 - of.0).hypot(y as f32 - of.1);
            let within = |radius: f32, far: f32| ((radius - far) / 2.0 + 0.5).clamp(0.0, 1.0);
            let body = within(20.0, far((29.5, 27.5))) * (1.0 - within(5.0, far((38.0, 27.5))));
            let belly = within(6.0, far((24.0, 27.5)));
            let shadow = if y > 50 { 0.6 } else { 1.0 };
            std::array::from_fn(|i| {
                let ground = [0.17, 0.46, 0.31][i] * set * shadow;
                let own = (disc[i] * (1.0 - belly) + belly) * figures;
                ground * (1.0 - body) + own * body
            })
        })
    }

    fn cut(disc: [f32; 3]) -> Raster<4> {
        cut_out(&photographed(disc, false), &photographed(disc, true), SHARE).unwrap()
    }

    #[test]
    fn a_figure_of_any_colour_is_told_from_the_set() {
        for disc in [[0.9, 0.1, 0.1], [0.2, 0.55, 0.3], [0.95, 0.95, 0.93], [0.06, 0.06, 0.07]] {
            let cut = cut(disc);
            assert_eq!(cut.at(24, 27)[3], 1.0, "the belly of {disc:?}");
            assert_eq!(cut.at(14, 27)[3], 1.0, "the side of {disc:?}");
            assert!(cut.at(38, 27)[3] < 0.1, "the hole in {disc:?}");
            assert_eq!(cut.at(2, 2)[3], 0.0);
            assert_eq!(cut.at(30, 56)[3], 0.0, "a shadow is the set's");
            let covered: f32 = cut.pixels.iter().map(|pixel| pixel[3]).sum();
            let disc_area = std::f32::consts::PI * (20.0 * 20.0 - 5.0 * 5.0);
            assert!((covered - disc_area).abs() < 0.1 * disc_area, "{covered} of {disc_area}");
        }
    }

    #[test]
    fn its_rim_has_the_colour_of_its_inside() {
        for pixel in cut([0.9, 0.1, 0.1]).pixels {
            let green = pixel[1] - pixel[0].min(pixel[2]);
            assert!(!(0.4..0.95).contains(&pixel[3]) || green < 0.08, "{pixel:?}");
        }
    }

    #[test]
    fn there_is_no_figure_in_an_empty_set() {
        let set =
            |share: f32| Raster::from_fn(40, 30, |_, _| [0.17, 0.46, 0.31].map(|c| c * share));
        assert_eq!(cut_out(&set(1.0), &set(0.48), SHARE), None);
    }
}
