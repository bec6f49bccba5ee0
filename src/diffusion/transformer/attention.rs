//! Attention over tokens, its norms, and the rotations that encode a token's place in
//! the clip.

use tch::{Device, Kind, Tensor};

use super::config::TransformerConfig;
use crate::diffusion::error::Error;
use crate::diffusion::weights::{Init, Linear, WeightPath};

/// Layer norm in f32; the result is f32.
#[derive(Debug)]
pub(super) struct LayerNorm {
    affine: Option<(Tensor, Tensor)>,
    width: i64,
    eps: f64,
}

impl LayerNorm {
    pub(super) fn plain(width: i64, eps: f64) -> Self {
        Self { affine: None, width, eps }
    }

    pub(super) fn affine(path: &WeightPath<'_>, width: i64, eps: f64) -> Result<Self, Error> {
        let weight = path.get("weight", &[width], Init::Ones)?;
        Ok(Self { affine: Some((weight, path.get("bias", &[width], Init::Zeros)?)), width, eps })
    }

    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        let affine =
            self.affine.as_ref().map(|(w, b)| (w.to_kind(Kind::Float), b.to_kind(Kind::Float)));
        let (weight, bias) = match &affine {
            Some((weight, bias)) => (Some(weight), Some(bias)),
            None => (None, None),
        };
        x.to_kind(Kind::Float).layer_norm([self.width], weight, bias, self.eps, true)
    }
}

/// Attention of a sequence to itself or to the prompt.
#[derive(Debug)]
pub(super) struct Attention {
    to_q: Linear,
    to_k: Linear,
    to_v: Linear,
    to_out: Linear,
    norm_q: Tensor,
    norm_k: Tensor,
    heads: i64,
    eps: f64,
}

/// Keys and values, (B, heads, L, channels of a head).
#[derive(Debug)]
pub(super) struct KeyValue(Tensor, Tensor);

impl Attention {
    pub(super) fn new(path: &WeightPath<'_>, config: &TransformerConfig) -> Result<Self, Error> {
        let width = config.width();
        let linear = |name: &str| Linear::new(&path.sub(name), width, width);
        Ok(Self {
            to_q: linear("to_q")?,
            to_k: linear("to_k")?,
            to_v: linear("to_v")?,
            to_out: linear("to_out.0")?,
            norm_q: path.sub("norm_q").get("weight", &[width], Init::Ones)?,
            norm_k: path.sub("norm_k").get("weight", &[width], Init::Ones)?,
            heads: config.num_attention_heads,
            eps: config.eps,
        })
    }

    /// The norm spans all heads.
    fn normed(&self, x: &Tensor, gain: &Tensor, rope: Option<&Tensor>) -> Tensor {
        let width = *x.size().last().expect("tokens have channels");
        let x = self.split(&x.rms_norm([width], Some(gain), self.eps));
        match rope {
            Some(rope) => rotate(&x, rope),
            None => x,
        }
    }

    /// (B, L, D) to (B, L, heads, D / heads).
    fn split(&self, x: &Tensor) -> Tensor {
        x.unflatten(2, [self.heads, -1])
    }

    pub(super) fn key_value(&self, of: &Tensor, rope: Option<&Tensor>) -> KeyValue {
        let key = self.normed(&self.to_k.forward(of), &self.norm_k, rope);
        KeyValue(key.transpose(1, 2), self.split(&self.to_v.forward(of)).transpose(1, 2))
    }

    pub(super) fn forward(
        &self,
        x: &Tensor,
        KeyValue(key, value): &KeyValue,
        rope: Option<&Tensor>,
    ) -> Tensor {
        let query = self.normed(&self.to_q.forward(x), &self.norm_q, rope);
        let attended = Tensor::scaled_dot_product_attention(
            &query.transpose(1, 2),
            key,
            value,
            None::<&Tensor>,
            0.0,
            false,
            None,
            false,
        );
        self.to_out.forward(&attended.transpose(1, 2).flatten(2, 3))
    }
}

/// Rotates neighbouring pairs of channels, of (B, L, heads, channels), by `rope`,
/// complex (L, pairs), in f32.
pub(super) fn rotate(x: &Tensor, rope: &Tensor) -> Tensor {
    let pairs = x.to_kind(Kind::Float).unflatten(-1, [-1, 2]).view_as_complex();
    (pairs * rope.unsqueeze(1)).view_as_real().flatten(-2, -1).to_kind(x.kind())
}

/// Complex rotations of a grid of tokens, (F·H·W, channels of a head / 2).
///
/// The pairs of a head are divided among time, height and width.
pub fn rotary(config: &TransformerConfig, grid: [i64; 3], device: Device) -> Tensor {
    let dim = config.attention_head_dim;
    let side = 2 * (dim / 6);
    let sizes = [dim - 2 * side, side, side];
    let [frames, rows, columns] = grid;
    let axes: Vec<Tensor> = (0..3)
        .map(|axis| {
            let pairs = sizes[axis] / 2;
            let exponents: Vec<f64> =
                (0..pairs).map(|i| 2.0 * i as f64 / sizes[axis] as f64).collect();
            let frequencies = Tensor::from_slice(&exponents);
            let frequencies = Tensor::from(10_000.0f64).pow(&frequencies).reciprocal();
            let angles =
                Tensor::arange(grid[axis], (Kind::Double, Device::Cpu)).outer(&frequencies);
            let mut shape = [1, 1, 1, pairs];
            shape[axis] = grid[axis];
            angles.reshape(shape).expand([frames, rows, columns, pairs], false)
        })
        .collect();
    let angles = Tensor::cat(&axes, -1).reshape([frames * rows * columns, dim / 2]);
    let [cos, sin] = [angles.cos(), angles.sin()].map(|part| part.to_kind(Kind::Float));
    Tensor::complex(&cos, &sin).to_device(device)
}
