//! `photoplay fmt`: formats scripts.

use std::io::{self, Read as _};
use std::path::Path;

use super::args::FmtArgs;
use super::outcome::{CommandResult, Exit, Failure};
use super::output::{eprint, print};
use crate::report::{OutputStyle, failure};
use crate::script::format;
use crate::source::files::DiskFiles;
use crate::source::{self, Sources, read_text, write_whole};

pub(super) fn run(args: &FmtArgs, style: OutputStyle) -> CommandResult {
    let mut exit = Exit::Done;
    for path in &args.scripts {
        match format_one(path, args.check) {
            Ok(true) => {}
            Ok(false) => exit = Exit::ScriptErrors,
            // One file that cannot be read keeps no other from being formatted.
            Err(failed) if args.scripts.len() > 1 => {
                exit = Exit::ScriptErrors;
                eprint(&failure::render(&*failed.error, failed.help.as_deref(), style));
            }
            Err(failed) => return Err(failed),
        }
    }
    Ok(exit)
}

/// Formats a script, or with `check` only tells whether that would change it; `false` if
/// a script that is only checked would change.
fn format_one(path: &Path, check: bool) -> Result<bool, Failure> {
    let failed = |error: source::Error| {
        let help = error.help();
        let failure = Failure::new(Exit::ScriptErrors, error);
        match help {
            Some(help) => failure.help(help),
            None => failure,
        }
    };
    let piped = path == Path::new("-");
    let text = if piped { read_pipe()? } else { read_text(&DiskFiles, path).map_err(failed)? };
    let mut sources = Sources::default();
    let id = sources.add(if piped { Path::new("-.play") } else { path }, text);
    let formatted = format::format(&sources, id);
    if piped && !check {
        print(&formatted);
        return Ok(true);
    }
    if formatted == sources.get(id).text {
        return Ok(true);
    }
    print(&format!("{}\n", path.display()));
    if check {
        return Ok(false);
    }
    write_whole(path, formatted.as_bytes())
        .map_err(|source| Failure::unwritable(Exit::ScriptErrors, path, source))?;
    Ok(true)
}

fn read_pipe() -> Result<String, Failure> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).map_err(|error| {
        Failure::new(Exit::ScriptErrors, format!("cannot read standard input: {error}"))
    })?;
    Ok(text)
}
