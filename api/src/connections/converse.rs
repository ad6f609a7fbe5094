//! One connection: its handshake if there is TLS, then request after request.
//!
//! A connection has [`HEADER_PATIENCE`] to send the head of a request, also between two requests: one that says
//! nothing is closed. Each request carries its [`Peer`].

use std::convert::Infallible;
use std::net::IpAddr;
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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

use crate::connections::busy::busy_until_sent;
use crate::connections::slots::Slot;
use crate::connections::tls::Tls;
use crate::http::client::Peer;

/// A browser sends the head of a request at once. A connection that it keeps for later it opens again.
const HEADER_PATIENCE: Duration = Duration::from_secs(15);
/// Many times what a browser sends.
const HEADER_BYTES: usize = 32 * 1024;

/// What every connection is served with.
#[derive(Clone)]
pub(crate) struct Serving {
    pub(crate) routes: Router,
    /// Plain HTTP without.
    pub(crate) tls: Option<Tls>,
    /// Turns true when the server stops.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Serves a connection until its client ends it, another one needs its slot, or the server stops.
pub(crate) async fn converse(stream: TcpStream, address: IpAddr, slot: Arc<Slot>, serving: Serving) {
    // Answers are often small, and players ask for one small range after the other.
    let _ = stream.set_nodelay(true);
    match &serving.tls {
        None => answer_all(stream, Peer::new(address, false), &slot, &serving).await,
        Some(tls) => {
            if let Some(stream) = shake_hands(tls, stream, &slot, &serving).await {
                answer_all(stream, Peer::new(address, true), &slot, &serving).await;
            }
        }
    }
}

async fn shake_hands(
    tls: &Tls,
    stream: TcpStream,
    slot: &Slot,
    serving: &Serving,
) -> Option<TlsStream<TcpStream>> {
    let shaken = tokio::select! {
        shaken = tls.handshake(stream) => shaken,
        () = slot.asked_to_leave() => return None,
        () = is_true(serving.stopping.clone()) => return None,
    };
    shaken.inspect_err(|error| tracing::trace!(%error, "a TLS handshake failed")).ok()
}

async fn answer_all(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    peer: Peer,
    slot: &Arc<Slot>,
    serving: &Serving,
) {
    let answer = service_fn(|request| answer(request, peer, serving.routes.clone(), slot));
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
        () = is_true(serving.stopping.clone()) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        },
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}

async fn answer(
    mut request: Request<Incoming>,
    peer: Peer,
    routes: Router,
    slot: &Arc<Slot>,
) -> Result<Response, Infallible> {
    let answering = slot.answer();
    request.extensions_mut().insert(peer);
    Ok(busy_until_sent(routes.oneshot(request).await?, answering))
}

/// Resolves once the flag is true.
pub(crate) async fn is_true(mut flag: watch::Receiver<bool>) {
    // Its sender is gone only when the server is gone.
    let _ = flag.wait_for(|is_true| *is_true).await;
}
