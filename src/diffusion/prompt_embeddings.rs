//! Turns prompts into embeddings, and computes each once.
//!
//! A small text encoder stays in memory. A large one (UMT5-XXL has 11 GB) is
//! loaded for prompts that are new, its embeddings are cached on disk, and its
//! memory is freed before other networks are loaded. Knows texts; does not know
//! what they are for.

use std::path::PathBuf;

use blake3::Hash;
use indexmap::IndexMap;
use tch::{Device, Kind, Tensor};

use super::tensor_cache;
use super::text_encoder::{self, TextEncoderConfig};
use super::tokenizer::Tokenizer;
use super::{Error, TextEncoder, Weights};
use crate::model::{Model, RESIDENT_ENCODER};

/// How many embeddings are cached in memory.
const HELD: usize = 64;

/// The text encoder of a model and the embeddings of prompts.
#[derive(Debug)]
pub(super) struct PromptEmbeddings {
    model: Model,
    config: TextEncoderConfig,
    tokenizer: Tokenizer,
    device: Device,
    kind: Kind,
    encoder: Option<TextEncoder>,
    stays: bool,
    held: IndexMap<String, Tensor>,
    /// The folder of embeddings, and the digest of the files that make them.
    store: Option<(PathBuf, Hash)>,
}

impl PromptEmbeddings {
    /// Reads tokenizer and configuration; loads weights when a prompt is new.
    pub(super) fn new(
        model: &Model,
        config: TextEncoderConfig,
        device: Device,
        kind: Kind,
    ) -> Result<Self, Error> {
        let tokenizer = model.read("tokenizer/tokenizer.json")?;
        let tokenizer = Tokenizer::new(&tokenizer, &config, model.defaults.text_length)?;
        let numbers = |shape: &[i64]| shape.iter().product::<i64>();
        let count: i64 = config.parameters()?.iter().map(|one| numbers(&one.shape)).sum();
        let stays = count as u64 * kind.elt_size_in_bytes() as u64 <= RESIDENT_ENCODER;
        Ok(Self {
            model: model.clone(),
            config,
            tokenizer,
            device,
            kind,
            encoder: None,
            stays,
            held: IndexMap::new(),
            store: None,
        })
    }

    /// Loads the encoder if it is small enough to stay in memory; returns whether it is.
    pub(super) fn load_to_stay(&mut self) -> Result<bool, Error> {
        if self.stays {
            self.encoder()?;
        }
        Ok(self.stays)
    }

    /// Caches embeddings in a folder if the encoder does not stay in memory. `digest`
    /// is that of the files that make them, and part of their names.
    pub(super) fn cache_in(&mut self, folder: PathBuf, digest: Hash) {
        self.store = (!self.stays).then_some((folder, digest));
    }

    /// Whether a large encoder must be loaded for one of these prompts.
    pub(super) fn need_memory(&mut self, prompts: &[&str]) -> bool {
        !self.stays && prompts.iter().any(|prompt| self.known(prompt).is_none())
    }

    /// Embeddings of prompts, each (1, length, channels) on the device.
    pub(super) fn embed(&mut self, prompts: &[&str]) -> Result<Vec<Tensor>, Error> {
        let embedded = prompts
            .iter()
            .map(|prompt| match self.known(prompt) {
                Some(known) => Ok(known),
                None => self.compute(prompt),
            })
            .collect();
        if !self.stays {
            self.encoder = None;
        }
        embedded
    }

    /// A prompt's embedding from the cache in memory or on disk.
    fn known(&mut self, prompt: &str) -> Option<Tensor> {
        if let Some(held) = self.held.get(prompt) {
            return Some(held.shallow_clone());
        }
        let shape = [1, self.model.defaults.text_length as i64, self.config.d_model];
        let embedding = tensor_cache::read(&self.place(prompt)?)
            .filter(|cached| cached.size() == shape && cached.kind() == self.kind)?
            .to_device(self.device);
        self.hold(prompt, &embedding);
        Some(embedding)
    }

    fn compute(&mut self, prompt: &str) -> Result<Tensor, Error> {
        let (tokens, mask) = self.tokenizer.encode(prompt)?;
        let (tokens, mask) = (tokens.to_device(self.device), mask.to_device(self.device));
        let embedding = self.encoder()?.forward(&tokens, &mask);
        if let Some(place) = self.place(prompt) {
            // If the vault cannot be written, the next take computes it again.
            let _ = tensor_cache::write(&place, &embedding);
        }
        self.hold(prompt, &embedding);
        Ok(embedding)
    }

    fn encoder(&mut self) -> Result<&TextEncoder, Error> {
        if self.encoder.is_none() {
            let parameters = self.config.parameters()?;
            let loading = text_encoder::LOAD_OPTIONS;
            let (kind, device) = (self.kind, self.device);
            let weights = Weights::load(
                &self.model,
                "text_encoder",
                "model",
                &parameters,
                kind,
                device,
                loading,
            )?;
            self.encoder = Some(TextEncoder::from_weights(&weights, &self.config)?);
        }
        Ok(self.encoder.as_ref().expect("just loaded"))
    }

    fn hold(&mut self, prompt: &str, embedding: &Tensor) {
        if self.held.len() == HELD {
            self.held.shift_remove_index(0);
        }
        self.held.insert(prompt.to_owned(), embedding.shallow_clone());
    }

    /// The file of a prompt's embedding; `None` if embeddings are not cached on disk.
    fn place(&self, prompt: &str) -> Option<PathBuf> {
        let (folder, digest) = self.store.as_ref()?;
        let mut hasher = blake3::Hasher::new_derive_key("photoplay prompt embedding 3");
        hasher.update(digest.as_bytes()).update(kind_word(self.kind)?.as_bytes());
        hasher.update(&(self.model.defaults.text_length as u64).to_le_bytes());
        hasher.update(prompt.as_bytes());
        Some(folder.join(format!("{}.prompt", hasher.finalize().to_hex())))
    }
}

/// The word for a kind in names of files; it must never change. `None` for kinds that
/// no network computes in.
fn kind_word(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Float => Some("Float"),
        Kind::BFloat16 => Some("BFloat16"),
        Kind::Half => Some("Half"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::diffusion::Noise;

    /// Writes a model that has a text encoder alone.
    fn write(folder: &Path) -> TextEncoderConfig {
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("in a folder")).expect("can be made");
            fs::write(path, bytes).expect("can be written");
        };
        let settings = json!({
            "name": "Test", "prompt_template": "wan", "width": 32, "height": 32, "frame_rate": 12,
            "max_frames": 13, "steps": 2, "guidance_scale": 1.0, "scheduler": "unipc",
            "shift": 3.0, "text_length": 8, "licence": "MIT",
        });
        write("photoplay.json", settings.to_string().as_bytes());
        let tokenizer = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/parity/tokenizer.json");
        write("tokenizer/tokenizer.json", &fs::read(tokenizer).expect("it is there"));
        let config = json!({
            "vocab_size": 4096, "d_model": 8, "d_kv": 4, "d_ff": 12, "num_layers": 1,
            "num_heads": 2, "relative_attention_num_buckets": 8,
            "relative_attention_max_distance": 16, "layer_norm_epsilon": 1e-6,
            "feed_forward_proj": "gated-gelu",
        });
        let config: TextEncoderConfig = serde_json::from_value(config).expect("understood");
        let parameters = config.parameters().expect("supported");
        let weights = Weights::random(&parameters, &mut Noise::new(1, 0));
        write("text_encoder/model.safetensors", &weights.to_safetensors().expect("f32"));
        config
    }

    /// Embeddings of an encoder that is too large to stay in memory.
    fn large(folder: &Path, config: &TextEncoderConfig, digest: &[u8]) -> PromptEmbeddings {
        let model = Model::open(folder).expect("it is whole");
        let prompts = PromptEmbeddings::new(&model, config.clone(), Device::Cpu, Kind::Float);
        let mut prompts = prompts.expect("it is whole");
        assert!(prompts.stays, "a small encoder stays");
        prompts.stays = false;
        prompts.cache_in(folder.join("prompts"), blake3::hash(digest));
        prompts
    }

    #[test]
    fn a_large_encoder_goes_and_its_embeddings_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let config = write(folder.path());
        let mut prompts = large(folder.path(), &config, b"weights");
        assert!(prompts.need_memory(&["a fox", ""]));
        let made = prompts.embed(&["a fox", ""]).expect("it can be loaded");
        assert_ne!(made[0], made[1]);
        assert!(prompts.encoder.is_none() && !prompts.need_memory(&["", "a fox"]));
        // Found again without weights, by the same digest only, and not if damaged.
        fs::remove_file(folder.path().join("text_encoder/model.safetensors")).expect("is there");
        let mut again = large(folder.path(), &config, b"weights");
        assert!(!again.need_memory(&["a fox", ""]));
        assert_eq!(again.embed(&["a fox", ""]).expect("they are cached"), made);
        assert!(again.embed(&["a bear"]).is_err());
        let mut other = large(folder.path(), &config, b"other weights");
        assert!(other.need_memory(&["a fox"]) && other.embed(&["a fox"]).is_err());
        let cached = fs::read_dir(folder.path().join("prompts")).expect("they are cached");
        for entry in cached.flatten() {
            let bytes = fs::read(entry.path()).expect("it is there");
            fs::write(entry.path(), &bytes[..bytes.len() - 1]).expect("can be written");
        }
        let mut damaged = large(folder.path(), &config, b"weights");
        assert!(damaged.need_memory(&["a fox"]));
    }
}
