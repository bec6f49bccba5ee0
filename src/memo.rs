//! What a pure function gave before, kept as long as it is asked for. A
//! compiler that looks at one text again and again, an editor's, keeps its
//! memos between the passes; any other begins each pass with empty ones.
//!
//! Knows keys and values; does not know what is computed.

use std::hash::Hash;

use foldhash::fast::RandomState;
use indexmap::{Equivalent, IndexMap};

/// Values by their keys.
#[derive(Debug)]
pub(crate) struct Memo<K, V> {
    /// Each value with the pass that last asked for it.
    known: IndexMap<K, (V, u32), RandomState>,
    /// Behind the value that was asked for last: passes mostly ask in one order,
    /// and the next key is found without looking for it.
    next: usize,
    pass: u32,
    /// How many values this pass has asked for.
    asked: usize,
    /// The most that any has: a pass need not ask for all that it is made of.
    most: usize,
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self { known: IndexMap::default(), next: 0, pass: 0, asked: 0, most: 0 }
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The value of a key, if it is known.
    pub(crate) fn get(&mut self, key: &(impl ?Sized + Hash + Equivalent<K>)) -> Option<V> {
        let next = self.known.get_index(self.next);
        let at = match next.filter(|(known, _)| key.equivalent(known)) {
            Some(_) => self.next,
            None => self.known.get_index_of(key)?,
        };
        self.next = at + 1;
        let (value, last) = &mut self.known[at];
        if *last != self.pass {
            *last = self.pass;
            self.asked += 1;
        }
        Some(value.clone())
    }

    /// Remembers the value of a key.
    pub(crate) fn keep(&mut self, key: K, value: V) {
        self.asked += 1;
        self.known.insert(key, (value, self.pass));
    }

    /// A pass begins. When twice as much is known as any pass has asked for, what
    /// was not asked for the longest goes.
    pub(crate) fn begin(&mut self) {
        self.most = self.most.max(self.asked);
        if self.most > 0 && self.known.len() >= 2 * self.most {
            let mut ages: Vec<u32> =
                self.known.values().map(|(_, last)| self.pass.wrapping_sub(*last)).collect();
            let (_, oldest, _) = ages.select_nth_unstable(self.most - 1);
            let (pass, oldest) = (self.pass, *oldest);
            self.known.retain(|_, (_, last)| pass.wrapping_sub(*last) <= oldest);
        }
        self.pass = self.pass.wrapping_add(1);
        (self.next, self.asked) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::Memo;

    #[test]
    fn what_is_not_asked_for_goes() {
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
