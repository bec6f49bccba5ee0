//! Computes one gradient in several threads, each on its part of a batch, and makes
//! scenes in several threads.
//!
//! These threads wait for each other once a step. libtorch's threads wait at every
//! operation, which costs far more on a busy machine.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tch::Tensor;

use crate::Error;

/// The loss of a part of a batch.
#[derive(Debug)]
pub(crate) struct BatchLoss {
    /// The mean loss of the part.
    pub(crate) loss: Tensor,
    /// A second number to log.
    pub(crate) logged: f64,
}

/// The mean gradient, loss and logged number of `workers` parts of a batch.
pub(crate) fn gradient(
    workers: u64,
    parameters: &Tensor,
    part: impl Fn(u64, &Tensor) -> Result<BatchLoss, Error> + Sync,
) -> Result<(Tensor, f64, f64), Error> {
    let one = |worker: u64, parameters: Tensor| -> Result<(Tensor, f64, f64), Error> {
        let BatchLoss { loss, logged } = part(worker, &parameters)?;
        let mut gradient = Tensor::run_backward(&[&loss], &[&parameters], false, false);
        Ok((gradient.remove(0), loss.double_value(&[]), logged))
    };
    if workers == 1 {
        return one(0, parameters.shallow_clone());
    }
    let parts = thread::scope(|scope| {
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

/// Makes things in several threads, one maker in each; returns them in order.
pub(crate) fn each<M: Send, W: Sync, T: Send>(
    makers: &mut [M],
    wanted: &[W],
    make: impl Fn(&M, &W) -> Result<T, Error> + Sync,
) -> Result<Vec<T>, Error> {
    let next = AtomicUsize::new(0);
    let work = |maker: &mut M| -> Result<_, Error> {
        tch::set_num_threads(1);
        let mut made = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = wanted.get(index) else { return Ok(made) };
            made.push((index, make(maker, one)?));
        }
    };
    let mut made = thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            makers.iter_mut().map(|maker| scope.spawn(move || work(maker))).collect();
        threads.into_iter().try_fold(Vec::new(), |mut made, thread| {
            made.extend(thread.join().expect("no maker panics")?);
            Ok::<_, Error>(made)
        })
    })?;
    made.sort_by_key(|(index, _)| *index);
    Ok(made.into_iter().map(|(_, made)| made).collect())
}
