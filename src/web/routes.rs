//! Every address of Waterline, in one place.
//!
//! Most only read. What connects a host, runs a demo or takes a typed command is a POST
//! ([`changes`]), and needs the key. The front door ([`super::front`]) has checked the request
//! before it comes here, and has answered it already when its page is kept.

use super::assets;
use super::demos;
use super::error::{Failure, PageError};
use super::files;
use super::gallery;
use super::host_pages;
use super::kept::{Caching, Page};
use super::pages::{self, MapOf, Places};
use super::panel_pages;
use super::ready;
use super::reply::Reply;
use super::search;
use super::state::App;
use super::value_pages;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// What a handler returns: an answer, or what went wrong.
pub type Answer = Result<Response, Failure>;

/// The first segments of our own paths: no note may be read there.
pub const RESERVED: &[&str] = &[
    "topics",
    "map",
    "search",
    "hosts",
    "gallery",
    "values",
    "panels",
    "live",
    "demos",
    "prompt",
    "terminal",
    "workshop",
    "static",
    "files",
    "notebook.json",
    "healthz",
    "readyz",
    "metrics",
    "favicon.ico",
    "favicon.svg",
];

/// Whether a request may change something in Waterline. Such requests need the key's
/// cookie, and must come from one of our own pages.
pub fn changes(method: &Method, path: &str) -> bool {
    let connects = path
        .strip_prefix("/hosts/")
        .and_then(|rest| rest.strip_suffix("/connect"));
    let connects = connects.is_some_and(|name| !name.is_empty() && !name.contains('/'));
    let runs = path.strip_prefix("/demos/").is_some_and(|rest| {
        matches!(
            rest.split('/').collect::<Vec<_>>()[..],
            [_, "all" | "reset"] | [_, "steps" | "to", _]
        )
    });
    let types = matches!(path, "/prompt" | "/prompt/reset");
    method == Method::POST && (connects || runs || types)
}

/// Whether a request searches: however much of a question its address holds, it is read from
/// the beginning.
pub fn searches(path: &str) -> bool {
    matches!(path, "/search" | "/search/found")
}

/// Every address, with its handler.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        // the notebook; every other path is a note, or nothing
        .route("/", get(home))
        .route("/topics", get(topics))
        .route("/topics/{name}", get(topic))
        .route("/map", get(map))
        .route("/search", get(search::page))
        .route("/search/found", get(search::found))
        .route("/topics/{name}/preview", get(preview))
        // what the hosts say, as it is now
        .route("/panels/{name}", get(panel_pages::panel))
        .route("/hosts", get(host_pages::hosts))
        .route("/hosts/{name}", get(host_pages::host))
        .route("/hosts/{name}/connect", post(host_pages::connect))
        .route("/live", get(panel_pages::live))
        .route("/values", get(value_pages::values))
        // demos: what a note does when it is run
        .route("/demos", get(demos::pages::list))
        .route("/demos/command", get(demos::reference::reference))
        .route("/demos/{id}", get(demos::pages::demo))
        .route("/demos/{id}/all", post(demos::changes::demo))
        .route("/demos/{id}/reset", post(demos::changes::demo))
        .route("/demos/{id}/steps/{step}", post(demos::changes::demo))
        .route("/demos/{id}/to/{step}", post(demos::changes::demo))
        .route(
            "/prompt",
            get(demos::pages::prompt_page).post(demos::changes::prompt),
        )
        .route("/prompt/reset", post(demos::changes::reset_prompt))
        .route("/prompt/complete", get(demos::reference::complete))
        .route("/terminal", get(demos::terminal::terminal))
        // every panel in every state, from fixtures
        .route("/gallery", get(gallery::index))
        .route("/gallery/{name}", get(gallery::panel))
        .fallback(note)
        // programs
        .route("/notebook.json", get(notebook))
        .route("/healthz", get(ready::healthz))
        .route("/readyz", get(ready::readyz))
        // files
        .route("/static/{*file}", get(file))
        .route("/files/{*file}", get(files::file))
        .route("/favicon.svg", get(icon))
        .route("/favicon.ico", get(icon))
        .method_not_allowed_fallback(|| async { Failure::from(PageError::Method) })
        .with_state(app)
}

/// `GET /?notes=&topics=&wanted=`: the notebook, with one page of each list.
async fn home(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let places = Places {
        notes: number(&uri, "notes"),
        topics: number(&uri, "topics"),
        wanted: number(&uri, "wanted"),
    };
    let all = Arc::clone(&app);
    app.kept(&headers, places.address(), move |edition| {
        let home = edition.beside(&all.host_links(), |beside| {
            pages::home(&edition.notebook, places, beside)
        });
        Ok(edition.page(home))
    })
    .await
}

/// `GET /topics`: they are part of the notebook's own page.
async fn topics() -> Redirect {
    Redirect::to("/#topics")
}

/// `GET /topics/NAME?page=`: one topic, written or wanted, with a page of its backlinks.
async fn topic(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let name = decoded(uri.path(), "/topics/")?;
    let page = number(&uri, "page");
    let key = with_page(pages::topic_url(&name), page);
    let all = Arc::clone(&app);
    app.kept(&headers, key, move |edition| {
        let topic = edition.beside(&all.host_links(), |beside| {
            pages::topic(&edition.notebook, &name, page, beside)
        });
        topic
            .map(|html| edition.page(html))
            .ok_or(PageError::NoSuchTopic(name))
    })
    .await
}

/// `GET /map?page=`, `/map?note=PATH&page=`, `/map?at=NAME`: the topics and references of the
/// notebook, of one note, or of the note around a topic, as a picture.
async fn map(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let page = number(&uri, "page");
    let of = match (asked(&uri, "at")?, asked(&uri, "note")?) {
        (Some(name), _) => MapOf::Topic(name),
        (None, Some(path)) => MapOf::Note(path, page),
        (None, None) => MapOf::Notes(page),
    };
    let of = of.shown(&app.edition().notebook);
    app.kept(&headers, of.address(), move |edition| {
        let map = pages::map(&edition.notebook, &of).map(|html| edition.page(html));
        map.ok_or(match of {
            MapOf::Topic(name) => PageError::NoSuchTopic(name),
            MapOf::Note(path, _) => PageError::NoSuchPage(path),
            MapOf::Notes(_) => PageError::NoSuchPage("/map".into()),
        })
    })
    .await
}

/// `GET /topics/NAME/preview`: the topic at a glance, a fragment for other pages. A name
/// that nobody mentions has a fragment too: it may have been there a moment ago.
async fn preview(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let path = uri.path();
    let name = decoded(path.strip_suffix("/preview").unwrap_or(path), "/topics/")?;
    let key = format!("{}/preview", pages::topic_url(&name));
    let asked = name.clone();
    let kept = app.kept(&headers, key, move |edition| {
        let preview = pages::preview(&edition.notebook, &name);
        preview.map(Page::html).ok_or(PageError::NoSuchTopic(name))
    });
    match kept.await {
        Err(Failure(error)) if matches!(*error, PageError::NoSuchTopic(_)) => {
            let gone = pages::vanished(&app.edition().notebook, &asked);
            // It may be written the next moment.
            let fresh = [(header::CACHE_CONTROL, "no-store")];
            Ok((StatusCode::NOT_FOUND, fresh, Html(gone)).into_response())
        }
        kept => kept,
    }
}

/// Any other path: a note, with a page of its backlinks.
async fn note(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let path = decoded(uri.path(), "")?;
    if let Some(shorter) = path.strip_suffix('/')
        && app.edition().notebook.note(shorter).is_some()
    {
        return Ok(Redirect::permanent(&pages::note_url(shorter)).into_response());
    }
    let page = number(&uri, "page");
    let key = with_page(pages::note_url(&path), page);
    let all = Arc::clone(&app);
    app.kept(&headers, key, move |edition| {
        let note = edition.beside(&all.host_links(), |beside| {
            pages::note(&edition.notebook, &path, page, beside)
        });
        note.map(|html| edition.page(html))
            .ok_or(PageError::NoSuchPage(path))
    })
    .await
}

/// `GET /notebook.json`: the linked notebook, as `waterline index` prints it.
async fn notebook(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    app.kept(&headers, "/notebook.json".into(), |edition| {
        let index = serde_json::to_vec(&edition.notebook.index())
            .map_err(|error| PageError::Internal(error.into()))?;
        Ok(Page::new("application/json", Caching::Ask, index))
    })
    .await
}

/// `GET /static/HASH/FILE`
async fn file(uri: Uri, headers: HeaderMap) -> Answer {
    let rest = decoded(uri.path(), "/static/")?;
    send(assets::find(&rest)?, headers).await
}

/// `GET /favicon.svg`, `/favicon.ico`
async fn icon(headers: HeaderMap) -> Answer {
    send(assets::icon()?, headers).await
}

/// What follows `prefix` in a path, percent-decoded.
pub fn decoded(path: &str, prefix: &str) -> Result<String, PageError> {
    let rest = path.strip_prefix(prefix).unwrap_or(path);
    match percent_decode_str(rest).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(PageError::BadAddress),
    }
}

/// A value in the query, percent-decoded; one of nothing counts as none.
fn asked(uri: &Uri, name: &str) -> Result<Option<String>, PageError> {
    let pairs = uri.query().unwrap_or_default().split('&');
    let mut named = pairs.filter_map(|pair| pair.split_once('='));
    match named.find(|(key, value)| *key == name && !value.is_empty()) {
        Some((_, value)) => decoded(value, "").map(Some),
        None => Ok(None),
    }
}

/// A page number in the query, from 1; anything else counts as 1.
fn number(uri: &Uri, name: &str) -> usize {
    uri.query()
        .unwrap_or_default()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .and_then(|(_, value)| value.parse().ok())
        .map_or(1, |number: usize| number.max(1))
}

/// An address as our own links to further pages of backlinks write it.
fn with_page(address: String, page: usize) -> String {
    match page {
        1 => address,
        _ => format!("{address}?page={page}"),
    }
}

/// Sends a page, compressed off the async threads.
async fn send(page: Arc<Page>, headers: HeaderMap) -> Answer {
    tokio::task::spawn_blocking(move || page.answer(&headers))
        .await
        .map(|response| response.map(Reply::into_body))
        .map_err(|stopped| PageError::Internal(stopped.into()).into())
}
