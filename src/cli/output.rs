//! What several commands do with the terminal: print data, messages and a
//! script's diagnostics, and stop at Ctrl-C.

use std::io::{self, Write as _};
use std::sync::OnceLock;

use super::outcome::{Exit, Failure};
use crate::project::{CheckedScript, Project};
use crate::report::OutputStyle;
use crate::report::diagnostics::{render_in, summary};
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
use crate::shoot::progress::Cancel;
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
use crate::source::unfinished::remove_unfinished;

/// A size for people, in decimal units: `1.2 MB`.
pub(super) fn bytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// Reads a script to make something of it. Prints its mistakes and returns
/// `None` if it has any.
pub(super) fn read_valid(
    project: &Project,
    style: OutputStyle,
) -> Result<Option<CheckedScript>, Failure> {
    let script = project.read()?;
    if script.has_errors() {
        eprint_diagnostics(&script, style);
        return Ok(None);
    }
    Ok(Some(script))
}

/// Prints all messages about a script, then how many there are.
pub(super) fn eprint_diagnostics(script: &CheckedScript, style: OutputStyle) {
    eprint(&render_in(&script.diagnostics, &script.sources, style));
    let summary = summary(&script.diagnostics);
    if !summary.is_empty() {
        eprint(&format!("{}: {summary}\n", script.path.display()));
    }
}

/// Prints that a command was stopped and how to resume it.
#[cfg(feature = "ffmpeg")]
pub(super) fn interrupted() -> Exit {
    eprint("interrupted; every finished take is kept, and the same command goes on from here\n");
    Exit::Interrupted
}

/// The first failure to write data.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Writes data to stdout. A reader that has gone away (`| head`) is no failure; any other
/// ends the command with [`unwritten`].
pub(super) fn print(text: &str) {
    let mut out = io::stdout().lock();
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    if let Err(error) = written
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        // Only the first is told.
        let _ = FAILED.set(error);
    }
}

/// Why not all data could be written.
pub(super) fn unwritten() -> Option<Failure> {
    let error = FAILED.get()?;
    let message = format!("cannot write to standard output: {error}");
    Some(Failure::new(Exit::Usage, message).help("what was written is not complete"))
}

/// Writes everything that is not data to stderr.
pub(super) fn eprint(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Lets Ctrl-C say what is kept and end the process at once: for work whose every file is
/// whole or absent.
#[cfg(feature = "ffmpeg")]
pub(super) fn explain_interrupt(kept: &'static str) {
    let handler = move || {
        let _held = remove_unfinished();
        eprint(&format!("interrupted; {kept}\n"));
        #[allow(clippy::exit, reason = "Ctrl-C; files are whole or absent")]
        std::process::exit(Exit::Interrupted as i32);
    };
    // Without a handler Ctrl-C ends the process without a word.
    let _ = ctrlc::set_handler(handler);
}

/// A wish to stop that Ctrl-C sets; a second Ctrl-C ends the process at once.
#[cfg(any(feature = "ffmpeg", feature = "hub"))]
pub(super) fn interruptible() -> Cancel {
    let cancel = Cancel::default();
    let asked = cancel.clone();
    let handler = move || {
        if asked.is_cancelled() {
            let _held = remove_unfinished();
            #[allow(clippy::exit, reason = "the second Ctrl-C; takes are whole or absent")]
            std::process::exit(Exit::Interrupted as i32);
        }
        asked.cancel();
    };
    // Without a handler Ctrl-C ends the process, which loses the current take only.
    let _ = ctrlc::set_handler(handler);
    cancel
}
