//! Finds what is wrong with a model without loading it: configurations that these
//! networks do not support, tensors that differ from the architecture's.

use super::config;
use super::preview_decoder::PreviewDecoder;
use super::request::check_size;
use super::runtime::guarded;
use super::tokenizer::Tokenizer;
use super::{
    Error, LoadOptions, Parameter, TextEncoderConfig, TransformerConfig, VaeConfig, Weights,
    text_encoder, transformer, vae,
};
use crate::diagnostic::chain;
use crate::model::Model;

/// Lists what is wrong with the networks of a model, in sentences.
pub fn inspect(model: &Model) -> Vec<String> {
    let networks = match model.networks() {
        Ok(networks) => networks,
        Err(error) => return vec![chain(&error)],
    };
    networks
        .into_iter()
        .filter_map(|(folder, stem)| guarded(|| network(model, folder, stem)).err())
        .chain(guarded(|| preview(model)).err())
        .chain(guarded(|| tokenizer(model)).err())
        .chain(guarded(|| size(model)).err())
        .map(|error| chain(&error))
        .collect()
}

fn preview(model: &Model) -> Result<(), Error> {
    match config::read::<VaeConfig>(model, "vae/config.json") {
        Ok(vae) => PreviewDecoder::check(model, &vae),
        // `network` has reported it.
        Err(_) => Ok(()),
    }
}

fn tokenizer(model: &Model) -> Result<(), Error> {
    // `network` reports what is wrong with the configuration.
    let Ok(config) = config::read::<TextEncoderConfig>(model, "text_encoder/config.json") else {
        return Ok(());
    };
    // Nor does everybody who looks through networks have one.
    let file = "tokenizer/tokenizer.json";
    if !model.has(file) {
        return Ok(());
    }
    let bytes = model.read(file)?;
    Tokenizer::new(&bytes, &config, model.defaults.text_length).map(|_| ())
}

/// Whether takes can have the size that the model's defaults name.
fn size(model: &Model) -> Result<(), Error> {
    let vae = config::read::<VaeConfig>(model, "vae/config.json");
    let transformer = config::read::<TransformerConfig>(model, "transformer/config.json");
    // `network` reports what is wrong with them.
    let (Ok(vae), Ok(transformer)) = (vae, transformer) else { return Ok(()) };
    let [_, rows, columns] = transformer.patch_size;
    let unit = [columns, rows].map(|patch| vae.scale_factor_spatial.saturating_mul(patch));
    check_size(unit, model.defaults.width, model.defaults.height)
}

fn network(model: &Model, folder: &str, stem: &str) -> Result<(), Error> {
    let config = format!("{folder}/config.json");
    let (parameters, loading): (Vec<Parameter>, LoadOptions<'_>) = match folder {
        "vae" => (config::read::<VaeConfig>(model, &config)?.parameters()?, vae::LOAD_OPTIONS),
        "text_encoder" => {
            let config = config::read::<TextEncoderConfig>(model, &config)?;
            (config.parameters()?, text_encoder::LOAD_OPTIONS)
        }
        _ => (
            config::read::<TransformerConfig>(model, &config)?.parameters()?,
            transformer::LOAD_OPTIONS,
        ),
    };
    Weights::check(model, folder, stem, &parameters, loading)
}
