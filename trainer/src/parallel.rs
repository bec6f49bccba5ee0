//! One gradient from several threads, each on its own part of a batch.
//!
//! Threads that meet once a step lose far less on a busy machine than
//! libtorch's, which meet at every operation.

use tch::Tensor;

use crate::Error;

/// What a part of a batch gives.
#[derive(Debug)]
pub(crate) struct Part {
    /// The mean loss of the part.
    pub(crate) loss: Tensor,
    /// What is logged beside it.
    pub(crate) logged: f64,
}

/// The mean gradient, loss and logged number of `workers` parts of a batch.
pub(crate) fn gradient(
    workers: u64,
    parameters: &Tensor,
    part: impl Fn(u64, &Tensor) -> Result<Part, Error> + Sync,
) -> Result<(Tensor, f64, f64), Error> {
    let one = |worker: u64, parameters: Tensor| -> Result<(Tensor, f64, f64), Error> {
        let Part { loss, logged } = part(worker, &parameters)?;
        let mut gradient = Tensor::run_backward(&[&loss], &[&parameters], false, false);
        Ok((gradient.remove(0), loss.double_value(&[]), logged))
    };
    if workers == 1 {
        return one(0, parameters.shallow_clone());
    }
    let parts = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                let (one, parameters) = (&one, parameters.shallow_clone());
                scope.spawn(move || {
                    tch::set_num_threads(1);
                    one(worker, parameters)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a worker does not panic"))
            .collect::<Result<Vec<_>, Error>>()
    })?;
    let share = 1.0 / workers as f64;
    let mut parts = parts.into_iter();
    let (mut gradient, mut loss, mut logged) = parts.next().expect("there is a worker");
    for (more, other, note) in parts {
        gradient += more;
        loss += other;
        logged += note;
    }
    Ok((gradient * share, loss * share, logged * share))
}
