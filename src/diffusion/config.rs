//! Reads the configurations of a model's parts, and bounds what they may claim.

use serde::Deserialize;

use super::error::Error;
use crate::model::Model;

/// Most layers that a network may have: the largest Wan has 40.
pub(super) const MOST_LAYERS: usize = 1000;

/// The largest size that a configuration may name: the largest of a published network,
/// the vocabulary of UMT5, is 256,384. Products of two and three such sizes fit an i64.
const LARGEST_SIZE: i64 = 1 << 20;

/// Reads a file of a model as JSON.
pub(super) fn read<T: for<'de> Deserialize<'de>>(model: &Model, file: &str) -> Result<T, Error> {
    serde_json::from_slice(&model.read(file)?)
        .map_err(|source| Error::Config { file: file.to_owned(), source })
}

/// Fails if one of the named sizes of a network is not positive or too large.
pub(super) fn check_sizes(network: &str, sizes: &[(&str, i64)]) -> Result<(), Error> {
    match sizes.iter().find(|(_, size)| !(1..=LARGEST_SIZE).contains(size)) {
        Some((name, size)) => Err(Error::Unsupported(format!("{network} with `{name}` {size}"))),
        None => Ok(()),
    }
}
