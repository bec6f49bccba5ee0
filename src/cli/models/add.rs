//! `photoplay models add`: a model's folder on the shelf, by link or by copy.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::super::outcome::{CommandResult, Exit, Failure};
use super::super::output::print;
use super::shelf::place;
use crate::model::{Error, Model, is_model};

pub(super) fn run(folder: &Path, name: Option<&str>, copy: bool) -> CommandResult {
    let failed = |source| {
        let path = folder.to_owned();
        Failure::new(Exit::ShotFailed, Error::Read { path, source })
    };
    let folder = folder.canonicalize().map_err(failed)?;
    if !is_model(&folder) {
        let message = format!("`{}` is not a model", folder.display());
        return Err(Failure::new(Exit::ShotFailed, message)
            .help("a model is a folder in the diffusers layout, with a `model_index.json` or a `photoplay.json` (docs/models.md)"));
    }
    let model = Model::open(&folder).map_err(|error| Failure::new(Exit::ShotFailed, error))?;
    let own = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let name = name.unwrap_or(&own);
    let place = place(name)?;
    let made = if copy { copied(&model, &folder, &place) } else { linked(&folder, &place) };
    made.map_err(|source| {
        let message =
            format!("cannot put the model on the shelf at `{}`: {source}", place.display());
        Failure::new(Exit::ShotFailed, message)
    })?;
    let what = if copy { "copied to" } else { "linked from" };
    print(&format!(
        "{name}: {what} {}; write `[[film: model {name}]]` in a script\n",
        place.display()
    ));
    Ok(Exit::Done)
}

#[cfg(unix)]
fn linked(folder: &Path, place: &Path) -> io::Result<()> {
    fs::create_dir_all(place.parent().unwrap_or(Path::new(".")))?;
    std::os::unix::fs::symlink(folder, place)
}

#[cfg(not(unix))]
fn linked(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "links to folders need --copy here"))
}

/// Copies beside the place, then names it, so that half a model is no model.
fn copied(model: &Model, folder: &Path, place: &Path) -> io::Result<()> {
    let shelf = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(shelf)?;
    let temp = tempfile::Builder::new().prefix(".photoplay-").tempdir_in(shelf)?;
    let mut files: Vec<PathBuf> =
        model.list().map_err(io::Error::other)?.into_iter().map(PathBuf::from).collect();
    let deeper = model.adapters.iter().map(|adapter| adapter.file.clone());
    files.extend(deeper.filter_map(|file| file.strip_prefix(folder).ok().map(Path::to_owned)));
    for file in files {
        let to = temp.path().join(&file);
        fs::create_dir_all(to.parent().unwrap_or(temp.path()))?;
        fs::copy(folder.join(&file), &to)?;
    }
    fs::rename(temp.keep(), place)
}
