//! `photoplay check`: all mistakes, nothing generated.

use std::path::Path;

use serde_json::json;

use super::args::{Check, Format, Reading};
use super::project::{self, Script};
use super::{Exit, Outcome, say, studio, tell};
use crate::breakdown::allow::allow;
use crate::breakdown::prompts::advice::advise;
use crate::report::{OutputStyle, diagnostics, failure};

pub(super) fn run(args: &Check, style: OutputStyle) -> Outcome {
    let mut exit = Exit::Done;
    let mut found = Vec::new();
    for path in &args.scripts {
        match checked(path, &args.reading) {
            Ok(script) => {
                if script.has_errors() {
                    exit = Exit::ScriptErrors;
                }
                match args.format {
                    Format::Human => report(&script, style),
                    Format::Json => found.push(json!({
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
    if args.format == Format::Json {
        say(&format!("{:#}\n", serde_json::Value::from(found)));
    }
    Ok(exit)
}

/// A script with what its model will not understand.
fn checked(path: &Path, reading: &Reading) -> Result<Script, super::Failure> {
    let mut script = project::read(path, reading)?;
    let model = studio::model(&script, reading)?;
    let advice = advise(&script.list, &model);
    script.diagnostics.extend(allow(&script.tree, advice));
    script.diagnostics.sort_by_key(|found| (found.span, std::cmp::Reverse(found.severity)));
    Ok(script)
}

fn report(script: &Script, style: OutputStyle) {
    if script.diagnostics.is_empty() {
        tell(&format!("{}: no mistakes\n", script.path.display()));
    } else {
        script.tell_all(style);
    }
}
