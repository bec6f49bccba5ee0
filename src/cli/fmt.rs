//! `photoplay fmt`: formats scripts.

use super::args::Fmt;
use super::{Exit, Failure, Outcome, say};
use crate::report::Style;
use crate::script::format;
use crate::source::{Sources, read_text, write_whole};

pub(super) fn run(args: &Fmt, _: Style) -> Outcome {
    let mut exit = Exit::Done;
    for path in &args.scripts {
        let failed = |error| Failure::new(Exit::ScriptErrors, error);
        let text = read_text(path).map_err(failed)?;
        let mut sources = Sources::default();
        let id = sources.add(path, text);
        let formatted = format::format(&sources, id);
        if formatted == sources.get(id).text {
            continue;
        }
        say(&format!("{}\n", path.display()));
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
