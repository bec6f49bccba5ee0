//! The files of a model, on disk or in the binary, by their paths in its folder.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use super::error::Error;

/// Where a model's files are.
#[derive(Debug, Clone)]
pub enum Files {
    /// In the binary.
    Embedded,
    /// In a folder.
    Folder(PathBuf),
}

/// The files of Toy Theatre, by their path in the model folder.
pub static TOY_THEATRE: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/toy_theatre.rs"));

impl Files {
    /// The file on disk; `None` in the binary.
    pub(super) fn path(&self, file: &str) -> Option<PathBuf> {
        match self {
            Self::Embedded => None,
            Self::Folder(folder) => Some(folder.join(file)),
        }
    }

    /// Whether there is such a file.
    pub(super) fn has(&self, file: &str) -> bool {
        match self {
            Self::Embedded => TOY_THEATRE.iter().any(|(name, _)| *name == file),
            Self::Folder(folder) => folder.join(file).is_file(),
        }
    }

    /// The error for a missing file.
    pub(super) fn missing(&self, file: &str) -> Error {
        Error::Missing { model: describe(self), file: file.to_owned() }
    }

    /// Every file, sorted by path.
    pub(super) fn list(&self) -> Result<Vec<String>, Error> {
        match self {
            Self::Embedded => Ok(TOY_THEATRE.iter().map(|(name, _)| (*name).to_owned()).collect()),
            Self::Folder(folder) => {
                let mut found = Vec::new();
                walk(folder, "", &mut found)?;
                found.sort();
                Ok(found)
            }
        }
    }
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), Error> {
    let failed = |source| Error::Read { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && prefix.is_empty() {
            walk(&entry.path(), &format!("{name}/"), found)?;
        } else if !kind.is_dir() {
            found.push(format!("{prefix}{name}"));
        }
    }
    Ok(())
}

pub(super) fn describe(files: &Files) -> String {
    match files {
        Files::Embedded => "toy-theatre".to_owned(),
        Files::Folder(folder) => folder.display().to_string(),
    }
}

pub(super) fn read(files: &Files, file: &str) -> Result<Cow<'static, [u8]>, Error> {
    let missing = || Error::Missing { model: describe(files), file: file.to_owned() };
    match files {
        Files::Embedded => TOY_THEATRE
            .iter()
            .find(|(name, _)| *name == file)
            .map(|(_, bytes)| Cow::Borrowed(*bytes))
            .ok_or_else(missing),
        Files::Folder(folder) => match fs::read(folder.join(file)) {
            Ok(bytes) => Ok(Cow::Owned(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(missing()),
            Err(source) => Err(Error::Read { path: folder.join(file), source }),
        },
    }
}

/// A file of settings that a model may lack.
pub(super) fn optional<T: for<'de> Deserialize<'de>>(
    files: &Files,
    file: &str,
) -> Result<Option<T>, Error> {
    match read(files, file) {
        Ok(bytes) => parse(files, file, &bytes).map(Some),
        Err(Error::Missing { .. }) => Ok(None),
        Err(other) => Err(other),
    }
}

pub(super) fn parse<T: for<'de> Deserialize<'de>>(
    files: &Files,
    file: &str,
    bytes: &[u8],
) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|source| Error::Config {
        file: file.to_owned(),
        model: describe(files),
        source,
    })
}

/// The path of a file that `by` names; fails if it leads outside of the folder.
pub(super) fn below(by: &str, named: &str) -> Result<String, Error> {
    if is_below(named) {
        return Ok(named.to_owned());
    }
    Err(Error::Outside { by: by.to_owned(), named: named.to_owned() })
}

/// Whether a path stays below the folder it is read in.
pub fn is_below(named: &str) -> bool {
    let mut parts = Path::new(named).components();
    let inside = parts.all(|part| matches!(part, Component::Normal(_)));
    inside && !named.is_empty() && !named.contains(['\\', '\0'])
}
