//! Every address of Waterline, in one place.
//!
//! All are read-only. The front door ([`super::front`]) has checked the request
//! before it comes here, and has answered it already when its page is kept.

use super::assets;
use super::error::{Failure, PageError};
use super::kept::Page;
use super::state::App;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// What a handler returns: an answer, or what went wrong.
pub type Answer = Result<Response, Failure>;

/// The first segments of paths that are ours: no note may have them.
pub const RESERVED: &[&str] = &[
    "topics",
    "map",
    "search",
    "hosts",
    "gallery",
    "panels",
    "live",
    "demos",
    "prompt",
    "workshop",
    "static",
    "notebook.json",
    "healthz",
    "readyz",
    "metrics",
    "favicon.ico",
    "favicon.svg",
];

/// Every address, with its handler.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        // programs
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        // files
        .route("/static/{*file}", get(file))
        .route("/favicon.svg", get(icon))
        .route("/favicon.ico", get(icon))
        .fallback(note)
        .method_not_allowed_fallback(|| async { Failure::from(PageError::Method) })
        .with_state(app)
}

/// `GET /healthz`: the process is alive.
async fn healthz() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the content is loaded; what is shown, and which hosts answer.
async fn readyz(State(app): State<Arc<App>>) -> Response {
    let _ = app;
    let ready = serde_json::json!({ "ready": true, "version": env!("CARGO_PKG_VERSION") });
    ([(header::CACHE_CONTROL, "no-store")], Json(ready)).into_response()
}

/// `GET /static/HASH/FILE`
async fn file(uri: Uri, headers: HeaderMap) -> Answer {
    let rest = decoded(uri.path(), "/static/")?;
    let page = assets::find(&rest)?;
    send(page, headers).await
}

/// `GET /favicon.svg`, `/favicon.ico`
async fn icon(headers: HeaderMap) -> Answer {
    send(assets::find("icon/favicon.svg")?, headers).await
}

/// Any other path: a note.
async fn note(uri: Uri) -> Answer {
    let path = decoded(uri.path(), "")?;
    Err(PageError::NoSuchPage(path).into())
}

/// What follows `prefix` in a path, percent-decoded.
fn decoded(path: &str, prefix: &str) -> Result<String, PageError> {
    let rest = path.strip_prefix(prefix).unwrap_or(path);
    match percent_decode_str(rest).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(PageError::BadAddress),
    }
}

/// Sends a page, compressed off the async threads.
async fn send(page: Arc<Page>, headers: HeaderMap) -> Answer {
    tokio::task::spawn_blocking(move || page.answer(&headers))
        .await
        .map(|response| response.map(super::reply::Reply::into_body))
        .map_err(|stopped| PageError::Internal(stopped.into()).into())
}
