//! `photoplay.lock`: the author's choices for the films in a folder. It belongs
//! in version control: with it, others can shoot the same film again.
//!
//! Each choice is a line of its own, in an order that depends on nothing else, so
//! choices of two people merge line by line. Knows digests and file names; does not
//! know scripts.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::FOLDER;
use super::circled::{Circled, retain_latest};
use super::git::{keep_both_sides, without_markers};
use crate::breakdown::language::speakers::VoiceBlend;
use crate::casting::Portrait;
use crate::source::files::ProjectFiles;
use crate::source::write_whole;

/// The file's name. It lies beside the script.
pub const FILE: &str = "photoplay.lock";

const HEADER: &str = "\
# What was chosen for the films in this folder: portraits, takes, voices and model files.
# Written by photoplay; commit it together with `cast/`. A line is a choice.
";

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
            Self::Damaged { .. } => Some(
                "mend the line, restore the file from version control, or delete it: photoplay finds the portraits in `cast/` by their names",
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
    /// Portraits.
    pub portraits: Vec<Portrait>,
    /// Takes. Two for one shot were chosen by two people; the later in the file counts.
    pub circled: Vec<Circled>,
    /// Voices, by the names of those who speak with them.
    pub voices: Vec<PinnedVoice>,
    /// Digests of the files of each model in use, by the model's name.
    pub models: BTreeMap<String, BTreeMap<String, String>>,
}

/// The version that this Photoplay writes. Versions 1 to 3 had a checksum over the whole
/// file.
const VERSION: u32 = 4;

/// The file. Each list has a line for each of its entries.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Choices {
    #[serde(rename = "version")]
    _version: u32,
    portraits: Vec<Portrait>,
    takes: Vec<Circled>,
    voices: Vec<PinnedVoice>,
    models: Vec<ModelFile>,
}

/// A file of a model in use.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelFile {
    model: String,
    file: String,
    digest: String,
}

/// The file as versions 1 to 3 wrote it. What follows its checksum is what counts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "check")]
    _check: String,
    #[serde(default, rename = "portrait")]
    portraits: Vec<Portrait>,
    #[serde(default, rename = "take")]
    circled: Vec<Circled>,
    #[serde(default, rename = "voice")]
    voices: Vec<PinnedVoice>,
    #[serde(default, rename = "model")]
    models: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

impl Lock {
    /// Reads the lock file of a folder; an absent one is empty.
    pub fn read(files: &dyn ProjectFiles, folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let mut text = String::new();
        match files.open(&path).and_then(|mut file| file.read_to_string(&mut text)) {
            Ok(_) => Self::parse(&without_markers(&text), &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(Error::Io { what: "read", path, source }),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        fn from<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, Error> {
            toml::from_str(text).map_err(|source| Error::Damaged { path: path.to_owned(), source })
        }
        match from::<Versioned>(text, path)?.version {
            version if version > VERSION => Err(Error::Newer { path: path.to_owned(), version }),
            VERSION => {
                let Choices { portraits, mut takes, voices, models: files, .. } = from(text, path)?;
                retain_latest(&mut takes);
                let mut models: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
                for ModelFile { model, file, digest } in files {
                    models.entry(model).or_default().insert(file, digest);
                }
                Ok(Self { portraits, circled: takes, voices, models })
            }
            _ => {
                let Checked { portraits, circled, voices, models, .. } = from(text, path)?;
                Ok(Self { portraits, circled, voices, models })
            }
        }
    }

    /// Changes the lock file on the disk: what others have written to it until now stays.
    /// Returns all choices after the change.
    pub fn change<E: From<Error>>(
        folder: &Path,
        change: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let _turn = turn(folder)?;
        let mut lock = Self::read(&crate::source::files::DiskFiles, folder)?;
        change(&mut lock)?;
        lock.write(folder)?;
        Ok(lock)
    }

    /// Writes the file, unless it already has this content.
    fn write(&self, folder: &Path) -> Result<(), Error> {
        let (path, text) = (folder.join(FILE), self.text());
        if fs::read(&path).is_ok_and(|there| there == text.as_bytes()) {
            return Ok(());
        }
        write_whole(&path, text.as_bytes()).map_err(|source| Error::Io {
            what: "write",
            path,
            source,
        })?;
        // A folder that git does not merge, or cannot be told about, is merged by hand.
        let _ = keep_both_sides(folder, FILE);
        Ok(())
    }

    fn text(&self) -> String {
        let mut portraits: Vec<&Portrait> = self.portraits.iter().collect();
        portraits.sort_by_key(|it| (&it.name, &it.words, &it.outfit, &it.file));
        let mut circled: Vec<&Circled> = self.circled.iter().collect();
        circled.sort_by_key(|it| (&it.script, it.identity, it.take));
        let mut voices: Vec<&PinnedVoice> = self.voices.iter().collect();
        voices.sort_by_key(|it| (&it.name, &it.traits));
        let files = self.models.iter().flat_map(|(model, files)| {
            files.iter().map(|(file, digest)| ModelFile {
                model: model.clone(),
                file: file.clone(),
                digest: digest.clone(),
            })
        });
        let lists = [
            list("portraits", portraits),
            list("takes", circled),
            list("voices", voices),
            list("models", files),
        ];
        format!("{HEADER}version = {VERSION}\n{}", lists.concat())
    }
}

/// A list with a line for each entry. The brackets have lines of their own even around
/// nothing, so that two first entries merge.
fn list(name: &str, entries: impl IntoIterator<Item = impl Serialize>) -> String {
    let lines = entries.into_iter().map(|entry| {
        let mut line = String::new();
        let written = entry.serialize(toml::ser::ValueSerializer::new(&mut line));
        written.expect("a choice is plain data");
        format!("    {line},\n")
    });
    format!("\n{name} = [\n{}]\n", lines.collect::<String>())
}

/// Waits until nobody else changes the lock file of a folder.
fn turn(folder: &Path) -> Result<File, Error> {
    let path = folder.join(FOLDER).join("choices");
    let wait = || {
        fs::create_dir_all(folder.join(FOLDER))?;
        let file = File::options().create(true).truncate(false).write(true).open(&path)?;
        file.lock()?;
        Ok(file)
    };
    wait().map_err(|source| Error::Io { what: "lock", path: path.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shoot::recipe::TakeKey;
    use crate::source::files::DiskFiles;

    fn portrait(name: &str) -> Portrait {
        Portrait {
            name: name.to_owned(),
            words: "a watchmaker, \"copper\" curls".to_owned(),
            outfit: "a bottle-green coat".to_owned(),
            file: "cast/mara.png".to_owned(),
            digest: "00".repeat(32),
        }
    }

    fn take(shot: u8, take: u32) -> Circled {
        Circled {
            script: "film.play".to_owned(),
            shot: format!("3.{shot}"),
            shows: "CLOSE ON MARA".to_owned(),
            model: "Toy Theatre".to_owned(),
            take,
            identity: TakeKey([shot; 32]),
            key: TakeKey([2; 32]),
            again: 0,
        }
    }

    fn sample() -> Lock {
        let file = BTreeMap::from([("vae/config.json".to_owned(), "11".repeat(32))]);
        Lock {
            portraits: vec![portrait("MARA"), portrait("OLD MARA")],
            circled: vec![take(1, 2), take(2, 1)],
            voices: vec![PinnedVoice {
                name: "MARA".to_owned(),
                traits: "woman".to_owned(),
                voice: serde_json::from_str("\"bf_emma\"").unwrap(),
            }],
            models: BTreeMap::from([("Toy Theatre".to_owned(), file)]),
        }
    }

    fn parse(text: &str) -> Result<Lock, Error> {
        Lock::parse(text, Path::new(FILE))
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), Lock::default());
        for lock in [Lock::default(), sample()] {
            lock.write(folder.path()).unwrap();
            assert_eq!(Lock::read(&DiskFiles, folder.path()).unwrap(), lock);
        }
        assert!(!folder.path().join(".gitattributes").exists(), "no git is here");
    }

    #[test]
    fn a_choice_is_a_line_and_its_place_depends_on_nothing_else() {
        let lock = sample();
        let all = lock.text();
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        for without in 0..2 {
            let mut less = lock.clone();
            less.circled.remove(without);
            less.portraits.remove(without);
            less.circled.reverse();
            let mut kept = lines(&all);
            kept.retain(|line| lines(&less.text()).contains(line));
            assert_eq!(lines(&less.text()), kept);
            assert_eq!(lines(&all).len(), kept.len() + 2);
        }
        let mut other = lock;
        other.circled.reverse();
        other.portraits.reverse();
        assert_eq!(other.text(), all);
    }

    #[test]
    fn what_earlier_versions_wrote_is_read() {
        let (digests, keys) =
            (["00".repeat(32), "11".repeat(32)], ["01".repeat(32), "02".repeat(32)]);
        let portrait = format!(
            "[[portrait]]\nname = \"MARA\"\nwords = \"a watchmaker, \\\"copper\\\" curls\"\n\
             outfit = \"a bottle-green coat\"\nfile = \"cast/mara.png\"\ndigest = \"{}\"\n",
            digests[0]
        );
        let circled = format!(
            "[[take]]\nscript = \"film.play\"\nshot = \"3.1\"\nshows = \"CLOSE ON MARA\"\n\
             model = \"Toy Theatre\"\ntake = 2\nidentity = \"{}\"\nkey = \"{}\"\n",
            keys[0], keys[1]
        );
        let model = format!("[model.\"Toy Theatre\"]\n\"vae/config.json\" = \"{}\"\n", digests[1]);
        let checked = "version = 2\ncheck = \"7e3fb1ec1d02db10\"\n";
        let read = parse(&format!("{checked}\n{portrait}\n{circled}\n{model}")).unwrap();
        let Lock { mut portraits, mut circled, models, .. } = sample();
        portraits.truncate(1);
        circled.truncate(1);
        assert_eq!(read, Lock { portraits, circled, voices: Vec::new(), models });
    }

    #[test]
    fn a_lock_cut_anywhere_is_named_and_not_believed() {
        let text = sample().text();
        for end in 0..text.trim_end().len() {
            let error = parse(&text[..end]).unwrap_err();
            assert!(error.to_string().contains(FILE), "{end}: {error}");
        }
        let newer = text.replace("version = 4", "version = 5");
        assert!(matches!(parse(&newer), Err(Error::Newer { version: 5, .. })));
    }

    /// Whoever changes the file keeps what others changed since it was read.
    #[test]
    fn many_change_the_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for shot in 0..8 {
                let folder = folder.path();
                scope.spawn(move || {
                    Lock::change(folder, |lock| -> Result<(), Error> {
                        lock.circled.push(take(shot, 1));
                        Ok(())
                    })
                    .unwrap();
                });
            }
        });
        let mut circled = Lock::read(&DiskFiles, folder.path()).unwrap().circled;
        circled.sort_by_key(|choice| choice.identity);
        assert_eq!(circled, (0..8).map(|shot| take(shot, 1)).collect::<Vec<_>>());
    }
}
