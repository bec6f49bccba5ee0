//! A preview decoder: a small network that turns latents into pictures in a fraction of
//! the autoencoder's time and memory, at lower quality. It is the decoder of TAEHV
//! (<https://github.com/madebyollin/taehv>, `taew2_1` and `taew2_2`).
//!
//! Latent frames pass one after another; every block keeps the frame before. The shapes
//! of the weights tell the variants apart.

use tch::{Device, Kind, Tensor};

use super::runtime::guarded;
use super::weights::{Init, Parameter, WeightPath, Weights, parameters};
use super::{Error, LoadOptions, VaeConfig};
use crate::model::{Checkpoint, Model, PREVIEW_DECODER};

/// Channels into each stage, and out of the last.
const WIDTHS: [i64; 4] = [256, 128, 64, 64];
/// Frames that each stage makes of one.
const STRIDES: [i64; 3] = [1, 2, 2];
/// Most frames per input frame that a stage may have weights for.
const MOST_GROWN: i64 = 16;
/// How much larger each picture is than its latents, without patches.
const SCALE: i64 = 8;
/// How many of the frames made from the first latent frame are dropped.
const LEAD: i64 = STRIDES[0] * STRIDES[1] * STRIDES[2] - 1;

/// Ignores the encoder, which the files also hold.
const LOAD_OPTIONS: LoadOptions<'static> =
    LoadOptions { names: None, ignored: &["encoder"], aliases: &[], keep_f32: &[] };

/// The configuration, read from the shapes of the tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreviewDecoderConfig {
    /// Channels of a latent.
    pub z_dim: i64,
    /// Side of the patch of pixels that is made at once.
    pub patch_size: i64,
    /// Frames per input frame that each stage has weights for; the network uses the
    /// last ones.
    pub grown: [i64; 3],
}

impl PreviewDecoderConfig {
    /// Reads the configuration of a model's preview decoder.
    fn of(model: &Model, checkpoint: &Checkpoint) -> Result<Self, Error> {
        let file = &checkpoint.files[0];
        let tensors = model.header(file)?.tensors;
        let shape = |name: &str| {
            let missing = || Error::MissingTensor { file: file.clone(), name: name.to_owned() };
            let stored = tensors.get(name).ok_or_else(missing)?;
            let dimensions: Option<[i64; 4]> = stored.shape.as_slice().try_into().ok();
            let odd = || Error::Unsupported(format!("`{name}` of {:?} in `{file}`", stored.shape));
            dimensions.ok_or_else(odd)
        };
        if tensors.contains_key("decoder.0.weight") {
            return Err(Error::Unsupported(format!(
                "the larger variant of preview decoders, which `{file}` is,"
            )));
        }
        let mut grown = STRIDES;
        for (stage, frames) in grown.iter_mut().enumerate() {
            let name = format!("decoder.{}.conv.weight", first(stage) + 4);
            *frames = shape(&name)?[0] / WIDTHS[stage];
            if *frames > MOST_GROWN {
                let what = format!("`{name}` of `{file}`, which makes {frames} frames of one,");
                return Err(Error::Unsupported(what));
            }
        }
        let patch_size = (shape("decoder.22.weight")?[0] / 3).isqrt();
        Ok(Self { z_dim: shape("decoder.1.weight")?[1], patch_size, grown })
    }

    /// Every tensor of the network.
    pub fn parameters(&self) -> Result<Vec<Parameter>, Error> {
        parameters(|path| PreviewDecoder::new(path, self))
    }

    /// Fails if the decoder does not fit the autoencoder.
    fn check(&self, vae: &VaeConfig) -> Result<(), Error> {
        let unsupported = |what: String| Err(Error::Unsupported(what));
        if self.z_dim != vae.z_dim {
            return unsupported(format!(
                "a preview decoder of {} latent channels beside an autoencoder of {}",
                self.z_dim, vae.z_dim
            ));
        }
        let (made, wanted) = (SCALE * self.patch_size, vae.scale_factor_spatial);
        if made != wanted {
            return unsupported(format!(
                "a preview decoder that makes {made} pixels of a latent's side beside an autoencoder that makes {wanted}"
            ));
        }
        Ok(())
    }
}

/// The index of the first layer of a stage.
fn first(stage: usize) -> usize {
    3 + 6 * stage
}

/// A 3×3 convolution that keeps the size.
#[derive(Debug)]
struct Conv {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Conv {
    fn new(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<Self, Error> {
        let weight = Self::weight(path, inputs, outputs)?;
        let bias = path.get("bias", &[outputs], Init::fan_in(9 * inputs))?;
        Ok(Self { weight, bias: Some(bias) })
    }

    fn without_bias(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<Self, Error> {
        Ok(Self { weight: Self::weight(path, inputs, outputs)?, bias: None })
    }

    fn weight(path: &WeightPath<'_>, inputs: i64, outputs: i64) -> Result<Tensor, Error> {
        path.get("weight", &[outputs, inputs, 3, 3], Init::fan_in(9 * inputs))
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        x.conv2d(&self.weight, self.bias.as_ref(), 1, 1, 1, 1)
    }
}

/// A residual block that sees each frame together with the one before.
#[derive(Debug)]
struct MemBlock([Conv; 3]);

impl MemBlock {
    fn new(path: &WeightPath<'_>, channels: i64) -> Result<Self, Error> {
        let conv = |index: usize, inputs| Conv::new(&path.sub("conv").sub(index), inputs, channels);
        Ok(Self([conv(0, 2 * channels)?, conv(2, channels)?, conv(4, channels)?]))
    }

    /// `x` are frames, (T, C, H, W); `before` is the frame before them.
    fn forward(&self, x: &Tensor, before: &mut Option<Tensor>) -> Tensor {
        let first = before.take().unwrap_or_else(|| x.narrow(0, 0, 1).zeros_like());
        let frames = x.size()[0];
        let past = Tensor::cat(&[first, x.narrow(0, 0, frames - 1)], 0);
        *before = Some(x.narrow(0, frames - 1, 1));
        let [one, two, three] = &self.0;
        let hidden = one.forward(&Tensor::cat(&[x, &past], 1)).relu();
        (three.forward(&two.forward(&hidden).relu()) + x).relu()
    }
}

/// Residual blocks, then twice the side, and one or more frames for each.
#[derive(Debug)]
struct Stage {
    blocks: [MemBlock; 3],
    /// (frames · C, C, 1, 1).
    grow: Tensor,
    conv: Conv,
}

impl Stage {
    fn new(path: &WeightPath<'_>, stage: usize, grown: i64) -> Result<Self, Error> {
        let (channels, outputs) = (WIDTHS[stage], WIDTHS[stage + 1]);
        let at = |layer: usize| path.sub(first(stage) + layer);
        let block = |layer: usize| MemBlock::new(&at(layer), channels);
        let used = channels * STRIDES[stage];
        let rows = (channels * grown).max(used);
        let grow =
            at(4).sub("conv").get("weight", &[rows, channels, 1, 1], Init::fan_in(channels))?;
        Ok(Self {
            blocks: [block(0)?, block(1)?, block(2)?],
            grow: grow.narrow(0, rows - used, used),
            conv: Conv::without_bias(&at(5), channels, outputs)?,
        })
    }

    fn forward(&self, x: &Tensor, memory: &mut [Option<Tensor>; 3]) -> Tensor {
        let blocks = self.blocks.iter().zip(memory);
        let x = blocks.fold(x.shallow_clone(), |x, (block, before)| block.forward(&x, before));
        let (_, channels, height, width) = x.size4().expect("frames are images");
        let x = x.upsample_nearest2d([2 * height, 2 * width], 2.0, 2.0);
        let x = x.conv2d(&self.grow, None::<Tensor>, 1, 0, 1, 1);
        self.conv.forward(&x.reshape([-1, channels, 2 * height, 2 * width]))
    }
}

/// A small decoder of latents.
#[derive(Debug)]
pub struct PreviewDecoder {
    conv_in: Conv,
    stages: [Stage; 3],
    conv_out: Conv,
    patch_size: i64,
    kind: Kind,
    device: Device,
}

impl PreviewDecoder {
    /// The network with weights taken at `path`.
    pub fn new(path: &WeightPath<'_>, config: &PreviewDecoderConfig) -> Result<Self, Error> {
        let path = path.sub("decoder");
        let stage = |index: usize| Stage::new(&path, index, config.grown[index]);
        let pixels = 3 * config.patch_size * config.patch_size;
        let conv_in = Conv::new(&path.sub(1), config.z_dim, WIDTHS[0])?;
        Ok(Self {
            kind: conv_in.weight.kind(),
            device: conv_in.weight.device(),
            conv_in,
            stages: [stage(0)?, stage(1)?, stage(2)?],
            conv_out: Conv::new(&path.sub(22), WIDTHS[3], pixels)?,
            patch_size: config.patch_size,
        })
    }

    /// The network with these weights.
    pub fn from_weights(weights: &Weights, config: &PreviewDecoderConfig) -> Result<Self, Error> {
        Self::new(&weights.root(), config)
    }

    /// Loads the preview decoder of a model; `None` if it has none.
    pub fn load(
        model: &Model,
        vae: &VaeConfig,
        device: Device,
        kind: Kind,
    ) -> Result<Option<Self>, Error> {
        let Some((config, parameters)) = Self::found(model, vae)? else { return Ok(None) };
        let (folder, stem) = PREVIEW_DECODER;
        let weights = Weights::load(model, folder, stem, &parameters, kind, device, LOAD_OPTIONS)?;
        Self::from_weights(&weights, &config).map(Some)
    }

    /// Checks what [`Self::load`] would load, without loading it.
    pub(super) fn check(model: &Model, vae: &VaeConfig) -> Result<(), Error> {
        let Some((_, parameters)) = Self::found(model, vae)? else { return Ok(()) };
        let (folder, stem) = PREVIEW_DECODER;
        Weights::check(model, folder, stem, &parameters, LOAD_OPTIONS)
    }

    fn found(
        model: &Model,
        vae: &VaeConfig,
    ) -> Result<Option<(PreviewDecoderConfig, Vec<Parameter>)>, Error> {
        let Some(checkpoint) = model.preview_decoder()? else { return Ok(None) };
        let config = PreviewDecoderConfig::of(model, &checkpoint)?;
        config.check(vae)?;
        Ok(Some((config, config.parameters()?)))
    }

    /// Turns normalised latents, (1, z, 1+k, h, w), into pixels in [−1, 1], (1, 3,
    /// 1+4k, H, W).
    pub fn decode(&self, latents: &Tensor) -> Result<Tensor, Error> {
        guarded(|| Ok(self.decode_unclamped(latents).clamp(0.0, 1.0) * 2.0 - 1.0))
    }

    /// As [`Self::decode`], before the clamp: black is 0, white is 1.
    pub fn decode_unclamped(&self, latents: &Tensor) -> Tensor {
        let latents = latents.to_device(self.device).to_kind(self.kind);
        let mut memory: [[Option<Tensor>; 3]; 3] = Default::default();
        let mut clip = Vec::new();
        for frame in 0..latents.size()[2] {
            let x: Tensor = (latents.select(2, frame) / 3.0).tanh() * 3.0;
            let x = self.conv_in.forward(&x).relu();
            let stages = self.stages.iter().zip(&mut memory);
            let x = stages.fold(x, |x, (stage, memory)| stage.forward(&x, memory));
            let x = self.conv_out.forward(&x.relu()).pixel_shuffle(self.patch_size);
            clip.push(x.to_kind(Kind::Float));
        }
        let clip = Tensor::cat(&clip, 0);
        let clip = clip.narrow(0, LEAD, clip.size()[0] - LEAD);
        clip.permute([1, 0, 2, 3]).unsqueeze(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::fixture::{Fixture, cases, fill, weights};

    #[test]
    fn it_decodes_as_the_reference_does() {
        let fixture = Fixture::open("preview_decoder");
        for case in cases()["preview_decoder"].as_array().expect("cases") {
            let number = |key: &str| case[key].as_i64().expect("a number");
            let name = case["name"].as_str().expect("a name");
            let grown = [0, 1, 2].map(|stage| case["grown"][stage].as_i64().expect("a number"));
            let config = PreviewDecoderConfig {
                z_dim: number("z_dim"),
                patch_size: number("patch_size"),
                grown,
            };
            let weights = weights("", &config.parameters().expect("supported"));
            let decoder = PreviewDecoder::from_weights(&weights, &config).expect("the weights fit");
            let shape = [1, config.z_dim, number("frames"), number("height"), number("width")];
            let _guard = tch::no_grad_guard();
            let found = decoder.decode_unclamped(&fill("latents", &shape, 2.0, 0.0));
            assert_eq!(found.size()[2], 1 + 4 * (number("frames") - 1), "{name}");
            fixture.check_every(29, name, &found, 1e-5);
        }
    }
}
