//! File stamps: size, times and inode. They tell a build without new work that a
//! file has not changed since its content was hashed.
//!
//! Knows files of this machine; a stamp is a hint beside a digest and never part
//! of a key.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A file's metadata that change together with its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
}

impl Stamp {
    /// The present stamp of a file; `None` if there is no such file.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        match fs::metadata(path) {
            Ok(meta) => Ok(meta.is_file().then(|| Self::from_metadata(&meta))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    #[cfg(unix)]
    fn from_metadata(meta: &fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            size: meta.size(),
            modified: (meta.mtime(), meta.mtime_nsec()),
            changed: (meta.ctime(), meta.ctime_nsec()),
            inode: meta.ino(),
        }
    }

    #[cfg(not(unix))]
    fn from_metadata(meta: &fs::Metadata) -> Self {
        let since = |time: io::Result<std::time::SystemTime>| {
            time.ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
                .map_or((0, 0), |age| (age.as_secs() as i64, i64::from(age.subsec_nanos())))
        };
        Self {
            size: meta.len(),
            modified: since(meta.modified()),
            changed: since(meta.created()),
            inode: 0,
        }
    }

    /// Size in bytes.
    pub fn size(self) -> u64 {
        self.size
    }
}
