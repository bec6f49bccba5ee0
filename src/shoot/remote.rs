//! The camera as a child process. It starts for the first take, and its crash
//! ends nothing else.
//!
//! Knows orders and replies; does not know networks.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsString;
use std::io::{self, BufRead as _, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use blake3::Hash;

use super::drive::{Camera, CameraError, ShootFailure, ShootRequest};
use super::plan::ModelFingerprint;
use super::progress::{Progress, ProgressEvent};
use super::wire::{Order, Reply, receive, send};
use crate::model::{AdapterFile, Files, Model, Placement};

/// Names a camera program to use instead of the one beside this program.
pub const VARIABLE: &str = "PHOTOPLAY_CAMERA";

/// The program's name.
const PROGRAM: &str = "photoplay-camera";

/// Last lines of the camera's standard error to show if it crashes.
const COMPLAINTS: usize = 12;

/// Why there is no camera.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The program is missing or cannot run.
    #[error("cannot start the camera `{program}`", program = program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The camera refuses the order.
    #[error("the camera refused: {0}")]
    Refused(String),
    /// The connection fails, or the camera sends an unexpected reply.
    #[error("the connection to the camera failed")]
    Protocol(#[source] io::Error),
    /// The camera has ended.
    #[error("the camera ended during its work ({status}){complaints}")]
    Died {
        /// Its exit status in words.
        status: String,
        /// Its last lines on standard error.
        complaints: String,
    },
}

impl Error {
    /// The remedy, if there is one.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Start { .. } => Some(format!(
                "`cargo install --path .` in the repository installs `{PROGRAM}` beside `photoplay`; {VARIABLE} names another one"
            )),
            Self::Died { .. } => Some(
                "the usual cause is too little memory: close other programs, or film in a smaller format; the vault has every finished take".to_owned(),
            ),
            Self::Refused(_) | Self::Protocol(_) => None,
        }
    }
}

impl From<Error> for CameraError {
    fn from(error: Error) -> Self {
        let help = error.help();
        Self::new(error).with_help(help)
    }
}

/// A camera in a process of its own.
pub(crate) struct RemoteCamera<'a> {
    model: Option<PathBuf>,
    digest: Hash,
    text: Hash,
    adapters: Vec<AdapterFile>,
    placement: Placement,
    prompts: Vec<String>,
    vault: PathBuf,
    progress: &'a dyn Progress,
    process: Option<Process>,
}

/// The running process.
struct Process {
    child: Child,
    orders: ChildStdin,
    replies: BufReader<ChildStdout>,
    complaints: JoinHandle<VecDeque<String>>,
    device: String,
}

impl<'a> RemoteCamera<'a> {
    /// A camera for a model. Stores embeddings in `vault`. Does not start the
    /// process.
    pub(crate) fn new(
        model: &Model,
        fingerprint: &ModelFingerprint,
        vault: &Path,
        progress: &'a dyn Progress,
    ) -> Self {
        let folder = match &model.files {
            Files::Embedded => None,
            Files::Folder(folder) => Some(folder.clone()),
        };
        Self {
            model: folder,
            digest: fingerprint.digest(),
            text: fingerprint.text_digest(),
            adapters: model.adapters.clone(),
            placement: Placement::default(),
            prompts: Vec::new(),
            vault: vault.to_owned(),
            progress,
            process: None,
        }
    }

    /// Chooses what to move out of the device's memory where that is short. Call
    /// it before the camera starts.
    #[cfg(feature = "ffmpeg")]
    #[must_use]
    pub(crate) fn with_placement(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Announces the prompts of the takes to come. Call it before the camera
    /// starts.
    #[cfg(feature = "ffmpeg")]
    #[must_use]
    pub(crate) fn with_prompts(mut self, prompts: Vec<String>) -> Self {
        self.prompts = prompts;
        self
    }

    /// Starts the camera. Device, precision and threads in words.
    pub(crate) fn inspect(&mut self) -> Result<String, Error> {
        Ok(self.started()?.device.clone())
    }

    fn started(&mut self) -> Result<&mut Process, Error> {
        if self.process.is_none() {
            let mut process = Process::start()?;
            let (model, digest, text) = (self.model.clone(), self.digest, self.text);
            let (adapters, vault) = (self.adapters.clone(), self.vault.clone());
            let (placement, prompts) = (self.placement, self.prompts.clone());
            let order = Order::Open { model, digest, text, adapters, placement, prompts, vault };
            process.send(&order);
            match process.receive() {
                Ok(Reply::Ready { device }) => process.device = device,
                Ok(Reply::Failed { reason }) => return Err(Error::Refused(reason)),
                Ok(_) => return Err(Error::Protocol(io::ErrorKind::InvalidData.into())),
                Err(source) => return Err(process.lost(source)),
            }
            self.process = Some(process);
        }
        Ok(self.process.as_mut().expect("just started"))
    }

    fn request_take(
        &mut self,
        request: &ShootRequest<'_>,
        temp: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Reply, Error> {
        let progress = self.progress;
        let process = self.started()?;
        process.send(&Order::Shoot { request: request.clone(), temp: temp.to_owned() });
        let mut stopped = false;
        loop {
            match process.receive() {
                Ok(Reply::Loading { model }) => progress.report(&ProgressEvent::Load { model }),
                Ok(Reply::Remark { message }) => {
                    progress.report(&ProgressEvent::Remark { message });
                }
                Ok(Reply::Step { done, steps }) => {
                    if on_step(done, steps).is_break() && !stopped {
                        stopped = true;
                        process.send(&Order::Stop);
                    }
                }
                Ok(reply) => return Ok(reply),
                Err(source) => {
                    let process = self.process.take().expect("it has just replied");
                    return Err(process.lost(source));
                }
            }
        }
    }
}

/// What is wrong with a model's networks, in sentences. Starts a camera to check
/// them.
pub(crate) fn check(model: &Model) -> Result<Vec<String>, Error> {
    let folder = match &model.files {
        Files::Embedded => None,
        Files::Folder(folder) => Some(folder.clone()),
    };
    let mut process = Process::start()?;
    process.send(&Order::Check { model: folder, adapters: model.adapters.clone() });
    let reply = process.receive();
    let checked = match reply {
        Ok(Reply::Checked { wrong }) => Ok(wrong),
        Ok(Reply::Failed { reason }) => Err(Error::Refused(reason)),
        Ok(_) => Err(Error::Protocol(io::ErrorKind::InvalidData.into())),
        Err(source) => return Err(process.lost(source)),
    };
    process.end();
    checked
}

impl Camera for RemoteCamera<'_> {
    fn shoot(
        &mut self,
        request: &ShootRequest<'_>,
        temp: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<(), ShootFailure> {
        match self.request_take(request, temp, on_step) {
            Ok(Reply::Made) => Ok(()),
            Ok(Reply::Cancelled) => Err(ShootFailure::Cancelled),
            Ok(Reply::Failed { reason }) => Err(CameraError::new(reason).into()),
            Ok(_) => {
                let unexpected = Error::Protocol(io::ErrorKind::InvalidData.into());
                Err(CameraError::new(unexpected).into())
            }
            Err(error) => Err(CameraError::from(error).into()),
        }
    }

    fn device(&self) -> String {
        self.process.as_ref().map(|process| process.device.clone()).unwrap_or_default()
    }
}

/// How often a thread of libgomp spins before it sleeps; libgomp reads it on
/// loading. With the default of 300,000, threads take the cores from those that
/// they wait for as soon as other programs need cores too: beside compilers, a
/// take of ten seconds took eight minutes.
const SPIN: (&str, &str) = ("GOMP_SPINCOUNT", "2000");

impl Process {
    fn start() -> Result<Self, Error> {
        let program = program();
        let mut command = Command::new(&program);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if [SPIN.0, "OMP_WAIT_POLICY"].iter().all(|name| std::env::var_os(name).is_none()) {
            command.env(SPIN.0, SPIN.1);
        }
        // Keeps Ctrl-C from the camera: this process stops it between steps.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|source| Error::Start { program, source })?;
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
        Ok(Self { child, orders, replies, complaints, device: String::new() })
    }

    /// Ignores a failure: the next `receive` reports it.
    fn send(&mut self, order: &Order<'_>) {
        let _ = send(&mut self.orders, order);
    }

    fn receive(&mut self) -> io::Result<Reply> {
        receive(&mut self.replies)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Why the camera no longer replies.
    fn lost(mut self, source: io::Error) -> Error {
        if source.kind() != io::ErrorKind::UnexpectedEof {
            return Error::Protocol(source);
        }
        let status = self.child.wait().map_or_else(|error| error.to_string(), describe);
        let said = self.complaints.join().unwrap_or_default();
        let complaints = said.iter().flat_map(|line| ["\n  ", line.as_str()]).collect();
        Error::Died { status, complaints }
    }
}

impl Drop for RemoteCamera<'_> {
    /// A camera has nothing to lose between takes, and this frees its memory.
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.end();
        }
    }
}

#[cfg(unix)]
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match status.signal() {
        Some(9) => "signal 9: killed, as the system does when memory runs out".to_owned(),
        Some(signal) => format!("signal {signal}"),
        None => status.to_string(),
    }
}

#[cfg(not(unix))]
fn describe(status: ExitStatus) -> String {
    status.to_string()
}

/// The camera's program: the one that the environment names, or the one beside
/// this program.
fn program() -> PathBuf {
    if let Some(named) = env::var_os(VARIABLE) {
        return PathBuf::from(named);
    }
    let name = OsString::from(format!("{PROGRAM}{}", env::consts::EXE_SUFFIX));
    match env::current_exe().ok().and_then(|here| here.parent().map(Path::to_owned)) {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    }
}
