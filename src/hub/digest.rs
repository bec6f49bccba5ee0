//! Digests as hubs write them: SHA-256 of large files, git's names of small ones.

use std::fs::File;
use std::io;
use std::path::Path;

use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a file in hexadecimal digits.
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(hexadecimal(hash))
}

/// Git's name of a file's content, in hexadecimal digits.
pub(super) fn git_name(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", file.metadata()?.len()));
    io::copy(&mut file, &mut hash)?;
    Ok(format!("{:x}", hash.finalize()))
}

/// A finished digest in hexadecimal digits.
pub(super) fn hexadecimal(hash: Sha256) -> String {
    format!("{:x}", hash.finalize())
}
