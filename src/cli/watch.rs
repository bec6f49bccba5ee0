//! `photoplay watch`: builds again after every save.

use super::Outcome;
use super::args::Watch;
use crate::report::Style;

#[cfg(not(feature = "ffmpeg"))]
pub(super) fn run(_: &Watch, _: Style) -> Outcome {
    Err(super::build::unequipped("watch"))
}

#[cfg(feature = "ffmpeg")]
pub(super) fn run(args: &Watch, style: Style) -> Outcome {
    use std::path::PathBuf;

    use super::args::{Build, Format};
    use super::build::interruptible;
    use super::film::build;
    use super::{Exit, Failure, tell};
    use crate::report::failure;
    use crate::report::progress::for_people;
    use crate::watch::Watcher;

    let interrupt = interruptible();
    let args = Build {
        script: args.script.clone(),
        output: args.output.clone(),
        reading: args.reading.clone(),
        accept_model: false,
        format: Format::Human,
    };
    let failed = |error| Failure::new(Exit::Usage, error);
    let mut watcher = Watcher::new().map_err(failed)?;
    let mut read: Vec<PathBuf> = vec![args.script.clone()];
    loop {
        watcher.watch(read.clone()).map_err(failed)?;
        let progress = for_people(style);
        match build(&args, style, &*progress, &interrupt) {
            Ok(built) => {
                read = built.read;
                if built.exit == Exit::ScriptErrors {
                    tell("the last good film is kept; watching for the next save\n");
                }
            }
            Err(Failure { error, help, .. }) => {
                tell(&failure::render(&*error, help.as_deref(), style));
            }
        }
        watcher.watch(read.clone()).map_err(failed)?;
        if interrupt.is_cancelled() || !watcher.wait(&|| interrupt.is_cancelled()) {
            return Ok(Exit::Interrupted);
        }
    }
}
