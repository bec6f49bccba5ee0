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
    /// Places of Adam's parameters.
    adam: Tensor,
    /// Whether of convolutions over three frames only the last tap is trained.
    last_taps: bool,
}

/// Matrices of one shape: `rows` outputs, and inputs × taps × area columns.
#[derive(Debug)]
struct Group {
    rows: i64,
    inputs: i64,
    taps: i64,
    area: i64,
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
        let mut shapes: BTreeMap<[i64; 4], Vec<i64>> = BTreeMap::new();
        let mut adam = Vec::new();
        for (parameter, begin, size) in flat.spans() {
            if parameter.shape.len() < 2 || !matrix(parameter) {
                adam.extend(begin..begin + size);
                continue;
            }
            let shape = match &parameter.shape[..] {
                [rows, inputs, taps, area @ ..] => [*rows, *inputs, *taps, area.iter().product()],
                [rows, columns @ ..] => [*rows, columns.iter().product(), 1, 1],
                [] => unreachable!("a matrix has two dimensions"),
            };
            shapes.entry(shape).or_default().push(begin);
        }
        let groups = shapes
            .into_iter()
            .map(|([rows, inputs, taps, area], starts)| Group { rows, inputs, taps, area, starts })
            .collect();
        Self {
            mean: start.zeros_like(),
            square: start.zeros_like(),
            average: start.copy(),
            step: 0,
            workers: workers as usize,
            groups,
            adam: Tensor::from_slice(&adam).to_device(start.device()),
            last_taps: false,
        }
    }

    /// Leaves all but the last tap of convolutions over three frames as they are: single
    /// pictures have no gradient for them, and Muon then multiplies a third.
    pub(crate) fn train_last_taps(&mut self) {
        self.last_taps = true;
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
            let mut gradient = gradient.shallow_clone();
            if norm > rates.clip {
                gradient *= rates.clip / norm;
            }
            let mut parameters = parameters.detach();
            self.adam(&mut parameters, &gradient, rates.adam * factor);
            std::thread::scope(|scope| {
                for share in 0..self.workers {
                    let (parameters, gradient) =
                        (parameters.shallow_clone(), gradient.shallow_clone());
                    let (groups, workers) = (&self.groups, self.workers);
                    let (mean, last_taps) = (self.mean.shallow_clone(), self.last_taps);
                    scope.spawn(move || {
                        tch::set_num_threads(1);
                        let _guard = tch::no_grad_guard();
                        for group in groups {
                            let count = group.starts.len().div_ceil(workers);
                            if let Some(starts) = group.starts.chunks(count).nth(share) {
                                let ahead = group.ahead(starts, &mean, &gradient, last_taps);
                                group.step(starts, &parameters, &ahead, rates, factor);
                            }
                        }
                    });
                }
            });
            let decay = rates.average.min((1.0 + self.step as f64) / (10.0 + self.step as f64));
            let _ = self.average.lerp_(&parameters, 1.0 - decay);
            norm
        })
    }

    /// Takes a gradient into the running means, and makes Adam's steps.
    fn adam(&mut self, parameters: &mut Tensor, gradient: &Tensor, rate: f64) {
        let of = |tensor: &Tensor| tensor.index_select(0, &self.adam);
        let (own, mut mean, mut square) = (of(gradient), of(&self.mean), of(&self.square));
        // Adam's mean and Muon's momentum share a tensor.
        let _ = self.mean.lerp_(gradient, 1.0 - MOMENTUM);
        let _ = mean.lerp_(&own, 1.0 - BETAS.0);
        let _ = square.lerp_(&own.square(), 1.0 - BETAS.1);
        let steps = self.step as i32;
        let update = &mean
            / (1.0 - BETAS.0.powi(steps))
            / ((&square / (1.0 - BETAS.1.powi(steps))).sqrt() + 1e-8);
        let _ = self.mean.index_copy_(0, &self.adam, &mean);
        let _ = self.square.index_copy_(0, &self.adam, &square);
        let _ = parameters.index_add_(0, &self.adam, &(update * -rate));
    }
}

impl Group {
    /// The part of a flat tensor that one matrix trains.
    fn view(&self, of: &Tensor, start: i64, last_taps: bool) -> Tensor {
        let Self { rows, inputs, taps, area, .. } = *self;
        let whole = of.narrow(0, start, rows * inputs * taps * area);
        if last_taps && taps == 3 {
            whole.view([rows, inputs, taps, area]).select(2, taps - 1)
        } else {
            whole.view([rows, inputs * taps, area])
        }
    }

    /// Nesterov's look ahead, as in the reference implementation, (matrices, rows,
    /// columns, area).
    fn ahead(&self, starts: &[i64], mean: &Tensor, gradient: &Tensor, last_taps: bool) -> Tensor {
        let stacked = |of: &Tensor| {
            let views = starts.iter().map(|start| self.view(of, *start, last_taps));
            Tensor::stack(&views.collect::<Vec<_>>(), 0)
        };
        stacked(gradient).lerp(&stacked(mean), MOMENTUM)
    }

    fn step(&self, starts: &[i64], parameters: &Tensor, ahead: &Tensor, rates: Rates, factor: f64) {
        let updates = orthogonalise(&ahead.flatten(2, 3)).view_as(ahead);
        let columns = self.inputs * self.taps * self.area;
        // A step's spectral norm is the rate times √(outputs/inputs), so that it
        // changes activations equally for every shape.
        let scale = (self.rows as f64 / columns as f64).max(1.0).sqrt();
        let rate = rates.muon * factor;
        let last_taps = ahead.size()[2] != self.inputs * self.taps;
        for (index, start) in starts.iter().enumerate() {
            let mut matrix = self.view(parameters, *start, last_taps);
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
    if tall { x.transpose(1, 2).contiguous() } else { x }
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
