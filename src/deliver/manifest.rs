//! `MANIFEST.json`: what lies in the folder of a turnover, and what every picture in it is
//! made of.
//!
//! Knows names and digests; does not read pictures. The next turnover into the folder reads
//! it, to replace nothing that it did not write.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// The name of the file.
pub const MANIFEST: &str = "MANIFEST.json";

/// What lies in a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of Photoplay.
    pub photoplay: String,
    /// File name of the script.
    pub script: String,
    /// Digest of the relative path from the folder to the script: it stays the same when
    /// both move.
    pub way: String,
    /// The film's title.
    pub title: String,
    /// Frames per second: `24000/1001`.
    pub rate: String,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// Length in frames.
    pub frames: u32,
    /// How the media are encoded.
    pub codec: String,
    /// What made the pictures; `None` for an animatic.
    pub model: Option<ManifestModel>,
    /// BLAKE3 of every file but the media and this one, by name.
    pub files: BTreeMap<String, String>,
    /// The media, in the order of the film.
    pub media: Vec<ManifestMedia>,
    /// Media of earlier turnovers, which the film no longer shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<ManifestMedia>,
}

/// A model, as a manifest records it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestModel {
    /// What people call it.
    pub name: String,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// BLAKE3 of its files, by name.
    pub files: BTreeMap<String, String>,
}

/// The prompt and the settings of a media file's network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakeFacts {
    /// The prompt.
    pub prompt: String,
    /// Seeds of its noise.
    pub seeds: Vec<u64>,
    /// Keys of the takes or stills.
    pub takes: Vec<String>,
}

/// A media file and what it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestMedia {
    /// Its path in the folder.
    pub file: String,
    /// Numbers of the shots that are cut from it.
    pub shots: Vec<String>,
    /// What the first of them shows.
    pub shows: String,
    /// Number of the take.
    pub take: Option<u32>,
    /// What an EDL calls it.
    pub reel: String,
    /// Timecode of its first frame.
    pub timecode: String,
    /// Length in frames.
    pub frames: u32,
    /// Frames before those that the film shows.
    pub head: u32,
    /// Frames after those that the film shows.
    pub tail: u32,
    /// Frames of the head that repeat one picture.
    pub frozen_head: u32,
    /// Frames of the tail that repeat one picture.
    pub frozen_tail: u32,
    /// All its frames are one picture.
    pub still: bool,
    /// Who made its pictures (IPTC digital source type).
    pub made_by: String,
    /// What the network was asked for.
    pub prompt: String,
    /// Seeds of its noise.
    pub seeds: Vec<u64>,
    /// Keys of its takes or stills in the vault.
    pub takes: Vec<String>,
    /// Digest of everything that its frames depend on.
    pub made_of: String,
    /// BLAKE3 of the file.
    pub digest: String,
}

impl Manifest {
    /// The manifest of a folder, if it has one that can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(MANIFEST)).ok()?).ok()
    }

    /// Its text.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("plain data becomes JSON");
        text.push('\n');
        text
    }

    /// The digest that a file had when it was written.
    pub fn digest_of(&self, file: &str) -> Option<&str> {
        let media = self.media.iter().chain(&self.earlier).find(|media| media.file == file);
        let digest = media.map(|media| &media.digest).or_else(|| self.files.get(file));
        digest.map(String::as_str)
    }
}

/// The digest of a file; `None` if it is not there or cannot be read.
pub fn digest(path: &Path) -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update_reader(fs::File::open(path).ok()?).ok()?;
    Some(hasher.finalize().to_hex().to_string())
}
