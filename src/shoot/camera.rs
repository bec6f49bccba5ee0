//! Shoots with the networks: loads them for the first take, encodes each
//! reference picture once and writes takes losslessly.
//!
//! Knows recipes, pictures and the pipeline's request; does not know why somebody
//! wants a take.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use blake3::Hash;
use image::{DynamicImage, RgbImage};
use tch::Tensor;

use super::drive::{CameraError, ShootFailure, ShootRequest};
use super::recipe::{Preceding, Recipe};
use super::vault::{LATENTS, PROMPTS};
use crate::animatic::depth;
use crate::blocking::control::ControlScene;
use crate::casting::{self, embedding::embedding};
use crate::diffusion::control::pictures;
use crate::diffusion::tensor_cache;
use crate::diffusion::{
    self, Noise, Pipeline, PreviewDecoder, Request, ReuseStatistics, best_device, best_kind,
    idle_gpu,
};
use crate::media;
use crate::media::take::{PiecesReader, TakeWriter};
use crate::model::{Model, Placement};
use crate::source::files::DiskFiles;
use crate::time::Rate;

/// Draws words on paper into a picture of `width` × `height` pixels.
pub type DrawLettering = fn(&[String], u32, u32) -> RgbImage;

/// A model whose networks are loaded when the first take needs them.
#[derive(Debug)]
pub struct NetworkCamera {
    model: Model,
    digest: Hash,
    text: Hash,
    vault: PathBuf,
    typeset: DrawLettering,
    placement: Placement,
    prompts: Vec<String>,
    pipeline: Option<Pipeline>,
    preview_decoder: Option<PreviewDecoder>,
}

impl From<diffusion::Error> for ShootFailure {
    fn from(error: diffusion::Error) -> Self {
        match error {
            diffusion::Error::Cancelled => Self::Cancelled,
            other => Self::Failed(CameraError::new(other)),
        }
    }
}

impl From<casting::Error> for ShootFailure {
    fn from(error: casting::Error) -> Self {
        match error {
            casting::Error::Network(error) => error.into(),
            other => Self::Failed(CameraError::new(other)),
        }
    }
}

impl From<media::Error> for ShootFailure {
    fn from(error: media::Error) -> Self {
        Self::Failed(CameraError::new(error))
    }
}

impl NetworkCamera {
    /// A camera for a model. `digests` are those of all of its files and of those that
    /// encode prompts; `vault` stores embeddings and latents that other takes can use.
    pub fn new(
        model: Model,
        (digest, text): (Hash, Hash),
        vault: PathBuf,
        typeset: DrawLettering,
    ) -> Self {
        let (placement, prompts) = (Placement::default(), Vec::new());
        Self {
            model,
            digest,
            text,
            vault,
            typeset,
            placement,
            prompts,
            pipeline: None,
            preview_decoder: None,
        }
    }

    /// Chooses what to move out of the device's memory where that is short.
    #[must_use]
    pub fn with_placement(self, placement: Placement) -> Self {
        Self { placement, ..self }
    }

    /// Announces the prompts of the takes to come, as far as they are known.
    #[must_use]
    pub fn with_prompts(self, prompts: Vec<String>) -> Self {
        Self { prompts, ..self }
    }

    fn loaded(&mut self, loading: &dyn Fn(&str)) -> Result<&mut Pipeline, diffusion::Error> {
        if self.pipeline.is_none() {
            loading(&self.model.defaults.name);
            let device = best_device();
            let kind = best_kind(device);
            let mut pipeline = Pipeline::load_as(&self.model, device, kind, self.placement)?;
            pipeline.cache_prompts(self.vault.join(PROMPTS), self.text);
            pipeline.read_ahead(&self.prompts)?;
            self.pipeline = Some(pipeline);
        }
        Ok(self.pipeline.as_mut().expect("just loaded"))
    }

    /// Makes the frames of a recipe. `preceding` are the frames that it continues.
    fn frames(
        &mut self,
        request: &ShootRequest<'_>,
        preceding: Vec<RgbImage>,
        loading: &dyn Fn(&str),
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Vec<RgbImage>, ShootFailure> {
        let recipe = &*request.recipe;
        let size = (recipe.width, recipe.height);
        let load = |path| casting::load(&DiskFiles, path);
        let mut first_frame = request.first_image.as_deref().map(load).transpose()?;
        if first_frame.is_none() && !recipe.lettering.is_empty() {
            first_frame = Some((self.typeset)(&recipe.lettering, recipe.width, recipe.height));
        }
        let last_frame = request.last_image.as_deref().map(load).transpose()?;
        let (vault, digest) = (self.vault.clone(), self.digest);
        let pipeline = self.loaded(loading)?;
        let references = request
            .references
            .iter()
            .zip(&recipe.references)
            .map(|(file, content)| embedding(pipeline, &vault, file, *content, digest, size))
            .collect::<Result<Vec<_>, _>>()?;
        let request = Request {
            prompt: recipe.prompt.clone(),
            negative_prompt: recipe.negative_prompt.to_string(),
            references,
            first_frame,
            last_frame,
            preceding,
            inpaint: None,
            control: control_frames(request.control.as_ref(), size),
            conditioning_scale: vec![recipe.control.map_or(1.0, |control| control.scale)],
            width: recipe.width,
            height: recipe.height,
            frames: recipe.frames,
            steps: recipe.steps,
            guidance_scale: recipe.guidance_scale,
            guidance_scale_2: recipe.guidance_scale_2,
            shift: recipe.shift,
            scheduler: recipe.scheduler.to_string(),
            reuse: recipe.reuse,
            seed: recipe.seed,
        };
        let place = vault.join(LATENTS).join(format!("{}.latents", recipe.key()));
        let [batch, channels, frames, rows, columns] = pipeline.latent_shape(&request);
        let own = frames - request.references.len() as i64;
        let latents =
            latents(&place, [batch, channels, own, rows, columns], WORTH_KEEPING, || {
                let noise = Noise::new(request.seed, 0).normal(&pipeline.latent_shape(&request));
                pipeline.generate_latents(&request, &noise, on_step)
            })?;
        let frames = match recipe.preview_decoder {
            Some(_) => self.preview(&latents)?,
            None => pipeline.decode(&latents)?,
        };
        // If this fails, nothing reads the latents: the take is in the vault.
        let _ = tensor_cache::remove(&place);
        Ok(frames)
    }

    /// Decodes latents with the model's preview decoder.
    fn preview(&mut self, latents: &Tensor) -> Result<Vec<RgbImage>, diffusion::Error> {
        let pipeline = self.pipeline.as_ref().expect("it made the latents");
        if self.preview_decoder.is_none() {
            self.preview_decoder = pipeline.preview_decoder(&self.model)?;
        }
        match &self.preview_decoder {
            Some(decoder) => Ok(pictures(&decoder.decode(latents)?.squeeze_dim(0))),
            // The decoder disappeared after planning.
            None => pipeline.decode(latents),
        }
    }

    /// Makes a take and writes all of it to `temp`. Calls `loading` before it
    /// loads the model, and `on_step` with the steps done and the steps in all;
    /// `on_step` may stop the take.
    pub fn shoot(
        &mut self,
        request: &ShootRequest<'_>,
        temp: &Path,
        loading: &dyn Fn(&str),
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<(), ShootFailure> {
        let recipe = &*request.recipe;
        let preceding = preceding_frames(recipe, &request.preceding)?;
        // The piece before stores the shared frames.
        let shared = if recipe.is_next_piece() { preceding.len() } else { 0 };
        let made = self.frames(request, preceding, loading, on_step)?;
        let rate = Rate { numerator: self.model.defaults.frame_rate, denominator: 1 };
        let mut writer = TakeWriter::create(temp, recipe.width, recipe.height, rate)?;
        for frame in made.iter().skip(shared) {
            writer.write(frame)?;
        }
        let frames = writer.finish()?;
        let expected = recipe.stored_frames();
        if frames != expected {
            let message = format!("the network made {frames} frames instead of {expected}");
            return Err(CameraError::new(message).into());
        }
        Ok(())
    }

    /// How many steps of the last take reused a velocity, in words.
    pub fn remark(&mut self) -> Option<String> {
        let ReuseStatistics { passes, reused, difference } = self.pipeline.as_mut()?.reused();
        (reused > 0).then(|| {
            format!(
                "{reused} of {passes} passes reused a velocity; reused and new ones differ by at most {:.1} %",
                difference * 100.0
            )
        })
    }

    /// Device, precision and threads in words.
    #[allow(clippy::unused_self, reason = "today every model runs on the best device")]
    pub fn device(&self) -> String {
        let device = best_device();
        let idle = idle_gpu().map(|note| format!("; {note}")).unwrap_or_default();
        let threads = tch::get_num_threads();
        format!("{device:?}, {:?}, {threads} threads{idle}", best_kind(device))
    }
}

/// A control scene as the pictures that the network follows.
fn control_frames(scene: Option<&ControlScene>, (width, height): (u32, u32)) -> Vec<RgbImage> {
    let Some(scene) = scene else { return Vec::new() };
    let frames = (0..scene.frames()).map(|frame| depth(scene, frame, width, height));
    frames.map(|depth| DynamicImage::ImageLuma8(depth).into_rgb8()).collect()
}

/// The least denoising time for which the camera stores latents, so that a failed decode
/// does not cost that time again.
const WORTH_KEEPING: Duration = Duration::from_secs(10);

/// Latents of a take: those that an earlier attempt left before decoding them, or
/// new ones. Stores new ones if making them took at least `worth`.
fn latents(
    place: &Path,
    shape: [i64; 5],
    worth: Duration,
    make: impl FnOnce() -> Result<Tensor, diffusion::Error>,
) -> Result<Tensor, diffusion::Error> {
    if let Some(cached) = tensor_cache::read(place).filter(|cached| cached.size() == shape) {
        return Ok(cached);
    }
    let started = Instant::now();
    let latents = make()?;
    if started.elapsed() >= worth {
        // If the vault cannot be written to, a second attempt costs more.
        let _ = tensor_cache::write(place, &latents);
    }
    Ok(latents)
}

/// Reads the frames that a recipe continues from the files of the earlier take.
fn preceding_frames(
    recipe: &Recipe,
    files: &[(PathBuf, u32)],
) -> Result<Vec<RgbImage>, ShootFailure> {
    let Some(Preceding { first, frames, .. }) = recipe.preceding else { return Ok(Vec::new()) };
    let mut reader = PiecesReader::new(files.to_vec(), recipe.width, recipe.height);
    reader.skip_frames(first)?;
    Ok(reader.take(frames as usize).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn latents_outlive_a_decoding_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join(LATENTS).join("key.latents");
        let shape = [1, 2, 3, 2, 2];
        let made = |value: i64| Ok(Tensor::full(shape, value, (Kind::Float, Device::Cpu)));
        let never = || panic!("they were kept");
        let quick = latents(&place, shape, Duration::MAX, || made(1)).unwrap();
        assert!(!place.exists(), "quick ones are made again");
        assert_eq!(latents(&place, shape, Duration::ZERO, || made(1)).unwrap(), quick);
        // The next attempt finds them, and so does the one after it; an attempt with
        // another shape does not.
        assert_eq!(latents(&place, shape, Duration::ZERO, never).unwrap(), quick);
        let other = latents(&place, [1, 2, 4, 2, 2], Duration::MAX, || made(2)).unwrap();
        assert_ne!(other, quick);
        tensor_cache::remove(&place).unwrap();
        let failed = || Err(diffusion::Error::Cancelled);
        assert!(latents(&place, shape, Duration::ZERO, failed).is_err());
    }
}
