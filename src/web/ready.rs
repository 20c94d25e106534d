//! For programs that watch over Waterline: is it alive, and what does it show.

use super::state::App;
use crate::engine::Status;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;

/// `GET /healthz`: the process is alive.
pub async fn healthz() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], "alive\n")
}

/// `GET /readyz`: the notes can be read. So it is ready without any Docker host; how
/// the hosts do stands beside it.
pub async fn readyz(State(app): State<Arc<App>>) -> impl IntoResponse {
    let edition = app.edition_for_long();
    let all = app.engine.hosts();
    let hosts = all.iter();
    let ready = Ready {
        ready: true,
        version: env!("CARGO_PKG_VERSION"),
        content: Content {
            source: edition.source.clone(),
            notes: edition.notebook.len(),
            topics: edition.notebook.topic_count(),
            warnings: edition.problems().len(),
        },
        hosts: hosts.map(|host| HostState::of(host)).collect(),
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(ready))
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    version: &'static str,
    content: Content,
    hosts: Vec<HostState>,
}

#[derive(Serialize)]
struct Content {
    source: String,
    notes: usize,
    topics: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct HostState {
    name: String,
    endpoint: String,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    engine: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    api: String,
}

impl HostState {
    fn of(host: &crate::engine::Host) -> HostState {
        let facts = host.facts();
        let (state, why) = match host.status() {
            Status::Connecting => ("connecting", None),
            Status::Live => ("live", None),
            Status::Away { why, .. } => ("unavailable", Some(why)),
            Status::Recorded { why } => ("recorded", Some(why)),
        };
        HostState {
            name: host.name().to_owned(),
            endpoint: host.endpoint(),
            state,
            why: why.map(|why| why.to_string()),
            engine: facts.engine,
            api: facts.api,
        }
    }
}
