//! A batch of the denoiser: clean latents, what the control branch sees, prompts. Knows
//! latents; does not know where they come from.

use photoplay::diffusion::control::control;
use tch::{Device, Tensor};
use tokenizers::Tokenizer;

use crate::networks::Networks;
use crate::scenes::Sample;
use crate::{Error, text};

/// A batch; all its samples have one shape.
pub(crate) struct Batch {
    /// Clean latents, references first, (B, z, R + F, h, w).
    pub(crate) latents: Tensor,
    pub(crate) control: Tensor,
    pub(crate) text: (Tensor, Tensor),
    pub(crate) references: i64,
}

/// What a batch is made of.
pub(crate) struct Parts {
    /// Clean latents (B, z, F, h, w).
    pub(crate) clips: Tensor,
    /// Latents of what is given, and grey elsewhere.
    pub(crate) inactive: Tensor,
    /// Latents of grey frames.
    pub(crate) reactive: Tensor,
    /// One where a frame is to be made, (B, frames).
    pub(crate) generate: Tensor,
    /// Latents (B, z, 1, h, w).
    pub(crate) references: Vec<Tensor>,
}

impl Parts {
    /// Joins them under prompts; `spatial` is pixels along one latent's side.
    pub(crate) fn under(
        self,
        prompts: &[&str],
        tokenizer: &Tokenizer,
        spatial: i64,
    ) -> Result<Batch, Error> {
        let Self { clips, inactive, reactive, generate, references } = self;
        let control = control(&inactive, &reactive, &generate, &references, spatial);
        let (count, device) = (references.len() as i64, clips.device());
        let mut parts = references;
        parts.push(clips);
        Ok(Batch {
            latents: Tensor::cat(&parts, 2),
            control,
            text: tokens(tokenizer, prompts, device)?,
            references: count,
        })
    }
}

/// Token numbers and mask of prompts on a device.
pub(crate) fn tokens(
    tokenizer: &Tokenizer,
    prompts: &[&str],
    device: Device,
) -> Result<(Tensor, Tensor), Error> {
    let (tokens, mask) = text::tokens(tokenizer, prompts)?;
    Ok((tokens.to_device(device), mask.to_device(device)))
}

/// Makes the scenes of a later step.
pub(crate) type Making<'a> = Box<dyn FnOnce() -> Result<Vec<Sample>, Error> + Send + 'a>;

/// Where the denoiser's batches come from.
pub(crate) trait Supply {
    /// The batch of a worker in a step.
    fn batch(&self, step: u64, worker: u64) -> Result<Batch, Error>;

    /// What makes the scenes that a step of the phase lacks, while the step before it
    /// is trained.
    fn making(&mut self, step: u64) -> Making<'_>;

    /// Takes the scenes that a step of the phase lacked.
    fn take(&mut self, step: u64, made: Vec<Sample>);

    /// Writes a sheet: pictures or clips above those that the networks make for their
    /// prompts; in the lower half with references.
    fn show(&self, networks: &Networks, step: i64) -> Result<(), Error>;
}
