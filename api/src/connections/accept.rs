//! Accepts connections and serves each on a task of its own.
//!
//! The number of connections is bounded, because each is a descriptor that cameras and evidence might need. A failed
//! accept is waited for, never a reason to end.

use std::io;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::connections::converse::{Serving, converse, is_true};
use crate::connections::slots::Slots;

/// After a failed accept: the table of descriptors is full, and others must close some first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// A failure that lasts is logged again after this time.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// Serves until `stopping` turns true, then until every answer under way was sent.
pub(crate) async fn serve(listener: TcpListener, serving: Serving, slots: Slots) {
    tokio::select! {
        () = accept_all(&listener, &serving, &slots) => {}
        () = is_true(serving.stopping.clone()) => {}
    }
    // The listener closes first: who connects now is refused instead of waiting for an answer.
    drop(listener);
    slots.all_free().await;
}

async fn accept_all(listener: &TcpListener, serving: &Serving, slots: &Slots) {
    let mut trouble = AcceptTrouble::default();
    loop {
        let slot = slots.take().await;
        match listener.accept().await {
            Ok((stream, address)) => {
                trouble.end();
                tokio::spawn(converse(stream, address.ip(), slot, serving.clone()));
            }
            Err(error) => {
                trouble.go_on(&error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Failed accepts, logged at the first and then once a minute.
#[derive(Default)]
struct AcceptTrouble {
    failures: u64,
    logged_at: Option<Instant>,
}

impl AcceptTrouble {
    fn go_on(&mut self, error: &io::Error) {
        self.failures += 1;
        if self.logged_at.is_none_or(|at| at.elapsed() >= LOG_EVERY) {
            self.logged_at = Some(Instant::now());
            let failures = self.failures;
            tracing::warn!(%error, failures, "connections cannot be accepted: the server tries again");
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.failures) > 0 && self.logged_at.take().is_some() {
            tracing::info!("connections are accepted again");
        }
    }
}
