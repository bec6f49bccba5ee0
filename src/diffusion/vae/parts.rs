//! Passes a clip through the autoencoder in parts, some latent frames and some rows at
//! a time, when memory is short. The result equals that of the whole clip.
//!
//! Over time, every layer keeps the frames before. Over rows, a strip passes with as
//! many rows around it as its convolutions see, and loses these rows afterwards.
//! diffusers blends overlapping tiles instead, which leaves traces; strips leave none.
//! Attention spans a picture, so the middle of the network, where pictures are small,
//! sees all rows.

use tch::Tensor;

use super::layers::{Clip, Stream};

/// How much of a clip to pass at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipPart {
    /// Latent frames.
    pub frames: i64,
    /// Latent rows, for the layers where pictures are large.
    pub rows: i64,
}

/// How many rows around its own a stack of layers sees, and by how much it scales. A
/// unit is a row of the smaller side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) units: i64,
    /// Input rows of a unit.
    pub(super) rows_in: i64,
    /// Output rows of a unit.
    pub(super) rows_out: i64,
}

/// Strips of rows and the state of each.
pub(super) struct Strips {
    reach: Reach,
    /// Units in a strip.
    units: i64,
    streams: Vec<Stream>,
}

impl Strips {
    pub(super) fn new(reach: Reach, units: i64) -> Self {
        Self { reach, units: units.max(1), streams: Vec::new() }
    }

    /// Passes the next frames through `layers`.
    pub(super) fn pass(
        &mut self,
        clip: &Clip,
        layers: impl Fn(&Clip, &mut Stream) -> Clip,
    ) -> Clip {
        let Reach { units: reach, rows_in, rows_out } = self.reach;
        let (_, _, height, _) = clip.size();
        let all = height / rows_in;
        let mut strips = Vec::new();
        for (index, start) in (0..all).step_by(self.units as usize).enumerate() {
            let end = (start + self.units).min(all);
            let (above, below) = ((start - reach).max(0), (end + reach).min(all));
            if index == self.streams.len() {
                self.streams.push(Stream::parts());
            }
            let stream = &mut self.streams[index];
            let given = clip.map(|x| x.narrow(2, above * rows_in, (below - above) * rows_in));
            let made = layers(&given, stream);
            stream.advance();
            let kept =
                |x: &Tensor| x.narrow(2, (start - above) * rows_out, (end - start) * rows_out);
            strips.push(kept(&made.x));
        }
        clip.map(|_| Tensor::cat(&strips, 2))
    }
}
