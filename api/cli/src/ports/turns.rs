//! One at a time for each name; the others wait as long as somebody wants them to.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often who waits looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(100);

/// Who has a turn.
#[derive(Default)]
pub(super) struct Turns {
    taken: Mutex<BTreeSet<String>>,
    changed: Condvar,
}

/// A turn; dropping it ends it.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    name: String,
}

impl Turns {
    /// Waits for the turn; `None` when it is wanted no longer.
    pub(super) fn take(&self, name: &str, wanted: &AtomicBool) -> Option<Turn<'_>> {
        let mut taken = self.lock();
        while taken.contains(name) {
            if !wanted.load(Ordering::Relaxed) {
                return None;
            }
            let woken = self.changed.wait_timeout(taken, GLANCE);
            taken = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
        if !wanted.load(Ordering::Relaxed) {
            return None;
        }
        taken.insert(name.to_owned());
        Some(Turn { turns: self, name: name.to_owned() })
    }

    /// The set is valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.lock().remove(&self.name);
        self.turns.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_with_one_at_a_time() {
        let (turns, wanted) = (Turns::default(), AtomicBool::new(true));
        let first = turns.take("gate", &wanted).unwrap();
        assert!(turns.take("dock", &wanted).is_some(), "another camera");
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| turns.take("gate", &wanted).is_some());
            drop(first);
            assert!(waiting.join().unwrap());
        });
        let _again = turns.take("gate", &wanted).unwrap();
        wanted.store(false, Ordering::Relaxed);
        assert!(turns.take("gate", &wanted).is_none(), "nobody waits any more");
        assert!(turns.take("dock", &wanted).is_none());
    }
}
