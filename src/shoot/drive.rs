//! The driver: makes the takes of a plan that the vault lacks.
//!
//! ```text
//! Wanted ──the take that it continues exists──→ Ready ──camera──→ Rolling ─┬→ Wrapped
//!    │                                                                     └→ Spoiled
//!    └──the vault holds it──→ Cached        (spoils those that continue it)
//! ```
//!
//! Knows takes and their order; only the camera knows how to make one.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::jobs::{DONE, Job, State, held, jobs, mark_cached, pieces, preceding, ready};
use super::pieces::first_frame;
use super::plan::TakePlan;
use super::progress::{Goals, Progress, ProgressEvent};
use super::recipe::{Recipe, TakeKey};
use super::vault::{self, Vault};
use crate::blocking::control::ControlScene;
use crate::breakdown::shot::{Picture, ShotList};
use crate::casting::{Chosen, below};
use crate::diagnostic::chain;

/// A camera's order for one take.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShootRequest<'a> {
    /// The take's recipe.
    pub recipe: Cow<'a, Recipe>,
    /// Reference pictures, in the order of the recipe's digests.
    pub references: Vec<PathBuf>,
    /// The picture for its first frame.
    pub first_image: Option<PathBuf>,
    /// The picture for its last frame.
    pub last_image: Option<PathBuf>,
    /// Files of the take that it continues, in order, each with its number of
    /// frames.
    pub preceding: Vec<(PathBuf, u32)>,
    /// The control of its frames; the recipe holds its digest.
    pub control: Option<ControlScene>,
}

/// Why a camera made no take.
#[derive(Debug, thiserror::Error)]
pub enum ShootFailure {
    /// Somebody asked to stop.
    #[error("interrupted")]
    Cancelled,
    /// The camera could not make it.
    #[error(transparent)]
    Failed(#[from] CameraError),
}

/// Why a camera could not make a take, with a remedy where there is one.
#[derive(Debug)]
pub struct CameraError {
    error: Box<dyn std::error::Error + Send + Sync>,
    help: Option<String>,
}

impl CameraError {
    /// An error without a remedy.
    pub fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { error: error.into(), help: None }
    }

    /// Adds a remedy.
    #[must_use]
    pub fn with_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }

    /// The remedy.
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl std::fmt::Display for CameraError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for CameraError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// Makes takes.
pub trait Camera {
    /// Makes a take and writes all of it to `temp`. Calls `on_step` with the
    /// steps done and the steps in all; `on_step` may stop the take.
    fn shoot(
        &mut self,
        request: &ShootRequest<'_>,
        temp: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<(), ShootFailure>;

    /// Device, precision and threads in words.
    fn device(&self) -> String;
}

/// Result of a drive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DriveOutcome {
    /// Takes that the camera made.
    pub made: usize,
    /// Takes that the vault already held.
    pub cached: usize,
    /// Shots whose take failed.
    pub spoiled: Vec<usize>,
    /// Somebody asked to stop before all takes were made.
    pub cancelled: bool,
}

/// The cost of a take: denoising steps times frames.
fn work(recipe: &Recipe) -> u64 {
    u64::from(recipe.steps) * u64::from(recipe.frames)
}

/// How much of a plan is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Survey {
    /// Takes of the film to make.
    pub to_make: usize,
    /// Takes of the film that the vault holds.
    pub cached: usize,
    /// Denoising steps times frames of the missing pieces.
    pub work: u64,
}

/// Counts the takes of a plan that `held` does not know.
pub fn survey(plan: &TakePlan, held: &dyn Fn(&TakeKey) -> bool) -> Survey {
    let mut survey = Survey::default();
    let mut seen = BTreeSet::new();
    for planned in &plan.shots {
        let Some(_) = planned.key.filter(|key| seen.insert(*key)) else { continue };
        if planned.is_held(held) {
            survey.cached += 1;
            continue;
        }
        let missing = planned.all_recipes().filter(|recipe| !held(&recipe.key()));
        survey.work += missing.map(|recipe| work(recipe)).sum::<u64>();
        survey.to_make += 1;
    }
    survey
}

/// What the driver needs besides a camera.
#[derive(Clone, Copy)]
pub struct DriveInputs<'a> {
    /// The film.
    pub list: &'a ShotList,
    /// Its takes.
    pub plan: &'a TakePlan,
    /// The picture of each look.
    pub chosen: &'a [Option<Chosen>],
    /// The project folder: pictures are below it.
    pub project: &'a Path,
    /// The vault for takes.
    pub vault: &'a Vault,
    /// Receives events.
    pub progress: &'a dyn Progress,
    /// Decides, before every take and after every step, what to make.
    pub goals: &'a dyn Goals,
}

/// Makes every take of a plan that the vault does not hold.
pub fn drive(
    inputs: DriveInputs<'_>,
    camera: &mut dyn Camera,
) -> Result<DriveOutcome, vault::Error> {
    let mut jobs = jobs(inputs.plan);
    mark_cached(&mut jobs, inputs.vault, inputs.progress)?;
    let mut outcome = DriveOutcome::default();
    loop {
        let ready = ready(&mut jobs);
        if ready.is_empty() {
            break;
        }
        let shots: Vec<usize> = ready.iter().map(|index| jobs[*index].shot).collect();
        let next = inputs.goals.next(&shots);
        let Some(next) = next.and_then(|shot| shots.iter().position(|other| *other == shot)) else {
            outcome.cancelled = true;
            break;
        };
        let index = ready[next];
        jobs[index].state = State::Rolling;
        match inputs.make(&jobs, index, camera)? {
            Ok(Made::Here(seconds)) => {
                jobs[index].state = State::Wrapped;
                inputs.report_made(&jobs, index, seconds);
            }
            Ok(Made::Elsewhere) => jobs[index].state = State::Cached,
            Err(ShootFailure::Cancelled) => {
                outcome.cancelled = true;
                break;
            }
            Err(ShootFailure::Failed(error)) => {
                jobs[index].state = State::Spoiled;
                let (number, reason) = (inputs.number(jobs[index].shot), chain(&error));
                inputs.progress.report(&ProgressEvent::Spoiled { number, reason });
            }
        }
    }
    for last in (0..jobs.len()).filter(|index| jobs[*index].last) {
        let pieces = pieces(&jobs, last);
        let all =
            |states: &[State]| pieces.iter().all(|piece| states.contains(&jobs[*piece].state));
        if all(&[State::Cached]) {
            outcome.cached += 1;
        } else if all(&DONE) {
            outcome.made += 1;
        }
    }
    let spoiled = jobs.iter().filter(|job| job.state == State::Spoiled);
    outcome.spoiled = spoiled.map(|job| job.shot).collect();
    outcome.spoiled.dedup();
    Ok(outcome)
}

/// Who made a take.
enum Made {
    /// This process, in this many seconds.
    Here(f64),
    /// Another process, while this one waited.
    Elsewhere,
}

impl DriveInputs<'_> {
    fn number(&self, shot: usize) -> String {
        self.list.shots[shot].number.clone()
    }

    /// Makes a take or a piece, unless another process has made it.
    fn make(
        &self,
        jobs: &[Job],
        index: usize,
        camera: &mut dyn Camera,
    ) -> Result<Result<Made, ShootFailure>, vault::Error> {
        let Job { key, recipe, shot, .. } = &jobs[index];
        let _claim = self.vault.claim(key)?;
        if held(key, self.vault, self.progress)? {
            return Ok(Ok(Made::Elsewhere));
        }
        let preceding = self.files(jobs, &preceding(jobs, index), recipe)?;
        let request = self.request(*shot, recipe, preceding);
        self.progress.report(&ProgressEvent::Roll {
            number: self.number(*shot),
            shows: self.list.shots[*shot].shows.to_string(),
            key: *key,
            steps: recipe.steps,
            work: work(recipe),
        });
        let started = Instant::now();
        let temp = self.vault.temp(key);
        let mut on_step = |done, steps| {
            self.progress.report(&ProgressEvent::Step { done, steps });
            if self.goals.wants(key) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        if let Err(failure) = camera.shoot(&request, &temp, &mut on_step) {
            // The vault removes its scratch folder if this fails.
            let _ = std::fs::remove_file(&temp);
            return Ok(Err(failure));
        }
        let seconds = started.elapsed().as_secs_f64();
        let made = vault::Made {
            photoplay: env!("CARGO_PKG_VERSION").to_owned(),
            device: camera.device(),
            seconds,
        };
        self.vault.keep(key, recipe, &temp, made)?;
        Ok(Ok(Made::Here(seconds)))
    }

    /// The files of the pieces that a recipe continues, with their frames.
    /// Verifies those that the camera will read.
    fn files(
        &self,
        jobs: &[Job],
        pieces: &[usize],
        recipe: &Recipe,
    ) -> Result<Vec<(PathBuf, u32)>, vault::Error> {
        let Some(preceding) = recipe.preceding else { return Ok(Vec::new()) };
        let read = preceding.first..preceding.first + preceding.frames;
        let mut files = Vec::with_capacity(pieces.len());
        let mut start = 0;
        for Job { key, recipe, .. } in pieces.iter().map(|piece| &jobs[*piece]) {
            let frames = recipe.stored_frames();
            if start < read.end && start + frames > read.start {
                self.vault.verify(key)?;
            }
            files.push((self.vault.payload(key), frames));
            start += frames;
        }
        Ok(files)
    }

    /// Reports a complete take, or a piece that is not the last one.
    fn report_made(&self, jobs: &[Job], index: usize, seconds: f64) {
        let number = self.number(jobs[index].shot);
        let complete = (index..jobs.len()).filter(|last| jobs[*last].last).find(|last| {
            let pieces = pieces(jobs, *last);
            pieces.contains(&index) && pieces.iter().all(|piece| DONE.contains(&jobs[*piece].state))
        });
        self.progress.report(&match complete {
            Some(last) => {
                let shows = self.list.shots[jobs[index].shot].shows.to_string();
                ProgressEvent::Take { number, shows, key: jobs[last].key, seconds }
            }
            None => ProgressEvent::Part { number, key: jobs[index].key, seconds },
        });
    }

    fn request<'r>(
        &self,
        shot: usize,
        recipe: &'r Recipe,
        preceding: Vec<(PathBuf, u32)>,
    ) -> ShootRequest<'r> {
        let looks = &self.plan.shots[shot].looks;
        let references = looks
            .iter()
            .filter_map(|look| self.chosen[*look].as_ref())
            .map(|chosen| below(self.project, &chosen.file))
            .collect();
        let (mut first_image, mut last_image) = (None, None);
        if let Picture::Take(spec) = &self.list.shots[shot].picture {
            let below = |file: &crate::source::Spanned<PathBuf>| below(self.project, &file.value);
            first_image =
                spec.from_image.as_ref().map(below).filter(|_| recipe.first_image.is_some());
            last_image = spec.to_image.as_ref().map(below).filter(|_| recipe.last_image.is_some());
        }
        let first = first_frame(recipe);
        let blocking = self.plan.shots[shot].control.as_ref().filter(|_| recipe.control.is_some());
        let control = blocking.map(|blocking| blocking.scene(first..first + recipe.frames));
        let recipe = Cow::Borrowed(recipe);
        ShootRequest { recipe, references, first_image, last_image, preceding, control }
    }
}

#[cfg(test)]
pub(super) mod tests;
