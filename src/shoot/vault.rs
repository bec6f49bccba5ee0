//! The vault: stores takes by the key of their recipe. No reader ever finds half
//! a take, or trusts a damaged one.
//!
//! A take is two files, `takes/ab/<key>.mkv` and `takes/ab/<key>.json`. The
//! record is written first: it holds the digest of the payload, so a reader can
//! check any payload that has a record. Knows bytes, not pixels.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use indexmap::IndexMap;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::digests::digest;
use super::recipe::{Recipe, TakeKey};
use crate::source::stamp::Stamp;
use crate::source::unfinished::remove_if_abandoned;
use crate::source::{sync_folder, write_whole};

/// Why the vault cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be written or read.
    #[error("cannot {what} `{path}`", path = path.display())]
    Io {
        /// Verb for the failed operation.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// An entry's content has changed since it was stored.
    #[error("`{path}` is damaged: {what}", path = path.display())]
    Damaged {
        /// The entry's payload or record.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A build is using the vault.
    #[error("`{path}` is in use by another photoplay; try again when that has finished", path = path.display())]
    Busy {
        /// The vault.
        path: PathBuf,
    },
}

fn failed(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { what, path, source }
}

/// How a take was made: facts that differ between machines and are part of no
/// key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Version of Photoplay.
    pub photoplay: String,
    /// Device, precision and threads in words.
    pub device: String,
    /// Seconds it took.
    pub seconds: f64,
}

/// The record beside a take's payload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The take.
    pub key: TakeKey,
    /// BLAKE3 of the payload in hexadecimal digits.
    pub payload: String,
    /// Stamp of the payload when it was hashed.
    pub stamp: Option<Stamp>,
    /// The recipe in words.
    pub recipe: IndexMap<String, String>,
    /// How it was made.
    pub made: Made,
}

/// A folder of takes.
#[derive(Debug)]
pub struct Vault {
    root: PathBuf,
    /// Records read so far; a payload whose stamp has changed is checked again.
    known: Mutex<BTreeMap<TakeKey, Payload>>,
    /// Shared lock while takes are made or read, exclusive lock while they are
    /// cleared.
    _lease: File,
    /// Folder for unfinished files; its lock tells other processes that it is in
    /// use.
    scratch: tempfile::TempDir,
    _scratch_lease: File,
}

/// The part of a record that tells whether a payload is whole.
#[derive(Debug, Clone, Deserialize)]
struct Payload {
    key: TakeKey,
    payload: String,
    stamp: Option<Stamp>,
}

/// How to check a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trust {
    /// By its stamp if that equals the record's, else by its content.
    Stamp,
    /// By its content.
    Content,
}

/// The right to make a take; other processes wait for it.
#[derive(Debug)]
pub struct Claim {
    _file: File,
}

/// Size of a part of the vault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Number of files or takes.
    pub entries: usize,
    /// Size in bytes.
    pub bytes: u64,
}

impl Vault {
    /// Opens the vault in a folder, and creates it if there is none. Removes what
    /// killed processes left unfinished.
    pub fn open(root: &Path) -> Result<Self, Error> {
        Self::lease(root, |lease| lease.lock_shared().map_err(TryLockError::Error))
    }

    /// Opens the vault for clearing, with an exclusive lock.
    pub fn open_alone(root: &Path) -> Result<Self, Error> {
        Self::lease(root, File::try_lock)
    }

    fn lease(root: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Self, Error> {
        let scratches = root.join("scratch");
        fs::create_dir_all(&scratches).map_err(failed("make", &scratches))?;
        let path = root.join("lease");
        let lease = lock_file(&path)?;
        match lock(&lease) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Busy { path: root.to_owned() }),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &path)(error)),
        }
        remove_abandoned(&scratches);
        files_below(root).unwrap_or_default().iter().for_each(|file| remove_if_abandoned(file));
        let scratch = tempfile::TempDir::new_in(&scratches)
            .map_err(failed("make a folder in", &scratches))?;
        let marker = scratch.path().join("lease");
        let scratch_lease = lock_file(&marker)?;
        scratch_lease.lock().map_err(failed("lock", &marker))?;
        Ok(Self {
            root: root.to_owned(),
            known: Mutex::default(),
            _lease: lease,
            scratch,
            _scratch_lease: scratch_lease,
        })
    }

    /// The vault's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Path of a take's payload, whether or not it exists.
    pub fn payload(&self, key: &TakeKey) -> PathBuf {
        payload(&self.root, key)
    }

    /// Path for an unfinished payload; this process removes it when it ends.
    pub fn temp(&self, key: &TakeKey) -> PathBuf {
        self.scratch.path().join(format!("{key}.mkv"))
    }

    /// Waits for the right to make a take.
    pub fn claim(&self, key: &TakeKey) -> Result<Claim, Error> {
        let path = self.root.join("claims").join(key.to_string());
        fs::create_dir_all(self.root.join("claims")).map_err(failed("make", &path))?;
        let file = lock_file(&path)?;
        file.lock().map_err(failed("lock", &path))?;
        Ok(Claim { _file: file })
    }

    /// Whether the vault holds a whole take. Hashes the payload only if its stamp
    /// has changed since it was last hashed.
    pub fn holds(&self, key: &TakeKey) -> Result<bool, Error> {
        self.check(key, Trust::Stamp)
    }

    /// Checks a take by hashing its payload, whatever its stamp says.
    pub fn verify(&self, key: &TakeKey) -> Result<bool, Error> {
        self.check(key, Trust::Content)
    }

    fn check(&self, key: &TakeKey, trust: Trust) -> Result<bool, Error> {
        let path = self.payload(key);
        let Some(stamp) = Stamp::of(&path).map_err(failed("read", &path))? else {
            return Ok(false);
        };
        let Some(known) = self.known(key, stamp)? else { return Ok(false) };
        if trust == Trust::Stamp && known.stamp == Some(stamp) {
            return Ok(true);
        }
        let digest = digest(&path).map_err(failed("read", &path))?;
        if digest.to_hex().as_str() != known.payload {
            return Err(Error::Damaged {
                path,
                what: "its content has changed since it was stored",
            });
        }
        if known.stamp != Some(stamp)
            && let Some(mut record) = read_record(&self.root, key)?
        {
            record.stamp = Some(stamp);
            self.write_record(&record)?;
        }
        Ok(true)
    }

    /// The record of a payload with the stamp `stamp`: the one read before,
    /// unless the stamp has changed.
    fn known(&self, key: &TakeKey, stamp: Stamp) -> Result<Option<Payload>, Error> {
        if let Some(known) = self.lock_known().get(key)
            && known.stamp == Some(stamp)
        {
            return Ok(Some(known.clone()));
        }
        let read = read_payload(&self.root, key)?;
        if let Some(read) = &read {
            self.lock_known().insert(*key, read.clone());
        }
        Ok(read)
    }

    fn lock_known(&self) -> MutexGuard<'_, BTreeMap<TakeKey, Payload>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the vault holds a whole take. Writes and reports nothing.
    pub fn glance(&self, key: &TakeKey) -> bool {
        let path = self.payload(key);
        let Ok(Some(stamp)) = Stamp::of(&path) else { return false };
        let Ok(Some(known)) = self.known(key, stamp) else { return false };
        known.stamp == Some(stamp) || is_whole(&path, &known)
    }

    /// BLAKE3 of a take's payload in hexadecimal digits; `None` if it has no
    /// record.
    pub fn payload_digest(&self, key: &TakeKey) -> Option<String> {
        let stamp = Stamp::of(&self.payload(key)).ok()??;
        Some(self.known(key, stamp).ok()??.payload)
    }

    /// Moves a finished payload into the vault.
    pub fn keep(
        &self,
        key: &TakeKey,
        recipe: &Recipe,
        temp: &Path,
        made: Made,
    ) -> Result<(), Error> {
        let path = self.payload(key);
        let folder = path.parent().expect("a payload lies in a folder");
        fs::create_dir_all(folder).map_err(failed("make", folder))?;
        let file = File::open(temp).map_err(failed("read", temp))?;
        file.sync_all().map_err(failed("write", temp))?;
        let payload = digest(temp).map_err(failed("read", temp))?.to_hex().to_string();
        let mut record = Record { key: *key, payload, stamp: None, recipe: recipe.explain(), made };
        self.write_record(&record)?;
        fs::rename(temp, &path).map_err(failed("write", &path))?;
        sync_folder(folder).map_err(failed("write", folder))?;
        record.stamp = Stamp::of(&path).map_err(failed("read", &path))?;
        self.write_record(&record)
    }

    /// The record of a take.
    pub fn record(&self, key: &TakeKey) -> Result<Option<Record>, Error> {
        read_record(&self.root, key)
    }

    fn write_record(&self, record: &Record) -> Result<(), Error> {
        let path = record_path(&self.root, &record.key);
        let text = serde_json::to_vec_pretty(record).expect("a record is plain data");
        write_whole(&path, &text).map_err(failed("write", &path))?;
        self.lock_known().remove(&record.key);
        Ok(())
    }

    /// Removes a take.
    pub fn discard(&self, key: &TakeKey) -> Result<(), Error> {
        self.lock_known().remove(key);
        for path in [self.payload(key), record_path(&self.root, key)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(failed("remove", &path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The size of every take in bytes.
    pub fn list(&self) -> Result<BTreeMap<TakeKey, u64>, Error> {
        let mut takes = BTreeMap::new();
        for path in files_below(&self.root.join("takes"))? {
            let Some(key) = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok()) else {
                continue;
            };
            let bytes = fs::metadata(&path).map_or(0, |meta| meta.len());
            *takes.entry(key).or_default() += bytes;
        }
        Ok(takes)
    }

    /// Removes every take that is not in `keep` with its latents, all embeddings
    /// of prompts, and the files of claims.
    pub fn sweep(&self, keep: &BTreeSet<TakeKey>) -> Result<Usage, Error> {
        let mut cleared = Usage::default();
        for (key, bytes) in self.list()? {
            if !keep.contains(&key) {
                self.discard(&key)?;
                cleared.entries += 1;
                cleared.bytes += bytes;
            }
        }
        let kept: BTreeSet<String> = keep.iter().map(ToString::to_string).collect();
        let mut latents = files_below(&self.root.join(LATENTS))?;
        latents.retain(|path| {
            let key = path.file_stem().unwrap_or_default().to_string_lossy();
            !kept.contains(&*key)
        });
        for path in latents.into_iter().chain(files_below(&self.root.join(PROMPTS))?) {
            cleared.entries += 1;
            cleared.bytes += fs::metadata(&path).map_or(0, |meta| meta.len());
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        let claims = self.root.join("claims");
        for path in files_below(&claims)? {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        Ok(cleared)
    }

    /// Bytes and files of each folder of the vault.
    pub fn sizes(&self) -> Result<BTreeMap<String, Usage>, Error> {
        let mut sizes = BTreeMap::new();
        for entry in fs::read_dir(&self.root).map_err(failed("read", &self.root))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.path().is_dir() || matches!(name.as_str(), "scratch" | "claims") {
                continue;
            }
            let mut size = Usage::default();
            for path in files_below(&entry.path())? {
                size.entries += 1;
                size.bytes += fs::metadata(&path).map_or(0, |meta| meta.len());
            }
            sizes.insert(name, size);
        }
        Ok(sizes)
    }
}

/// The folder for latents before decoding. Each file's name is its take's key.
pub const LATENTS: &str = "latents";

/// The folder for embeddings of prompts. Only takes still to be made need them.
pub const PROMPTS: &str = "prompts";

/// Path of a take's payload in a vault, whether or not it exists.
pub fn payload(root: &Path, key: &TakeKey) -> PathBuf {
    let name = key.to_string();
    root.join("takes").join(&name[..2]).join(format!("{name}.mkv"))
}

fn record_path(root: &Path, key: &TakeKey) -> PathBuf {
    payload(root, key).with_extension("json")
}

fn read_record(root: &Path, key: &TakeKey) -> Result<Option<Record>, Error> {
    read(root, key, |record: &Record| record.key)
}

fn read_payload(root: &Path, key: &TakeKey) -> Result<Option<Payload>, Error> {
    read(root, key, |payload: &Payload| payload.key)
}

/// Reads the record of a take, or a part of it.
fn read<R: DeserializeOwned>(
    root: &Path,
    key: &TakeKey,
    key_of: fn(&R) -> TakeKey,
) -> Result<Option<R>, Error> {
    let path = record_path(root, key);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", &path)(error)),
    };
    let record: R = serde_json::from_slice(&bytes)
        .map_err(|_| Error::Damaged { path: path.clone(), what: "it is not a take's record" })?;
    if key_of(&record) != *key {
        return Err(Error::Damaged { path, what: "it is the record of another take" });
    }
    Ok(Some(record))
}

/// Whether the content of a payload matches its record.
fn is_whole(path: &Path, known: &Payload) -> bool {
    digest(path).is_ok_and(|digest| digest.to_hex().as_str() == known.payload)
}

/// The records of all takes in a vault, without damaged ones; none if there is no
/// vault.
pub fn records(root: &Path) -> Vec<Record> {
    let files = files_below(&root.join("takes")).unwrap_or_default();
    let records =
        files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json"));
    records.filter_map(|path| serde_json::from_slice(&fs::read(path).ok()?).ok()).collect()
}

/// Whether a vault holds a take, if there is a vault. Writes nothing.
pub fn glance(root: &Path, key: &TakeKey) -> bool {
    let Ok(Some(known)) = read_payload(root, key) else { return false };
    let path = payload(root, key);
    match Stamp::of(&path) {
        Ok(Some(stamp)) => known.stamp == Some(stamp) || is_whole(&path, &known),
        _ => false,
    }
}

fn lock_file(path: &Path) -> Result<File, Error> {
    File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(failed("write", path))
}

/// Removes scratch folders of ended processes: this process can lock those.
fn remove_abandoned(scratches: &Path) {
    for entry in fs::read_dir(scratches).into_iter().flatten().flatten() {
        let abandoned = match File::open(entry.path().join("lease")) {
            Ok(lease) => lease.try_lock().is_ok(),
            // Another process may be about to lock it, so young ones stay.
            Err(_) => entry
                .metadata()
                .and_then(|meta| meta.modified())
                .is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() > 60)),
        };
        if abandoned {
            // If this fails, the next build tries again.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(failed("read", &folder)(error)),
        };
        for entry in entries.flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::super::recipe::tests::sample;
    use super::*;

    fn stored(root: &Path) -> (Vault, TakeKey) {
        let vault = Vault::open(root).unwrap();
        let recipe = sample();
        let key = recipe.key();
        let temp = vault.temp(&key);
        fs::write(&temp, b"sixteen bytes...").unwrap();
        vault.keep(&key, &recipe, &temp, Made::default()).unwrap();
        (vault, key)
    }

    #[test]
    fn a_take_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, key) = stored(folder.path());
        assert!(vault.holds(&key).unwrap() && vault.verify(&key).unwrap());
        assert!(glance(folder.path(), &key));
        assert!(!vault.holds(&TakeKey([0; 32])).unwrap());
        assert_eq!(vault.record(&key).unwrap().unwrap().recipe, sample().explain());
        let beside = |folder: &str, name: String| {
            let folder = vault.root.join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(name), b"half a take").unwrap();
        };
        beside(LATENTS, format!("{key}.latents"));
        assert_eq!(vault.sweep(&BTreeSet::from([key])).unwrap(), Usage::default());
        beside(PROMPTS, "words.prompt".to_owned());
        assert_eq!(vault.sweep(&BTreeSet::from([key])).unwrap(), Usage { entries: 1, bytes: 11 });
        assert_eq!(vault.sweep(&BTreeSet::new()).unwrap().entries, 2);
        assert!(!vault.holds(&key).unwrap());
    }

    #[test]
    fn damage_is_seen_wherever_it_is() {
        type Damage = fn(&Vault, &TakeKey);
        let damages: [(&str, Damage); 5] = [
            ("a flipped bit", |vault, key| {
                fs::write(vault.payload(key), b"sixteen bytes,..").unwrap();
            }),
            ("cut short", |vault, key| fs::write(vault.payload(key), b"sixteen").unwrap()),
            ("emptied", |vault, key| fs::write(vault.payload(key), b"").unwrap()),
            ("a record cut short", |vault, key| {
                let path = record_path(vault.root(), key);
                let text = fs::read(&path).unwrap();
                fs::write(&path, &text[..text.len() / 2]).unwrap();
            }),
            ("another take's record", |vault, key| {
                let mut record = vault.record(key).unwrap().unwrap();
                record.key = TakeKey([9; 32]);
                fs::write(record_path(vault.root(), key), serde_json::to_vec(&record).unwrap())
                    .unwrap();
            }),
        ];
        for (what, damage) in damages {
            let folder = tempfile::tempdir().unwrap();
            let (vault, key) = stored(folder.path());
            damage(&vault, &key);
            assert!(matches!(vault.holds(&key), Err(Error::Damaged { .. })), "{what}");
            assert!(!glance(folder.path(), &key), "{what}");
            vault.discard(&key).unwrap();
            assert!(!vault.holds(&key).unwrap(), "{what}");
        }
    }

    #[test]
    fn a_vault_that_was_copied_is_hashed_and_believed() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, key) = stored(folder.path());
        let payload = vault.payload(&key);
        let copy = payload.with_extension("copy");
        fs::copy(&payload, &copy).unwrap();
        fs::rename(&copy, &payload).unwrap();
        assert!(vault.holds(&key).unwrap());
        let now = Stamp::of(&payload).unwrap();
        assert_eq!(vault.record(&key).unwrap().unwrap().stamp, now);
    }

    #[test]
    fn clearing_waits_for_no_build() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        assert!(matches!(Vault::open_alone(folder.path()), Err(Error::Busy { .. })));
        drop(vault);
        assert!(Vault::open_alone(folder.path()).is_ok());
    }

    #[test]
    fn what_a_killed_process_left_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join("scratch/left");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("lease"), b"").unwrap();
        fs::write(left.join("half.mkv"), b"half").unwrap();
        let _vault = Vault::open(folder.path()).unwrap();
        assert!(!left.exists());
    }
}
