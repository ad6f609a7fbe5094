//! Cases side by side: they mostly wait.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::case::Case;

/// Does something with each case, so many at a time; answers in the order of the cases.
pub(super) fn each<T: Send>(cases: &[Case], at_once: usize, work: &(dyn Fn(&Case) -> T + Sync)) -> Vec<T> {
    let waiting: Mutex<VecDeque<usize>> = Mutex::new((0..cases.len()).collect());
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..at_once.min(cases.len()) {
            scope.spawn(|| {
                loop {
                    let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(number) = next else { break };
                    let outcome = work(&cases[number]);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((number, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}
