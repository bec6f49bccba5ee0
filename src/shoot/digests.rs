//! Digests of pictures and weights. A file is hashed again only if its stamp has
//! changed.
//!
//! Knows files; does not know what is in them.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use blake3::Hash;

use crate::model::{Files, Model};
use crate::source::files::{FileKind, ProjectFiles};
use crate::source::stamp::Stamp;
use crate::source::write_whole;

/// BLAKE3 of a file of this machine.
pub(crate) fn digest(path: &Path) -> io::Result<Hash> {
    hash(&mut fs::File::open(path)?)
}

/// BLAKE3 of a file, read in pieces.
fn hash(file: &mut dyn io::Read) -> io::Result<Hash> {
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
/// and stamp. The default stores them nowhere.
#[derive(Debug, Default)]
pub(crate) struct Digests {
    store: Option<PathBuf>,
    known: BTreeMap<PathBuf, (Stamp, String)>,
    changed: bool,
}

impl Digests {
    /// Reads stored digests; a damaged file counts as empty.
    pub(crate) fn open(store: PathBuf) -> Self {
        let known = fs::read(&store)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { store: Some(store), known, changed: false }
    }

    /// The digest of a file; `None` if there is no such file. Hashes it only if
    /// its stamp has changed or if it has none.
    pub(crate) fn of(&mut self, files: &dyn ProjectFiles, path: &Path) -> io::Result<Option<Hash>> {
        match files.kind(path) {
            Ok(FileKind::File(_)) => {}
            Ok(FileKind::Folder | FileKind::Other) => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
        let Some(stamp) = files.stamp(path)? else {
            return hash(&mut files.open(path)?).map(Some);
        };
        let path = files.canonicalize(path)?;
        if let Some((known, hex)) = self.known.get(&path)
            && *known == stamp
            && let Ok(hash) = Hash::from_hex(hex)
        {
            return Ok(Some(hash));
        }
        let hash = hash(&mut files.open(&path)?)?;
        // If a file changes during hashing, the next build hashes it again.
        if files.stamp(&path)? == Some(stamp) {
            self.known.insert(path, (stamp, hash.to_hex().to_string()));
            self.changed = true;
        }
        Ok(Some(hash))
    }

    /// The digest of a file of this machine, if known without reading it.
    pub(crate) fn known(&self, path: &Path) -> Option<Hash> {
        let stamp = Stamp::of(path).ok()??;
        let (known, hex) = self.known.get(&path.canonicalize().ok()?)?;
        (*known == stamp).then(|| Hash::from_hex(hex).ok()).flatten()
    }

    /// The digests of a model's files, if known without reading them.
    pub(crate) fn of_model(&self, model: &Model) -> Option<BTreeMap<String, Hash>> {
        let Files::Folder(folder) = &model.files else { return model.digests().ok() };
        let files = model.pixel_files().ok()?.into_iter();
        files.map(|file| self.known(&folder.join(&file)).map(|digest| (file, digest))).collect()
    }

    /// The digests of a model's adapters, if known without reading them.
    pub(crate) fn of_adapters(&self, model: &Model) -> Option<Vec<Hash>> {
        model.adapters.iter().map(|adapter| self.known(&adapter.file)).collect()
    }

    /// Stores new digests, if there are any.
    pub(crate) fn save(&mut self) -> io::Result<()> {
        if let (Some(store), true) = (&self.store, self.changed) {
            self.known.retain(|path, _| path.exists());
            write_whole(store, &serde_json::to_vec(&self.known)?)?;
            self.changed = false;
        }
        Ok(())
    }
}
