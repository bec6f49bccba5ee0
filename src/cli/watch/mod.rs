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
pub(super) fn run(_: &super::args::Watch, _: crate::report::OutputStyle) -> super::Outcome {
    Err(super::build::unequipped("watch"))
}

#[cfg(feature = "preview")]
pub(super) use equipped::run;

#[cfg(feature = "preview")]
mod camera;
#[cfg(feature = "preview")]
mod cutter;
#[cfg(feature = "preview")]
mod desk;
#[cfg(feature = "preview")]
mod latest;
#[cfg(feature = "preview")]
mod reel;
#[cfg(feature = "preview")]
mod standing;
#[cfg(feature = "preview")]
mod terminal;
#[cfg(feature = "preview")]
mod view;

#[cfg(feature = "preview")]
mod equipped {
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;

    use super::camera::{Wanted, roll};
    use super::cutter::{Told, cut};
    use super::desk::Desk;
    use super::latest::Latest;
    use super::terminal::Terminal;
    use crate::cli::args::Watch;
    use crate::cli::interruptible;
    use crate::cli::project::{Script, folder_of};
    use crate::cli::{Exit, Failure, Outcome, tell};
    use crate::preview::screen::Screen;
    use crate::preview::server::serve;
    use crate::preview::state::Cursor;
    use crate::report::OutputStyle;
    use crate::shoot::film_plan::{FilmPlan, vault_of};
    use crate::shoot::plan::TakePlan;
    use crate::shoot::progress::ProgressEvent;
    use crate::source::write_whole;
    use crate::watch::Watcher;

    /// What the desk hears.
    pub(in crate::cli::watch) enum Heard {
        /// Something stirred in a folder.
        Stirred,
        /// An editor's cursor moved.
        Cursor(Cursor),
        /// The camera works.
        Camera(ProgressEvent),
        /// The camera has nothing left to do of its last order.
        Rolled { failure: Option<String> },
        /// The cutter works.
        Cutter(Told),
    }

    /// A script without mistakes, and the takes it needs.
    #[derive(Clone)]
    pub(in crate::cli::watch) struct Production {
        pub script: Arc<Script>,
        pub studio: Arc<FilmPlan>,
        pub drafts: TakePlan,
    }

    pub(in crate::cli) fn run(args: &Watch, style: OutputStyle) -> Outcome {
        let usage = |error: Box<dyn std::error::Error>| Failure::new(Exit::Usage, error);
        let interrupt = interruptible();
        let (sender, heard) = channel();
        let said = Mutex::new(sender.clone());
        let screen = Arc::new(Screen::new(move |cursor| {
            let sender = said.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody listens when the desk has closed.
            let _ = sender.send(Heard::Cursor(cursor));
        }));
        let stirred = sender.clone();
        let watcher = Watcher::new(move || {
            let _ = stirred.send(Heard::Stirred);
        });
        let watcher = watcher.map_err(|error| usage(error.into()))?;
        let server = serve(screen.clone(), args.port).map_err(|error| {
            usage(error.into()).help("choose another port with `--port`, or leave it out")
        })?;
        let _address = Address::leave(&vault_of(&folder_of(&args.script)), &server.url);
        if args.open && !open(&server.url) {
            tell(&format!("no browser could be started; the preview is at {}\n", server.url));
        }
        let (wanted, orders) = (Wanted::new(), Latest::new());
        let terminal = Terminal::new(style, &server.url);
        thread::scope(|scope| {
            let (to_camera, to_cutter) = (sender.clone(), sender);
            scope.spawn(|| roll(&wanted, args, to_camera));
            scope.spawn(|| cut(&orders, to_cutter));
            let mut desk = Desk::new(args, &screen, &wanted, &orders, watcher, terminal);
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

#[cfg(feature = "preview")]
use equipped::{Heard, Production};
