//! The denoiser's two networks, the transformer and the text encoder, built on one flat
//! tensor. Knows configurations and tensors; does not know how they are trained.

use photoplay::diffusion::weights::Init;
use photoplay::diffusion::{
    TextEncoder, TextEncoderConfig, Transformer, TransformerConfig, Weights, best_kind, transformer,
};
use tch::{Kind, Tensor};

use crate::Error;
use crate::flat::{Flat, part, prefixed, restarted};

/// `transformer/config.json` of Toy Theatre.
pub(crate) const TRANSFORMER: &str = include_str!("../configs/transformer.json");
/// `text_encoder/config.json` of Toy Theatre.
pub(crate) const TEXT_ENCODER: &str = include_str!("../configs/text_encoder.json");
/// The same of its second edition.
const SECOND: [&str; 2] =
    [include_str!("../configs/transformer-2.json"), include_str!("../configs/text_encoder-2.json")];

/// The configurations of both networks.
#[derive(Debug)]
pub(crate) struct Configs {
    pub(crate) transformer: TransformerConfig,
    pub(crate) text_encoder: TextEncoderConfig,
}

impl Configs {
    pub(crate) fn new() -> Self {
        Self::of([TRANSFORMER, TEXT_ENCODER])
    }

    /// Those of the second edition.
    pub(crate) fn second() -> Self {
        Self::of(SECOND)
    }

    fn of([transformer, text_encoder]: [&str; 2]) -> Self {
        Self {
            transformer: serde_json::from_str(transformer).expect("well formed in the source"),
            text_encoder: serde_json::from_str(text_encoder).expect("well formed in the source"),
        }
    }

    /// The layout of both networks' parameters.
    pub(crate) fn layout(&self) -> Result<Flat, Error> {
        let transformer = restarted(self.transformer.parameters()?, |parameter| {
            // The network, and its control branch, begin with an output of zero.
            parameter.name.split('.').any(|part| part == "proj_out").then_some(Init::Zeros)
        });
        let mut parameters = prefixed("transformer", transformer);
        parameters.extend(prefixed("text_encoder", self.text_encoder.parameters()?));
        Ok(Flat::new(parameters))
    }
}

/// Both networks.
#[derive(Debug)]
pub(crate) struct Networks {
    pub(crate) transformer: Transformer,
    pub(crate) text_encoder: TextEncoder,
}

impl Networks {
    /// Builds the networks on a flat tensor in f32. The transformer multiplies in the
    /// precision its device is best at, as it does when it shoots.
    pub(crate) fn new(flat: &Flat, parameters: &Tensor, configs: &Configs) -> Result<Self, Error> {
        let all = flat.split(parameters);
        let kind = best_kind(parameters.device());
        let mut transformer = part(&all, "transformer");
        for (name, tensor) in &mut transformer {
            if !name.split('.').any(|part| transformer::KEEP_F32.contains(&part)) {
                *tensor = tensor.to_kind(kind);
            }
        }
        let transformer = Weights::from_tensors("the run", transformer);
        let text_encoder = Weights::from_tensors("the run", part(&all, "text_encoder"));
        Ok(Self {
            transformer: Transformer::from_weights(&transformer, &configs.transformer)?,
            text_encoder: TextEncoder::from_weights(&text_encoder, &configs.text_encoder)?,
        })
    }

    /// The velocity; `control` is that of the pipeline.
    pub(crate) fn velocity(
        &self,
        latents: &Tensor,
        times: &Tensor,
        (tokens, mask): &(Tensor, Tensor),
        control: &Tensor,
    ) -> Result<Tensor, Error> {
        let text = self.text_encoder.forward(tokens, mask);
        let prompt = self.transformer.prompt(&text)?;
        let control = self.transformer.control(control);
        let rope = self.transformer.rotations(latents);
        let velocity =
            self.transformer.forward(latents, times, &prompt, control.as_ref(), &rope)?;
        Ok(velocity.to_kind(Kind::Float))
    }
}
