//! The hosts: their list, a page for each, and the two things that can be done with
//! one: choose it for all pages, and connect a docker context.

use super::chosen;
use super::error::{Failure, PageError};
use super::guard;
use super::hosts;
use super::pages::host_url;
use super::routes::{Answer, decoded};
use super::state::App;
use crate::engine::{Ask, Host};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;

/// How long a page waits for a host to say how it is doing. One that takes longer is
/// shown as not heard, and the page goes out.
const PATIENCE: Duration = Duration::from_millis(700);

/// Asks a host for its version, so that its status is that of now. Whatever it
/// answers or does not, the status knows.
async fn ask(host: &Host) {
    let _ = tokio::time::timeout(PATIENCE, host.answer(&Ask::Version)).await;
}

/// `GET /hosts`: the list. `GET /hosts?choose=NAME&to=/path` chooses a host for all
/// pages of this browser, and leads back.
pub async fn hosts(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    if let Some(name) = parameter(&uri, "choose")? {
        return choose(&app, &name, &uri, &headers);
    }
    let all = app.engine.hosts();
    join_all(all.iter().map(|host| ask(host))).await;
    let roster = app.engine.roster().await;
    let reader = reader(&app, &headers);
    Ok(page(hosts::list(&roster, &reader)?))
}

/// `GET /hosts/NAME`: one host.
pub async fn host(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/hosts/")?;
    let host = app.engine.host(Some(&name));
    let host = host.ok_or(PageError::NoSuchHost(name))?;
    ask(&host).await;
    let roster = app.engine.roster().await;
    let reader = reader(&app, &headers);
    Ok(page(hosts::one(&host, &roster, &reader)?))
}

/// `POST /hosts/NAME/connect`: adds a docker context to the hosts. The front door has
/// seen that the request comes from our own page and carries the key's cookie.
pub async fn connect(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/hosts/")?;
    let name = name.strip_suffix("/connect").unwrap_or(&name).to_owned();
    let with = Arc::clone(&app);
    let connected = tokio::task::spawn_blocking(move || with.engine.connect_context(&name));
    let connected = connected
        .await
        .map_err(|stopped| PageError::Internal(stopped.into()))?;
    let host = connected.map_err(PageError::NoContext)?;
    // Pages that list the hosts were made before this one was there.
    app.remake();
    tracing::info!(host, "a docker context was connected");
    Ok(see_other(&headers, &host_url(&host)))
}

fn choose(app: &App, name: &str, uri: &Uri, headers: &HeaderMap) -> Answer {
    let host = app.engine.host(Some(name));
    let host = host.ok_or_else(|| PageError::NoSuchHost(name.to_owned()))?;
    let is_default = app
        .engine
        .host(None)
        .is_some_and(|first| first.name() == host.name());
    let cookie = chosen::choose((!is_default).then(|| host.name()));
    let to = parameter(uri, "to")?.unwrap_or_default();
    let mut response = see_other(headers, chosen::own(&to));
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

fn reader(app: &App, headers: &HeaderMap) -> hosts::Reader {
    hosts::Reader {
        chosen: chosen::chosen(headers),
        holds_key: app.key.is_held(headers, app.port),
    }
}

/// A parameter of the query, decoded.
fn parameter(uri: &Uri, name: &str) -> Result<Option<String>, Failure> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut values = pairs.filter_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    match values.next() {
        Some(value) => Ok(Some(decoded(value, "")?)),
        None => Ok(None),
    }
}

fn page(html: String) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response()
}

fn see_other(headers: &HeaderMap, to: &str) -> Response {
    let to = guard::own_address(headers, to);
    let fields = [
        (header::LOCATION, to),
        (header::CACHE_CONTROL, "no-store".into()),
    ];
    (StatusCode::SEE_OTHER, fields).into_response()
}
