//! From a script to a film: portraits, takes, the print. Needs FFmpeg; the
//! networks are the camera's.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use image::RgbImage;

use super::plan;
use super::script::{self, Script};
use crate::casting::{self, Portrait, PortraitChange, names::vacant};
use crate::cli::args::BuildArgs;
use crate::cli::circle::offers;
use crate::cli::{CommandResult, Exit, Failure, tell};
use crate::cut::assemble::assemble;
use crate::cut::conform::TakeFile;
use crate::cut::print::{self, print};
use crate::diagnostic::Severity;
use crate::media::take::TakeReader;
use crate::model::Files;
use crate::report::{OutputStyle, plural};
use crate::shoot;
use crate::shoot::drive::{self, Camera, DriveInputs, ShootRequest, Survey, drive, survey};
use crate::shoot::estimate::placement;
use crate::shoot::film_plan::{FilmPlan, prompts, vault_of};
use crate::shoot::lock::Lock;
use crate::shoot::plan::{ModelFingerprint, history, portrait_recipe};
use crate::shoot::progress::{Cancel, Goals, Progress, ProgressEvent};
use crate::shoot::recipe::KeyedRecipe;
use crate::shoot::remote::{self, RemoteCamera};
use crate::shoot::vault::Vault;
use crate::source::write_whole;
use crate::time::Rate;

/// Builds a film.
pub(crate) fn build(
    args: &BuildArgs,
    style: OutputStyle,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> CommandResult {
    let started = Instant::now();
    let Some(script) = script::read_valid(&args.script, &args.options, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    film(args, &script, started, progress, cancel)
}

fn film(
    args: &BuildArgs,
    script: &Script,
    started: Instant,
    progress: &dyn Progress,
    cancel: &Cancel,
) -> Result<Exit, Failure> {
    let note = |message: String| progress.report(&ProgressEvent::Note { message });
    let warnings =
        script.diagnostics.iter().filter(|found| found.severity == Severity::Warning).count();
    if warnings > 0 {
        let script = script.path.display();
        note(format!("{}; `photoplay check {script}` shows them", plural(warnings, "warning")));
    }
    let mut studio = plan::open(script, &args.options)?;
    check_model(&studio, args.accept_model)?.map(note).unwrap_or_default();
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(shot_failed)?;
    let mut camera = RemoteCamera::new(&studio.model, &studio.network, &root, progress)
        .placed(placement(&studio.model, args.device.vram))
        .reading(prompts(&studio.plan, &studio.network));

    if tell_plan(script, &studio, &vault, progress).to_make > 0 {
        camera.inspect().map_err(|error| unshot(Box::new(error)))?;
    }
    let uncast = uncast(&studio);
    if !uncast.is_empty() {
        let crew = (&vault, &mut camera as &mut dyn Camera);
        let all_made = make_portraits(script, &mut studio, &uncast, crew, progress, cancel)?;
        if !all_made {
            return Ok(interrupted());
        }
        tell_plan(script, &studio, &vault, progress);
    }
    for message in notes(script, &studio) {
        note(message);
    }
    pin(script, &mut studio)?;
    history(&script.list, &studio.plan).write(&root, &script.path).map_err(shot_failed)?;

    let FilmPlan { plan, chosen, .. } = &studio;
    let set = DriveInputs {
        list: &script.list,
        plan,
        chosen,
        project: &script.folder,
        vault: &vault,
        progress,
        direction: cancel,
    };
    let outcome = drive(set, &mut camera).map_err(shot_failed)?;
    // The camera's memory is the encoder's now.
    drop(camera);
    if outcome.cancelled {
        return Ok(interrupted());
    }
    all_made(&outcome, "shot")?;
    let cut = cut(args, script, &studio, &vault, progress)?;
    progress.report(&ProgressEvent::Wrap {
        film: cut.film.display().to_string(),
        frames: cut.printed.frames,
        takes_made: outcome.made,
        takes_cached: outcome.cached,
        segments_encoded: cut.printed.segments_encoded,
        segments_reused: cut.printed.segments_reused,
        seconds: (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
    });
    Ok(Exit::Done)
}

pub(crate) fn interrupted() -> Exit {
    tell("interrupted; every finished take is kept, and the same command goes on from here\n");
    Exit::Interrupted
}

/// Whether something could not be made; it is a `what`.
pub(crate) fn all_made(outcome: &drive::DriveOutcome, what: &str) -> Result<(), Failure> {
    if outcome.spoiled.is_empty() {
        return Ok(());
    }
    let message = format!("{} could not be made", plural(outcome.spoiled.len(), what));
    Err(shot_failed(message)
        .help("every finished take is kept; `photoplay doctor` looks at this machine"))
}

/// A failure for which no shot can be made.
pub(crate) fn shot_failed(error: impl Into<Box<dyn Error>>) -> Failure {
    Failure::new(Exit::ShotFailed, error)
}

fn tell_plan(script: &Script, studio: &FilmPlan, vault: &Vault, progress: &dyn Progress) -> Survey {
    let survey = survey(&studio.plan, &|key| vault.glance(key));
    progress.report(&ProgressEvent::Plan {
        shots: script.list.shots.len(),
        frames: script.list.frames(),
        portraits: uncast(studio).len(),
        takes_to_make: survey.to_make,
        takes_cached: survey.cached,
        work: survey.work,
    });
    survey
}

/// Writes to the lock file which pictures and model files the film is made with.
pub(crate) fn pin(script: &Script, studio: &mut FilmPlan) -> Result<(), Failure> {
    // A take may have been circled since the studio was opened.
    studio.lock.circled = Lock::read(&script.folder).map_err(shot_failed)?.circled;
    for (look, chosen) in studio.cast.looks.iter().zip(&studio.chosen) {
        let Some(chosen) = chosen.as_ref().filter(|_| look.given.is_none()) else { continue };
        let file = chosen.file.to_string_lossy().replace('\\', "/");
        let portrait = Portrait {
            name: look.name.clone(),
            words: look.words.clone(),
            outfit: look.outfit.clone(),
            file,
            digest: chosen.digest.to_hex().to_string(),
        };
        let same = |known: &&mut Portrait| {
            known.file == portrait.file || {
                known.name == portrait.name
                    && known.words == portrait.words
                    && known.outfit == portrait.outfit
            }
        };
        match studio.lock.portraits.iter_mut().find(same) {
            Some(known) => *known = portrait,
            None => studio.lock.portraits.push(portrait),
        }
    }
    let name = studio.network.settings.name.clone();
    studio.lock.models.insert(name, pinned(&studio.network));
    studio.lock.write(&script.folder).map_err(shot_failed)
}

/// Makes the portraits of looks, each pinned as soon as it is there.
/// `false` when somebody asked to stop.
pub(crate) fn make_portraits(
    script: &Script,
    studio: &mut FilmPlan,
    looks: &[usize],
    (vault, camera): (&Vault, &mut dyn Camera),
    progress: &dyn Progress,
    direction: &dyn Goals,
) -> Result<bool, Failure> {
    for &index in looks {
        let look = &studio.cast.looks[index];
        let base = look.base.and_then(|base| studio.chosen[base].clone());
        let settings = &script.list.settings;
        let recipe = portrait_recipe(
            look,
            base.as_ref().map(|base| base.digest),
            settings.seed,
            &settings.style,
            &studio.network,
        )
        .map_err(|error| Failure::new(Exit::ScriptErrors, error))?;
        let key = recipe.key();
        if !direction.wants(&key) {
            return Ok(false);
        }
        progress.report(&ProgressEvent::Cast { name: look.name.clone() });
        let references =
            base.iter().map(|base| casting::below(&script.folder, &base.file)).collect();
        let draft = vault.temp(&key);
        let call = ShootRequest {
            recipe: Cow::Borrowed(&recipe),
            references,
            first_image: None,
            last_image: None,
            preceding: Vec::new(),
        };
        let mut on_step = |done, steps| {
            progress.report(&ProgressEvent::Step { done, steps });
            if direction.wants(&key) { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        match camera.shoot(&call, &draft, &mut on_step) {
            Ok(()) => {}
            Err(drive::ShootFailure::Cancelled) => return Ok(false),
            Err(drive::ShootFailure::Failed(error)) => return Err(unshot(error)),
        }
        let picture = TakeReader::open(&draft, recipe.width, recipe.height, recipe.frames)
            .and_then(|mut frames| frames.next().expect("a take has a frame"))
            .map_err(|error| Failure::new(Exit::ShotFailed, error))?;
        // Gone with the scratch folder if it cannot be removed now.
        let _ = fs::remove_file(&draft);
        let file = keep_portrait(script, studio, index, &picture)?;
        let name = studio.cast.looks[index].name.clone();
        plan::plan_again(studio, script)?;
        pin(script, studio)?;
        progress.report(&ProgressEvent::Portrait { name, file });
    }
    Ok(true)
}

/// A failure of the camera, with the remedy where it has one.
pub(crate) fn unshot(error: Box<dyn Error + Send + Sync>) -> Failure {
    let help = error.downcast_ref::<remote::Error>().and_then(remote::Error::help);
    let failure = Failure::new(Exit::ShotFailed, error as Box<dyn Error>);
    match help {
        Some(help) => failure.help(help),
        None => failure,
    }
}

/// Writes a portrait to `cast/` and chooses it; the file's name.
fn keep_portrait(
    script: &Script,
    studio: &mut FilmPlan,
    index: usize,
    picture: &RgbImage,
) -> Result<String, Failure> {
    let look = &studio.cast.looks[index];
    let pinned = studio.lock.portraits.iter().position(|known| {
        known.name == look.name && known.words == look.words && known.outfit == look.outfit
    });
    // A portrait that was lost is made again under its name; a file there that is no
    // picture may be somebody's work.
    let lost = pinned.map(|known| PathBuf::from(&studio.lock.portraits[known].file));
    let file = lost
        .filter(|file| !casting::below(&script.folder, file).exists())
        .unwrap_or_else(|| vacant(&script.folder, look));
    let mut png = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut png, image::ImageFormat::Png)
        .expect("an RGB picture becomes PNG in memory");
    let path = casting::below(&script.folder, &file);
    write_whole(&path, png.get_ref()).map_err(|source| {
        let message = format!("cannot write `{}`: {source}", path.display());
        Failure::new(Exit::ShotFailed, message)
    })?;
    let portrait = Portrait {
        name: look.name.clone(),
        words: look.words.clone(),
        outfit: look.outfit.clone(),
        file: file.to_string_lossy().replace('\\', "/"),
        digest: blake3::hash(png.get_ref()).to_hex().to_string(),
    };
    match pinned {
        Some(known) => studio.lock.portraits[known] = portrait,
        None => studio.lock.portraits.push(portrait),
    }
    Ok(file.display().to_string())
}

struct Cut {
    film: PathBuf,
    printed: print::Printed,
}

fn cut(
    args: &BuildArgs,
    script: &Script,
    studio: &FilmPlan,
    vault: &Vault,
    progress: &dyn Progress,
) -> Result<Cut, Failure> {
    let film = args.output.clone().unwrap_or_else(|| film_of(script));
    let edl = assemble(&script.list);
    let settings = &studio.network.settings;
    let take =
        |shot: usize| take_file(vault, &studio.plan.shots[shot].recipes, settings.frame_rate);
    let mut on_event = |event| match event {
        print::PrintEvent::Planned { to_encode, .. } => {
            progress.report(&ProgressEvent::Print { done: 0, segments: to_encode });
        }
        print::PrintEvent::Encoded { done, of } => {
            progress.report(&ProgressEvent::Print { done, segments: of });
        }
        print::PrintEvent::Joining => {}
    };
    let printed = print(&script.list, &edl, &take, vault.root(), &film, &mut on_event)
        .map_err(|error| Failure::new(Exit::FilmFailed, error))?;
    Ok(Cut { film, printed })
}

/// A take of the vault, by the recipes of its pieces, as the cut uses it.
pub(crate) fn take_file(vault: &Vault, pieces: &[KeyedRecipe], frame_rate: u32) -> TakeFile {
    let digest = |recipe: &KeyedRecipe| {
        vault.payload_digest(&recipe.key()).unwrap_or_else(|| recipe.key().to_string())
    };
    let first = pieces.first().expect("a take has a piece");
    TakeFile {
        files: pieces
            .iter()
            .map(|recipe| (vault.payload(&recipe.key()), recipe.stored_frames()))
            .collect(),
        digest: pieces.iter().map(digest).collect::<Vec<_>>().join(" "),
        rate: Rate { numerator: frame_rate, denominator: 1 },
        width: first.width,
        height: first.height,
    }
}

/// Where a script's film goes when nobody says.
pub(crate) fn film_of(script: &Script) -> PathBuf {
    script.path.with_extension("mp4")
}

/// Looks whose picture is still to be made.
pub(crate) fn uncast(studio: &FilmPlan) -> Vec<usize> {
    (0..studio.chosen.len()).filter(|look| studio.chosen[*look].is_none()).collect()
}

/// What the author should know about what was chosen.
pub(crate) fn notes(script: &Script, studio: &FilmPlan) -> Vec<String> {
    let looks = studio.cast.looks.iter().zip(&studio.chosen);
    let pictures = looks.filter_map(|(look, chosen)| {
        let chosen = chosen.as_ref()?;
        let (file, name) = (chosen.file.display(), &look.name);
        Some(match chosen.note? {
            PortraitChange::Replaced => {
                format!("`{file}` was changed since it was chosen; shots with {name} follow it")
            }
            PortraitChange::TakenUp => format!("`{file}` is taken up as the portrait of {name}"),
        })
    });
    pictures.chain(offers(script, studio)).collect()
}

/// The digests of a model's files as the lock file keeps them.
fn pinned(network: &ModelFingerprint) -> BTreeMap<String, String> {
    let digests = network.digests.iter();
    digests.map(|(file, digest)| (file.clone(), digest.to_hex().to_string())).collect()
}

/// Holds the model against what the lock file says of it. A folder whose
/// files have changed is refused unless that was meant; the embedded model
/// changes with the program, which is said.
pub(crate) fn check_model(studio: &FilmPlan, accept: bool) -> Result<Option<String>, Failure> {
    let name = &studio.network.settings.name;
    let Some(before) = studio.lock.models.get(name) else { return Ok(None) };
    let now = pinned(&studio.network);
    if *before == now {
        return Ok(None);
    }
    let file = now
        .iter()
        .find(|(file, digest)| before.get(*file) != Some(digest))
        .map(|(file, _)| file)
        .or_else(|| before.keys().find(|file| !now.contains_key(*file)));
    let file = file.map_or("", String::as_str);
    match &studio.model.files {
        Files::Folder(folder) if !accept => {
            let path = folder.join(file);
            let message = format!(
                "`{}` is not the file that this film was made with ({})",
                path.display(),
                shoot::lock::FILE
            );
            Err(Failure::new(Exit::ShotFailed, message).help(
                "put the original back; or build with `--accept-model` to shoot the film with the new one",
            ))
        }
        _ => Ok(Some(format!(
            "the model {name} is not the one this film was made with: all of its takes are made again"
        ))),
    }
}
