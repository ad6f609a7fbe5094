//! Keeps a connection counted as busy until the last byte of its answer was taken.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use http_body::{Frame, SizeHint};

use crate::connections::slots::Answering;

/// An answer's body with the mark that it is being sent.
struct BusyBody {
    inner: Body,
    _answering: Answering,
}

/// The same answer; its connection is busy until the body is dropped.
pub(crate) fn busy_until_sent(response: Response, answering: Answering) -> Response {
    response.map(|inner| Body::new(BusyBody { inner, _answering: answering }))
}

impl HttpBody for BusyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
