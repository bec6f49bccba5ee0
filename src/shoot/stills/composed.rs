//! Shot list → stills of a story reel for models that make no cutouts: one picture of each
//! shot as it begins, a take of one frame.
//!
//! Does not run the model or read the vault.

use std::sync::Arc;

use super::needed::{NeededStill, PlannedReelShot, ReelPlan, Stills, is_given, staged};
use crate::blocking::block;
use crate::blocking::staged::Blocking;
use crate::breakdown::prompts::lower::LoweredPrompt;
use crate::breakdown::shot::{Picture, Shot, ShotList, TakeSpec};
use crate::casting::{Appearance, Cast};
use crate::reel::{FirstStill, Matte, NightShare, ReelShot};
use crate::shoot::control::{TakeBlocking, blockings};
use crate::shoot::plan::{Error, ModelFingerprint, depicted, setup, still_recipe};

/// Plans one still for each shot.
pub(super) fn composed(
    list: &ShotList,
    model: &ModelFingerprint,
    cast: &Cast,
    mut stills: Stills<'_>,
) -> Result<ReelPlan, Error> {
    let mut controls = blockings(list, &model.settings, model.conditioning, model.control);
    for (index, blocking) in block(&staged(list)).into_iter().enumerate() {
        let shot = &list.shots[index];
        let (Picture::Take(spec), Some(blocking)) = (&shot.picture, blocking) else {
            stills.plan.shots.push(None);
            continue;
        };
        if is_given(spec) {
            stills.plan.shots.push(None);
            continue;
        }
        // A shot that the film returns to keeps its still.
        let earlier = spec.resumes.and_then(|(owner, _)| stills.plan.shots[owner].as_ref());
        let used = match earlier.map(|earlier| earlier.stills.clone()) {
            Some(used) => used,
            None => {
                let control = controls[index].take();
                let looks = &cast.shots[index];
                let still = still(list, model, (shot, spec), looks, control, &stills)?;
                vec![stills.add(shot, still)]
            }
        };
        stills.plan.shots.push(Some(PlannedReelShot { shot: whole(blocking), stills: used }));
    }
    Ok(stills.plan)
}

/// A shot whose one still shows everybody.
fn whole(blocking: Arc<Blocking>) -> ReelShot {
    ReelShot {
        blocking,
        cutouts: Vec::new(),
        light: [1.0; 3],
        matte: Matte::Night(NightShare { set: 0.0, figures: 0.0 }),
        floor: [0.0, 1.0],
        first: FirstStill::Everybody,
    }
}

/// The still of a shot as it begins: the camera has not moved yet.
fn still(
    list: &ShotList,
    model: &ModelFingerprint,
    (shot, spec): (&Shot, &TakeSpec),
    appearances: &[Appearance],
    control: Option<TakeBlocking>,
    stills: &Stills<'_>,
) -> Result<NeededStill, Error> {
    let mut description = (*spec.description).clone();
    description.movement.clear();
    let mut looks = Vec::new();
    for appearance in appearances.iter().filter(|_| model.takes_references()) {
        looks.push(appearance.look);
        depicted(&mut description, appearance.depicted).referenced = true;
    }
    let LoweredPrompt { text: prompt, translated } =
        model.prompt(&description, list, control.as_ref())?;
    let references = stills.pictures(&looks).unwrap_or_default();
    let setup = setup(&description, translated, &references);
    let recipe = still_recipe(model);
    let shows = shot.shows.to_string();
    Ok(NeededStill { description, prompt, looks, setup, recipe, control, shows })
}
