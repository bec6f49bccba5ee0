//! From a script to a film: portraits, takes, the print. Needs FFmpeg; the
//! networks are the camera's.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::error::Error;
use super::notes::notes;
use super::options::ProjectOptions;
use super::outputs::{check_outputs, record};
use super::picks::pick_stills;
use super::pinning::{check_model, pin};
use super::plan::plan;
use super::portraits::{make_portraits, uncast};
use super::script::CheckedScript;
use super::shooting::{make_all, start, take_file};
use super::sounds::film_sound;
use super::voices::{speak_lines, voice_keys};
use crate::casting;
use crate::cut::assemble::assemble;
use crate::cut::edl::PictureEvent;
use crate::cut::footage::{Footage, ReelFootage, animatic as animatic_shots};
use crate::cut::print::{PrintEvent, Printed, print};
use crate::diagnostic::Severity;
use crate::report::{plural, shell_path};
use crate::shoot::drive::{Camera, DriveInputs, Survey, survey};
use crate::shoot::estimate::{beyond, placement};
use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
use crate::shoot::lock::Lock;
use crate::shoot::plan::{TakePlan, history};
use crate::shoot::progress::{Cancel, Progress, ProgressEvent};
use crate::shoot::remote::RemoteCamera;
use crate::shoot::vault::Vault;
use crate::sound::mix::FilmSound;
use crate::source::folder_of;
use crate::source::unfinished::remove_abandoned_in;

/// A film that was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltFilm {
    /// Its file, an MP4.
    pub file: PathBuf,
    /// Its length in frames.
    pub frames: u32,
    /// Takes that were made.
    pub takes_made: usize,
    /// Takes that were in the vault.
    pub takes_cached: usize,
    /// Whether these takes are stills of a story reel.
    pub stills: bool,
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildOutcome {
    /// With a film.
    Finished(BuiltFilm),
    /// Somebody asked to stop. Every finished take is kept: the next build
    /// continues from there.
    Interrupted,
}

/// Builds the film of a script without errors.
pub(crate) fn build(
    script: &CheckedScript,
    output: &Path,
    options: &ProjectOptions,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<BuildOutcome, Error> {
    if !script.sources.files().is_disk() {
        return Err(Error::NotOnDisk { script: script.path.clone() });
    }
    check_outputs(script, output)?;
    let started = Instant::now();
    let note = |message: String| progress.report(&ProgressEvent::Note { message });
    note_warnings(script, progress);
    let mut film_plan = plan(script, options)?;
    check_model(&film_plan, options.accept_model)?.map(note).unwrap_or_default();
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root)?;
    for folder in [&script.folder, &script.folder.join(casting::FOLDER), &folder_of(output)] {
        remove_abandoned_in(folder);
    }
    // Speeches decide how long their pictures last.
    let Some(spoken) = speak_lines(script, &film_plan.lock, &vault, progress, cancel) else {
        return Ok(BuildOutcome::Interrupted);
    };
    if spoken.heard != script.heard {
        film_plan = plan(&spoken, options)?;
    }
    let script = &spoken;
    let mut camera = RemoteCamera::new(&film_plan.model, &film_plan.fingerprint, &root, progress)
        .with_placement(placement(&film_plan.model, options.vram))
        .with_prompts(prompts(film_plan.work(&script.list).1, &film_plan.fingerprint));

    if report_plan(script, &film_plan, &vault, progress).to_make > 0 {
        beyond(&film_plan.model, options.vram).map(note).unwrap_or_default();
        start(&mut camera)?;
    }
    let uncast = uncast(&film_plan);
    if !uncast.is_empty() {
        let crew = (&vault, &mut camera as &mut dyn Camera);
        if !make_portraits(script, &mut film_plan, &uncast, crew, progress, cancel)? {
            return Ok(BuildOutcome::Interrupted);
        }
        report_plan(script, &film_plan, &vault, progress);
    }
    notes(script, &film_plan).into_iter().for_each(note);
    pin(script, &mut film_plan)?;
    write_history(script, &film_plan)?;

    let (list, plan) = film_plan.work(&script.list);
    let inputs = DriveInputs {
        list,
        plan,
        chosen: &film_plan.chosen,
        project: &script.folder,
        vault: &vault,
        progress,
        goals: cancel,
    };
    let Some(mut outcome) = make_all(inputs, camera, "shot")? else {
        return Ok(BuildOutcome::Interrupted);
    };
    let more = pick_stills(script, &mut film_plan, &vault, options, (progress, cancel))?;
    let Some(more) = more else { return Ok(BuildOutcome::Interrupted) };
    if more > 0 {
        outcome.made += more;
        write_history(script, &film_plan)?;
    }
    // Pictures and papers of the author.
    let given = animatic_shots(&script.list, &script.folder);
    let footage = |event: &PictureEvent| shown(&film_plan, &vault, &given, event);
    let sound = film_sound(script, &film_plan.lock, &mut |why| note(why));
    let printed = cut(script, output, &footage, sound.as_ref(), progress)?;
    let film = BuiltFilm {
        file: output.to_owned(),
        frames: printed.frames,
        takes_made: outcome.made,
        takes_cached: outcome.cached,
        stills: film_plan.reel.is_some(),
    };
    report_wrap(&film, &printed, started, progress);
    Ok(BuildOutcome::Finished(film))
}

/// What a film shows of a picture event, unless it is a card or a colour: its take, or its
/// shot of the reel. `given` are the pictures and papers of the author.
pub(super) fn shown(
    film_plan: &FilmPlan,
    vault: &Vault,
    given: &[Option<Footage>],
    event: &PictureEvent,
) -> Footage {
    let frame_rate = film_plan.fingerprint.settings.frame_rate;
    let file =
        |takes: &TakePlan, shot: usize| take_file(vault, &takes.shots[shot].recipes, frame_rate);
    let Some(reel) = &film_plan.reel else {
        return Footage::Take(file(&film_plan.takes, event.take));
    };
    let Some(planned) = &reel.shots[event.shot] else {
        return given[event.shot].clone().expect("a shot that is filmed shows something");
    };
    let stills = planned.stills.iter().map(|still| file(&reel.takes, *still)).collect();
    Footage::Reel(ReelFootage { shot: planned.shot.clone(), stills })
}

/// Notes which takes a film uses. Keeps both the reel's and the network's takes for
/// somebody who changes between them.
fn write_history(script: &CheckedScript, film_plan: &FilmPlan) -> Result<(), Error> {
    let (list, plan) = film_plan.work(&script.list);
    let mut history = history(list, plan);
    history.alternatives.extend(film_plan.takes.keys());
    history.alternatives.extend(voice_keys(script, &film_plan.lock));
    history.write(&vault_of(&script.folder), &script.path).map_err(Error::History)
}

/// Builds the animatic of a script without errors.
pub(crate) fn animatic(
    script: &CheckedScript,
    output: &Path,
    progress: &dyn Progress,
) -> Result<BuiltFilm, Error> {
    script.check_makeable()?;
    check_outputs(script, output)?;
    let started = Instant::now();
    note_warnings(script, progress);
    let shots = animatic_shots(&script.list, &script.folder);
    let footage =
        |event: &PictureEvent| shots[event.shot].clone().expect("a shot that is filmed is drawn");
    // The voice takes of a build speak it.
    let lock = Lock::read(script.sources.files(), &script.folder)?;
    let mut note = |message| progress.report(&ProgressEvent::Note { message });
    let sound = film_sound(script, &lock, &mut note);
    let printed = cut(script, output, &footage, sound.as_ref(), progress)?;
    let film = BuiltFilm {
        file: output.to_owned(),
        frames: printed.frames,
        takes_made: 0,
        takes_cached: 0,
        stills: false,
    };
    report_wrap(&film, &printed, started, progress);
    Ok(film)
}

fn note_warnings(script: &CheckedScript, progress: &dyn Progress) {
    let warnings =
        script.diagnostics.iter().filter(|found| found.severity == Severity::Warning).count();
    if warnings > 0 {
        let (number, script) = (plural(warnings, "warning"), shell_path(&script.path));
        let message = format!("{number}; `photoplay check {script}` shows them");
        progress.report(&ProgressEvent::Note { message });
    }
}

fn report_wrap(film: &BuiltFilm, printed: &Printed, started: Instant, progress: &dyn Progress) {
    progress.report(&ProgressEvent::Wrap {
        film: film.file.display().to_string(),
        frames: film.frames,
        takes_made: film.takes_made,
        takes_cached: film.takes_cached,
        stills: film.stills,
        segments_encoded: printed.segments_encoded,
        segments_reused: printed.segments_reused,
        seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    });
}

fn report_plan(
    script: &CheckedScript,
    film_plan: &FilmPlan,
    vault: &Vault,
    progress: &dyn Progress,
) -> Survey {
    let survey = survey(film_plan.work(&script.list).1, &|key| vault.glance(key));
    progress.report(&ProgressEvent::Plan {
        shots: script.list.shots.len(),
        frames: script.list.frames(),
        portraits: uncast(film_plan).len(),
        takes_to_make: survey.to_make,
        takes_cached: survey.cached,
        stills: film_plan.reel.is_some(),
        work: survey.work,
    });
    survey
}

/// Cuts the pictures of all shots together and writes the film.
fn cut(
    script: &CheckedScript,
    output: &Path,
    footage: &dyn Fn(&PictureEvent) -> Footage,
    sound: Option<&FilmSound>,
    progress: &dyn Progress,
) -> Result<Printed, Error> {
    let edl = assemble(&script.list);
    let vault = vault_of(&script.folder);
    let mut on_event = |event| match event {
        PrintEvent::Planned { to_encode, .. } => {
            progress.report(&ProgressEvent::Print { done: 0, segments: to_encode });
        }
        PrintEvent::Encoded { done, of } => {
            progress.report(&ProgressEvent::Print { done, segments: of });
        }
        PrintEvent::Joining => {}
    };
    let folder = folder_of(output);
    if !folder.exists() {
        let message = format!("`{}` is a new folder", folder.display());
        progress.report(&ProgressEvent::Note { message });
    }
    std::fs::create_dir_all(&folder).map_err(|why| Error::MakeFolder { folder, why })?;
    let printed = print(&script.list, &edl, footage, sound, &vault, output, &mut on_event)?;
    record(script, output);
    Ok(printed)
}
