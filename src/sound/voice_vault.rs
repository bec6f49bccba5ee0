//! Stores voice takes by the key of their recipe, in the folder `voices` of the vault.
//! No reader finds half a take, or trusts a damaged one.
//!
//! A take is one WAV file, which any player plays: 32-bit floating point, mono. Before
//! the samples stands a chunk of our own with its record. Knows samples; does not know
//! what they say.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::speech::{RATE, SpeechRecipe, SpokenWord};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::{Made, Usage};
use crate::source::write_whole;

/// The record of a voice take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VoiceRecord {
    /// The take.
    pub key: TakeKey,
    /// BLAKE3 of its samples in hexadecimal digits.
    pub payload: String,
    /// Its length in samples, at `RATE`.
    pub samples: usize,
    /// When its words are heard; none if its engine does not know.
    #[serde(default)]
    pub words: Vec<SpokenWord>,
    /// The recipe in words.
    pub recipe: IndexMap<String, String>,
    /// How it was made.
    pub made: Made,
}

/// Why a voice take cannot be stored or read.
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
    /// A take's content has changed since it was stored.
    #[error("`{path}` is damaged", path = path.display())]
    Damaged {
        /// The take.
        path: PathBuf,
    },
}

/// The type of our chunk.
const RECORD: &[u8; 4] = b"PhPl";

/// The longest record.
const LONGEST: u64 = 1 << 20;

/// A folder of voice takes.
#[derive(Debug, Clone)]
pub struct VoiceVault {
    folder: PathBuf,
}

impl VoiceVault {
    /// The voice takes of a vault.
    pub fn of(vault: &Path) -> Self {
        Self { folder: vault.join("voices") }
    }

    /// Path of a take, whether or not it exists.
    pub fn path(&self, key: &TakeKey) -> PathBuf {
        let name = key.to_string();
        self.folder.join(&name[..2]).join(format!("{name}.wav"))
    }

    /// Stores a take.
    pub fn keep(
        &self,
        recipe: &SpeechRecipe,
        samples: &[f32],
        words: Vec<SpokenWord>,
        made: Made,
    ) -> Result<(), Error> {
        let key = recipe.key();
        let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let payload = blake3::hash(&bytes).to_hex().to_string();
        let (samples, recipe) = (samples.len(), recipe.explain());
        let record = VoiceRecord { key, payload, samples, words, recipe, made };
        let record = serde_json::to_vec(&record).expect("a record is plain data");
        let path = self.path(&key);
        let write = |source| Error::Io { what: "write", path: path.clone(), source };
        write_whole(&path, &wav(&bytes, Some(record))).map_err(write)
    }

    /// The record of a take, without a look at its samples; none if there is no take
    /// or only a damaged one.
    pub fn record(&self, key: &TakeKey) -> Option<VoiceRecord> {
        let mut file = fs::File::open(self.path(key)).ok()?;
        let mut head = [0; 12 + 24 + 8];
        file.read_exact(&mut head).ok()?;
        let [.., a, b, c, d] = head;
        let length = u32::from_le_bytes([a, b, c, d]);
        if &head[36..40] != RECORD {
            return None;
        }
        let mut text = Vec::new();
        file.take(u64::from(length).min(LONGEST)).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok().filter(|record: &VoiceRecord| record.key == *key)
    }

    /// The samples of a take, checked.
    pub fn load(&self, key: &TakeKey) -> Result<Vec<f32>, Error> {
        let path = self.path(key);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(source) => return Err(Error::Io { what: "read", path, source }),
        };
        let damaged = Error::Damaged { path };
        let Some(record) = self.record(key) else { return Err(damaged) };
        let length = record.samples.saturating_mul(4);
        let Some(payload) = bytes.len().checked_sub(length).map(|at| &bytes[at..]) else {
            return Err(damaged);
        };
        if blake3::hash(payload).to_hex().as_str() != record.payload {
            return Err(damaged);
        }
        Ok(payload.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    /// The keys of all takes.
    pub fn keys(&self) -> BTreeSet<TakeKey> {
        let folders = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let files = folders.flat_map(|folder| fs::read_dir(folder.path()).into_iter().flatten());
        let names = files.flatten().map(|file| file.path());
        names.filter_map(|path| path.file_stem()?.to_str()?.parse().ok()).collect()
    }

    /// The size of every take in bytes.
    pub fn sizes(&self) -> Vec<(TakeKey, u64)> {
        let size = |key: &TakeKey| fs::metadata(self.path(key)).map_or(0, |meta| meta.len());
        self.keys().into_iter().map(|key| (key, size(&key))).collect()
    }

    /// Removes a take.
    pub fn discard(&self, key: &TakeKey) {
        // If this fails, the take is still damaged, and the next build makes it again.
        let _ = fs::remove_file(self.path(key));
    }

    /// Removes every take that is not in `keep`.
    pub fn sweep(&self, keep: &BTreeSet<TakeKey>) -> Usage {
        let mut cleared = Usage::default();
        for key in self.keys().difference(keep) {
            cleared.entries += 1;
            cleared.bytes += fs::metadata(self.path(key)).map_or(0, |meta| meta.len());
            self.discard(key);
        }
        cleared
    }
}

/// A WAV file of samples at `RATE` in bytes, with a record before them.
pub fn wav(samples: &[u8], record: Option<Vec<u8>>) -> Vec<u8> {
    let mut chunks = Vec::with_capacity(samples.len() + 1024);
    let mut chunk = |kind: &[u8; 4], body: &[u8]| {
        chunks.extend(kind);
        chunks.extend((body.len() as u32).to_le_bytes());
        chunks.extend(body);
        if body.len() % 2 == 1 {
            chunks.push(0);
        }
    };
    // Floating point, one channel, four bytes a sample.
    let mut format = Vec::new();
    format.extend(3u16.to_le_bytes());
    format.extend(1u16.to_le_bytes());
    format.extend(RATE.to_le_bytes());
    format.extend((RATE * 4).to_le_bytes());
    format.extend(4u16.to_le_bytes());
    format.extend(32u16.to_le_bytes());
    chunk(b"fmt ", &format);
    if let Some(record) = record {
        chunk(RECORD, &record);
    }
    chunk(b"data", samples);
    let mut file = b"RIFF".to_vec();
    file.extend((chunks.len() as u32 + 4).to_le_bytes());
    file.extend(b"WAVE");
    file.extend(chunks);
    file
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::breakdown::language::speakers::VoiceBlend;

    fn stored(folder: &Path) -> (VoiceVault, TakeKey, Vec<f32>) {
        let vault = VoiceVault::of(folder);
        let recipe = SpeechRecipe::new(VoiceBlend::of("bf_emma"), "Yes.".to_owned(), 90);
        let samples: Vec<f32> = (0..999).map(|at| (at as f32 * 0.1).sin()).collect();
        vault.keep(&recipe, &samples, Vec::new(), Made::default()).unwrap();
        (vault, recipe.key(), samples)
    }

    #[test]
    fn a_voice_take_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, key, samples) = stored(folder.path());
        assert_eq!(vault.load(&key).unwrap(), samples);
        assert_eq!(vault.record(&key).unwrap().samples, 999);
        assert_eq!(vault.keys(), BTreeSet::from([key]));
        assert_eq!(vault.sweep(&BTreeSet::from([key])), Usage::default());
        assert_eq!(vault.sweep(&BTreeSet::new()).entries, 1);
        assert!(vault.record(&key).is_none());
    }

    #[test]
    fn damage_is_seen_wherever_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (vault, key, _) = stored(folder.path());
        let whole = fs::read(vault.path(&key)).unwrap();
        for at in (0..whole.len()).step_by(37).filter(|at| *at >= 36) {
            let mut broken = whole.clone();
            broken[at] ^= 0x40;
            fs::write(vault.path(&key), &broken).unwrap();
            let mended = vault.load(&key).is_err() || vault.record(&key).is_some();
            assert!(mended, "{at}");
            fs::write(vault.path(&key), &whole[..at]).unwrap();
            assert!(vault.load(&key).is_err(), "cut at {at}");
        }
    }
}
