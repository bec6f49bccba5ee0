//! The back of a cutout, which has no face.
//!
//! A still shows a figure only from the front. Hair and hats go down the back of a head, so
//! the back of a head gets the colours of its crown. Knows one cut; does not know who it
//! is.

use super::raster::Raster;

/// Rows below the outline of a crown that give a head its colour, as a share of its height.
const CROWN: (f32, f32) = (0.015, 0.07);
/// Below a chin the colours become those of the front over this share of the height.
const NAPE: f32 = 0.05;
/// How far over a head its colours are mixed, as a share of the height.
const MIX: f32 = 0.09;

/// The colours of a figure from behind. `crown` is a row, `height` a number of pixels, and
/// the chin lies a share of that height below the crown. A pixel is inside the figure if
/// its fourth number is above `outline`.
pub(super) fn back_of(
    cut: &Raster<4>,
    (crown, height): (f32, f32),
    chin: f32,
    outline: f32,
) -> Raster<3> {
    let row = |share: f32| (crown + share * height).max(0.0) as usize;
    let tops: Vec<Option<usize>> = (0..cut.width)
        .map(|x| {
            (0..row(chin).min(cut.height)).find(|y| cut.pixels[y * cut.width + x][3] > outline)
        })
        .collect();
    let depth = |share: f32| (share * height).round().max(1.0) as usize;
    let hair = |x: usize| -> Option<[f32; 3]> {
        let top = tops[x]?;
        let rows = top + depth(CROWN.0)..(top + depth(CROWN.1) + 1).min(cut.height);
        let count = rows.len().max(1) as f32;
        let sum = rows.fold([0.0; 3], |sum: [f32; 3], y| {
            let pixel = cut.pixels[y * cut.width + x];
            std::array::from_fn(|i| sum[i] + pixel[i])
        });
        Some(sum.map(|sum| sum / count))
    };
    let own: Vec<Option<[f32; 3]>> = (0..cut.width).map(hair).collect();
    let reach = depth(MIX);
    let mixed = |x: usize| {
        let near = own[x.saturating_sub(reach)..(x + reach + 1).min(cut.width)].iter().flatten();
        let count = near.clone().count().max(1) as f32;
        let sum =
            near.fold([0.0; 3], |sum: [f32; 3], one| std::array::from_fn(|i| sum[i] + one[i]));
        own[x].map(|_| sum.map(|sum| sum / count))
    };
    let columns: Vec<Option<[f32; 3]>> = (0..cut.width).map(mixed).collect();
    Raster::from_fn(cut.width, cut.height, |x, y| {
        let [r, g, b, _] = cut.pixels[y * cut.width + x];
        let below = (y as f32 - crown) / height - chin;
        let share = (1.0 - below / NAPE).clamp(0.0, 1.0);
        match columns[x].filter(|_| share > 0.0) {
            Some(hair) => {
                let front = [r, g, b];
                std::array::from_fn(|i| front[i] + (hair[i] - front[i]) * share)
            }
            None => [r, g, b],
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brown hair, a light face with dark eyes, a red coat.
    fn front() -> Raster<4> {
        Raster::from_fn(40, 80, |x, y| {
            let inside = if (10..30).contains(&x) { 1.0 } else { 0.0 };
            let eye = (20..23).contains(&y) && (x == 15 || x == 25);
            let [r, g, b] = match y {
                _ if eye => [0.05, 0.05, 0.1],
                0..10 => [0.35, 0.2, 0.1],
                10..36 => [0.95, 0.8, 0.7],
                _ => [0.8, 0.1, 0.1],
            };
            [r, g, b, inside]
        })
    }

    #[test]
    fn the_back_of_a_head_has_hair_and_no_face() {
        let back = back_of(&front(), (0.0, 80.0), 0.45, 0.5);
        for y in [5, 15, 21, 30] {
            for x in [12, 15, 20, 25] {
                let [r, g, b] = back.at(x, y);
                assert!((r - 0.35).abs() < 0.05 && (g - 0.2).abs() < 0.05 && b < 0.2, "{x} {y}");
            }
        }
        assert_eq!(back.at(20, 60), [0.8, 0.1, 0.1], "the coat is the same");
    }
}
