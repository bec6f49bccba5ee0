//! A session of `watch`: builds again after every save, and shows the film
//! while it is made. `state` decides what each event leads to and touches no
//! file; `controller` reads files, receives messages and does what the state
//! orders.
//!
//! ```text
//! files ─changed→ controller ─jobs→ camera (portraits, preview takes, takes)
//!                  │  ↖────────────events─────────────┘
//!                  ├──jobs→ cutter (thumbnails, pieces, the film)
//!                  │  ↖──────────events───┘
//!                  └─shows→ preview page, editors, terminal
//! ```
//!
//! Knows the film and the preview; does not know terminals.

mod camera;
mod controller;
mod current_take;
mod cutter;
mod display;
mod jobs;
mod latest_job;
mod messages;
mod page;
mod planner;
mod preview_film;
mod speaker;
mod state;
mod view;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use self::camera::{CameraGoals, run_camera};
use self::controller::{Controller, Workers};
use self::cutter::run_cutter;
use self::latest_job::LatestJob;
use self::messages::SessionMessage;
use self::speaker::run_speaker;
use crate::preview::screen::Screen;
use crate::project::outputs::check_outputs;
use crate::project::{Error, Project};
use crate::shoot::progress::Cancel;
use crate::watch::Watcher;

pub use self::display::Display;

/// A session that has not begun. It is made by [`Project::watch`].
pub struct WatchSession {
    project: Project,
    output: PathBuf,
    screen: Arc<Screen>,
    sender: Sender<SessionMessage>,
    messages: Receiver<SessionMessage>,
}

impl Project {
    /// A session that builds the film again after every save and writes it to
    /// `output`. It begins with [`WatchSession::run`]; a server can show its
    /// [screen](WatchSession::screen) before that.
    pub fn watch(&self, output: impl Into<PathBuf>) -> WatchSession {
        let (sender, messages) = channel();
        let to_controller = Mutex::new(sender.clone());
        let screen = Arc::new(Screen::new(move |cursor| {
            let sender = to_controller.lock().unwrap_or_else(PoisonError::into_inner);
            // Nobody receives this after the session has ended.
            let _ = sender.send(SessionMessage::Cursor(cursor));
        }));
        WatchSession { project: self.clone(), output: output.into(), screen, sender, messages }
    }
}

impl WatchSession {
    /// What the session shows, for a server of the preview page.
    pub fn screen(&self) -> Arc<Screen> {
        self.screen.clone()
    }

    /// Builds the film after every save until somebody interrupts.
    ///
    /// # Errors
    ///
    /// If the project is not on the disk, or if the film would replace what Photoplay did
    /// not write. Mistakes and failed builds are shown.
    pub fn run(self, display: &mut dyn Display, interrupt: &Cancel) -> Result<(), Error> {
        let Self { project, output, screen, sender, messages } = self;
        if !project.options().files.is_disk() {
            return Err(Error::NotOnDisk { script: project.path().to_owned() });
        }
        // A script that cannot be read now is read when it is saved.
        if let Ok(script) = project.read() {
            check_outputs(&script, &output)?;
        }
        let to_controller = sender.clone();
        let watcher = Watcher::new(move || {
            let _ = to_controller.send(SessionMessage::FolderChanged);
        });
        let (goals, jobs, scripts) = (CameraGoals::new(), LatestJob::new(), LatestJob::new());
        thread::scope(|scope| {
            let (from_camera, from_cutter) = (sender.clone(), sender.clone());
            scope.spawn(|| run_camera(&goals, &project, from_camera));
            scope.spawn(|| run_cutter(&jobs, from_cutter));
            scope.spawn(|| run_speaker(&scripts, &sender));
            let workers = Workers { camera: &goals, cutter: &jobs, speaker: &scripts };
            let mut controller =
                Controller::new(&project, output, &screen, workers, watcher, display);
            controller.run(&messages, interrupt);
            goals.stop();
            jobs.close();
            scripts.close();
            Ok(())
        })
    }
}
