//! File stamps: size, times and inode. They tell a build without new work that a
//! file has not changed since its content was hashed.
//!
//! Knows files; a stamp is a hint beside a digest and never part of a key.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use blake3::Hash;
use serde::{Deserialize, Serialize};

use crate::model::{Files, Model};
use crate::source::write_whole;

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

/// BLAKE3 of a file, read in pieces.
pub fn digest(path: &Path) -> io::Result<Hash> {
    let mut file = fs::File::open(path)?;
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hasher.finalize()),
            read => hasher.update(&piece[..read]),
        };
    }
}

/// Digests of large files outside the vault (weights, pictures), stored by path
/// and stamp.
#[derive(Debug)]
pub struct Digests {
    file: PathBuf,
    known: BTreeMap<PathBuf, (Stamp, String)>,
    changed: bool,
}

impl Digests {
    /// Reads stored digests; a damaged file counts as empty.
    pub fn open(file: PathBuf) -> Self {
        let known = fs::read(&file)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { file, known, changed: false }
    }

    /// The digest of a file; `None` if there is no such file. Hashes it only if
    /// its stamp has changed.
    pub fn of(&mut self, path: &Path) -> io::Result<Option<Hash>> {
        let Some(stamp) = Stamp::of(path)? else { return Ok(None) };
        let path = path.canonicalize()?;
        if let Some((known, hex)) = self.known.get(&path)
            && *known == stamp
            && let Ok(hash) = Hash::from_hex(hex)
        {
            return Ok(Some(hash));
        }
        let hash = digest(&path)?;
        // If a file changes during hashing, the next build hashes it again.
        if Stamp::of(&path)? == Some(stamp) {
            self.known.insert(path, (stamp, hash.to_hex().to_string()));
            self.changed = true;
        }
        Ok(Some(hash))
    }

    /// The digest of a file, if known without reading it.
    pub fn known(&self, path: &Path) -> Option<Hash> {
        let stamp = Stamp::of(path).ok()??;
        let (known, hex) = self.known.get(&path.canonicalize().ok()?)?;
        (*known == stamp).then(|| Hash::from_hex(hex).ok()).flatten()
    }

    /// The digests of a model's files, if known without reading them.
    pub fn of_model(&self, model: &Model) -> Option<BTreeMap<String, Hash>> {
        let Files::Folder(folder) = &model.files else { return model.digests().ok() };
        let files = model.pixel_files().ok()?.into_iter();
        files.map(|file| self.known(&folder.join(&file)).map(|digest| (file, digest))).collect()
    }

    /// The digests of a model's adapters, if known without reading them.
    pub fn of_adapters(&self, model: &Model) -> Option<Vec<Hash>> {
        model.adapters.iter().map(|adapter| self.known(&adapter.file)).collect()
    }

    /// Stores new digests, if there are any.
    pub fn save(&mut self) -> io::Result<()> {
        if self.changed {
            self.known.retain(|path, _| path.exists());
            write_whole(&self.file, &serde_json::to_vec(&self.known)?)?;
            self.changed = false;
        }
        Ok(())
    }
}
