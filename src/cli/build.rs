//! `photoplay build`: from a script to a film.

#[cfg(not(feature = "ffmpeg"))]
use super::Failure;
use super::args::Build;
use super::{Exit, Outcome};
use crate::report::Style;
#[cfg(feature = "ffmpeg")]
use crate::shoot::progress::Cancel;

/// What a binary without FFmpeg says.
#[cfg(not(feature = "ffmpeg"))]
pub(super) fn unequipped(command: &str) -> Failure {
    let message = format!("this photoplay was built without FFmpeg: it cannot `{command}`");
    Failure::new(Exit::ShotFailed, message).help(
        "`cargo install --path .` in the repository builds one that can; `check`, `plan`, `explain` and `fmt` work here",
    )
}

#[cfg(not(feature = "ffmpeg"))]
pub(super) fn run(_: &Build, _: Style) -> Outcome {
    Err(unequipped("build"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &Build, style: Style) -> Outcome {
    use super::args::Format;
    use crate::report::progress::{Json, for_people};

    let cancel = interruptible();
    let progress = match args.format {
        Format::Human => for_people(style),
        Format::Json => Box::new(Json),
    };
    super::film::build(args, style, &*progress, &cancel)
}

/// Ctrl-C asks to stop; a second one stops at once.
#[cfg(feature = "ffmpeg")]
pub(super) fn interruptible() -> Cancel {
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
