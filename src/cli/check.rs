//! `photoplay check`: all mistakes, nothing generated.

use std::path::Path;

use serde_json::json;

use super::args::{CheckArgs, ModelOptions, OutputFormat};
use super::{CommandResult, Exit, say, tell};
use crate::breakdown::prompts::advice::advise;
use crate::project::model_choice;
use crate::project::script::{self, Script};
use crate::report::{OutputStyle, diagnostics, failure};

pub(super) fn run(args: &CheckArgs, style: OutputStyle) -> CommandResult {
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for path in &args.scripts {
        match checked(path, &args.options) {
            Ok(script) => {
                if script.has_errors() {
                    exit = Exit::ScriptErrors;
                }
                match args.format {
                    OutputFormat::Human => report(&script, style),
                    OutputFormat::Json => found.push(json!({
                        "script": path.display().to_string(),
                        "diagnostics": diagnostics::json(&script.diagnostics, &script.sources),
                    })),
                }
            }
            // One script that cannot be read does not hide the mistakes of the others.
            Err(failure) if args.scripts.len() > 1 => {
                exit = Exit::ScriptErrors;
                tell(&failure::render(&*failure.error, failure.help.as_deref(), style));
            }
            Err(failure) => return Err(failure),
        }
    }
    if args.format == OutputFormat::Json {
        say(&format!("{:#}\n", serde_json::Value::from(found)));
    }
    Ok(exit)
}

/// A script with what its model will not understand.
fn checked(path: &Path, options: &ModelOptions) -> Result<Script, super::Failure> {
    let mut failed = None;
    let script = script::read_with(path, options, |list, folder| {
        match model_choice::model(list, folder, options) {
            Ok(model) => advise(list, &model),
            Err(failure) => {
                failed = Some(failure);
                Vec::new()
            }
        }
    })?;
    failed.map_or(Ok(script), Err)
}

fn report(script: &Script, style: OutputStyle) {
    if script.diagnostics.is_empty() {
        tell(&format!("{}: no mistakes\n", script.path.display()));
    } else {
        script.tell_all(style);
    }
}
