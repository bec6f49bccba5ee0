//! `photoplay cast`: the portraits of the cast.

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
    let looks = wanted(&film_plan, &args.names)?;
    if args.make {
        let uncast: Vec<usize> =
            looks.iter().copied().filter(|look| film_plan.chosen[*look].is_none()).collect();
        if !uncast.is_empty() && !make(&script, &mut film_plan, &uncast, args, style)? {
            return Ok(Exit::Interrupted);
        }
    }
    match args.format {
        OutputFormat::Json => {
            let found: Vec<_> = looks.iter().map(|look| to_json(&film_plan, *look)).collect();
            print(&format!("{:#}\n", json!(found)));
        }
        OutputFormat::Human if looks.is_empty() => print("nobody needs a portrait\n"),
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
        }
    }
    Ok(Exit::Done)
}

/// The looks of those named, or all.
fn wanted(film_plan: &FilmPlan, names: &[String]) -> Result<Vec<usize>, Failure> {
    let looks = &film_plan.cast.looks;
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
    use crate::project::portraits::make_portraits;
    use crate::report::progress::for_format;
    use crate::shoot::estimate::placement;
    use crate::shoot::film_plan::vault_of;
    use crate::shoot::remote::RemoteCamera;
    use crate::shoot::vault::Vault;

    let progress = for_format(args.format == OutputFormat::Json, style);
    let root = vault_of(&script.folder);
    let vault = Vault::open(&root).map_err(Error::from)?;
    let mut camera = RemoteCamera::new(&film_plan.model, &film_plan.fingerprint, &root, &*progress)
        .with_placement(placement(&film_plan.model, args.device.vram));
    let crew = (&vault, &mut camera as _);
    Ok(make_portraits(script, film_plan, uncast, crew, &*progress, &interruptible())?)
}
