//! Random numbers for training: a purpose, the step and a number determine each, so
//! that a run continues exactly without stored state.

use image::{RgbImage, imageops};
use photoplay::diffusion::noise::Noise;

use crate::stage::{Edition, HEIGHT, Rng, Stage, WIDTH, hash};

/// The stream for a purpose, a step and a number.
pub(crate) fn stream(purpose: &str, step: u64, index: u64) -> u64 {
    hash(purpose.bytes().chain(step.to_le_bytes()).chain(index.to_le_bytes()))
}

/// A whole number below `end`.
pub(crate) fn below(noise: &mut Noise, end: u64) -> u64 {
    ((noise.next_uniform() * end as f64) as u64).min(end - 1)
}

/// Neighbouring frames of a random scene, some from its beginning and some from later,
/// when things have moved; now and then a postcard.
pub(crate) fn window(stage: &Stage, noise: &mut Noise, frames: usize) -> Vec<RgbImage> {
    let mut rng = Rng::new(below(noise, u64::MAX));
    let scene = stage.draw(&mut rng);
    if stage.edition() == Edition::Second && frames == 1 {
        let stills = stage.stills(&scene);
        let still = &stills[below(noise, stills.len() as u64) as usize];
        return vec![framed(&stage.still(still), noise)];
    }
    let late = noise.next_uniform() < 0.4;
    let start = if late { below(noise, 37) as usize } else { 0 };
    let length = (start + frames) as u32;
    let mut shown = if noise.next_uniform() < 0.15 {
        stage.postcard(&mut rng, scene.movement, length)
    } else if stage.edition() == Edition::Second {
        stage.film(&scene, length)
    } else {
        stage.render(&scene, length)
    };
    shown.split_off(start)
}

/// A part of a wide still that is as large as the frame.
fn framed(still: &RgbImage, noise: &mut Noise) -> RgbImage {
    let left = below(noise, u64::from(still.width() - WIDTH + 1)) as u32;
    imageops::crop_imm(still, left, 0, WIDTH, HEIGHT).to_image()
}
