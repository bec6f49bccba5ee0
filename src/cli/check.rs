//! `photoplay check`: all mistakes, nothing generated.

use std::path::Path;

use serde_json::json;

use super::args::{CheckArgs, OutputFormat};
use super::outcome::{CommandResult, Exit};
use super::output::{eprint, eprint_diagnostics, print};
use crate::project::{self, CheckedScript, ErrorClass};
use crate::report::{OutputStyle, diagnostics, failure};

pub(super) fn run(args: &CheckArgs, style: OutputStyle) -> CommandResult {
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for path in &args.scripts {
        match args.options.project(path).check() {
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
            Err(failure) if is_of_one_script(&failure, args, path, style) => {
                exit = Exit::ScriptErrors;
                eprint(&failure::render(&failure, failure.help().as_deref(), style));
            }
            Err(failure) => return Err(failure.into()),
        }
    }
    if args.format == OutputFormat::Json {
        print(&format!("{:#}\n", serde_json::Value::from(found)));
    }
    Ok(exit)
}

/// Whether a failure keeps no other script from being checked, and leaves something to
/// say of this one.
fn is_of_one_script(
    failure: &project::Error,
    args: &CheckArgs,
    path: &Path,
    style: OutputStyle,
) -> bool {
    failure.class() != ErrorClass::Request
        && (args.scripts.len() > 1 || is_readable(args, path, style))
}

/// Reports the diagnostics of a script without its model, unless the script cannot be read.
fn is_readable(args: &CheckArgs, path: &Path, style: OutputStyle) -> bool {
    let read = args.options.project(path).read();
    // Does not call a script free of mistakes if its model could not be read.
    if let (Ok(script), OutputFormat::Human) = (&read, args.format)
        && !script.diagnostics.is_empty()
    {
        report(script, style);
    }
    read.is_ok()
}

fn report(script: &CheckedScript, style: OutputStyle) {
    if script.diagnostics.is_empty() {
        eprint(&format!("{}: no mistakes\n", script.path.display()));
    } else {
        eprint_diagnostics(script, style);
    }
}
