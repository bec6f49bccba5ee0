//! Makes the portraits that a film needs and keeps them in `cast/`.

use std::borrow::Cow;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;

use image::RgbImage;

use super::error::Error;
use super::pinning::{is_of, pin};
use super::plan::plan_again;
use super::script::CheckedScript;
use crate::casting::{self, Look, Portrait, names::unused_path};
use crate::media::take::TakeReader;
use crate::shoot::drive::{Camera, ShootFailure, ShootRequest};
use crate::shoot::film_plan::{self, FilmPlan};
use crate::shoot::lock::Lock;
use crate::shoot::plan::portrait_recipe;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::vault::Vault;
use crate::source::write_whole;

/// Looks whose picture is still to be made.
pub(crate) fn uncast(film_plan: &FilmPlan) -> Vec<usize> {
    (0..film_plan.chosen.len()).filter(|look| film_plan.chosen[*look].is_none()).collect()
}

/// Makes the portraits of looks, each pinned as soon as it is there.
/// `false` when somebody asked to stop.
pub(crate) fn make_portraits(
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    looks: &[usize],
    (vault, camera): (&Vault, &mut dyn Camera),
    progress: &dyn Progress,
    goals: &dyn Goals,
) -> Result<bool, Error> {
    for &index in looks {
        let _claim = vault.claim(&claimed(&film_plan.cast.looks[index]))?;
        // Another process may have made it while this one waited.
        film_plan.lock = Lock::read(script.sources.files(), &script.folder)?;
        plan_again(film_plan, script)?;
        if film_plan.chosen[index].is_some() {
            continue;
        }
        let look = &film_plan.cast.looks[index];
        let base = look.base.and_then(|base| film_plan.chosen[base].clone());
        let base_digest = base.as_ref().map(|base| base.digest);
        let recipe = portrait_recipe(look, base_digest, &script.list, &film_plan.fingerprint)
            .map_err(|error| Error::from(film_plan::Error::from(error)))?;
        let key = recipe.key();
        if !goals.wants(&key) {
            return Ok(false);
        }
        progress.report(&ProgressEvent::Cast { name: look.name.clone() });
        let references =
            base.iter().map(|base| casting::below(&script.folder, &base.file)).collect();
        let temp = vault.temp(&key);
        let call = ShootRequest {
            recipe: Cow::Borrowed(&recipe),
            references,
            first_image: None,
            last_image: None,
            preceding: Vec::new(),
            control: None,
        };
        let mut on_step = |done, steps| {
            progress.report(&ProgressEvent::Step { done, steps });
            if goals.wants(&key) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        match camera.shoot(&call, &temp, &mut on_step) {
            Ok(()) => {}
            Err(ShootFailure::Cancelled) => return Ok(false),
            Err(ShootFailure::Failed(error)) => return Err(error.into()),
        }
        let picture = TakeReader::open(&temp, recipe.width, recipe.height, recipe.frames)
            .and_then(|mut frames| frames.next().expect("a take has a frame"))?;
        // If this fails, the scratch folder takes it along.
        let _ = fs::remove_file(&temp);
        let (name, mut file) = (look.name.clone(), String::new());
        film_plan.lock = Lock::change(&script.folder, |lock| {
            file = keep_portrait(script, look, lock, &picture)?;
            Ok::<(), Error>(())
        })?;
        plan_again(film_plan, script)?;
        pin(script, film_plan)?;
        progress.report(&ProgressEvent::Portrait { name, file });
    }
    Ok(true)
}

/// The lock of a process that makes the portrait of a look: two films with one character
/// share one portrait, whatever their styles and seeds are.
fn claimed(look: &Look) -> TakeKey {
    let mut hasher = blake3::Hasher::new_derive_key("photoplay portrait claim 1");
    for words in [&look.name, &look.words, &look.outfit] {
        hasher.update(&(words.len() as u64).to_le_bytes()).update(words.as_bytes());
    }
    TakeKey(*hasher.finalize().as_bytes())
}

/// Writes a portrait to `cast/` and chooses it in the lock file; the file's name.
fn keep_portrait(
    script: &CheckedScript,
    look: &Look,
    lock: &mut Lock,
    picture: &RgbImage,
) -> Result<String, Error> {
    let files = script.sources.files();
    let pinned = lock.portraits.iter_mut().find(|known| is_of(known, look));
    // Makes a lost portrait again under its name, unless another file has that name: it may
    // be somebody's work.
    let lost = pinned.as_ref().map(|known| PathBuf::from(&known.file));
    let file =
        lost.filter(|file| !files.exists(&casting::below(&script.folder, file))).unwrap_or_else(
            || unused_path(files, &script.folder, look, &script.list.vocabulary.grammar),
        );
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("an RGB picture becomes PNG in memory");
    let path = casting::below(&script.folder, &file);
    write_whole(&path, png.get_ref()).map_err(|why| Error::Portrait { file: path, why })?;
    let portrait = Portrait {
        name: look.name.clone(),
        words: look.words.clone(),
        outfit: look.outfit.clone(),
        file: file.to_string_lossy().replace('\\', "/"),
        digest: blake3::hash(png.get_ref()).to_hex().to_string(),
    };
    match pinned {
        Some(known) => *known = portrait,
        None => lock.portraits.push(portrait),
    }
    Ok(file.display().to_string())
}
