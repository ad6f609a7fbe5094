//! Accepts connections and serves each on a task of its own.
//!
//! A connection has [`HEADER_PATIENCE`] to send the head of a request, also between two requests: one that says
//! nothing is closed. The number of connections is bounded, because each is a descriptor that cameras and evidence
//! might need. A failed accept is waited for, never a reason to end.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::Instant;
use tower::ServiceExt;

use crate::connections::busy::busy_until_sent;
use crate::connections::slots::{Slot, Slots};

/// A browser sends the head of a request at once. A connection that it keeps for later it opens again.
const HEADER_PATIENCE: Duration = Duration::from_secs(15);
/// Many times what a browser sends.
const HEADER_BYTES: usize = 32 * 1024;
/// After a failed accept: the table of descriptors is full, and others must close some first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(500);
/// A failure that lasts is logged again after this time.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// Serves until `stopping` turns true, then until every answer under way was sent.
pub(crate) async fn serve(
    listener: TcpListener,
    routes: Router,
    slots: Slots,
    stopping: watch::Receiver<bool>,
) {
    tokio::select! {
        () = accept_all(&listener, &routes, &slots, &stopping) => {}
        () = is_true(stopping.clone()) => {}
    }
    // The listener closes first: who connects now is refused instead of waiting for an answer.
    drop(listener);
    slots.all_free().await;
}

async fn accept_all(
    listener: &TcpListener,
    routes: &Router,
    slots: &Slots,
    stopping: &watch::Receiver<bool>,
) {
    let mut trouble = AcceptTrouble::default();
    loop {
        let slot = slots.take().await;
        match listener.accept().await {
            Ok((stream, _)) => {
                trouble.end();
                tokio::spawn(converse(stream, routes.clone(), slot, stopping.clone()));
            }
            Err(error) => {
                trouble.go_on(&error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// One connection, until its client ends it, another one needs its slot, or the server stops.
async fn converse(stream: TcpStream, routes: Router, slot: Arc<Slot>, stopping: watch::Receiver<bool>) {
    // Answers are often small, and players ask for one small range after the other.
    let _ = stream.set_nodelay(true);
    let answer = service_fn(|request| answer(request, routes.clone(), &slot));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_PATIENCE)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), answer);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = slot.asked_to_leave() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        },
        () = is_true(stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        },
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}

async fn answer(
    request: Request<Incoming>,
    routes: Router,
    slot: &Arc<Slot>,
) -> Result<Response, Infallible> {
    let answering = slot.answer();
    Ok(busy_until_sent(routes.oneshot(request).await?, answering))
}

async fn is_true(mut flag: watch::Receiver<bool>) {
    // Its sender is gone only when the server is gone.
    let _ = flag.wait_for(|is_true| *is_true).await;
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
