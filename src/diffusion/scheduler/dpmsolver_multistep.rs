//! `DPMSolverMultistepScheduler` in flow matching, predicting the clip (Lu et
//! al., "DPM-Solver++: Fast Solver for Guided Sampling", 2022).

use tch::Tensor;

use super::config::SchedulerConfig;
use super::sigmas::{lambda, linspace, shifted};

/// A solver over the last three predictions of the clip.
#[derive(Debug)]
pub struct DpmSolverMultistep {
    pub(super) timesteps: Vec<f64>,
    pub(super) sigmas: Vec<f32>,
    solver_order: usize,
    heun: bool,
    lower_order_final: bool,
    /// Clips predicted at the last steps, newest last.
    predicted: Vec<Tensor>,
    index: usize,
}

/// With fewer steps, the last ones have a lower order if the configuration asks for it.
const FEW: usize = 15;

impl DpmSolverMultistep {
    pub(super) fn new(config: &SchedulerConfig, steps: u32, shift: f64) -> Self {
        let train = config.num_train_timesteps;
        let sigmas: Vec<f64> = linspace(1.0, 1.0 / train, steps + 1)
            .into_iter()
            .skip(1)
            .rev()
            .map(|alpha| shifted(1.0 - alpha, shift))
            .collect();
        Self {
            timesteps: sigmas.iter().map(|sigma| (sigma * train).trunc()).collect(),
            sigmas: sigmas.into_iter().map(|sigma| sigma as f32).chain([0.0]).collect(),
            solver_order: config.solver_order,
            heun: config.solver_type == "heun",
            lower_order_final: config.lower_order_final,
            predicted: Vec::new(),
            index: 0,
        }
    }

    pub(super) fn step(&mut self, velocity: &Tensor, sample: &Tensor) -> Tensor {
        let clip = sample - velocity * f64::from(self.sigmas[self.index]);
        if self.predicted.len() == self.solver_order {
            let _ = self.predicted.remove(0);
        }
        self.predicted.push(clip);
        let next = self.predict(self.order(), sample);
        self.index += 1;
        next
    }

    fn order(&self) -> usize {
        let left = self.timesteps.len() - self.index;
        // λ is infinite at the end; only the first order can take that.
        let most = match left {
            1 => 1,
            2 if self.lower_order_final && self.timesteps.len() < FEW => 2,
            _ => 3,
        };
        self.predicted.len().min(most)
    }

    fn predict(&self, order: usize, sample: &Tensor) -> Tensor {
        let sigma = |index: usize| f64::from(self.sigmas[index]);
        let step = |to: usize| lambda(sigma(to)) - lambda(sigma(to - 1));
        let clip = |back: usize| &self.predicted[self.predicted.len() - 1 - back];
        let now = self.index;
        let (h, alpha) = (step(now + 1), 1.0 - sigma(now + 1));
        let phi = (-h).exp_m1();
        let next = sample * (sigma(now + 1) / sigma(now)) - clip(0) * (alpha * phi);
        if order == 1 {
            return next;
        }
        let slope = |back: usize| (clip(back) - clip(back + 1)) * (h / step(now - back));
        let first = slope(0);
        if order == 2 {
            let weight = if self.heun { -(phi / h + 1.0) } else { 0.5 * phi };
            return next - first * (alpha * weight);
        }
        let (r0, r1) = (step(now) / h, step(now - 1) / h);
        let bend = (&first - slope(1)) / (r0 + r1);
        let first = first + &bend * r0;
        next + first * (alpha * (phi / h + 1.0)) - bend * (alpha * ((phi + h) / (h * h) - 0.5))
    }
}
