//! Another program of Photoplay's at work: a child process that takes orders on its
//! standard input and replies on its standard output. Its crash does not end this program.
//!
//! Knows messages as lines; does not know what they say.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::wire::{receive, send};

/// Last lines of a worker's standard error to show if it crashes.
const COMPLAINTS: usize = 12;

/// The signal for memory that has no file behind it any more.
#[cfg(unix)]
const BUS: i32 = if cfg!(target_os = "linux") { 7 } else { 10 };

/// What that signal is called.
const CUT_FILE: &str = "a file that it was reading was cut short by another program";

/// A process that works for this one.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Child,
    orders: ChildStdin,
    replies: BufReader<ChildStdout>,
    complaints: JoinHandle<VecDeque<String>>,
}

/// Why a worker no longer replies.
#[derive(Debug)]
pub(crate) enum WorkerLoss {
    /// The connection failed, or the program sent something that is no reply.
    Protocol(io::Error),
    /// The process has ended.
    Died(WorkerDeath),
}

/// How a worker's process ended.
#[derive(Debug)]
pub(crate) struct WorkerDeath {
    /// Its exit status in words.
    status: String,
    /// Its last lines on standard error.
    complaints: String,
}

impl WorkerDeath {
    /// Whether the system's loader did not find a library of the program.
    pub(crate) fn lacks_a_library(&self) -> bool {
        self.complaints.contains("loading shared libraries")
    }

    /// Whether a file that it had mapped lost its end.
    pub(crate) fn lost_a_file(&self) -> bool {
        self.status == CUT_FILE
    }
}

impl fmt::Display for WorkerDeath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, complaints } = self;
        write!(f, "ended during its work ({status}){complaints}")
    }
}

impl Worker {
    /// Starts a program, with its arguments and environment.
    pub(crate) fn start(mut command: Command) -> io::Result<Self> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Keeps Ctrl-C from the worker: this process stops it between steps.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let orders = child.stdin.take().expect("it is a pipe");
        let replies = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let stderr = BufReader::new(child.stderr.take().expect("it is a pipe"));
        let complaints = std::thread::spawn(move || {
            let mut last = VecDeque::new();
            for line in stderr.lines().map_while(Result::ok) {
                last.push_back(line);
                if last.len() > COMPLAINTS {
                    last.pop_front();
                }
            }
            last
        });
        Ok(Self { child, orders, replies, complaints })
    }

    /// Ignores a failure: the next `receive` reports it.
    pub(crate) fn send(&mut self, order: &impl Serialize) {
        let _ = send(&mut self.orders, order);
    }

    pub(crate) fn receive<R: DeserializeOwned>(&mut self) -> io::Result<R> {
        receive(&mut self.replies)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    pub(crate) fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Why the worker no longer replies.
    pub(crate) fn lost(mut self, source: io::Error) -> WorkerLoss {
        if source.kind() != io::ErrorKind::UnexpectedEof {
            return WorkerLoss::Protocol(source);
        }
        let status = self.child.wait().map_or_else(|error| error.to_string(), describe);
        let said = self.complaints.join().unwrap_or_default();
        let complaints = said.iter().flat_map(|line| ["\n  ", line.as_str()]).collect();
        WorkerLoss::Died(WorkerDeath { status, complaints })
    }
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match status.signal() {
        Some(BUS) => CUT_FILE.to_owned(),
        Some(9) => "signal 9: killed, as the system does when memory runs out".to_owned(),
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    status.to_string()
}

/// A worker's program: the one that the environment names by `variable`, or the one
/// called `name` beside this program.
pub(crate) fn program(variable: &str, name: &str) -> PathBuf {
    if let Some(named) = env::var_os(variable) {
        return PathBuf::from(named);
    }
    let name = OsString::from(format!("{name}{}", env::consts::EXE_SUFFIX));
    match env::current_exe().ok().and_then(|here| here.parent().map(Path::to_owned)) {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_death_has_its_cause() {
        let ends = |script: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", script]);
            let mut worker = Worker::start(command).unwrap();
            let lost = worker.receive::<String>().unwrap_err();
            match worker.lost(lost) {
                WorkerLoss::Died(death) => death,
                WorkerLoss::Protocol(why) => panic!("{why}"),
            }
        };
        let cut = ends(&format!("kill -{BUS} $$"));
        assert!(cut.lost_a_file() && cut.to_string().contains("cut short"), "{cut}");
        let killed = ends("echo too large >&2; kill -9 $$");
        assert!(!killed.lost_a_file() && killed.to_string().contains("too large"), "{killed}");
        assert!(ends("echo error while loading shared libraries >&2; exit 127").lacks_a_library());
    }
}
