//! A recipe: everything that decides the pixels of a take, and nothing else. Its
//! key names the take in the vault.
//!
//! Knows no paths, shot numbers, spans or devices: two shots with the same recipe
//! share a take.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use blake3::Hash;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::model::ControlSignal;
pub use crate::model::NETWORK_REVISION;

/// Largest relative difference at which `--quality draft` reuses a velocity. Toy
/// Theatre's takes at this value are hard to tell from full ones; at twice the
/// value they are not (`benches/RESULTS.md`).
pub const DRAFT_REUSE: f64 = 0.1;

/// The key of a take: BLAKE3 of its recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TakeKey(pub [u8; 32]);

impl TakeKey {
    /// The first twelve digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for TakeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Hash::from_bytes(self.0).to_hex())
    }
}

impl FromStr for TakeKey {
    type Err = blake3::HexError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Hash::from_hex(text).map(|hash| Self(*hash.as_bytes()))
    }
}

impl Serialize for TakeKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TakeKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The recipe of a take. Fields that all recipes of a film share are behind an
/// `Arc`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// BLAKE3 of the model's weights, tokenizer and configurations, by path.
    pub model: Arc<BTreeMap<String, Hash>>,
    /// Adapters of its transformers, in order.
    #[serde(default)]
    pub adapters: Arc<[RecipeAdapter]>,
    /// The prompt as the text encoder reads it.
    pub prompt: String,
    /// The prompt to steer away from.
    pub negative_prompt: Arc<str>,
    /// Tokens of the prompt, padding included.
    pub text_length: u32,
    /// Seed of the noise.
    pub seed: u64,
    /// Scheduler by its diffusers name.
    pub scheduler: Arc<str>,
    /// Denoising steps.
    pub steps: u32,
    /// Time shift of the flow schedule.
    pub shift: f64,
    /// Classifier-free guidance scale.
    pub guidance_scale: f64,
    /// Guidance scale of the low-noise expert, if it has its own.
    #[serde(default)]
    pub guidance_scale_2: Option<f64>,
    /// Boundary at which the low-noise expert takes over, if the model has two.
    #[serde(default)]
    pub boundary_ratio: Option<f64>,
    /// Whether each latent frame has its own timestep.
    #[serde(default)]
    pub expand_timesteps: bool,
    /// Largest relative difference at which a step reuses a velocity, if steps
    /// may ([`DRAFT_REUSE`]).
    #[serde(default)]
    pub reuse: Option<f64>,
    /// BLAKE3 of the preview decoder, if it decodes this take.
    #[serde(default)]
    pub preview_decoder: Option<Hash>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Frames at the network's own rate, including those that it continues; 4k+1.
    pub frames: u32,
    /// BLAKE3 of the reference pictures, the main subject's first.
    pub references: Vec<Hash>,
    /// BLAKE3 of the picture for the first frame.
    pub first_image: Option<Hash>,
    /// BLAKE3 of the picture for the last frame.
    pub last_image: Option<Hash>,
    /// Lines of words, typeset on paper as the first frame.
    pub lettering: Vec<String>,
    /// Frames of another take that this one continues.
    pub preceding: Option<Preceding>,
    /// What controls the take besides the prompt.
    #[serde(default)]
    pub control: Option<RecipeControl>,
}

/// A low-rank adapter, as far as pixels depend on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipeAdapter {
    /// BLAKE3 of its file.
    pub digest: Hash,
    /// Factor of its change.
    pub strength: f64,
    /// Name of the one transformer that it changes; `None` for all of them.
    pub network: Option<String>,
}

/// What controls a take besides the prompt, as far as pixels depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RecipeControl {
    /// What the blocking is drawn as.
    pub signal: ControlSignal,
    /// BLAKE3 of the drawing: the figures, the set and the camera of every frame.
    pub blocking: Hash,
    /// Factor of what the control layers add.
    pub scale: f64,
}

/// Frames of an earlier take that a take begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preceding {
    /// The earlier take.
    pub take: TakeKey,
    /// First frame that this take repeats.
    pub first: u32,
    /// Number of frames that this take repeats; 4k+1.
    pub frames: u32,
    /// Whether this is the next piece of the earlier take: such a piece does not
    /// store the repeated frames.
    pub next_piece: bool,
}

/// One value of a recipe.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// Words.
    Text(&'a str),
    /// A whole number.
    Number(u64),
    /// A real number; equal only if all bits are.
    Real(f64),
    /// A digest.
    Digest(&'a [u8; 32]),
}

/// Receives the fields of a recipe. One implementation hashes them and another
/// explains them. Both get the same fields, so an explanation is complete.
pub trait FieldWriter {
    /// One field.
    fn field(&mut self, name: &str, value: Value<'_>);
}

impl Recipe {
    /// Writes every field in a fixed order. The pattern names them all: the
    /// compiler refuses a new field that is missing here.
    #[expect(clippy::too_many_lines, reason = "a table of all fields")]
    pub fn write_fields(&self, writer: &mut impl FieldWriter) {
        let Self {
            model,
            adapters,
            prompt,
            negative_prompt,
            text_length,
            seed,
            scheduler,
            steps,
            shift,
            guidance_scale,
            guidance_scale_2,
            boundary_ratio,
            expand_timesteps,
            reuse,
            preview_decoder,
            width,
            height,
            frames,
            references,
            first_image,
            last_image,
            lettering,
            preceding,
            control,
        } = self;
        writer.field("network revision", Value::Number(NETWORK_REVISION.into()));
        writer.field("model files", Value::Number(model.len() as u64));
        for (file, digest) in model.iter() {
            writer.field(&format!("model {file}"), Value::Digest(digest.as_bytes()));
        }
        // Written only if there are some: recipes without adapters keep their
        // keys.
        if !adapters.is_empty() {
            writer.field("adapters", Value::Number(adapters.len() as u64));
        }
        for (index, RecipeAdapter { digest, strength, network }) in adapters.iter().enumerate() {
            let name = format!("adapter {}", index + 1);
            writer.field(&name, Value::Digest(digest.as_bytes()));
            writer.field(&format!("{name} strength"), Value::Real(*strength));
            let network = network.as_deref().unwrap_or("every transformer");
            writer.field(&format!("{name} for"), Value::Text(network));
        }
        writer.field("prompt", Value::Text(prompt));
        writer.field("negative prompt", Value::Text(negative_prompt));
        writer.field("text length", Value::Number((*text_length).into()));
        writer.field("seed", Value::Number(*seed));
        writer.field("scheduler", Value::Text(scheduler));
        writer.field("steps", Value::Number((*steps).into()));
        writer.field("shift", Value::Real(*shift));
        writer.field("guidance scale", Value::Real(*guidance_scale));
        // Written only if the model has them: recipes of other models keep their
        // keys.
        if let Some(scale) = guidance_scale_2 {
            writer.field("guidance scale 2", Value::Real(*scale));
        }
        if let Some(ratio) = boundary_ratio {
            writer.field("boundary ratio", Value::Real(*ratio));
        }
        if *expand_timesteps {
            writer.field("expand timesteps", Value::Number(1));
        }
        if let Some(below) = reuse {
            writer.field("reuse below", Value::Real(*below));
        }
        if let Some(digest) = preview_decoder {
            writer.field("preview decoder", Value::Digest(digest.as_bytes()));
        }
        writer.field("width", Value::Number((*width).into()));
        writer.field("height", Value::Number((*height).into()));
        writer.field("frames", Value::Number((*frames).into()));
        writer.field("references", Value::Number(references.len() as u64));
        for (index, digest) in references.iter().enumerate() {
            let name = format!("reference {}", index + 1);
            writer.field(&name, Value::Digest(digest.as_bytes()));
        }
        for (name, image) in [("first image", first_image), ("last image", last_image)] {
            match image {
                None => writer.field(name, Value::Text("none")),
                Some(digest) => writer.field(name, Value::Digest(digest.as_bytes())),
            }
        }
        // Written only if there is one: recipes without control keep their keys.
        if let Some(RecipeControl { signal, blocking, scale }) = control {
            let signal = match signal {
                ControlSignal::Depth => "depth",
            };
            writer.field("control", Value::Text(signal));
            writer.field("control blocking", Value::Digest(blocking.as_bytes()));
            writer.field("control scale", Value::Real(*scale));
        }
        writer.field("lettering", Value::Number(lettering.len() as u64));
        for (index, line) in lettering.iter().enumerate() {
            writer.field(&format!("lettering {}", index + 1), Value::Text(line));
        }
        match preceding {
            None => writer.field("continues", Value::Text("nothing")),
            Some(Preceding { take, first, frames, next_piece }) => {
                writer.field("continues", Value::Digest(&take.0));
                writer.field("continues from frame", Value::Number((*first).into()));
                writer.field("continues frames", Value::Number((*frames).into()));
                writer.field("continues whole", Value::Number((*next_piece).into()));
                // Separates these keys from keys of old pieces, which stored all
                // frames.
                if *next_piece {
                    writer.field("stored from frame", Value::Number((*frames).into()));
                }
            }
        }
    }

    /// Whether it makes the next piece of the take that it continues.
    pub fn is_next_piece(&self) -> bool {
        self.preceding.is_some_and(|preceding| preceding.next_piece)
    }

    /// The number of frames that its take stores.
    pub fn stored_frames(&self) -> u32 {
        let shared = self.preceding.filter(|preceding| preceding.next_piece);
        self.frames - shared.map_or(0, |preceding| preceding.frames)
    }

    /// The key of the take.
    pub fn key(&self) -> TakeKey {
        let mut hasher = Hasher(blake3::Hasher::new_derive_key("photoplay take recipe 1"));
        self.write_fields(&mut hasher);
        TakeKey(*hasher.0.finalize().as_bytes())
    }

    /// Its fields in words, in order.
    pub fn explain(&self) -> IndexMap<String, String> {
        let mut explainer = Explainer(IndexMap::new());
        self.write_fields(&mut explainer);
        explainer.0
    }
}

/// A recipe and its key, hashed once.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyedRecipe {
    key: TakeKey,
    recipe: Arc<Recipe>,
}

impl KeyedRecipe {
    /// The key of the take.
    pub fn key(&self) -> TakeKey {
        self.key
    }
}

impl From<Recipe> for KeyedRecipe {
    fn from(recipe: Recipe) -> Self {
        Self { key: recipe.key(), recipe: Arc::new(recipe) }
    }
}

impl Deref for KeyedRecipe {
    type Target = Recipe;

    fn deref(&self) -> &Recipe {
        &self.recipe
    }
}

/// Hashes fields: each name and value, with its length before it.
pub(super) struct Hasher(pub(super) blake3::Hasher);

impl FieldWriter for Hasher {
    fn field(&mut self, name: &str, value: Value<'_>) {
        self.bytes(name.as_bytes());
        match value {
            Value::Text(text) => self.tagged(0, text.as_bytes()),
            Value::Number(number) => self.tagged(1, &number.to_le_bytes()),
            Value::Real(real) => self.tagged(2, &real.to_bits().to_le_bytes()),
            Value::Digest(digest) => self.tagged(3, digest),
        }
    }
}

impl Hasher {
    fn tagged(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update(&[kind]);
        self.bytes(bytes);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

struct Explainer(IndexMap<String, String>);

impl FieldWriter for Explainer {
    fn field(&mut self, name: &str, value: Value<'_>) {
        let value = match value {
            Value::Text(text) => text.to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Real(real) => real.to_string(),
            Value::Digest(digest) => Hash::from_bytes(*digest).to_hex().to_string(),
        };
        self.0.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::shoot) fn sample() -> Recipe {
        Recipe {
            model: Arc::new(BTreeMap::from([(
                "transformer/model.safetensors".to_owned(),
                blake3::hash(b"w"),
            )])),
            adapters: Arc::new([]),
            prompt: "wide shot. mammoth.".to_owned(),
            negative_prompt: "".into(),
            text_length: 64,
            seed: 7,
            scheduler: "unipc".into(),
            steps: 8,
            shift: 3.0,
            guidance_scale: 1.0,
            guidance_scale_2: None,
            boundary_ratio: None,
            expand_timesteps: false,
            reuse: None,
            preview_decoder: None,
            width: 288,
            height: 160,
            frames: 17,
            references: vec![blake3::hash(b"tusk")],
            first_image: None,
            last_image: None,
            lettering: Vec::new(),
            preceding: None,
            control: None,
        }
    }

    #[test]
    fn every_field_changes_the_key_and_is_named_by_the_explanation() {
        type Edit = (&'static str, fn(&mut Recipe));
        let edits: [Edit; 25] = [
            ("model transformer/model.safetensors", |r| {
                Arc::make_mut(&mut r.model)
                    .insert("transformer/model.safetensors".to_owned(), blake3::hash(b"v"));
            }),
            ("adapters", |r| r.adapters = Arc::new([adapter()])),
            ("prompt", |r| r.prompt.push('!')),
            ("negative prompt", |r| r.negative_prompt = "blur".into()),
            ("text length", |r| r.text_length += 1),
            ("seed", |r| r.seed += 1),
            ("scheduler", |r| r.scheduler = "euler".into()),
            ("steps", |r| r.steps += 1),
            ("shift", |r| r.shift += 0.5),
            ("guidance scale", |r| r.guidance_scale += 0.5),
            ("guidance scale 2", |r| r.guidance_scale_2 = Some(1.0)),
            ("boundary ratio", |r| r.boundary_ratio = Some(0.875)),
            ("expand timesteps", |r| r.expand_timesteps = true),
            ("reuse below", |r| r.reuse = Some(DRAFT_REUSE)),
            ("preview decoder", |r| r.preview_decoder = Some(blake3::hash(b"d"))),
            ("width", |r| r.width += 32),
            ("height", |r| r.height += 32),
            ("frames", |r| r.frames += 4),
            ("references", |r| r.references.clear()),
            ("first image", |r| r.first_image = Some(blake3::hash(b"a"))),
            ("last image", |r| r.last_image = Some(blake3::hash(b"a"))),
            ("lettering", |r| r.lettering.push("DEAR IDA".to_owned())),
            ("control blocking", |r| r.control = Some(control(blake3::hash(b"b"), 1.0))),
            ("control scale", |r| r.control = Some(control(blake3::hash(b"b"), 0.5))),
            ("continues", |r| {
                r.preceding = Some(Preceding {
                    take: TakeKey([1; 32]),
                    first: 3,
                    frames: 5,
                    next_piece: false,
                });
            }),
        ];
        let (key, explained) = (sample().key(), sample().explain());
        for (name, edit) in edits {
            let mut recipe = sample();
            edit(&mut recipe);
            assert_ne!(recipe.key(), key, "{name}");
            assert_ne!(recipe.explain().get(name), explained.get(name), "{name}");
        }
    }

    fn control(blocking: Hash, scale: f64) -> RecipeControl {
        RecipeControl { signal: ControlSignal::Depth, blocking, scale }
    }

    #[test]
    fn everything_of_a_control_changes_the_key() {
        let key = |control| Recipe { control, ..sample() }.key();
        let keys = [
            key(None),
            key(Some(control(blake3::hash(b"a"), 1.0))),
            key(Some(control(blake3::hash(b"b"), 1.0))),
            key(Some(control(blake3::hash(b"b"), 0.5))),
        ];
        assert_eq!(std::collections::BTreeSet::from(keys).len(), keys.len());
    }

    fn adapter() -> RecipeAdapter {
        RecipeAdapter { digest: blake3::hash(b"lora"), strength: 0.8, network: None }
    }

    /// If keys changed, every film would be shot again.
    #[test]
    fn keys_stay_what_they_are() {
        assert_eq!(
            sample().key().to_string(),
            "53f3f9e510699d6769b285439ef2426b271ebb86b593a553191cd9fb7a972c64"
        );
        let full = Recipe {
            adapters: Arc::new([adapter()]),
            guidance_scale_2: Some(1.5),
            boundary_ratio: Some(0.875),
            expand_timesteps: true,
            reuse: Some(DRAFT_REUSE),
            preview_decoder: Some(blake3::hash(b"d")),
            first_image: Some(blake3::hash(b"a")),
            last_image: Some(blake3::hash(b"b")),
            lettering: vec!["DEAR IDA".to_owned()],
            preceding: Some(Preceding {
                take: TakeKey([1; 32]),
                first: 3,
                frames: 5,
                next_piece: false,
            }),
            ..sample()
        };
        assert_eq!(
            full.key().to_string(),
            "31b75e3f5a9a272a42fa7c655622f98b3553a72977d81d81b7d97b4a15885fd8"
        );
    }

    #[test]
    fn everything_of_an_adapter_changes_the_key() {
        let key = |edit: fn(&mut RecipeAdapter)| {
            let mut adapter = adapter();
            edit(&mut adapter);
            Recipe { adapters: Arc::new([adapter]), ..sample() }.key()
        };
        let keys = [
            key(|_| {}),
            key(|adapter| adapter.digest = blake3::hash(b"other")),
            key(|adapter| adapter.strength = 0.7),
            key(|adapter| adapter.network = Some("transformer_2".to_owned())),
        ];
        assert_eq!(std::collections::BTreeSet::from(keys).len(), keys.len());
    }

    #[test]
    fn neighbouring_texts_are_told_apart() {
        let (mut one, mut two) = (sample(), sample());
        (one.prompt, one.negative_prompt) = ("ab".to_owned(), "c".into());
        (two.prompt, two.negative_prompt) = ("a".to_owned(), "bc".into());
        assert_ne!(one.key(), two.key());
    }

    #[test]
    fn a_key_is_read_as_it_is_written() {
        let key = sample().key();
        assert_eq!(key.to_string().parse::<TakeKey>().unwrap(), key);
        assert!("not a key".parse::<TakeKey>().is_err());
    }
}
