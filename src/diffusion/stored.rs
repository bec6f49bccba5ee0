//! The bytes of files of weights, and tensors made of them.
//!
//! Files on disk are mapped: a tensor that needs no conversion uses the file's
//! own pages. Knows formats of numbers; does not know names or networks.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use memmap2::Mmap;
use tch::{Device, Kind, Tensor};

use super::Error;
use crate::model::Model;
use crate::model::header::{Dtype, TensorInfo};

/// The kind of tensor for a stored format; `None` if weights do not come in it.
pub(super) fn kind_of(dtype: Dtype) -> Option<Kind> {
    match dtype {
        Dtype::F32 => Some(Kind::Float),
        Dtype::BF16 => Some(Kind::BFloat16),
        Dtype::F16 => Some(Kind::Half),
        Dtype::F8_E4M3 => Some(Kind::Float8e4m3fn),
        _ => None,
    }
}

/// The bytes of a file.
pub(super) enum FileBytes {
    /// In memory.
    Read(Cow<'static, [u8]>),
    /// Mapped until this value is dropped.
    Mapped(Mmap),
    /// Mapped until the process ends, because tensors point into it. The map takes
    /// addresses, not memory: the pages belong to the file.
    Shared(&'static Mmap),
}

impl FileBytes {
    /// Opens a file of a model; `shared` as in [`Self::map`].
    pub(super) fn open(model: &Model, file: &str, shared: bool) -> Result<Self, Error> {
        match model.path(file) {
            Some(path) => Self::map(&path, shared),
            None => Ok(Self::Read(model.read(file)?)),
        }
    }

    /// Maps a file; if `shared`, for the rest of the process, so that tensors may
    /// point into it.
    pub(super) fn map(path: &Path, shared: bool) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.to_owned(), source };
        let opened = File::open(path).map_err(failed)?;
        let map = || {
            // SAFETY: the map is read-only. If another process writes to the file, the
            // numbers are wrong, as they would be after reading it; if it truncates
            // the file, this process ends. That is the camera's, so only the take in
            // work is lost.
            #[allow(unsafe_code, reason = "mapping a file has no safe form")]
            let map = unsafe { Mmap::map(&opened) };
            map.map_err(failed)
        };
        if !shared {
            return map().map(Self::Mapped);
        }
        let version = Version::of(path, &opened.metadata().map_err(failed)?);
        let mut maps = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = maps.get(&version) {
            return Ok(Self::Shared(known));
        }
        let leaked: &'static Mmap = Box::leak(Box::new(map()?));
        maps.insert(version, leaked);
        Ok(Self::Shared(leaked))
    }

    /// The whole file.
    pub(super) fn all(&self) -> &[u8] {
        match self {
            Self::Read(bytes) => bytes,
            Self::Mapped(map) => map,
            Self::Shared(map) => map,
        }
    }

    /// A tensor as stored, on the CPU. It points into the file if it is stored in the
    /// `wanted` kind and the file stays mapped; otherwise it is a copy.
    pub(super) fn tensor(
        &self,
        stored: &TensorInfo,
        wanted: Option<Kind>,
    ) -> Result<Tensor, tch::TchError> {
        let failed = |what: String| tch::TchError::Torch(what);
        let own = kind_of(stored.dtype)
            .ok_or_else(|| failed(format!("weights are not stored as {:?}", stored.dtype)))?;
        // The file may have been truncated since its header was read.
        let bytes = self
            .all()
            .get(stored.bytes.clone())
            .ok_or_else(|| failed("a file of weights was cut short while read".to_owned()))?;
        let aligned = bytes.as_ptr().addr() % own.elt_size_in_bytes() == 0;
        if !(matches!(self, Self::Shared(_)) && wanted == Some(own) && aligned) {
            return Tensor::f_from_data_size(bytes, &stored.shape, own);
        }
        let mut strides = vec![1; stored.shape.len()];
        for axis in (1..stored.shape.len()).rev() {
            strides[axis - 1] = strides[axis] * stored.shape[axis].max(1);
        }
        // SAFETY: the bytes stay mapped until the process ends, are aligned, and are
        // as many as shape and kind say; no code writes to weights in place.
        #[allow(unsafe_code, reason = "a tensor that uses given bytes has no safe form")]
        unsafe {
            Tensor::f_from_blob(bytes.as_ptr(), &stored.shape, &strides, own, Device::Cpu)
        }
    }
}

/// The shared maps, one for each version of a file that the process has loaded. A
/// network that is loaded again, as large text encoders and the experts of Wan 2.2 are,
/// uses its earlier map.
static SHARED: Mutex<BTreeMap<Version, &'static Mmap>> = Mutex::new(BTreeMap::new());

/// Tells a file from another that took its name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Version {
    path: PathBuf,
    length: u64,
    modified: Option<SystemTime>,
    inode: u64,
}

impl Version {
    fn of(path: &Path, metadata: &Metadata) -> Self {
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(metadata);
        #[cfg(not(unix))]
        let inode = 0;
        let (length, modified) = (metadata.len(), metadata.modified().ok());
        Self { path: path.to_owned(), length, modified, inode }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_mapped_once_until_it_is_another() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.safetensors");
        std::fs::write(&path, b"first").expect("can be written");
        let start = || {
            let bytes = FileBytes::map(&path, true).expect("it is there");
            (bytes.all().as_ptr().addr(), bytes.all().to_vec())
        };
        let first = start();
        assert_eq!(start(), first);
        let other = folder.path().join("b.safetensors");
        std::fs::write(&other, b"other").expect("can be written");
        std::fs::rename(&other, &path).expect("can be renamed");
        assert_eq!(start().1, b"other");
    }
}
