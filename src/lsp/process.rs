//! Runs a build, or more takes of a shot, for an editor: this program in a
//! child process. Converts its events to progress and its end to a message. What it
//! tells people goes to the server's own standard error, which editors log.
//!
//! Knows processes and their events; does not know documents.

use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use gen_lsp_types as lsp;
use lsp::{MessageType, ShowDocumentParams, Uri};
use lsp_server::{Request, RequestId};
use serde_json::{Value, json};

use super::uri;
use super::wire::Editor;
use crate::report::plural;
use crate::shoot::progress::ProgressEvent;

/// A command line to run.
#[derive(Debug)]
pub(super) struct Invocation {
    /// A title for the editor.
    pub title: String,
    /// Arguments of `photoplay`.
    pub arguments: Vec<OsString>,
    /// The working directory.
    pub folder: PathBuf,
    /// Whether to open the film of a shot's takes in the program that plays it.
    pub shows: bool,
}

/// A film for the program that plays it.
pub(super) fn shown(film: &Path) -> ShowDocumentParams {
    ShowDocumentParams {
        uri: Uri(uri::of_path(film)),
        external: Some(true),
        take_focus: Some(true),
        selection: None,
    }
}

/// A running command. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Process {
    /// The token of its progress.
    pub token: String,
    child: Arc<Mutex<Child>>,
    stopped: Arc<AtomicBool>,
}

impl Process {
    /// Starts the process. The editor shows progress if it `reports`; the
    /// thread calls `done` at the end, before it sends the last message.
    pub(super) fn start(
        invocation: Invocation,
        token: String,
        reports: bool,
        editor: Editor,
        done: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let folder = invocation.folder.clone();
        let mut child = Command::new(env::current_exe()?)
            .args(invocation.arguments)
            .args(["--format", "json"])
            .current_dir(&invocation.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().map(BufReader::new);
        let child = Arc::new(Mutex::new(child));
        let stopped = Arc::new(AtomicBool::new(false));
        let work = Self { token: token.clone(), child: child.clone(), stopped: stopped.clone() };
        thread::spawn(move || {
            let progress = |value: Value| {
                if reports {
                    editor.notify("$/progress", json!({ "token": token, "value": value }));
                }
            };
            if reports {
                let id = RequestId::from(format!("begin {token}"));
                let method = "window/workDoneProgress/create".to_owned();
                editor.send(Request::new(id, method, json!({ "token": token })));
            }
            progress(json!({
                "kind": "begin", "title": invocation.title, "cancellable": true, "percentage": 0,
            }));
            let mut build_progress = BuildProgress::default();
            for line in output.into_iter().flat_map(BufReader::lines).map_while(Result::ok) {
                // A build prints only events on its output.
                let Ok(event) = serde_json::from_str(&line) else { continue };
                if let Some(message) = build_progress.apply(event) {
                    let percentage = build_progress.percentage();
                    progress(json!({
                        "kind": "report", "message": message, "percentage": percentage,
                    }));
                }
            }
            let ended = child.lock().unwrap_or_else(PoisonError::into_inner).wait();
            let (kind, message) = if stopped.load(Ordering::Relaxed) {
                (MessageType::Info, "stopped; every finished take is kept".to_owned())
            } else if ended.is_ok_and(|status| status.success()) {
                (MessageType::Info, build_progress.end)
            } else {
                (MessageType::Error, build_progress.failure)
            };
            done();
            progress(json!({ "kind": "end", "message": message }));
            let film = build_progress.dailies.filter(|_| invocation.shows);
            if let Some(film) = film.filter(|_| kind == MessageType::Info) {
                let id = RequestId::from(format!("show {token}"));
                let shown = shown(&folder.join(film));
                editor.send(Request::new(id, "window/showDocument".to_owned(), shown));
                return;
            }
            editor.notify("window/showMessage", json!({ "type": kind, "message": message }));
        });
        Ok(work)
    }

    /// Kills the process. Finished takes stay in the vault.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
        // The process may have ended already.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Progress of a build, computed from its events.
#[derive(Debug)]
struct BuildProgress {
    /// Denoising steps times frames: of the build, of finished takes, of the
    /// current take.
    all: u64,
    before: u64,
    of_take: u64,
    part: u64,
    /// What the build makes now.
    what: String,
    /// The last message of a command that succeeds.
    end: String,
    /// The film of a shot's takes.
    dailies: Option<PathBuf>,
    /// Why it failed.
    failure: String,
}

impl Default for BuildProgress {
    fn default() -> Self {
        let failure = "the command ended without a reason; the server's log may have one";
        let (what, end, failure) = (String::new(), String::new(), failure.to_owned());
        Self { all: 0, before: 0, of_take: 0, part: 0, what, end, dailies: None, failure }
    }
}

impl BuildProgress {
    fn percentage(&self) -> u64 {
        (100 * (self.before + self.part)).checked_div(self.all).unwrap_or(0).min(100)
    }

    /// Applies an event; returns the text that the editor shows.
    fn apply(&mut self, event: ProgressEvent) -> Option<String> {
        match event {
            ProgressEvent::Plan { takes_to_make, stills, work, .. } => {
                *self = Self { all: work, ..Self::default() };
                self.what = format!(
                    "{} to make",
                    plural(takes_to_make, if stills { "still" } else { "take" })
                );
            }
            ProgressEvent::Load { model } => return Some(format!("loading {model}")),
            ProgressEvent::Speak { speaker, done, lines } => {
                self.what = format!("{speaker} speaks, {done} of {lines} lines");
            }
            ProgressEvent::Cast { name } => self.what = format!("portrait of {name}"),
            ProgressEvent::Roll { number, shows, work, .. } => {
                self.of_take = work;
                self.what = format!("shot {number}: {shows}");
            }
            ProgressEvent::Step { done, steps } => {
                self.part = self.of_take * u64::from(done) / u64::from(steps).max(1);
                return Some(format!("{}, {done} of {steps}", self.what));
            }
            ProgressEvent::Take { .. } | ProgressEvent::Part { .. } => {
                self.before += self.of_take;
                (self.of_take, self.part) = (0, 0);
                return None;
            }
            ProgressEvent::Print { done, segments } => {
                self.what = format!("cutting, {done} of {segments}");
            }
            ProgressEvent::Wrap { film, takes_made, stills, .. } => {
                let what = if stills { "still" } else { "take" };
                self.end = format!("{film}: {} made", plural(takes_made, what));
                return None;
            }
            ProgressEvent::Failed { message, help } => {
                self.failure = match help {
                    Some(help) => format!("{message}; {help}"),
                    None => message,
                };
                return None;
            }
            ProgressEvent::Takes { shot, film, takes, .. } => {
                let shows = film.as_deref().unwrap_or(Path::new("")).display();
                let takes = plural(takes.len(), "take");
                self.end =
                    format!("{shows} shows {takes} of shot {shot}; `photoplay circle` chooses one");
                self.dailies = film;
                return None;
            }
            ProgressEvent::Portrait { .. }
            | ProgressEvent::Spoiled { .. }
            | ProgressEvent::Remark { .. }
            | ProgressEvent::Note { .. } => return None,
        }
        Some(self.what.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shoot::recipe::TakeKey;

    #[test]
    fn progress_is_the_finished_part_of_all_work() {
        let mut build_progress = BuildProgress::default();
        let mut apply = |event: ProgressEvent| {
            let message = build_progress.apply(event);
            (message.unwrap_or_default(), build_progress.percentage())
        };
        let key = TakeKey([0; 32]);
        let roll = |number: &str, shows: &str, work| ProgressEvent::Roll {
            number: number.to_owned(),
            shows: shows.to_owned(),
            key,
            steps: 3,
            work,
        };
        let plan = r#"{"event":"plan","shots":2,"frames":48,"portraits":0,"takes_to_make":2,"takes_cached":0,"work":40}"#;
        let messages = [
            apply(serde_json::from_str(plan).unwrap()),
            apply(roll("1.1", "WIDE", 30)),
            apply(ProgressEvent::Step { done: 1, steps: 3 }),
            apply(ProgressEvent::Take {
                number: "1.1".to_owned(),
                shows: "WIDE".to_owned(),
                key,
                seconds: 1.0,
            }),
            apply(roll("1.2", "CLOSE", 10)),
        ];
        let messages: Vec<(&str, u64)> =
            messages.iter().map(|(words, part)| (&**words, *part)).collect();
        assert_eq!(
            messages,
            [
                ("2 takes to make", 0),
                ("shot 1.1: WIDE", 0),
                ("shot 1.1: WIDE, 1 of 3", 25),
                ("", 75),
                ("shot 1.2: CLOSE", 75),
            ]
        );
    }

    #[test]
    fn a_failure_comes_with_its_remedy() {
        let cases = [
            (r#"{"event":"failed","message":"no memory","help":null}"#, "no memory"),
            (
                r#"{"event":"failed","message":"no memory","help":"close programs"}"#,
                "no memory; close programs",
            ),
        ];
        for (line, expected) in cases {
            let mut build_progress = BuildProgress::default();
            assert_eq!(build_progress.apply(serde_json::from_str(line).unwrap()), None);
            assert_eq!(build_progress.failure, expected);
        }
    }
}
