//! How far a run has come, and how fast it learns there.

use std::time::{Duration, Instant};

/// Where a run ends: after minutes, on any machine, or after steps.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Budget {
    /// Minutes of the phase, including those before a resumption.
    Minutes(f64),
    /// Steps of the phase.
    Steps(i64),
}

/// A run's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    budget: Budget,
    began: Instant,
    before: f64,
    first: i64,
    /// Warm-up in steps.
    warmup: f64,
    /// The part at the end of the run over which the rate falls to zero.
    cooldown: f64,
}

impl Clock {
    /// The clock of a phase that began at step `first` and has trained `seconds`.
    pub(crate) fn start(budget: Budget, seconds: f64, first: i64) -> Self {
        let (warmup, cooldown) = (30.0, 0.4);
        Self { budget, began: Instant::now(), before: seconds, first, warmup, cooldown }
    }

    /// Seconds trained, including those before a resumption.
    pub(crate) fn seconds(&self) -> f64 {
        self.before + self.began.elapsed().as_secs_f64()
    }

    /// Since this process began.
    pub(crate) fn session(&self) -> Duration {
        self.began.elapsed()
    }

    /// 0 at the start, 1 at the end.
    pub(crate) fn progress(&self, step: i64) -> f64 {
        match self.budget {
            Budget::Minutes(minutes) => self.seconds() / (60.0 * minutes),
            Budget::Steps(steps) => (step - self.first) as f64 / steps as f64,
        }
    }

    /// The factor of learning rates: rises over the warm-up, stays level, then falls
    /// linearly, so that a run which ends on time gives a cooled model.
    pub(crate) fn factor(&self, step: i64) -> f64 {
        let up = ((step - self.first + 1) as f64 / self.warmup).min(1.0);
        let down = ((1.0 - self.progress(step)) / self.cooldown).clamp(0.01, 1.0);
        up * down
    }
}
