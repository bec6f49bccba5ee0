//! Reads `vae/config.json` of a model and checks that these networks support it.

use serde::Deserialize;

use crate::diffusion::checkpoint::LoadOptions;
use crate::diffusion::config::{MOST_LAYERS, check_sizes};
use crate::diffusion::error::Error;
use crate::diffusion::names;

/// `vae/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct VaeConfig {
    /// Channels of the first stage.
    #[serde(default = "defaults::base_dim")]
    pub base_dim: i64,
    /// Channels of the decoder's last stage, if they differ from the encoder's first.
    #[serde(default)]
    pub decoder_base_dim: Option<i64>,
    /// Channels of a latent.
    #[serde(default = "defaults::z_dim")]
    pub z_dim: i64,
    /// Channels of each stage, as multiples of `base_dim`.
    #[serde(default = "defaults::dim_mult")]
    pub dim_mult: Vec<i64>,
    /// Residual blocks in each stage.
    #[serde(default = "defaults::num_res_blocks")]
    pub num_res_blocks: usize,
    /// Scales with attention besides the middle; must be empty.
    #[serde(default)]
    pub attn_scales: Vec<f64>,
    /// Whether a stage halves time (diffusers' spelling).
    #[serde(default = "defaults::temperal_downsample")]
    pub temperal_downsample: Vec<bool>,
    /// Mean of each latent channel over the training data.
    pub latents_mean: Vec<f64>,
    /// Standard deviation of each latent channel over the training data.
    pub latents_std: Vec<f64>,
    /// Wan 2.2's shortcuts around the stages.
    #[serde(default)]
    pub is_residual: bool,
    /// Input channels, including the pixels of a patch.
    #[serde(default = "defaults::channels")]
    pub in_channels: i64,
    /// Output channels, including the pixels of a patch.
    #[serde(default = "defaults::channels")]
    pub out_channels: i64,
    /// Side of the patch of pixels that becomes channels.
    #[serde(default)]
    pub patch_size: Option<i64>,
    /// Frames in one latent frame.
    #[serde(default = "defaults::scale_factor_temporal")]
    pub scale_factor_temporal: i64,
    /// Pixels along one latent's side.
    #[serde(default = "defaults::scale_factor_spatial")]
    pub scale_factor_spatial: i64,
}

/// How to read the weights.
pub const LOAD_OPTIONS: LoadOptions<'static> =
    LoadOptions { names: Some(names::VAE), ignored: &[], aliases: &[], keep_f32: &[] };

mod defaults {
    pub(super) fn base_dim() -> i64 {
        96
    }
    pub(super) fn z_dim() -> i64 {
        16
    }
    pub(super) fn dim_mult() -> Vec<i64> {
        vec![1, 2, 4, 4]
    }
    pub(super) fn num_res_blocks() -> usize {
        2
    }
    pub(super) fn temperal_downsample() -> Vec<bool> {
        vec![false, true, true]
    }
    pub(super) fn channels() -> i64 {
        3
    }
    pub(super) fn scale_factor_temporal() -> i64 {
        4
    }
    pub(super) fn scale_factor_spatial() -> i64 {
        8
    }
}

impl VaeConfig {
    /// Fails if this network does not support the configuration.
    pub(super) fn check(&self) -> Result<(), Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(format!("an autoencoder {what}")));
        if !self.attn_scales.is_empty() {
            return unsupported("with `attn_scales`");
        }
        if self.dim_mult.is_empty() || self.temperal_downsample.len() + 1 < self.dim_mult.len() {
            return unsupported("with fewer entries in `temperal_downsample` than stages less one");
        }
        let base = self.base_dim.max(self.decoder_base_dim.unwrap_or(1));
        let most = self.dim_mult.iter().copied().max().unwrap_or(1);
        check_sizes(
            "an autoencoder",
            &[
                ("base_dim", self.base_dim),
                ("decoder_base_dim", self.decoder_base_dim.unwrap_or(1)),
                ("dim_mult", self.dim_mult.iter().copied().min().unwrap_or(1)),
                ("base_dim` times `dim_mult", base.saturating_mul(most)),
                ("z_dim", self.z_dim),
                ("in_channels", self.in_channels),
                ("out_channels", self.out_channels),
                ("patch_size", self.patch_size.unwrap_or(1)),
                ("scale_factor_temporal", self.scale_factor_temporal),
                ("scale_factor_spatial", self.scale_factor_spatial),
            ],
        )?;
        if self.num_res_blocks.saturating_mul(self.dim_mult.len()) > MOST_LAYERS {
            return unsupported(&format!("of more than {MOST_LAYERS} blocks (`num_res_blocks`)"));
        }
        let z = self.z_dim as usize;
        if self.latents_mean.len() != z || self.latents_std.len() != z {
            return unsupported("whose `latents_mean` or `latents_std` has not `z_dim` entries");
        }
        // The decoder must undo the encoder; diffusers reverses the list including its
        // unused last entry.
        let stages = self.dim_mult.len() - 1;
        let halvings =
            |entries: &mut dyn Iterator<Item = &bool>| entries.take(stages).filter(|x| **x).count();
        if halvings(&mut self.temperal_downsample.iter())
            != halvings(&mut self.temperal_downsample.iter().rev())
        {
            return unsupported("that doubles time another number of times than it halves it");
        }
        Ok(())
    }
}
