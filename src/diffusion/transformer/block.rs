//! The blocks of the transformer, and those of its control branch.

use tch::{Kind, Tensor};

use super::attention::{Attention, KeyValue, LayerNorm};
use super::config::TransformerConfig;
use crate::diffusion::error::Error;
use crate::diffusion::weights::{Init, Linear, WeightPath};

/// Scales and shifts tokens, (B, L, D), by the modulation of their times, (B, T, 1, D),
/// in f32. Each time is that of L/T tokens.
pub(super) fn modulate(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Tensor {
    shift.addcmul(&by_time(x, scale), &(scale + 1.0)).flatten(1, 2)
}

/// Adds a layer's output for tokens, (B, L, D), gated by the modulation of their times,
/// (B, T, 1, D), in f32.
fn add_gated(x: &Tensor, made: &Tensor, gate: &Tensor) -> Tensor {
    by_time(x, gate).addcmul(&by_time(made, gate), gate).flatten(1, 2).to_kind(x.kind())
}

/// Tokens, (B, L, D), as (B, T, L/T, D), with the T of `time`.
fn by_time(x: &Tensor, time: &Tensor) -> Tensor {
    x.unflatten(1, [time.size()[1], -1])
}

/// Self-attention, cross-attention, feed-forward.
#[derive(Debug)]
pub(super) struct TransformerBlock {
    norm: LayerNorm,
    attn1: Attention,
    norm2: Option<LayerNorm>,
    pub(super) attn2: Attention,
    ffn: (Linear, Linear),
    scale_shift_table: Tensor,
}

impl TransformerBlock {
    /// The block of an index in the network at `path`.
    pub(super) fn nth(
        path: &WeightPath<'_>,
        config: &TransformerConfig,
        index: usize,
    ) -> Result<Self, Error> {
        Self::new(&path.sub("blocks").sub(index), config)
    }

    pub(super) fn new(path: &WeightPath<'_>, config: &TransformerConfig) -> Result<Self, Error> {
        let width = config.width();
        let ffn = path.sub("ffn").sub("net");
        Ok(Self {
            norm: LayerNorm::plain(width, config.eps),
            attn1: Attention::new(&path.sub("attn1"), config)?,
            norm2: config
                .cross_attn_norm
                .then(|| LayerNorm::affine(&path.sub("norm2"), width, config.eps))
                .transpose()?,
            attn2: Attention::new(&path.sub("attn2"), config)?,
            ffn: (
                Linear::new(&ffn.sub(0).sub("proj"), width, config.ffn_dim)?,
                Linear::new(&ffn.sub(2), config.ffn_dim, width)?,
            ),
            scale_shift_table: path.get(
                "scale_shift_table",
                &[1, 6, width],
                Init::Normal((width as f64).sqrt().recip()),
            )?,
        })
    }

    /// `time` is (B, T, 6, D).
    pub(super) fn forward(
        &self,
        x: &Tensor,
        prompt: &KeyValue,
        time: &Tensor,
        rope: &Tensor,
    ) -> Tensor {
        let kind = x.kind();
        let table = self.scale_shift_table.to_kind(Kind::Float) + time.to_kind(Kind::Float);
        let modulation = table.chunk(6, 2);
        let [shift, scale, gate, ffn_shift, ffn_scale, ffn_gate] = modulation.as_slice() else {
            unreachable!("the table has six rows")
        };
        let modulated = |x: &Tensor, scale: &Tensor, shift: &Tensor| {
            modulate(&self.norm.forward(x), scale, shift).to_kind(kind)
        };

        let n = modulated(x, scale, shift);
        let own = self.attn1.key_value(&n, Some(rope));
        let attended = self.attn1.forward(&n, &own, Some(rope));
        let x = add_gated(x, &attended, gate);

        let n = match &self.norm2 {
            Some(norm) => norm.forward(&x).to_kind(kind),
            None => x.shallow_clone(),
        };
        let x = x + self.attn2.forward(&n, prompt, None);

        let n = modulated(&x, ffn_scale, ffn_shift);
        let hidden = self.ffn.0.forward(&n).gelu_("tanh");
        add_gated(&x, &self.ffn.1.forward(&hidden), ffn_gate)
    }
}

/// A block of the control branch, whose output is also a hint.
#[derive(Debug)]
pub(super) struct VaceBlock {
    proj_in: Option<Linear>,
    pub(super) block: TransformerBlock,
    proj_out: Linear,
}

impl VaceBlock {
    /// The block of an index in the network at `path`.
    pub(super) fn nth(
        path: &WeightPath<'_>,
        config: &TransformerConfig,
        index: usize,
    ) -> Result<Self, Error> {
        Self::new(&path.sub("vace_blocks").sub(index), config, index == 0)
    }

    pub(super) fn new(
        path: &WeightPath<'_>,
        config: &TransformerConfig,
        first: bool,
    ) -> Result<Self, Error> {
        let linear = |name: &str| Linear::new(&path.sub(name), config.width(), config.width());
        Ok(Self {
            proj_in: first.then(|| linear("proj_in")).transpose()?,
            block: TransformerBlock::new(path, config)?,
            proj_out: linear("proj_out")?,
        })
    }

    /// The hint and the input of the next block, given the tokens of the clip and of
    /// its control.
    pub(super) fn forward(
        &self,
        x: &Tensor,
        control: &Tensor,
        prompt: &KeyValue,
        time: &Tensor,
        rope: &Tensor,
    ) -> (Tensor, Tensor) {
        let begun = self.proj_in.as_ref().map(|proj_in| proj_in.forward(control) + x);
        let control = self.block.forward(begun.as_ref().unwrap_or(control), prompt, time, rope);
        (self.proj_out.forward(&control), control)
    }
}
