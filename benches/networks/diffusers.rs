//! Python diffusers as a process, and figures of memory from `/proc` and
//! `nvidia-smi`.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A Python process with diffusers that carries out orders.
pub(crate) struct Diffusers {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// `benches/networks.py` with a verb.
pub(crate) fn python(verb: &str) -> Command {
    let python = std::env::var_os("PHOTOPLAY_DIFFUSERS")
        .expect("PHOTOPLAY_DIFFUSERS names a Python that has diffusers: run `make bench-networks`");
    let mut command = Command::new(PathBuf::from(python));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/networks.py")).arg(verb);
    command.stderr(Stdio::null());
    command
}

impl Diffusers {
    /// Starts it; returns it with the versions of its packages.
    pub(crate) fn start() -> (Self, Value) {
        let mut command = python("serve");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python can be started");
        let orders = child.stdin.take().expect("a pipe");
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut diffusers = Self { child, orders, answers };
        let versions = diffusers.answer();
        (diffusers, versions)
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("diffusers answers");
        serde_json::from_str(&line).expect("diffusers answers in JSON: has it all of its packages?")
    }

    /// Sends an order; returns the seconds that it took there.
    pub(crate) fn order(&mut self, order: &Value) -> f64 {
        writeln!(self.orders, "{order}").expect("diffusers listens");
        self.answer()["seconds"].as_f64().expect("seconds")
    }

    /// Its peak resident memory in bytes.
    pub(crate) fn memory(&self) -> u64 {
        field(self.child.id(), "VmHWM")
    }
}

impl Drop for Diffusers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A field of `/proc/PID/status` in bytes; 0 for a process that has ended.
pub(crate) fn field(process: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.unwrap_or(0) << 10
}

/// Bytes of the GPU in use by all processes.
pub(crate) fn taken() -> u64 {
    let query = ["--query-gpu=memory.used", "--format=csv,noheader,nounits", "--id=0"];
    let output = Command::new("nvidia-smi").args(query).output().expect("there is an nvidia-smi");
    let output = String::from_utf8_lossy(&output.stdout);
    output.trim().parse::<u64>().expect("nvidia-smi answers in MiB") << 20
}
