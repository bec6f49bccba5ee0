//! The studio of a script, with the model the command line or the script asks for.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use blake3::Hash;

use super::args::{Quality, Reading};
use super::project::Script;
use super::{Exit, Failure};
use crate::model::{AdapterFile, Files, Model};
use crate::shoot::film_plan::{self, FilmPlan, digests_of};
use crate::shoot::plan::ModelFingerprint;
use crate::shoot::recipe::DRAFT_REUSE;
use crate::shoot::stamp::Digests;

/// Makes everything ready for a script without errors.
pub(super) fn open(script: &Script, reading: &Reading) -> Result<FilmPlan, Failure> {
    let model = model(script, reading)?;
    let mut digests = digests_of(&script.folder);
    let network = network(&model, reading, &mut digests)?;
    let mut studio =
        FilmPlan::open(model, network, digests, &script.list, &script.folder).map_err(failure)?;
    remember(&mut studio);
    Ok(studio)
}

/// Looks at the pictures again and plans the takes with them.
pub(super) fn plan_again(studio: &mut FilmPlan, script: &Script) -> Result<(), Failure> {
    studio.plan_again(&script.list, &script.folder).map_err(failure)?;
    remember(studio);
    Ok(())
}

/// A folder that cannot be written to is hashed again next time.
fn remember(studio: &mut FilmPlan) {
    let _ = studio.digests.save();
}

pub(super) fn failure(error: film_plan::Error) -> Failure {
    let help = error.help();
    let failure = Failure::new(Exit::ScriptErrors, error);
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// The model that was asked for: by the command line, by the script, or the
/// embedded one.
pub(super) fn model(script: &Script, reading: &Reading) -> Result<Model, Failure> {
    let written = script.list.settings.model.as_ref().map(|name| name.value.as_str());
    let opened = match (&reading.model, written) {
        (Some(named), _) if named.is_dir() => Model::open(named),
        (Some(named), _) => Model::named(&named.to_string_lossy(), Path::new(""))
            .unwrap_or_else(|| Model::open(named)),
        (None, None) => Model::embedded(),
        (None, Some(name)) => Model::named(name, &script.folder).ok_or_else(|| {
            let message = format!("there is no model `{name}`");
            Failure::new(Exit::ScriptErrors, message).help(
                "name a folder in the diffusers layout, or leave it out for the embedded Toy Theatre",
            )
        })?,
    };
    opened.map_err(|error| Failure::new(Exit::ShotFailed, error))
}

/// The model as a recipe sees it.
pub(super) fn network(
    model: &Model,
    reading: &Reading,
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
    if let Some(steps) = reading.steps {
        network.settings.steps = steps;
    }
    network.preview_decoder = preview_decoder(model, digests)?;
    network.reuse = (reading.quality == Quality::Draft).then_some(DRAFT_REUSE);
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
