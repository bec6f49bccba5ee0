//! Euler's method along the flow: `FlowMatchEulerDiscreteScheduler`.

use tch::Tensor;

use super::sigmas::{linspace, shifted};

/// Euler's method along the flow.
#[derive(Debug)]
pub struct FlowMatchEuler {
    pub(super) timesteps: Vec<f64>,
    pub(super) sigmas: Vec<f32>,
    index: usize,
}

impl FlowMatchEuler {
    pub(super) fn new(train: f64, steps: u32, shift: f64) -> Self {
        // diffusers shifts the ends of the range, then the range again.
        let [first, last] = [1.0, 1.0 / train]
            .map(|sigma| f64::from((shift * sigma / (1.0 + (shift - 1.0) * sigma)) as f32));
        let mut sigmas: Vec<f32> = linspace(first * train, last * train, steps)
            .into_iter()
            .map(|timestep| shifted(timestep / train, shift) as f32)
            .collect();
        let timesteps = sigmas.iter().map(|sigma| f64::from(sigma * train as f32)).collect();
        sigmas.push(0.0);
        Self { timesteps, sigmas, index: 0 }
    }

    pub(super) fn step(&mut self, velocity: &Tensor, sample: &Tensor) -> Tensor {
        let step = self.sigmas[self.index + 1] - self.sigmas[self.index];
        self.index += 1;
        sample + velocity * f64::from(step)
    }
}
