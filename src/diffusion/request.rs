//! A request for a clip, and whether a model can serve it.
//!
//! Knows pictures and numbers; does not know how a clip is made.

use image::{GrayImage, RgbImage};
use indexmap::IndexMap;
use tch::{Kind, Tensor};

use super::{Error, Weights, runtime};
use crate::model::header::{Dtype, Header, TensorInfo};
use crate::model::{self, Conditioning, ModelDefaults};

/// A clip to be made.
#[derive(Debug, Clone)]
pub struct Request {
    /// What the clip shows.
    pub prompt: String,
    /// What to steer away from; without effect unless guidance is above 1.
    pub negative_prompt: String,
    /// Who or what is in it.
    pub references: Vec<EncodedReference>,
    /// The picture it starts with.
    pub first_frame: Option<RgbImage>,
    /// The picture it ends with.
    pub last_frame: Option<RgbImage>,
    /// The last 4k+1 frames of the clip that this one continues.
    pub preceding: Vec<RgbImage>,
    /// The clip to make anew in part; `None` makes all of it.
    pub inpaint: Option<Inpaint>,
    /// What the frames to make follow, such as their depth, one picture for each frame of
    /// the clip, of its size; empty for nothing. Given frames are kept where this has
    /// others: `video` of `WanVACEPipeline`, with a mask of ones in between.
    pub control: Vec<RgbImage>,
    /// How much of all that is given the control layers add: one factor for all of them,
    /// or one for each.
    pub conditioning_scale: Vec<f64>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Frames, 4k+1, including those it continues from.
    pub frames: u32,
    /// Denoising steps.
    pub steps: u32,
    /// Classifier-free guidance; 1 or less runs the conditional branch alone.
    pub guidance_scale: f64,
    /// Guidance of the expert for little noise, if the model has two; that of the other
    /// if `None`.
    pub guidance_scale_2: Option<f64>,
    /// Time shift of the schedule.
    pub shift: f64,
    /// `unipc`, `dpmsolver_multistep` or `flow_match_euler`.
    pub scheduler: String,
    /// The largest relative error when velocities of earlier steps are reused; `None`
    /// computes every velocity.
    pub reuse: Option<f64>,
    /// Determines the noise, alike on every device.
    pub seed: u64,
}

impl Request {
    /// A clip from a prompt alone, with the model's defaults.
    pub fn of(settings: &ModelDefaults, prompt: String, frames: u32, seed: u64) -> Self {
        Self {
            prompt,
            negative_prompt: settings.negative_prompt.clone(),
            references: Vec::new(),
            first_frame: None,
            last_frame: None,
            preceding: Vec::new(),
            inpaint: None,
            control: Vec::new(),
            conditioning_scale: vec![1.0],
            width: settings.width,
            height: settings.height,
            frames,
            steps: settings.steps,
            guidance_scale: settings.guidance_scale,
            guidance_scale_2: settings.guidance_scale_2,
            shift: settings.shift,
            scheduler: settings.scheduler.clone(),
            reuse: None,
            seed,
        }
    }
}

/// A clip and where to make it anew, frame by frame, in the size and length of the
/// request: `video` and `mask` of `WanVACEPipeline`. No take uses it yet; it stays
/// because a parity test proves with it that masks mean the same here as there.
#[derive(Debug, Clone)]
pub struct Inpaint {
    /// The pixels to keep; the others are placeholders.
    pub video: Vec<RgbImage>,
    /// White where the clip is made anew, black where it is kept.
    pub mask: Vec<GrayImage>,
}

/// What a model demands of a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestLimits {
    pub(super) conditioning: Conditioning,
    /// How many layers the control branch has.
    pub(super) control_layers: usize,
    /// Width and height in pixels must be multiples of these.
    pub(super) unit: [i64; 2],
    /// Frames in one latent frame.
    pub(super) temporal: u32,
}

/// A reference picture that the autoencoder has encoded: normalised latents, (1, z, 1,
/// h, w), f32.
#[derive(Debug)]
pub struct EncodedReference {
    pub(super) latents: Tensor,
}

impl Clone for EncodedReference {
    fn clone(&self) -> Self {
        Self { latents: self.latents.shallow_clone() }
    }
}

impl EncodedReference {
    const NAME: &str = "latents";

    /// Writes a safetensors file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        let tensors = IndexMap::from([(Self::NAME.to_owned(), self.latents.shallow_clone())]);
        Weights::from_tensors("reference", tensors).to_safetensors()
    }

    /// Reads a safetensors file.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (file, name) = ("reference".to_owned(), Self::NAME.to_owned());
        let mut header = Header::of(bytes)
            .map_err(|source| model::Error::Damaged { file: file.clone(), source })?;
        let Some(TensorInfo { dtype, shape, bytes: range }) = header.tensors.remove(&name) else {
            return Err(Error::MissingTensor { file, name });
        };
        if dtype != Dtype::F32 {
            return Err(Error::Dtype { file, name, found: format!("{dtype:?}") });
        }
        if !matches!(shape[..], [1, _, 1, _, _]) {
            return Err(Error::Shape {
                file,
                name,
                expected: vec![1, -1, 1, -1, -1],
                found: shape,
            });
        }
        let latents = Tensor::f_from_data_size(&bytes[range], &shape, Kind::Float);
        Ok(Self { latents: latents.map_err(runtime::failed)? })
    }

    /// The latents.
    pub fn latents(&self) -> &Tensor {
        &self.latents
    }
}

/// Fails unless width and height in pixels are multiples of a unit.
pub(super) fn check_size(unit: [i64; 2], width: u32, height: u32) -> Result<(), Error> {
    for (name, size, unit) in [("width", width, unit[0]), ("height", height, unit[1])] {
        if size == 0 || i64::from(size).checked_rem(unit) != Some(0) {
            return Err(Error::Request(format!(
                "a {name} of {size} pixels is not a multiple of {unit}"
            )));
        }
    }
    Ok(())
}

impl RequestLimits {
    pub(super) fn check_size(&self, width: u32, height: u32) -> Result<(), Error> {
        check_size(self.unit, width, height)
    }

    pub(super) fn check(&self, request: &Request) -> Result<(), Error> {
        let wrong = |what: String| Err(Error::Request(what));
        self.check_size(request.width, request.height)?;
        let (unit, frames) = (self.temporal, request.frames);
        if frames % unit != 1 {
            return wrong(format!("{frames} frames are not {unit}k+1"));
        }
        let preceding = request.preceding.len();
        if preceding > 0 && (preceding as u32 % unit != 1 || preceding as u32 >= frames) {
            return wrong(format!(
                "{preceding} preceding frames are not {unit}k+1 and fewer than {frames}"
            ));
        }
        if preceding > 0 && request.first_frame.is_some() {
            return wrong("a clip starts with a first frame or goes on from another".to_owned());
        }
        if request.last_frame.is_some() && frames == 1 && request.first_frame.is_some() {
            return wrong("a single frame cannot be the first and the last given".to_owned());
        }
        let scales = [request.guidance_scale, request.guidance_scale_2.unwrap_or(1.0)];
        if let Some(scale) = scales.into_iter().find(|scale| !scale.is_finite()) {
            return wrong(format!("a guidance scale is a number, not {scale}"));
        }
        self.check_conditioning(request)?;
        let ends = request.first_frame.iter().chain(&request.last_frame);
        if ends.into_iter().any(|picture| picture.width() == 0 || picture.height() == 0) {
            return wrong("a picture to start or end with is empty".to_owned());
        }
        let size = (request.width, request.height);
        if request.preceding.iter().any(|picture| picture.dimensions() != size) {
            return wrong("preceding frames are of another size than the clip".to_owned());
        }
        self.check_control(request)?;
        let Some(Inpaint { video, mask }) = &request.inpaint else { return Ok(()) };
        if preceding > 0 || request.first_frame.is_some() || request.last_frame.is_some() {
            return wrong(
                "a clip that is made anew in part has its first and last frames already: put them into it".to_owned(),
            );
        }
        if video.len() != frames as usize || mask.len() != frames as usize {
            return wrong(format!(
                "{} frames with {} masks to make anew in part where the clip has {frames}",
                video.len(),
                mask.len()
            ));
        }
        if video.iter().any(|picture| picture.dimensions() != size)
            || mask.iter().any(|picture| picture.dimensions() != size)
        {
            return wrong(
                "frames or masks to make anew in part are of another size than the clip".to_owned(),
            );
        }
        Ok(())
    }

    fn check_control(&self, request: &Request) -> Result<(), Error> {
        let wrong = |what: String| Err(Error::Request(what));
        let scales = &request.conditioning_scale;
        if scales.len() != 1 && scales.len() != self.control_layers {
            return wrong(format!(
                "{} conditioning scales for {} control layers: give one, or one for each",
                scales.len(),
                self.control_layers
            ));
        }
        if let Some(scale) = scales.iter().find(|scale| !scale.is_finite()) {
            return wrong(format!("a conditioning scale is a number, not {scale}"));
        }
        let frames = request.control.len();
        if frames == 0 {
            return Ok(());
        }
        if request.inpaint.is_some() {
            return wrong(
                "a clip that is made anew in part has its control already: put it into it"
                    .to_owned(),
            );
        }
        if frames != request.frames as usize {
            return wrong(format!("{frames} control frames where the clip has {}", request.frames));
        }
        let size = (request.width, request.height);
        if request.control.iter().any(|picture| picture.dimensions() != size) {
            return wrong("control frames are of another size than the clip".to_owned());
        }
        Ok(())
    }

    fn check_conditioning(&self, request: &Request) -> Result<(), Error> {
        let wrong = |what: &str| Err(Error::Request(what.to_owned()));
        let others = !request.references.is_empty()
            || request.last_frame.is_some()
            || request.inpaint.is_some()
            || !request.control.is_empty()
            || request.preceding.len() > 1;
        let first = request.first_frame.is_some() || !request.preceding.is_empty();
        match self.conditioning {
            Conditioning::Prompt if others || first => {
                wrong("the model takes no pictures, only a prompt")
            }
            Conditioning::FirstFrame if others => wrong(
                "of pictures the model takes only the one a clip starts with: references, last frames, masks, control and longer stretches need a VACE model",
            ),
            _ => Ok(()),
        }
    }
}
