//! Slots for connections. When all are taken, the connection that has been idle for longest makes room.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// All slots.
#[derive(Clone)]
pub(crate) struct Slots {
    count: u32,
    free: Arc<Semaphore>,
    taken: Arc<Mutex<Taken>>,
}

/// Connections by the order in which each last became idle, or came.
#[derive(Default)]
struct Taken {
    newest: u64,
    by_turn: BTreeMap<u64, Arc<Seat>>,
}

/// One connection, as the others see it.
struct Seat {
    /// Requests that are being answered.
    answers: AtomicU32,
    /// Asks the connection to end once it is idle.
    leave: Notify,
}

/// A taken slot; dropping it frees the slot.
pub(crate) struct Slot {
    slots: Slots,
    seat: Arc<Seat>,
    turn: Mutex<u64>,
    _permit: OwnedSemaphorePermit,
}

/// A request that is being answered; dropping it ends that.
pub(crate) struct Answering(Arc<Slot>);

impl Slots {
    pub(crate) fn new(count: u32) -> Self {
        Self { count, free: Arc::new(Semaphore::new(count as usize)), taken: Arc::default() }
    }

    /// Resolves once no slot is taken.
    pub(crate) async fn all_free(&self) {
        // The semaphore is never closed.
        let _ = self.free.acquire_many(self.count).await;
    }

    /// Waits for a slot. Asks idle connections to leave as long as none is free.
    pub(crate) async fn take(&self) -> Arc<Slot> {
        let permit = match Arc::clone(&self.free).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => self.wait().await,
        };
        let seat = Arc::new(Seat { answers: AtomicU32::new(0), leave: Notify::new() });
        let turn = Mutex::new(self.lock().append(&seat));
        Arc::new(Slot { slots: self.clone(), seat, turn, _permit: permit })
    }

    async fn wait(&self) -> OwnedSemaphorePermit {
        self.dismiss_idlest();
        let permit = Arc::clone(&self.free).acquire_owned().await;
        permit.expect("the semaphore is never closed")
    }

    fn dismiss_idlest(&self) {
        let taken = self.lock();
        let idle = taken.by_turn.values().find(|seat| seat.answers.load(Ordering::Relaxed) == 0);
        if let Some(seat) = idle {
            seat.leave.notify_one();
        }
    }

    /// Valid between any two statements, so a thread that died while it held the lock spoils nothing.
    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn append(&mut self, seat: &Arc<Seat>) -> u64 {
        self.newest += 1;
        self.by_turn.insert(self.newest, Arc::clone(seat));
        self.newest
    }
}

impl Slot {
    /// Resolves when the slot is needed by another connection.
    pub(crate) async fn asked_to_leave(&self) {
        self.seat.leave.notified().await;
    }

    /// Marks a request as being answered.
    pub(crate) fn answer(self: &Arc<Self>) -> Answering {
        self.seat.answers.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    fn turn(&self) -> MutexGuard<'_, u64> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let Slot { slots, seat, .. } = &*self.0;
        if seat.answers.fetch_sub(1, Ordering::Relaxed) == 1 {
            let (mut taken, mut turn) = (slots.lock(), self.0.turn());
            taken.by_turn.remove(&turn);
            *turn = taken.append(seat);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let turn = *self.turn();
        self.slots.lock().by_turn.remove(&turn);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn the_idlest_makes_room_and_one_that_is_answered_stays() {
        let slots = Slots::new(3);
        let (first, second, third) = (slots.take().await, slots.take().await, slots.take().await);
        let answering = first.answer();
        assert!(slots.take().now_or_never().is_none(), "all slots are taken");
        assert!(first.asked_to_leave().now_or_never().is_none(), "a request is being answered");
        assert!(second.asked_to_leave().now_or_never().is_some(), "idle for longest");
        assert!(third.asked_to_leave().now_or_never().is_none());
        drop(answering);
        drop(second);
        let fourth = slots.take().await;
        assert!(slots.take().now_or_never().is_none());
        assert!(third.asked_to_leave().now_or_never().is_some(), "the first has just been answered");
        drop((first, third, fourth));
        assert!(slots.lock().by_turn.is_empty());
    }
}
