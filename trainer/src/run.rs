//! How a training run begins, and how it resumes. Knows parameters and clocks; does not
//! know what is trained.

use std::path::PathBuf;

use photoplay::diffusion::noise::Noise;
use photoplay::diffusion::weights::Parameter;
use tch::{Device, Tensor};

use crate::Error;
use crate::checkpoint::TrainingCheckpoint;
use crate::flat::Flat;
use crate::optimiser::Optimiser;
use crate::schedule::{Budget, Clock};

/// The options of every run.
#[derive(Debug)]
pub(crate) struct RunOptions {
    /// The folder of the checkpoint, the log and the sheets.
    pub(crate) folder: PathBuf,
    pub(crate) budget: Budget,
    /// Whether to continue the run in the folder.
    pub(crate) resume: bool,
    /// Threads that share a step.
    pub(crate) workers: u64,
    pub(crate) seed: u64,
    pub(crate) device: Device,
    /// Multiplies learning rates.
    pub(crate) rate: f64,
}

impl RunOptions {
    /// The clock of a phase that began at step `began` and has trained `seconds`.
    pub(crate) fn clock(&self, seconds: f64, began: i64) -> Clock {
        let cores = (self.device == Device::Cpu).then_some(self.workers);
        Clock::start(self.budget, seconds, began, cores)
    }
}

/// What a phase takes over from the phase before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inherits {
    /// The parameters and the state of the optimiser.
    Everything,
    /// The running average, as its parameters. Its optimiser has no momentum yet.
    Average,
}

/// The state in which a run begins or resumes.
pub(crate) struct Start {
    pub(crate) parameters: Tensor,
    pub(crate) optimiser: Optimiser,
    /// Seconds that the phase has trained already.
    pub(crate) seconds: f64,
    /// The step at which the phase began.
    pub(crate) began: i64,
}

impl Start {
    /// Reads the checkpoint of a run that resumes; a new run has the parameters that
    /// `initial` gives. `is_matrix` selects those that Muon trains.
    pub(crate) fn of(
        options: &RunOptions,
        flat: &Flat,
        phase: &str,
        inherits: Inherits,
        is_matrix: fn(&Parameter) -> bool,
        initial: impl FnOnce(&mut Noise) -> Tensor,
    ) -> Result<Self, Error> {
        let checkpoint =
            options.resume.then(|| TrainingCheckpoint::load(&options.folder)).transpose()?;
        let initial = match &checkpoint {
            Some(checkpoint) => checkpoint.parameters.copy(),
            None => initial(&mut Noise::new(options.seed, 0)),
        };
        if initial.numel() as i64 != flat.len() {
            return Err(Error::Layout(options.folder.clone()));
        }
        let parameters = initial.to_device(options.device).set_requires_grad(true);
        let mut optimiser = Optimiser::new(flat, &parameters.detach(), options.workers, is_matrix);
        let Some(checkpoint) = checkpoint else {
            return Ok(Self { parameters, optimiser, seconds: 0.0, began: 0 });
        };
        let same_phase = checkpoint.phase == phase;
        if same_phase || inherits == Inherits::Everything {
            checkpoint.restore(&mut optimiser);
        } else {
            optimiser.step = checkpoint.step;
            optimiser.average = checkpoint.average.to_device(options.device);
            tch::no_grad(|| parameters.detach().copy_(&optimiser.average));
        }
        let (seconds, began) = if same_phase {
            (checkpoint.seconds, checkpoint.began)
        } else {
            (0.0, checkpoint.step)
        };
        Ok(Self { parameters, optimiser, seconds, began })
    }
}
