//! Chooses the model of a script: that of the options, else that of the script, else the
//! embedded one.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use blake3::Hash;

use super::error::Error;
use super::options::{ProjectOptions, TakeQuality};
use crate::breakdown::control::TakeControl;
use crate::breakdown::shot::ShotList;
use crate::model::{AdapterFile, Files, Model};
use crate::shoot::digests::Digests;
use crate::shoot::plan::ModelFingerprint;
use crate::shoot::recipe::DRAFT_REUSE;
use crate::source::files::DiskFiles;

/// The model that the command line names, else the one that the script names, else the
/// embedded one.
pub(crate) fn model(
    list: &ShotList,
    folder: &Path,
    options: &ProjectOptions,
) -> Result<Model, Error> {
    let written = list.settings.model.as_ref().map(|name| name.value.as_str());
    let opened = match (&options.model, written) {
        (Some(named), _) if named.is_dir() => Model::open(named),
        (Some(named), _) => Model::named(&named.to_string_lossy(), Path::new(""))
            .ok_or_else(|| Error::UnknownModel(named.display().to_string()))?,
        (None, None) => Model::embedded(),
        (None, Some(name)) => {
            Model::named(name, folder).ok_or_else(|| Error::NoModel(name.to_owned()))?
        }
    };
    Ok(opened?)
}

/// The model as a recipe sees it.
pub(crate) fn fingerprint(
    model: &Model,
    options: &ProjectOptions,
    digests: &mut Digests,
) -> Result<ModelFingerprint, Error> {
    let mut files = BTreeMap::new();
    match &model.files {
        Files::Embedded => files = model.digests()?,
        Files::Folder(folder) => {
            for file in model.pixel_files()? {
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
    let mut fingerprint = ModelFingerprint::new(model, files, &adapters)?;
    if let Some(steps) = options.steps {
        fingerprint.settings.steps = steps;
    }
    fingerprint.control = options.control;
    if matches!(options.control, Some(TakeControl::Depth(_)))
        && !fingerprint.settings.follows_depth(fingerprint.conditioning)
    {
        return Err(Error::NoControl(fingerprint.settings.name));
    }
    fingerprint.preview_decoder = preview_decoder(model, digests)?;
    fingerprint.reuse = (options.quality == TakeQuality::Draft).then_some(DRAFT_REUSE);
    Ok(fingerprint)
}

/// The digest of a file of a model; `None` if it is not there.
fn digest(digests: &mut Digests, path: &Path) -> Result<Option<Hash>, Error> {
    digests.of(&DiskFiles, path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: io::Error) -> Error {
    let path = path.to_owned();
    crate::model::Error::Read { path, source }.into()
}

/// The digest of a model's preview decoder, if it has one.
fn preview_decoder(model: &Model, digests: &mut Digests) -> Result<Option<Hash>, Error> {
    let Some(checkpoint) = model.preview_decoder()? else { return Ok(None) };
    let Some(path) = model.path(&checkpoint.files[0]) else { return Ok(None) };
    digest(digests, &path)
}
