//! The video autoencoder: `AutoencoderKLWan` of diffusers.
//!
//! A clip of 1+4k frames becomes 1+k latent frames. diffusers passes a clip in chunks
//! with a cache. Here a whole clip is one call with the same result and with gradients,
//! or passes in parts when memory is short. Knows nothing of prompts or noise.

mod config;
mod decoder;
mod encoder;
mod layers;
mod parts;
mod shortcut;
#[cfg(test)]
mod tests;

use tch::{Device, Kind, Tensor};

use super::error::Error;
use super::weights::{Parameter, WeightPath, Weights, parameters};
use crate::model::{Model, VaeMemory};
use decoder::VaeDecoder;
use encoder::VaeEncoder;
use layers::{CausalConv, Clip, Stream};
use parts::Strips;

pub use config::{LOAD_OPTIONS, VaeConfig};
pub use parts::ClipPart;

impl VaeConfig {
    /// Every tensor of the network.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Error> {
        parameters(|path| Vae::new(path, self))
    }
}

/// Mean and logarithm of the variance of a clip's latents, (B, z, 1+k, h, w).
#[derive(Debug)]
pub struct Posterior {
    /// The mean, which is also the mode.
    pub mean: Tensor,
    /// ln σ², between −30 and 20.
    pub log_variance: Tensor,
}

/// The autoencoder.
#[derive(Debug)]
pub struct Vae {
    encoder: VaeEncoder,
    quant_conv: CausalConv,
    post_quant_conv: CausalConv,
    decoder: VaeDecoder,
    config: VaeConfig,
}

impl Vae {
    /// The network with weights taken at `path`.
    pub fn new(path: &WeightPath<'_>, config: &VaeConfig) -> Result<Self, Error> {
        config.check()?;
        let z = config.z_dim;
        Ok(Self {
            encoder: VaeEncoder::new(&path.sub("encoder"), config)?,
            quant_conv: CausalConv::new(&path.sub("quant_conv"), 2 * z, 2 * z, (1, 1))?,
            post_quant_conv: CausalConv::new(&path.sub("post_quant_conv"), z, z, (1, 1))?,
            decoder: VaeDecoder::new(&path.sub("decoder"), config)?,
            config: config.clone(),
        })
    }

    /// The network of a model, in f32.
    pub fn load(model: &Model, config: &VaeConfig, device: Device) -> Result<Self, Error> {
        let (stem, parameters) = ("diffusion_pytorch_model", config.parameters()?);
        let weights =
            Weights::load(model, "vae", stem, &parameters, Kind::Float, device, LOAD_OPTIONS)?;
        Self::from_weights(&weights, config)
    }

    /// The network with these weights.
    pub fn from_weights(weights: &Weights, config: &VaeConfig) -> Result<Self, Error> {
        Self::new(&weights.root(), config)
    }

    /// The configuration.
    pub fn config(&self) -> &VaeConfig {
        &self.config
    }

    /// Encodes pixels in [−1, 1], (B, 3, 1+4k, H, W), to the distribution of latents.
    pub fn encode(&self, pixels: &Tensor) -> Posterior {
        let mut stream = Stream::whole();
        let clip = Clip::fold(&self.patchify(pixels));
        let h = self.encoder.forward(&clip, &mut stream);
        self.posterior(&h)
    }

    /// As [`Self::encode`], a part at a time, to save memory.
    pub fn encode_in_parts(&self, pixels: &Tensor, part: ClipPart) -> Posterior {
        let (reach, units) = self.encoder.reach();
        let mut strips = Strips::new(reach, part.rows * units);
        let mut stream = Stream::parts();
        let frames = pixels.size()[2];
        let step = self.config.scale_factor_temporal * part.frames;
        let (mut start, mut parts) = (0, Vec::new());
        while start < frames {
            let ahead =
                if start == 0 { step - self.config.scale_factor_temporal + 1 } else { step };
            let length = ahead.min(frames - start);
            let clip = Clip::fold(&self.patchify(&pixels.narrow(2, start, length)));
            let clip = strips.pass(&clip, |clip, stream| self.encoder.outer(clip, stream));
            parts.push(self.encoder.inner(&clip, &mut stream).x);
            stream.advance();
            start += length;
        }
        self.posterior(&Clip { x: Tensor::cat(&parts, 0), batch: pixels.size()[0] })
    }

    fn posterior(&self, h: &Clip) -> Posterior {
        let moments = self.quant_conv.forward(h, &mut Stream::whole()).unfold();
        let mut halves = moments.chunk(2, 1).into_iter();
        let (Some(mean), Some(log_variance)) = (halves.next(), halves.next()) else {
            unreachable!("the moments have an even number of channels")
        };
        Posterior { mean, log_variance: log_variance.clamp(-30.0, 20.0) }
    }

    /// Decodes latents, (B, z, 1+k, h, w), to pixels in [−1, 1], (B, 3, 1+4k, H, W).
    pub fn decode(&self, latents: &Tensor) -> Tensor {
        self.decode_unclamped(latents).clamp(-1.0, 1.0)
    }

    /// As [`Self::decode`] before the clamp, whose gradient ends at ±1.
    pub fn decode_unclamped(&self, latents: &Tensor) -> Tensor {
        let mut stream = Stream::whole();
        let clip = self.post_quant_conv.forward(&Clip::fold(latents), &mut stream);
        self.unpatchify(&self.decoder.forward(&clip, &mut stream).unfold())
    }

    /// As [`Self::decode`], a part at a time, to save memory.
    pub fn decode_in_parts(&self, latents: &Tensor, part: ClipPart) -> Tensor {
        let (reach, units) = self.decoder.reach();
        let mut strips = Strips::new(reach, part.rows * units);
        let mut stream = Stream::parts();
        let frames = latents.size()[2];
        let mut parts = Vec::new();
        let mut start = 0;
        while start < frames {
            let length = part.frames.min(frames - start);
            let clip = Clip::fold(&latents.narrow(2, start, length));
            let clip = self.post_quant_conv.forward(&clip, &mut Stream::whole());
            let clip = self.decoder.inner(&clip, &mut stream);
            let clip = strips.pass(&clip, |clip, stream| self.decoder.outer(clip, stream));
            parts.push(self.unpatchify(&clip.unfold()).clamp(-1.0, 1.0));
            stream.advance();
            start += length;
        }
        Tensor::cat(&parts, 2)
    }

    /// How much of a clip to pass at once so that about this many bytes lie between the
    /// layers; `None` for all of it.
    pub fn part_within(
        &self,
        bytes: u64,
        latent_frames: i64,
        height: i64,
        width: i64,
    ) -> Option<ClipPart> {
        let VaeConfig { base_dim, decoder_base_dim, patch_size, .. } = self.config;
        let coding = VaeMemory {
            base_dim: base_dim as u64,
            decoder_base_dim: decoder_base_dim.map(|channels| channels as u64),
            patch_size: patch_size.map(|side| side as u64),
        };
        let between = |frames: i64| coding.between(width as u64, height as u64, frames as u64);
        let frames_of_one = self.config.scale_factor_temporal;
        if between(1 + (latent_frames - 1) * frames_of_one) <= bytes {
            return None;
        }
        let frame = between(frames_of_one) as i64;
        let (bytes, rows) = (bytes as i64, height / self.config.scale_factor_spatial);
        let frames = bytes / frame;
        if frames > 0 {
            return Some(ClipPart { frames, rows });
        }
        // A strip passes with the rows around it; a narrower strip would consist
        // mostly of them.
        let (reach, units) = self.decoder.reach();
        let around = reach.units / units + 1;
        let rows = (bytes * rows / frame - 2 * around).max(around);
        Some(ClipPart { frames: 1, rows })
    }

    /// Latents as the transformer sees them: mean 0, deviation 1.
    pub fn normalise(&self, latents: &Tensor) -> Tensor {
        (latents - self.per_channel(&self.config.latents_mean, latents))
            * self.per_channel(&self.config.latents_std, latents).reciprocal()
    }

    /// Latents from what the transformer sees.
    pub fn denormalise(&self, latents: &Tensor) -> Tensor {
        latents * self.per_channel(&self.config.latents_std, latents)
            + self.per_channel(&self.config.latents_mean, latents)
    }

    fn per_channel(&self, values: &[f64], like: &Tensor) -> Tensor {
        Tensor::from_slice(values)
            .to_kind(Kind::Float)
            .to_device(like.device())
            .to_kind(like.kind())
            .reshape([1, self.config.z_dim, 1, 1, 1])
    }

    fn patchify(&self, x: &Tensor) -> Tensor {
        let Some(p) = self.config.patch_size else { return x.shallow_clone() };
        let (b, c, t, h, w) = x.size5().expect("a clip has five dimensions");
        x.reshape([b, c, t, h / p, p, w / p, p]).permute([0, 1, 6, 4, 2, 3, 5]).reshape([
            b,
            c * p * p,
            t,
            h / p,
            w / p,
        ])
    }

    fn unpatchify(&self, x: &Tensor) -> Tensor {
        let Some(p) = self.config.patch_size else { return x.shallow_clone() };
        let (b, c, t, h, w) = x.size5().expect("a clip has five dimensions");
        x.reshape([b, c / (p * p), p, p, t, h, w]).permute([0, 1, 4, 5, 3, 6, 2]).reshape([
            b,
            c / (p * p),
            t,
            h * p,
            w * p,
        ])
    }
}
