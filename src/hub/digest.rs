//! SHA-256 as hubs write it.

use std::fs::File;
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a file in hexadecimal digits.
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hexadecimal(hash))
}

/// A finished digest in hexadecimal digits.
pub(super) fn hexadecimal(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}
