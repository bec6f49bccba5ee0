//! The denoiser: `WanVACETransformer3DModel` of diffusers, or
//! `WanTransformer3DModel` when the configuration has no VACE layers.
//!
//! What does not change between steps (the prompt's keys and values, the
//! embedded control latents, the rotary frequencies) is computed once and
//! passed in. Its blocks are on the device, or are brought there one at a time
//! from where they are stored, which takes a block's memory instead of all of
//! theirs. Knows nothing of schedules or pixels.

use serde::Deserialize;
use tch::{Device, Kind, Tensor};

use super::weights::{Init, Linear, MOST_LAYERS, Parameter, WeightPath, Weights, parameters};
use super::{Error, LoadOptions, StoredWeights, names};

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

/// How its weights are read; diffusers ignores `norm_added_q` when it is there.
pub const LOAD_OPTIONS: LoadOptions<'static> = LoadOptions {
    names: Some(names::TRANSFORMER),
    ignored: &["norm_added_q"],
    aliases: &[],
    keep_f32: KEEP_F32,
};

impl TransformerConfig {
    /// Every tensor of the network.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Error> {
        parameters(|path| Transformer::new(path, self))
    }

    /// Channels of a token.
    pub fn width(&self) -> i64 {
        self.num_attention_heads * self.attention_head_dim
    }

    /// Whether another transformer can take this one's place halfway.
    pub(super) fn fits(&self, other: &Self) -> bool {
        let inputs = |config: &Self| {
            let Self { patch_size, in_channels, out_channels, text_dim, .. } = config;
            let made = out_channels.unwrap_or(*in_channels);
            (*patch_size, *in_channels, made, *text_dim, config.vace_channels())
        };
        inputs(self) == inputs(other)
    }

    /// Channels of the control latents, if it takes any.
    fn vace_channels(&self) -> Option<i64> {
        (!self.vace_layers.is_empty()).then_some(self.vace_in_channels)
    }

    fn check(&self) -> Result<(), Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(format!("a transformer {what}")));
        if self.image_dim.is_some() || self.added_kv_proj_dim.is_some() {
            return unsupported("with an image encoder (`image_dim`, `added_kv_proj_dim`)");
        }
        if self.num_layers > MOST_LAYERS {
            return unsupported(&format!("of more than {MOST_LAYERS} blocks (`num_layers`)"));
        }
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

/// Layer norm in f32; the result is f32.
#[derive(Debug)]
struct LayerNorm {
    affine: Option<(Tensor, Tensor)>,
    width: i64,
    eps: f64,
}

impl LayerNorm {
    fn plain(width: i64, eps: f64) -> Self {
        Self { affine: None, width, eps }
    }

    fn affine(path: &WeightPath<'_>, width: i64, eps: f64) -> Result<Self, Error> {
        let weight = path.get("weight", &[width], Init::Ones)?;
        Ok(Self { affine: Some((weight, path.get("bias", &[width], Init::Zeros)?)), width, eps })
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        let affine =
            self.affine.as_ref().map(|(w, b)| (w.to_kind(Kind::Float), b.to_kind(Kind::Float)));
        let (weight, bias) = match &affine {
            Some((weight, bias)) => (Some(weight), Some(bias)),
            None => (None, None),
        };
        x.to_kind(Kind::Float).layer_norm([self.width], weight, bias, self.eps, true)
    }
}

/// Attention, of a sequence to itself or to the prompt.
#[derive(Debug)]
struct Attention {
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
struct KeyValue(Tensor, Tensor);

impl Attention {
    fn new(path: &WeightPath<'_>, config: &TransformerConfig) -> Result<Self, Error> {
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

    fn key_value(&self, of: &Tensor, rope: Option<&Tensor>) -> KeyValue {
        let key = self.normed(&self.to_k.forward(of), &self.norm_k, rope);
        KeyValue(key.transpose(1, 2), self.split(&self.to_v.forward(of)).transpose(1, 2))
    }

    fn forward(
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
fn rotate(x: &Tensor, rope: &Tensor) -> Tensor {
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

/// Sinusoids of times in [0, 1000], (…) to (…, channels), f32: cosines, then sines.
pub fn timestep_embedding(timestep: &Tensor, channels: i64) -> Tensor {
    let half = channels / 2;
    let exponent = Tensor::arange(half, (Kind::Float, timestep.device())) * -(10_000f64.ln());
    let frequencies = (exponent / half as f64).exp();
    let angles = timestep.to_kind(Kind::Float).unsqueeze(-1) * frequencies;
    Tensor::cat(&[angles.cos(), angles.sin()], -1)
}

/// Scales and shifts tokens, (B, L, D), by what their times say, (B, T, 1, D),
/// in f32; the tokens of a T-th of the clip share a time.
fn modulate(x: &Tensor, scale: &Tensor, shift: &Tensor) -> Tensor {
    shift.addcmul(&by_time(x, scale), &(scale + 1.0)).flatten(1, 2)
}

/// Adds what a layer makes of tokens, (B, L, D), gated by what their times say,
/// (B, T, 1, D), in f32.
fn add_gated(x: &Tensor, made: &Tensor, gate: &Tensor) -> Tensor {
    by_time(x, gate).addcmul(&by_time(made, gate), gate).flatten(1, 2).to_kind(x.kind())
}

/// Tokens, (B, L, D), as (B, T, L/T, D), T being that of `time`.
fn by_time(x: &Tensor, time: &Tensor) -> Tensor {
    x.unflatten(1, [time.size()[1], -1])
}

/// Self-attention, cross-attention, feed-forward.
#[derive(Debug)]
struct Block {
    norm: LayerNorm,
    attn1: Attention,
    norm2: Option<LayerNorm>,
    attn2: Attention,
    ffn: (Linear, Linear),
    scale_shift_table: Tensor,
}

impl Block {
    /// The block of an index in the network at `path`.
    fn nth(path: &WeightPath<'_>, config: &TransformerConfig, index: usize) -> Result<Self, Error> {
        Self::new(&path.sub("blocks").sub(index), config)
    }

    fn new(path: &WeightPath<'_>, config: &TransformerConfig) -> Result<Self, Error> {
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
    fn forward(&self, x: &Tensor, prompt: &KeyValue, time: &Tensor, rope: &Tensor) -> Tensor {
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
struct VaceBlock {
    proj_in: Option<Linear>,
    block: Block,
    proj_out: Linear,
}

impl VaceBlock {
    /// The block of an index in the network at `path`.
    fn nth(path: &WeightPath<'_>, config: &TransformerConfig, index: usize) -> Result<Self, Error> {
        Self::new(&path.sub("vace_blocks").sub(index), config, index == 0)
    }

    fn new(path: &WeightPath<'_>, config: &TransformerConfig, first: bool) -> Result<Self, Error> {
        let linear = |name: &str| Linear::new(&path.sub(name), config.width(), config.width());
        Ok(Self {
            proj_in: first.then(|| linear("proj_in")).transpose()?,
            block: Block::new(path, config)?,
            proj_out: linear("proj_out")?,
        })
    }

    /// The hint and what the next block goes on from, given the tokens of the
    /// clip and of its control.
    fn forward(
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

/// The convolution that makes tokens of patches, as the linear layer it is.
#[derive(Debug)]
struct PatchEmbedding {
    weight: Tensor,
    bias: Tensor,
    patch: [i64; 3],
}

impl PatchEmbedding {
    fn new(path: &WeightPath<'_>, inputs: i64, width: i64, patch: [i64; 3]) -> Result<Self, Error> {
        let [t, h, w] = patch;
        let init = Init::fan_in(inputs * t * h * w);
        Ok(Self {
            weight: path.get("weight", &[width, inputs, t, h, w], init)?,
            bias: path.get("bias", &[width], init)?,
            patch,
        })
    }

    /// (B, C, F, H, W) to (B, tokens, D).
    fn forward(&self, x: &Tensor) -> Tensor {
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

/// What the transformer makes of a prompt once: keys and values of every block.
#[derive(Debug)]
pub struct Prompt {
    blocks: Vec<KeyValue>,
    vace_blocks: Vec<KeyValue>,
}

/// Where the blocks are.
#[derive(Debug)]
enum Blocks {
    /// On the device.
    Resident { blocks: Vec<Block>, vace_blocks: Vec<VaceBlock> },
    /// In their files: each is read when it is used, its adapters merged again,
    /// and dropped after it. A file's pages are the system's to keep and to give
    /// up; merged copies would take as much memory again.
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
                .map(|index| Block::nth(path, config, index))
                .collect::<Result<_, Error>>()?,
            vace_blocks: (0..config.vace_layers.len())
                .map(|index| VaceBlock::nth(path, config, index))
                .collect::<Result<_, Error>>()?,
        };
        Self::around(blocks, path, config)
    }

    /// The network with all weights but those of its blocks on the device; each
    /// block is brought there when it is used.
    pub fn streamed(
        weights: StoredWeights<'static>,
        config: &TransformerConfig,
    ) -> Result<Self, Error> {
        config.check()?;
        let none = Blocks::Resident { blocks: Vec::new(), vace_blocks: Vec::new() };
        let around = Self::around(none, &weights.root(), config)?;
        Ok(Self { blocks: Blocks::Streamed(weights), ..around })
    }

    /// What is around blocks, taken at `path`.
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

    /// What `f` makes of a block.
    fn with_block<T>(&self, index: usize, f: impl FnOnce(&Block) -> T) -> Result<T, Error> {
        match &self.blocks {
            Blocks::Resident { blocks, .. } => Ok(f(&blocks[index])),
            Blocks::Streamed(weights) => {
                Block::nth(&weights.root(), &self.config, index).map(|block| f(&block))
            }
        }
    }

    /// What `f` makes of a block of the control branch.
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

    /// Embeddings of times, (B, T), as (B, T, D), and what they modulate every
    /// block by, (B, T, 6, D).
    fn embed_times(&self, times: &Tensor, kind: Kind) -> (Tensor, Tensor) {
        let (first, second) = &self.time_embedder;
        let time = timestep_embedding(times, self.config.freq_dim);
        let time = second.forward_f32(&first.forward_f32(&time).silu()).to_kind(kind);
        let modulation = self.time_proj.forward(&time.silu()).unflatten(2, [6, -1]);
        (time, modulation)
    }

    /// Embeddings of a text, (B, L, `text_dim`), made ready for every block.
    pub fn prompt(&self, text: &Tensor) -> Result<Prompt, Error> {
        let text = self.embed_text(text);
        let key_value = |block: &Block| block.attn2.key_value(&text, None);
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
    pub fn control(&self, latents: &Tensor) -> Option<Tensor> {
        self.vace_patch_embedding.as_ref().map(|embedding| embedding.forward(latents))
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

    /// The velocity at noisy latents, (B, C, F, H, W), and times in [0, 1000]:
    /// (B), or (B, F) where latent frames have times of their own, as Wan 2.2
    /// TI2V wants it (diffusers repeats them for every token of a frame).
    /// `control` from [`Self::control`], needed if the network has VACE layers;
    /// `rope` from [`Self::rotations`].
    pub fn forward(
        &self,
        latents: &Tensor,
        timestep: &Tensor,
        prompt: &Prompt,
        control: Option<&Tensor>,
        rope: &Tensor,
    ) -> Result<Tensor, Error> {
        let [t, h, w] = self.config.patch_size;
        let mut x = self.patch_embedding.forward(latents);

        let times =
            if timestep.dim() == 1 { timestep.unsqueeze(1) } else { timestep.slice(1, 0, None, t) };
        let (time, modulation) = self.embed_times(&times, x.kind());

        let mut control = self.has_control().then(|| {
            let control = control.expect("a network with VACE layers is given control latents");
            let lacking = x.size()[1] - control.size()[1];
            control.constant_pad_nd([0, 0, 0, lacking])
        });
        let begun = x.shallow_clone();
        for (index, prompt_of_block) in prompt.blocks.iter().enumerate() {
            x = self
                .with_block(index, |block| block.forward(&x, prompt_of_block, &modulation, rope))?;
            // A hint is made when it is due: all of them at once take a clip's
            // tokens each.
            if let Some(given) = &control
                && let Ok(nth) = self.config.vace_layers.binary_search(&index)
            {
                let (hint, next) = self.with_vace_block(nth, |vace| {
                    vace.forward(&begun, given, &prompt.vace_blocks[nth], &modulation, rope)
                })?;
                x = &x + hint;
                control = Some(next);
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
            let block = by_formula(|path| Block::new(path, &config));
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
