//! Tables whose copies share what was not changed.

use std::{collections::BTreeMap, sync::Arc};

use application::ports::StorageError;

/// Rows by their unique key. A copy costs nothing; the first change of a copy copies the keys, and rows only when they
/// are changed.
#[derive(Debug)]
pub(super) struct Table<K, V>(Arc<BTreeMap<K, Arc<V>>>);

impl<K, V> Clone for Table<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key).map(|row| &**row)
    }

    pub(super) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        if self.0.contains_key(key) {
            Arc::make_mut(&mut self.0).get_mut(key).map(Arc::make_mut)
        } else {
            None
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.values().map(|row| &**row)
    }

    /// The first key whose row `is_it`.
    pub(super) fn key_of(&self, is_it: impl Fn(&V) -> bool) -> Option<&K> {
        self.0.iter().find(|(_, row)| is_it(row)).map(|(key, _)| key)
    }

    /// Rows from the greatest key down, only those below `before`.
    pub(super) fn newest_first(&self, before: Option<K>) -> impl Iterator<Item = &V> {
        let newer = move |key: &K| before.as_ref().is_some_and(|before| key >= before);
        self.0.iter().rev().skip_while(move |(key, _)| newer(key)).map(|(_, row)| &**row)
    }

    /// Adds a row; `name` is that of the unique key.
    pub(super) fn insert(&mut self, key: K, row: V, name: &'static str) -> Result<(), StorageError> {
        if self.0.contains_key(&key) {
            return Err(StorageError::Conflict(name));
        }
        self.put(key, row);
        Ok(())
    }

    /// Adds a row, or puts it in the place of another.
    pub(super) fn put(&mut self, key: K, row: V) {
        Arc::make_mut(&mut self.0).insert(key, Arc::new(row));
    }

    pub(super) fn remove(&mut self, key: &K) -> bool {
        self.0.contains_key(key) && Arc::make_mut(&mut self.0).remove(key).is_some()
    }

    /// Changes every row that is `meant`.
    pub(super) fn change(&mut self, mut meant: impl FnMut(&V) -> bool, mut change: impl FnMut(&mut V)) {
        let keys: Vec<K> = self.0.iter().filter(|(_, row)| meant(row)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.get_mut(&key).into_iter().for_each(&mut change);
        }
    }

    /// Removes every row that `condemned` says; answers how many.
    pub(super) fn remove_where(&mut self, mut condemned: impl FnMut(&V) -> bool) -> usize {
        let keys: Vec<K> =
            self.0.iter().filter(|(_, row)| condemned(row)).map(|(key, _)| key.clone()).collect();
        keys.iter().filter(|key| self.remove(key)).count()
    }
}
