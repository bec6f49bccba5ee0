//! A clip in parts, some latent frames and some rows at a time, for when memory
//! is short. The result is that of the clip passed whole.
//!
//! Over time, every layer remembers the frames before. Over rows, a strip is
//! passed with as many rows around it as its convolutions see, and these are cut
//! off afterwards: unlike tiles that are blended, as diffusers has them, strips
//! leave no trace. Attention spans a picture, so the middle of the network, where
//! pictures are small, sees all rows.

use tch::Tensor;

use super::layers::{Clip, Stream};

/// How much of a clip is passed at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipPart {
    /// Latent frames.
    pub frames: i64,
    /// Latent rows, of the layers where pictures are large.
    pub rows: i64,
}

/// Rows that a stack of layers sees beyond those it is asked for, and by how
/// much it scales. Rows are counted in units: those of the smaller side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub(super) units: i64,
    /// Rows of a unit, going in.
    pub(super) rows_in: i64,
    /// Rows of a unit, coming out.
    pub(super) rows_out: i64,
}

/// Strips of rows and what each remembers.
pub(super) struct Strips {
    reach: Reach,
    /// Units of a strip.
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
