//! Everything that a film needs before shooting: the model, the lock file, the
//! cast with its pictures, and the plan of takes.
//!
//! Plans only; shoots nothing.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::FOLDER;
use super::circled;
use super::digests::Digests;
use super::lock::{self, Lock};
use super::plan::{self, ModelFingerprint, TakePlan, plan};
use super::recipe::TakeKey;
use super::stills::{ReelPlan, reel_plan};
use crate::breakdown::screenplay::PictureMotion;
use crate::breakdown::shot::ShotList;
use crate::casting::{self, Cast, Chosen};
use crate::model::{Model, ModelDefaults};
use crate::source::files::ProjectFiles;

/// Why a film cannot be planned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The lock file cannot be read.
    #[error(transparent)]
    Lock(#[from] lock::Error),
    /// A picture of the cast cannot be used.
    #[error(transparent)]
    Casting(#[from] casting::Error),
    /// The takes cannot be planned.
    #[error(transparent)]
    Plan(#[from] plan::Error),
}

impl Error {
    /// The remedy, if the author can apply it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Lock(error) => error.help(),
            Self::Casting(_) | Self::Plan(_) => None,
        }
    }
}

/// A plan of takes with its inputs.
#[derive(Debug)]
pub struct FilmPlan {
    /// The model.
    pub model: Model,
    /// The model as a recipe sees it.
    pub fingerprint: ModelFingerprint,
    /// The author's choices.
    pub lock: Lock,
    /// Who appears how.
    pub cast: Cast,
    /// The picture of each look.
    pub chosen: Vec<Option<Chosen>>,
    /// The takes.
    pub takes: TakePlan,
    /// What moves the film's pictures.
    pub motion: PictureMotion,
    /// The stills, if the blocking moves them and the model makes them.
    pub reel: Option<ReelPlan>,
    /// Digests of files outside the vault.
    pub(crate) digests: Digests,
}

impl FilmPlan {
    /// Plans a film whose script lies in `folder`.
    pub(crate) fn open(
        model: Model,
        fingerprint: ModelFingerprint,
        digests: Digests,
        list: &ShotList,
        files: &dyn ProjectFiles,
        folder: &Path,
        motion: PictureMotion,
    ) -> Result<Self, Error> {
        let lock = Lock::read(files, folder)?;
        let cast = fingerprint.cast(list);
        let (chosen, takes) = (Vec::new(), TakePlan::default());
        let mut film_plan =
            Self { model, fingerprint, lock, cast, chosen, takes, motion, reel: None, digests };
        film_plan.plan_again(list, files, folder)?;
        Ok(film_plan)
    }

    /// The key of the take that the film shows for a shot. `None` for a card or a
    /// plain colour, and while a portrait is missing.
    pub fn key(&self, shot: usize) -> Option<TakeKey> {
        self.takes.key(shot)
    }

    /// Reads the pictures again and plans the takes with them.
    pub(crate) fn plan_again(
        &mut self,
        list: &ShotList,
        files: &dyn ProjectFiles,
        folder: &Path,
    ) -> Result<(), Error> {
        let mut digest = |path: &Path| self.digests.of(files, path);
        let (portraits, grammar) = (&self.lock.portraits, &list.vocabulary.grammar);
        self.chosen = casting::choose(&self.cast, grammar, portraits, files, folder, &mut digest)?;
        let (model, cast, chosen) = (&self.fingerprint, &self.cast, &self.chosen);
        let circled = circled::numbers(&self.lock.circled);
        self.takes = plan(list, model, cast, chosen, &circled, folder, &mut digest)?;
        self.reel = match self.motion {
            PictureMotion::Network => None,
            PictureMotion::Reel => reel_plan(list, model, cast, chosen)?,
        };
        Ok(())
    }

    /// What a camera has to make for the film, and the shots that it belongs to: its
    /// takes, or the stills of its reel.
    pub fn work<'a>(&'a self, list: &'a ShotList) -> (&'a ShotList, &'a TakePlan) {
        match &self.reel {
            Some(reel) => (&reel.list, &reel.takes),
            None => (list, &self.takes),
        }
    }
}

/// Every prompt that a camera may have to encode for a film, each once.
pub fn prompts(plan: &TakePlan, model: &ModelFingerprint) -> Vec<String> {
    let planned = plan.shots.iter().map(|shot| shot.prompt.clone());
    let mut prompts: BTreeSet<String> = planned.filter(|prompt| !prompt.is_empty()).collect();
    let ModelDefaults { negative_prompt, guidance_scale, guidance_scale_2, .. } = &model.settings;
    if guidance_scale.max(guidance_scale_2.unwrap_or(0.0)) > 1.0 {
        prompts.insert(negative_prompt.clone());
    }
    prompts.into_iter().collect()
}

/// The vault's folder for scripts in `folder`.
pub(crate) fn vault_of(folder: &Path) -> PathBuf {
    folder.join(FOLDER)
}

/// The stored digests for files in `folder`.
pub(crate) fn digests_of(folder: &Path) -> Digests {
    Digests::open(vault_of(folder).join("digests.json"))
}
