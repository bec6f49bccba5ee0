//! `photoplay models`: what can be shot with; how more of it comes here, and
//! whether it is whole.

mod add;
mod check;
mod shelf;
#[cfg(feature = "hub")]
mod pull;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::args::{ModelsAction, ModelsArgs, OutputFormat};
#[cfg(not(feature = "hub"))]
use super::outcome::Failure;
use super::outcome::{CommandResult, Exit};
use super::output::bytes;
use super::output::print;
use crate::diagnostic::chain;
use crate::model::{Error, Files, Model, ModelDefaults, Slot, is_model, shelf};

pub(super) fn run(args: &ModelsArgs) -> CommandResult {
    match &args.action {
        None => Ok(list(&[], args.format)),
        Some(ModelsAction::List { folders }) => Ok(list(folders, args.format)),
        Some(ModelsAction::Add { folder, name, copy }) => add::run(folder, name.as_deref(), *copy),
        Some(ModelsAction::Check { model }) => check::run(model, args.format),
        #[cfg(feature = "hub")]
        Some(ModelsAction::Pull { repository, revision, name }) => {
            pull::run(repository, revision, name.as_deref())
        }
        #[cfg(not(feature = "hub"))]
        Some(ModelsAction::Pull { .. }) => {
            Err(Failure::new(Exit::ShotFailed, "this photoplay was built without the hub"))
        }
    }
}

fn list(folders: &[PathBuf], format: OutputFormat) -> Exit {
    let mut found = vec![("embedded".to_owned(), Model::embedded())];
    let shelf = shelf();
    for folder in folders.iter().chain(&shelf) {
        for place in models_in(folder) {
            found.push((place.display().to_string(), Model::open(&place)));
        }
    }
    match format {
        OutputFormat::Json => {
            let models: Vec<Value> =
                found.iter().map(|(place, model)| to_json(place, model)).collect();
            print(&format!("{:#}\n", json!(models)));
        }
        OutputFormat::Human => {
            for (place, model) in &found {
                print(&human(place, model));
            }
            if let Some(shelf) = shelf {
                print(&format!(
                    "\nother models: folders in the diffusers layout, named by `--model DIR` or kept in {}\n",
                    shelf.display()
                ));
            }
        }
    }
    Exit::Done
}

/// A folder that is a model, or those in it that are.
fn models_in(folder: &Path) -> Vec<PathBuf> {
    if is_model(folder) {
        return vec![folder.to_owned()];
    }
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut models: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| is_model(path) && !hidden(path)).collect();
    models.sort();
    models
}

/// What is still being fetched.
fn hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Bytes of all of a model's files.
fn size(model: &Model) -> u64 {
    let files = model.list().unwrap_or_default();
    files
        .iter()
        .map(|file| match &model.files {
            Files::Embedded => model.read(file).map_or(0, |bytes| bytes.len() as u64),
            Files::Folder(folder) => folder.join(file).metadata().map_or(0, |meta| meta.len()),
        })
        .sum()
}

fn to_json(place: &str, model: &Result<Model, Error>) -> Value {
    match model {
        Ok(model) => json!({
            "place": place,
            "settings": model.defaults,
            "words": model.words,
            "bytes": size(model),
        }),
        Err(error) => json!({ "place": place, "error": chain(error) }),
    }
}

fn human(place: &str, model: &Result<Model, Error>) -> String {
    let model = match model {
        Ok(model) => model,
        Err(error) => return format!("{place}: {}\n", chain(error)),
    };
    let ModelDefaults { name, width, height, frame_rate, max_frames, steps, licence, .. } =
        &model.defaults;
    let mut text = format!(
        "{name} ({place}): {width}×{height} at {frame_rate} frames a second, {max_frames} frames at once, {steps} steps, {}, {licence}\n",
        bytes(size(model))
    );
    if let Some(words) = &model.words {
        let slots: [(&str, &Slot); 7] = [
            ("subjects", &words.subjects),
            ("places", &words.places),
            ("times", &words.times),
            ("actions", &words.actions),
            ("sizes", &words.sizes),
            ("moves", &words.moves),
            ("weather", &words.weathers),
        ];
        for (slot, known) in slots {
            let known: Vec<&str> = known.canonical().collect();
            writeln!(text, "    {slot}: {}", known.join(", ")).expect("a String takes everything");
        }
    }
    text
}
