//! What an odd camera did so far.

use std::sync::{Arc, Mutex, PoisonError};

/// Counts of one camera, over all its connections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Pictures that were sent.
    pub pictures: u64,
    /// Connections that played.
    pub plays: u32,
    /// Connections whose last picture was sent.
    pub complete: u32,
    /// Sessions that ended for want of a keep-alive.
    pub timeouts: u32,
    /// Methods in the order in which they came.
    pub methods: Vec<String>,
}

/// The same, shared by the threads of a camera.
#[derive(Debug, Clone, Default)]
pub(super) struct Ledger(Arc<Mutex<Seen>>);

impl Ledger {
    pub(super) fn note(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
