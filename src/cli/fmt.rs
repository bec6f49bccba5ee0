//! `photoplay fmt`: formats scripts.

use std::io::{self, Read as _};
use std::path::Path;

use super::args::FmtArgs;
use super::outcome::{CommandResult, Exit, Failure};
use super::output::print;
use crate::report::OutputStyle;
use crate::script::format;
use crate::source::files::DiskFiles;
use crate::source::{Sources, read_text, write_whole};

pub(super) fn run(args: &FmtArgs, _: OutputStyle) -> CommandResult {
    let mut exit = Exit::Done;
    for path in &args.scripts {
        let failed = |error| Failure::new(Exit::ScriptErrors, error);
        let piped = path == Path::new("-");
        let text =
            if piped { read_pipe()? } else { read_text(&DiskFiles, path).map_err(failed)? };
        let mut sources = Sources::default();
        let id = sources.add(if piped { Path::new("-.play") } else { path }, text);
        let formatted = format::format(&sources, id);
        let same = formatted == sources.get(id).text;
        if piped && !args.check {
            print(&formatted);
            continue;
        }
        if same {
            continue;
        }
        print(&format!("{}\n", path.display()));
        if args.check {
            exit = Exit::ScriptErrors;
        } else {
            write_whole(path, formatted.as_bytes()).map_err(|source| {
                let message = format!("cannot write `{}`: {source}", path.display());
                Failure::new(Exit::ScriptErrors, message)
            })?;
        }
    }
    Ok(exit)
}

fn read_pipe() -> Result<String, Failure> {
    let mut text = String::new();
    io::stdin().lock().read_to_string(&mut text).map_err(|error| {
        Failure::new(Exit::ScriptErrors, format!("cannot read standard input: {error}"))
    })?;
    Ok(text)
}
