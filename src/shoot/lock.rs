//! `photoplay.lock`: the author's choices for the films in a folder. It belongs
//! in version control: with it, others can shoot the same film again.
//!
//! Knows digests and file names; does not know scripts.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::circled::Circled;
use crate::breakdown::language::speakers::VoiceBlend;
use crate::casting::Portrait;
use crate::source::files::ProjectFiles;
use crate::source::write_whole;

/// The file's name. It lies beside the script.
pub const FILE: &str = "photoplay.lock";

/// First lines of a lock file with circled takes, and of one without.
const HEADERS: [&str; 2] = [
    "\
# What was chosen for the films in this folder: portraits, takes and model files.
# Written by photoplay; commit it together with `cast/`.
",
    "\
# What was chosen for the films in this folder: portraits and model files.
# Written by photoplay; commit it together with `cast/`.
",
];

/// Why a lock file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be read or written.
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
    /// It is no lock file, or only part of one.
    #[error("`{path}` is damaged", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// Its checksum does not match its content.
    #[error("`{path}` was altered or cut short: its content does not match its checksum", path = path.display())]
    Altered {
        /// The file.
        path: PathBuf,
    },
    /// A newer Photoplay wrote it.
    #[error("`{path}` was written by a newer photoplay (version {version})", path = path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

impl Error {
    /// The remedy, if the author can apply it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Io { .. } => None,
            Self::Newer { .. } => Some("update photoplay"),
            Self::Damaged { .. } | Self::Altered { .. } => Some(
                "restore it from version control, or delete it: photoplay finds the portraits in `cast/` by their names",
            ),
        }
    }
}

/// The voice of somebody who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PinnedVoice {
    /// Whose.
    pub name: String,
    /// What was known of them that matters for a voice: `woman british low`.
    pub traits: String,
    /// The voice.
    pub voice: VoiceBlend,
}

/// The choices for one folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lock {
    /// Portraits, in the order they were made.
    pub portraits: Vec<Portrait>,
    /// Takes, in the order they were circled.
    pub circled: Vec<Circled>,
    /// Voices, by the names of those who speak with them.
    pub voices: Vec<PinnedVoice>,
    /// Digests of the files of each model in use, by the model's name.
    pub models: BTreeMap<String, BTreeMap<String, String>>,
}

/// Version of a lock file with voices. One without them keeps version 2 if it has
/// circled takes, else 1, which older versions of Photoplay read.
const VERSION: u32 = 3;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default)]
    check: String,
    #[serde(default, rename = "portrait")]
    portraits: Vec<Portrait>,
    #[serde(default, rename = "take", skip_serializing_if = "Vec::is_empty")]
    circled: Vec<Circled>,
    #[serde(default, rename = "voice", skip_serializing_if = "Vec::is_empty")]
    voices: Vec<PinnedVoice>,
    #[serde(default, rename = "model")]
    models: BTreeMap<String, BTreeMap<String, String>>,
}

impl Lock {
    /// Reads the lock file of a folder; an absent one is empty.
    pub fn read(files: &dyn ProjectFiles, folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let mut text = String::new();
        match files.open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(Error::Io { what: "read", path, source }),
        }
        let file: File = toml::from_str(&text)
            .map_err(|source| Error::Damaged { path: path.clone(), source })?;
        if file.version > VERSION {
            return Err(Error::Newer { path, version: file.version });
        }
        let File { check, portraits, circled, voices, models, .. } = file;
        let lock = Self { portraits, circled, voices, models };
        if check != lock.check() {
            return Err(Error::Altered { path });
        }
        Ok(lock)
    }

    /// Writes the file to the disk, unless it already has this content.
    pub fn write(&self, folder: &Path) -> Result<(), Error> {
        let path = folder.join(FILE);
        let header = HEADERS[usize::from(self.circled.is_empty())];
        let text = format!("{header}{}", self.text(self.check()));
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        write_whole(&path, text.as_bytes()).map_err(|source| Error::Io {
            what: "write",
            path,
            source,
        })
    }

    fn text(&self, check: String) -> String {
        let Self { portraits, circled, voices, models } = self.clone();
        let version = match (circled.is_empty(), voices.is_empty()) {
            (_, false) => VERSION,
            (false, true) => 2,
            (true, true) => 1,
        };
        toml::to_string(&File { version, check, portraits, circled, voices, models })
            .expect("a lock is plain data")
    }

    /// Checksum: the first sixteen hexadecimal digits of BLAKE3 of the content
    /// with an empty checksum.
    fn check(&self) -> String {
        blake3::hash(self.text(String::new()).as_bytes()).to_hex()[..16].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shoot::recipe::TakeKey;
    use crate::source::files::DiskFiles;

    fn sample() -> Lock {
        Lock {
            circled: Vec::new(),
            voices: Vec::new(),
            portraits: vec![Portrait {
                name: "MARA".to_owned(),
                words: "a watchmaker, copper curls".to_owned(),
                outfit: "a bottle-green coat".to_owned(),
                file: "cast/mara.png".to_owned(),
                digest: "00".repeat(32),
            }],
            models: BTreeMap::from([(
                "Toy Theatre".to_owned(),
                BTreeMap::from([("vae/config.json".to_owned(), "11".repeat(32))]),
            )]),
        }
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), Lock::default());
        sample().write(folder.path()).unwrap();
        assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), sample());
    }

    /// Older versions of Photoplay read it, and version control shows no change.
    #[test]
    fn a_lock_without_circled_takes_is_as_before_there_were_any() {
        let digits = ["00".repeat(32), "11".repeat(32)];
        let text = format!(
            r#"version = 1
check = "7e3fb1ec1d02db10"

[[portrait]]
name = "MARA"
words = "a watchmaker, copper curls"
outfit = "a bottle-green coat"
file = "cast/mara.png"
digest = "{}"

[model."Toy Theatre"]
"vae/config.json" = "{}"
"#,
            digits[0], digits[1]
        );
        assert_eq!(sample().text(sample().check()), text);
    }

    #[test]
    fn circled_takes_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let circled = vec![Circled {
            script: "film.play".to_owned(),
            shot: "3.2".to_owned(),
            shows: "CLOSE ON MARA".to_owned(),
            model: "Toy Theatre".to_owned(),
            take: 2,
            identity: TakeKey([1; 32]),
            key: TakeKey([2; 32]),
        }];
        let lock = Lock { circled, ..sample() };
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), lock);
        let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(text.contains("version = 2") && text.contains("[[take]]"), "{text}");
    }

    #[test]
    fn voices_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let voice = |name: &str, voice| PinnedVoice {
            name: name.to_owned(),
            traits: "woman".to_owned(),
            voice: VoiceBlend::parse(voice).unwrap(),
        };
        let voices = vec![voice("IDA", "bf_emma"), voice("MARA", "af_heart 0.5, af_nicole 0.5")];
        let lock = Lock { voices, ..sample() };
        lock.write(folder.path()).unwrap();
        assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), lock);
        let text = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(text.contains("version = 3") && text.contains("[[voice]]"), "{text}");
    }

    #[test]
    fn a_lock_cut_anywhere_is_named_and_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        sample().write(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        let text = fs::read_to_string(&path).unwrap();
        for end in HEADERS[1].len()..text.trim_end().len() {
            fs::write(&path, &text[..end]).unwrap();
            let error = Lock::read(&DiskFiles, folder.path()).unwrap_err();
            assert!(error.to_string().contains(FILE), "{end}: {error}");
        }
        fs::write(&path, text.replace("copper", "silver")).unwrap();
        assert!(matches!(Lock::read(&DiskFiles, folder.path()), Err(Error::Altered { .. })));
    }
}
