//! The camera as seen from here: a process that is started when the first take
//! is wanted, and that may die without taking anything with it.
//!
//! Knows orders and replies; the networks are on the other side.

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
use super::wire::{Order, Reply, hear, say};
use crate::model::{AdapterFile, Files, Model, Placement};

/// Names another camera than the one beside this program.
pub const VARIABLE: &str = "PHOTOPLAY_CAMERA";

/// The program's name.
const PROGRAM: &str = "photoplay-camera";

/// Last lines of what a camera complained of, kept for when it dies.
const COMPLAINTS: usize = 12;

/// Why there is no camera.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is not where it should be, or cannot be run.
    #[error("cannot start the camera `{program}`", program = program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It refuses.
    #[error("the camera refused: {0}")]
    Refused(String),
    /// It cannot be spoken with.
    #[error("the camera cannot be understood")]
    Spoken(#[source] io::Error),
    /// It is gone.
    #[error("the camera stopped in the middle of its work ({status}){complaints}")]
    Died {
        /// How it ended.
        status: String,
        /// What it said before, as far as it is known.
        complaints: String,
    },
}

impl Error {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Start { .. } => Some(format!(
                "`cargo install --path .` in the repository installs `{PROGRAM}` beside `photoplay`; {VARIABLE} names another one"
            )),
            Self::Died { .. } => Some(
                "often there was too little memory: close other programs, or film in a smaller format; every finished take is kept".to_owned(),
            ),
            Self::Refused(_) | Self::Spoken(_) => None,
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
pub struct RemoteCamera<'a> {
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
    /// A camera for a model, by its files and as recipes see it; embeddings are
    /// kept in `vault`. Nothing is started yet.
    pub fn new(
        model: &Model,
        network: &ModelFingerprint,
        vault: &Path,
        progress: &'a dyn Progress,
    ) -> Self {
        let folder = match &model.files {
            Files::Embedded => None,
            Files::Folder(folder) => Some(folder.clone()),
        };
        Self {
            model: folder,
            digest: network.digest(),
            text: network.text_digest(),
            adapters: model.adapters.clone(),
            placement: Placement::default(),
            prompts: Vec::new(),
            vault: vault.to_owned(),
            progress,
            process: None,
        }
    }

    /// Says, before the camera is started, what gives way where the device's
    /// memory is short.
    #[must_use]
    pub fn placed(mut self, placement: Placement) -> Self {
        self.placement = placement;
        self
    }

    /// Says, before the camera is started, which prompts takes will have.
    #[must_use]
    pub fn reading(mut self, prompts: Vec<String>) -> Self {
        self.prompts = prompts;
        self
    }

    /// Device, precision and threads in words; starts the camera.
    pub fn inspect(&mut self) -> Result<String, Error> {
        Ok(self.started()?.device.clone())
    }

    fn started(&mut self) -> Result<&mut Process, Error> {
        if self.process.is_none() {
            let mut process = Process::start()?;
            let (model, digest, text) = (self.model.clone(), self.digest, self.text);
            let (adapters, vault) = (self.adapters.clone(), self.vault.clone());
            let (placement, prompts) = (self.placement, self.prompts.clone());
            let order = Order::Open { model, digest, text, adapters, placement, prompts, vault };
            process.tell(&order);
            match process.hear() {
                Ok(Reply::Ready { device }) => process.device = device,
                Ok(Reply::Failed { reason }) => return Err(Error::Refused(reason)),
                Ok(_) => return Err(Error::Spoken(io::ErrorKind::InvalidData.into())),
                Err(source) => return Err(process.lost(source)),
            }
            self.process = Some(process);
        }
        Ok(self.process.as_mut().expect("just started"))
    }

    fn roll(
        &mut self,
        call: &ShootRequest<'_>,
        draft: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<Reply, Error> {
        let progress = self.progress;
        let process = self.started()?;
        process.tell(&Order::Shoot { call: call.clone(), draft: draft.to_owned() });
        let mut stopped = false;
        loop {
            match process.hear() {
                Ok(Reply::Loading { model }) => progress.report(&ProgressEvent::Load { model }),
                Ok(Reply::Remark { message }) => {
                    progress.report(&ProgressEvent::Remark { message })
                }
                Ok(Reply::Step { done, steps }) => {
                    if on_step(done, steps).is_break() && !stopped {
                        stopped = true;
                        process.tell(&Order::Stop);
                    }
                }
                Ok(reply) => return Ok(reply),
                Err(source) => {
                    let process = self.process.take().expect("it was just spoken with");
                    return Err(process.lost(source));
                }
            }
        }
    }
}

/// What is wrong with a model's networks, in sentences; asks a camera that is
/// started for it.
pub fn check(model: &Model) -> Result<Vec<String>, Error> {
    let folder = match &model.files {
        Files::Embedded => None,
        Files::Folder(folder) => Some(folder.clone()),
    };
    let mut process = Process::start()?;
    process.tell(&Order::Check { model: folder, adapters: model.adapters.clone() });
    let heard = process.hear();
    let checked = match heard {
        Ok(Reply::Checked { wrong }) => Ok(wrong),
        Ok(Reply::Failed { reason }) => Err(Error::Refused(reason)),
        Ok(_) => Err(Error::Spoken(io::ErrorKind::InvalidData.into())),
        Err(source) => return Err(process.lost(source)),
    };
    process.end();
    checked
}

impl Camera for RemoteCamera<'_> {
    fn shoot(
        &mut self,
        call: &ShootRequest<'_>,
        draft: &Path,
        on_step: &mut dyn FnMut(u32, u32) -> ControlFlow<()>,
    ) -> Result<(), ShootFailure> {
        match self.roll(call, draft, on_step) {
            Ok(Reply::Made) => Ok(()),
            Ok(Reply::Cancelled) => Err(ShootFailure::Cancelled),
            Ok(Reply::Failed { reason }) => Err(CameraError::new(reason).into()),
            Ok(_) => {
                let unexpected = Error::Spoken(io::ErrorKind::InvalidData.into());
                Err(CameraError::new(unexpected).into())
            }
            Err(error) => Err(CameraError::from(error).into()),
        }
    }

    fn device(&self) -> String {
        self.process.as_ref().map(|process| process.device.clone()).unwrap_or_default()
    }
}

/// Turns a thread of libgomp spins for the others before it sleeps; read when it
/// is loaded. At the default of 300,000, threads spin away the time of those
/// they wait for wherever other programs want the cores too: beside compilers a
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
        // Ctrl-C is for this process, which tells the camera when to stop.
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

    /// A camera that does not listen is found out when it is to be heard.
    fn tell(&mut self, order: &Order<'_>) {
        let _ = say(&mut self.orders, order);
    }

    fn hear(&mut self) -> io::Result<Reply> {
        hear(&mut self.replies)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    fn end(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Why it cannot be heard any more.
    fn lost(mut self, source: io::Error) -> Error {
        if source.kind() != io::ErrorKind::UnexpectedEof {
            return Error::Spoken(source);
        }
        let status = self.child.wait().map_or_else(|error| error.to_string(), describe);
        let said = self.complaints.join().unwrap_or_default();
        let complaints = said.iter().flat_map(|line| ["\n  ", line.as_str()]).collect();
        Error::Died { status, complaints }
    }
}

impl Drop for RemoteCamera<'_> {
    /// Between takes a camera has nothing to lose, and its memory is wanted.
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

/// The camera's program: the one that is named, or the one beside this one.
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
