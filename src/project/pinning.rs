//! The lock file of a project: writes to it which pictures and model files a
//! film is made with, and compares the model with it.

use std::collections::BTreeMap;

use super::error::Error;
use super::script::CheckedScript;
use super::voices::pin_voices;
use crate::casting::{Look, Portrait};
use crate::model::Files;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::lock::Lock;
use crate::shoot::plan::ModelFingerprint;

/// Writes to the lock file which pictures and model files the film is made with.
pub(crate) fn pin(script: &CheckedScript, film_plan: &mut FilmPlan) -> Result<(), Error> {
    let FilmPlan { cast, chosen, fingerprint, .. } = &*film_plan;
    let lock = Lock::change(&script.folder, |lock| -> Result<(), Error> {
        pin_voices(script, lock);
        for (look, chosen) in cast.looks.iter().zip(chosen) {
            let Some(chosen) = chosen.as_ref().filter(|_| look.given.is_none()) else { continue };
            let portrait = Portrait {
                name: look.name.clone(),
                words: look.words.clone(),
                outfit: look.outfit.clone(),
                file: chosen.file.to_string_lossy().replace('\\', "/"),
                digest: chosen.digest.to_hex().to_string(),
            };
            let same = |known: &&mut Portrait| known.file == portrait.file || is_of(known, look);
            match lock.portraits.iter_mut().find(same) {
                Some(known) => *known = portrait,
                None => lock.portraits.push(portrait),
            }
        }
        lock.models.insert(fingerprint.settings.name.clone(), pinned(fingerprint));
        Ok(())
    })?;
    film_plan.lock = lock;
    Ok(())
}

/// Whether a portrait is that of a look.
pub(super) fn is_of(portrait: &Portrait, look: &Look) -> bool {
    portrait.name == look.name && portrait.words == look.words && portrait.outfit == look.outfit
}

/// The digests of a model's files as the lock file keeps them.
fn pinned(model: &ModelFingerprint) -> BTreeMap<String, String> {
    let digests = model.digests.iter();
    digests.map(|(file, digest)| (file.clone(), digest.to_hex().to_string())).collect()
}

/// Compares the model with the lock file. Changed files in a model folder are an
/// error unless `accept` is set; a changed embedded model gives a note.
pub(crate) fn check_model(film_plan: &FilmPlan, accept: bool) -> Result<Option<String>, Error> {
    let name = &film_plan.fingerprint.settings.name;
    let Some(before) = film_plan.lock.models.get(name) else { return Ok(None) };
    let now = pinned(&film_plan.fingerprint);
    if *before == now {
        return Ok(None);
    }
    let file = now
        .iter()
        .find(|(file, digest)| before.get(*file) != Some(digest))
        .map(|(file, _)| file)
        .or_else(|| before.keys().find(|file| !now.contains_key(*file)));
    let file = file.map_or("", String::as_str);
    match &film_plan.model.files {
        Files::Folder(folder) if !accept => Err(Error::ModelChanged { file: folder.join(file) }),
        _ => Ok(Some(format!(
            "the model {name} has changed since the last build: all takes will be made again"
        ))),
    }
}
