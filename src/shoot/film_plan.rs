//! Everything that a film needs before shooting: the model, the lock file, the
//! cast with its pictures, and the plan of takes.
//!
//! Plans only; shoots nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::FOLDER;
use super::circled;
use super::digests::Digests;
use super::lock::{self, Lock};
use super::picks::Picks;
use super::plan::{self, ModelFingerprint, ShotTakes, TakeChoices, TakePlan, plan};
use super::recipe::{KeyedRecipe, TakeKey};
use super::retakes;
use super::stills::{PlannedReelShot, ReelPlan, circled_stills, reel_plan};
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
    /// The stills, if the film is a story reel.
    pub reel: Option<ReelPlan>,
    /// Digests of files outside the vault.
    pub(crate) digests: Digests,
}

impl FilmPlan {
    /// Plans a film whose script lies in `folder`. If neither the script nor the caller
    /// says what moves its pictures, the model decides; the network moves those of a film
    /// without blocking.
    pub(crate) fn open(
        model: Model,
        fingerprint: ModelFingerprint,
        digests: Digests,
        list: &ShotList,
        files: &dyn ProjectFiles,
        folder: &Path,
        motion: Option<PictureMotion>,
    ) -> Result<Self, Error> {
        let reel = fingerprint.settings.reel.as_ref();
        let moved = list.settings.blocking && reel.is_some_and(|reel| reel.finished);
        let finished = if moved { PictureMotion::Reel } else { PictureMotion::Network };
        let motion = motion.unwrap_or(finished);
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
        let stills = circled_stills(list, model, cast, chosen, &circled)?;
        let choices = TakeChoices { pictures: chosen, circled: &circled, stills: &stills };
        self.takes = plan(list, model, cast, choices, folder, &mut digest)?;
        self.reel = match self.motion {
            PictureMotion::Network => None,
            PictureMotion::Reel => {
                let mut numbers = circled;
                if files.is_disk() {
                    let picks = Picks::read(&vault_of(folder)).0.into_iter();
                    for (still, number) in picks.filter(|(_, number)| *number > 0) {
                        numbers.entry(still).or_insert(number);
                    }
                }
                Some(reel_plan(list, model, cast, chosen, &numbers)?)
            }
        };
        Ok(())
    }

    /// The takes or the stills of the reel that a camera has to make, as the shots of a
    /// film.
    pub fn work<'a>(&'a self, list: &'a ShotList) -> (&'a ShotList, &'a TakePlan) {
        match &self.reel {
            Some(reel) => (&reel.list, &reel.takes),
            None => (list, &self.takes),
        }
    }
}

impl FilmPlan {
    /// The shot whose pictures a shot shows: itself, or the shot that it resumes. `None`
    /// for cards and colours.
    pub fn owner(&self, shot: usize) -> Option<usize> {
        match &self.reel {
            Some(reel) => reel.shots[shot].as_ref().map(|_| shot),
            None => self.takes.shots[shot].take,
        }
    }

    /// What the camera makes for a shot: its take, or its stills.
    pub fn parts(&self, shot: usize) -> Vec<&ShotTakes> {
        match &self.reel {
            Some(reel) => {
                let stills = reel.shots[shot].iter().flat_map(|planned| &planned.stills);
                stills.map(|still| &reel.takes.shots[*still]).collect()
            }
            None => {
                let owner = self.takes.shots[shot].take;
                owner.map(|owner| &self.takes.shots[owner]).into_iter().collect()
            }
        }
    }

    /// What a circled take of a shot chooses: the take, or in a reel the stills of
    /// everybody in the shot, or of its set if nobody is in it.
    pub fn choice(&self, shot: usize) -> Vec<&ShotTakes> {
        match &self.reel {
            Some(reel) => {
                let stills = reel.shots[shot].iter().flat_map(PlannedReelShot::choice);
                stills.map(|still| &reel.takes.shots[*still]).collect()
            }
            None => self.parts(shot),
        }
    }

    /// Among the takes or stills of a shot: the first that waits for a portrait, else the
    /// first that a vault lacks, else the last.
    pub fn waiting(&self, shot: usize, held: &dyn Fn(&TakeKey) -> bool) -> Option<&ShotTakes> {
        let parts = self.parts(shot);
        let waits = parts.iter().find(|part| part.recipes.is_empty());
        let missing = parts.iter().find(|part| !part.is_held(held));
        waits.or(missing).or(parts.last()).copied()
    }

    /// The prompts of a shot's take or stills.
    pub fn prompt(&self, shot: usize) -> String {
        let prompts = self.parts(shot).into_iter().map(|part| part.prompt.as_str());
        prompts.collect::<Vec<_>>().join(" / ")
    }

    /// The keys of a shot's take or stills.
    pub fn keys_of(&self, shot: usize) -> Vec<TakeKey> {
        self.parts(shot).into_iter().filter_map(|part| part.key).collect()
    }

    /// The number of the take of a shot that the film shows.
    pub fn number(&self, shot: usize) -> u32 {
        self.parts(shot).last().map_or(0, |part| part.number)
    }

    /// The takes of a shot that a vault holds, each with the recipes of its pieces or of
    /// its stills.
    pub(crate) fn made(&self, shot: usize, vault: &Path) -> Vec<(u32, Vec<KeyedRecipe>)> {
        let parts = self.choice(shot);
        let kept = self.parts(shot).len() - parts.len();
        let mut made: Vec<(u32, Vec<KeyedRecipe>)> = Vec::new();
        for (index, part) in parts.into_iter().enumerate() {
            let held: BTreeMap<u32, Vec<KeyedRecipe>> =
                retakes::made(part, vault).into_iter().collect();
            if index == 0 {
                made = held.into_iter().collect();
                continue;
            }
            made.retain(|(number, _)| held.contains_key(number));
            for (number, all) in &mut made {
                all.extend(held[number].iter().cloned());
            }
        }
        for part in self.parts(shot).into_iter().take(kept) {
            for (_, all) in &mut made {
                all.splice(0..0, part.recipes.iter().cloned());
            }
        }
        made
    }

    /// Takes 1 to `most` of a shot for the driver, as [`retakes::retakes`] gives them.
    #[cfg(feature = "ffmpeg")]
    pub(crate) fn retakes(&self, list: &ShotList, shot: usize, most: u32) -> (ShotList, TakePlan) {
        let Some(reel) = &self.reel else {
            return retakes::retakes(list, &self.takes, shot, most);
        };
        let (mut film, mut takes) = (
            reel.list.clone(),
            TakePlan { shots: vec![ShotTakes::default(); reel.list.shots.len()] },
        );
        for still in reel.shots[shot].iter().flat_map(PlannedReelShot::choice) {
            let (list, plan) = retakes::retakes(&reel.list, &reel.takes, *still, most);
            film.shots.extend(list.shots.into_iter().skip(reel.list.shots.len()));
            takes.shots.extend(plan.shots.into_iter().skip(reel.list.shots.len()));
        }
        (film, takes)
    }
}

/// Every prompt that a camera may have to encode for a film, each once.
pub fn prompts(plan: &TakePlan, model: &ModelFingerprint) -> Vec<String> {
    let still = |shot: &ShotTakes| shot.still.as_ref().map(|still| still.recipe.prompt.clone());
    let planned = plan.shots.iter().flat_map(|shot| [Some(shot.prompt.clone()), still(shot)]);
    let mut prompts: BTreeSet<String> =
        planned.flatten().filter(|prompt| !prompt.is_empty()).collect();
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
