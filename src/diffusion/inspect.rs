//! What is wrong with a model, found without loading it: configurations that are
//! not understood, tensors that are not those of the architecture.

use super::pipeline::parse;
use super::preview_decoder::PreviewDecoder;
use super::{
    Error, LoadOptions, Parameter, TextEncoderConfig, TransformerConfig, VaeConfig, Weights,
    text_encoder, transformer, vae,
};
use crate::diagnostic::chain;
use crate::model::Model;

/// What is wrong with the networks of a model, in sentences.
pub fn inspect(model: &Model) -> Vec<String> {
    let networks = match model.networks() {
        Ok(networks) => networks,
        Err(error) => return vec![chain(&error)],
    };
    networks
        .into_iter()
        .filter_map(|(folder, stem)| network(model, folder, stem).err())
        .chain(preview(model).err())
        .map(|e| chain(&e))
        .collect()
}

fn preview(model: &Model) -> Result<(), Error> {
    match parse::<VaeConfig>(model, "vae/config.json") {
        Ok(vae) => PreviewDecoder::check(model, &vae),
        // It is told already.
        Err(_) => Ok(()),
    }
}

fn network(model: &Model, folder: &str, stem: &str) -> Result<(), Error> {
    let config = format!("{folder}/config.json");
    let (parameters, loading): (Vec<Parameter>, LoadOptions<'_>) = match folder {
        "vae" => (parse::<VaeConfig>(model, &config)?.parameters()?, vae::LOAD_OPTIONS),
        "text_encoder" => {
            let config = parse::<TextEncoderConfig>(model, &config)?;
            (config.parameters()?, text_encoder::LOAD_OPTIONS)
        }
        _ => (parse::<TransformerConfig>(model, &config)?.parameters()?, transformer::LOAD_OPTIONS),
    };
    Weights::check(model, folder, stem, &parameters, loading)
}
