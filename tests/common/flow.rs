//! Optical flow between two pictures, by matching blocks of pixels: how the whole picture
//! moves, grows and turns. An independent measure of camera moves: it knows pixels and
//! nothing of blockings.

#![allow(unreachable_pub, reason = "shared by test files")]

use image::RgbImage;

/// Side of a block in pixels.
const BLOCK: i32 = 12;
/// How far a block is looked for, in pixels.
const SEARCH: i32 = 8;

/// A block, from the middle of the picture, and how it moved; in pixels, down and right.
#[derive(Debug, Clone, Copy)]
pub struct BlockMotion {
    pub x: f64,
    pub y: f64,
    pub right: f64,
    pub down: f64,
}

/// How blocks move together.
#[derive(Debug, Clone, Copy, Default)]
pub struct PictureMotion {
    /// The shift of the middle, in shares of the picture's width.
    pub right: f64,
    /// In shares of the picture's width, too.
    pub down: f64,
    /// The share by which everything grows.
    pub growth: f64,
    /// Degrees, clockwise.
    pub turn: f64,
}

/// The flow from one picture to another of the same size.
#[derive(Debug)]
pub struct Flow {
    pub blocks: Vec<BlockMotion>,
    width: f64,
}

struct Grey {
    values: Vec<i32>,
    width: i32,
    height: i32,
}

impl Grey {
    fn of(picture: &RgbImage) -> Self {
        let value = |pixel: &image::Rgb<u8>| pixel.0.iter().map(|value| i32::from(*value)).sum();
        Self {
            values: picture.pixels().map(value).collect(),
            width: picture.width() as i32,
            height: picture.height() as i32,
        }
    }

    fn row(&self, x: i32, y: i32) -> &[i32] {
        let from = (y * self.width + x) as usize;
        &self.values[from..from + BLOCK as usize]
    }

    /// How much a block changes from pixel to pixel, across and down.
    fn detail(&self, x: i32, y: i32) -> (i32, i32) {
        let (mut across, mut down) = (0, 0);
        for row in y..y + BLOCK {
            let (here, below) = (self.row(x, row), self.row(x, row + 1));
            across += here.windows(2).map(|two| (two[1] - two[0]).abs()).sum::<i32>();
            down += here.iter().zip(below).map(|(one, two)| (two - one).abs()).sum::<i32>();
        }
        (across, down)
    }

    fn differs(&self, (x, y): (i32, i32), other: &Self, (dx, dy): (i32, i32)) -> i32 {
        let rows = (0..BLOCK).map(|row| {
            let (here, there) = (self.row(x, y + row), other.row(x + dx, y + row + dy));
            here.iter().zip(there).map(|(one, two)| (one - two).abs()).sum::<i32>()
        });
        rows.sum()
    }
}

impl Flow {
    /// Finds for each block with detail in it where it went. The uppermost `above` pixels
    /// are left out: a mark stands there.
    pub fn between(from: &RgbImage, to: &RgbImage, above: u32) -> Self {
        let (before, after) = (Grey::of(from), Grey::of(to));
        let mut blocks = Vec::new();
        let edge = SEARCH + 1;
        for y in (edge.max(above as i32)..before.height - BLOCK - edge).step_by(8) {
            for x in (edge..before.width - BLOCK - edge).step_by(8) {
                let (across, down) = before.detail(x, y);
                if across < 450 || down < 450 {
                    continue;
                }
                if let Some((right, down)) = moved(&before, &after, (x, y), across.min(down)) {
                    blocks.push(BlockMotion {
                        x: f64::from(x + BLOCK / 2) - f64::from(before.width) / 2.0,
                        y: f64::from(y + BLOCK / 2) - f64::from(before.height) / 2.0,
                        right,
                        down,
                    });
                }
            }
        }
        Self { blocks, width: f64::from(before.width) }
    }

    /// How the whole picture moves.
    pub fn whole(&self) -> PictureMotion {
        self.of(|_| true)
    }

    /// The median shift of some blocks, in shares of the picture's width: right, down.
    pub fn shift(&self, wanted: impl Fn(&BlockMotion) -> bool) -> [f64; 2] {
        let blocks = || self.blocks.iter().filter(|block| wanted(block));
        let right = median(blocks().map(|block| block.right).collect());
        [right, median(blocks().map(|block| block.down).collect())].map(|shift| shift / self.width)
    }

    /// How some blocks move together: the similarity that most of them agree on, by least
    /// squares with weights that fall with the distance from it.
    pub fn of(&self, wanted: impl Fn(&BlockMotion) -> bool) -> PictureMotion {
        let blocks: Vec<BlockMotion> =
            self.blocks.iter().copied().filter(|block| wanted(block)).collect();
        let mut fit = [0.0; 4];
        if !blocks.is_empty() {
            fit[0] = median(blocks.iter().map(|block| block.right).collect());
            fit[1] = median(blocks.iter().map(|block| block.down).collect());
        }
        for round in 0..12 {
            let scale = (6.0 - f64::from(round)).max(1.0);
            fit = fitted(&blocks, fit, scale);
        }
        let [right, down, growth, turn] = fit;
        PictureMotion {
            right: right / self.width,
            down: down / self.width,
            growth,
            turn: turn.to_degrees(),
        }
    }
}

/// Where a block went; nothing if it is nowhere, or could be at the edge of the search.
fn moved(before: &Grey, after: &Grey, at: (i32, i32), detail: i32) -> Option<(f64, f64)> {
    let side = 2 * SEARCH + 1;
    let mut all = Vec::with_capacity((side * side) as usize);
    for dy in -SEARCH..=SEARCH {
        for dx in -SEARCH..=SEARCH {
            all.push(before.differs(at, after, (dx, dy)));
        }
    }
    let cost = |dx: i32, dy: i32| all[((dy + SEARCH) * side + dx + SEARCH) as usize];
    let shifts = (-SEARCH..=SEARCH).flat_map(|dy| (-SEARCH..=SEARCH).map(move |dx| (dx, dy)));
    let (dx, dy) = shifts.min_by_key(|(dx, dy)| (cost(*dx, *dy), dx.abs() + dy.abs()))?;
    if dx.abs() == SEARCH || dy.abs() == SEARCH || cost(dx, dy) > detail * 2 / 3 {
        return None;
    }
    // Between pixels: the lowest point of a parabola.
    let between = |low: i32, middle: i32, high: i32| {
        let bend = f64::from(low + high - 2 * middle);
        if bend > 0.0 { (f64::from(low - high) / bend / 2.0).clamp(-0.5, 0.5) } else { 0.0 }
    };
    let (here, right) = (cost(dx, dy), between(cost(dx - 1, dy), cost(dx, dy), cost(dx + 1, dy)));
    let down = between(cost(dx, dy - 1), here, cost(dx, dy + 1));
    Some((f64::from(dx) + right, f64::from(dy) + down))
}

/// One step towards the similarity that most blocks agree on: shift, growth and turn.
fn fitted(blocks: &[BlockMotion], fit: [f64; 4], scale: f64) -> [f64; 4] {
    let [right, down, growth, turn] = fit;
    let weight = |block: &BlockMotion| {
        let off_x = block.right - (right + growth * block.x - turn * block.y);
        let off_y = block.down - (down + growth * block.y + turn * block.x);
        1.0 / (1.0 + (off_x * off_x + off_y * off_y) / (scale * scale))
    };
    let weighed: Vec<(f64, &BlockMotion)> =
        blocks.iter().map(|block| (weight(block).powi(2), block)).collect();
    let sum = |of: &dyn Fn(&BlockMotion) -> f64| {
        weighed.iter().map(|(weight, block)| weight * of(block)).sum::<f64>()
    };
    let all = sum(&|_| 1.0).max(1e-9);
    let (x, y) = (sum(&|block| block.x) / all, sum(&|block| block.y) / all);
    let (dx, dy) = (sum(&|block| block.right) / all, sum(&|block| block.down) / all);
    let far = sum(&|block| (block.x - x).powi(2) + (block.y - y).powi(2)).max(1e-9);
    let out = |block: &BlockMotion| {
        (block.x - x) * (block.right - dx) + (block.y - y) * (block.down - dy)
    };
    let round = |block: &BlockMotion| {
        (block.x - x) * (block.down - dy) - (block.y - y) * (block.right - dx)
    };
    let (growth, turn) = (sum(&out) / far, sum(&round) / far);
    [dx - growth * x + turn * y, dy - growth * y - turn * x, growth, turn]
}

/// A still camera moves nothing; one that pans or tilts moves the whole picture the other
/// way. `whole` measures a movement over so many seconds.
pub fn assert_pans_and_tilts(whole: impl Fn(&str, f64) -> PictureMotion) {
    let still = whole("static", 0.2);
    assert!(still.right.abs() + still.down.abs() + still.growth.abs() < 1e-3, "{still:?}");
    for (movement, sign) in [("pan left", 1.0), ("pan right", -1.0)] {
        let seen = whole(movement, 0.15);
        assert!(sign * seen.right > 0.008 && seen.down.abs() < 0.004, "{movement}: {seen:?}");
    }
    for (movement, sign) in [("tilt up", 1.0), ("tilt down", -1.0)] {
        let seen = whole(movement, 0.15);
        assert!(sign * seen.down > 0.004 && seen.right.abs() < 0.004, "{movement}: {seen:?}");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
