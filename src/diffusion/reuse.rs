//! Reuses velocities of earlier steps where new ones would hardly differ.
//!
//! The velocity changes in proportion to the latents, and the factor changes slowly.
//! This predicts the change of a velocity before it is computed: while the predicted
//! changes add up to less than a threshold, the last velocity is reused. Source of the
//! criterion: `EasyCache`, Zhou et al., arXiv 2507.02860.
//!
//! Knows the tensors of one branch of guidance; does not know what computes them.

use tch::Tensor;

use super::Error;

/// How often a clip reused velocities.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct ReuseStatistics {
    /// How many velocities the steps needed.
    pub passes: u32,
    /// How many of these were reused.
    pub reused: u32,
    /// The largest difference between a reused velocity and the next computed one: mean
    /// |difference| / mean |velocity|.
    pub difference: f64,
}

/// A velocity that was computed, and the latents it was computed at.
#[derive(Debug)]
struct Known {
    latents: Tensor,
    velocity: Tensor,
    size: f64,
    /// Whether a later step reused it.
    reused: bool,
}

/// The velocities of one branch.
#[derive(Debug, Default)]
pub(super) struct Velocities {
    known: Option<Known>,
    /// Latents of the last step.
    last: Option<Tensor>,
    /// Change of the velocity per change of the latents.
    rate: Option<f64>,
    /// The predicted change of the velocity since it was computed, relative to its
    /// size.
    drift: f64,
}

impl Velocities {
    /// The velocity at latents, f32: the last one while its predicted error is less
    /// than `below`, otherwise the result of `compute`. Without `below` every
    /// velocity is computed and nothing is measured.
    pub(super) fn at(
        &mut self,
        latents: &Tensor,
        below: Option<f64>,
        reused: &mut ReuseStatistics,
        compute: impl FnOnce() -> Result<Tensor, Error>,
    ) -> Result<Tensor, Error> {
        reused.passes += 1;
        let Some(below) = below else { return compute() };
        let last = self.last.replace(latents.shallow_clone());
        if let (Some(known), Some(rate), Some(last)) = (&mut self.known, self.rate, last) {
            self.drift += rate * distance(latents, &last) / known.size;
            if self.drift < below {
                reused.reused += 1;
                known.reused = true;
                return Ok(known.velocity.shallow_clone());
            }
        }
        let velocity = compute()?;
        let size = velocity.abs().mean(velocity.kind()).double_value(&[]);
        if let Some(known) = &self.known {
            let changed = distance(&velocity, &known.velocity);
            self.rate = Some(changed / distance(latents, &known.latents));
            if known.reused {
                reused.difference = reused.difference.max(changed / size);
            }
        }
        self.drift = 0.0;
        self.known = Some(Known {
            latents: latents.shallow_clone(),
            velocity: velocity.shallow_clone(),
            size,
            reused: false,
        });
        Ok(velocity)
    }
}

/// The mean absolute difference.
fn distance(a: &Tensor, b: &Tensor) -> f64 {
    (a - b).abs().mean(tch::Kind::Float).double_value(&[])
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    /// Moves the latents by one a step; the velocity grows by a hundredth.
    fn walk(below: f64, steps: i64) -> (Vec<f64>, ReuseStatistics) {
        let (mut velocities, mut reused) = (Velocities::default(), ReuseStatistics::default());
        let full = |value: f64| Tensor::full([2, 3], value, (Kind::Float, Device::Cpu));
        let walked = (0..steps).map(|step| {
            let latents = full(step as f64);
            let compute = || Ok(full(1.0 + step as f64 / 100.0));
            let velocity = velocities.at(&latents, Some(below), &mut reused, compute);
            velocity.unwrap().double_value(&[0, 0])
        });
        (walked.collect(), reused)
    }

    #[test]
    fn velocities_are_used_again_while_they_hardly_change() {
        let (made, reused) = walk(0.0, 6);
        assert!(made.is_sorted_by(|a, b| a < b), "{made:?}");
        assert_eq!(reused, ReuseStatistics { passes: 6, reused: 0, difference: 0.0 });
        // The velocity changes by a hundredth a step: two steps stay below 0.025, the
        // third does not.
        let (made, reused) = walk(0.025, 8);
        assert_eq!((reused.passes, reused.reused), (8, 4), "{made:?}");
        assert!(made[1] == made[2] && made[2] == made[3] && made[3] < made[4], "{made:?}");
        assert!((reused.difference - 0.03 / 1.04).abs() < 1e-3, "{reused:?}");
    }

    #[test]
    fn a_velocity_that_is_no_number_is_not_used_again() {
        let (mut velocities, mut reused) = (Velocities::default(), ReuseStatistics::default());
        let full = |value: f64| Tensor::full([2], value, (Kind::Float, Device::Cpu));
        for step in 0..4 {
            let compute = || Ok(full(f64::NAN));
            let _ = velocities.at(&full(f64::from(step)), Some(1.0), &mut reused, compute).unwrap();
        }
        assert_eq!(reused.reused, 0);
    }
}
