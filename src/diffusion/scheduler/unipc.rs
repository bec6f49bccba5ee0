//! `UniPCMultistepScheduler` in flow matching, predicting the clip (Zhao et al.,
//! "A Unified Predictor-Corrector Framework", 2023).

use tch::Tensor;

use super::{Config, linspace, shifted};

/// Predictor and corrector over the last two velocities.
#[derive(Debug)]
pub struct UniPc {
    pub(super) timesteps: Vec<f64>,
    pub(super) sigmas: Vec<f32>,
    solver_order: usize,
    disable_corrector: Vec<usize>,
    lower_order_final: bool,
    /// Clips predicted at the last steps, newest last.
    predicted: Vec<Tensor>,
    last_sample: Option<Tensor>,
    order: usize,
    index: usize,
}

/// What both formulas need of the step from σ `s0` to σ `t`.
struct Coefficients {
    /// σt / σs0.
    ratio: f64,
    alpha: f64,
    /// e^−h − 1, which is also B(h) of the variant `bh2`.
    phi: f64,
    /// Where the older prediction lies, in units of h.
    r: Option<f64>,
    /// Right side of the equations for the weights.
    b: [f64; 2],
}

impl UniPc {
    pub(super) fn new(config: &Config, steps: u32, shift: f64) -> Self {
        let train = config.num_train_timesteps;
        let mut sigmas: Vec<f64> = linspace(1.0, 1.0 / train, steps + 1)
            .into_iter()
            .take(steps as usize)
            .map(|sigma| shifted(sigma, shift))
            .collect();
        // ln(1 − σ) must be finite at the first step.
        if (sigmas[0] - 1.0).abs() < 1e-6 {
            sigmas[0] -= 1e-6;
        }
        let timesteps = sigmas.iter().map(|sigma| (sigma * train).trunc()).collect();
        let sigmas = sigmas.into_iter().map(|sigma| sigma as f32).chain([0.0]).collect();
        Self {
            timesteps,
            sigmas,
            solver_order: config.solver_order,
            disable_corrector: config.disable_corrector.clone(),
            lower_order_final: config.lower_order_final,
            predicted: Vec::new(),
            last_sample: None,
            order: 1,
            index: 0,
        }
    }

    pub(super) fn step(&mut self, velocity: &Tensor, sample: &Tensor) -> Tensor {
        let clip = sample - velocity * f64::from(self.sigmas[self.index]);
        let corrected = match &self.last_sample {
            Some(last) if !self.disable_corrector.contains(&(self.index - 1)) => {
                self.correct(&clip, last)
            }
            _ => sample.shallow_clone(),
        };
        if self.predicted.len() == self.solver_order {
            let _ = self.predicted.remove(0);
        }
        self.predicted.push(clip);
        let left = self.timesteps.len() - self.index;
        let wanted =
            if self.lower_order_final { self.solver_order.min(left) } else { self.solver_order };
        self.order = wanted.min(self.index + 1);
        let next = self.predict(&corrected);
        self.last_sample = Some(corrected);
        self.index += 1;
        next
    }

    /// `UniP`: on from the newest prediction.
    fn predict(&self, sample: &Tensor) -> Tensor {
        let c = self.coefficients(self.index, self.index + 1);
        let newest = &self.predicted[self.predicted.len() - 1];
        let next = sample * c.ratio - newest * (c.alpha * c.phi);
        match c.r {
            Some(r) => {
                let slope = (&self.predicted[self.predicted.len() - 2] - newest) / r;
                next - slope * (c.alpha * c.phi * 0.5)
            }
            None => next,
        }
    }

    /// `UniC`: the last step again, now knowing the prediction at its end.
    fn correct(&self, clip: &Tensor, last_sample: &Tensor) -> Tensor {
        let c = self.coefficients(self.index - 1, self.index);
        let newest = &self.predicted[self.predicted.len() - 1];
        let next = last_sample * c.ratio - newest * (c.alpha * c.phi);
        let ahead = clip - newest;
        let residual = match c.r {
            Some(r) => {
                // [1 1; r 1] ρ = b.
                let first = (c.b[0] - c.b[1]) / (1.0 - r);
                let slope = (&self.predicted[self.predicted.len() - 2] - newest) / r;
                slope * first + ahead * (c.b[0] - first)
            }
            None => ahead * 0.5,
        };
        next - residual * (c.alpha * c.phi)
    }

    fn coefficients(&self, from: usize, to: usize) -> Coefficients {
        let sigma = |index: usize| f64::from(self.sigmas[index]);
        let lambda = |index: usize| (1.0 - sigma(index)).ln() - sigma(index).ln();
        let h = lambda(to) - lambda(from);
        let phi = (-h).exp_m1();
        let first = phi / -h - 1.0;
        let second = first / -h - 0.5;
        Coefficients {
            ratio: sigma(to) / sigma(from),
            alpha: 1.0 - sigma(to),
            phi,
            r: (self.order == 2).then(|| (lambda(from - 1) - lambda(from)) / h),
            b: [first / phi, second * 2.0 / phi],
        }
    }
}
