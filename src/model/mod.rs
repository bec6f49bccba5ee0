//! A model: a folder in the diffusers layout, on disk or embedded in the
//! binary, with the defaults no diffusers config has a place for.
//!
//! Knows files and settings; of tensors it knows names, shapes and formats.

mod vae_memory;
pub mod header;
mod index;
mod parts;
mod placement;
mod slot;
mod words;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use index::Schedule;
pub use index::{Conditioning, ModelIndex};
pub use parts::{AdapterFile, Checkpoint, NETWORKS, PREVIEW_DECODER, Shards, is_below};
pub use placement::Placement;
pub use slot::Slot;
pub use vae_memory::{PART_BYTES, VaeMemory};
pub use words::{Lexicon, Meanings, ModelWords};

/// Bytes up to which a text encoder stays in memory beside the other networks.
pub const RESIDENT_ENCODER: u64 = 1 << 30;

/// Revision of the networks' code. It stands here because keys are made without
/// libtorch: a golden test of frames (`tests/parity.rs`) forces it up when frames
/// change, and every recipe holds it.
pub const NETWORK_REVISION: u32 = 1;

/// `photoplay.json`: defaults that belong to a model but to no diffusers config.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelDefaults {
    /// What people call the model, e.g. `Toy Theatre`.
    pub name: String,
    /// Prompt template in `stdlib/prompts/`, e.g. `toy-theatre` or `wan`.
    pub prompt_template: String,
    /// Width of a take in pixels.
    pub width: u32,
    /// Height of a take in pixels.
    pub height: u32,
    /// Native frames per second.
    pub frame_rate: u32,
    /// Most frames of one take; 4k+1.
    pub max_frames: u32,
    /// Denoising steps.
    pub steps: u32,
    /// Classifier-free guidance scale; 1 or less runs the conditional branch alone.
    pub guidance_scale: f64,
    /// Guidance scale of the expert for little noise, where a model has two;
    /// that of the other if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance_scale_2: Option<f64>,
    /// Scheduler by its diffusers name: `unipc`, `dpmsolver_multistep` or
    /// `flow_match_euler`.
    pub scheduler: String,
    /// Time shift of the flow schedule.
    pub shift: f64,
    /// Tokens the text encoder is given, padding included.
    pub text_length: usize,
    /// What to steer away from, when the script says nothing.
    #[serde(default)]
    pub negative_prompt: String,
    /// SPDX expression.
    pub licence: String,
    /// Files of weights that do not go by their names in diffusers, by network:
    /// `{"transformer": "wan2.1_vace_1.3B_fp16.safetensors"}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub weights: BTreeMap<String, String>,
    /// Low-rank adapters that are part of the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adapters: Vec<AdapterFile>,
}

impl ModelDefaults {
    /// Those of the published Wan checkpoints, which bring none of their own:
    /// sizes, steps and guidance of the reference code and of diffusers'
    /// examples, the schedule of the model's own configuration.
    fn published(files: &Files) -> Self {
        let index = ModelIndex::read(files).unwrap_or_default();
        let schedule = Schedule::read(files);
        let name = match files {
            Files::Embedded => None,
            Files::Folder(folder) => folder.canonicalize().ok(),
        };
        let name = name.as_deref().and_then(Path::file_name);
        let defaults = Self {
            name: name.map_or_else(|| describe(files), |name| name.to_string_lossy().into_owned()),
            prompt_template: "wan".to_owned(),
            width: 832,
            height: 480,
            frame_rate: 16,
            max_frames: 81,
            steps: 30,
            guidance_scale: 5.0,
            guidance_scale_2: None,
            scheduler: schedule.scheduler().to_owned(),
            shift: schedule.shift().unwrap_or(3.0),
            text_length: 512,
            negative_prompt: NEGATIVE_PROMPT.to_owned(),
            licence: "see the model's own folder".to_owned(),
            weights: BTreeMap::new(),
            adapters: Vec::new(),
        };
        if index.expand_timesteps {
            // Wan 2.2 TI2V-5B.
            let (width, height, frame_rate, max_frames) = (1280, 704, 24, 121);
            return Self { width, height, frame_rate, max_frames, steps: 50, ..defaults };
        }
        if index.boundary_ratio.is_some() {
            // Wan 2.2 A14B.
            let guidance_scale_2 = Some(3.0);
            return Self { steps: 40, guidance_scale: 4.0, guidance_scale_2, ..defaults };
        }
        defaults
    }

    /// Fails if a size or count is none, or the text is longer than a network reads.
    fn check(&self, files: &Files) -> Result<(), Error> {
        let counts = [
            ("width", self.width, u32::MAX),
            ("height", self.height, u32::MAX),
            ("frame_rate", self.frame_rate, u32::MAX),
            ("max_frames", self.max_frames, u32::MAX),
            ("steps", self.steps, u32::MAX),
            ("text_length", u32::try_from(self.text_length).unwrap_or(u32::MAX), 1 << 16),
        ];
        match counts.into_iter().find(|(_, count, most)| *count == 0 || count > most) {
            Some((name, value, _)) => {
                Err(Error::Value { model: describe(files), name, value: value.into() })
            }
            None => Ok(()),
        }
    }
}

/// The gist of what published Wan checkpoints were tuned to steer away from.
const NEGATIVE_PROMPT: &str = "overexposed, static, blurred details, subtitles, worst quality, low quality, JPEG artefacts, ugly, deformed, extra fingers, poorly drawn hands, poorly drawn face, fused fingers, still picture, cluttered background, three legs, walking backwards";

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the model cannot be read.
    #[error("cannot read `{path}` of the model", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A configuration is not what it should be.
    #[error("`{file}` of the model `{model}` is not understood")]
    Config {
        /// The file's name.
        file: String,
        /// The model.
        model: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// A number of `photoplay.json` makes no sense.
    #[error("`photoplay.json` of the model `{model}` has `{name}` {value}")]
    Value {
        /// The model.
        model: String,
        /// The number's name.
        name: &'static str,
        /// The number.
        value: u64,
    },
    /// A file the layout requires is missing.
    #[error("the model `{model}` has no `{file}`")]
    Missing {
        /// The model.
        model: String,
        /// The file.
        file: String,
    },
    /// A folder holds several files of weights, none of which is the one.
    #[error(
        "the model `{model}` has several files of weights in `{folder}` ({}); name one in `weights` of `photoplay.json`",
        files.join(", ")
    )]
    Several {
        /// The model.
        model: String,
        /// The network's folder.
        folder: String,
        /// The files.
        files: Vec<String>,
    },
    /// Weights in a format that can run programs.
    #[error(
        "`{file}` of the model `{model}` is a pickle, which could run any program; take the `.safetensors` of the same name"
    )]
    Pickle {
        /// The model.
        model: String,
        /// The file.
        file: String,
    },
    /// An index names a shard that is not there.
    #[error("`{index}` names `{shard}`, which is not there")]
    MissingShard {
        /// The index.
        index: String,
        /// The shard.
        shard: String,
    },
    /// An index names no shard at all.
    #[error("`{index}` names no file")]
    EmptyIndex {
        /// The index.
        index: String,
    },
    /// A file of the model names one that would lie elsewhere.
    #[error("`{by}` names `{named}`, which would lie outside of its folder")]
    Outside {
        /// The file that names it.
        by: String,
        /// What it names.
        named: String,
    },
    /// There is no such adapter.
    #[error("there is no adapter `{file}`", file = file.display())]
    MissingAdapter {
        /// Where it was looked for first.
        file: PathBuf,
    },
    /// What a script adds to a model's name.
    #[error(
        "`+ {words}` after a model's name is not understood: write `+ lora FILE` or `+ lora FILE 0.8`"
    )]
    Added {
        /// The words.
        words: String,
    },
    /// A file of weights is not what it should be.
    #[error("`{file}` is damaged or cut short")]
    Damaged {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: header::Error,
    },
}

/// Where a model's files are.
#[derive(Debug, Clone)]
pub enum Files {
    /// In the binary.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
}

/// A model that can be asked for its files.
#[derive(Debug, Clone)]
pub struct Model {
    /// Where the files are.
    pub files: Files,
    /// Defaults.
    pub defaults: ModelDefaults,
    /// The words it understands, if it does not read free text.
    pub words: Option<ModelWords>,
    /// Low-rank adapters that its transformers are altered by, in this order.
    pub adapters: Vec<AdapterFile>,
}

/// The files of Toy Theatre, by their path in the model folder.
pub static TOY_THEATRE: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/toy_theatre.rs"));

/// BLAKE3 of each of them.
static TOY_THEATRE_DIGESTS: &[(&str, [u8; 32])] =
    &include!(concat!(env!("OUT_DIR"), "/toy_theatre_digests.rs"));

/// Whether a file of a model means something for pixels: weights, tokenizer
/// and configurations.
fn means_pixels(file: &str) -> bool {
    let file = std::path::Path::new(file);
    let ends = |end: &str| file.extension().is_some_and(|extension| extension == end);
    ends("safetensors") || (ends("json") && file.components().count() > 1)
}

/// Where models are kept for all films: `$PHOTOPLAY_MODELS`, or a folder of
/// the user's data.
pub fn shelf() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("PHOTOPLAY_MODELS") {
        return Some(PathBuf::from(folder));
    }
    let data = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let data = data.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/share")));
    data.map(|data| data.join("photoplay/models"))
}

impl Model {
    /// The model in the binary.
    pub fn embedded() -> Result<Self, Error> {
        Self::load(Files::Embedded)
    }

    /// The model that a script in a folder asks for: a name, and adapters if it
    /// likes, `NAME + lora FILE 0.8`. `None` if there is no such model.
    pub fn named(words: &str, folder: &Path) -> Option<Result<Self, Error>> {
        let mut parts = words.split(" + ").map(str::trim);
        let model = Self::called(parts.next().unwrap_or_default(), folder)?;
        Some(model.and_then(|mut model| {
            for part in parts {
                model.adapters.push(parts::written(part, folder)?);
            }
            Ok(model)
        }))
    }

    /// The embedded model, a folder beside the script, or one on the shelf.
    fn called(name: &str, folder: &Path) -> Option<Result<Self, Error>> {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        if letters.flat_map(char::to_lowercase).eq("toytheatre".chars()) {
            return Some(Self::embedded());
        }
        let places = [Some(folder.join(name)), shelf().map(|shelf| shelf.join(name))];
        let mut places = places.into_iter().flatten();
        let found = places.find(|place| is_model(place))?;
        Some(Self::open(&found))
    }

    /// The model in a folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        Self::load(Files::Folder(folder.to_owned()))
    }

    fn load(files: Files) -> Result<Self, Error> {
        let defaults: ModelDefaults = match read(&files, "photoplay.json") {
            Ok(bytes) => parse(&files, "photoplay.json", &bytes)?,
            Err(Error::Missing { .. }) if read(&files, "model_index.json").is_ok() => {
                ModelDefaults::published(&files)
            }
            Err(other) => return Err(other),
        };
        defaults.check(&files)?;
        let mut words: Option<ModelWords> = optional(&files, "words.json")?;
        if let (Some(words), Some(lexicon)) = (&mut words, optional(&files, "lexicon.json")?) {
            words.lexicon = Arc::new(lexicon);
        }
        let mut model = Self { files, defaults, words, adapters: Vec::new() };
        model.adapters = model.own_adapters()?;
        Ok(model)
    }

    /// The bytes of a file, by its path in the model folder
    /// (`transformer/config.json`).
    pub fn read(&self, file: &str) -> Result<Cow<'static, [u8]>, Error> {
        read(&self.files, file)
    }

    /// The file on disk, for mapping; `None` when embedded.
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        match &self.files {
            Files::Embedded => None,
            Files::Folder(folder) => Some(folder.join(file)),
        }
    }

    /// BLAKE3 digests of everything that means something for pixels: weights,
    /// tokenizer and configurations, by path.
    /// Those of the embedded model are known since it was compiled.
    pub fn digests(&self) -> Result<BTreeMap<String, blake3::Hash>, Error> {
        if matches!(self.files, Files::Embedded) {
            let embedded = TOY_THEATRE_DIGESTS.iter().filter(|(file, _)| means_pixels(file));
            return Ok(embedded
                .map(|(file, digest)| ((*file).to_owned(), blake3::Hash::from_bytes(*digest)))
                .collect());
        }
        let files = self.pixel_files()?.into_iter();
        files.map(|file| Ok((file.clone(), blake3::hash(&self.read(&file)?)))).collect()
    }

    /// Every file that means something for pixels: configurations, the
    /// tokenizer, and those of the weights that are used.
    pub fn pixel_files(&self) -> Result<Vec<String>, Error> {
        let mut used = Vec::new();
        for (folder, stem) in NETWORKS {
            match self.checkpoint(folder, stem) {
                Ok(checkpoint) => used.extend(checkpoint.files),
                // Whoever needs it will say so.
                Err(Error::Missing { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        let (preview, _) = PREVIEW_DECODER;
        let meant = |file: &String| {
            means_pixels(file)
                && file.split_once('/').is_none_or(|(folder, _)| folder != preview)
                && (!file.ends_with(".safetensors") || used.contains(file))
        };
        Ok(self.list()?.into_iter().filter(meant).collect())
    }

    /// Every file of the model, sorted by path.
    pub fn list(&self) -> Result<Vec<String>, Error> {
        match &self.files {
            Files::Embedded => Ok(TOY_THEATRE.iter().map(|(name, _)| (*name).to_owned()).collect()),
            Files::Folder(folder) => {
                let mut found = Vec::new();
                walk(folder, "", &mut found)?;
                found.sort();
                Ok(found)
            }
        }
    }
}

/// Whether a folder is a model.
pub fn is_model(folder: &Path) -> bool {
    ["model_index.json", "photoplay.json"].iter().any(|file| folder.join(file).is_file())
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && prefix.is_empty() {
            walk(&entry.path(), &format!("{name}/"), found)?;
        } else if !kind.is_dir() {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

fn describe(files: &Files) -> String {
    match files {
        Files::Embedded => "toy-theatre".to_owned(),
        Files::Folder(folder) => folder.display().to_string(),
    }
}

fn read(files: &Files, file: &str) -> Result<Cow<'static, [u8]>, Error> {
    let missing = || Error::Missing { model: describe(files), file: file.to_owned() };
    match files {
        Files::Embedded => TOY_THEATRE
            .iter()
            .find(|(name, _)| *name == file)
            .map(|(_, bytes)| Cow::Borrowed(*bytes))
            .ok_or_else(missing),
        Files::Folder(folder) => match fs::read(folder.join(file)) {
            Ok(bytes) => Ok(Cow::Owned(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing()),
            Err(source) => Err(Error::Read { path: folder.join(file), source }),
        },
    }
}

/// A file of settings that a model need not have.
fn optional<T: for<'de> Deserialize<'de>>(files: &Files, file: &str) -> Result<Option<T>, Error> {
    match read(files, file) {
        Ok(bytes) => parse(files, file, &bytes).map(Some),
        Err(Error::Missing { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

fn parse<T: for<'de> Deserialize<'de>>(
    files: &Files,
    file: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|source| Error::Config {
        file: file.to_owned(),
        model: describe(files),
        source,
    })
}
