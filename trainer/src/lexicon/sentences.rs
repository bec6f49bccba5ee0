//! Turns sentences into unit vectors of their meaning: a BERT encoder with mean
//! pooling, read from a folder in the layout of Sentence Transformers
//! (all-MiniLM-L6-v2: Wang et al. 2020, <https://arxiv.org/abs/2002.10957>). Has no
//! words of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use tch::{Kind, Tensor};
use tokenizers::Tokenizer;

use crate::Error;

/// How many sentences pass through the network together.
const BATCH: usize = 64;

/// The needed part of `config.json`.
#[derive(Debug, Deserialize)]
struct Config {
    hidden_size: i64,
    num_attention_heads: i64,
    num_hidden_layers: i64,
    layer_norm_eps: f64,
    max_position_embeddings: usize,
}

/// The network.
#[derive(Debug)]
pub(super) struct SentenceEncoder {
    config: Config,
    weights: BTreeMap<String, Tensor>,
    tokenizer: Tokenizer,
}

impl SentenceEncoder {
    /// Opens the encoder in a folder.
    pub(super) fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("config.json");
        let text = fs::read(&path).map_err(|source| Error::read(&path, source))?;
        let config =
            serde_json::from_slice(&text).map_err(|source| Error::Json { path, source })?;
        let path = folder.join("tokenizer.json");
        let mut tokenizer = Tokenizer::from_file(&path)
            .map_err(|error| Error::Tokenizer(format!("`{}`: {error}", path.display())))?;
        tokenizer.with_padding(None);
        let path = folder.join("model.safetensors");
        let weights = Tensor::read_safetensors(&path)
            .map_err(|source| Error::Tensors { path, source })?
            .into_iter()
            .map(|(name, tensor)| (name, tensor.to_kind(Kind::Float)))
            .collect();
        Ok(Self { config, weights, tokenizer })
    }

    /// Unit vectors of sentences, (sentences, hidden size).
    pub(super) fn encode(&self, sentences: &[String]) -> Result<Tensor, Error> {
        // Sentences of one length need no padding.
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        order.sort_by_key(|&at| sentences[at].len());
        let mut rows = Vec::new();
        for batch in order.chunks(BATCH) {
            let batch: Vec<&str> = batch.iter().map(|&at| sentences[at].as_str()).collect();
            rows.push(tch::no_grad(|| self.batch(&batch))?);
        }
        let mut back = vec![0_i64; order.len()];
        for (row, &at) in order.iter().enumerate() {
            back[at] = row as i64;
        }
        Ok(Tensor::cat(&rows, 0).index_select(0, &Tensor::from_slice(&back)))
    }

    fn batch(&self, sentences: &[&str]) -> Result<Tensor, Error> {
        let said = |error: tokenizers::Error| Error::Tokenizer(error.to_string());
        let encodings = self.tokenizer.encode_batch(sentences.to_vec(), true).map_err(said)?;
        let longest = encodings.iter().map(tokenizers::Encoding::len).max().unwrap_or(0);
        let length = longest.min(self.config.max_position_embeddings);
        let (mut ids, mut mask) = (Vec::new(), Vec::new());
        for encoding in &encodings {
            let known = &encoding.get_ids()[..encoding.len().min(length)];
            ids.extend(known.iter().map(|&id| i64::from(id)));
            ids.resize(ids.len() + length - known.len(), 0);
            mask.extend((0..length).map(|at| if at < known.len() { 1.0_f32 } else { 0.0 }));
        }
        let shape = [sentences.len() as i64, length as i64];
        let ids = Tensor::from_slice(&ids).reshape(shape);
        let mask = Tensor::from_slice(&mask).reshape(shape);

        let embedding = |name: &str| self.weight(&format!("embeddings.{name}_embeddings.weight"));
        let words = embedding("word")?.index_select(0, &ids.view([-1]));
        let words = words.view([shape[0], shape[1], self.config.hidden_size]);
        let positions = embedding("position")?.narrow(0, 0, shape[1]);
        let first = embedding("token_type")?.get(0);
        let mut states = self.norm("embeddings.LayerNorm", &(words + positions + first))?;
        let unseen = ((&mask - 1.0) * 1e9).view([shape[0], 1, 1, shape[1]]);
        for layer in 0..self.config.num_hidden_layers {
            states = self.layer(&format!("encoder.layer.{layer}"), &states, &unseen)?;
        }
        let mask = mask.unsqueeze(-1);
        let mean = (states * &mask).sum_dim_intlist(1, false, Kind::Float)
            / mask.sum_dim_intlist(1, false, Kind::Float);
        let length = mean.norm_scalaropt_dim(2, -1, true).clamp_min(1e-12);
        Ok(mean / length)
    }

    fn layer(&self, name: &str, states: &Tensor, unseen: &Tensor) -> Result<Tensor, Error> {
        let (batch, length, width) = states.size3().expect("states have three dimensions");
        let heads = self.config.num_attention_heads;
        let split = |part: &str| -> Result<Tensor, Error> {
            let part = self.linear(&format!("{name}.attention.self.{part}"), states)?;
            Ok(part.view([batch, length, heads, width / heads]).transpose(1, 2))
        };
        let (query, key, value) = (split("query")?, split("key")?, split("value")?);
        let attended = Tensor::scaled_dot_product_attention(
            &query,
            &key,
            &value,
            Some(unseen),
            0.0,
            false,
            None,
            false,
        );
        let attended = attended.transpose(1, 2).reshape([batch, length, width]);
        let attended = self.linear(&format!("{name}.attention.output.dense"), &attended)?;
        let norm = format!("{name}.attention.output.LayerNorm");
        let states = self.norm(&norm, &(attended + states))?;
        let inner = self.linear(&format!("{name}.intermediate.dense"), &states)?.gelu("none");
        let outer = self.linear(&format!("{name}.output.dense"), &inner)?;
        self.norm(&format!("{name}.output.LayerNorm"), &(outer + states))
    }

    fn linear(&self, name: &str, input: &Tensor) -> Result<Tensor, Error> {
        let weight = self.weight(&format!("{name}.weight"))?;
        Ok(input.linear(weight, Some(self.weight(&format!("{name}.bias"))?)))
    }

    fn norm(&self, name: &str, input: &Tensor) -> Result<Tensor, Error> {
        let weight = self.weight(&format!("{name}.weight"))?;
        let bias = self.weight(&format!("{name}.bias"))?;
        let width = [self.config.hidden_size];
        Ok(input.layer_norm(width, Some(weight), Some(bias), self.config.layer_norm_eps, true))
    }

    fn weight(&self, name: &str) -> Result<&Tensor, Error> {
        self.weights.get(name).ok_or_else(|| Error::Encoder(name.to_owned()))
    }
}
