//! The camera's thread: makes what the latest plan wants, portraits first,
//! then drafts, then takes, the shot that is being written before the others.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Mutex, PoisonError};

use super::latest::Latest;
use super::{Heard, Production};
use crate::cli::args::{Reading, Watch};
use crate::cli::film::{make_portraits, uncast};
use crate::cli::studio;
use crate::diagnostic::chain;
use crate::shoot::drive::{DriveInputs, drive};
use crate::shoot::estimate::placement;
use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
use crate::shoot::plan::portrait_recipe;
use crate::shoot::progress::{Goals, Progress, ProgressEvent};
use crate::shoot::recipe::TakeKey;
use crate::shoot::remote::RemoteCamera;
use crate::shoot::vault::Vault;

/// What is wanted of the camera; the desk changes it while the camera rolls.
pub(super) struct Wanted {
    pub productions: Latest<Production>,
    keys: Mutex<BTreeSet<TakeKey>>,
    focus: AtomicUsize,
}

impl Wanted {
    pub(super) fn new() -> Self {
        Self { productions: Latest::new(), keys: Mutex::default(), focus: AtomicUsize::new(0) }
    }

    /// Wants what a production needs; takes in work that it does not need end
    /// at their next step.
    pub(super) fn want(&self, production: Production) {
        let mut keys = production.studio.plan.keys();
        for plan in [&production.studio.plan, &production.drafts] {
            let recipes = plan.shots.iter().flat_map(|planned| &planned.recipes);
            keys.extend(recipes.map(crate::shoot::recipe::Recipe::key));
        }
        keys.extend(portraits(&production));
        *self.keys.lock().unwrap_or_else(PoisonError::into_inner) = keys;
        self.productions.put(production);
    }

    /// Wants nothing any more.
    pub(super) fn stop(&self) {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.productions.close();
    }

    /// Turns to a shot: it comes first, then its neighbours.
    pub(super) fn turn_to(&self, shot: usize) {
        self.focus.store(shot, Ordering::Relaxed);
    }
}

/// Keys of the portraits that are to be made.
fn portraits(production: &Production) -> Vec<TakeKey> {
    let Production { script, studio, .. } = production;
    let settings = &script.list.settings;
    uncast(studio)
        .into_iter()
        .filter_map(|look| {
            let look = &studio.cast.looks[look];
            let base = look.base.and_then(|base| studio.chosen[base].as_ref());
            let base = base.map(|chosen| chosen.digest);
            portrait_recipe(look, base, settings.seed, &settings.style, &studio.network).ok()
        })
        .map(|recipe| recipe.key())
        .collect()
}

/// What is wanted, seen from one order.
struct Order<'a> {
    wanted: &'a Wanted,
    number: u64,
}

impl Goals for Order<'_> {
    fn next(&self, ready: &[usize]) -> Option<usize> {
        if !self.wanted.productions.is_latest(self.number) {
            return None;
        }
        let focus = self.wanted.focus.load(Ordering::Relaxed);
        ready.iter().copied().min_by_key(|shot| (shot.abs_diff(focus), *shot))
    }

    fn wants(&self, key: &TakeKey) -> bool {
        self.wanted.keys.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }
}

/// Tells the desk.
struct Telling(Sender<Heard>);

impl Progress for Telling {
    fn report(&self, event: &ProgressEvent) {
        // Nobody listens when the desk has closed.
        let _ = self.0.send(Heard::Camera(event.clone()));
    }
}

/// Makes what is wanted until nothing will be.
pub(super) fn roll(wanted: &Wanted, args: &Watch, desk: Sender<Heard>) {
    let progress = Telling(desk.clone());
    let mut next = wanted.productions.after(0);
    while let Some((_, first)) = &next {
        let digest = first.studio.network.digest();
        let adapters = first.studio.network.adapters.clone();
        let root = vault_of(&first.script.folder);
        let FilmPlan { model, network, plan, .. } = &*first.studio;
        let mut camera = RemoteCamera::new(model, network, &root, &progress)
            .placed(placement(model, args.shooting.vram))
            .reading(prompts(plan, network));
        while let Some((number, production)) = &next
            && production.studio.network.digest() == digest
            && production.studio.network.adapters == adapters
        {
            let order = Order { wanted, number: *number };
            let rolled = shoot(production, &args.reading, &order, &mut camera, &progress);
            // Nobody listens when the desk has closed.
            let _ = desk.send(Heard::Rolled { failure: rolled.err() });
            next = wanted.productions.after(*number);
        }
    }
}

/// Makes what one production needs, until a newer one comes.
fn shoot(
    production: &Production,
    reading: &Reading,
    order: &Order<'_>,
    camera: &mut RemoteCamera<'_>,
    progress: &dyn Progress,
) -> Result<(), String> {
    let Production { script, studio, drafts } = production;
    let vault = Vault::open(&vault_of(&script.folder)).map_err(|error| chain(&error))?;
    if !uncast(studio).is_empty() {
        // The desk's own studio sees the portraits when it plans again.
        let mut studio = studio::open(script, reading).map_err(|failure| failure.words())?;
        let looks = uncast(&studio);
        return make_portraits(script, &mut studio, &looks, (&vault, camera), progress, order)
            .map(|_| ())
            .map_err(|failure| failure.words());
    }
    for plan in [drafts, &studio.plan] {
        let set = DriveInputs {
            list: &script.list,
            plan,
            chosen: &studio.chosen,
            project: &script.folder,
            vault: &vault,
            progress,
            direction: order,
        };
        let outcome = drive(set, camera).map_err(|error| chain(&error))?;
        if outcome.cancelled {
            break;
        }
    }
    Ok(())
}
