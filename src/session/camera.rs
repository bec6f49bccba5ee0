//! The camera's thread. Makes the portraits, then the preview takes, then the takes that
//! the latest plan needs, beginning with the shot that the author is writing.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use super::jobs::BuildInputs;
use super::latest_job::LatestJob;
use super::messages::{SessionEvent, SessionMessage};
use crate::diagnostic::chain;
use crate::project::Project;
use crate::project::portraits::{make_portraits, uncast};
use crate::shoot::drive::{DriveInputs, drive};
use crate::shoot::estimate::placement;
use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
use crate::shoot::plan::{ShotTakes, portrait_recipe};
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::remote::RemoteCamera;
use crate::shoot::vault::Vault;

/// The goals of the camera. The controller changes them while the camera works.
pub(crate) struct CameraGoals {
    pub builds: LatestJob<BuildInputs>,
    keys: Mutex<BTreeSet<TakeKey>>,
    focus: AtomicUsize,
}

impl CameraGoals {
    pub(crate) fn new() -> Self {
        Self { builds: LatestJob::new(), keys: Mutex::default(), focus: AtomicUsize::new(0) }
    }

    /// Replaces the job. If the new job does not need the current take, the camera stops
    /// that take at its next step.
    pub(crate) fn set_build(&self, inputs: BuildInputs) {
        let work = inputs.film_plan.work(&inputs.script.list).1;
        let mut keys = work.keys();
        for plan in [work, &inputs.previews] {
            let recipes = plan.shots.iter().flat_map(ShotTakes::all_recipes);
            keys.extend(recipes.map(crate::shoot::recipe::KeyedRecipe::key));
        }
        keys.extend(portraits(&inputs));
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
        self.builds.put(inputs);
    }

    /// Drops all goals and ends the thread.
    pub(crate) fn stop(&self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.builds.close();
    }

    /// Puts a shot first, then its neighbours.
    pub(crate) fn focus_on(&self, shot: usize) {
        self.focus.store(shot, Ordering::Relaxed);
    }
}

/// Keys of the missing portraits.
fn portraits(inputs: &BuildInputs) -> Vec<TakeKey> {
    let BuildInputs { script, film_plan, .. } = inputs;
    uncast(film_plan)
        .into_iter()
        .filter_map(|look| {
            let look = &film_plan.cast.looks[look];
            let base = look.base.and_then(|base| film_plan.chosen[base].as_ref());
            let base = base.map(|chosen| chosen.digest);
            portrait_recipe(look, base, &script.list, &film_plan.fingerprint).ok()
        })
        .map(|recipe| recipe.key())
        .collect()
}

/// The goals as one job sees them.
struct BuildGoals<'a> {
    goals: &'a CameraGoals,
    number: u64,
}

impl Goals for BuildGoals<'_> {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        if !self.goals.builds.is_latest(self.number) {
            return None;
        }
        let focus = self.goals.focus.load(Ordering::Relaxed);
        ready.iter().copied().min_by_key(|shot| (shot.abs_diff(focus), *shot))
    }

    fn wants(&self, key: &TakeKey) -> bool {
        self.goals.keys.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }
}

/// Sends progress to the controller.
struct Reporter(Sender<SessionMessage>);

impl Progress for Reporter {
    fn report(&self, event: &ProgressEvent) {
        // Nobody receives this after the session has ended.
        let _ = self.0.send(SessionMessage::Event(SessionEvent::Camera(event.clone())));
    }
}

/// Does the latest job until the session ends.
pub(crate) fn run_camera(
    goals: &CameraGoals,
    project: &Project,
    controller: Sender<SessionMessage>,
) {
    let progress = Reporter(controller.clone());
    let mut next = goals.builds.after(0);
    while let Some((_, first)) = &next {
        let digest = first.film_plan.fingerprint.digest();
        let adapters = first.film_plan.fingerprint.adapters.clone();
        let root = vault_of(&first.script.folder);
        let FilmPlan { model, fingerprint, .. } = &*first.film_plan;
        let takes = first.film_plan.work(&first.script.list).1;
        let mut camera = RemoteCamera::new(model, fingerprint, &root, &progress)
            .with_placement(placement(model, project.options().vram))
            .with_prompts(prompts(takes, fingerprint));
        while let Some((number, inputs)) = &next
            && inputs.film_plan.fingerprint.digest() == digest
            && inputs.film_plan.fingerprint.adapters == adapters
        {
            let build = BuildGoals { goals, number: *number };
            let shot = shoot(inputs, project, &build, &mut camera, &progress);
            // Nobody receives this after the session has ended.
            let done = SessionEvent::CameraDone { failure: shot.err() };
            let _ = controller.send(SessionMessage::Event(done));
            next = goals.builds.after(*number);
        }
    }
}

/// Makes what a script needs until a newer job comes.
fn shoot(
    inputs: &BuildInputs,
    project: &Project,
    goals: &BuildGoals<'_>,
    camera: &mut RemoteCamera<'_>,
    progress: &dyn Progress,
) -> Result<(), String> {
    let BuildInputs { script, film_plan, previews } = inputs;
    let vault = Vault::open(&vault_of(&script.folder)).map_err(|error| chain(&error))?;
    if !uncast(film_plan).is_empty() {
        // The controller sees the portraits when it plans again.
        let mut film_plan = project.plan(script).map_err(|error| error.in_words())?;
        let looks = uncast(&film_plan);
        return make_portraits(script, &mut film_plan, &looks, (&vault, camera), progress, goals)
            .map(|_| ())
            .map_err(|error| error.in_words());
    }
    let (list, work) = film_plan.work(&script.list);
    for plan in [previews, work] {
        let set = DriveInputs {
            list,
            plan,
            chosen: &film_plan.chosen,
            project: &script.folder,
            vault: &vault,
            progress,
            goals,
        };
        let outcome = drive(set, camera).map_err(|error| chain(&error))?;
        if outcome.cancelled {
            break;
        }
    }
    Ok(())
}
