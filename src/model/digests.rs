//! Which files of a model affect pixels, and their digests.

use std::collections::BTreeMap;

use super::error::Error;
use super::files::Files;
use super::folder::Model;
use super::parts::{NETWORKS, PREVIEW_DECODER};

/// BLAKE3 of each file of Toy Theatre.
static TOY_THEATRE_DIGESTS: &[(&str, [u8; 32])] =
    &include!(concat!(env!("OUT_DIR"), "/toy_theatre_digests.rs"));

/// Whether a file of a model affects pixels: weights, tokenizer and configurations do.
fn affects_pixels(file: &str) -> bool {
    let file = std::path::Path::new(file);
    let ends = |end: &str| file.extension().is_some_and(|extension| extension == end);
    ends("safetensors") || (ends("json") && file.components().count() > 1)
}

impl Model {
    /// BLAKE3 digests of the files that affect pixels: weights, tokenizer and
    /// configurations, by path. The build computes those of the embedded model.
    pub fn digests(&self) -> Result<BTreeMap<String, blake3::Hash>, Error> {
        if matches!(self.files, Files::Embedded) {
            let embedded = TOY_THEATRE_DIGESTS.iter().filter(|(file, _)| affects_pixels(file));
            return Ok(embedded
                .map(|(file, digest)| ((*file).to_owned(), blake3::Hash::from_bytes(*digest)))
                .collect());
        }
        let files = self.pixel_files()?.into_iter();
        files.map(|file| Ok((file.clone(), blake3::hash(&self.read(&file)?)))).collect()
    }

    /// Every file that affects pixels: configurations, the tokenizer, and the weights
    /// in use.
    pub fn pixel_files(&self) -> Result<Vec<String>, Error> {
        let mut used = Vec::new();
        for (folder, stem) in NETWORKS {
            match self.checkpoint(folder, stem) {
                Ok(checkpoint) => used.extend(checkpoint.files),
                // The code that needs the file reports that it is missing.
                Err(Error::Missing { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        let (preview, _) = PREVIEW_DECODER;
        let meant = |file: &String| {
            affects_pixels(file)
                && file.split_once('/').is_none_or(|(folder, _)| folder != preview)
                && (!file.ends_with(".safetensors") || used.contains(file))
        };
        Ok(self.list()?.into_iter().filter(meant).collect())
    }
}
