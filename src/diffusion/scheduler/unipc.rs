//! `UniPCMultistepScheduler` in flow matching, predicting the clip (Zhao et al.,
//! "A Unified Predictor-Corrector Framework", 2023).

use tch::Tensor;

use super::config::SchedulerConfig;
use super::sigmas::{lambda, linspace, shifted};

/// Predictor and corrector over the last three predictions of the clip.
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

/// What both formulas need for the step from σ `s0` to σ `t`.
struct Coefficients {
    /// σt / σs0.
    ratio: f64,
    alpha: f64,
    /// e^−h − 1, which is also B(h) of the variant `bh2`.
    phi: f64,
    /// Where the older predictions lie, in units of h, newest first.
    r: Vec<f64>,
    /// Right side of the equations for the weights.
    b: [f64; 3],
}

impl UniPc {
    pub(super) fn new(config: &SchedulerConfig, steps: u32, shift: f64) -> Self {
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

    /// `UniP`: the next sample, from the newest prediction.
    fn predict(&self, sample: &Tensor) -> Tensor {
        let c = self.coefficients(self.index, self.index + 1);
        let next = sample * c.ratio - self.clip(0) * (c.alpha * c.phi);
        let weights = match c.r.as_slice() {
            [] => vec![],
            [_] => vec![0.5],
            [first, second, ..] => weigh(*first, *second, c.b[0], c.b[1]).to_vec(),
        };
        let slopes = self.slopes(&c).into_iter().zip(weights);
        slopes.fold(next, |next, (slope, weight)| next - slope * (c.alpha * c.phi * weight))
    }

    /// `UniC`: repeats the last step with the prediction at its end.
    fn correct(&self, clip: &Tensor, last_sample: &Tensor) -> Tensor {
        let c = self.coefficients(self.index - 1, self.index);
        let next = last_sample * c.ratio - self.clip(0) * (c.alpha * c.phi);
        let ahead = clip - self.clip(0);
        let slopes = self.slopes(&c);
        let residual = match (c.r.as_slice(), slopes.as_slice()) {
            ([r, ..], [slope]) => {
                let [first, last] = weigh(*r, 1.0, c.b[0], c.b[1]);
                slope * first + ahead * last
            }
            ([r0, r1, ..], [newer, older]) => {
                // [1 1 1; r0 r1 1; r0² r1² 1] ρ = b without its first row.
                let [first, second] = weigh(r0 + 1.0, r1 + 1.0, c.b[1] - c.b[0], c.b[2] - c.b[0]);
                let (first, second) = (first / (r0 - 1.0), second / (r1 - 1.0));
                newer * first + older * second + ahead * (c.b[0] - first - second)
            }
            _ => ahead * 0.5,
        };
        next - residual * (c.alpha * c.phi)
    }

    /// The predicted clip `back` predictions before the newest.
    fn clip(&self, back: usize) -> &Tensor {
        &self.predicted[self.predicted.len() - 1 - back]
    }

    /// Slopes from the newest prediction to each of the older ones.
    fn slopes(&self, c: &Coefficients) -> Vec<Tensor> {
        c.r.iter().enumerate().map(|(i, r)| (self.clip(i + 1) - self.clip(0)) / *r).collect()
    }

    fn coefficients(&self, from: usize, to: usize) -> Coefficients {
        let sigma = |index: usize| f64::from(self.sigmas[index]);
        let at = |index: usize| lambda(sigma(index));
        let h = at(to) - at(from);
        let phi = (-h).exp_m1();
        let first = phi / -h - 1.0;
        let second = first / -h - 0.5;
        let third = second / -h - 1.0 / 6.0;
        Coefficients {
            ratio: sigma(to) / sigma(from),
            alpha: 1.0 - sigma(to),
            phi,
            r: (1..self.order).map(|back| (at(from - back) - at(from)) / h).collect(),
            b: [first / phi, second * 2.0 / phi, third * 6.0 / phi],
        }
    }
}

/// Solves [1 1; r0 r1] ρ = b.
fn weigh(r0: f64, r1: f64, b0: f64, b1: f64) -> [f64; 2] {
    let first = (b0 * r1 - b1) / (r1 - r0);
    [first, b0 - first]
}
