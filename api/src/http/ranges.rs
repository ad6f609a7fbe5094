//! Byte ranges over anything that can be read from a place on: a file, a part of one, an MP4 that exists only as a
//! plan. Libraries read the headers (`headers`, `http-range-header`); this chooses the answer and streams it. A request
//! for several ranges gets the whole, as RFC 9110 allows.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use headers::{AcceptRanges, ContentLength, ContentRange, ETag, HeaderMapExt, IfRange};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

use crate::http::problem::Problem;
use crate::http::reading::FileWork;
use crate::http::tag::{is_known, not_modified};

/// Read at once. No thread waits while a slow client takes it.
const CHUNK_BYTES: usize = 256 * 1024;

/// Something of a known length.
pub(crate) struct Media {
    pub(crate) length: u64,
    /// Strong; without one nothing is kept by the client.
    pub(crate) etag: Option<ETag>,
    pub(crate) cache: HeaderValue,
    pub(crate) kind: &'static str,
    /// The Content-Disposition.
    pub(crate) name: Option<HeaderValue>,
}

/// What of it the client wants.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    Beyond,
}

impl Media {
    /// Answers with the part that the headers ask for; `open` begins to read there.
    pub(crate) async fn answer<R: Read + Send + 'static>(
        self,
        files: &FileWork,
        asked: &HeaderMap,
        open: impl FnOnce(Range<u64>) -> Result<R, Problem> + Send + 'static,
    ) -> Result<Response, Problem> {
        if let Some(tag) = self.etag.as_ref().filter(|tag| is_known(asked, tag)) {
            return Ok(not_modified(tag.clone(), self.cache));
        }
        let (status, bytes) = match wanted(asked, self.length, self.etag.as_ref()) {
            Wanted::Beyond => {
                let mut refused = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                refused.headers_mut().typed_insert(ContentRange::unsatisfied_bytes(self.length));
                return Ok(refused);
            }
            Wanted::Whole => (StatusCode::OK, 0..self.length),
            Wanted::Part(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        };
        let length = bytes.end - bytes.start;
        let mut response = self.head(status).into_response();
        let headers = response.headers_mut();
        headers.typed_insert(ContentLength(length));
        if status == StatusCode::PARTIAL_CONTENT {
            let range = ContentRange::bytes(bytes.clone(), self.length);
            headers.typed_insert(range.expect("a part lies in the whole and is not empty"));
        }
        let reader = files.open(move || open(bytes)).await?;
        *response.body_mut() = body(files.clone(), reader, length);
        Ok(response)
    }

    fn head(&self, status: StatusCode) -> (StatusCode, HeaderMap) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
        headers.typed_insert(AcceptRanges::bytes());
        headers.insert(header::CACHE_CONTROL, self.cache.clone());
        if let Some(etag) = &self.etag {
            headers.typed_insert(etag.clone());
        }
        if let Some(name) = &self.name {
            headers.insert(header::CONTENT_DISPOSITION, name.clone());
        }
        (status, headers)
    }
}

fn wanted(asked: &HeaderMap, length: u64, etag: Option<&ETag>) -> Wanted {
    // Two parts must come from the same bytes: a weak tag, a date, or what cannot be read, is not that of these.
    let is_of_others = match asked.typed_try_get::<IfRange>() {
        Ok(known) => known.is_some_and(|known| known.is_modified(etag, None)),
        Err(_) => true,
    };
    let range = asked.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| !is_of_others);
    let Some(ranges) = range.and_then(|range| parse_range_header(range).ok()) else { return Wanted::Whole };
    match ranges.validate(length).as_deref() {
        Ok([bytes]) => Wanted::Part(*bytes.start()..*bytes.end() + 1),
        Err(RangeUnsatisfiableError::Unsatisfiable) => Wanted::Beyond,
        // Several ranges, or none in an empty file.
        _ => Wanted::Whole,
    }
}

/// Reads a part of a file.
pub(crate) fn part_of(mut file: File, bytes: Range<u64>) -> io::Result<Take<File>> {
    file.seek(SeekFrom::Start(bytes.start))?;
    Ok(file.take(bytes.end - bytes.start))
}

/// Reads piece by piece, each only when the one before was taken. A source that ends early breaks the connection:
/// the client was promised more.
fn body<R: Read + Send + 'static>(files: FileWork, reader: R, length: u64) -> Body {
    Body::from_stream(stream::try_unfold((files, reader, length), |(files, mut reader, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = files.chunk(move || {
            let mut chunk = vec![0; CHUNK_BYTES.min(usize::try_from(left).unwrap_or(CHUNK_BYTES))];
            reader.read_exact(&mut chunk).map(|()| (Bytes::from(chunk), reader))
        });
        let (chunk, reader) = read.await?;
        let left = left - chunk.len() as u64;
        Ok::<_, io::Error>(Some((chunk, (files, reader, left))))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tag::etag;

    #[track_caller]
    fn check(headers: &[(&'static str, &str)], expected: &Wanted) {
        let asked =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        assert_eq!(&wanted(&asked, 100, Some(&etag("abc"))), expected, "{headers:?}");
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
            ("bytes=0-9,5-6", Wanted::Whole),
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
        check(&[("if-range", "\"abc\""), ("range", "bytes=0-0")], &Wanted::Part(0..1));
        check(&[("if-range", "W/\"abc\""), ("range", "bytes=0-0")], &Wanted::Whole);
        check(&[("if-range", "\"old\""), ("range", "bytes=0-0")], &Wanted::Whole);
        check(&[("if-range", "abc"), ("range", "bytes=0-0")], &Wanted::Whole);
        check(&[("if-range", "Sun, 01 Mar 2026 00:00:00 GMT"), ("range", "bytes=0-0")], &Wanted::Whole);
        let asked = [(header::IF_RANGE, "\"abc\""), (header::RANGE, "bytes=0-0")];
        let asked = asked.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
        assert_eq!(wanted(&asked, 100, None), Wanted::Whole, "nothing says that the bytes are the same");
    }

    #[tokio::test]
    async fn what_the_client_holds_is_neither_opened_nor_sent() {
        let cache = HeaderValue::from_static("private");
        let media = Media { length: 100, etag: Some(etag("abc")), cache, kind: "video/mp4", name: None };
        let asked = [(header::IF_NONE_MATCH, "\"abc\""), (header::RANGE, "bytes=0-0")];
        let asked = asked.map(|(name, value)| (name, HeaderValue::from_static(value))).into_iter().collect();
        let unopened = |_| Err::<io::Empty, _>(Problem::Internal("it was opened"));
        let answer = media.answer(&FileWork::default(), &asked, unopened).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(answer.headers()[header::ETAG], "\"abc\"");
    }

    #[tokio::test]
    async fn a_source_that_ends_early_is_an_error_and_not_a_short_answer() {
        let whole =
            axum::body::to_bytes(body(FileWork::default(), &b"0123456789"[..], 10), 100).await.unwrap();
        assert_eq!(whole, &b"0123456789"[..]);
        assert!(axum::body::to_bytes(body(FileWork::default(), &b"0123"[..], 10), 100).await.is_err());
    }
}
