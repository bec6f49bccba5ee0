//! `photoplay boards`: pictures of every shot.

use super::args::BoardsArgs;
use super::outcome::CommandResult;
use crate::report::OutputStyle;

#[cfg(not(feature = "ffmpeg"))]
pub(super) fn run(_: &BoardsArgs, _: OutputStyle) -> CommandResult {
    Err(super::build::unequipped("boards"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &BoardsArgs, style: OutputStyle) -> CommandResult {
    use super::outcome::Exit;
    use super::output::{eprint, explain_interrupt, read_valid};
    use crate::project::{Project, ProjectOptions};
    use crate::report::{failure, plural};

    let options =
        ProjectOptions { strictness: args.strictness.strictness(), ..ProjectOptions::default() };
    let project = Project::open(&args.script).with_options(options);
    let Some(script) = read_valid(&project, style)? else {
        return Ok(Exit::ScriptErrors);
    };
    let folder = args.output.clone().unwrap_or_else(|| project.boards_folder());
    explain_interrupt("the boards drawn so far are there, and the same command draws all of them");
    eprint(&format!("drawing the boards of {}\n", script.path.display()));
    let drawn = project.draw_boards(&script, &folder)?;
    for note in &drawn.notes {
        eprint(&failure::warning(note, style));
    }
    let boards = plural(drawn.boards, "board");
    eprint(&format!("{}: {boards} of {}\n", drawn.page.display(), plural(drawn.shots, "shot")));
    Ok(Exit::Done)
}
