//! A slot for one job: a newer job replaces one that was not begun.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The latest order, and its number.
pub(crate) struct LatestJob<T> {
    slot: Mutex<Slot<T>>,
    changed: Condvar,
}

struct Slot<T> {
    number: u64,
    order: Option<Arc<T>>,
    closed: bool,
}

impl<T> LatestJob<T> {
    pub(crate) fn new() -> Self {
        let slot = Slot { number: 0, order: None, closed: false };
        Self { slot: Mutex::new(slot), changed: Condvar::new() }
    }

    /// Replaces the order; the new one's number.
    pub(crate) fn put(&self, order: T) -> u64 {
        let mut slot = self.slot();
        slot.number += 1;
        slot.order = Some(Arc::new(order));
        self.changed.notify_all();
        slot.number
    }

    /// No more orders: whoever waits goes home.
    pub(crate) fn close(&self) {
        self.slot().closed = true;
        self.changed.notify_all();
    }

    /// Waits for an order later than a number; `None` when there will be none.
    pub(crate) fn after(&self, number: u64) -> Option<(u64, Arc<T>)> {
        let mut slot = self.slot();
        loop {
            if slot.closed {
                return None;
            }
            if slot.number > number
                && let Some(order) = &slot.order
            {
                return Some((slot.number, order.clone()));
            }
            slot = self.changed.wait(slot).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Whether nothing newer was ordered.
    pub(crate) fn is_latest(&self, number: u64) -> bool {
        let slot = self.slot();
        slot.number == number && !slot.closed
    }

    /// Whether nothing newer is ordered for a while.
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
