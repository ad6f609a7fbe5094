//! Work that blocks a thread: a bounded number at once, waited for only so long, and told when nobody waits any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

/// Less than the patience of the server with any answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

/// Places for one kind of work. Clones are the same places.
#[derive(Clone)]
pub(crate) struct Places {
    at_once: Arc<Semaphore>,
    /// For work that is under way and work that waits.
    entered: Arc<Semaphore>,
}

/// Why work brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// As many wait already as may.
    Full,
    /// It did not begin or end within [`PATIENCE`].
    Late,
    /// It fell over.
    Died,
}

impl Places {
    /// `at_once` may be under way, and `waiting` more may wait for them.
    pub(crate) fn new(at_once: usize, waiting: usize) -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            entered: Arc::new(Semaphore::new(at_once + waiting)),
        }
    }

    /// Waits for a place, then for the work; both together no longer than [`PATIENCE`]. The work's argument turns
    /// false when nobody waits any more; work that has not begun then does not begin.
    pub(crate) async fn finish<T: Send + 'static>(
        &self,
        work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
    ) -> Result<T, Unfinished> {
        let entered = self.entered.clone().try_acquire_owned().map_err(|_| Unfinished::Full)?;
        let (places, wish) = (self.at_once.clone(), Wish::default());
        let wanted = wish.0.clone();
        let done = async move {
            let place = places.acquire_owned().await.map_err(|_| Unfinished::Late)?;
            let work = move || {
                // Given back when the work ends, which may be after its client has left.
                let _held = (place, entered);
                wanted.load(Ordering::Relaxed).then(|| work(&wanted)).ok_or(Unfinished::Late)
            };
            tokio::task::spawn_blocking(work).await.unwrap_or(Err(Unfinished::Died))
        };
        let done = tokio::time::timeout(PATIENCE, done).await.unwrap_or(Err(Unfinished::Late));
        drop(wish);
        done
    }
}

/// Tells the worker when it is dropped, be it that the client left or that the patience is over.
struct Wish(Arc<AtomicBool>);

impl Default for Wish {
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for Wish {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// Work that says that it has begun, and ends when nobody wants it.
    fn until_unwanted(begun: mpsc::SyncSender<()>) -> impl FnOnce(&AtomicBool) + Send + 'static {
        move |wanted| {
            begun.send(()).unwrap();
            while wanted.load(Ordering::Relaxed) {
                std::thread::yield_now();
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn who_leaves_frees_the_place_and_who_comes_to_a_full_house_is_told() {
        let places = Places::new(1, 1);
        let (begun, has_begun) = mpsc::sync_channel(1);
        let first = tokio::spawn({
            let places = places.clone();
            let work = until_unwanted(begun.clone());
            async move { places.finish(work).await }
        });
        let has_begun = tokio::task::spawn_blocking(move || has_begun.recv().map(|()| has_begun)).await;
        let has_begun = has_begun.unwrap().unwrap();
        let waiting = places.finish(|_| 7);
        tokio::pin!(waiting);
        assert!(futures_util::poll!(&mut waiting).is_pending(), "the only place is taken");
        assert_eq!(places.finish(|_| 8).await, Err(Unfinished::Full), "one waits, and no more may");
        // The client hangs up: the request is dropped, and its work ends at its next look.
        first.abort();
        assert_eq!(waiting.await, Ok(7));
        assert_eq!(places.finish(|_| 9).await, Ok(9), "every place is free again");
        assert!(has_begun.try_recv().is_err());
    }

    #[tokio::test]
    async fn work_that_falls_over_frees_its_place() {
        let places = Places::new(1, 0);
        let fell = places.finish(|_| -> u8 { panic!("on purpose") }).await;
        assert_eq!(fell, Err(Unfinished::Died));
        assert_eq!(places.finish(|_| 1).await, Ok(1));
    }
}
