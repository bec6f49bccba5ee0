//! A cache of tensors on disk, so that a later take need not compute them again.
//! A file is a BLAKE3 digest, then safetensors; a damaged one counts as missing.

use std::fs;
use std::io;
use std::path::Path;

use indexmap::IndexMap;
use tch::Tensor;

use super::stored::kind_of;
use super::{Error, Weights};
use crate::model::header::Header;
use crate::source::write_whole;

/// The tensor's name in the file.
const NAME: &str = "kept";

/// Writes a tensor of kind f32, bf16 or f16.
pub(crate) fn write(path: &Path, tensor: &Tensor) -> Result<(), Error> {
    let tensors = IndexMap::from([(NAME.to_owned(), tensor.shallow_clone())]);
    let bytes = Weights::from_tensors(NAME, tensors).to_safetensors()?;
    let file = [blake3::hash(&bytes).as_bytes(), bytes.as_slice()].concat();
    write_whole(path, &file).map_err(|source| Error::Write { path: path.to_owned(), source })
}

/// Reads a tensor to the CPU; `None` if the file is missing or damaged.
pub(crate) fn read(path: &Path) -> Option<Tensor> {
    let file = fs::read(path).ok()?;
    let (digest, bytes) = file.split_first_chunk::<32>()?;
    if blake3::hash(bytes).as_bytes() != digest {
        return None;
    }
    let stored = Header::of(bytes).ok()?.tensors.remove(NAME)?;
    let kind = kind_of(stored.dtype)?;
    Tensor::f_from_data_size(bytes.get(stored.bytes)?, &stored.shape, kind).ok()
}

/// Removes a tensor; a missing one is no error.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn what_is_kept_is_found_again_or_not_believed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b.kept");
        assert!(read(&path).is_none());
        for kind in [Kind::Float, Kind::BFloat16, Kind::Half] {
            let tensor = Tensor::arange(24, (kind, Device::Cpu)).reshape([2, 3, 4]) * 0.3;
            write(&path, &tensor).expect("it can be written");
            assert_eq!(read(&path), Some(tensor));
        }
        let whole = fs::read(&path).expect("it is there");
        for cut in [0, 31, 40, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).expect("it can be written");
            assert!(read(&path).is_none(), "{cut}");
        }
        let mut flipped = whole;
        *flipped.last_mut().expect("bytes") ^= 1;
        fs::write(&path, flipped).expect("it can be written");
        assert!(read(&path).is_none());
        remove(&path).expect("it can be removed");
        remove(&path).expect("twice is no matter");
    }
}
