//! `photoplay models check`: whether a model is whole, and what is wrong.
//!
//! Files and digests are looked at here; whether the tensors are those of the
//! configurations the camera says, who knows the networks.

use std::path::Path;

use serde_json::json;

use super::super::args::OutputFormat;
use super::super::outcome::{CommandResult, Exit, Failure};
use super::super::output::print;
use crate::diagnostic::chain;
use crate::model::{self, Model};
use crate::shoot::remote;

pub(super) fn run(named: &str, format: OutputFormat) -> CommandResult {
    let folder = Path::new(named);
    let opened = if model::is_model(folder) { None } else { Model::named(named, Path::new("")) };
    let model = opened.unwrap_or_else(|| Model::open(folder));
    let model = model.map_err(|error| Failure::new(Exit::ShotFailed, error))?;
    let mut wrong = files(&model);
    wrong.extend(digests(&model));
    let mut unseen = None;
    if wrong.is_empty() {
        match remote::check(&model) {
            Ok(found) => wrong = found,
            Err(error) => unseen = Some(error),
        }
    }
    let notes: Vec<String> = unseen
        .iter()
        .map(|error| format!("the tensors were not looked at: {}", chain(error)))
        .collect();
    match format {
        OutputFormat::Json => {
            let report = json!({ "model": model.defaults.name, "wrong": wrong, "notes": notes });
            print(&format!("{report:#}\n"));
        }
        OutputFormat::Human => {
            for line in wrong.iter().chain(&notes) {
                print(&format!("{line}\n"));
            }
            if wrong.is_empty() && unseen.is_none() {
                print(&format!("{} is whole\n", model.defaults.name));
            }
        }
    }
    if let Some(error) = unseen {
        let message = format!("nobody can say whether `{}` is whole", model.defaults.name);
        let failure = Failure::new(Exit::ShotFailed, message);
        return Err(match error.help() {
            Some(help) => failure.help(help),
            None => failure,
        });
    }
    Ok(if wrong.is_empty() { Exit::Done } else { Exit::ShotFailed })
}

/// What is wrong with files and headers.
fn files(model: &Model) -> Vec<String> {
    let mut wrong = Vec::new();
    let networks = match model.networks() {
        Ok(networks) => networks,
        Err(error) => return vec![chain(&error)],
    };
    let mut required: Vec<String> =
        networks.iter().map(|(folder, _)| format!("{folder}/config.json")).collect();
    required
        .extend(["scheduler/scheduler_config.json", "tokenizer/tokenizer.json"].map(str::to_owned));
    for file in required.into_iter().filter(|file| !model.has(file)) {
        wrong.push(format!("`{file}` is missing"));
    }
    for (folder, stem) in networks {
        match model.checkpoint(folder, stem) {
            Err(error) => wrong.push(chain(&error)),
            Ok(checkpoint) => {
                let headers = checkpoint.files.iter().map(|file| model.header(file));
                wrong.extend(headers.filter_map(Result::err).map(|error| chain(&error)));
            }
        }
    }
    wrong
}

/// Files whose digest is not the one they were fetched with.
#[cfg(feature = "hub")]
fn digests(model: &Model) -> Vec<String> {
    let model::Files::Folder(folder) = &model.files else { return Vec::new() };
    let Some(origin) = crate::hub::read_origin(folder) else { return Vec::new() };
    let damaged = origin.files.iter().filter(|(file, digest)| {
        let found = model::is_below(file).then(|| crate::hub::sha256(&folder.join(file)));
        !found.is_some_and(|found| found.is_ok_and(|found| found == **digest))
    });
    damaged
        .map(|(file, _)| {
            let from = &origin.repository;
            format!("`{file}` is not the file that was fetched from {from}; remove the model and pull it again")
        })
        .collect()
}

#[cfg(not(feature = "hub"))]
fn digests(_: &Model) -> Vec<String> {
    Vec::new()
}
