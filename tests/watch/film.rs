//! A film under `photoplay watch`, and what can be asked about it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use photoplay::shoot::remote::VARIABLE;
use serde_json::Value;
use tempfile::TempDir;

use crate::camera::{LOG, PACE};

/// After this time nothing comes any more. It ends a test that hangs and
/// judges nothing else.
const HANGS: Duration = Duration::from_mins(5);

pub(crate) const SCRIPT: &str = "\
Title: A Small Film

[[film: format 16:9 | style storybook | seed 3]]

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

/// Ends with the test, however that ends.
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
    pub(crate) fn start(pace: u32) -> Self {
        Self::on(tempfile::tempdir().unwrap(), pace)
    }

    pub(crate) fn on(folder: TempDir, pace: u32) -> Self {
        let script = folder.path().join("film.play");
        if !script.exists() {
            fs::write(script, SCRIPT).unwrap();
        }
        let process = Command::new(env!("CARGO_BIN_EXE_photoplay"))
            .args(["watch", "film.play", "--steps", "8"])
            .current_dir(folder.path())
            .env(VARIABLE, std::env::current_exe().unwrap())
            .env(PACE, pace.to_string())
            .env(LOG, folder.path().join("slate.log"))
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

    /// Waits until the state is as it should be.
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

    /// Waits until every take is made and the film is written.
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

    /// What the camera did, one line each.
    pub(crate) fn log(&self) -> Vec<String> {
        let log = fs::read_to_string(self.folder.path().join("slate.log")).unwrap_or_default();
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

    /// Waits until the process has as many threads and open files as before; a
    /// few may be at work.
    pub(crate) fn holds_no_more_than(&self, threads: usize, files: usize) {
        wait("threads and files to close", || {
            let held = self.held();
            held.0 <= threads + 4 && held.1 <= files + 8
        });
    }

    /// Replaces the script by one with another title, all at once.
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

    pub(crate) fn files(&self) -> Vec<String> {
        files(&self.folder.path().join(".photoplay"))
    }
}

/// States of the shots that have takes.
pub(crate) fn takes(state: &Value) -> Vec<String> {
    let shots = state["shots"].as_array().into_iter().flatten();
    let states = shots.map(|shot| shot["state"].as_str().unwrap().to_owned());
    states.filter(|state| state != "drawn").collect()
}

/// Files below a folder that a watch is at work in: one that goes meanwhile
/// holds nothing.
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
