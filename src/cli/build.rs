//! `photoplay build`: from a script to a film.

use super::CommandResult;
use super::args::BuildArgs;
#[cfg(not(feature = "ffmpeg"))]
use super::{Exit, Failure};
use crate::report::OutputStyle;

/// What a binary without FFmpeg says.
#[cfg(not(feature = "ffmpeg"))]
pub(super) fn unequipped(command: &str) -> Failure {
    let message = format!("this photoplay was built without FFmpeg: it cannot `{command}`");
    Failure::new(Exit::ShotFailed, message).help(
        "`cargo install --path .` in the repository builds one that can; `check`, `plan`, `explain` and `fmt` work here",
    )
}

#[cfg(not(feature = "ffmpeg"))]
pub(super) fn run(_: &BuildArgs, _: OutputStyle) -> CommandResult {
    Err(unequipped("build"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &BuildArgs, style: OutputStyle) -> CommandResult {
    use super::args::OutputFormat;
    use crate::report::progress::for_format;

    let cancel = super::interruptible();
    let progress = for_format(args.format == OutputFormat::Json, style);
    crate::project::film::build(args, style, &*progress, &cancel)
}
