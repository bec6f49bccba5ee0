//! How far a run has come, and how fast it learns there.
//!
//! On a CPU a clock counts CPU time: a run learns as much in a minute, and cools down as
//! it should, whatever else the machine does.

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
    /// Cores whose time is counted, and the seconds that they had worked before; `None`
    /// counts that of the clock on the wall.
    cores: Option<(f64, f64)>,
    before: f64,
    first: i64,
    /// Warm-up in steps.
    warmup: f64,
    /// The part at the end of the run over which the rate falls to zero.
    cooldown: f64,
}

impl Clock {
    /// The clock of a phase that began at step `first` and has trained `seconds`, on so
    /// many cores of a CPU, or on a GPU if `None`.
    pub(crate) fn start(budget: Budget, seconds: f64, first: i64, cores: Option<u64>) -> Self {
        let (warmup, cooldown) = (30.0, 0.4);
        let (began, worked) = (Instant::now(), cpu_seconds());
        let cores = cores.and_then(|cores| Some((cores as f64, worked?)));
        Self { budget, began, cores, before: seconds, first, warmup, cooldown }
    }

    /// Seconds trained, including those before a resumption.
    pub(crate) fn seconds(&self) -> f64 {
        self.before + self.session()
    }

    /// Seconds trained since this process began.
    pub(crate) fn session(&self) -> f64 {
        match self.cores {
            Some((cores, before)) => (cpu_seconds().unwrap_or(before) - before) / cores,
            None => self.began.elapsed().as_secs_f64(),
        }
    }

    /// Since this process began, by the clock on the wall.
    pub(crate) fn elapsed(&self) -> Duration {
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

/// CPU time of all threads of this process, as Linux tells it: in ticks of a hundredth.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, a name in brackets, may have spaces.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / 100.0)
}
