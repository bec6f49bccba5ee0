//! Which model films a script: the one of the options, of the script, or the embedded one.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use blake3::Hash;

use crate::breakdown::shot::ShotList;
use crate::cli::args::{ModelOptions, Quality};
use crate::cli::{Exit, Failure};
use crate::model::{AdapterFile, Files, Model};
use crate::shoot::plan::ModelFingerprint;
use crate::shoot::recipe::DRAFT_REUSE;
use crate::shoot::stamp::Digests;

/// The model that was asked for: by the command line, by the script, or the
/// embedded one.
pub(crate) fn model(
    list: &ShotList,
    folder: &Path,
    options: &ModelOptions,
) -> Result<Model, Failure> {
    let written = list.settings.model.as_ref().map(|name| name.value.as_str());
    let opened = match (&options.model, written) {
        (Some(named), _) if named.is_dir() => Model::open(named),
        (Some(named), _) => Model::named(&named.to_string_lossy(), Path::new(""))
            .unwrap_or_else(|| Model::open(named)),
        (None, None) => Model::embedded(),
        (None, Some(name)) => Model::named(name, folder).ok_or_else(|| {
            let message = format!("there is no model `{name}`");
            Failure::new(Exit::ScriptErrors, message).help(
                "name a folder in the diffusers layout, or leave it out for the embedded Toy Theatre",
            )
        })?,
    };
    opened.map_err(|error| Failure::new(Exit::ShotFailed, error))
}

/// The model as a recipe sees it.
pub(crate) fn fingerprint(
    model: &Model,
    options: &ModelOptions,
    digests: &mut Digests,
) -> Result<ModelFingerprint, Failure> {
    let failed = |error| Failure::new(Exit::ShotFailed, error);
    let mut files = BTreeMap::new();
    match &model.files {
        Files::Embedded => files = model.digests().map_err(failed)?,
        Files::Folder(folder) => {
            for file in model.pixel_files().map_err(failed)? {
                let digest = digest(digests, &folder.join(&file))?;
                files.extend(digest.map(|digest| (file, digest)));
            }
        }
    }
    let mut adapters = Vec::new();
    for AdapterFile { file: path, .. } in &model.adapters {
        let gone = || unreadable(path, io::ErrorKind::NotFound.into());
        adapters.push(digest(digests, path)?.ok_or_else(gone)?);
    }
    let mut network = ModelFingerprint::new(model, files, &adapters)
        .map_err(|error| Failure::new(Exit::ShotFailed, error))?;
    if let Some(steps) = options.steps {
        network.settings.steps = steps;
    }
    network.preview_decoder = preview_decoder(model, digests)?;
    network.reuse = (options.quality == Quality::Draft).then_some(DRAFT_REUSE);
    Ok(network)
}

/// The digest of a file of a model; `None` if it is not there.
fn digest(digests: &mut Digests, path: &Path) -> Result<Option<Hash>, Failure> {
    digests.of(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> Failure {
    let path = path.to_owned();
    Failure::new(Exit::ShotFailed, crate::model::Error::Read { path, source })
}

/// The digest of a model's preview decoder, if it has one.
fn preview_decoder(model: &Model, digests: &mut Digests) -> Result<Option<Hash>, Failure> {
    let failed = |error| Failure::new(Exit::ShotFailed, error);
    let Some(checkpoint) = model.preview_decoder().map_err(failed)? else { return Ok(None) };
    let Some(path) = model.path(&checkpoint.files[0]) else { return Ok(None) };
    digest(digests, &path)
}
