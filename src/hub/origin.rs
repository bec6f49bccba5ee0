//! Where a fetched model came from, as its folder remembers.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{Error, cannot_write};
use crate::source::write_whole;

/// The file in a downloaded model's folder that says where it came from.
pub(crate) const ORIGIN: &str = "photoplay-origin.json";

/// Where a model came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The repository.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// SHA-256 of each file in hexadecimal digits, as it was fetched.
    pub files: BTreeMap<String, String>,
}

/// Reads where the model in a folder came from.
pub(crate) fn read_origin(folder: &Path) -> Option<Origin> {
    serde_json::from_slice(&fs::read(folder.join(ORIGIN)).ok()?).ok()
}

/// Writes where the model in a folder came from.
pub(super) fn write_origin(folder: &Path, origin: &Origin) -> Result<(), Error> {
    let path = folder.join(ORIGIN);
    let text = serde_json::to_vec_pretty(origin).expect("an origin is plain data");
    write_whole(&path, &text).map_err(cannot_write(&path))
}
