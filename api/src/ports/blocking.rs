//! Work that blocks a thread: a bounded number at once, waited for only so long, and told when nobody waits any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

/// Less than the patience of the server with any answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(25);

/// Why work brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// It did not begin or end within [`PATIENCE`].
    Late,
    /// It fell over.
    Died,
}

/// Waits for a place, then for the work; both together no longer than [`PATIENCE`]. The work's argument turns false
/// when nobody waits any more.
pub(crate) async fn finish<T: Send + 'static>(
    places: &Arc<Semaphore>,
    work: impl FnOnce(&AtomicBool) -> T + Send + 'static,
) -> Result<T, Unfinished> {
    let (places, wish) = (places.clone(), Wish::default());
    let wanted = wish.0.clone();
    let done = async move {
        let place = places.acquire_owned().await.map_err(|_| Unfinished::Late)?;
        let work = move || {
            // Given back when the work ends, which may be after its client has left.
            let _place = place;
            work(&wanted)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| Unfinished::Died)
    };
    let done = tokio::time::timeout(PATIENCE, done).await.unwrap_or(Err(Unfinished::Late));
    drop(wish);
    done
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
