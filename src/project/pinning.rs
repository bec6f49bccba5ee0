//! The lock file of a project: writes to it which pictures and model files a
//! film is made with, and compares the model with it.

use std::collections::BTreeMap;

use super::error::Error;
use super::script::CheckedScript;
use super::voices::pin_voices;
use crate::casting::Portrait;
use crate::model::Files;
use crate::shoot::film_plan::FilmPlan;
use crate::shoot::lock::Lock;
use crate::shoot::plan::ModelFingerprint;

/// Writes to the lock file which pictures and model files the film is made with.
pub(crate) fn pin(script: &CheckedScript, film_plan: &mut FilmPlan) -> Result<(), Error> {
    // A take may have been circled since the film was planned.
    let now = Lock::read(script.sources.files(), &script.folder)?;
    (film_plan.lock.circled, film_plan.lock.voices) = (now.circled, now.voices);
    pin_voices(script, &mut film_plan.lock);
    for (look, chosen) in film_plan.cast.looks.iter().zip(&film_plan.chosen) {
        let Some(chosen) = chosen.as_ref().filter(|_| look.given.is_none()) else { continue };
        let file = chosen.file.to_string_lossy().replace('\\', "/");
        let portrait = Portrait {
            name: look.name.clone(),
            words: look.words.clone(),
            outfit: look.outfit.clone(),
            file,
            digest: chosen.digest.to_hex().to_string(),
        };
        let same = |known: &&mut Portrait| {
            known.file == portrait.file || {
                known.name == portrait.name
                    && known.words == portrait.words
                    && known.outfit == portrait.outfit
            }
        };
        match film_plan.lock.portraits.iter_mut().find(same) {
            Some(known) => *known = portrait,
            None => film_plan.lock.portraits.push(portrait),
        }
    }
    let name = film_plan.fingerprint.settings.name.clone();
    film_plan.lock.models.insert(name, pinned(&film_plan.fingerprint));
    Ok(film_plan.lock.write(&script.folder)?)
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
