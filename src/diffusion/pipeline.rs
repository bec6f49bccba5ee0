//! Turns a request into frames, as diffusers' `WanPipeline`, `WanVACEPipeline` and,
//! with a first frame for Wan 2.2 TI2V, `WanImageToVideoPipeline` do. Computes once
//! what takes share.
//!
//! References keep their order, as in the reference code of VACE (diffusers reverses
//! two or more). Knows a request; does not know scripts or shots.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;

use blake3::Hash;
use image::{RgbImage, imageops};
use tch::{Device, Kind, Tensor};

use super::config;
use super::control::{self, control, on_canvas, pictures, pixels};
use super::denoiser::{Denoiser, Expert};
use super::error::NotFiniteCause;
use super::preview_decoder::PreviewDecoder;
use super::prompt_embeddings::PromptEmbeddings;
use super::request::{EncodedReference, Inpaint, Request, RequestLimits};
use super::reuse::{ReuseStatistics, Velocities};
use super::runtime::{best_kind, guarded, keep_memory};
use super::scheduler::Scheduler;
use super::transformer::{ControlTokens, Prompt, Transformer};
use super::vae::Vae;
use super::{Error, Noise, SchedulerConfig, TextEncoderConfig, TransformerConfig, VaeConfig};
use crate::model::{Conditioning, Model, PART_BYTES, Placement};

/// A model ready to shoot.
#[derive(Debug)]
pub struct Pipeline {
    prompts: PromptEmbeddings,
    denoiser: Denoiser,
    vae: Vae,
    scheduler: SchedulerConfig,
    conditioning: Conditioning,
    device: Device,
    kind: Kind,
    /// Reuse in the last clip; [`Self::reused`] resets it.
    reused: ReuseStatistics,
    /// Latents of a clip of mid grey, by latent frames, rows and columns.
    grey: BTreeMap<[i64; 3], Tensor>,
}

/// Fails if the parts of a model do not fit together.
fn check_parts(
    transformer: &TransformerConfig,
    vae: &VaeConfig,
    text: &TextEncoderConfig,
) -> Result<(), Error> {
    let unsupported = |what: String| Err(Error::Unsupported(what));
    let (control, inputs) = (transformer.vace_in_channels, transformer.in_channels);
    let made = 2 * vae.z_dim + vae.scale_factor_spatial * vae.scale_factor_spatial;
    if !transformer.vace_layers.is_empty() && control != made {
        return unsupported(format!(
            "a transformer with {control} control channels beside an autoencoder that makes {made}"
        ));
    }
    if inputs != vae.z_dim {
        return unsupported(format!(
            "a transformer of {inputs} latent channels beside an autoencoder of {}",
            vae.z_dim
        ));
    }
    if text.d_model != transformer.text_dim {
        return unsupported(format!(
            "a transformer that reads {} text channels beside a text encoder of {}",
            transformer.text_dim, text.d_model
        ));
    }
    Ok(())
}

impl Pipeline {
    /// Loads a model to a device, in the precision the device is best at.
    pub fn load(model: &Model, device: Device) -> Result<Self, Error> {
        Self::load_as(model, device, best_kind(device), Placement::default())
    }

    /// As [`Self::load`], in a chosen precision and with parts of the model off the
    /// device if its memory is short.
    pub fn load_as(
        model: &Model,
        device: Device,
        kind: Kind,
        placement: Placement,
    ) -> Result<Self, Error> {
        keep_memory();
        guarded(|| Self::load_unguarded(model, device, kind, placement))
    }

    fn load_unguarded(
        model: &Model,
        device: Device,
        kind: Kind,
        placement: Placement,
    ) -> Result<Self, Error> {
        let index = model.index()?;
        let vae_config: VaeConfig = config::read(model, "vae/config.json")?;
        let text_config: TextEncoderConfig = config::read(model, "text_encoder/config.json")?;
        let scheduler: SchedulerConfig = config::read(model, "scheduler/scheduler_config.json")?;
        let Placement { streamed, read_on_cpu } = placement;
        let times = scheduler.num_train_timesteps;
        let mut denoiser = Denoiser::new(model, &index, times, device, kind, streamed)?;
        check_parts(denoiser.config(), &vae_config, &text_config)?;
        let mut prompts = PromptEmbeddings::new(
            model,
            text_config,
            if read_on_cpu { Device::Cpu } else { device },
            kind,
        )?;
        // A large text encoder is freed before the transformer is loaded.
        if prompts.load_to_stay()? {
            denoiser.transformer(0)?;
        }
        let vae = Vae::load(model, &vae_config, device)?;
        Ok(Self {
            prompts,
            denoiser,
            vae,
            scheduler,
            conditioning: model.conditioning()?,
            device,
            kind,
            reused: ReuseStatistics::default(),
            grey: BTreeMap::new(),
        })
    }

    /// Caches embeddings of prompts in a folder if the text encoder is too large to
    /// stay in memory; `digest` is that of the files that make them.
    pub fn cache_prompts(&mut self, folder: PathBuf, digest: Hash) {
        self.prompts.cache_in(folder, digest);
    }

    /// Computes the embeddings of later prompts now if the text encoder cannot stay in
    /// memory, so that it is loaded once for all of them.
    pub fn read_ahead(&mut self, prompts: &[String]) -> Result<(), Error> {
        let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
        if !self.prompts.need_memory(&prompts) {
            return Ok(());
        }
        self.denoiser.release();
        guarded(|| self.prompts.embed(&prompts).map(|_| ()))
    }

    /// How often the last clip used velocities again; resets the count.
    pub fn reused(&mut self) -> ReuseStatistics {
        std::mem::take(&mut self.reused)
    }

    /// Which pictures the model takes, and how.
    pub fn conditioning(&self) -> Conditioning {
        self.conditioning
    }

    /// Encodes a reference picture for clips of this size in pixels.
    pub fn encode_reference(
        &self,
        image: &RgbImage,
        width: u32,
        height: u32,
    ) -> Result<EncodedReference, Error> {
        if image.width() == 0 || image.height() == 0 {
            return Err(Error::Request("a reference picture is empty".to_owned()));
        }
        self.limits().check_size(width, height)?;
        guarded(|| {
            let latents = self.encode(&on_canvas(image, width, height));
            Ok(EncodedReference { latents: latents.to_device(Device::Cpu) })
        })
    }

    /// Makes a clip; its frames begin with those it continues from. `on_step` gets the
    /// number of steps done and of all steps after each, and may stop the work.
    pub fn generate(
        &mut self,
        request: &Request,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Vec<RgbImage>, Error> {
        self.check(request)?;
        let noise = Noise::new(request.seed, 0).normal(&self.latent_shape(request));
        let latents = self.generate_latents(request, &noise, on_step)?;
        self.decode(&latents)
    }

    /// Decodes normalised latents, (1, z, 1+k, h, w), to pictures.
    pub fn decode(&self, latents: &Tensor) -> Result<Vec<RgbImage>, Error> {
        let video = self.decode_video(latents)?;
        guarded(|| Ok(pictures(&video.squeeze_dim(0))))
    }

    /// Loads the preview decoder of the model that this pipeline has loaded; `None` if
    /// it has none.
    pub fn preview_decoder(&self, model: &Model) -> Result<Option<PreviewDecoder>, Error> {
        guarded(|| PreviewDecoder::load(model, self.vae.config(), self.device, self.kind))
    }

    /// As [`Self::decode`], as pixels in [−1, 1], (1, 3, 1+4k, H, W).
    pub fn decode_video(&self, latents: &Tensor) -> Result<Tensor, Error> {
        guarded(|| Ok(self.decode_pixels(latents)))
    }

    /// As [`Self::generate`] from given noise, (1, z, R + 1+k, h, w). Returns
    /// normalised latents, without those of the references.
    pub fn generate_latents(
        &mut self,
        request: &Request,
        noise: &Tensor,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Tensor, Error> {
        self.check(request)?;
        guarded(|| self.denoise(request, noise, on_step))
    }

    fn denoise(
        &mut self,
        request: &Request,
        noise: &Tensor,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Tensor, Error> {
        let conditions = self.conditions(request)?;
        let mut scheduler =
            Scheduler::new(&request.scheduler, &self.scheduler, request.steps, request.shift)?;
        let mut latents = noise.to_device(self.device);
        let timesteps = scheduler.timesteps().to_vec();
        let mut prepared: Option<Prepared> = None;
        self.reused = ReuseStatistics::default();
        for (done, timestep) in (1..).zip(timesteps) {
            let expert = self.denoiser.expert(timestep);
            // Drop what one expert made of the conditions before the other is loaded.
            prepared = prepared.filter(|prepared| prepared.expert == expert);
            let transformer = self.denoiser.transformer(expert)?;
            let prepared = match &mut prepared {
                Some(prepared) => prepared,
                none => none.insert(conditions.prepare(transformer, expert, request, &latents)?),
            };
            let input = conditions.begin(&latents).to_kind(self.kind);
            let time = conditions.times(timestep, &latents);
            // Always compute the last step, which decides the details.
            let below = request.reuse.map(|below| if done < request.steps { below } else { 0.0 });
            let mut reuse = Reuse { below, reused: &mut self.reused };
            let predicted = prepared.velocity(transformer, &input, &time, &mut reuse)?;
            latents = scheduler.step(&predicted, &latents);
            if !is_finite(&latents) {
                let cause = conditions.cause(
                    || prepared.towards(&prepared.prompt, transformer, &input, &time),
                    self.kind,
                )?;
                return Err(Error::NotFinite { step: done, of: request.steps, cause });
            }
            if on_step(done, request.steps).is_break() {
                return Err(Error::Cancelled);
            }
        }
        let latents = conditions.begin(&latents);
        let references = request.references.len() as i64;
        Ok(latents.narrow(2, references, latents.size()[2] - references))
    }

    fn conditions(&mut self, request: &Request) -> Result<Conditions, Error> {
        let guided = request.guidance_scale.max(request.guidance_scale_2.unwrap_or(0.0)) > 1.0;
        let first = match self.conditioning {
            Conditioning::FirstFrame => request.first_frame.as_ref().or(request.preceding.first()),
            _ => None,
        };
        let mut prompts = vec![request.prompt.as_str()];
        prompts.extend(guided.then_some(request.negative_prompt.as_str()));
        if self.prompts.need_memory(&prompts) {
            self.denoiser.release();
        }
        let texts = self.prompts.embed(&prompts)?;
        let mut texts = texts.into_iter().map(|text| text.to_device(self.device));
        Ok(Conditions {
            text: texts.next().expect("the prompt was embedded"),
            negative: texts.next(),
            control: self.control(request).map(|control| control.to_kind(self.kind)),
            first: first.map(|picture| {
                let picture = cover(picture, request.width, request.height);
                self.encode(&pixels(&picture).unsqueeze(0).unsqueeze(2))
            }),
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

    fn check(&self, request: &Request) -> Result<(), Error> {
        self.limits().check(request)?;
        if request.guidance_scale_2.is_some() && !self.denoiser.has_second() {
            return Err(Error::Request(
                "the model has no second expert for a guidance scale of its own".to_owned(),
            ));
        }
        let [_, z, _, rows, columns] = self.latent_shape(request);
        for reference in &request.references {
            let found = reference.latents().size();
            if found != [1, z, 1, rows, columns] {
                return Err(Error::Request(format!(
                    "a reference of shape {found:?} does not fit a clip of {z}×{rows}×{columns} latents"
                )));
            }
        }
        Ok(())
    }

    fn limits(&self) -> RequestLimits {
        let [_, rows, columns] = self.denoiser.config().patch_size;
        let vae = self.vae.config();
        RequestLimits {
            conditioning: self.conditioning,
            control_layers: self.denoiser.config().vace_layers.len(),
            unit: [columns, rows].map(|patch| vae.scale_factor_spatial * patch),
            temporal: vae.scale_factor_temporal as u32,
        }
    }

    /// The control latents of a request, f32; `None` without VACE layers.
    fn control(&mut self, request: &Request) -> Option<Tensor> {
        if self.conditioning != Conditioning::Control {
            return None;
        }
        let (inactive, reactive, generate) = match &request.inpaint {
            Some(inpaint) => self.inpaint(inpaint),
            None => self.keep(request),
        };
        let references: Vec<Tensor> = request
            .references
            .iter()
            .map(|reference| reference.latents().to_device(self.device))
            .collect();
        let spatial = self.vae.config().scale_factor_spatial;
        Some(control(&inactive, &reactive, &generate, &references, spatial))
    }

    /// Latents of the clip where it is kept and where it is made, and a mask of the
    /// pixels to make. Given frames are kept whole; the others follow the control.
    fn keep(&mut self, request: &Request) -> (Tensor, Tensor, Tensor) {
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

        let generate = Tensor::ones([1, frames], (Kind::Float, Device::Cpu));
        for (frame, _) in &kept {
            let _ = generate.narrow(1, *frame, 1).fill_(0.0);
        }
        let inactive = if kept.is_empty() {
            self.grey(request)
        } else {
            let size = [1, 3, frames, i64::from(height), i64::from(width)];
            let clip = Tensor::zeros(size, (Kind::Float, Device::Cpu));
            for (frame, pixels) in &kept {
                clip.select(2, *frame).copy_(&pixels.unsqueeze(0));
            }
            self.encode(&clip)
        };
        let reactive = if request.control.is_empty() {
            self.grey(request)
        } else {
            let frames: Vec<Tensor> = request.control.iter().map(pixels).collect();
            let made = generate.reshape([1, 1, -1, 1, 1]);
            self.encode(&(Tensor::stack(&frames, 1).unsqueeze(0) * made))
        };
        (inactive, reactive, generate)
    }

    /// As [`Self::keep`], for a clip to make anew in part. The network sees the greys
    /// of the mask; the picture is made where the mask is lighter than mid grey.
    fn inpaint(&self, Inpaint { video, mask }: &Inpaint) -> (Tensor, Tensor, Tensor) {
        let frames: Vec<Tensor> = video.iter().map(pixels).collect();
        let clip = Tensor::stack(&frames, 1).unsqueeze(0);
        let masks: Vec<Tensor> = mask.iter().map(control::mask).collect();
        let generate = Tensor::stack(&masks, 0).unsqueeze(0);
        let made = generate.gt(0.5).to_kind(Kind::Float).unsqueeze(1);
        let inactive = self.encode(&(&clip * (1.0 - &made)));
        (inactive, self.encode(&(clip * made)), generate)
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

    /// Encodes pixels to normalised latents.
    fn encode(&self, pixels: &Tensor) -> Tensor {
        let pixels = pixels.to_device(self.device);
        let (_, _, frames, height, width) = pixels.size5().expect("a clip has five dimensions");
        let latent_frames = 1 + (frames - 1) / self.vae.config().scale_factor_temporal;
        let posterior = match self.vae.part_within(PART_BYTES, latent_frames, height, width) {
            Some(part) => self.vae.encode_in_parts(&pixels, part),
            None => self.vae.encode(&pixels),
        };
        self.vae.normalise(&posterior.mean)
    }

    /// Decodes normalised latents to pixels.
    fn decode_pixels(&self, latents: &Tensor) -> Tensor {
        let latents = self.vae.denormalise(latents);
        let (_, _, frames, rows, columns) = latents.size5().expect("a clip has five dimensions");
        let unit = self.vae.config().scale_factor_spatial;
        match self.vae.part_within(PART_BYTES, frames, rows * unit, columns * unit) {
            Some(part) => self.vae.decode_in_parts(&latents, part),
            None => self.vae.decode(&latents),
        }
    }
}

/// What a clip is made from, besides noise.
#[derive(Debug)]
struct Conditions {
    text: Tensor,
    /// `None` without guidance.
    negative: Option<Tensor>,
    control: Option<Tensor>,
    /// Latents of the first frame, (1, z, 1, h, w), which stay fixed.
    first: Option<Tensor>,
}

/// The threshold for reusing velocities, and how often they were reused.
struct Reuse<'a> {
    below: Option<f64>,
    reused: &'a mut ReuseStatistics,
}

/// What a transformer computed from the conditions, and its velocities so far.
#[derive(Debug)]
struct Prepared {
    expert: Expert,
    prompt: Prompt,
    negative: Option<Prompt>,
    control: Option<ControlTokens>,
    rope: Tensor,
    guidance_scale: f64,
    /// With the prompt, and with the negative prompt.
    velocities: [Velocities; 2],
}

impl Conditions {
    fn prepare(
        &self,
        transformer: &Transformer,
        expert: Expert,
        request: &Request,
        latents: &Tensor,
    ) -> Result<Prepared, Error> {
        let guidance_scale = match (expert, request.guidance_scale_2) {
            (1, Some(scale)) => scale,
            _ => request.guidance_scale,
        };
        let negative = self.negative.as_ref().filter(|_| guidance_scale > 1.0);
        Ok(Prepared {
            expert,
            prompt: transformer.prompt(&self.text)?,
            negative: negative.map(|text| transformer.prompt(text)).transpose()?,
            control: self.control.as_ref().and_then(|control| {
                Some(transformer.control(control)?.scaled(&request.conditioning_scale))
            }),
            rope: transformer.rotations(latents),
            guidance_scale,
            velocities: Default::default(),
        })
    }

    /// The latents with those of the first frame in place.
    fn begin(&self, latents: &Tensor) -> Tensor {
        match &self.first {
            Some(first) => Tensor::cat(&[first, &latents.narrow(2, 1, latents.size()[2] - 1)], 2),
            None => latents.shallow_clone(),
        }
    }

    /// The timestep of the clip, (1), or of each latent frame, (1, F), if the first one
    /// is clean already.
    fn times(&self, timestep: f64, latents: &Tensor) -> Tensor {
        let mut times = vec![timestep];
        if self.first.is_some() {
            times.resize(latents.size()[2] as usize, timestep);
            times[0] = 0.0;
        }
        let times = Tensor::from_slice(&times).to_device(latents.device());
        if self.first.is_some() { times.unsqueeze(0) } else { times }
    }

    /// Why latents are not finite after a step; `velocity` computes the step's velocity
    /// again.
    fn cause(
        &self,
        velocity: impl FnOnce() -> Result<Tensor, Error>,
        kind: Kind,
    ) -> Result<NotFiniteCause, Error> {
        let prompts = [Some(&self.text), self.negative.as_ref()];
        let pictures = [self.control.as_ref(), self.first.as_ref()];
        let damaged = |tensors: [Option<&Tensor>; 2]| !tensors.into_iter().flatten().all(is_finite);
        Ok(if damaged(prompts) {
            NotFiniteCause::Prompt
        } else if damaged(pictures) {
            NotFiniteCause::Pictures
        } else if !is_finite(&velocity()?) {
            NotFiniteCause::Transformer(kind)
        } else {
            NotFiniteCause::Schedule
        })
    }
}

impl Prepared {
    /// The velocity, f32, guided away from the negative prompt.
    fn velocity(
        &mut self,
        transformer: &Transformer,
        latents: &Tensor,
        time: &Tensor,
        reuse: &mut Reuse<'_>,
    ) -> Result<Tensor, Error> {
        let mut velocities = std::mem::take(&mut self.velocities);
        let mut branch = |of: usize, prompt: &Prompt| {
            velocities[of].at(latents, reuse.below, reuse.reused, || {
                self.towards(prompt, transformer, latents, time)
            })
        };
        let with = branch(0, &self.prompt)?;
        let guided = match &self.negative {
            Some(negative) => {
                let without = branch(1, negative)?;
                &without + (with - &without) * self.guidance_scale
            }
            None => with,
        };
        self.velocities = velocities;
        Ok(guided)
    }

    fn towards(
        &self,
        prompt: &Prompt,
        transformer: &Transformer,
        latents: &Tensor,
        time: &Tensor,
    ) -> Result<Tensor, Error> {
        let control = self.control.as_ref();
        let velocity = transformer.forward(latents, time, prompt, control, &self.rope)?;
        Ok(velocity.to_kind(Kind::Float))
    }
}

fn is_finite(x: &Tensor) -> bool {
    x.isfinite().all().int64_value(&[]) != 0
}

/// Scales a picture to fill the frame and crops the rest.
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
