//! From a request to frames: `WanVACEPipeline` of diffusers, with what repeats
//! between takes computed once.
//!
//! References keep the order they are given in, as in the reference code of
//! VACE (diffusers reverses two or more). Knows a request; does not know why a
//! shot is so.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use image::{RgbImage, imageops};
use indexmap::IndexMap;
use serde::Deserialize;
use tch::{Device, Kind, Tensor};

use super::control::{control, on_canvas, pictures, pixels};
use super::runtime::{best_kind, guarded, keep_memory};
use super::scheduler::{self, Scheduler};
use super::tokenizer::Tokenizer;
use super::transformer::{self, Transformer};
use super::vae::{self, Vae};
use super::weights::Loading;
use super::{Error, Noise, TextEncoder, Weights, text_encoder};
use crate::model::Model;

/// A clip to be made.
#[derive(Debug, Clone)]
pub struct Request {
    /// What is seen.
    pub prompt: String,
    /// What to steer away from; needs guidance above 1.
    pub negative_prompt: String,
    /// Who or what is in it.
    pub references: Vec<Reference>,
    /// The picture it starts with.
    pub first_frame: Option<RgbImage>,
    /// The picture it ends with.
    pub last_frame: Option<RgbImage>,
    /// The last 4k+1 frames of the clip it goes on from.
    pub preceding: Vec<RgbImage>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// 4k+1, those it goes on from included.
    pub frames: u32,
    /// Denoising steps.
    pub steps: u32,
    /// Classifier-free guidance; 1 or less runs the conditional branch alone.
    pub guidance_scale: f64,
    /// Time shift of the schedule.
    pub shift: f64,
    /// `unipc` or `flow_match_euler`.
    pub scheduler: String,
    /// Decides the noise, on every device alike.
    pub seed: u64,
}

/// A picture of a character as the network knows it: normalised latents,
/// (1, z, 1, h, w), f32.
#[derive(Debug)]
pub struct Reference {
    latents: Tensor,
}

impl Clone for Reference {
    fn clone(&self) -> Self {
        Self { latents: self.latents.shallow_clone() }
    }
}

impl Reference {
    const NAME: &str = "latents";

    /// As a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let tensors = IndexMap::from([(Self::NAME.to_owned(), self.latents.shallow_clone())]);
        Weights::from_tensors("reference", tensors).to_safetensors()
    }

    /// From a safetensors file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let file = || "reference".to_owned();
        let parsed = safetensors::SafeTensors::deserialize(bytes)
            .map_err(|source| Error::Damaged { file: file(), source })?;
        let view = parsed
            .tensor(Self::NAME)
            .map_err(|_| Error::MissingTensor { file: file(), name: Self::NAME.to_owned() })?;
        let shape: Vec<i64> = view.shape().iter().map(|size| *size as i64).collect();
        if view.dtype() != safetensors::Dtype::F32 {
            let (name, found) = (Self::NAME.to_owned(), format!("{:?}", view.dtype()));
            return Err(Error::Dtype { file: file(), name, found });
        }
        if shape.len() != 5 || shape[0] != 1 || shape[2] != 1 {
            let (name, expected) = (Self::NAME.to_owned(), vec![1, -1, 1, -1, -1]);
            return Err(Error::Shape { file: file(), name, expected, found: shape });
        }
        Ok(Self { latents: Tensor::from_data_size(view.data(), &shape, Kind::Float) })
    }

    /// The latents.
    pub fn latents(&self) -> &Tensor {
        &self.latents
    }
}

/// A model ready to shoot.
#[derive(Debug)]
pub struct Pipeline {
    tokenizer: Tokenizer,
    text_encoder: TextEncoder,
    transformer: Transformer,
    vae: Vae,
    scheduler: scheduler::Config,
    device: Device,
    kind: Kind,
    /// Embeddings of prompts asked for.
    prompts: IndexMap<String, Tensor>,
    /// Latents of a clip of mid grey, by latent frames, rows and columns.
    grey: BTreeMap<[i64; 3], Tensor>,
}

/// Prompts whose embeddings are kept.
const PROMPTS: usize = 64;

/// Bytes the autoencoder may take at once, about; longer clips go in parts.
const VAE_BYTES: i64 = 2 << 30;

fn parse<T: for<'de> Deserialize<'de>>(model: &Model, file: &str) -> Result<T, Error> {
    serde_json::from_slice(&model.read(file)?)
        .map_err(|source| Error::Config { file: file.to_owned(), source })
}

impl Pipeline {
    /// Loads a model to a device, in the precision the device is best at.
    pub fn load(model: &Model, device: Device) -> Result<Self, Error> {
        Self::load_as(model, device, best_kind(device))
    }

    /// As [`Self::load`] in a precision of choice.
    pub fn load_as(model: &Model, device: Device, kind: Kind) -> Result<Self, Error> {
        keep_memory();
        guarded(|| Self::load_unguarded(model, device, kind))
    }

    fn load_unguarded(model: &Model, device: Device, kind: Kind) -> Result<Self, Error> {
        let vae_config: vae::Config = parse(model, "vae/config.json")?;
        let transformer_config: transformer::Config = parse(model, "transformer/config.json")?;
        let text_config: text_encoder::Config = parse(model, "text_encoder/config.json")?;
        let scheduler: scheduler::Config = parse(model, "scheduler/scheduler_config.json")?;
        let has_control = !transformer_config.vace_layers.is_empty();
        let spatial = vae_config.scale_factor_spatial;
        let control_channels = 2 * vae_config.z_dim + spatial * spatial;
        if has_control && transformer_config.vace_in_channels != control_channels {
            return Err(Error::Unsupported(format!(
                "a transformer with {} control channels beside an autoencoder that makes {control_channels}",
                transformer_config.vace_in_channels
            )));
        }
        if transformer_config.in_channels != vae_config.z_dim {
            return Err(Error::Unsupported(format!(
                "a transformer of {} latent channels beside an autoencoder of {}",
                transformer_config.in_channels, vae_config.z_dim
            )));
        }
        if text_config.d_model != transformer_config.text_dim {
            return Err(Error::Unsupported(format!(
                "a transformer that reads {} text channels beside a text encoder of {}",
                transformer_config.text_dim, text_config.d_model
            )));
        }
        let tokenizer = Tokenizer::new(
            &model.read("tokenizer/tokenizer.json")?,
            &text_config,
            model.settings.text_length,
        )?;
        let text_encoder = TextEncoder::from_weights(
            &Weights::load(
                model,
                "text_encoder",
                "model",
                &text_config.parameters()?,
                kind,
                device,
                Loading { aliases: text_encoder::ALIASES, ..Loading::default() },
            )?,
            &text_config,
        )?;
        let transformer = Transformer::from_weights(
            &Weights::load(
                model,
                "transformer",
                "diffusion_pytorch_model",
                &transformer_config.parameters()?,
                kind,
                device,
                Loading {
                    ignored: transformer::IGNORED,
                    keep_f32: transformer::KEEP_F32,
                    ..Loading::default()
                },
            )?,
            &transformer_config,
        )?;
        let vae = Vae::from_weights(
            &Weights::load(
                model,
                "vae",
                "diffusion_pytorch_model",
                &vae_config.parameters()?,
                Kind::Float,
                device,
                Loading::default(),
            )?,
            &vae_config,
        )?;
        Ok(Self {
            tokenizer,
            text_encoder,
            transformer,
            vae,
            scheduler,
            device,
            kind,
            prompts: IndexMap::new(),
            grey: BTreeMap::new(),
        })
    }

    /// Whether references and frames to keep mean something to the model.
    pub fn takes_pictures(&self) -> bool {
        self.transformer.has_control()
    }

    /// A picture of a character for clips of this size.
    pub fn encode_reference(
        &self,
        image: &RgbImage,
        width: u32,
        height: u32,
    ) -> Result<Reference, Error> {
        if image.width() == 0 || image.height() == 0 {
            return Err(Error::Request("a reference picture is empty".to_owned()));
        }
        self.check_size(width, height)?;
        guarded(|| {
            let latents = self.encode(&on_canvas(image, width, height));
            Ok(Reference { latents: latents.to_device(Device::Cpu) })
        })
    }

    /// The clip, frames it goes on from included; `on_step` hears after each
    /// step how many are done and of how many, and may stop it.
    pub fn generate(
        &mut self,
        request: &Request,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Vec<RgbImage>, Error> {
        self.check(request)?;
        let shape = self.latent_shape(request);
        let noise = Noise::new(request.seed, 0).normal(&shape);
        let latents = self.generate_latents(request, &noise, on_step)?;
        self.decode(&latents)
    }

    /// Pictures of normalised latents, (1, z, 1+k, h, w).
    pub fn decode(&self, latents: &Tensor) -> Result<Vec<RgbImage>, Error> {
        guarded(|| Ok(pictures(&self.decode_pixels(latents).squeeze_dim(0))))
    }

    /// As [`Self::generate`] from given noise, (1, z, R + 1+k, h, w), and
    /// before decoding: normalised latents without those of the references.
    pub fn generate_latents(
        &mut self,
        request: &Request,
        noise: &Tensor,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Tensor, Error> {
        self.check(request)?;
        guarded(|| {
            let text = self.embed(&request.prompt)?;
            let prompt = self.transformer.prompt(&text);
            let negative = if request.guidance_scale > 1.0 {
                let text = self.embed(&request.negative_prompt)?;
                Some(self.transformer.prompt(&text))
            } else {
                None
            };
            let control = self.control(request);
            let control =
                control.and_then(|control| self.transformer.control(&control.to_kind(self.kind)));
            let mut scheduler =
                Scheduler::new(&request.scheduler, &self.scheduler, request.steps, request.shift)?;
            let mut latents = noise.to_device(self.device);
            let timesteps = scheduler.timesteps().to_vec();
            for (index, timestep) in timesteps.into_iter().enumerate() {
                let done = index as u32 + 1;
                let time = Tensor::from_slice(&[timestep]).to_device(self.device);
                let input = latents.to_kind(self.kind);
                let velocity = |prompt| {
                    self.transformer
                        .forward(&input, &time, prompt, control.as_ref())
                        .to_kind(Kind::Float)
                };
                let mut predicted = velocity(&prompt);
                if let Some(negative) = &negative {
                    let without = velocity(negative);
                    predicted = &without + (&predicted - &without) * request.guidance_scale;
                }
                latents = scheduler.step(&predicted, &latents);
                if latents.isfinite().all().int64_value(&[]) == 0 {
                    return Err(Error::NotFinite { step: done, of: request.steps });
                }
                if on_step(done, request.steps).is_break() {
                    return Err(Error::Cancelled);
                }
            }
            let references = request.references.len() as i64;
            Ok(latents.narrow(2, references, latents.size()[2] - references))
        })
    }

    /// The shape of the noise of a request.
    pub fn latent_shape(&self, request: &Request) -> [i64; 5] {
        let config = self.vae.config();
        let frames = 1 + i64::from(request.frames.saturating_sub(1)) / config.scale_factor_temporal;
        [
            1,
            config.z_dim,
            frames + request.references.len() as i64,
            i64::from(request.height) / config.scale_factor_spatial,
            i64::from(request.width) / config.scale_factor_spatial,
        ]
    }

    fn check_size(&self, width: u32, height: u32) -> Result<(), Error> {
        let [_, rows, columns] = self.transformer.config().patch_size;
        let spatial = self.vae.config().scale_factor_spatial;
        for (name, size, patch) in [("width", width, columns), ("height", height, rows)] {
            let unit = spatial * patch;
            if size == 0 || i64::from(size) % unit != 0 {
                return Err(Error::Request(format!(
                    "a {name} of {size} pixels is not a multiple of {unit}"
                )));
            }
        }
        Ok(())
    }

    fn check(&self, request: &Request) -> Result<(), Error> {
        let wrong = |what: String| Err(Error::Request(what));
        self.check_size(request.width, request.height)?;
        let unit = self.vae.config().scale_factor_temporal as u32;
        if request.frames % unit != 1 {
            return wrong(format!("{} frames are not {unit}k+1", request.frames));
        }
        let preceding = request.preceding.len();
        if preceding > 0 && (preceding as u32 % unit != 1 || preceding as u32 >= request.frames) {
            return wrong(format!(
                "{preceding} preceding frames are not {unit}k+1 and fewer than {}",
                request.frames
            ));
        }
        if preceding > 0 && request.first_frame.is_some() {
            return wrong("a clip starts with a first frame or goes on from another".to_owned());
        }
        if request.last_frame.is_some() && request.frames == 1 && request.first_frame.is_some() {
            return wrong("a single frame cannot be the first and the last given".to_owned());
        }
        let pictures = !request.references.is_empty()
            || preceding > 0
            || request.first_frame.is_some()
            || request.last_frame.is_some();
        if pictures && !self.takes_pictures() {
            return wrong("the model takes no pictures, only a prompt".to_owned());
        }
        let ends = request.first_frame.iter().chain(&request.last_frame);
        if ends.into_iter().any(|picture| picture.width() == 0 || picture.height() == 0) {
            return wrong("a picture to start or end with is empty".to_owned());
        }
        for picture in &request.preceding {
            if picture.dimensions() != (request.width, request.height) {
                return wrong("preceding frames are of another size than the clip".to_owned());
            }
        }
        let [_, z, _, rows, columns] = self.latent_shape(request);
        for reference in &request.references {
            let found = reference.latents.size();
            if found != [1, z, 1, rows, columns] {
                return wrong(format!(
                    "a reference of shape {found:?} does not fit a clip of {z}×{rows}×{columns} latents"
                ));
            }
        }
        Ok(())
    }

    fn embed(&mut self, prompt: &str) -> Result<Tensor, Error> {
        if let Some(known) = self.prompts.get(prompt) {
            return Ok(known.shallow_clone());
        }
        let (tokens, mask) = self.tokenizer.encode(prompt)?;
        let embedding =
            self.text_encoder.forward(&tokens.to_device(self.device), &mask.to_device(self.device));
        if self.prompts.len() == PROMPTS {
            self.prompts.shift_remove_index(0);
        }
        self.prompts.insert(prompt.to_owned(), embedding.shallow_clone());
        Ok(embedding)
    }

    /// The control latents of a request, f32; `None` without VACE layers.
    fn control(&mut self, request: &Request) -> Option<Tensor> {
        if !self.takes_pictures() {
            return None;
        }
        let (width, height) = (request.width, request.height);
        let frames = i64::from(request.frames);
        let fill = |picture: &RgbImage| pixels(&cover(picture, width, height));
        let mut kept: Vec<(i64, Tensor)> = request
            .preceding
            .iter()
            .enumerate()
            .map(|(index, picture)| (index as i64, pixels(picture)))
            .collect();
        kept.extend(request.first_frame.iter().map(|picture| (0, fill(picture))));
        kept.extend(request.last_frame.iter().map(|picture| (frames - 1, fill(picture))));

        let grey = self.grey(request);
        let generate = Tensor::ones([1, frames], (Kind::Float, Device::Cpu));
        let inactive = if kept.is_empty() {
            grey.shallow_clone()
        } else {
            let size = [1, 3, frames, i64::from(height), i64::from(width)];
            let clip = Tensor::zeros(size, (Kind::Float, Device::Cpu));
            for (frame, pixels) in &kept {
                let _ = generate.narrow(1, *frame, 1).fill_(0.0);
                clip.select(2, *frame).copy_(&pixels.unsqueeze(0));
            }
            self.encode(&clip)
        };
        let references: Vec<Tensor> = request
            .references
            .iter()
            .map(|reference| reference.latents.to_device(self.device))
            .collect();
        let spatial = self.vae.config().scale_factor_spatial;
        Some(control(&inactive, &grey, &generate, &references, spatial))
    }

    fn grey(&mut self, request: &Request) -> Tensor {
        let sizes = [request.frames, request.height, request.width].map(i64::from);
        if let Some(known) = self.grey.get(&sizes) {
            return known.shallow_clone();
        }
        let [frames, height, width] = sizes;
        let clip = Tensor::zeros([1, 3, frames, height, width], (Kind::Float, Device::Cpu));
        let latents = self.encode(&clip);
        self.grey.insert(sizes, latents.shallow_clone());
        latents
    }

    /// Pixels to normalised latents.
    fn encode(&self, pixels: &Tensor) -> Tensor {
        let pixels = pixels.to_device(self.device);
        let parts = self.at_once(pixels.size()[3] * pixels.size()[4]);
        let posterior = if pixels.size()[2] > parts * self.vae.config().scale_factor_temporal {
            self.vae.encode_in_parts(&pixels, parts)
        } else {
            self.vae.encode(&pixels)
        };
        self.vae.normalise(&posterior.mean)
    }

    /// Normalised latents to pixels.
    fn decode_pixels(&self, latents: &Tensor) -> Tensor {
        let latents = self.vae.denormalise(latents);
        let unit = self.vae.config().scale_factor_spatial;
        let parts = self.at_once(latents.size()[3] * latents.size()[4] * unit * unit);
        if latents.size()[2] > parts {
            self.vae.decode_in_parts(&latents, parts)
        } else {
            self.vae.decode(&latents)
        }
    }

    /// Latent frames the autoencoder takes at once, given the pixels of a frame.
    fn at_once(&self, pixels: i64) -> i64 {
        let config = self.vae.config();
        let channels = config.decoder_base_dim.unwrap_or(0).max(config.base_dim);
        let patch = config.patch_size.unwrap_or(1);
        // f32, in about eight copies: input, output, three taps, norm, shortcut.
        let bytes = pixels / (patch * patch) * channels * 4 * 8;
        (VAE_BYTES / bytes.max(1) / config.scale_factor_temporal).max(1)
    }
}

/// A picture that fills the frame, cut where it stands out.
fn cover(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    let (from_width, from_height) = picture.dimensions();
    if (from_width, from_height) == (width, height) || from_width == 0 || from_height == 0 {
        return picture.clone();
    }
    let scale =
        (f64::from(width) / f64::from(from_width)).max(f64::from(height) / f64::from(from_height));
    let size = |from: u32, least: u32| ((f64::from(from) * scale).round() as u32).max(least);
    let (new_width, new_height) = (size(from_width, width), size(from_height, height));
    let resized = imageops::resize(picture, new_width, new_height, imageops::FilterType::Lanczos3);
    let (left, top) = ((new_width - width) / 2, (new_height - height) / 2);
    imageops::crop_imm(&resized, left, top, width, height).to_image()
}
