//! The jobs of a drive: each take and each piece of one, with its state and the
//! job that it waits for.
//!
//! Knows plans and the vault; does not know the camera.

use std::collections::BTreeMap;

use super::plan::TakePlan;
use super::progress::{Progress, ProgressEvent};
use super::recipe::{KeyedRecipe, TakeKey};
use super::vault::{self, Vault};

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    /// The vault lacks it and the take that it continues.
    Wanted,
    /// The camera can make it now.
    Ready,
    /// The camera is making it.
    Rolling,
    /// The camera made it in this drive.
    Wrapped,
    /// The vault held it before this drive.
    Cached,
    /// The camera failed to make it.
    Spoiled,
    /// Only takes that exist already would continue it.
    Needless,
}

/// One take or piece to make.
#[derive(Debug)]
pub(super) struct Job {
    pub key: TakeKey,
    pub recipe: KeyedRecipe,
    pub shot: usize,
    pub state: State,
    /// The job whose take this one continues.
    pub after: Option<usize>,
    /// This job completes a take of the film: its last piece, or its only one.
    pub last: bool,
}

/// States in which other jobs can continue a take.
pub(super) const DONE: [State; 2] = [State::Cached, State::Wrapped];

/// The jobs of all pieces of the take that ends with job `last`, in order.
pub(super) fn pieces(jobs: &[Job], last: usize) -> Vec<usize> {
    let mut pieces = vec![last];
    let mut piece = &jobs[last];
    while let Some(before) = piece.after.filter(|_| piece.recipe.is_next_piece()) {
        pieces.push(before);
        piece = &jobs[before];
    }
    pieces.reverse();
    pieces
}

/// The jobs of all pieces of the take that a job continues, in order.
pub(super) fn preceding(jobs: &[Job], index: usize) -> Vec<usize> {
    jobs[index].after.map(|before| pieces(jobs, before)).unwrap_or_default()
}

/// The jobs of a plan. Each follows the jobs that it continues.
pub(super) fn jobs(plan: &TakePlan) -> Vec<Job> {
    let mut jobs: Vec<Job> = Vec::new();
    let mut known: BTreeMap<TakeKey, usize> = BTreeMap::new();
    let film = plan.keys();
    for (shot, planned) in plan.shots.iter().enumerate() {
        for recipe in planned.all_recipes() {
            let key = recipe.key();
            if known.contains_key(&key) {
                continue;
            }
            let after = recipe.preceding.and_then(|preceding| known.get(&preceding.take).copied());
            known.insert(key, jobs.len());
            let recipe = recipe.clone();
            let last = film.contains(&key);
            jobs.push(Job { key, recipe, shot, state: State::Wanted, after, last });
        }
    }
    jobs
}

/// Marks the jobs that the vault holds, reports and removes damaged entries, and
/// marks jobs that nothing needs: those that only takes in the vault continue.
pub(super) fn mark_cached(
    jobs: &mut [Job],
    vault: &Vault,
    progress: &dyn Progress,
) -> Result<(), vault::Error> {
    let mut needed: Vec<bool> = jobs.iter().map(|job| job.last).collect();
    for index in (0..jobs.len()).rev() {
        if !needed[index] {
            jobs[index].state = State::Needless;
            continue;
        }
        let held = held(&jobs[index].key, vault, progress)?;
        if held {
            jobs[index].state = State::Cached;
        }
        // A piece needs all pieces before it.
        if let Some(before) = jobs[index].after
            && (!held || jobs[index].recipe.is_next_piece())
        {
            needed[before] = true;
        }
    }
    Ok(())
}

/// Whether the vault holds a whole take. Reports and removes a damaged one.
pub(super) fn held(
    key: &TakeKey,
    vault: &Vault,
    progress: &dyn Progress,
) -> Result<bool, vault::Error> {
    match vault.holds(key) {
        Err(error @ vault::Error::Damaged { .. }) => {
            progress.report(&ProgressEvent::Note {
                message: format!("{error}; photoplay makes the take again"),
            });
            vault.discard(key)?;
            Ok(false)
        }
        other => other,
    }
}

/// The jobs that the camera can do now, in the order of the film.
pub(super) fn ready(jobs: &mut [Job]) -> Vec<usize> {
    for index in 0..jobs.len() {
        if jobs[index].state != State::Wanted {
            continue;
        }
        let before = preceding(jobs, index);
        if before.iter().any(|piece| jobs[*piece].state == State::Spoiled) {
            jobs[index].state = State::Spoiled;
        } else if before.iter().all(|piece| DONE.contains(&jobs[*piece].state)) {
            jobs[index].state = State::Ready;
        }
    }
    (0..jobs.len()).filter(|index| jobs[*index].state == State::Ready).collect()
}
