//! `photoplay plan`: the shot list, with keys and what is cached.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use super::args::{OutputFormat, PlanArgs};
use super::outcome::{CommandResult, Exit};
use super::output::bytes;
use super::output::{print, read_valid};
use crate::breakdown::shot::{Card, Picture};
use crate::casting::names::unused_path;
use crate::cut::assemble::assemble;
use crate::cut::plan_report::{PlanReport, StillReport, TakeReport, TakeState, plan_report};
use crate::model::ControlSignal;
use crate::project::CheckedScript;
use crate::project::hearing::{PlannedLine, planned_lines};
use crate::report::progress::short;
use crate::report::{OutputStyle, plural};
use crate::shoot::drive::survey;
use crate::shoot::estimate::{self, MemoryEstimate};
use crate::shoot::film_plan::{FilmPlan, vault_of};
use crate::shoot::plan::ShotTakes;
use crate::shoot::recipe::{Recipe, RecipeControl, TakeKey};
use crate::shoot::vault::glance;

pub(super) fn run(args: &PlanArgs, style: OutputStyle) -> CommandResult {
    let project = args.options.project_on(&args.script, &args.device);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let film_plan = project.plan(&script)?;
    let vram = args.device.vram;
    match args.format {
        OutputFormat::Json => {
            let plan = json(&script, &film_plan);
            let lines = planned_lines(&script.list, &script.heard, &film_plan.lock);
            let estimate = Estimate::of(&script, &film_plan, vram);
            let output = PlanOutput { plan, lines, estimate };
            let text = serde_json::to_string_pretty(&output).expect("a plan is plain data");
            print(&format!("{text}\n"));
        }
        OutputFormat::Human => print(&human(&script, &film_plan, vram)),
    }
    Ok(Exit::Done)
}

/// The plan as JSON.
#[derive(Serialize)]
struct PlanOutput {
    #[serde(flatten)]
    plan: PlanReport,
    /// What is said, and whether it was spoken; nothing of a silent film.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    lines: Vec<PlannedLine>,
    estimate: Estimate,
}

/// What shooting the rest will take, as far as it can be known.
#[derive(Serialize)]
struct Estimate {
    /// `None` where the model's files are not what they should be.
    memory: Option<MemoryEstimate>,
    /// `None` until a take of this model was made here.
    seconds: Option<f64>,
}

impl Estimate {
    fn of(script: &CheckedScript, film_plan: &FilmPlan, vram: Option<u64>) -> Self {
        let vault = vault_of(&script.folder);
        let mut seen = BTreeSet::new();
        let missing =
            film_plan.work(&script.list).1.shots.iter().flat_map(ShotTakes::all_recipes).filter(
                |recipe| {
                    let key = recipe.key();
                    seen.insert(key) && !glance(&vault, &key)
                },
            );
        let missing: Vec<&Recipe> = missing.map(|recipe| &**recipe).collect();
        let seconds =
            if missing.is_empty() { Some(0.0) } else { estimate::seconds(&vault, &missing) };
        Self { memory: estimate::memory(&film_plan.model, vram).ok(), seconds }
    }

    fn words(&self, to_make: usize, vram: Option<u64>) -> String {
        let mut words = Vec::new();
        if to_make > 0 {
            words.push(match self.seconds {
                Some(seconds) => {
                    format!(
                        "about {} to shoot, judging by earlier takes on this machine",
                        short(seconds)
                    )
                }
                None => "no estimate of time before the first take on this machine".to_owned(),
            });
        }
        if let Some(MemoryEstimate { text_encoder, transformer, vae, most, placement, .. }) =
            self.memory
        {
            words.push(format!(
                "about {} of memory: transformer {}{}, text encoder {}{}, autoencoder {}",
                bytes(most),
                bytes(transformer),
                if placement.streamed { " (a block at a time)" } else { "" },
                bytes(text_encoder),
                if placement.read_on_cpu { " (on the CPU)" } else { "" },
                bytes(vae)
            ));
            if vram.is_some_and(|vram| most > vram) {
                words.push(
                    "that is more than `--vram` allows: film in a smaller format, or with a smaller model".to_owned(),
                );
            }
        }
        words.join("\n")
    }
}

/// The stills of a shot of a story reel.
fn stills(film_plan: &FilmPlan, vault: &Path, shot: usize) -> Vec<StillReport> {
    let Some(reel) = &film_plan.reel else { return Vec::new() };
    let stills = reel.shots[shot].iter().flat_map(|planned| &planned.stills);
    stills
        .map(|still| {
            let takes = &reel.takes.shots[*still];
            StillReport {
                shows: reel.list.shots[*still].shows.to_string(),
                prompt: takes.prompt.clone(),
                key: takes.key.map(|key| key.to_string()),
                state: match takes.key {
                    None => TakeState::ToCast,
                    Some(key) if glance(vault, &key) => TakeState::Cached,
                    Some(_) => TakeState::ToShoot,
                },
            }
        })
        .collect()
}

/// Where a shot's take stands, or its stills.
fn state(film_plan: &FilmPlan, vault: &Path, shot: usize) -> TakeState {
    let stills = stills(film_plan, vault, shot);
    let has = |state: TakeState| stills.iter().any(|still| still.state == state);
    if !stills.is_empty() {
        let waits = [TakeState::ToCast, TakeState::ToShoot].into_iter().find(|state| has(*state));
        return waits.unwrap_or(TakeState::Cached);
    }
    match (film_plan.owner(shot), film_plan.key(shot)) {
        (None, _) => TakeState::Drawn,
        (Some(_), None) => TakeState::ToCast,
        (Some(_), Some(_)) if film_plan.takes.is_held(shot, &|key| glance(vault, key)) => {
            TakeState::Cached
        }
        (Some(_), Some(_)) => TakeState::ToShoot,
    }
}

fn json(script: &CheckedScript, film_plan: &FilmPlan) -> PlanReport {
    let vault = vault_of(&script.folder);
    let edl = assemble(&script.list);
    plan_report(&script.list, &edl, |index, _| {
        let owner = film_plan.takes.shots[index].take.unwrap_or(index);
        let planned = &film_plan.takes.shots[owner];
        // What a story reel is made of has keys of its own.
        let key = film_plan.key(index).filter(|_| film_plan.reel.is_none());
        TakeReport {
            references: planned
                .looks
                .iter()
                .map(|look| picture(script, film_plan, *look))
                .collect(),
            prompt: film_plan.prompt(index),
            key: key.map(|key| key.to_string()),
            state: state(film_plan, &vault, index),
            control: control(film_plan, owner).filter(|_| film_plan.reel.is_none()),
            first_still: first_still(film_plan, owner).map(|still| still.to_string()),
            stills: stills(film_plan, &vault, index),
        }
    })
}

/// What controls the take of a shot, as a script would ask for it.
fn control(film_plan: &FilmPlan, shot: usize) -> Option<String> {
    let recipe = film_plan.takes.shots[shot].recipes.first()?;
    let RecipeControl { signal: ControlSignal::Depth, scale, .. } = recipe.control?;
    Some(format!("depth {scale}"))
}

/// The circled still that the take of a shot begins with.
fn first_still(film_plan: &FilmPlan, shot: usize) -> Option<TakeKey> {
    let still = film_plan.takes.shots[shot].still.as_ref();
    still.filter(|_| film_plan.reel.is_none()).map(|still| still.recipe.key())
}

/// The picture of a look, or where its portrait will be.
fn picture(script: &CheckedScript, film_plan: &FilmPlan, look: usize) -> String {
    let file = match &film_plan.chosen[look] {
        Some(chosen) => chosen.file.clone(),
        None => {
            let grammar = &script.list.vocabulary.grammar;
            unused_path(
                script.sources.files(),
                &script.folder,
                &film_plan.cast.looks[look],
                grammar,
            )
        }
    };
    file.strip_prefix(&script.folder).unwrap_or(&file).display().to_string()
}

/// A state in its own word.
fn word(state: TakeState) -> &'static str {
    match state {
        TakeState::Cached => "cached",
        TakeState::ToShoot => "to_shoot",
        TakeState::ToCast => "to_cast",
        TakeState::Drawn => "",
    }
}

fn human(script: &CheckedScript, film_plan: &FilmPlan, vram: Option<u64>) -> String {
    let list = &script.list;
    let vault = vault_of(&script.folder);
    let mut text = String::new();
    let mut line = |line: String| writeln!(text, "{line}").expect("a String takes everything");
    let lines = planned_lines(&script.list, &script.heard, &film_plan.lock);
    let mut scene = "";
    for (index, shot) in list.shots.iter().enumerate() {
        if *shot.scene != *scene && !shot.scene.is_empty() {
            scene = &shot.scene;
            line(String::new());
        }
        let length = list.settings.rate.duration(shot.frames).to_string();
        let state = word(state(film_plan, &vault, index));
        let shows = match &shot.picture {
            Picture::Card(Card { lines, .. }) => format!("card: {}", lines.join(" / ")),
            _ => shot.shows.to_string(),
        };
        line(format!("{:>6}  {length:>6}  {state:<8}  {shows}", shot.number));
        for said in lines.iter().filter(|said| said.shot == shot.number) {
            line(format!("{:26}{}", "", said.in_words(list.settings.rate)));
        }
        let planned = &film_plan.takes.shots[index];
        let stills = stills(film_plan, &vault, index);
        for still in &stills {
            let state = word(still.state);
            line(format!("{:26}{}: {} ({state})", "", still.shows, still.prompt));
        }
        if film_plan.reel.is_some() {
            continue;
        }
        if !planned.prompt.is_empty() {
            line(format!("{:26}{}", "", planned.prompt));
        }
        for look in &planned.looks {
            let name = &film_plan.cast.looks[*look].name;
            let made = if film_plan.chosen[*look].is_some() { "" } else { " (to be made)" };
            line(format!("{:26}{name}: {}{made}", "", picture(script, film_plan, *look)));
        }
        if let Some(control) = control(film_plan, index) {
            line(format!("{:26}follows its blocking: {control}", ""));
        }
        if let Some(still) = first_still(film_plan, index) {
            line(format!("{:26}begins with its circled still {}", "", still.short()));
        }
        if let Some(key) = planned.key {
            line(format!("{:26}take {}", "", key.short()));
        }
    }
    let survey = survey(film_plan.work(list).1, &|key| glance(&vault, key));
    let waiting = (0..list.shots.len())
        .filter(|shot| state(film_plan, &vault, *shot) == TakeState::ToCast)
        .count();
    line(String::new());
    line(format!(
        "{}, {}: {} to make, {} cached{}",
        plural(list.shots.len(), "shot"),
        list.settings.rate.duration(list.frames()),
        plural(survey.to_make, if film_plan.reel.is_some() { "still" } else { "take" }),
        survey.cached,
        if waiting > 0 { format!(", {waiting} wait for a portrait") } else { String::new() }
    ));
    if film_plan.reel.is_some() {
        line("pictures by diffusion, moved by the blocking".to_owned());
    }
    line(Estimate::of(script, film_plan, vram).words(survey.to_make, vram));
    text
}
