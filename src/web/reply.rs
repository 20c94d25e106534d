//! The body of an answer: bytes at hand, or whatever a handler sends.
//!
//! Two cases instead of a boxed body, so that a kept page is sent without an
//! allocation of its own.

use axum::BoxError;
use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What is sent after the headers.
#[derive(Debug)]
pub enum Reply {
    /// These bytes; empty once they are sent.
    Whole(Bytes),
    /// What a handler sends, perhaps without end.
    Routed(axum::body::Body),
}

impl Body for Reply {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.get_mut() {
            Reply::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Reply::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Reply::Routed(body) => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map_err(BoxError::from))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Reply::Whole(bytes) => bytes.is_empty(),
            Reply::Routed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Reply::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Reply::Routed(body) => body.size_hint(),
        }
    }
}

impl Reply {
    /// As a handler returns it.
    pub fn into_body(self) -> axum::body::Body {
        match self {
            Reply::Whole(bytes) => axum::body::Body::from(bytes),
            Reply::Routed(body) => body,
        }
    }
}
