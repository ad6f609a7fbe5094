//! What clients send, read up to a bound. axum reads; this turns its refusals into problems.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, JsonRejection};
use axum::extract::{DefaultBodyLimit, FromRequest, Request};
use headers::{ContentLength, HeaderMapExt};
use serde::de::DeserializeOwned;

use crate::http::problem::Problem;

/// No document that is taken here is longer.
pub(crate) const MOST_JSON_BYTES: usize = 64 << 10;

/// A JSON document.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = Json::from_request(bounded(request, MOST_JSON_BYTES)?, state).await;
        read.map(|Json(read)| Self(read)).map_err(|rejection| match rejection {
            JsonRejection::BytesRejection(rejection) => unread(&rejection, MOST_JSON_BYTES),
            malformed => Problem::Body(malformed.body_text()),
        })
    }
}

/// The whole body, when it has no more than `most_bytes`.
pub(crate) async fn read(request: Request, most_bytes: usize) -> Result<Bytes, Problem> {
    let read = Bytes::from_request(bounded(request, most_bytes)?, &()).await;
    read.map_err(|rejection| unread(&rejection, most_bytes))
}

/// Has axum stop at `most_bytes`. A body that says beforehand that it has more is not read at all.
fn bounded(mut request: Request, most_bytes: usize) -> Result<Request, Problem> {
    let told = request.headers().typed_get::<ContentLength>();
    if told.is_some_and(|length| length.0 > most_bytes as u64) {
        return Err(Problem::TooLarge(most_bytes));
    }
    DefaultBodyLimit::max(most_bytes).apply(&mut request);
    Ok(request)
}

fn unread(rejection: &BytesRejection, most_bytes: usize) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Problem::TooLarge(most_bytes)
        }
        broken => Problem::Body(broken.body_text()),
    }
}
