//! `photoplay build`: from a script to a film.

use super::args::BuildArgs;
use super::outcome::CommandResult;
#[cfg(not(feature = "ffmpeg"))]
use super::outcome::{Exit, Failure};
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
    use super::outcome::Exit;
    use super::output::{interrupted, interruptible, read_valid};
    use crate::project::{BuildOutcome, Project, ProjectOptions};
    use crate::report::progress::for_format;

    let cancel = interruptible();
    let progress = for_format(args.format == OutputFormat::Json, style);
    let options = args.options.project_options(&args.device);
    let options = ProjectOptions { accept_model: args.accept_model, ..options };
    let project = Project::open(&args.script).with_options(options);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let film = args.output.clone().unwrap_or_else(|| project.film());
    Ok(match project.build(&script, &film, &*progress, &cancel)? {
        BuildOutcome::Finished(_) => Exit::Done,
        BuildOutcome::Interrupted => interrupted(),
    })
}
