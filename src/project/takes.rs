//! More takes of a shot: shoots them, and cuts all takes of the shot into one
//! film to choose from.

use std::path::PathBuf;

use super::script::CheckedScript;
use crate::source::file_names::as_file_name;

#[cfg(feature = "ffmpeg")]
pub(crate) use self::equipped::shoot_takes;

/// The file of the film that shows a shot's takes one after the other.
pub(crate) fn dailies_file(script: &CheckedScript, owner: usize) -> PathBuf {
    let number = as_file_name(&script.list.shots[owner].number);
    let stem = script.path.file_stem().unwrap_or_default().to_string_lossy();
    script.path.with_file_name("takes").join(format!("{stem} {number}.mp4"))
}

#[cfg(feature = "ffmpeg")]
mod equipped {
    use std::slice::from_ref;

    use super::dailies_file;
    use crate::cut::assemble::assemble;
    use crate::cut::dailies::dailies;
    use crate::cut::edl::PictureEvent;
    use crate::cut::footage::{Footage, ReelFootage};
    use crate::cut::print::print;
    use crate::project::error::Error;
    use crate::project::outputs::check_outputs;
    use crate::project::pinning::{check_model, pin};
    use crate::project::portraits::{make_portraits, uncast};
    use crate::project::script::CheckedScript;
    use crate::project::shooting::{make_all, start, take_file};
    use crate::shoot::drive::{DriveInputs, survey};
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
    use crate::shoot::history::History;
    use crate::shoot::plan::spans;
    use crate::shoot::progress::{Cancel, Progress, ProgressEvent};
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::retakes::keys;
    use crate::shoot::vault::Vault;
    use crate::source::folder_of;

    /// Shoots the missing takes among 1 to `most` of a shot, and cuts all takes
    /// of the shot into one film. Returns `false` if somebody interrupts.
    /// `vram` is the GPU memory to use, in bytes.
    pub(crate) fn shoot_takes(
        script: &CheckedScript,
        film_plan: &mut FilmPlan,
        (owner, most): (usize, u32),
        vram: Option<u64>,
        (progress, cancel): (&dyn Progress, &Cancel),
    ) -> Result<bool, Error> {
        check_outputs(script, &dailies_file(script, owner))?;
        let note = |message: String| progress.report(&ProgressEvent::Note { message });
        check_model(film_plan, false)?.map(note).unwrap_or_default();
        let root = vault_of(&script.folder);
        let vault = Vault::open(&root)?;
        let (_, to_read) = film_plan.retakes(&script.list, owner, most);
        let mut camera =
            RemoteCamera::new(&film_plan.model, &film_plan.fingerprint, &root, progress)
                .with_placement(placement(&film_plan.model, vram))
                .with_prompts(prompts(&to_read, &film_plan.fingerprint));
        let uncast = uncast(film_plan);
        let waits = film_plan.parts(owner).iter().any(|part| part.recipes.is_empty());
        if waits && !uncast.is_empty() {
            let crew = (&vault, &mut camera as _);
            if !make_portraits(script, film_plan, &uncast, crew, progress, cancel)? {
                return Ok(false);
            }
        }
        pin(script, film_plan)?;
        let mut history = History::read(&root, &script.path);
        let parts = film_plan.choice(owner).into_iter();
        history.alternatives.extend(parts.flat_map(|part| keys(part, most)));
        history.write(&root, &script.path).map_err(Error::History)?;

        let (list, plan) = film_plan.retakes(&script.list, owner, most);
        let survey = survey(&plan, &|key| vault.glance(key));
        let frames = spans(&script.list)[owner];
        progress.report(&ProgressEvent::Plan {
            shots: 1,
            frames,
            portraits: 0,
            takes_to_make: survey.to_make,
            takes_cached: survey.cached,
            stills: film_plan.reel.is_some(),
            work: survey.work,
        });
        if survey.to_make > 0 {
            start(&mut camera)?;
        }
        let inputs = DriveInputs {
            list: &list,
            plan: &plan,
            chosen: &film_plan.chosen,
            project: &script.folder,
            vault: &vault,
            progress,
            goals: cancel,
        };
        let made = make_all(inputs, camera, "take")?.is_some();
        if made {
            print_dailies(script, film_plan, &vault, (owner, frames))?;
        }
        Ok(made)
    }

    /// Cuts the takes of a shot that exist into one film.
    fn print_dailies(
        script: &CheckedScript,
        film_plan: &FilmPlan,
        vault: &Vault,
        (owner, frames): (usize, u32),
    ) -> Result<(), Error> {
        let takes = film_plan.made(owner, vault.root());
        let numbers: Vec<u32> = takes.iter().map(|(take, _)| *take).collect();
        let film = dailies(&script.list, owner, frames, &numbers);
        let rate = film_plan.fingerprint.settings.frame_rate;
        let reel = film_plan.reel.as_ref().and_then(|reel| reel.shots[owner].as_ref());
        let footage = |event: &PictureEvent| {
            let made = &takes[event.take / 2].1;
            let Some(planned) = reel else {
                return Footage::Take(take_file(vault, made, rate));
            };
            let stills = made.iter().map(|still| take_file(vault, from_ref(still), rate)).collect();
            Footage::Reel(ReelFootage { shot: planned.shot.clone(), stills })
        };
        let out = dailies_file(script, owner);
        let folder = folder_of(&out);
        std::fs::create_dir_all(&folder).map_err(|why| Error::MakeFolder { folder, why })?;
        print(&film, &assemble(&film), &footage, None, vault.root(), &out, &mut |_| {})?;
        Ok(())
    }
}
