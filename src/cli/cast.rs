//! `photoplay cast`: the portraits and voices of the cast.

use std::path::PathBuf;

use serde_json::json;

use super::args::{CastArgs, OutputFormat};
use super::outcome::{CommandResult, Exit, Failure};
use super::output::{print, read_valid};
use crate::diagnostic::did_you_mean;
use crate::project::CheckedScript;
use crate::report::OutputStyle;
use crate::shoot::film_plan::FilmPlan;

pub(super) fn run(args: &CastArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project_on(&args.script, &args.device);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut film_plan = project.plan(&script)?;
    let heard = voices(&script, &film_plan, &[]);
    let heard: Vec<&str> = heard.iter().map(|(name, ..)| name.as_str()).collect();
    let looks = wanted(&film_plan, &args.names, &heard)?;
    if args.make {
        let uncast: Vec<usize> =
            looks.iter().copied().filter(|look| film_plan.chosen[*look].is_none()).collect();
        let all = uncast.is_empty() && cfg!(not(feature = "ffmpeg"));
        if !all && !make(&script, &mut film_plan, &uncast, args, style)? {
            return Ok(Exit::Interrupted);
        }
    }
    let voices = voices(&script, &film_plan, &args.names);
    match args.format {
        OutputFormat::Json => {
            let found = looks.iter().map(|look| to_json(&film_plan, *look));
            let heard = voices.iter().map(
                |(name, voice, sample)| json!({ "name": name, "voice": voice, "sample": sample }),
            );
            let found: Vec<_> = found.chain(heard).collect();
            print(&format!("{:#}\n", json!(found)));
        }
        OutputFormat::Human if looks.is_empty() && voices.is_empty() => {
            print("nobody needs a portrait\n");
        }
        OutputFormat::Human => {
            for look in looks {
                let file = match &film_plan.chosen[look] {
                    Some(chosen) => chosen.file.display().to_string(),
                    None => "to be made (`--make`, or the next build)".to_owned(),
                };
                let look = &film_plan.cast.looks[look];
                let outfit = match look.outfit.as_str() {
                    "" => String::new(),
                    outfit => format!(", wearing {outfit}"),
                };
                print(&format!("{}: {file}\n    {}{outfit}\n", look.name, look.words));
            }
            for (name, voice, sample) in &voices {
                let sample = sample.as_ref().map_or_else(
                    || "to be spoken (`--make`, or the next build)".to_owned(),
                    |sample| sample.display().to_string(),
                );
                print(&format!("{name} speaks as {voice}: {sample}\n"));
            }
        }
    }
    Ok(Exit::Done)
}

/// A speaker with a voice, and a file to hear it.
type HeardSample = (String, String, Option<PathBuf>);

#[cfg(not(feature = "ffmpeg"))]
fn voices(_: &CheckedScript, _: &FilmPlan, _: &[String]) -> Vec<HeardSample> {
    Vec::new()
}

/// The voices of those named, or all.
#[cfg(feature = "ffmpeg")]
fn voices(script: &CheckedScript, film_plan: &FilmPlan, names: &[String]) -> Vec<HeardSample> {
    use crate::project::voices::{heard_voices, sample_file};

    let named = |name: &str| {
        names.is_empty() || names.iter().any(|known| known.to_lowercase() == name.to_lowercase())
    };
    let heard = heard_voices(script, &film_plan.lock);
    let heard = heard.into_iter().filter(|voice| named(&voice.name));
    heard
        .map(|voice| {
            let sample = sample_file(script, &voice);
            (voice.name, voice.voice, sample)
        })
        .collect()
}

/// The looks of those named, or all. `heard` are those who speak.
fn wanted(film_plan: &FilmPlan, names: &[String], heard: &[&str]) -> Result<Vec<usize>, Failure> {
    let looks = &film_plan.cast.looks;
    let is = |look: usize, name: &String| looks[look].name.to_lowercase() == name.to_lowercase();
    for name in names {
        let speaks = heard.iter().any(|heard| heard.to_lowercase() == name.to_lowercase());
        if !speaks && !(0..looks.len()).any(|look| is(look, name)) {
            let known = looks.iter().map(|look| look.name.as_str());
            let near = did_you_mean(name, known.chain(heard.iter().copied()));
            let failure =
                Failure::new(Exit::Usage, format!("nobody in the cast is called `{name}`"));
            return Err(match near {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure,
            });
        }
    }
    Ok((0..looks.len())
        .filter(|look| names.is_empty() || names.iter().any(|name| is(*look, name)))
        .collect())
}

fn to_json(film_plan: &FilmPlan, look: usize) -> serde_json::Value {
    let chosen = film_plan.chosen[look].as_ref();
    let look = &film_plan.cast.looks[look];
    json!({
        "name": look.name,
        "words": look.words,
        "outfit": look.outfit,
        "given": look.given.is_some(),
        "file": chosen.map(|chosen| chosen.file.display().to_string()),
        "digest": chosen.map(|chosen| chosen.digest.to_hex().to_string()),
        "state": if chosen.is_some() { "cast" } else { "to_cast" },
    })
}

#[cfg(not(feature = "ffmpeg"))]
fn make(
    _: &CheckedScript,
    _: &mut FilmPlan,
    _: &[usize],
    _: &CastArgs,
    _: OutputStyle,
) -> Result<bool, Failure> {
    Err(super::build::unequipped("cast --make"))
}

#[cfg(feature = "ffmpeg")]
fn make(
    script: &CheckedScript,
    film_plan: &mut FilmPlan,
    uncast: &[usize],
    args: &CastArgs,
    style: OutputStyle,
) -> Result<bool, Failure> {
    use super::output::interruptible;
    use crate::project::Error;
    use crate::project::outputs::check_name;
    use crate::project::portraits::make_portraits;
    use crate::project::voices::{heard_voices, pin_voices, speak_samples};
    use crate::report::progress::for_format;
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::vault_of;
    use crate::shoot::lock::Lock;
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::vault::Vault;

    check_name(&script.path)?;
    let progress = for_format(args.format == OutputFormat::Json, style);
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(Error::from)?;
    let mut camera = RemoteCamera::new(&film_plan.model, &film_plan.fingerprint, &root, &*progress)
        .with_placement(placement(&film_plan.model, args.device.vram));
    let crew = (&vault, &mut camera as _);
    let cancel = interruptible();
    film_plan.lock = Lock::change(&script.folder, |lock| -> Result<(), Error> {
        pin_voices(script, lock);
        Ok(())
    })?;
    let heard = heard_voices(script, &film_plan.lock);
    Ok(speak_samples(script, &heard, &vault, &*progress, &cancel)
        && make_portraits(script, film_plan, uncast, crew, &*progress, &cancel)?)
}
