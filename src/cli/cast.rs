//! `photoplay cast`: the portraits of the cast.

use serde_json::json;

use super::args::{CastArgs, OutputFormat};
use super::{CommandResult, Exit, Failure, say};
use crate::diagnostic::did_you_mean;
use crate::project::{plan, script};
use crate::report::OutputStyle;
use crate::shoot::film_plan::FilmPlan;

pub(super) fn run(args: &CastArgs, style: OutputStyle) -> CommandResult {
    let Some(script) = script::read_valid(&args.script, &args.options, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let mut studio = plan::open(&script, &args.options)?;
    let looks = wanted(&studio, &args.names)?;
    if args.make {
        let uncast: Vec<usize> =
            looks.iter().copied().filter(|look| studio.chosen[*look].is_none()).collect();
        if !uncast.is_empty() && !make(&script, &mut studio, &uncast, args, style)? {
            return Ok(Exit::Interrupted);
        }
    }
    match args.format {
        OutputFormat::Json => {
            let told: Vec<_> = looks.iter().map(|look| told(&studio, *look)).collect();
            say(&format!("{:#}\n", json!(told)));
        }
        OutputFormat::Human if looks.is_empty() => say("nobody needs a portrait\n"),
        OutputFormat::Human => {
            for look in looks {
                let file = match &studio.chosen[look] {
                    Some(chosen) => chosen.file.display().to_string(),
                    None => "to be made (`--make`, or the next build)".to_owned(),
                };
                let look = &studio.cast.looks[look];
                let outfit = match look.outfit.as_str() {
                    "" => String::new(),
                    outfit => format!(", wearing {outfit}"),
                };
                say(&format!("{}: {file}\n    {}{outfit}\n", look.name, look.words));
            }
        }
    }
    Ok(Exit::Done)
}

/// The looks of those named, or all.
fn wanted(studio: &FilmPlan, names: &[String]) -> Result<Vec<usize>, Failure> {
    let looks = &studio.cast.looks;
    let is = |look: usize, name: &String| looks[look].name.to_lowercase() == name.to_lowercase();
    for name in names {
        if !(0..looks.len()).any(|look| is(look, name)) {
            let near = did_you_mean(name, looks.iter().map(|look| look.name.as_str()));
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

fn told(studio: &FilmPlan, look: usize) -> serde_json::Value {
    let chosen = studio.chosen[look].as_ref();
    let look = &studio.cast.looks[look];
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
    _: &script::Script,
    _: &mut FilmPlan,
    _: &[usize],
    _: &CastArgs,
    _: OutputStyle,
) -> Result<bool, Failure> {
    Err(super::build::unequipped("cast --make"))
}

#[cfg(feature = "ffmpeg")]
fn make(
    script: &script::Script,
    studio: &mut FilmPlan,
    uncast: &[usize],
    args: &CastArgs,
    style: OutputStyle,
) -> Result<bool, Failure> {
    use super::interruptible;
    use crate::project::film::make_portraits;
    use crate::report::progress::for_format;
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::vault_of;
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::vault::Vault;

    let progress = for_format(args.format == OutputFormat::Json, style);
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(|error| Failure::new(Exit::ShotFailed, error))?;
    let mut camera = RemoteCamera::new(&studio.model, &studio.network, &root, &*progress)
        .placed(placement(&studio.model, args.device.vram));
    make_portraits(script, studio, uncast, (&vault, &mut camera), &*progress, &interruptible())
}
