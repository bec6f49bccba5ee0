//! Turns a model folder back into run folders, so that training can continue from a
//! release.

use std::fs;
use std::path::Path;

use photoplay::diffusion::weights::Parameter;
use photoplay::diffusion::{LoadOptions, Weights};
use photoplay::model::Model;
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::checkpoint::TrainingCheckpoint;
use crate::networks::Configs;
use crate::{Error, autoencoder, stage, text};

/// Writes the run folders of both networks with fresh optimisers.
pub(crate) fn import(folder: &Path, vae: &Path, denoiser: &Path) -> Result<(), Error> {
    let model = Model::open(folder)?;
    let configs = Configs::new();
    let autoencoder = autoencoder::config(vae)?;
    let stored = |folder, stem, parameters: Vec<Parameter>| {
        let loading = LoadOptions::default();
        let (kind, device) = (Kind::Float, Device::Cpu);
        Weights::load(&model, folder, stem, &parameters, kind, device, loading)
    };
    let transformer = configs.transformer.parameters()?;
    let transformer = stored("transformer", "diffusion_pytorch_model", transformer)?;
    let text_encoder = configs.text_encoder.parameters()?;
    let mut text_encoder = stored("text_encoder", "model", text_encoder)?;
    let embedding =
        text_encoder.tensors.get_mut("shared.weight").expect("a text encoder has an embedding");
    *embedding = moved(embedding, &model)?;
    let named = |prefix: &'static str, weights: Weights| {
        weights.tensors.into_iter().map(move |(name, tensor)| (format!("{prefix}.{name}"), tensor))
    };
    let tensors =
        named("transformer", transformer).chain(named("text_encoder", text_encoder)).collect();
    begin(denoiser, &configs.layout()?.join(&tensors))?;
    let flat = autoencoder::layout(&autoencoder)?;
    let weights = stored("vae", "diffusion_pytorch_model", autoencoder.parameters()?)?;
    begin(vae, &flat.join(&weights.tensors))?;
    autoencoder::keep_statistics(vae, &model.read("vae/config.json")?)
}

/// Moves the embeddings of the released words to their places in today's vocabulary;
/// the other rows stay as they are.
fn moved(embedding: &Tensor, model: &Model) -> Result<Tensor, Error> {
    let file = "tokenizer/tokenizer.json";
    let released = serde_json::from_slice(&model.read(file)?)
        .map_err(|source| Error::Json { path: file.into(), source })?;
    let today = text::tokenizer_json(
        &serde_json::from_str(&stage::words()).expect("the stage writes what is read here"),
    )?;
    let before = pieces(&released);
    let rows: Vec<i64> = (0..)
        .zip(pieces(&today))
        .map(|(row, piece)| {
            before.iter().position(|known| *known == piece).map_or(row, |found| found as i64)
        })
        .collect();
    Ok(embedding.index_select(0, &Tensor::from_slice(&rows)))
}

fn pieces(tokenizer: &Value) -> Vec<&str> {
    let vocabulary = tokenizer["model"]["vocab"].as_array();
    vocabulary.into_iter().flatten().filter_map(|entry| entry[0].as_str()).collect()
}

fn begin(run: &Path, parameters: &Tensor) -> Result<(), Error> {
    fs::create_dir_all(run).map_err(|source| Error::write(run, source))?;
    TrainingCheckpoint::beginning(parameters).save(run)
}
