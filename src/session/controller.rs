//! The controller: reads the script after every save, reports to the session's
//! state what happened, and does what the state orders.
//!
//! Knows files, threads and displays; does not decide what the film needs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::camera::CameraGoals;
use super::current_take::{CurrentTake, current_takes};
use super::display::Display;
use super::jobs::Cut;
use super::latest_job::LatestJob;
use super::messages::{SessionEvent, SessionMessage, SessionOrder};
use super::planner::{PlannedFilm, plan_film};
use super::state::SessionState;
use super::view::shot_at;
use crate::cut::film_segments::SegmentStore;
use crate::preview::screen::{Artefact, Screen};
use crate::preview::state::Cursor;
use crate::project::{CheckedScript, Error, Project};
use crate::shoot::film_plan::vault_of;
use crate::shoot::progress::Cancel;
use crate::shoot::vault::Vault;
use crate::source::SourceId;
use crate::watch::Watcher;

/// How long the controller waits for a missing or empty script: editors remove or truncate
/// a file before they write it.
const SAVE_GRACE: Duration = Duration::from_millis(700);

/// How often the controller looks for it, and for an interrupt.
const POLL: Duration = Duration::from_millis(50);

/// The threads that work for a session.
pub(crate) struct Workers<'a> {
    pub camera: &'a CameraGoals,
    pub cutter: &'a LatestJob<Cut>,
    pub speaker: &'a LatestJob<Arc<CheckedScript>>,
}

/// The controller of a session.
pub(crate) struct Controller<'a> {
    project: &'a Project,
    screen: &'a Screen,
    workers: Workers<'a>,
    watcher: Watcher,
    display: &'a mut dyn Display,
    state: SessionState,
    vault: Option<Vault>,
    /// The files that the last reading read.
    files: BTreeSet<PathBuf>,
    /// When the script vanished.
    vanished: Option<Instant>,
    /// Whether lines were spoken since the last reading.
    spoken: bool,
    /// Whether the display and the page are out of date.
    changed: bool,
}

impl<'a> Controller<'a> {
    pub(crate) fn new(
        project: &'a Project,
        output: PathBuf,
        screen: &'a Screen,
        workers: Workers<'a>,
        watcher: Watcher,
        display: &'a mut dyn Display,
    ) -> Self {
        Self {
            project,
            screen,
            workers,
            watcher,
            display,
            state: SessionState::new(project.path().to_owned(), output),
            vault: None,
            files: BTreeSet::from([project.path().to_owned()]),
            vanished: None,
            spoken: false,
            changed: false,
        }
    }

    /// Works until somebody interrupts.
    pub(crate) fn run(&mut self, messages: &Receiver<SessionMessage>, interrupt: &Cancel) {
        self.watch();
        self.read();
        while !interrupt.is_cancelled() {
            let now = Instant::now();
            let wait = self.watcher.due().saturating_duration_since(now).min(POLL);
            let mut next = messages.recv_timeout(wait).ok();
            while let Some(message) = next {
                self.receive(message);
                next = messages.try_recv().ok();
            }
            let spoken = std::mem::take(&mut self.spoken);
            if self.watcher.changed() || self.vanished.is_some() || spoken {
                self.read();
            } else if self.changed {
                self.show();
            }
        }
        self.display.close();
    }

    fn receive(&mut self, message: SessionMessage) {
        match message {
            // The watcher decides when the folder is quiet enough to read.
            SessionMessage::FolderChanged => {}
            SessionMessage::Spoken => self.spoken = true,
            SessionMessage::Cursor(cursor) => {
                if let Some(shot) = self.shot_at(&cursor) {
                    self.apply(SessionEvent::Turned(shot));
                }
            }
            SessionMessage::Event(event) => self.apply(event),
        }
    }

    /// Tells the state what happened and does what it orders.
    fn apply(&mut self, event: SessionEvent) {
        for order in self.state.apply(event) {
            self.execute(order);
        }
    }

    fn execute(&mut self, order: SessionOrder) {
        match order {
            SessionOrder::Plan(script) => match self.plan(&script) {
                Ok(Some((film, why))) => {
                    self.workers.speaker.put(script);
                    self.apply(SessionEvent::Planned { film: Box::new(film), why });
                }
                Ok(None) => {}
                Err(error) => self.apply(SessionEvent::Failed(error.in_words())),
            },
            SessionOrder::FindTakes => {
                let (Some(film), Some(vault)) = (self.state.film(), &self.vault) else { return };
                let takes = current_takes(&film.inputs, &film.animatic, &film.earlier, vault);
                self.apply(SessionEvent::TakesFound(takes));
            }
            SessionOrder::FindPieces => {
                let (Some(film), Some(vault)) = (self.state.film(), &self.vault) else { return };
                let store = SegmentStore::of(vault.root());
                let keys = film.pieces.keys.iter();
                let found = keys.filter(|key| store.has(key)).cloned().collect();
                self.apply(SessionEvent::PiecesFound(found));
            }
            SessionOrder::Shoot(inputs) => self.workers.camera.set_build(*inputs),
            SessionOrder::FocusOn(shot) => self.workers.camera.focus_on(shot),
            SessionOrder::Cut(cut) => {
                self.workers.cutter.put(*cut);
            }
            SessionOrder::Discard(key) => {
                // If this fails, the session removes the take after the next cut.
                if self.vault.as_ref().is_some_and(|vault| vault.discard(&key).is_ok()) {
                    self.apply(SessionEvent::Discarded(key));
                }
            }
            SessionOrder::ShowNote(note) => self.display.note(&note),
            SessionOrder::ShowTake { number, preview } => self.display.take(&number, preview),
            SessionOrder::ShowWork => self.screen.set_work(self.state.work()),
            SessionOrder::ShowStep => {
                self.screen.set_work(self.state.work());
                self.display.work(self.state.work());
            }
            SessionOrder::Show => self.changed = true,
        }
    }

    /// The shot that is written at a cursor.
    fn shot_at(&self, cursor: &Cursor) -> Option<usize> {
        let script = &self.state.film()?.inputs.script;
        let file = Path::new(&cursor.file);
        let source = script.sources.iter().find(|source| {
            let same = || source.path.canonicalize().ok() == file.canonicalize().ok();
            source.path.file_name() == file.file_name() && (file.is_relative() || same())
        })?;
        shot_at(script, source.id, cursor.line)
    }

    fn watch(&mut self) {
        self.watcher.watch(self.files.iter().cloned());
    }

    /// Reads everything again.
    fn read(&mut self) {
        // Reads a file once more if nobody watched it during the first reading.
        for _ in 0..3 {
            let Some(script) = self.read_script() else { break };
            let mut files: BTreeSet<PathBuf> = script.files().into_iter().collect();
            if let Some(film) = self.state.film() {
                files.extend(film.files());
            }
            let known = files.is_subset(&self.files);
            self.files = files;
            self.watch();
            if known {
                self.display.script(&script);
                if let Some(note) = self.watcher.note() {
                    self.display.note(&note);
                }
                self.apply(SessionEvent::ScriptRead(Arc::new(script)));
                break;
            }
        }
        self.show();
    }

    /// The script; `None` if it cannot be read or if an editor is just writing it.
    fn read_script(&mut self) -> Option<CheckedScript> {
        let read = self.project.read();
        let text = read.as_ref().map(|script| script.sources.get(SourceId(0)).text.as_str());
        let had_text = self.state.has_text();
        if text.map_or(true, |text| text.is_empty() && had_text) {
            let since = *self.vanished.get_or_insert_with(Instant::now);
            if since.elapsed() < SAVE_GRACE && had_text {
                return None;
            }
        }
        self.vanished = None;
        match read {
            Ok(script) => Some(script),
            Err(error) => {
                self.apply(SessionEvent::Failed(error.in_words()));
                None
            }
        }
    }

    /// Plans the film of a script; `None` if that film is shown already.
    fn plan(&mut self, script: &Arc<CheckedScript>) -> Result<Option<PlannedFilm>, Error> {
        let film_plan = self.project.plan(script)?;
        let before = self.state.film();
        let exist =
            |takes: &[Option<CurrentTake>]| takes.iter().flatten().all(CurrentTake::is_there);
        if self.state.is_planned(script, &film_plan)
            && before.is_some_and(|film| exist(&film.current_takes))
        {
            return Ok(None);
        }
        let vault = match &mut self.vault {
            Some(vault) => vault,
            none => none.insert(Vault::open(&vault_of(&script.folder))?),
        };
        let mut show_note = |note: &str| self.display.note(note);
        plan_film(script, film_plan, vault, before, &mut show_note).map(Some)
    }

    /// Shows everything, on the page and in the terminal.
    fn show(&mut self) {
        self.changed = false;
        let (page, artefacts) = self.state.page();
        self.display.state(&page, self.state.work(), self.state.printed(), &|hash| match artefacts
            .get(hash)
        {
            Some(Artefact::Picture(jpeg)) => Some(jpeg.clone()),
            _ => None,
        });
        self.screen.show(&page, artefacts);
    }
}
