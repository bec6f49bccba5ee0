//! The commands: what was typed becomes calls to the other rooms, and what
//! they return becomes text and exit codes.

mod args;
mod export_args;
mod options;
mod outcome;
mod output;
mod boards;
mod build;
mod cast;
mod check;
mod circle;
mod convert;
mod convert_args;
mod doctor;
mod explain;
mod export;
mod fmt;
mod lsp;
mod models;
mod new;
mod plan;
mod takes;
mod values;
mod vault;
mod watch;

use clap::Parser as _;

use self::args::{Args, Command, OutputFormat};
use self::outcome::{CommandResult, Exit, Failure};
use self::output::{eprint, unwritten};
use crate::diagnostic::chain;
use crate::report::progress::for_format;
use crate::report::{OutputStyle, failure};
use crate::shoot::progress::ProgressEvent;

/// Runs the command of the process's command line.
pub(crate) fn main() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // `--help` and `--version` come this way too, with exit code 0.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let style = OutputStyle::of_stderr();
    let events = prints_events(&args.command);
    let outcome = match args.command {
        Command::Build(args) => build::run(&args, style),
        Command::Boards(args) => boards::run(&args, style),
        Command::Check(args) => check::run(&args, style),
        Command::Plan(args) => plan::run(&args, style),
        Command::Explain(args) => explain::run(&args, style),
        Command::Convert(args) => convert::run(&args, style),
        Command::Export(args) => export::run(&args, style),
        Command::Watch(args) => watch::run(&args, style),
        Command::Cast(args) => cast::run(&args, style),
        Command::Takes(args) => takes::run(&args, style),
        Command::Circle(args) => circle::run(&args, style),
        Command::Fmt(args) => fmt::run(&args, style),
        Command::Lsp(args) => lsp::run(&args),
        Command::New(args) => new::run(&args),
        Command::Vault(args) => vault::run(&args),
        Command::Models(args) => models::run(&args),
        Command::Doctor(args) => Ok(doctor::run(&args)),
    };
    let outcome = outcome.and_then(|exit| unwritten().map_or(Ok(exit), Err));
    if let Some(failed) = failed(&outcome).filter(|_| events) {
        for_format(true, style).report(&failed);
    }
    match outcome {
        Ok(exit) => exit,
        Err(Failure { exit, error, help }) => {
            eprint(&failure::render(&*error, help.as_deref(), style));
            exit
        }
    }
}

/// Whether a command prints the events of its work as JSON.
fn prints_events(command: &Command) -> bool {
    let format = match command {
        Command::Build(args) => args.format,
        Command::Takes(args) => args.format,
        _ => return false,
    };
    format == OutputFormat::Json
}

/// The event of a failure.
fn failed(outcome: &CommandResult) -> Option<ProgressEvent> {
    let (message, help) = match outcome {
        Err(failure) => (chain(&*failure.error), failure.help.clone()),
        Ok(Exit::ScriptErrors) => {
            let help = "`photoplay check` lists them".to_owned();
            ("the script has errors".to_owned(), Some(help))
        }
        Ok(_) => return None,
    };
    Some(ProgressEvent::Failed { message, help })
}
