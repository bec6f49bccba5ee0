//! `photoplay watch`: builds again after every save, and shows the film while
//! it is made.
//!
//! ```text
//! files ─stir→ desk ─orders→ camera (portraits, drafts, takes)
//!               │  ↖──────────told──────────────┘
//!               ├──orders→ cutter (stills, pieces, the film)
//!               │  ↖──────told────┘
//!               └─shows→ preview page, editors, terminal
//! ```

#[cfg(not(feature = "preview"))]
pub(super) fn run(
    _: &super::args::WatchArgs,
    _: crate::report::OutputStyle,
) -> super::CommandResult {
    Err(super::build::unequipped("watch"))
}

#[cfg(feature = "preview")]
pub(super) use equipped::run;

#[cfg(feature = "preview")]
pub(crate) mod terminal;

#[cfg(feature = "preview")]
mod equipped {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;

    use super::terminal::Terminal;
    use crate::cli::args::WatchArgs;
    use crate::cli::interruptible;
    use crate::cli::{CommandResult, Exit, Failure, tell};
    use crate::preview::screen::Screen;
    use crate::preview::server::serve;
    use crate::report::OutputStyle;
    use crate::session::SessionMessage;
    use crate::session::camera::{CameraGoals, roll};
    use crate::session::controller::Controller;
    use crate::session::cutter::cut;
    use crate::session::latest_job::LatestJob;
    use crate::shoot::film_plan::vault_of;
    use crate::source::{folder_of, write_whole};
    use crate::watch::Watcher;

    pub(in crate::cli) fn run(args: &WatchArgs, style: OutputStyle) -> CommandResult {
        let usage = |error: Box<dyn std::error::Error>| Failure::new(Exit::Usage, error);
        let interrupt = interruptible();
        let (sender, heard) = channel();
        let said = Mutex::new(sender.clone());
        let screen = Arc::new(Screen::new(move |cursor| {
            let sender = said.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody listens when the desk has closed.
            let _ = sender.send(SessionMessage::Cursor(cursor));
        }));
        let stirred = sender.clone();
        let watcher = Watcher::new(move || {
            let _ = stirred.send(SessionMessage::Stirred);
        });
        let watcher = watcher.map_err(|error| usage(error.into()))?;
        let server = serve(screen.clone(), args.port).map_err(|error| {
            usage(error.into()).help("choose another port with `--port`, or leave it out")
        })?;
        let _address = Address::leave(&vault_of(&folder_of(&args.script)), &server.url);
        if args.open && !open(&server.url) {
            tell(&format!("no browser could be started; the preview is at {}\n", server.url));
        }
        let (wanted, orders) = (CameraGoals::new(), LatestJob::new());
        let terminal = Terminal::new(style, &server.url);
        thread::scope(|scope| {
            let (to_camera, to_cutter) = (sender.clone(), sender);
            scope.spawn(|| roll(&wanted, args, to_camera));
            scope.spawn(|| cut(&orders, to_cutter));
            let mut desk = Controller::new(args, &screen, &wanted, &orders, watcher, terminal);
            let outcome = desk.work(&heard, &interrupt);
            wanted.stop();
            orders.close();
            outcome
        })
    }

    /// Opens an address in the browser; whether that worked.
    fn open(url: &str) -> bool {
        let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        let mut command = Command::new(program);
        command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().is_ok()
    }

    /// `.photoplay/preview.json`: where editors find the preview while it runs.
    struct Address(PathBuf);

    impl Address {
        fn leave(vault: &Path, url: &str) -> Option<Self> {
            let path = vault.join("preview.json");
            let text = serde_json::json!({ "url": url, "process": std::process::id() });
            // An editor that does not find it is told by its user.
            write_whole(&path, format!("{text}\n").as_bytes()).ok()?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // The token is for this user.
                let _ = std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600));
            }
            Some(Self(path))
        }
    }

    impl Drop for Address {
        fn drop(&mut self) {
            // One that stays names a process that is gone.
            let _ = std::fs::remove_file(&self.0);
        }
    }
}
