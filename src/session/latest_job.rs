//! A slot for one job: a newer job replaces one that was not begun.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The latest job, and its number.
pub(crate) struct LatestJob<T> {
    slot: Mutex<Slot<T>>,
    changed: Condvar,
}

struct Slot<T> {
    number: u64,
    job: Option<Arc<T>>,
    closed: bool,
}

impl<T> LatestJob<T> {
    pub(crate) fn new() -> Self {
        let slot = Slot { number: 0, job: None, closed: false };
        Self { slot: Mutex::new(slot), changed: Condvar::new() }
    }

    /// Replaces the job; returns the number of the new one.
    pub(crate) fn put(&self, job: T) -> u64 {
        let mut slot = self.slot();
        slot.number += 1;
        slot.job = Some(Arc::new(job));
        self.changed.notify_all();
        slot.number
    }

    /// Closes the slot and wakes all waiting threads.
    pub(crate) fn close(&self) {
        self.slot().closed = true;
        self.changed.notify_all();
    }

    /// Waits for a job later than a number; `None` when the slot is closed.
    pub(crate) fn after(&self, number: u64) -> Option<(u64, Arc<T>)> {
        let mut slot = self.slot();
        loop {
            if slot.closed {
                return None;
            }
            if slot.number > number
                && let Some(job) = &slot.job
            {
                return Some((slot.number, job.clone()));
            }
            slot = self.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether no newer job came.
    pub(crate) fn is_latest(&self, number: u64) -> bool {
        let slot = self.slot();
        slot.number == number && !slot.closed
    }

    /// Whether no newer job comes for a while.
    pub(crate) fn stays_latest(&self, number: u64, time: Duration) -> bool {
        let slot = self.slot();
        let latest = |slot: &mut Slot<T>| slot.number == number && !slot.closed;
        let waited = self.changed.wait_timeout_while(slot, time, latest);
        waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn slot(&self) -> MutexGuard<'_, Slot<T>> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
