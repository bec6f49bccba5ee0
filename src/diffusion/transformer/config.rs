//! Reads `transformer/config.json` of a model and checks that these networks support
//! it.

use serde::Deserialize;

use crate::diffusion::checkpoint::LoadOptions;
use crate::diffusion::config::{MOST_LAYERS, check_sizes};
use crate::diffusion::error::Error;
use crate::diffusion::names;

/// `transformer/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct TransformerConfig {
    /// Latent frames, rows and columns of a token.
    #[serde(default = "defaults::patch_size")]
    pub patch_size: [i64; 3],
    /// Attention heads.
    pub num_attention_heads: i64,
    /// Channels of a head.
    pub attention_head_dim: i64,
    /// Channels of the noisy latents.
    pub in_channels: i64,
    /// Channels of the velocity; those of the latents if null.
    pub out_channels: Option<i64>,
    /// Channels of the text encoder.
    pub text_dim: i64,
    /// Channels of the sinusoidal time embedding.
    pub freq_dim: i64,
    /// Channels inside the feed-forward layers.
    pub ffn_dim: i64,
    /// Blocks.
    pub num_layers: usize,
    /// Whether cross-attention has a norm of its own.
    pub cross_attn_norm: bool,
    /// Added to variances.
    pub eps: f64,
    /// Channels of an image encoder; must be null.
    #[serde(default)]
    pub image_dim: Option<i64>,
    /// Channels of image keys; must be null.
    #[serde(default)]
    pub added_kv_proj_dim: Option<i64>,
    /// Most positions along one axis.
    #[serde(default = "defaults::rope_max_seq_len")]
    pub rope_max_seq_len: i64,
    /// Blocks after which a control hint is added, 0 among them; none without VACE.
    #[serde(default)]
    pub vace_layers: Vec<usize>,
    /// Channels of the control latents.
    #[serde(default)]
    pub vace_in_channels: i64,
}

mod defaults {
    pub(super) fn patch_size() -> [i64; 3] {
        [1, 2, 2]
    }
    pub(super) fn rope_max_seq_len() -> i64 {
        1024
    }
}

/// Tensors that stay f32 when the rest is bf16 (diffusers' `_keep_in_fp32_modules`).
pub const KEEP_F32: &[&str] = &["time_embedder", "scale_shift_table", "norm1", "norm2", "norm3"];

/// How to read the weights; diffusers, too, ignores `norm_added_q`.
pub const LOAD_OPTIONS: LoadOptions<'static> = LoadOptions {
    names: Some(names::TRANSFORMER),
    ignored: &["norm_added_q"],
    aliases: &[],
    keep_f32: KEEP_F32,
};

impl TransformerConfig {
    /// Channels of a token.
    pub fn width(&self) -> i64 {
        self.num_attention_heads * self.attention_head_dim
    }

    /// Whether another transformer can take over from this one between two steps.
    pub(in crate::diffusion) fn fits(&self, other: &Self) -> bool {
        let inputs = |config: &Self| {
            let Self { patch_size, in_channels, out_channels, text_dim, .. } = config;
            let made = out_channels.unwrap_or(*in_channels);
            (*patch_size, *in_channels, made, *text_dim, config.vace_channels())
        };
        inputs(self) == inputs(other)
    }

    /// Channels of the control latents; `None` without VACE layers.
    fn vace_channels(&self) -> Option<i64> {
        (!self.vace_layers.is_empty()).then_some(self.vace_in_channels)
    }

    /// Fails if this network does not support the configuration.
    pub(super) fn check(&self) -> Result<(), Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(format!("a transformer {what}")));
        if self.image_dim.is_some() || self.added_kv_proj_dim.is_some() {
            return unsupported("with an image encoder (`image_dim`, `added_kv_proj_dim`)");
        }
        if self.num_layers > MOST_LAYERS {
            return unsupported(&format!("of more than {MOST_LAYERS} blocks (`num_layers`)"));
        }
        let patch = self.patch_size.iter().fold(1, |product: i64, side| match side {
            1.. => product.saturating_mul(*side),
            _ => 0,
        });
        check_sizes(
            "a transformer",
            &[
                ("patch_size", patch),
                ("num_attention_heads", self.num_attention_heads),
                ("attention_head_dim", self.attention_head_dim),
                (
                    "num_attention_heads` times `attention_head_dim",
                    self.num_attention_heads.saturating_mul(self.attention_head_dim),
                ),
                ("in_channels", self.in_channels),
                ("out_channels", self.out_channels.unwrap_or(1)),
                ("text_dim", self.text_dim),
                ("freq_dim", self.freq_dim),
                ("ffn_dim", self.ffn_dim),
                ("rope_max_seq_len", self.rope_max_seq_len),
                ("vace_in_channels", self.vace_channels().unwrap_or(1)),
            ],
        )?;
        if self.attention_head_dim % 2 != 0 {
            return unsupported("whose `attention_head_dim` is odd");
        }
        if !self.vace_layers.is_empty() && !self.vace_layers.contains(&0) {
            return unsupported("whose `vace_layers` lack block 0");
        }
        if self.vace_layers.iter().any(|layer| *layer >= self.num_layers) {
            return unsupported("whose `vace_layers` exceed `num_layers`");
        }
        if !self.vace_layers.is_sorted_by(|a, b| a < b) {
            return unsupported("whose `vace_layers` are not ascending");
        }
        Ok(())
    }
}
