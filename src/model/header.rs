//! Headers of safetensors files: names, number formats, shapes and positions of
//! tensors, checked against the file's size before anybody uses them.
//!
//! Reads no numbers of a tensor and does not use libtorch.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::Path;

pub(crate) use safetensors::Dtype;
use safetensors::tensor::Metadata;

/// The most bytes a header may have; the headers of the largest checkpoints have about
/// 1 MiB.
const MOST: u64 = 100 << 20;

/// What a header says of a tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorInfo {
    /// Its numbers' format.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<i64>,
    /// Where its bytes are in the file.
    pub bytes: Range<usize>,
}

/// The tensors of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// By name.
    pub tensors: BTreeMap<String, TensorInfo>,
    /// Metadata that the writer of the file added, by name.
    pub words: BTreeMap<String, String>,
}

/// What is wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read.
    #[error("it cannot be read")]
    Read(#[from] io::Error),
    /// It ends before its header does.
    #[error("the file ends before its header")]
    Short,
    /// The header cannot be that long.
    #[error("the header claims to have {0} bytes")]
    Long(u64),
    /// The header is not what it should be.
    #[error("the header is not understood")]
    Json(#[from] serde_json::Error),
    /// A tensor's sizes are beyond any network's.
    #[error("its tensor `{0}` claims more numbers than can be counted")]
    Shape(String),
    /// The tensors do not fill the file exactly.
    #[error("its tensors should end at byte {expected}, the file has {found}")]
    Size {
        /// Where the last tensor ends.
        expected: u128,
        /// The size of the file.
        found: u64,
    },
}

impl Header {
    /// Reads the header of a file in memory.
    pub fn of(file: &[u8]) -> Result<Self, Error> {
        let length = file.len() as u64;
        let (start, rest) = file.split_first_chunk().ok_or(Error::Short)?;
        let count = size(*start, length)?;
        Self::parse(rest.get(..count).ok_or(Error::Short)?, length)
    }

    /// Reads the header of a file on disk, and nothing else of it.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        let short = |error: io::Error| match error.kind() {
            io::ErrorKind::UnexpectedEof => Error::Short,
            _ => error.into(),
        };
        let mut start = [0; 8];
        file.read_exact(&mut start).map_err(short)?;
        let mut json = vec![0; size(start, length)?];
        file.read_exact(&mut json).map_err(short)?;
        Self::parse(&json, length)
    }

    fn parse(json: &[u8], length: u64) -> Result<Self, Error> {
        let read: Metadata = serde_json::from_slice(json)?;
        let start = 8 + json.len();
        let expected = start as u128 + read.data_len() as u128;
        if expected != u128::from(length) {
            return Err(Error::Size { expected, found: length });
        }
        let tensors = read.tensors().into_iter().map(|(name, info)| {
            let (from, to) = info.data_offsets;
            let shape = countable(&info.shape).ok_or_else(|| Error::Shape(name.clone()))?;
            Ok((name, TensorInfo { dtype: info.dtype, shape, bytes: start + from..start + to }))
        });
        let words = read.metadata().clone().unwrap_or_default();
        let tensors = tensors.collect::<Result<_, Error>>()?;
        Ok(Self { tensors, words: words.into_iter().collect() })
    }
}

/// The shape, if the product of its sizes other than zero fits an i64: beside a zero, a
/// file can claim any size.
fn countable(shape: &[usize]) -> Option<Vec<i64>> {
    let mut count = 1i64;
    let sizes = shape.iter().map(|size| {
        let size = i64::try_from(*size).ok()?;
        count = count.checked_mul(size.max(1))?;
        Some(size)
    });
    sizes.collect()
}

/// Bytes of the header, from the first eight bytes of the file; never more than the
/// file has.
fn size(start: [u8; 8], length: u64) -> Result<usize, Error> {
    let said = u64::from_le_bytes(start);
    if said > MOST {
        return Err(Error::Long(said));
    }
    if said > length.saturating_sub(8) { Err(Error::Short) } else { Ok(said as usize) }
}
