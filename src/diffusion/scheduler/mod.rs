//! Schedules of noise and the solvers that step along them, in flow matching:
//! a sample is (1−σ)·clip + σ·noise and the network tells noise − clip.
//!
//! Knows velocities; does not know where they come from.

mod flow_match_euler;
mod unipc;

use serde::Deserialize;
use tch::Tensor;

use super::Error;
pub use flow_match_euler::FlowMatchEuler;
pub use unipc::UniPc;

/// `scheduler/scheduler_config.json`, of either scheduler.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of diffusers")]
pub struct Config {
    /// Its class in diffusers.
    #[serde(rename = "_class_name")]
    pub class_name: String,
    /// Times the network was trained with.
    pub num_train_timesteps: f64,
    /// Order of `UniPC`'s predictor, 1 or 2.
    pub solver_order: usize,
    /// `UniPC`'s B(h); must be `bh2` (`bh1` is not finite at σ = 0).
    pub solver_type: String,
    /// Steps after which `UniPC` does not correct.
    pub disable_corrector: Vec<usize>,
    /// Whether `UniPC`'s last steps are of lower order.
    pub lower_order_final: bool,
    /// What the network tells; `UniPC` needs `flow_prediction`.
    pub prediction_type: String,
    /// Whether the shift depends on the picture's size; must be false.
    pub use_dynamic_shifting: bool,
    /// Where the schedule ends; must be null.
    pub shift_terminal: Option<f64>,
    /// The last σ; must be `zero`.
    pub final_sigmas_type: String,
    /// Another spacing of σ; must be false.
    pub use_karras_sigmas: bool,
    /// Another spacing of σ; must be false.
    pub use_exponential_sigmas: bool,
    /// Another spacing of σ; must be false.
    pub use_beta_sigmas: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            class_name: String::new(),
            num_train_timesteps: 1000.0,
            solver_order: 2,
            solver_type: "bh2".to_owned(),
            disable_corrector: Vec::new(),
            lower_order_final: true,
            prediction_type: "flow_prediction".to_owned(),
            use_dynamic_shifting: false,
            shift_terminal: None,
            final_sigmas_type: "zero".to_owned(),
            use_karras_sigmas: false,
            use_exponential_sigmas: false,
            use_beta_sigmas: false,
        }
    }
}

impl Config {
    fn check(&self) -> Result<(), Error> {
        let unsupported = |what: &str| Err(Error::Unsupported(format!("a scheduler with {what}")));
        if self.prediction_type != "flow_prediction" {
            return unsupported("a `prediction_type` other than `flow_prediction`");
        }
        if self.use_dynamic_shifting || self.shift_terminal.is_some() {
            return unsupported("`use_dynamic_shifting` or `shift_terminal`");
        }
        if self.use_karras_sigmas || self.use_exponential_sigmas || self.use_beta_sigmas {
            return unsupported("Karras, exponential or beta sigmas");
        }
        if self.final_sigmas_type != "zero" {
            return unsupported("a `final_sigmas_type` other than `zero`");
        }
        if !(1..=2).contains(&self.solver_order) {
            return unsupported("a `solver_order` other than 1 or 2");
        }
        if self.solver_type != "bh2" {
            return unsupported("a `solver_type` other than `bh2`");
        }
        Ok(())
    }
}

/// A schedule on its way from noise to clip.
#[derive(Debug)]
pub enum Scheduler {
    /// `UniPCMultistepScheduler`.
    UniPc(UniPc),
    /// `FlowMatchEulerDiscreteScheduler`.
    FlowMatchEuler(FlowMatchEuler),
}

impl Scheduler {
    /// The schedule of this name (`unipc`, `flow_match_euler`) with so many
    /// steps and this shift; the rest is the model's configuration.
    pub fn new(name: &str, config: &Config, steps: u32, shift: f64) -> Result<Self, Error> {
        config.check()?;
        if steps == 0 {
            return Err(Error::Request("a clip needs at least one step".to_owned()));
        }
        if !(shift.is_finite() && shift > 0.0) {
            return Err(Error::Request(format!("a shift is a positive number, not {shift}")));
        }
        match name {
            "unipc" => Ok(Self::UniPc(UniPc::new(config, steps, shift))),
            "flow_match_euler" => Ok(Self::FlowMatchEuler(FlowMatchEuler::new(
                config.num_train_timesteps,
                steps,
                shift,
            ))),
            other => Err(Error::Unsupported(format!(
                "the scheduler `{other}` (there are `unipc` and `flow_match_euler`)"
            ))),
        }
    }

    /// The time of each step, as the network wants it.
    pub fn timesteps(&self) -> &[f64] {
        match self {
            Self::UniPc(scheduler) => &scheduler.timesteps,
            Self::FlowMatchEuler(scheduler) => &scheduler.timesteps,
        }
    }

    /// The noise level of each step, and of the end.
    pub fn sigmas(&self) -> &[f32] {
        match self {
            Self::UniPc(scheduler) => &scheduler.sigmas,
            Self::FlowMatchEuler(scheduler) => &scheduler.sigmas,
        }
    }

    /// The next sample, given the velocity at this one; both f32.
    pub fn step(&mut self, velocity: &Tensor, sample: &Tensor) -> Tensor {
        match self {
            Self::UniPc(scheduler) => scheduler.step(velocity, sample),
            Self::FlowMatchEuler(scheduler) => scheduler.step(velocity, sample),
        }
    }
}

fn shifted(sigma: f64, shift: f64) -> f64 {
    shift * sigma / (1.0 + (shift - 1.0) * sigma)
}

/// `count` numbers from `start` to `end`, both included, as numpy has them.
fn linspace(start: f64, end: f64, count: u32) -> Vec<f64> {
    let step = (end - start) / f64::from(count.max(2) - 1);
    (0..count)
        .map(|i| if i > 0 && i + 1 == count { end } else { f64::from(i) * step + start })
        .collect()
}
