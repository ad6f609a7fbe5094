//! What clients send, read up to a bound. What is too long is read away, within bounds of its own: a client that still
//! sends while the connection closes never sees why.

use std::time::Duration;

use axum::Json;
use axum::body::{Body as Sent, BodyDataStream, Bytes};
use axum::extract::{FromRequest, Request};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::http::problem::Problem;

/// No document that is taken here is longer.
pub(crate) const MOST_JSON_BYTES: usize = 64 << 10;

/// Nothing that proves who somebody is, or sets an account, is longer.
const MOST_SMALL_BYTES: usize = 4 << 10;

/// How much of a body that is too long is read away, and for how long.
const AWAY_BYTES: usize = 64 << 20;
const AWAY_MAX: Duration = Duration::from_secs(10);

/// A JSON document.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        document(request, state, MOST_JSON_BYTES).await.map(Self)
    }
}

/// A JSON document of at most 4 KiB.
pub(crate) struct Small<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Small<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        document(request, state, MOST_SMALL_BYTES).await.map(Self)
    }
}

async fn document<T: DeserializeOwned, S: Send + Sync>(
    request: Request,
    state: &S,
    most_bytes: usize,
) -> Result<T, Problem> {
    let (parts, sent) = request.into_parts();
    let bytes = collect(sent, most_bytes).await?;
    let read = Json::from_request(Request::from_parts(parts, Sent::from(bytes)), state).await;
    read.map(|Json(read)| read).map_err(|malformed| Problem::Body(malformed.body_text()))
}

/// The whole body, when it has no more than `most_bytes`.
pub(crate) async fn read(request: Request, most_bytes: usize) -> Result<Bytes, Problem> {
    collect(request.into_body(), most_bytes).await
}

/// What a client goes on to send although it was refused: one that still sends while the connection closes never sees why.
pub(crate) async fn read_away(parts: &mut BodyDataStream) {
    let mut left = AWAY_BYTES;
    let away = async {
        while let Some(Ok(part)) = parts.next().await
            && part.len() <= left
        {
            left -= part.len();
        }
    };
    // Late or not: the answer is the same.
    let _ = tokio::time::timeout(AWAY_MAX, away).await;
}

async fn collect(sent: Sent, most_bytes: usize) -> Result<Bytes, Problem> {
    let (mut parts, mut collected) = (sent.into_data_stream(), Vec::new());
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| Problem::Body(error.to_string()))?;
        if collected.len() + part.len() > most_bytes {
            drop(collected);
            read_away(&mut parts).await;
            return Err(Problem::TooLarge(most_bytes));
        }
        collected.extend_from_slice(&part);
    }
    Ok(collected.into())
}
