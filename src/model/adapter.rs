//! Low-rank adapters (LoRA), as a script or a model names them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::files::{Files, below};
use super::shelf::shelf;
use crate::source::quotes::unquoted;

/// A low-rank adapter (LoRA) as `photoplay.json` names it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdapterFile {
    /// The safetensors file, below the folder of the script or model that names it.
    pub file: PathBuf,
    /// The factor of its change of the weights.
    #[serde(default = "one")]
    pub strength: f64,
    /// The transformer it is for, `transformer` or `transformer_2`; both if `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

fn one() -> f64 {
    1.0
}

/// An adapter as a script writes it: `lora FILE` or `lora FILE STRENGTH`. The
/// file is beside the script, or in `loras` on the shelf.
pub(super) fn written(words: &str, folder: &Path) -> Result<AdapterFile, Error> {
    let wrong = || Error::Added { words: words.to_owned() };
    let said = words.strip_prefix("lora ").ok_or_else(wrong)?.trim();
    let (name, strength) = match said.rsplit_once(' ') {
        Some((name, last)) if last.parse::<f64>().is_ok() => (name.trim(), last.parse().ok()),
        _ => (said, Some(1.0)),
    };
    let name = unquoted(name);
    let strength = strength.filter(|strength: &f64| strength.is_finite()).ok_or_else(wrong)?;
    let places = [Some(folder.join(name)), shelf().map(|shelf| shelf.join("loras").join(name))];
    let mut places = places.into_iter().flatten();
    let missing = || Error::MissingAdapter { file: folder.join(name) };
    let file = places.find(|place| place.is_file()).ok_or_else(missing)?;
    Ok(AdapterFile { file, strength, network: None })
}

/// The adapters that a model's own `photoplay.json` names; fails if a file is missing.
pub(super) fn own(files: &Files, named: &[AdapterFile]) -> Result<Vec<AdapterFile>, Error> {
    let found = named.iter().map(|adapter| {
        let file = below("photoplay.json", &adapter.file.to_string_lossy())?;
        match files.path(&file) {
            Some(path) if path.is_file() => Ok(AdapterFile { file: path, ..adapter.clone() }),
            _ => Err(files.missing(&file)),
        }
    });
    found.collect()
}
