//! The inputs of the transformer: patches of latents as tokens, times as sines.

use tch::{Kind, Tensor};

use crate::diffusion::error::Error;
use crate::diffusion::weights::{Init, WeightPath};

/// The convolution that turns patches into tokens, computed as a linear layer.
#[derive(Debug)]
pub(super) struct PatchEmbedding {
    weight: Tensor,
    bias: Tensor,
    patch: [i64; 3],
}

impl PatchEmbedding {
    pub(super) fn new(
        path: &WeightPath<'_>,
        inputs: i64,
        width: i64,
        patch: [i64; 3],
    ) -> Result<Self, Error> {
        let [t, h, w] = patch;
        let init = Init::fan_in(inputs * t * h * w);
        Ok(Self {
            weight: path.get("weight", &[width, inputs, t, h, w], init)?,
            bias: path.get("bias", &[width], init)?,
            patch,
        })
    }

    /// Turns latents, (B, C, F, H, W), into tokens, (B, L, D).
    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        let [t, h, w] = self.patch;
        let (b, c, frames, rows, columns) = x.size5().expect("latents have five dimensions");
        let (frames, rows, columns) = (frames / t, rows / h, columns / w);
        x.reshape([b, c, frames, t, rows, h, columns, w])
            .permute([0, 2, 4, 6, 1, 3, 5, 7])
            .reshape([b, frames * rows * columns, c * t * h * w])
            .to_kind(self.weight.kind())
            .linear(&self.weight.flatten(1, 4), Some(&self.bias))
    }
}

/// Sinusoids of times in [0, 1000], (…) to (…, channels), f32: cosines, then sines.
pub fn timestep_embedding(timestep: &Tensor, channels: i64) -> Tensor {
    let half = channels / 2;
    let exponent = Tensor::arange(half, (Kind::Float, timestep.device())) * -(10_000f64.ln());
    let frequencies = (exponent / half as f64).exp();
    let angles = timestep.to_kind(Kind::Float).unsqueeze(-1) * frequencies;
    Tensor::cat(&[angles.cos(), angles.sin()], -1)
}
