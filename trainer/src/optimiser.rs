//! Optimises one flat tensor: matrices by Muon, the rest by Adam.
//!
//! Muon (Jordan et al. 2024, <https://kellerjordan.github.io/posts/muon/>) replaces the
//! momentum of a matrix by the nearest orthogonal one. It needed about half the samples
//! that Adam did, and samples are expensive here. Matrices of one shape are
//! orthogonalised together. Knows shapes; does not know what they are for.

use std::collections::BTreeMap;

use photoplay::diffusion::best_kind;
use photoplay::diffusion::weights::Parameter;
use tch::{Kind, Tensor};

use crate::flat::Flat;

/// Rates and decays; the schedule multiplies rates.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rates {
    /// For orthogonalised matrices: the largest singular value of a step.
    pub(crate) muon: f64,
    /// For everything else.
    pub(crate) adam: f64,
    /// Decoupled weight decay of matrices, in steps of rate one.
    pub(crate) decay: f64,
    /// Largest norm of the whole gradient.
    pub(crate) clip: f64,
    /// Decay of the running average of the parameters.
    pub(crate) average: f64,
}

/// The state of an optimiser: everything needed to continue exactly.
#[derive(Debug)]
pub(crate) struct Optimiser {
    /// Running mean of gradients (Adam) or momentum (Muon).
    pub(crate) mean: Tensor,
    /// Running mean of squared gradients.
    pub(crate) square: Tensor,
    /// Running average of the parameters.
    pub(crate) average: Tensor,
    /// Steps taken.
    pub(crate) step: i64,
    /// Threads that share the matrices.
    workers: usize,
    groups: Vec<Group>,
    /// One for Adam's parameters, zero for Muon's.
    adam: Tensor,
}

/// Matrices of one shape.
#[derive(Debug)]
struct Group {
    rows: i64,
    columns: i64,
    starts: Vec<i64>,
}

const MOMENTUM: f64 = 0.95;
const BETAS: (f64, f64) = (0.9, 0.98);

impl Optimiser {
    /// `matrix` selects the parameters of two or more dimensions that Muon takes.
    pub(crate) fn new(
        flat: &Flat,
        start: &Tensor,
        workers: u64,
        matrix: impl Fn(&Parameter) -> bool,
    ) -> Self {
        let mut shapes: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
        let adam = start.ones_like();
        for (parameter, begin, size) in flat.spans() {
            if parameter.shape.len() >= 2 && matrix(parameter) {
                let rows = parameter.shape[0];
                shapes.entry((rows, size / rows)).or_default().push(begin);
                let _ = adam.narrow(0, begin, size).zero_();
            }
        }
        let groups = shapes
            .into_iter()
            .map(|((rows, columns), starts)| Group { rows, columns, starts })
            .collect();
        Self {
            mean: start.zeros_like(),
            square: start.zeros_like(),
            average: start.copy(),
            step: 0,
            workers: workers as usize,
            groups,
            adam,
        }
    }

    /// Makes one step on `parameters` with `gradient`; returns the gradient's norm
    /// before clipping. `factor` is that of the schedule, 0 to 1.
    pub(crate) fn step(
        &mut self,
        parameters: &Tensor,
        gradient: &Tensor,
        rates: Rates,
        factor: f64,
    ) -> f64 {
        tch::no_grad(|| {
            self.step += 1;
            let norm = gradient.norm().double_value(&[]);
            let gradient = if norm > rates.clip {
                gradient * (rates.clip / norm)
            } else {
                gradient.shallow_clone()
            };
            self.square *= BETAS.1;
            self.square += gradient.square() * (1.0 - BETAS.1);
            // Adam's mean and Muon's momentum share a tensor.
            let keep = &self.adam * (BETAS.0 - MOMENTUM) + MOMENTUM;
            self.mean *= &keep;
            self.mean += &gradient * (1.0 - &keep);
            let steps = self.step as i32;
            let update = &self.mean
                / (1.0 - BETAS.0.powi(steps))
                / ((&self.square / (1.0 - BETAS.1.powi(steps))).sqrt() + 1e-8);
            let mut parameters = parameters.detach();
            parameters -= update * &self.adam * (rates.adam * factor);
            // Nesterov's look ahead, as in the reference implementation.
            let ahead = &self.mean * MOMENTUM + &gradient * (1.0 - MOMENTUM);
            std::thread::scope(|scope| {
                for share in 0..self.workers {
                    let (parameters, ahead) = (parameters.shallow_clone(), ahead.shallow_clone());
                    let (groups, workers) = (&self.groups, self.workers);
                    scope.spawn(move || {
                        tch::set_num_threads(1);
                        let _guard = tch::no_grad_guard();
                        for group in groups {
                            let count = group.starts.len().div_ceil(workers);
                            if let Some(starts) = group.starts.chunks(count).nth(share) {
                                group.step(starts, &parameters, &ahead, rates, factor);
                            }
                        }
                    });
                }
            });
            let decay = rates.average.min((1.0 + self.step as f64) / (10.0 + self.step as f64));
            self.average *= decay;
            self.average += &parameters * (1.0 - decay);
            norm
        })
    }
}

impl Group {
    fn step(&self, starts: &[i64], parameters: &Tensor, ahead: &Tensor, rates: Rates, factor: f64) {
        let view = |of: &Tensor, start: i64| {
            of.narrow(0, start, self.rows * self.columns).view([self.rows, self.columns])
        };
        let stacked: Vec<_> = starts.iter().map(|start| view(ahead, *start)).collect();
        let updates = orthogonalise(&Tensor::stack(&stacked, 0));
        // A step's spectral norm is the rate times √(outputs/inputs), so that it
        // changes activations equally for every shape.
        let scale = (self.rows as f64 / self.columns as f64).max(1.0).sqrt();
        let rate = rates.muon * factor;
        for (index, start) in starts.iter().enumerate() {
            let mut matrix = view(parameters, *start);
            matrix *= 1.0 - rate * rates.decay;
            matrix -= updates.get(index as i64) * (rate * scale);
        }
    }
}

/// Brings the singular values of `[batch, rows, columns]` near one by five
/// Newton–Schulz iterations with the coefficients of the reference.
fn orthogonalise(matrices: &Tensor) -> Tensor {
    let (a, b, c) = (3.4445, -4.7750, 2.0315);
    let size = matrices.size();
    let tall = size[1] > size[2];
    let wide = if tall { matrices.transpose(1, 2) } else { matrices.shallow_clone() };
    let norm = wide.square().sum_dim_intlist([1i64, 2].as_slice(), true, Kind::Float).sqrt();
    // The reference also iterates in bf16: only the direction matters.
    let mut x = (wide / (norm + 1e-12)).to_kind(best_kind(matrices.device()));
    for _ in 0..5 {
        let gram = x.bmm(&x.transpose(1, 2));
        let polynomial = &gram * b + gram.bmm(&gram) * c;
        x = &x * a + polynomial.bmm(&x);
    }
    let x = x.to_kind(Kind::Float);
    if tall { x.transpose(1, 2) } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;
    use photoplay::diffusion::noise::Noise;

    #[test]
    fn orthogonalised_matrices_have_singular_values_near_one() {
        for shape in [[2, 12, 40], [3, 40, 12], [1, 16, 16]] {
            let matrices = Noise::new(1, 0).normal(&shape) * 3.0;
            let (_, values, _) = orthogonalise(&matrices).svd(true, false);
            let (low, high) = (values.min().double_value(&[]), values.max().double_value(&[]));
            assert!(low > 0.3 && high < 1.6, "{shape:?}: {low}..{high}");
        }
    }
}
