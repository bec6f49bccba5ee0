//! Estimates what shooting will cost: memory from the headers of the model's
//! files and the size of its takes, time from similar takes in the vault.
//!
//! Knows shapes of tensors; does not load libtorch.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::recipe::Recipe;
use super::vault::{self, Record};
use crate::model::header::Dtype;
use crate::model::{self, Model, NETWORKS, Placement, RESIDENT_ENCODER, VaeMemory};

/// Bytes of memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct MemoryEstimate {
    /// Weights of the text encoder, in bf16.
    pub text_encoder: u64,
    /// Weights of the transformer in bf16, of the larger one if there are two;
    /// weights of one block where blocks are loaded one at a time.
    pub transformer: u64,
    /// Weights of the autoencoder, in f32.
    pub vae: u64,
    /// Activations of the transformer.
    pub working: u64,
    /// The most at one time in the device's memory.
    pub most: u64,
    /// What must leave the device's memory to keep the limit.
    pub placement: Placement,
}

#[derive(Deserialize)]
struct Transformer {
    num_attention_heads: u64,
    attention_head_dim: u64,
    ffn_dim: u64,
}

#[derive(Deserialize)]
struct Vae {
    #[serde(default = "eight")]
    scale_factor_spatial: u64,
    #[serde(flatten)]
    coding: VaeMemory,
}

fn eight() -> u64 {
    8
}

/// What must move out of memory for a model to shoot within `limit` bytes.
pub(crate) fn placement(model: &Model, limit: Option<u64>) -> Placement {
    // Loading the model reports what is wrong with its files.
    limit.and_then(|_| memory(model, limit).ok()).unwrap_or_default().placement
}

/// That takes will need more than `limit` bytes, in words, if so.
#[cfg(any(test, feature = "ffmpeg"))]
pub(crate) fn beyond(model: &Model, limit: Option<u64>) -> Option<String> {
    let limit = limit?;
    let MemoryEstimate { most, vae, .. } = memory(model, Some(limit)).ok()?;
    let megabytes = |bytes: u64| format!("{:.0} MB", bytes as f64 / 1e6);
    (most > limit).then(|| {
        format!(
            "takes need about {}, more than the {} of `--vram`: the autoencoder, {} of weights and its clip, is not loaded in parts",
            megabytes(most),
            megabytes(limit),
            megabytes(vae)
        )
    })
}

/// The memory that takes of the model's own size need, within `limit` bytes if
/// that is possible.
pub(crate) fn memory(model: &Model, limit: Option<u64>) -> Result<MemoryEstimate, model::Error> {
    let mut numbers: BTreeMap<&str, Numbers> = BTreeMap::new();
    for (folder, stem) in NETWORKS {
        match model.checkpoint(folder, stem) {
            Ok(checkpoint) => {
                let numbers = numbers.entry(folder).or_default();
                for file in &checkpoint.files {
                    numbers.count(model, file)?;
                }
            }
            // A model may lack a second transformer; loading reports any other
            // gap.
            Err(model::Error::Missing { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    let of = |folder: &str, count: fn(&Numbers) -> u64| numbers.get(folder).map_or(0, count);
    let of_transformer = |count| 2 * of("transformer", count).max(of("transformer_2", count));
    let transformer: Transformer = config(model, "transformer/config.json")?;
    let Vae { scale_factor_spatial, coding } = config(model, "vae/config.json")?;
    let settings = &model.defaults;
    let frames = 1 + u64::from(settings.max_frames.saturating_sub(1)) / 4;
    // A token covers two latents in height and in width.
    let side = |pixels: u32| u64::from(pixels) / scale_factor_spatial.max(1) / 2;
    let tokens = frames * side(settings.width) * side(settings.height);
    let width = transformer.num_attention_heads * transformer.attention_head_dim;
    // Each block holds the tokens, their norms and sums in f32, queries, keys,
    // values and a hint in bf16, and the wider layer of the feed-forward network.
    let working = tokens * (24 * width + 4 * transformer.ffn_dim);
    let text_encoder = 2 * of("text_encoder", Numbers::all);
    let vae = 4 * of("vae", Numbers::all);
    let beyond = |bytes: u64| limit.is_some_and(|limit| bytes > limit);
    let read_on_cpu = beyond(text_encoder);
    let stays = text_encoder <= RESIDENT_ENCODER && !read_on_cpu;
    let [width, height, frames] =
        [settings.width, settings.height, settings.max_frames].map(u64::from);
    let coding = coding.most(width, height, frames);
    let beside = if stays { text_encoder } else { 0 } + vae + working.max(coding);
    let streamed = beyond(beside + of_transformer(Numbers::all));
    let transformer = of_transformer(if streamed { Numbers::with_one_block } else { Numbers::all });
    let reading = if read_on_cpu { 0 } else { text_encoder };
    let most = reading.max(beside + transformer);
    let placement = Placement { streamed, read_on_cpu };
    Ok(MemoryEstimate { text_encoder, transformer, vae, working, most, placement })
}

/// Numbers of parameters of a network.
#[derive(Default)]
struct Numbers {
    around: u64,
    /// Parameters of each block, by branch and index.
    blocks: BTreeMap<String, u64>,
}

impl Numbers {
    fn all(&self) -> u64 {
        self.around + self.blocks.values().sum::<u64>()
    }

    fn with_one_block(&self) -> u64 {
        self.around + self.blocks.values().max().copied().unwrap_or(0)
    }

    /// Adds the tensors of a file.
    fn count(&mut self, model: &Model, file: &str) -> Result<(), model::Error> {
        for (name, stored) in model.header(file)?.tensors {
            if stored.dtype == Dtype::U8 {
                continue;
            }
            let numbers = stored.shape.iter().product::<i64>() as u64;
            match block(&name) {
                Some(block) => *self.blocks.entry(block).or_default() += numbers,
                None => self.around += numbers,
            }
        }
        Ok(())
    }
}

/// The transformer's block that a tensor belongs to, in either scheme of tensor
/// names.
fn block(name: &str) -> Option<String> {
    let mut parts = name.split('.').skip_while(|part| !matches!(*part, "blocks" | "vace_blocks"));
    Some(format!("{}.{}", parts.next()?, parts.next()?))
}

fn config<T: for<'de> Deserialize<'de>>(model: &Model, file: &str) -> Result<T, model::Error> {
    serde_json::from_slice(&model.read(file)?).map_err(|source| model::Error::Config {
        file: file.to_owned(),
        model: model.defaults.name.clone(),
        source,
    })
}

/// Seconds that recipes will need, judged by takes of the same model that this
/// vault holds; `None` if it holds none.
pub(crate) fn seconds(root: &Path, recipes: &[&Recipe]) -> Option<f64> {
    let wanted = recipes.first()?.explain();
    let model = model_of(&wanted);
    let known = vault::records(root);
    let same = known.iter().filter(|record| model_of(&record.recipe) == model);
    let mut rates: Vec<f64> = same.filter_map(rate).collect();
    rates.sort_by(f64::total_cmp);
    let median = *rates.get(rates.len() / 2)?;
    let work = recipes.iter().filter_map(|recipe| work(&recipe.explain()));
    Some(work.map(|work| work * median).sum())
}

/// Digests of a model's files in a recorded recipe.
fn model_of(recipe: &indexmap::IndexMap<String, String>) -> Vec<(&str, &str)> {
    let fields = recipe.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    fields.filter(|(name, _)| name.starts_with("model ")).collect()
}

/// Seconds of a recorded take for one unit of work.
fn rate(record: &Record) -> Option<f64> {
    let rate = record.made.seconds / work(&record.recipe)?;
    rate.is_finite().then_some(rate).filter(|rate| *rate > 0.0)
}

/// Pixels times passes. Each step passes the clip through the network once, or
/// twice with guidance; coding costs about one more pass.
fn work(recipe: &indexmap::IndexMap<String, String>) -> Option<f64> {
    let number = |name: &str| recipe.get(name)?.parse::<f64>().ok();
    let pixels = number("width")? * number("height")? * number("frames")?;
    let passes = if number("guidance scale")? > 1.0 { 2.0 } else { 1.0 };
    Some(pixels * (number("steps")? * passes + 1.0))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::recipe::tests::sample;
    use super::super::vault::{Made, Vault};
    use super::*;

    #[test]
    fn what_cannot_be_kept_is_told() {
        let model = Model::embedded().unwrap();
        assert_eq!(beyond(&model, None), None);
        assert_eq!(beyond(&model, Some(8_000_000_000)), None);
        let told = beyond(&model, Some(10_000_000)).unwrap();
        assert!(told.contains("more than the 10 MB of `--vram`"), "{told}");
    }

    #[test]
    fn the_embedded_model_is_counted() {
        let memory = memory(&Model::embedded().unwrap(), None).unwrap();
        let parts = [memory.text_encoder, memory.transformer, memory.vae, memory.working];
        assert!(parts.iter().all(|bytes| *bytes > 0), "{memory:?}");
        assert!(memory.most >= memory.transformer + memory.vae, "{memory:?}");
        assert!(memory.most < 4 << 30, "a small model: {memory:?}");
        assert_eq!(memory.placement, Placement::default());
    }

    #[test]
    fn what_is_too_large_for_the_device_gives_way() {
        let model = Model::embedded().unwrap();
        let whole = memory(&model, None).unwrap();
        assert_eq!(memory(&model, Some(whole.most)).unwrap(), whole);
        let short = memory(&model, Some(whole.most - 1)).unwrap();
        assert_eq!(short.placement, Placement { streamed: true, read_on_cpu: false });
        assert!(short.transformer < whole.transformer / 2, "{short:?} beside {whole:?}");
        assert_eq!(whole.most - short.most, whole.transformer - short.transformer);
        let least = memory(&model, Some(1)).unwrap();
        assert_eq!(least.placement, Placement { streamed: true, read_on_cpu: true });
        assert_eq!(short.most - least.most, least.text_encoder);
        assert_eq!(placement(&model, Some(1)), least.placement);
        assert_eq!(placement(&model, None), Placement::default());
    }

    #[test]
    fn blocks_are_known_in_either_scheme() {
        let of = |name| block(name).unwrap_or_default();
        assert_eq!(of("blocks.12.attn1.to_q.weight"), "blocks.12");
        assert_eq!(of("model.diffusion_model.vace_blocks.3.ffn.0.bias"), "vace_blocks.3");
        assert_eq!(of("patch_embedding.weight"), "");
    }

    #[test]
    fn time_is_told_by_takes_of_the_same_model() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        let wanted = sample();
        assert_eq!(seconds(folder.path(), &[&wanted]), None);
        assert_eq!(seconds(folder.path(), &[]), None);
        let keep = |edit: &dyn Fn(&mut Recipe), seconds: f64| {
            let mut recipe = sample();
            edit(&mut recipe);
            let temp = vault.temp(&recipe.key());
            std::fs::write(&temp, b"a take").unwrap();
            let made = Made { seconds, ..Made::default() };
            vault.keep(&recipe.key(), &recipe, &temp, made).unwrap();
        };
        // A take of another model says nothing about this one.
        keep(
            &|recipe| {
                Arc::make_mut(&mut recipe.model)
                    .insert("vae/config.json".to_owned(), blake3::hash(b"v"));
            },
            900.0,
        );
        assert_eq!(seconds(folder.path(), &[&wanted]), None);
        keep(&|recipe| recipe.seed = 1, 9.0);
        assert!((seconds(folder.path(), &[&wanted]).unwrap() - 9.0).abs() < 1e-9);
        // Twice the frames, with guidance: 8 steps are 16 passes and one of coding.
        let mut longer = sample();
        (longer.frames, longer.guidance_scale) = (2 * longer.frames, 5.0);
        let found = seconds(folder.path(), &[&wanted, &longer]).unwrap();
        assert!((found - (9.0 + 2.0 * 17.0)).abs() < 1e-9, "{found}");
        // The median of several.
        keep(&|recipe| recipe.seed = 2, 1000.0);
        keep(&|recipe| recipe.seed = 3, 8.0);
        assert!((seconds(folder.path(), &[&wanted]).unwrap() - 9.0).abs() < 1e-9);
    }
}
