//! A mailbox with one slot in which the latest value wins: neither side ever waits for the other.

use std::sync::{Arc, Mutex, PoisonError};

/// Clones share the slot. The lock is held for a move of `T` only.
#[derive(Debug)]
pub(super) struct Mailbox<T>(Arc<Mutex<Option<T>>>);

impl<T> Mailbox<T> {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }

    /// Replaces what was not taken yet.
    pub(super) fn put(&self, value: T) {
        // The old value is dropped after the lock is released: dropping an outcome may free megabytes.
        let _old = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(value);
    }

    /// The latest value, once.
    pub(super) fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl<T> Clone for Mailbox<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_wins_and_is_taken_once() {
        let mailbox = Mailbox::new();
        let sender = mailbox.clone();
        assert_eq!(mailbox.take(), None);
        sender.put(1);
        sender.put(2);
        assert_eq!(mailbox.take(), Some(2));
        assert_eq!(mailbox.take(), None);
    }
}
