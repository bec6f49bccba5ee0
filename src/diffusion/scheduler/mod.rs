//! Schedules of noise and the solvers that step along them, in flow matching: a sample
//! is (1−σ)·clip + σ·noise and the network predicts noise − clip.
//!
//! Knows velocities; does not know where they come from.

mod config;
mod dpmsolver_multistep;
mod flow_match_euler;
mod sigmas;
mod unipc;

use tch::Tensor;

use super::error::Error;
pub use config::SchedulerConfig;
pub use dpmsolver_multistep::DpmSolverMultistep;
pub use flow_match_euler::FlowMatchEuler;
pub use unipc::UniPc;

/// A schedule from noise to clip, and the state of its solver.
#[derive(Debug)]
pub enum Scheduler {
    /// `UniPCMultistepScheduler`.
    UniPc(UniPc),
    /// `DPMSolverMultistepScheduler`.
    DpmSolverMultistep(DpmSolverMultistep),
    /// `FlowMatchEulerDiscreteScheduler`.
    FlowMatchEuler(FlowMatchEuler),
}

impl Scheduler {
    /// Makes the schedule with this name (`unipc`, `dpmsolver_multistep`,
    /// `flow_match_euler`), number of steps and shift; the model's configuration
    /// decides the rest.
    pub fn new(
        name: &str,
        config: &SchedulerConfig,
        steps: u32,
        shift: f64,
    ) -> Result<Self, Error> {
        config.check()?;
        if steps == 0 {
            return Err(Error::Request("a clip needs at least one step".to_owned()));
        }
        if !(shift.is_finite() && shift > 0.0) {
            return Err(Error::Request(format!("a shift is a positive number, not {shift}")));
        }
        match name {
            "unipc" => {
                config.check_unipc()?;
                Ok(Self::UniPc(UniPc::new(config, steps, shift)))
            }
            "dpmsolver_multistep" => {
                config.check_dpmsolver()?;
                Ok(Self::DpmSolverMultistep(DpmSolverMultistep::new(config, steps, shift)))
            }
            "flow_match_euler" => Ok(Self::FlowMatchEuler(FlowMatchEuler::new(
                config.num_train_timesteps,
                steps,
                shift,
            ))),
            other => Err(Error::Unsupported(format!(
                "the scheduler `{other}` (there are `unipc`, `dpmsolver_multistep` and `flow_match_euler`)"
            ))),
        }
    }

    /// The timestep of each step, as the network takes it.
    pub fn timesteps(&self) -> &[f64] {
        match self {
            Self::UniPc(scheduler) => &scheduler.timesteps,
            Self::DpmSolverMultistep(scheduler) => &scheduler.timesteps,
            Self::FlowMatchEuler(scheduler) => &scheduler.timesteps,
        }
    }

    /// The noise level of each step and at the end.
    pub fn sigmas(&self) -> &[f32] {
        match self {
            Self::UniPc(scheduler) => &scheduler.sigmas,
            Self::DpmSolverMultistep(scheduler) => &scheduler.sigmas,
            Self::FlowMatchEuler(scheduler) => &scheduler.sigmas,
        }
    }

    /// The next sample, given the velocity at this one; both f32.
    pub fn step(&mut self, velocity: &Tensor, sample: &Tensor) -> Tensor {
        match self {
            Self::UniPc(scheduler) => scheduler.step(velocity, sample),
            Self::DpmSolverMultistep(scheduler) => scheduler.step(velocity, sample),
            Self::FlowMatchEuler(scheduler) => scheduler.step(velocity, sample),
        }
    }
}
