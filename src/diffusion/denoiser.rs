//! The transformers of a model: one, or the two experts of Wan 2.2 A14B. Holds one at a
//! time in memory, with or without its blocks.
//!
//! Knows which expert a noise level belongs to; does not know schedules.

use tch::{Device, Kind};

use super::config;
use super::transformer::{self, Transformer, TransformerConfig};
use super::{Error, StoredWeights};
use crate::model::{Model, ModelIndex};

/// An expert by its number: 0 for much noise, 1 for little.
pub(super) type Expert = usize;

/// The transformers of a model.
#[derive(Debug)]
pub(super) struct Denoiser {
    model: Model,
    device: Device,
    kind: Kind,
    /// Whether to bring blocks to the device one at a time.
    streamed: bool,
    /// Folders and configurations; the expert for much noise comes first.
    experts: Vec<(&'static str, TransformerConfig)>,
    /// The time below which the second expert takes over.
    boundary: f64,
    resident: Option<(Expert, Transformer)>,
}

impl Denoiser {
    /// Reads the configurations; [`Self::transformer`] loads the weights. `times` is
    /// the number of timesteps in training.
    pub(super) fn new(
        model: &Model,
        index: &ModelIndex,
        times: f64,
        device: Device,
        kind: Kind,
        streamed: bool,
    ) -> Result<Self, Error> {
        let mut experts = vec![expert(model, "transformer")?];
        let mut boundary = 0.0;
        // diffusers, too, uses no second expert without a boundary.
        if let Some(ratio) = index.boundary_ratio {
            if index.transformer_2.1.is_none() {
                return Err(Error::Unsupported(
                    "a `boundary_ratio` in `model_index.json` without a `transformer_2`".to_owned(),
                ));
            }
            experts.push(expert(model, "transformer_2")?);
            boundary = ratio * times;
        }
        let [(_, first), others @ ..] = experts.as_slice() else { unreachable!("there is one") };
        if others.iter().any(|(_, other)| !first.fits(other)) {
            return Err(Error::Unsupported(
                "a `transformer_2` that takes other latents, text or control than `transformer`"
                    .to_owned(),
            ));
        }
        if index.expand_timesteps && !first.vace_layers.is_empty() {
            return Err(Error::Unsupported(
                "a VACE transformer with `expand_timesteps`".to_owned(),
            ));
        }
        Ok(Self { model: model.clone(), device, kind, streamed, experts, boundary, resident: None })
    }

    /// The configuration of the first expert; that of the second fits it.
    pub(super) fn config(&self) -> &TransformerConfig {
        &self.experts[0].1
    }

    /// Whether there is an expert for little noise.
    pub(super) fn has_second(&self) -> bool {
        self.experts.len() > 1
    }

    /// The expert for a timestep.
    pub(super) fn expert(&self, timestep: f64) -> Expert {
        usize::from(self.has_second() && timestep < self.boundary)
    }

    /// Frees the memory of the weights.
    pub(super) fn release(&mut self) {
        self.resident = None;
    }

    /// An expert; loads it in place of the other if that one is in memory.
    pub(super) fn transformer(&mut self, expert: Expert) -> Result<&Transformer, Error> {
        if self.resident.as_ref().is_none_or(|(resident, _)| *resident != expert) {
            self.resident = None;
            let (folder, config) = &self.experts[expert];
            let weights = StoredWeights::open(
                &self.model,
                folder,
                "diffusion_pytorch_model",
                &config.parameters()?,
                self.kind,
                self.device,
                transformer::LOAD_OPTIONS,
            )?;
            let transformer = if self.streamed {
                Transformer::streamed(weights, config)
            } else {
                Transformer::new(&weights.root(), config)
            };
            self.resident = Some((expert, transformer?));
        }
        Ok(&self.resident.as_ref().expect("just loaded").1)
    }
}

fn expert(model: &Model, folder: &'static str) -> Result<(&'static str, TransformerConfig), Error> {
    Ok((folder, config::read(model, &format!("{folder}/config.json"))?))
}
