//! The commands: what was typed becomes calls to the other rooms, and what
//! they say becomes text and exit codes.

pub mod args;
mod build;
mod cast;
mod check;
mod circle;
mod doctor;
mod explain;
mod fmt;
mod lsp;
mod models;
mod new;
mod plan;
mod takes;
mod vault;
mod watch;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Args, Command};
use crate::project::{self, CheckedScript, ErrorClass, Project};
use crate::report::diagnostics::{render_in, summary};
use crate::report::{OutputStyle, failure};
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
use crate::shoot::progress::Cancel;

/// What a command ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything is done.
    Done = 0,
    /// The script, or a file beside it, has errors.
    ScriptErrors = 1,
    /// The command line is not understood.
    Usage = 2,
    /// A shot could not be made.
    ShotFailed = 3,
    /// The film could not be put together.
    FilmFailed = 4,
    /// Interrupted; everything that was finished is kept.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// A failure that ends a command: what is said and the exit code.
#[derive(Debug)]
struct Failure {
    exit: Exit,
    error: Box<dyn Error>,
    help: Option<String>,
}

impl Failure {
    fn new(exit: Exit, error: impl Into<Box<dyn Error>>) -> Self {
        Self { exit, error: error.into(), help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<project::Error> for Failure {
    fn from(error: project::Error) -> Self {
        let exit = match error.class() {
            ErrorClass::Script => Exit::ScriptErrors,
            ErrorClass::Request => Exit::Usage,
            ErrorClass::Shot => Exit::ShotFailed,
            ErrorClass::Film => Exit::FilmFailed,
        };
        let help = error.help();
        Self { exit, error: error.into(), help }
    }
}

/// The result of a command.
type CommandResult = Result<Exit, Failure>;

/// Runs the command of the process's command line.
pub fn main() -> Exit {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // `--help` and `--version` come this way too, with exit code 0.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let style = OutputStyle::of_stderr();
    let outcome = match args.command {
        Command::Build(args) => build::run(&args, style),
        Command::Check(args) => check::run(&args, style),
        Command::Plan(args) => plan::run(&args, style),
        Command::Explain(args) => explain::run(&args, style),
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
    match outcome {
        Ok(exit) => exit,
        Err(Failure { exit, error, help }) => {
            eprint(&failure::render(&*error, help.as_deref(), style));
            exit
        }
    }
}

/// Reads a script to make something of it. Prints its mistakes and returns
/// `None` if it has any.
fn read_valid(project: &Project, style: OutputStyle) -> Result<Option<CheckedScript>, Failure> {
    let script = project.read()?;
    if script.has_errors() {
        eprint_diagnostics(&script, style);
        return Ok(None);
    }
    Ok(Some(script))
}

/// Prints all messages about a script, then how many there are.
fn eprint_diagnostics(script: &CheckedScript, style: OutputStyle) {
    eprint(&render_in(&script.diagnostics, &script.sources, style));
    let summary = summary(&script.diagnostics);
    if !summary.is_empty() {
        eprint(&format!("{}: {summary}\n", script.path.display()));
    }
}

/// Says that a command was stopped, and how it goes on.
#[cfg(feature = "ffmpeg")]
fn interrupted() -> Exit {
    eprint("interrupted; every finished take is kept, and the same command goes on from here\n");
    Exit::Interrupted
}

/// Data for whoever asked. A reader that has gone away (`| head`) is no failure.
fn say(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// Everything else.
fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Ctrl-C asks to stop; a second one stops at once.
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
fn interruptible() -> Cancel {
    let cancel = Cancel::default();
    let asked = cancel.clone();
    let handler = move || {
        if asked.is_cancelled() {
            #[allow(clippy::exit, reason = "the second Ctrl-C; takes are whole or absent")]
            std::process::exit(Exit::Interrupted as i32);
        }
        asked.cancel();
    };
    // Without a handler Ctrl-C ends the process, which loses the take in work only.
    let _ = ctrlc::set_handler(handler);
    cancel
}
