//! The text encoder: `UMT5EncoderModel` of transformers.
//!
//! T5 with a relative position bias in every layer and a gated GELU. Knows
//! token numbers; does not know words.

use serde::Deserialize;
use tch::{Device, Kind, Tensor};

use super::config::{MOST_LAYERS, check_sizes};
use super::weights::{Init, Linear, Parameter, WeightPath, Weights, parameters};
use super::{Error, LoadOptions, names};

/// `text_encoder/config.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct TextEncoderConfig {
    /// Size of the vocabulary.
    pub vocab_size: i64,
    /// Channels.
    pub d_model: i64,
    /// Channels of a head.
    pub d_kv: i64,
    /// Channels inside the feed-forward layers.
    pub d_ff: i64,
    /// Layers.
    pub num_layers: usize,
    /// Attention heads.
    pub num_heads: i64,
    /// Classes of distance between tokens.
    pub relative_attention_num_buckets: i64,
    /// Distance from which all tokens are of one class.
    pub relative_attention_max_distance: i64,
    /// Added to variances.
    pub layer_norm_epsilon: f64,
    /// Must be `gated-gelu`.
    pub feed_forward_proj: String,
    /// Number of the padding token.
    #[serde(default)]
    pub pad_token_id: i64,
    /// Number of the token that ends a text.
    #[serde(default = "one")]
    pub eos_token_id: i64,
}

fn one() -> i64 {
    1
}

/// How to read the weights; the embedding matrix has two names.
pub const LOAD_OPTIONS: LoadOptions<'static> = LoadOptions {
    names: Some(names::TEXT_ENCODER),
    ignored: &[],
    aliases: &[("shared.weight", "encoder.embed_tokens.weight")],
    keep_f32: &[],
};

impl TextEncoderConfig {
    /// Every tensor of the network.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Error> {
        parameters(|path| TextEncoder::new(path, self))
    }

    /// Fails if this network does not support the configuration.
    fn check(&self) -> Result<(), Error> {
        let unsupported = |what: String| Err(Error::Unsupported(format!("a text encoder {what}")));
        if self.feed_forward_proj != "gated-gelu" {
            return unsupported(format!("with `feed_forward_proj` `{}`", self.feed_forward_proj));
        }
        if self.num_layers > MOST_LAYERS {
            return unsupported(format!("of more than {MOST_LAYERS} layers (`num_layers`)"));
        }
        check_sizes(
            "a text encoder",
            &[
                ("vocab_size", self.vocab_size),
                ("d_model", self.d_model),
                ("d_kv", self.d_kv),
                ("d_ff", self.d_ff),
                ("num_heads", self.num_heads),
                ("num_heads` times `d_kv", self.num_heads.saturating_mul(self.d_kv)),
                ("relative_attention_num_buckets", self.relative_attention_num_buckets),
                ("relative_attention_max_distance", self.relative_attention_max_distance),
            ],
        )
    }
}

/// Root-mean-square norm with a gain.
#[derive(Debug)]
struct Norm {
    weight: Tensor,
    eps: f64,
}

impl Norm {
    fn new(path: &WeightPath<'_>, config: &TextEncoderConfig) -> Result<Self, Error> {
        let weight = path.get("weight", &[config.d_model], Init::Ones)?;
        Ok(Self { weight, eps: config.layer_norm_epsilon })
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        let exact = x.to_kind(Kind::Float);
        let variance = exact.square().mean_dim([-1i64].as_slice(), true, None::<Kind>);
        &self.weight * (exact * (variance + self.eps).rsqrt()).to_kind(self.weight.kind())
    }
}

#[derive(Debug)]
struct Layer {
    attention_norm: Norm,
    q: Linear,
    k: Linear,
    v: Linear,
    o: Linear,
    relative_attention_bias: Tensor,
    ffn_norm: Norm,
    wi_0: Linear,
    wi_1: Linear,
    wo: Linear,
    heads: i64,
}

impl Layer {
    fn new(path: &WeightPath<'_>, config: &TextEncoderConfig) -> Result<Self, Error> {
        let (model, inner) = (config.d_model, config.num_heads * config.d_kv);
        let attention = path.sub("layer").sub(0);
        let own = attention.sub("SelfAttention");
        let ffn = path.sub("layer").sub(1);
        let dense = ffn.sub("DenseReluDense");
        // As transformers initialises UMT5, after Mesh TensorFlow.
        let linear = |path: WeightPath<'_>, inputs: i64, outputs: i64, deviation: f64| {
            Linear::without_bias(&path, inputs, outputs, Init::Normal(deviation))
        };
        let (of_model, of_ff) = ((model as f64).powf(-0.5), (config.d_ff as f64).powf(-0.5));
        Ok(Self {
            q: linear(own.sub("q"), model, inner, ((model * config.d_kv) as f64).powf(-0.5))?,
            k: linear(own.sub("k"), model, inner, of_model)?,
            v: linear(own.sub("v"), model, inner, of_model)?,
            o: linear(own.sub("o"), inner, model, (inner as f64).powf(-0.5))?,
            relative_attention_bias: own.sub("relative_attention_bias").get(
                "weight",
                &[config.relative_attention_num_buckets, config.num_heads],
                Init::Normal(of_model),
            )?,
            attention_norm: Norm::new(&attention.sub("layer_norm"), config)?,
            wi_0: linear(dense.sub("wi_0"), model, config.d_ff, of_model)?,
            wi_1: linear(dense.sub("wi_1"), model, config.d_ff, of_model)?,
            wo: linear(dense.sub("wo"), config.d_ff, model, of_ff)?,
            ffn_norm: Norm::new(&ffn.sub("layer_norm"), config)?,
            heads: config.num_heads,
        })
    }

    fn forward(&self, x: &Tensor, buckets: &Tensor, mask: &Tensor) -> Tensor {
        let n = self.attention_norm.forward(x);
        let split =
            |linear: &Linear| linear.forward(&n).unflatten(2, [self.heads, -1]).transpose(1, 2);
        let bias = Tensor::embedding(&self.relative_attention_bias, buckets, -1, false, false);
        let scores = split(&self.q).matmul(&split(&self.k).transpose(2, 3));
        let scores = scores + bias.permute([2, 0, 1]).unsqueeze(0) + mask;
        let attended = scores.softmax(-1, None::<Kind>).matmul(&split(&self.v));
        let x = x + self.o.forward(&attended.transpose(1, 2).flatten(2, 3));
        let n = self.ffn_norm.forward(&x);
        let inner = self.wi_0.forward(&n).gelu("tanh") * self.wi_1.forward(&n);
        x + self.wo.forward(&inner)
    }
}

/// The class of distance of each pair of tokens, (length, length).
fn buckets(config: &TextEncoderConfig, length: i64, device: Device) -> Tensor {
    let positions = Tensor::arange(length, (Kind::Int64, Device::Cpu));
    let distance = positions.unsqueeze(0) - positions.unsqueeze(1);
    let count = config.relative_attention_num_buckets / 2;
    let exact = count / 2;
    let sign = distance.gt(0).to_kind(Kind::Int64) * count;
    let distance = distance.abs();
    let range = (config.relative_attention_max_distance as f64 / exact as f64).ln();
    let logarithm = (distance.to_kind(Kind::Float) / exact as f64).log() / range;
    let far: Tensor = (logarithm * (count - exact) as f64).to_kind(Kind::Int64) + exact;
    let far = far.clamp_max(count - 1);
    (sign + distance.where_self(&distance.lt(exact), &far)).to_device(device)
}

/// The text encoder.
#[derive(Debug)]
pub struct TextEncoder {
    shared: Tensor,
    layers: Vec<Layer>,
    final_layer_norm: Norm,
    config: TextEncoderConfig,
}

impl TextEncoder {
    /// The network with weights taken at `path`.
    pub fn new(path: &WeightPath<'_>, config: &TextEncoderConfig) -> Result<Self, Error> {
        config.check()?;
        let encoder = path.sub("encoder");
        Ok(Self {
            shared: path.sub("shared").get(
                "weight",
                &[config.vocab_size, config.d_model],
                Init::Normal(1.0),
            )?,
            layers: (0..config.num_layers)
                .map(|index| Layer::new(&encoder.sub("block").sub(index), config))
                .collect::<Result<_, Error>>()?,
            final_layer_norm: Norm::new(&encoder.sub("final_layer_norm"), config)?,
            config: config.clone(),
        })
    }

    /// The network with these weights.
    pub fn from_weights(weights: &Weights, config: &TextEncoderConfig) -> Result<Self, Error> {
        Self::new(&weights.root(), config)
    }

    /// The configuration.
    pub fn config(&self) -> &TextEncoderConfig {
        &self.config
    }

    /// Turns token numbers and a mask (1 for text, 0 for padding), both (B, L), into
    /// embeddings, (B, L, `d_model`), which are zero where the mask is.
    pub fn forward(&self, tokens: &Tensor, mask: &Tensor) -> Tensor {
        let mut x = Tensor::embedding(&self.shared, tokens, -1, false, false);
        let buckets = buckets(&self.config, tokens.size()[1], x.device());
        let present = mask.to_kind(x.kind());
        let lowest = match x.kind() {
            Kind::Half => -65_504.0,
            _ => f64::from(f32::MIN) * 0.99,
        };
        let hidden = (present.unsqueeze(1).unsqueeze(1).ones_like()
            - present.unsqueeze(1).unsqueeze(1))
            * lowest;
        for layer in &self.layers {
            x = layer.forward(&x, &buckets, &hidden);
        }
        self.final_layer_norm.forward(&x) * present.unsqueeze(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::by_formula;
    use crate::diffusion::fixture::{Fixture, cases, fill};

    fn config() -> TextEncoderConfig {
        serde_json::from_value(cases()["text_encoder"]["config"].clone()).expect("understood")
    }

    #[test]
    fn a_layer_is_that_of_transformers() {
        let config = config();
        let layer = by_formula(|path| Layer::new(path, &config));
        let hidden = fill("hidden", &[2, 9, config.d_model], 1.0, 0.0);
        let mask = Tensor::zeros([2, 1, 1, 9], (Kind::Float, Device::Cpu));
        let _ = mask.select(0, 1).narrow(-1, 4, 5).fill_(f64::from(f32::MIN));
        let found = layer.forward(&hidden, &buckets(&config, 9, Device::Cpu), &mask);
        Fixture::open("blocks").check_every(7, "umt5.layer", &found, 1e-5);
    }

    /// At the published sizes. The bias depends on the distance alone, so one row and
    /// one column cover all of it.
    #[test]
    fn the_relative_bias_is_that_of_transformers() {
        let sizes = &cases()["positions"];
        let size = |name: &str| sizes[name].as_i64().expect("a number");
        let config = TextEncoderConfig {
            relative_attention_num_buckets: size("relative_attention_num_buckets"),
            relative_attention_max_distance: size("relative_attention_max_distance"),
            ..config()
        };
        let layer = by_formula(|path| Layer::new(path, &config));
        let buckets = buckets(&config, size("length"), Device::Cpu);
        let bias = Tensor::embedding(&layer.relative_attention_bias, &buckets, -1, false, false);
        let bias = bias.permute([2, 0, 1]);
        let found = Tensor::stack(&[bias.select(1, 0), bias.select(2, 0)], 0);
        Fixture::open("blocks").check_every(7, "umt5.bias", &found, 1e-6);
    }
}
