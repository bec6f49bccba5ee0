//! `photoplay build`: from a script to a film.

use super::args::BuildArgs;
use super::outcome::CommandResult;
#[cfg(not(feature = "preview"))]
use super::outcome::{Exit, Failure};
use crate::report::OutputStyle;

/// The message of a binary that was built without some part.
#[cfg(not(feature = "preview"))]
pub(super) fn unequipped(command: &str) -> Failure {
    let part = if cfg!(feature = "ffmpeg") { "the preview" } else { "FFmpeg" };
    let message = format!("this photoplay was built without {part}: it cannot `{command}`");
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
    use super::output::{explain_interrupt, interrupted, interruptible, read_valid};
    use crate::breakdown::screenplay::PictureMotion;
    use crate::project::{BuildOutcome, Project, ProjectOptions};
    use crate::report::progress::for_format;

    let progress = for_format(args.format == OutputFormat::Json, style);
    let options = args.options.project_options(&args.device);
    let motion = args.reel.then_some(PictureMotion::Reel);
    let options = ProjectOptions { accept_model: args.accept_model, motion, ..options };
    let project = Project::open(&args.script).with_options(options);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    if args.animatic {
        let film = args.output.clone().unwrap_or_else(|| project.animatic_film());
        explain_interrupt("what is encoded is kept, and the same command goes on from here");
        project.build_animatic(&script, &film, &*progress)?;
        return stems(args, &project, style);
    }
    let cancel = interruptible();
    let usual = || if args.reel { project.reel_film() } else { project.film() };
    let film = args.output.clone().unwrap_or_else(usual);
    Ok(match project.build(&script, &film, &*progress, &cancel)? {
        BuildOutcome::Finished(_) => return stems(args, &project, style),
        BuildOutcome::Interrupted => interrupted(),
    })
}

/// Writes the stems of a film that was built, if they are asked for.
#[cfg(feature = "ffmpeg")]
fn stems(args: &BuildArgs, project: &crate::project::Project, style: OutputStyle) -> CommandResult {
    use super::outcome::Exit;
    use super::output::{eprint, read_valid};

    let Some(folder) = &args.stems else { return Ok(Exit::Done) };
    // Spoken lines have changed the lengths of shots.
    let Some(script) = read_valid(project, style)? else { return Ok(Exit::ScriptErrors) };
    match project.write_stems(&script, folder)?.as_slice() {
        [] => eprint("this film has no sound, and so no stems\n"),
        files => {
            for file in files {
                eprint(&format!("{}\n", file.display()));
            }
        }
    }
    Ok(Exit::Done)
}
