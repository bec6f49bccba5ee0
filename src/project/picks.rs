//! The best stills of a story reel: if a figure comes out as crumbs, Photoplay shoots more
//! takes of its stills and shows the best one, unless the author has circled one.
//!
//! Knows the score of a cut; does not know who should be on a still.

use std::collections::BTreeSet;

use super::error::Error;
use super::options::ProjectOptions;
use super::plan::plan_again;
use super::script::CheckedScript;
use super::shooting::{make_all, start, take_file};
use crate::cut::footage::first_frame;
use crate::cut::print;
use crate::reel::{CutScore, measure_cut};
use crate::report::plural;
use crate::shoot::drive::DriveInputs;
use crate::shoot::estimate::placement;
use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
use crate::shoot::picks::Picks;
use crate::shoot::plan::{ShotTakes, TakePlan};
use crate::shoot::progress::{Cancel, Progress, ProgressEvent};
use crate::shoot::remote::RemoteCamera;
use crate::shoot::retakes::retakes;
use crate::shoot::vault::Vault;

/// More takes of a figure's stills that are tried.
const MORE: u32 = 3;

/// The stills of one figure: by day and by night, or the same one twice.
type Pair = [usize; 2];

/// Shoots better takes of stills that came out badly. Returns how many; `None` if somebody
/// interrupts.
pub(super) fn pick_stills(
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    vault: &Vault,
    options: &ProjectOptions,
    (progress, cancel): (&dyn Progress, &Cancel),
) -> Result<Option<usize>, Error> {
    let root = vault_of(&script.folder);
    let mut picks = Picks::read(&root);
    let Some(reel) = &film_plan.reel else { return Ok(Some(0)) };
    let known = picks.clone();
    let bad = bad_pairs(film_plan, vault, &mut picks)?;
    if bad.is_empty() {
        if picks != known {
            picks.write(&root).map_err(Error::History)?;
        }
        return Ok(Some(0));
    }
    let (mut list, mut plan) =
        (reel.list.clone(), TakePlan { shots: vec![ShotTakes::default(); reel.list.shots.len()] });
    let own = list.shots.len();
    for still in bad.iter().flatten().collect::<BTreeSet<_>>() {
        let (film, takes) = retakes(&reel.list, &reel.takes, *still, MORE);
        list.shots.extend(film.shots.into_iter().skip(own));
        plan.shots.extend(takes.shots.into_iter().skip(own));
    }
    let figures = plural(bad.len(), "figure");
    let message = format!("{figures} came out badly; shooting {MORE} more takes of the stills");
    progress.report(&ProgressEvent::Note { message });
    let mut camera = RemoteCamera::new(&film_plan.model, &film_plan.fingerprint, &root, progress)
        .with_placement(placement(&film_plan.model, options.vram))
        .with_prompts(prompts(&plan, &film_plan.fingerprint));
    start(&mut camera)?;
    let inputs = DriveInputs {
        list: &list,
        plan: &plan,
        chosen: &film_plan.chosen,
        project: &script.folder,
        vault,
        progress,
        goals: cancel,
    };
    let Some(outcome) = make_all(inputs, camera, "take")? else { return Ok(None) };
    for pair in bad {
        let mut best = (0, measured(film_plan, vault, pair, 0)?.total());
        for number in 1..=MORE {
            let total = measured(film_plan, vault, pair, number)?.total();
            if total > best.1 {
                best = (number, total);
            }
        }
        for still in pair {
            let identity =
                film_plan.reel.as_ref().and_then(|reel| reel.takes.shots[still].identity);
            picks.0.extend(identity.map(|identity| (identity, best.0)));
        }
    }
    picks.write(&root).map_err(Error::History)?;
    plan_again(film_plan, script)?;
    Ok(Some(outcome.made))
}

/// The stills that came out badly and that nobody has circled. Picks those that came out
/// well.
fn bad_pairs(film_plan: &FilmPlan, vault: &Vault, picks: &mut Picks) -> Result<Vec<Pair>, Error> {
    let Some(reel) = &film_plan.reel else { return Ok(Vec::new()) };
    let mut pairs: BTreeSet<Pair> = BTreeSet::new();
    for planned in reel.shots.iter().flatten() {
        for cutout in &planned.shot.cutouts {
            for pair in std::iter::once(cutout.full).chain(cutout.close) {
                pairs.insert([planned.stills[pair.by_day], planned.stills[pair.by_night]]);
            }
        }
    }
    let mut bad = Vec::new();
    for pair in pairs {
        let takes = pair.map(|still| &reel.takes.shots[still]);
        let identities = takes.map(|takes| takes.identity);
        let chosen = takes.iter().any(|takes| takes.number > 0)
            || identities.iter().flatten().any(|identity| picks.0.contains_key(identity));
        if chosen {
            continue;
        }
        if measured(film_plan, vault, pair, 0)?.is_good() {
            picks.0.extend(identities.into_iter().flatten().map(|identity| (identity, 0)));
        } else {
            bad.push(pair);
        }
    }
    Ok(bad)
}

/// The score of a take of a figure's stills.
fn measured(
    film_plan: &FilmPlan,
    vault: &Vault,
    pair: Pair,
    number: u32,
) -> Result<CutScore, Error> {
    let reel = film_plan.reel.as_ref().expect("there are stills");
    let rate = film_plan.fingerprint.settings.frame_rate;
    let matte = reel.shots.iter().flatten().next().map(|planned| planned.shot.matte);
    let [day, night] = pair
        .map(|still| first_frame(&take_file(vault, &reel.takes.shots[still].take(number), rate)));
    let matte = matte.expect("a still belongs to a shot");
    Ok(measure_cut(&day.map_err(print::Error::from)?, &night.map_err(print::Error::from)?, matte))
}
