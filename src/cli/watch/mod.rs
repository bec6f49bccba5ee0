//! `photoplay watch`: builds again after every save, and shows the film while
//! it is made.
//!
//! Here are the terminal, the browser and the address file; `session/` does the
//! work.

#[cfg(not(feature = "preview"))]
pub(super) fn run(
    _: &super::args::WatchArgs,
    _: crate::report::OutputStyle,
) -> super::outcome::CommandResult {
    Err(super::build::unequipped("watch"))
}

#[cfg(feature = "preview")]
pub(super) use equipped::run;

#[cfg(feature = "preview")]
mod address;
#[cfg(feature = "preview")]
mod terminal;

#[cfg(feature = "preview")]
mod equipped {
    use std::process::{Command, Stdio};

    use super::address::Address;
    use super::terminal::Terminal;
    use crate::cli::args::WatchArgs;
    use crate::cli::outcome::{CommandResult, Exit, Failure};
    use crate::cli::output::eprint;
    use crate::cli::output::interruptible;
    use crate::preview::server::serve;
    use crate::report::OutputStyle;
    use crate::shoot::film_plan::vault_of;
    use crate::source::folder_of;

    pub(in crate::cli) fn run(args: &WatchArgs, style: OutputStyle) -> CommandResult {
        let usage = |error: Box<dyn std::error::Error>| Failure::new(Exit::Usage, error);
        let interrupt = interruptible();
        let project = args.options.project_on(&args.script, &args.device);
        let film = args.output.clone().unwrap_or_else(|| project.film());
        let session = project.watch(film);
        let server = serve(session.screen(), args.port).map_err(|error| {
            usage(error.into()).help("choose another port with `--port`, or leave it out")
        })?;
        let address = Address::leave(&vault_of(&folder_of(&args.script)), &server.url);
        if args.open && !open(&server.url) {
            eprint(&format!("no browser could be started; the preview is at {}\n", server.url));
        }
        let mut terminal = Terminal::new(style, &server.url, address);
        session.run(&mut terminal, &interrupt)?;
        Ok(Exit::Interrupted)
    }

    /// Opens an address in the browser; whether that worked.
    fn open(url: &str) -> bool {
        let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let mut command = Command::new(program);
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok()
    }
}
