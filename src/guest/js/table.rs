//! What the handles of one guest process refer to: contexts that live on the host, with a limit on what they may take.

use std::collections::BTreeMap;

/// Bytes of host memory that the contexts of one process may take together, by their own estimate.
const MAX_WEIGHT: usize = 512 << 20;

/// Contexts of one process that may be open together.
const MAX_ENTRIES: usize = 10_000;

/// Contexts by number.
#[derive(Debug)]
pub(super) struct Table<T> {
    entries: BTreeMap<u32, (T, usize)>,
    next: u32,
    weight: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            entries: BTreeMap::new(),
            next: 1,
            weight: 0,
        }
    }
}

impl<T> Table<T> {
    /// Whether a context that takes so many bytes still has room; to be asked before it is made.
    pub(super) fn has_room(&self, weight: usize) -> bool {
        self.entries.len() < MAX_ENTRIES && self.weight.saturating_add(weight) <= MAX_WEIGHT
    }

    /// Keeps a context and returns its number; `None` when there is no room.
    pub(super) fn insert(&mut self, value: T, weight: usize) -> Option<u32> {
        if !self.has_room(weight) {
            return None;
        }
        let number = self.next;
        self.next = self.next.checked_add(1)?;
        self.weight = self.weight.saturating_add(weight);
        self.entries.insert(number, (value, weight));
        Some(number)
    }

    /// The context with this number.
    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.entries.get_mut(&number).map(|(value, _)| value)
    }

    /// Takes a context out.
    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let (value, weight) = self.entries.remove(&number)?;
        self.weight = self.weight.saturating_sub(weight);
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weight_is_limited_and_given_back() {
        let mut table = Table::default();
        let number = table.insert('a', MAX_WEIGHT).unwrap_or(0);
        assert_eq!(table.insert('b', 1), None);
        assert_eq!(table.remove(number), Some('a'));
        assert!(table.insert('b', 1).is_some());
        assert_eq!(table.get_mut(number), None);
    }
}
