//! The denoiser: `WanVACETransformer3DModel` of diffusers, or
//! `WanTransformer3DModel` when the configuration has no VACE layers.
//!
//! Callers compute once, and pass in, what does not change between steps: the prompt's
//! keys and values, the embedded control latents, the rotary frequencies. Blocks stay
//! on the device, or come there one at a time from their files, which takes the memory
//! of one block. Knows nothing of schedules or pixels.

mod attention;
mod block;
mod config;
mod embedding;

use tch::{Kind, Tensor};

use super::checkpoint::StoredWeights;
use super::error::Error;
use super::weights::{Init, Linear, Parameter, WeightPath, Weights, parameters};
use attention::{KeyValue, LayerNorm};
use block::{TransformerBlock, VaceBlock, modulate};
use embedding::PatchEmbedding;

pub use attention::rotary;
pub use config::{KEEP_F32, LOAD_OPTIONS, TransformerConfig};
pub use embedding::timestep_embedding;

impl TransformerConfig {
    /// Every tensor of the network.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Error> {
        parameters(|path| Transformer::new(path, self))
    }
}

/// What the transformer computes from a prompt: keys and values of every block.
#[derive(Debug)]
pub struct Prompt {
    blocks: Vec<KeyValue>,
    vace_blocks: Vec<KeyValue>,
}

/// Control latents as tokens, and how much the control layers add of them.
#[derive(Debug)]
pub struct ControlTokens {
    tokens: Tensor,
    /// A factor for each layer, (L), in the precision of the tokens; `None` adds all.
    scales: Option<Tensor>,
}

impl ControlTokens {
    /// With one factor for all control layers, or one for each.
    #[must_use]
    pub fn scaled(self, scales: &[f64]) -> Self {
        // As diffusers has them: rounded to f32, then to the network's precision.
        let rounded: Vec<f32> = scales.iter().map(|scale| *scale as f32).collect();
        let all = rounded.iter().all(|scale| *scale == 1.0);
        let tensor = || {
            let scales = Tensor::from_slice(&rounded).to_kind(self.tokens.kind());
            scales.to_device(self.tokens.device())
        };
        Self { scales: (!all).then(tensor), ..self }
    }

    /// What is added of the hint of the `nth` layer.
    fn weigh(&self, hint: Tensor, nth: usize) -> Tensor {
        match &self.scales {
            None => hint,
            Some(scales) => hint * scales.get((nth as i64).min(scales.size()[0] - 1)),
        }
    }
}

/// Where the blocks are.
#[derive(Debug)]
enum Blocks {
    /// On the device.
    Resident { blocks: Vec<TransformerBlock>, vace_blocks: Vec<VaceBlock> },
    /// In their files. Each is read and its adapters merged when it is used, and
    /// dropped after it. The system can reclaim a file's pages; merged copies would
    /// take as much memory again.
    Streamed(StoredWeights<'static>),
}

/// The denoiser.
#[derive(Debug)]
pub struct Transformer {
    patch_embedding: PatchEmbedding,
    vace_patch_embedding: Option<PatchEmbedding>,
    time_embedder: (Linear, Linear),
    time_proj: Linear,
    text_embedder: (Linear, Linear),
    blocks: Blocks,
    norm_out: LayerNorm,
    proj_out: Linear,
    scale_shift_table: Tensor,
    config: TransformerConfig,
}

impl Transformer {
    /// The network with weights taken at `path`.
    pub fn new(path: &WeightPath<'_>, config: &TransformerConfig) -> Result<Self, Error> {
        config.check()?;
        let blocks = Blocks::Resident {
            blocks: (0..config.num_layers)
                .map(|index| TransformerBlock::nth(path, config, index))
                .collect::<Result<_, Error>>()?,
            vace_blocks: (0..config.vace_layers.len())
                .map(|index| VaceBlock::nth(path, config, index))
                .collect::<Result<_, Error>>()?,
        };
        Self::around(blocks, path, config)
    }

    /// The network with all weights but those of its blocks on the device; each block
    /// comes there when it is used.
    pub fn streamed(
        weights: StoredWeights<'static>,
        config: &TransformerConfig,
    ) -> Result<Self, Error> {
        config.check()?;
        let none = Blocks::Resident { blocks: Vec::new(), vace_blocks: Vec::new() };
        let around = Self::around(none, &weights.root(), config)?;
        Ok(Self { blocks: Blocks::Streamed(weights), ..around })
    }

    /// The weights outside of the blocks, taken at `path`.
    fn around(
        blocks: Blocks,
        path: &WeightPath<'_>,
        config: &TransformerConfig,
    ) -> Result<Self, Error> {
        let width = config.width();
        let [t, h, w] = config.patch_size;
        let embedder = path.sub("condition_embedder");
        let two = |name: &str, inputs: i64| -> Result<_, Error> {
            let path = embedder.sub(name);
            let first = Linear::new(&path.sub("linear_1"), inputs, width)?;
            Ok((first, Linear::new(&path.sub("linear_2"), width, width)?))
        };
        Ok(Self {
            patch_embedding: PatchEmbedding::new(
                &path.sub("patch_embedding"),
                config.in_channels,
                width,
                config.patch_size,
            )?,
            vace_patch_embedding: (!config.vace_layers.is_empty())
                .then(|| {
                    let path = path.sub("vace_patch_embedding");
                    PatchEmbedding::new(&path, config.vace_in_channels, width, config.patch_size)
                })
                .transpose()?,
            time_embedder: two("time_embedder", config.freq_dim)?,
            time_proj: Linear::new(&embedder.sub("time_proj"), width, 6 * width)?,
            text_embedder: two("text_embedder", config.text_dim)?,
            blocks,
            norm_out: LayerNorm::plain(width, config.eps),
            proj_out: Linear::new(
                &path.sub("proj_out"),
                width,
                config.out_channels.unwrap_or(config.in_channels) * t * h * w,
            )?,
            scale_shift_table: path.get(
                "scale_shift_table",
                &[1, 2, width],
                Init::Normal((width as f64).sqrt().recip()),
            )?,
            config: config.clone(),
        })
    }

    /// The network with these weights.
    pub fn from_weights(weights: &Weights, config: &TransformerConfig) -> Result<Self, Error> {
        Self::new(&weights.root(), config)
    }

    /// The configuration.
    pub fn config(&self) -> &TransformerConfig {
        &self.config
    }

    /// Whether it takes control latents.
    pub fn has_control(&self) -> bool {
        self.vace_patch_embedding.is_some()
    }

    /// Calls `f` with a block.
    fn with_block<T>(
        &self,
        index: usize,
        f: impl FnOnce(&TransformerBlock) -> T,
    ) -> Result<T, Error> {
        match &self.blocks {
            Blocks::Resident { blocks, .. } => Ok(f(&blocks[index])),
            Blocks::Streamed(weights) => {
                TransformerBlock::nth(&weights.root(), &self.config, index).map(|block| f(&block))
            }
        }
    }

    /// Calls `f` with a block of the control branch.
    fn with_vace_block<T>(
        &self,
        index: usize,
        f: impl FnOnce(&VaceBlock) -> T,
    ) -> Result<T, Error> {
        match &self.blocks {
            Blocks::Resident { vace_blocks, .. } => Ok(f(&vace_blocks[index])),
            Blocks::Streamed(weights) => {
                VaceBlock::nth(&weights.root(), &self.config, index).map(|block| f(&block))
            }
        }
    }

    fn embed_text(&self, text: &Tensor) -> Tensor {
        let (first, second) = &self.text_embedder;
        second.forward(&first.forward(&text.to_kind(first.kind())).gelu("tanh"))
    }

    /// Embeddings of times, (B, T), as (B, T, D), and the modulation of every block,
    /// (B, T, 6, D).
    fn embed_times(&self, times: &Tensor, kind: Kind) -> (Tensor, Tensor) {
        let (first, second) = &self.time_embedder;
        let time = timestep_embedding(times, self.config.freq_dim);
        let time = second.forward_f32(&first.forward_f32(&time).silu()).to_kind(kind);
        let modulation = self.time_proj.forward(&time.silu()).unflatten(2, [6, -1]);
        (time, modulation)
    }

    /// Prepares embeddings of a text, (B, L, `text_dim`), for every block.
    pub fn prompt(&self, text: &Tensor) -> Result<Prompt, Error> {
        let text = self.embed_text(text);
        let key_value = |block: &TransformerBlock| block.attn2.key_value(&text, None);
        Ok(Prompt {
            blocks: (0..self.config.num_layers)
                .map(|index| self.with_block(index, key_value))
                .collect::<Result<_, Error>>()?,
            vace_blocks: (0..self.config.vace_layers.len())
                .map(|index| self.with_vace_block(index, |vace| key_value(&vace.block)))
                .collect::<Result<_, Error>>()?,
        })
    }

    /// Control latents, (B, `vace_in_channels`, F, H, W), as tokens; `None`
    /// without VACE layers.
    pub fn control(&self, latents: &Tensor) -> Option<ControlTokens> {
        let tokens = self.vace_patch_embedding.as_ref()?.forward(latents);
        Some(ControlTokens { tokens, scales: None })
    }

    /// Rotations of the tokens of latents, (B, C, F, H, W).
    pub fn rotations(&self, latents: &Tensor) -> Tensor {
        rotary(&self.config, self.grid(latents), latents.device())
    }

    /// Frames, rows and columns of tokens.
    fn grid(&self, latents: &Tensor) -> [i64; 3] {
        let (_, _, frames, rows, columns) = latents.size5().expect("latents have five dimensions");
        let [t, h, w] = self.config.patch_size;
        [frames / t, rows / h, columns / w]
    }

    /// The velocity at noisy latents, (B, C, F, H, W), and times in [0, 1000]: (B), or
    /// (B, F) if latent frames have their own times, as in Wan 2.2 TI2V (diffusers
    /// repeats them for every token of a frame). `control` comes from [`Self::control`]
    /// and is required with VACE layers; `rope` comes from [`Self::rotations`].
    pub fn forward(
        &self,
        latents: &Tensor,
        timestep: &Tensor,
        prompt: &Prompt,
        control: Option<&ControlTokens>,
        rope: &Tensor,
    ) -> Result<Tensor, Error> {
        let [t, h, w] = self.config.patch_size;
        let mut x = self.patch_embedding.forward(latents);

        let times =
            if timestep.dim() == 1 { timestep.unsqueeze(1) } else { timestep.slice(1, 0, None, t) };
        let (time, modulation) = self.embed_times(&times, x.kind());

        let control = self
            .has_control()
            .then(|| control.expect("a network with VACE layers is given control latents"));
        let mut given = control.map(|control| {
            let lacking = x.size()[1] - control.tokens.size()[1];
            control.tokens.constant_pad_nd([0, 0, 0, lacking])
        });
        let begun = x.shallow_clone();
        for (index, prompt_of_block) in prompt.blocks.iter().enumerate() {
            x = self
                .with_block(index, |block| block.forward(&x, prompt_of_block, &modulation, rope))?;
            // Compute a hint when it is due: each takes the memory of a clip's tokens.
            if let (Some(control), Some(tokens)) = (control, &given)
                && let Ok(nth) = self.config.vace_layers.binary_search(&index)
            {
                let (hint, next) = self.with_vace_block(nth, |vace| {
                    vace.forward(&begun, tokens, &prompt.vace_blocks[nth], &modulation, rope)
                })?;
                x = &x + control.weigh(hint, nth);
                given = Some(next);
            }
        }

        let table = self.scale_shift_table.to_kind(Kind::Float) + time.unsqueeze(2);
        let (shift, scale) = (table.narrow(2, 0, 1), table.narrow(2, 1, 1));
        let x = modulate(&self.norm_out.forward(&x), &scale, &shift).to_kind(x.kind());
        let [frames, rows, columns] = self.grid(latents);
        let velocity = self
            .proj_out
            .forward(&x)
            .reshape([latents.size()[0], frames, rows, columns, t, h, w, -1])
            .permute([0, 7, 1, 4, 2, 5, 3, 6])
            .flatten(6, 7)
            .flatten(4, 5)
            .flatten(2, 3);
        Ok(velocity)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use tch::Device;

    use super::attention::Attention;
    use super::*;
    use crate::diffusion::by_formula;
    use crate::diffusion::fixture::{Fixture, fill};

    fn config() -> TransformerConfig {
        let config = json!({
            "num_attention_heads": 2, "attention_head_dim": 32, "in_channels": 4, "text_dim": 16,
            "freq_dim": 256, "ffn_dim": 96, "num_layers": 0, "cross_attn_norm": true, "eps": 1e-6,
        });
        serde_json::from_value(config).expect("a configuration")
    }

    /// Tokens of a clip of three frames, of a text, and rotations.
    fn inputs() -> (Tensor, Tensor, Tensor) {
        let x = fill("x", &[2, 12, 64], 1.0, 0.0);
        (x, fill("text", &[2, 5, 64], 1.0, 0.0), rotary(&config(), [3, 2, 2], Device::Cpu))
    }

    #[test]
    fn attention_is_that_of_diffusers() {
        let fixture = Fixture::open("blocks");
        let attention = by_formula(|path| Attention::new(path, &config()));
        let (x, text, rope) = inputs();
        let own = attention.key_value(&x, Some(&rope));
        let found = attention.forward(&x, &own, Some(&rope));
        fixture.check_every(7, "attention.self", &found, 1e-5);
        let found = attention.forward(&x, &attention.key_value(&text, None), None);
        fixture.check_every(7, "attention.cross", &found, 1e-5);
    }

    #[test]
    fn blocks_are_those_of_diffusers() {
        let fixture = Fixture::open("blocks");
        let (x, text, rope) = inputs();
        let time = fill("time", &[2, 6, 64], 1.0, 0.0).unsqueeze(1);
        let times = fill("times", &[2, 3, 6, 64], 1.0, 0.0);
        for (name, cross_attn_norm) in [("block", true), ("block.without_norm", false)] {
            let config = TransformerConfig { cross_attn_norm, ..config() };
            let block = by_formula(|path| TransformerBlock::new(path, &config));
            let prompt = block.attn2.key_value(&text, None);
            let found = block.forward(&x, &prompt, &time, &rope);
            fixture.check_every(7, name, &found, 1e-5);
            let found = block.forward(&x, &prompt, &times, &rope);
            fixture.check_every(7, &format!("{name}.times"), &found, 1e-5);
        }
        let control = fill("control", &x.size(), 1.0, 0.0);
        for (name, first) in [("vace.first", true), ("vace.later", false)] {
            let vace = by_formula(|path| VaceBlock::new(path, &config(), first));
            let prompt = vace.block.attn2.key_value(&text, None);
            let (hint, next) = vace.forward(&x, &control, &prompt, &time, &rope);
            fixture.check_every(7, &format!("{name}.hint"), &hint, 1e-5);
            fixture.check_every(7, &format!("{name}.control"), &next, 1e-5);
        }
    }

    #[test]
    fn embeddings_are_those_of_diffusers() {
        let fixture = Fixture::open("blocks");
        let network = by_formula(|path| Transformer::new(path, &config()));
        let times = Tensor::from_slice(&[999i64, 3]).unsqueeze(1);
        let (time, modulation) = network.embed_times(&times, Kind::Float);
        fixture.check_every(7, "embedder.time", &time, 1e-5);
        fixture.check_every(7, "embedder.modulation", &modulation, 1e-5);
        let text = network.embed_text(&fill("embeddings", &[2, 5, 16], 1.0, 0.0));
        fixture.check_every(7, "embedder.text", &text, 1e-5);
    }
}
