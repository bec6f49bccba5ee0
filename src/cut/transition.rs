//! Transitions and fades between two frames of the film.
//!
//! Pure functions on RGB frames; know no takes, no edit list and no files.

use std::sync::LazyLock;

use image::{Rgb, RgbImage};

use crate::breakdown::transition::{Colour, Direction, TransitionKind};

/// Frame `step` of the `length` frames of a transition. The frame before the
/// first is `from`, the frame after the last is `to`.
pub fn blend(
    kind: TransitionKind,
    from: &RgbImage,
    to: &RgbImage,
    step: u32,
    length: u32,
) -> RgbImage {
    match kind {
        TransitionKind::Dissolve => dissolve(from, to, step, length),
        TransitionKind::Wipe(direction) => wipe(direction, from, to, step, length),
        TransitionKind::WhipPan => whip_pan(from, to, step, length),
        // Each event draws its own fades; at the cut itself nothing blends.
        TransitionKind::Cut | TransitionKind::FadeIn(_) | TransitionKind::FadeOut(_) => {
            if 2 * step < length { from.clone() } else { to.clone() }
        }
    }
}

/// sRGB code values to linear light in 16 bits (IEC 61966-2-1).
static LIGHT: LazyLock<[u16; 256]> = LazyLock::new(|| {
    std::array::from_fn(|code| {
        let value = code as f64 / 255.0;
        let light =
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) };
        (light * 65_535.0).round() as u16
    })
});

/// Linear light in 16 bits to sRGB code values.
static CODE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    (0..=u16::MAX)
        .map(|light| {
            let light = f64::from(light) / 65_535.0;
            let value = if light <= 0.003_130_8 {
                light * 12.92
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            (value * 255.0).round() as u8
        })
        .collect()
});

/// Dissolves like two projectors on one screen: adds up light, not code values.
fn dissolve(from: &RgbImage, to: &RgbImage, step: u32, length: u32) -> RgbImage {
    let (light, code) = (&*LIGHT, &*CODE);
    let (whole, part) = (u64::from(length) + 1, u64::from(step) + 1);
    let mut mixed = from.clone();
    for (mixed, to) in mixed.iter_mut().zip(to.iter()) {
        let from = u64::from(light[usize::from(*mixed)]);
        let to = u64::from(light[usize::from(*to)]);
        *mixed = code[((from * (whole - part) + to * part + whole / 2) / whole) as usize];
    }
    mixed
}

/// Fades a frame to a colour: leaves `visible` / `whole` of the picture. Mixes
/// code values, like an editor's fader.
pub fn fade(frame: &mut RgbImage, colour: Colour, visible: u32, whole: u32) {
    let colour = [colour.red, colour.green, colour.blue];
    let (whole, visible) = (u64::from(whole.max(1)), u64::from(visible));
    let rest = whole.saturating_sub(visible);
    for Rgb(pixel) in frame.pixels_mut() {
        for (value, colour) in pixel.iter_mut().zip(colour) {
            let sum = u64::from(*value) * visible + u64::from(colour) * rest;
            *value = ((sum + whole / 2) / whole).min(255) as u8;
        }
    }
}

/// Wipes with a soft edge across the picture.
fn wipe(direction: Direction, from: &RgbImage, to: &RgbImage, step: u32, length: u32) -> RgbImage {
    let (width, height) = from.dimensions();
    let along = match direction {
        Direction::Left | Direction::Right => width,
        Direction::Up | Direction::Down => height,
    };
    let soft = i64::from(along / 24).max(2);
    let travel = i64::from(along) + soft;
    let edge = travel * (i64::from(step) + 1) / (i64::from(length) + 1);
    // Weight of `to` at a distance from the side where the edge starts.
    let seen = |distance: u32| (edge - i64::from(distance)).clamp(0, soft);
    let mut mixed = from.clone();
    for (x, y, pixel) in mixed.enumerate_pixels_mut() {
        let weight = seen(match direction {
            Direction::Left => width - 1 - x,
            Direction::Right => x,
            Direction::Up => height - 1 - y,
            Direction::Down => y,
        });
        let to = to.get_pixel(x, y);
        for (value, to) in pixel.0.iter_mut().zip(to.0) {
            let sum = i64::from(*value) * (soft - weight) + i64::from(to) * weight;
            *value = ((sum + soft / 2) / soft) as u8;
        }
    }
    mixed
}

/// Swings the camera from one picture to the other, along a strip of both and of
/// their mirror images, with the blur of an open shutter.
fn whip_pan(from: &RgbImage, to: &RgbImage, step: u32, length: u32) -> RgbImage {
    const PANELS: usize = 4;
    let width = from.width() as usize;
    let time = f64::from(step + 1) / f64::from(length + 1);
    let travel = ((PANELS - 1) * width) as f64;
    // Smoothstep: starts and ends at rest.
    let position = travel * time * time * (3.0 - 2.0 * time);
    let speed = travel * 6.0 * time * (1.0 - time) / f64::from(length + 1);
    let blur = (speed.round() as usize).clamp(1, width);
    let start = (position.round() as usize).saturating_sub(blur / 2);

    let mut mixed = from.clone();
    let row = 3 * width;
    let mut strip = vec![[0_u32; 3]; PANELS * width];
    let rows = from.as_raw().chunks_exact(row).zip(to.as_raw().chunks_exact(row));
    for (target, (from, to)) in mixed.chunks_exact_mut(row).zip(rows) {
        let pixel = |row: &[u8], x: usize| {
            [u32::from(row[3 * x]), u32::from(row[3 * x + 1]), u32::from(row[3 * x + 2])]
        };
        for x in 0..width {
            strip[x] = pixel(from, x);
            strip[2 * width - 1 - x] = strip[x];
            strip[3 * width + x] = pixel(to, x);
            strip[3 * width - 1 - x] = strip[3 * width + x];
        }
        let at = |index: usize| strip[index.min(PANELS * width - 1)];
        let mut sum = [0_u32; 3];
        for index in start..start + blur {
            for (sum, value) in sum.iter_mut().zip(at(index)) {
                *sum += value;
            }
        }
        for (x, target) in target.chunks_exact_mut(3).enumerate() {
            let (leaving, coming) = (at(start + x), at(start + x + blur));
            for channel in 0..3 {
                target[channel] = ((sum[channel] + blur as u32 / 2) / blur as u32) as u8;
                sum[channel] = sum[channel] + coming[channel] - leaving[channel];
            }
        }
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [TransitionKind; 6] = [
        TransitionKind::Dissolve,
        TransitionKind::Wipe(Direction::Left),
        TransitionKind::Wipe(Direction::Right),
        TransitionKind::Wipe(Direction::Up),
        TransitionKind::Wipe(Direction::Down),
        TransitionKind::WhipPan,
    ];

    fn plain(grey: u8) -> RgbImage {
        RgbImage::from_pixel(48, 32, Rgb([grey; 3]))
    }

    fn mean(frame: &RgbImage) -> f64 {
        frame.iter().map(|value| f64::from(*value)).sum::<f64>() / frame.len() as f64
    }

    #[test]
    fn every_transition_goes_from_one_picture_to_the_other() {
        for kind in KINDS {
            for length in [1, 2, 5, 24] {
                let means: Vec<f64> = (0..length)
                    .map(|step| mean(&blend(kind, &plain(20), &plain(220), step, length)))
                    .collect();
                assert!(means.is_sorted(), "{kind:?} {means:?}");
                assert!(means[0] > 20.0 || length > 1, "{kind:?}");
                assert!(means.iter().all(|mean| (20.0..=220.0).contains(mean)), "{kind:?}");
            }
        }
    }

    #[test]
    fn equal_pictures_stay_as_they_are() {
        for kind in KINDS {
            for grey in 0..=255 {
                assert_eq!(blend(kind, &plain(grey), &plain(grey), 3, 7), plain(grey), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_dissolve_adds_light() {
        // Half the light of white is code 188 in sRGB, not 128.
        let half = blend(TransitionKind::Dissolve, &plain(0), &plain(255), 0, 1);
        assert_eq!(half, plain(188));
    }

    #[test]
    fn a_fade_is_linear_in_code_values() {
        let mut frame = plain(200);
        fade(&mut frame, Colour::default(), 1, 2);
        assert_eq!(frame, plain(100));
        fade(&mut frame, Colour { red: 255, green: 255, blue: 255 }, 0, 2);
        assert_eq!(frame, plain(255));
        fade(&mut frame, Colour::default(), 2, 2);
        assert_eq!(frame, plain(255));
    }

    #[test]
    fn a_wipe_goes_where_it_says() {
        let frame =
            |direction| blend(TransitionKind::Wipe(direction), &plain(0), &plain(255), 0, 1);
        let right = frame(Direction::Right);
        assert_eq!((right.get_pixel(0, 0).0[0], right.get_pixel(47, 0).0[0]), (255, 0));
        let left = frame(Direction::Left);
        assert_eq!((left.get_pixel(0, 0).0[0], left.get_pixel(47, 0).0[0]), (0, 255));
        let up = frame(Direction::Up);
        assert_eq!((up.get_pixel(0, 0).0[0], up.get_pixel(0, 31).0[0]), (0, 255));
        let down = frame(Direction::Down);
        assert_eq!((down.get_pixel(0, 0).0[0], down.get_pixel(0, 31).0[0]), (255, 0));
    }
}
