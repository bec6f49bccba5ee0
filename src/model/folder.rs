//! A model, opened: its files, its defaults, its words, its adapters.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;

use super::adapter::{self, AdapterFile};
use super::defaults::ModelDefaults;
use super::error::Error;
use super::files::{Files, optional, parse, read};
use super::index::{Conditioning, ModelIndex};
use super::shelf::{gone, is_model, shelf};
use super::words::ModelWords;

/// An opened model.
#[derive(Debug, Clone)]
pub struct Model {
    /// Where the files are.
    pub files: Files,
    /// Defaults.
    pub defaults: ModelDefaults,
    /// The words it understands, if it does not read free text.
    pub words: Option<ModelWords>,
    /// Low-rank adapters for its transformers, in order.
    pub adapters: Vec<AdapterFile>,
}

impl Model {
    /// The model in the binary.
    pub fn embedded() -> Result<Self, Error> {
        Self::load(Files::Embedded)
    }

    /// The model that a script in a folder asks for: a name and, optionally, adapters,
    /// `NAME + lora FILE 0.8`. `None` if there is no such model.
    pub fn named(words: &str, folder: &Path) -> Option<Result<Self, Error>> {
        let mut parts = words.split(" + ").map(str::trim);
        let model = Self::called(parts.next().unwrap_or_default(), folder)?;
        Some(model.and_then(|mut model| {
            for part in parts {
                model.adapters.push(adapter::written(part, folder)?);
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
        if let Some(target) = gone(folder) {
            return Err(Error::Gone { link: folder.to_owned(), target });
        }
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
        let adapters = adapter::own(&files, &defaults.adapters)?;
        Ok(Self { files, defaults, words, adapters })
    }

    /// The bytes of a file, by its path in the model folder
    /// (`transformer/config.json`).
    pub fn read(&self, file: &str) -> Result<Cow<'static, [u8]>, Error> {
        read(&self.files, file)
    }

    /// The file on disk, for mapping; `None` when embedded.
    pub fn path(&self, file: &str) -> Option<PathBuf> {
        self.files.path(file)
    }

    /// Whether the model has a file.
    pub fn has(&self, file: &str) -> bool {
        self.files.has(file)
    }

    /// Every file of the model, sorted by path.
    pub fn list(&self) -> Result<Vec<String>, Error> {
        self.files.list()
    }

    /// How its parts work together.
    pub fn index(&self) -> Result<ModelIndex, Error> {
        ModelIndex::read(&self.files)
    }

    /// Which pictures it takes.
    pub fn conditioning(&self) -> Result<Conditioning, Error> {
        #[derive(Deserialize)]
        struct Transformer {
            #[serde(default)]
            vace_layers: Vec<u32>,
        }
        let file = "transformer/config.json";
        let transformer: Transformer = parse(&self.files, file, &self.read(file)?)?;
        Ok(match (transformer.vace_layers.is_empty(), self.index()?.expand_timesteps) {
            (false, _) => Conditioning::Control,
            (true, true) => Conditioning::FirstFrame,
            (true, false) => Conditioning::Prompt,
        })
    }
}
