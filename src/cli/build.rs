//! `photoplay build`: from a script to a film.

use super::Outcome;
use super::args::Build;
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
pub(super) fn run(_: &Build, _: OutputStyle) -> Outcome {
    Err(unequipped("build"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &Build, style: OutputStyle) -> Outcome {
    use super::args::Format;
    use crate::report::progress::for_format;

    let cancel = super::interruptible();
    let progress = for_format(args.format == Format::Json, style);
    super::film::build(args, style, &*progress, &cancel)
}
