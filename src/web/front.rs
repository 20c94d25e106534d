//! The front door: every request enters here and every answer leaves here.
//!
//! A kept page is answered at once, without a task, a box or a span: guard, lookup,
//! send. Everything else goes through the router, within limits, and comes back
//! with the headers that every answer carries. A handler that panics or fails
//! becomes an error page and a line in the log, and the process goes on.

use super::assets;
use super::error::{Asked, Failure, PageError};
use super::guard::{self, Head};
use super::key::KeyTrouble;
use super::reply::Reply;
use super::routes;
use super::state::App;
use axum::BoxError;
use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::FutureExt;
use http_body_util::Limited;
use std::convert::Infallible;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// The most that a request may carry in its body, in bytes.
const LARGEST_BODY: usize = 64 * 1024;

/// The longest that a page may take until its answer begins. A stream may go on
/// for longer. More than the slowest ask to a Docker host.
const LONGEST_WAIT: Duration = Duration::from_secs(40);

/// The service that a connection talks to. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    app: Arc<App>,
    router: axum::Router,
    longest_wait: Duration,
}

impl Front {
    /// The front door to all of Waterline's pages.
    pub fn new(app: Arc<App>) -> Front {
        let router = routes::routes(Arc::clone(&app));
        Front::before(app, router)
    }

    /// The front door to other routes.
    pub fn before(app: Arc<App>, router: axum::Router) -> Front {
        Front {
            app,
            router,
            longest_wait: LONGEST_WAIT,
        }
    }

    /// With another limit to how long an answer may take to begin.
    pub fn with_longest_wait(self, longest_wait: Duration) -> Front {
        Front {
            longest_wait,
            ..self
        }
    }

    /// Answers a request.
    pub fn answer<B>(&self, request: Request<B>) -> Answering
    where
        B: hyper::body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        match self.at_once(&request) {
            Some(response) => Answering::Now(Some(response)),
            None => {
                let request = request.map(|body| Body::new(Limited::new(body, LARGEST_BODY)));
                Answering::Later(Box::pin(self.clone().take_time(request)))
            }
        }
    }

    /// The answer, where it is a lookup.
    fn at_once<B>(&self, request: &Request<B>) -> Option<Response<Reply>> {
        if !reads(request.method()) || guard::check(&Head::from(request)).is_err() {
            return None;
        }
        let key = request.uri().path_and_query()?.as_str();
        let mut response = match assets::at_once(key) {
            Some(page) => page.at_once(request.headers())?,
            None => self
                .app
                .edition()
                .kept
                .get(key)?
                .at_once(request.headers())?,
        };
        if request.method() == Method::HEAD {
            drop_body(&mut response);
        }
        Some(response)
    }

    async fn take_time(self, request: Request<Body>) -> Response<Reply> {
        let asked_at = Instant::now();
        let method = request.method().clone();
        let uri = request.uri().clone();
        let headers = request.headers().clone();
        let mut response = match self.route(request).await {
            Ok(response) => response,
            Err(error) => axum::response::IntoResponse::into_response(Failure::from(error)),
        };
        let mut response = match response.extensions_mut().remove::<Failure>() {
            None => response.map(Reply::Routed),
            Some(Failure(error)) => {
                if let PageError::Internal(details) = &*error {
                    tracing::error!(path = uri.path(), "could not make the page: {details:#}");
                }
                let asked = Asked {
                    uri: &uri,
                    headers: &headers,
                };
                error.page(&self.app, &asked)
            }
        };
        guard::dress(response.headers_mut());
        if method == Method::HEAD {
            drop_body(&mut response);
        }
        // The path alone: a query can hold the key.
        tracing::debug!(
            %method,
            path = uri.path(),
            status = response.status().as_u16(),
            ms = asked_at.elapsed().as_millis() as u64,
            "answered"
        );
        response
    }

    /// Through the guard and the limits to the handler.
    async fn route(&self, request: Request<Body>) -> Result<Response<Body>, PageError> {
        guard::check(&Head::from(&request)).map_err(PageError::Guarded)?;
        let address = request.uri().path_and_query();
        let too_long = address.map_or(0, |all| all.as_str().len()) > guard::LONGEST_ADDRESS;
        // What is typed into the search has a limit of its own, and the page of results says
        // it and has a field for less.
        if too_long && !routes::searches(request.uri().path()) {
            return Err(PageError::AddressTooLong);
        }
        if announced_length(request.headers()) > LARGEST_BODY as u64 {
            return Err(PageError::BodyTooLarge);
        }
        if !reads(request.method()) {
            if !routes::changes(request.method(), request.uri().path()) {
                return Err(PageError::Method);
            }
            guard::check_change(&Head::from(&request)).map_err(PageError::Guarded)?;
            if !self.app.key.is_held(request.headers(), self.app.port) {
                return Err(PageError::Key(KeyTrouble::Missing));
            }
        }
        // Not for a HEAD: a program that only looks must not use the key up.
        if request.method() == Method::GET {
            let key = &self.app.key;
            let exchanged = key.exchange(request.uri(), request.headers(), self.app.port);
            if let Some(answer) = exchanged {
                return answer;
            }
        }
        let handler = AssertUnwindSafe(self.router.clone().oneshot(request)).catch_unwind();
        match tokio::time::timeout(self.longest_wait, handler).await {
            Err(_) => Err(PageError::TimedOut),
            Ok(Err(_)) => Err(PageError::Panicked),
            Ok(Ok(Ok(response))) => Ok(response),
            Ok(Ok(Err(never))) => match never {},
        }
    }
}

/// Whether a request of this method only reads.
fn reads(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

fn announced_length(headers: &HeaderMap) -> u64 {
    headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok())
        .unwrap_or(0)
}

/// HEAD: all headers of the GET, the length included, and no body.
fn drop_body(response: &mut Response<Reply>) {
    let length = hyper::body::Body::size_hint(response.body()).exact();
    if let Some(length) = length
        && response.status() != StatusCode::NOT_MODIFIED
        && !response.headers().contains_key(header::CONTENT_LENGTH)
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    *response.body_mut() = Reply::Whole(Bytes::new());
}

impl<B> hyper::service::Service<Request<B>> for Front
where
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<Reply>;
    type Error = Infallible;
    type Future = Answering;

    fn call(&self, request: Request<B>) -> Answering {
        self.answer(request)
    }
}

/// An answer on its way.
pub enum Answering {
    /// It is there.
    Now(Option<Response<Reply>>),
    /// It is being made.
    Later(Pin<Box<dyn Future<Output = Response<Reply>> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response<Reply>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Answering::Now(response) => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
            Answering::Later(response) => response.as_mut().poll(cx).map(Ok),
        }
    }
}
