//! The camera as a child process. It starts for the first take, and a crash
//! loses only the current take.
//!
//! Knows orders and replies; does not know networks.

use std::env;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;

use blake3::Hash;

use super::drive::{Camera, CameraError, ShootFailure, ShootRequest};
use super::plan::ModelFingerprint;
use super::progress::{Progress, ProgressEvent};
use super::wire::{Order, Reply};
use super::worker::{Worker, WorkerDeath, WorkerLoss, program};
use crate::model::{AdapterFile, Files, Model, Placement};

/// Names a camera program to use instead of the one beside this program.
pub const VARIABLE: &str = "PHOTOPLAY_CAMERA";

/// The program's name.
const PROGRAM: &str = "photoplay-camera";

/// How often a thread of libgomp spins before it sleeps; libgomp reads it on
/// loading. With the default of 300,000, threads take the cores from those that
/// they wait for as soon as other programs need cores too: beside compilers, a
/// take of ten seconds took eight minutes.
const SPIN: (&str, &str) = ("GOMP_SPINCOUNT", "2000");

/// Starts the camera's process.
fn start() -> Result<Worker, Error> {
    let program = program(VARIABLE, PROGRAM);
    let mut command = Command::new(&program);
    if [SPIN.0, "OMP_WAIT_POLICY"].iter().all(|name| env::var_os(name).is_none()) {
        command.env(SPIN.0, SPIN.1);
    }
    Worker::start(command).map_err(|source| Error::Start { program, source })
}

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
    #[error("the camera {0}")]
    Died(WorkerDeath),
}

impl Error {
    /// The remedy, if there is one.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            Self::Start { .. } => Some(format!(
                "`cargo install --path .` in the repository installs `{PROGRAM}` beside `photoplay`; {VARIABLE} names another one"
            )),
            Self::Died(death) if death.lacks_a_library() => {
                Some("`make setup` fetches libtorch; LIBTORCH names another one".to_owned())
            }
            Self::Died(death) if death.lost_a_file() => Some(
                "leave the model's files alone while takes are made; `photoplay models check` says whether they are whole".to_owned(),
            ),
            Self::Died(_) => Some(
                "the usual cause is too little memory: close other programs, or film in a smaller format; the vault has every finished take".to_owned(),
            ),
            Self::Refused(_) | Self::Protocol(_) => None,
        }
    }
}

impl From<WorkerLoss> for Error {
    fn from(loss: WorkerLoss) -> Self {
        match loss {
            WorkerLoss::Protocol(source) => Self::Protocol(source),
            WorkerLoss::Died(death) => Self::Died(death),
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
    process: Option<Worker>,
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
            device: String::new(),
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
        self.started()?;
        Ok(self.device.clone())
    }

    fn started(&mut self) -> Result<&mut Worker, Error> {
        if self.process.is_none() {
            let mut process = start()?;
            let (model, digest, text) = (self.model.clone(), self.digest, self.text);
            let (adapters, vault) = (self.adapters.clone(), self.vault.clone());
            let (placement, prompts) = (self.placement, self.prompts.clone());
            let order = Order::Open { model, digest, text, adapters, placement, prompts, vault };
            process.send(&order);
            match process.receive() {
                Ok(Reply::Ready { device }) => self.device = device,
                Ok(Reply::Failed { reason }) => return Err(Error::Refused(reason)),
                Ok(_) => return Err(Error::Protocol(io::ErrorKind::InvalidData.into())),
                Err(source) => return Err(process.lost(source).into()),
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
                    return Err(process.lost(source).into());
                }
            }
        }
    }
}

/// The faults of a model's networks, in sentences. Starts a camera to check them.
pub(crate) fn check(model: &Model) -> Result<Vec<String>, Error> {
    let folder = match &model.files {
        Files::Embedded => None,
        Files::Folder(folder) => Some(folder.clone()),
    };
    let mut process = start()?;
    process.send(&Order::Check { model: folder, adapters: model.adapters.clone() });
    let reply = process.receive();
    let checked = match reply {
        Ok(Reply::Checked { wrong }) => Ok(wrong),
        Ok(Reply::Failed { reason }) => Err(Error::Refused(reason)),
        Ok(_) => Err(Error::Protocol(io::ErrorKind::InvalidData.into())),
        Err(source) => return Err(process.lost(source).into()),
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
        self.device.clone()
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
