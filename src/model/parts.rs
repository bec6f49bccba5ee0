//! Finds the files that hold the weights of each network of a model.
//!
//! A network's folder holds, in this order of preference: what `weights` of
//! `photoplay.json` names, an index of shards, a file of the diffusers name, or
//! any single safetensors file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use super::error::Error;
use super::files::{below, describe, parse};
use super::folder::Model;
use super::header::Header;

/// The networks of a model, each with its folder and the stem of its files in
/// diffusers. Not every model has every one.
pub const NETWORKS: [(&str, &str); 4] = [
    ("text_encoder", "model"),
    ("transformer", "diffusion_pytorch_model"),
    ("transformer_2", "diffusion_pytorch_model"),
    ("vae", "diffusion_pytorch_model"),
];

/// The folder and stem of an optional small decoder for preview takes; it affects no
/// other take.
pub const PREVIEW_DECODER: (&str, &str) = ("preview_decoder", "diffusion_pytorch_model");

/// The files of one network's weights, by their paths in the model folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The files, at least one.
    pub files: Vec<String>,
    /// The index that names them, if there are several.
    pub index: Option<Shards>,
}

/// Which shard holds which tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shards {
    /// The index, by its path in the model folder.
    pub file: String,
    /// Shards by the tensors they hold, both as the index spells them.
    pub shards: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct ShardIndex {
    weight_map: BTreeMap<String, String>,
}

impl Model {
    /// The networks of the model: includes a second expert if `model_index.json` names
    /// it or says when it takes over, or if its folder exists.
    pub fn networks(&self) -> Result<Vec<(&'static str, &'static str)>, Error> {
        let index = self.index()?;
        let second = index.boundary_ratio.is_some()
            || index.transformer_2.1.is_some()
            || self.has("transformer_2/config.json");
        Ok(NETWORKS
            .into_iter()
            .filter(|(folder, _)| second || *folder != "transformer_2")
            .collect())
    }

    /// Finds the files of the weights of a network. All exist; none is read.
    pub fn checkpoint(&self, folder: &str, stem: &str) -> Result<Checkpoint, Error> {
        let alone = |file: String| Checkpoint { files: vec![file], index: None };
        if let Some(named) = self.defaults.weights.get(folder) {
            let file = below("photoplay.json", named)?;
            return if self.has(&file) { Ok(alone(file)) } else { Err(self.files.missing(&file)) };
        }
        let single = format!("{folder}/{stem}.safetensors");
        let index = format!("{single}.index.json");
        match self.read(&index) {
            Ok(bytes) => return self.shards(folder, index, &bytes),
            Err(Error::Missing { .. }) => {}
            Err(other) => return Err(other),
        }
        if self.has(&single) {
            return Ok(alone(single));
        }
        let files = self.list()?.into_iter().filter(|file| {
            file.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
                && file.ends_with(".safetensors")
        });
        let mut files: Vec<String> = files.collect();
        match files.len() {
            0 => Err(self.files.missing(&single)),
            1 => Ok(alone(files.remove(0))),
            _ => Err(Error::Several {
                model: describe(&self.files),
                folder: folder.to_owned(),
                files,
            }),
        }
    }

    /// The file of the model's preview decoder; `None` if it has none.
    pub fn preview_decoder(&self) -> Result<Option<Checkpoint>, Error> {
        let (folder, stem) = PREVIEW_DECODER;
        match self.checkpoint(folder, stem) {
            Ok(checkpoint) => return Ok(Some(checkpoint)),
            Err(Error::Missing { .. }) => {}
            Err(other) => return Err(other),
        }
        let pickle = |file: &String| {
            let ends = |end: &&str| Path::new(file).extension().is_some_and(|found| found == *end);
            file.starts_with(&format!("{folder}/")) && ["pth", "pt", "ckpt", "bin"].iter().any(ends)
        };
        match self.list()?.into_iter().find(pickle) {
            Some(file) => Err(Error::Pickle { model: describe(&self.files), file }),
            None => Ok(None),
        }
    }

    fn shards(&self, folder: &str, index: String, bytes: &[u8]) -> Result<Checkpoint, Error> {
        let ShardIndex { weight_map: shards } = parse(&self.files, &index, bytes)?;
        let mut files = Vec::new();
        for shard in shards.values().collect::<BTreeSet<_>>() {
            let file = format!("{folder}/{}", below(&index, shard)?);
            if !self.has(&file) {
                return Err(Error::MissingShard { index, shard: file });
            }
            files.push(file);
        }
        if files.is_empty() {
            return Err(Error::EmptyIndex { index });
        }
        Ok(Checkpoint { files, index: Some(Shards { file: index, shards }) })
    }

    /// The header of a safetensors file of the model.
    pub fn header(&self, file: &str) -> Result<Header, Error> {
        let header = match self.path(file) {
            Some(path) if !path.is_file() => return Err(self.files.missing(file)),
            Some(path) => Header::read(&path),
            None => Header::of(&self.read(file)?),
        };
        header.map_err(|source| Error::Damaged { file: file.to_owned(), source })
    }
}
