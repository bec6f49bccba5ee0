//! A film under `photoplay watch`, and questions about its state.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use notify::event::{AccessKind, EventKind, ModifyKind, RenameMode};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use photoplay::programs::camera::VARIABLE;
use serde_json::Value;
use tempfile::TempDir;

use crate::camera::{HELD, LOG};

/// Ends a test that hangs; no test depends on it otherwise.
const HANGS: Duration = Duration::from_mins(5);

pub(crate) const SCRIPT: &str = "\
Title: A Small Film

[[film: format 16:9 | style storybook | motion network | seed 3]]

EXT. FOREST - DAY

!! WIDE ON the trees [[static, 1s]]

Wind in the trees.

!! INSERT - a leaf [[push in, 1s]]

A leaf falls.

> DISSOLVE TO: [[0.5s]]

EXT. RIVER - NIGHT

!! WIDE ON the water [[pan left, 1s]]

The water is still.
";

/// A process that ends with the test, even if it fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) struct Watch {
    pub(crate) folder: TempDir,
    process: Running,
    port: u16,
    path: String,
}

impl Watch {
    pub(crate) fn start() -> Self {
        Self::on(tempfile::tempdir().unwrap())
    }

    /// Starts in a folder whose camera holds every take from the first.
    pub(crate) fn start_held() -> Self {
        let folder = tempfile::tempdir().unwrap();
        hold(&folder, "");
        Self::on(folder)
    }

    pub(crate) fn on(folder: TempDir) -> Self {
        let script = folder.path().join("film.play");
        if !script.exists() {
            fs::write(script, SCRIPT).unwrap();
        }
        let process = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["watch", "film.play", "--steps", "8"])
            .current_dir(folder.path())
            .env(VARIABLE, std::env::current_exe().unwrap())
            .env(LOG, folder.path().join("camera.log"))
            .env(HELD, held(&folder))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.path().join("words.log")).unwrap())
            .spawn()
            .unwrap();
        let address = folder.path().join(".photoplay/preview.json");
        wait("an address", || address.is_file());
        let address: Value = serde_json::from_slice(&fs::read(address).unwrap()).unwrap();
        let url = address["url"].as_str().unwrap().to_owned();
        let rest = url.strip_prefix("http://127.0.0.1:").unwrap();
        let (port, path) = rest.split_once('/').unwrap();
        let (port, path) = (port.parse().unwrap(), format!("/{path}"));
        Self { folder, process: Running(process), port, path }
    }

    pub(crate) fn script(&self) -> PathBuf {
        self.folder.path().join("film.play")
    }

    pub(crate) fn text(&self) -> String {
        fs::read_to_string(self.script()).unwrap()
    }

    pub(crate) fn edit(&self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{from}");
        fs::write(self.script(), text.replace(from, to)).unwrap();
    }

    pub(crate) fn ask(&self, request: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let Self { port, path, .. } = self;
        let (method, name) = request.split_once(' ').unwrap();
        write!(
            stream,
            "{method} {path}{name} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\
             Connection: close\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    pub(crate) fn state(&self) -> Value {
        serde_json::from_str(&self.ask("GET state", "")).unwrap()
    }

    /// Waits until the state fulfils a condition.
    pub(crate) fn shows(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let mut state = Value::Null;
        let since = Instant::now();
        while !holds(&state) {
            let words = || fs::read_to_string(self.folder.path().join("words.log")).unwrap();
            let hangs = since.elapsed() > HANGS;
            assert!(!hangs, "waited for {what}\n{state:#}\n{}", words());
            std::thread::sleep(Duration::from_millis(15));
            state = self.state();
        }
        state
    }

    /// Waits until every take exists and the film is written.
    pub(crate) fn made(&self) -> Value {
        let state = self.shows("every take", |state| {
            let pieces = state["film"]["pieces"].as_array();
            takes(state).iter().all(|state| state == "made" || state == "cached")
                && !takes(state).is_empty()
                && pieces.is_some_and(|all| all.iter().all(|piece| piece["ready"] == true))
        });
        let film = self.folder.path().join("film.mp4");
        wait("the film", || film.is_file());
        state
    }

    /// Holds the takes whose log line contains a text, and lets all others go on.
    pub(crate) fn hold(&self, part: &str) {
        hold(&self.folder, part);
    }

    /// Lets every take go on.
    pub(crate) fn release(&self) {
        fs::remove_file(held(&self.folder)).unwrap();
    }

    /// The log of the camera, one line for each take.
    pub(crate) fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("camera.log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    pub(crate) fn stop(mut self) -> TempDir {
        let pid = self.process.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert_eq!(self.process.0.wait().unwrap().code(), Some(130));
        self.folder
    }

    /// Threads and open files of the process.
    pub(crate) fn held(&self) -> (usize, usize) {
        let process = PathBuf::from(format!("/proc/{}", self.process.0.id()));
        let count = |what| fs::read_dir(process.join(what)).map_or(0, Iterator::count);
        (count("task"), count("fd"))
    }

    /// Waits until the process has at most so many threads and open files, besides a
    /// few that are at work.
    pub(crate) fn holds_no_more_than(&self, threads: usize, files: usize) {
        wait("threads and files to close", || {
            let held = self.held();
            held.0 <= threads + 4 && held.1 <= files + 8
        });
    }

    /// Saves the script with another title atomically.
    pub(crate) fn save(&self, title: &str) {
        let whole = self.folder.path().join("whole.play");
        fs::write(&whole, SCRIPT.replace("A Small Film", title)).unwrap();
        fs::rename(whole, self.script()).unwrap();
    }

    /// The same, and waits until the film has the title.
    pub(crate) fn retitle(&self, title: &str) {
        self.save(title);
        self.shows("the title", |state| state["film"]["title"] == title);
    }

    /// The same, and waits until the film with the title is written.
    pub(crate) fn build_with_title(&self, title: &str) {
        self.retitle(title);
        let film = self.folder.path().join("film.mp4");
        wait("the film with the title", || {
            let bytes = fs::read(&film).unwrap_or_default();
            bytes.windows(title.len()).any(|part| part == title.as_bytes())
        });
    }

    pub(crate) fn files(&self) -> Vec<String> {
        files(&self.folder.path().join(".photoplay"))
    }

    /// The file events in the folder from now on.
    pub(crate) fn events(&self) -> Events {
        let (sender, received) = channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let _ = event.map(|event| sender.send(event));
        })
        .unwrap();
        watcher.watch(self.folder.path(), RecursiveMode::NonRecursive).unwrap();
        Events { _watcher: watcher, received }
    }
}

/// The camera's list of held takes.
fn held(folder: &TempDir) -> PathBuf {
    folder.path().join("camera.held")
}

fn hold(folder: &TempDir, part: &str) {
    let whole = folder.path().join("camera.holds");
    fs::write(&whole, part).unwrap();
    fs::rename(whole, held(folder)).unwrap();
}

/// File events in the folder of a film.
pub(crate) struct Events {
    _watcher: RecommendedWatcher,
    received: Receiver<Event>,
}

impl Events {
    /// Waits until the script was saved and then opened: the watch reads it. Drops the
    /// events until then.
    pub(crate) fn script_is_read(&self) {
        let mut saved = false;
        loop {
            let event = self.received.recv_timeout(HANGS).expect("the watch reads the script");
            saved |= is(&event, "film.play", EventKind::Modify(ModifyKind::Name(RenameMode::To)));
            if saved && is_opened(&event, "film.play") {
                return;
            }
        }
    }

    /// How often the script was opened and how many films were written.
    pub(crate) fn reads_and_films(self) -> (usize, usize) {
        let events: Vec<Event> = self.received.try_iter().collect();
        let written = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let reads = events.iter().filter(|event| is_opened(event, "film.play"));
        let films = events.iter().filter(|event| is(event, "film.mp4", written));
        (reads.count(), films.count())
    }
}

fn is(event: &Event, name: &str, kind: EventKind) -> bool {
    event.kind == kind && event.paths.iter().any(|path| path.ends_with(name))
}

fn is_opened(event: &Event, name: &str) -> bool {
    matches!(event.kind, EventKind::Access(AccessKind::Open(_)))
        && event.paths.iter().any(|path| path.ends_with(name))
}

/// States of the shots that have takes.
pub(crate) fn takes(state: &Value) -> Vec<String> {
    let shots = state["shots"].as_array().into_iter().flatten();
    let states = shots.map(|shot| shot["state"].as_str().unwrap().to_owned());
    states.filter(|state| state != "drawn").collect()
}

/// Files below a folder in which a watch works: a folder that it removes meanwhile
/// counts as empty.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path().to_string_lossy().into_owned());
        }
    }
    found.sort();
    found
}

pub(crate) fn wait(what: &str, holds: impl Fn() -> bool) {
    let since = Instant::now();
    while !holds() {
        assert!(since.elapsed() < HANGS, "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
