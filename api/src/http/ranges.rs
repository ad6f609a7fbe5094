//! Byte ranges over anything that can be read from a place on: a file, a part of one, an MP4 that exists only as a
//! plan. One range at a time: a request for several gets the whole, as RFC 9110 allows.

use std::io::{self, Read};
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::http::problem::Problem;

/// Read at once. No thread waits while a slow client takes it.
const CHUNK_BYTES: usize = 256 * 1024;

/// Something of a known length.
pub(crate) struct Media {
    pub(crate) length: u64,
    /// Strong; without one nothing is kept by the client.
    pub(crate) etag: Option<HeaderValue>,
    pub(crate) cache: HeaderValue,
    pub(crate) kind: &'static str,
    /// The Content-Disposition.
    pub(crate) name: Option<HeaderValue>,
}

/// What of it the client wants.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Nothing,
    Whole,
    Part(Range<u64>),
    Beyond,
}

impl Media {
    /// Answers with the part that the headers ask for; `open` begins to read there.
    pub(crate) async fn answer<R: Read + Send + 'static>(
        self,
        asked: &HeaderMap,
        open: impl FnOnce(Range<u64>) -> Result<R, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        let (status, bytes) = match wanted(asked, self.length, self.etag.as_ref()) {
            Wanted::Nothing => return Ok(self.head(StatusCode::NOT_MODIFIED).into_response()),
            Wanted::Beyond => {
                let range = format!("bytes */{}", self.length);
                let refused = (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, range)]);
                return Ok(refused.into_response());
            }
            Wanted::Whole => (StatusCode::OK, 0..self.length),
            Wanted::Part(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        };
        let length = bytes.end - bytes.start;
        let mut response = self.head(status).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_LENGTH, length.into());
        if status == StatusCode::PARTIAL_CONTENT {
            let range = format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, self.length);
            headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(range).expect("digits"));
        }
        let reader = tokio::task::spawn_blocking(move || open(bytes)).await;
        let reader = reader.map_err(|_| Problem::Internal("the file could not be opened"))??;
        *response.body_mut() = body(reader, length);
        Ok(response)
    }

    fn head(&self, status: StatusCode) -> (StatusCode, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        if let Some(etag) = &self.etag {
            headers.insert(header::ETAG, etag.clone());
        }
        if let Some(name) = &self.name {
            headers.insert(header::CONTENT_DISPOSITION, name.clone());
        }
        (status, headers)
    }
}

fn wanted(asked: &HeaderMap, length: u64, etag: Option<&HeaderValue>) -> Wanted {
    let text = |name| asked.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let etag = etag.and_then(|etag| etag.to_str().ok());
    let is_same = |other: &str| etag.is_some_and(|etag| other.trim().trim_start_matches("W/") == etag);
    if text(header::IF_NONE_MATCH).is_some_and(|known| known.split(',').any(is_same)) {
        return Wanted::Nothing;
    }
    // A weak tag never matches here: two parts must come from the same bytes.
    if text(header::IF_RANGE).is_some_and(|known| etag != Some(known.trim())) {
        return Wanted::Whole;
    }
    text(header::RANGE).map_or(Wanted::Whole, |range| part(range, length))
}

/// What cannot be read as one range is as none.
fn part(range: &str, length: u64) -> Wanted {
    let ends = range.trim().strip_prefix("bytes=").and_then(|ends| ends.split_once('-'));
    let Some((first, last)) = ends else { return Wanted::Whole };
    let bytes = match (first.trim().parse::<u64>(), last.trim().parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.trim().is_empty() => first..length,
        (Err(_), Ok(count)) if first.trim().is_empty() => length.saturating_sub(count)..length,
        _ => return Wanted::Whole,
    };
    if bytes.start < bytes.end { Wanted::Part(bytes) } else { Wanted::Beyond }
}

/// Reads piece by piece, each only when the one before was taken. A source that ends early breaks the connection:
/// the client was promised more.
fn body<R: Read + Send + 'static>(reader: R, length: u64) -> Body {
    Body::from_stream(stream::try_unfold((reader, length), |(mut reader, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK_BYTES.min(usize::try_from(left).unwrap_or(CHUNK_BYTES))];
            reader.read_exact(&mut chunk).map(|()| (Bytes::from(chunk), reader))
        });
        let (chunk, reader) = read.await.map_err(io::Error::other)??;
        let left = left - chunk.len() as u64;
        Ok::<_, io::Error>(Some((chunk, (reader, left))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: &Wanted) {
        let asked =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let etag = HeaderValue::from_static("\"abc\"");
        assert_eq!(&wanted(&asked, 100, Some(&etag)), expected, "{headers:?}");
    }

    #[test]
    fn one_range_is_answered_and_the_rest_is_not() {
        for (range, expected) in [
            ("bytes=0-9", Wanted::Part(0..10)),
            ("bytes=10-", Wanted::Part(10..100)),
            ("bytes=-10", Wanted::Part(90..100)),
            ("bytes=-1000", Wanted::Part(0..100)),
            ("bytes=99-2000", Wanted::Part(99..100)),
            ("bytes=0-18446744073709551615", Wanted::Part(0..100)),
            ("bytes=100-", Wanted::Beyond),
            ("bytes=-0", Wanted::Beyond),
            ("bytes=9-0", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("pages=1-2", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
        ] {
            check(&[("range", range)], &expected);
        }
        check(&[], &Wanted::Whole);
    }

    #[test]
    fn tags_decide_what_is_sent() {
        check(&[("if-none-match", "\"x\", W/\"abc\"")], &Wanted::Nothing);
        check(&[("if-none-match", "\"x\""), ("range", "bytes=0-0")], &Wanted::Part(0..1));
        check(&[("if-range", "\"abc\""), ("range", "bytes=0-0")], &Wanted::Part(0..1));
        check(&[("if-range", "W/\"abc\""), ("range", "bytes=0-0")], &Wanted::Whole);
        check(&[("if-range", "\"old\""), ("range", "bytes=0-0")], &Wanted::Whole);
        let untagged = [(header::IF_RANGE, HeaderValue::from_static("\"abc\""))].into_iter().collect();
        assert_eq!(wanted(&untagged, 100, None), Wanted::Whole);
    }

    #[tokio::test]
    async fn a_source_that_ends_early_is_an_error_and_not_a_short_answer() {
        let whole = axum::body::to_bytes(body(&b"0123456789"[..], 10), 100).await.unwrap();
        assert_eq!(whole, &b"0123456789"[..]);
        assert!(axum::body::to_bytes(body(&b"0123"[..], 10), 100).await.is_err());
    }
}
