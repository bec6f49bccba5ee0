//! Results of a pure function by their keys. An editor compiles one text again
//! and again: it begins a pass before each compilation, and a memo drops the
//! results that no recent pass has looked up. A memo that has begun no pass
//! stores nothing, so a compilation that happens once pays for none.
//!
//! Knows keys and values; does not know how they are computed.

use std::hash::Hash;

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

/// Values by their keys.
#[derive(Debug)]
pub(crate) struct Memo<K, V> {
    /// Each value with the pass that last looked it up.
    known: IndexMap<K, (V, u32), RandomState>,
    /// The index after the value looked up last. Most passes look keys up in the
    /// same order, so this one is tried before the hash.
    next: usize,
    /// `None` before the first pass begins.
    pass: Option<u32>,
    /// How many values this pass has looked up.
    asked: usize,
    /// The largest such count of any pass: not every pass looks all values up.
    most: usize,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { known: IndexMap::default(), next: 0, pass: None, asked: 0, most: 0 }
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The value of a key, if one is stored.
    pub(crate) fn get(&mut self, key: &(impl ?Sized + Hash + Equivalent<K>)) -> Option<V> {
        let pass = self.pass?;
        let next = self.known.get_index(self.next);
        let at = match next.filter(|(known, _)| key.equivalent(known)) {
            Some(_) => self.next,
            None => self.known.get_index_of(key)?,
        };
        self.next = at + 1;
        let (value, last) = &mut self.known[at];
        if *last != pass {
            *last = pass;
            self.asked += 1;
        }
        Some(value.clone())
    }

    /// Stores the value of a key, if a pass has begun.
    pub(crate) fn keep(&mut self, key: impl Into<K>, value: V) {
        let Some(pass) = self.pass else { return };
        self.asked += 1;
        self.known.insert(key.into(), (value, pass));
    }

    /// Whether a pass has begun, so that values are stored.
    pub(crate) fn is_active(&self) -> bool {
        self.pass.is_some()
    }

    /// Drops every value; the pass goes on.
    pub(crate) fn clear(&mut self) {
        *self = Self { pass: self.pass, ..Self::default() };
    }

    /// Begins a pass. When twice as many values are stored as any pass has looked
    /// up, those drop out that were looked up longest ago.
    pub(crate) fn begin(&mut self) {
        self.most = self.most.max(self.asked);
        let pass = self.pass.unwrap_or_default();
        if self.most > 0 && self.known.len() >= 2 * self.most {
            let mut ages: Vec<u32> =
                self.known.values().map(|(_, last)| pass.wrapping_sub(*last)).collect();
            let (_, oldest, _) = ages.select_nth_unstable(self.most - 1);
            let oldest = *oldest;
            self.known.retain(|_, (_, last)| pass.wrapping_sub(*last) <= oldest);
        }
        self.pass = Some(pass.wrapping_add(1));
        (self.next, self.asked) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn a_memo_that_began_no_pass_stores_nothing() {
        let mut memo: Memo<String, u32> = Memo::default();
        memo.keep("1", 1);
        assert_eq!((memo.get("1"), memo.known.len()), (None, 0));
    }

    #[test]
    fn values_that_no_pass_looks_up_drop_out() {
        let mut memo: Memo<String, u32> = Memo::default();
        for pass in 0..10 {
            memo.begin();
            for value in [1, 2, 10 + pass] {
                let key = value.to_string();
                if memo.get(key.as_str()).is_none() {
                    memo.keep(key, value);
                }
            }
        }
        assert_eq!((memo.get("1"), memo.get("19"), memo.get("10")), (Some(1), Some(19), None));
        assert!(memo.known.len() <= 6, "{memo:?}");
    }
}
