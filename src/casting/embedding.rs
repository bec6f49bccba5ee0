//! Reference embeddings: the autoencoder's latents of a picture, stored by the
//! picture's content, so that each is computed once.
//!
//! Knows how the networks read pictures; does not know who is in them.

use std::fs;
use std::path::Path;

use blake3::Hash;

use super::Error;
use crate::diffusion::{EncodedReference, Pipeline};
use crate::source::files::DiskFiles;
use crate::source::write_whole;

/// The folder of embeddings in the vault.
pub(crate) const FOLDER: &str = "references";

/// The embedding of a picture for takes of a size. Reads it from the store, or
/// makes and stores it if it is missing or damaged. `network` is the digest of
/// the files that encode it.
pub(crate) fn embedding(
    pipeline: &Pipeline,
    vault: &Path,
    picture: &Path,
    digest: Hash,
    network: Hash,
    (width, height): (u32, u32),
) -> Result<EncodedReference, Error> {
    let mut hasher = blake3::Hasher::new_derive_key("photoplay reference embedding 1");
    hasher.update(digest.as_bytes()).update(network.as_bytes());
    hasher.update(&width.to_le_bytes()).update(&height.to_le_bytes());
    let stored = vault.join(FOLDER).join(format!("{}.reference", hasher.finalize().to_hex()));
    if let Some(reference) = read(&stored) {
        return Ok(reference);
    }
    let reference = pipeline.encode_reference(&super::load(&DiskFiles, picture)?, width, height)?;
    let bytes = reference.to_bytes()?;
    let mut file = blake3::hash(&bytes).as_bytes().to_vec();
    file.extend_from_slice(&bytes);
    write_whole(&stored, &file)
        .map_err(|source| Error::Read { path: stored, source })
        .map(|()| reference)
}

/// Reads a stored embedding: its digest, then safetensors; `None` if it is
/// damaged.
fn read(stored: &Path) -> Option<EncodedReference> {
    let file = fs::read(stored).ok()?;
    let (digest, bytes) = file.split_first_chunk::<32>()?;
    if blake3::hash(bytes).as_bytes() != digest {
        return None;
    }
    EncodedReference::from_bytes(bytes).ok()
}
