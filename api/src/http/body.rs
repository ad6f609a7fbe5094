//! What clients send: read up to a bound, and its values checked.

use anjian_domain::WallTime;
use axum::extract::Request;
use axum::http::header;
use futures_util::StreamExt;

use crate::http::problem::Problem;

/// The whole body, when it has no more than `most_bytes`. One that says beforehand that it has more is not read.
pub(crate) async fn read(request: Request, most_bytes: usize) -> Result<Vec<u8>, Problem> {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length > most_bytes) {
        return Err(Problem::TooLarge(most_bytes));
    }
    let mut bytes = Vec::with_capacity(length.unwrap_or_default());
    let mut parts = request.into_body().into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.map_err(|error| Problem::Body(format!("it broke off: {error}")))?;
        if bytes.len() + part.len() > most_bytes {
            return Err(Problem::TooLarge(most_bytes));
        }
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

/// A moment that stands in a body under `key`.
pub(crate) fn moment(key: &str, text: &str) -> Result<WallTime, Problem> {
    let wrong = || {
        Problem::Body(format!("{key}: {text:?} is not a time: write RFC 3339, such as 2026-03-01T08:00:00Z"))
    };
    text.parse().map_err(|_| wrong())
}
