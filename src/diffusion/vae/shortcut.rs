//! Shortcuts without parameters around the stages of the Wan 2.2 autoencoder.

use tch::Tensor;

use super::layers::Clip;

/// By how much a stage resamples.
#[derive(Debug, Clone, Copy)]
pub(super) struct Factors {
    pub(super) time: i64,
    pub(super) space: i64,
}

/// Moves space and time to channels, averaged down to `channels`.
pub(super) fn average(clip: &Clip, channels: i64, factors: Factors) -> Clip {
    let Factors { time, space } = factors;
    let x = clip.unfold();
    let lacking = (time - x.size()[2] % time) % time;
    let x = x.constant_pad_nd([0, 0, 0, 0, lacking, 0]);
    let (b, c, t, h, w) = x.size5().expect("a clip has five dimensions");
    let x = x
        .reshape([b, c, t / time, time, h / space, space, w / space, space])
        .permute([0, 1, 3, 5, 7, 2, 4, 6])
        .reshape([b, channels, -1, t / time, h / space, w / space])
        .mean_dim([2i64].as_slice(), false, None::<tch::Kind>);
    Clip::fold(&x)
}

/// Moves channels to space and time, repeated up to `channels`.
pub(super) fn duplicate(clip: &Clip, channels: i64, factors: Factors, first: bool) -> Clip {
    let Factors { time, space } = factors;
    let x = clip.unfold();
    let (b, c, t, h, w) = x.size5().expect("a clip has five dimensions");
    let repeats = channels * time * space * space / c;
    let x: Tensor = x
        .repeat_interleave_self_int(repeats, 1, None)
        .reshape([b, channels, time, space, space, t, h, w])
        .permute([0, 1, 5, 2, 6, 3, 7, 4])
        .reshape([b, channels, t * time, h * space, w * space]);
    let skipped = if first { time - 1 } else { 0 };
    Clip::fold(&x.narrow(2, skipped, t * time - skipped))
}
