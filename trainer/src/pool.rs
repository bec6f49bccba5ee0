//! Holds the latest of things that are numbered in the order in which they are made.
//!
//! Making a scene costs about as much as learning from it, so each serves several
//! times. The number of scenes made determines which ones a pool holds: a resumed run
//! sees what it would have seen.

use std::collections::VecDeque;
use std::ops::Range;

/// The latest `capacity` things.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    capacity: u64,
    made: u64,
    pub(crate) held: VecDeque<T>,
}

impl<T> Pool<T> {
    pub(crate) fn new(capacity: u64) -> Self {
        Self { capacity, made: 0, held: VecDeque::new() }
    }

    /// Numbers of the things to make until `total` have been made.
    pub(crate) fn lacking(&self, total: u64) -> Range<u64> {
        self.made.max(total.saturating_sub(self.capacity))..total
    }

    /// Takes the lacking things from the front of `made`; drops the oldest.
    pub(crate) fn take(&mut self, total: u64, made: &mut impl Iterator<Item = T>) {
        self.held.extend(made.take(self.lacking(total).count()));
        self.made = self.made.max(total);
        let surplus = self.held.len().saturating_sub(self.capacity as usize);
        self.held.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_run_sees_what_it_would_have_seen() {
        let total = |step: u64| step * 11 + 512;
        let mut through = Pool::new(512);
        for step in 0..70 {
            let lacking = through.lacking(total(step));
            assert_eq!(lacking.clone().count(), if step == 0 { 512 } else { 11 });
            through.take(total(step), &mut lacking.into_iter());
        }
        let mut resumed = Pool::new(512);
        let lacking = resumed.lacking(total(69));
        resumed.take(total(69), &mut lacking.into_iter());
        assert_eq!(resumed.held, through.held);
        assert_eq!(resumed.held[0], 69 * 11);
    }
}
