//! Tests the layers of the autoencoder against those of diffusers.

use tch::Tensor;

use super::layers::{
    Clip, Downsample, MidBlock, PictureAttention, ResidualBlock, Stream, Upsample,
};
use super::shortcut::{Factors, average, duplicate};
use crate::diffusion::by_formula;
use crate::diffusion::fixture::{Fixture, fill};

/// Checks a layer over a whole clip, and over its parts one after another.
fn check(name: &str, layer: impl Fn(&Clip, &mut Stream) -> Clip) {
    let fixture = Fixture::open("blocks");
    let clip = fill("clip", &[1, 8, 5, 4, 6], 1.0, 0.0);
    let whole = layer(&Clip::fold(&clip), &mut Stream::whole()).unfold();
    fixture.check_every(7, name, &whole, 1e-5);
    let mut stream = Stream::parts();
    let mut parts = Vec::new();
    for (start, frames) in [(0, 1), (1, 2), (3, 2)] {
        parts.push(layer(&Clip::fold(&clip.narrow(2, start, frames)), &mut stream).unfold());
        stream.advance();
    }
    fixture.check_every(7, name, &Tensor::cat(&parts, 2), 1e-5);
}

#[test]
fn residual_blocks() {
    for (name, outputs) in [("residual", 8), ("residual.shortcut", 12)] {
        let block = by_formula(|path| ResidualBlock::new(path, 8, outputs));
        check(name, |clip, stream| block.forward(clip, stream));
        check(&format!("{name}.parts"), |clip, stream| block.forward(clip, stream));
    }
}

#[test]
fn attention() {
    let attention = by_formula(|path| PictureAttention::new(path, 8));
    check("attention", |clip, _| attention.forward(clip));
    let middle = by_formula(|path| MidBlock::new(path, 8));
    check("middle", |clip, stream| middle.forward(clip, stream));
}

#[test]
fn resampling() {
    for (mode, time) in [("sample2d", false), ("sample3d", true)] {
        let up = by_formula(|path| Upsample::new(path, 8, 4, time));
        check(&format!("up{mode}"), |clip, stream| up.forward(clip, stream));
        let down = by_formula(|path| Downsample::new(path, 8, time));
        check(&format!("down{mode}"), |clip, stream| down.forward(clip, stream));
    }
}

#[test]
fn shortcuts() {
    for (time, space) in [(1, 1), (1, 2), (2, 2)] {
        let factors = Factors { time, space };
        let name = format!("average.{time}.{space}");
        check(&name, |clip, _| average(clip, 8 * space, factors));
    }
    for time in [1, 2] {
        let factors = Factors { time, space: 2 };
        let name = format!("duplicate.{time}");
        check(&name, |clip, stream| duplicate(clip, 4, factors, stream.first));
    }
}
