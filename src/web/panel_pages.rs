//! One panel, whole: its page, the frame that stands for it where there are no
//! scripts, and its data.

use super::error::{Failure, PageError};
use super::live::{VALUE, draw};
use super::routes::{Answer, decoded};
use super::state::App;
use crate::engine::Ask;
use crate::panels::{Drawn, Panel, View};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{Html, IntoResponse};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage<'a> {
    panel: Panel,
    html: &'a str,
}

/// The same in a frame: nothing around it. It fetches itself again, since it stands
/// where no script will.
#[derive(Template)]
#[template(path = "panel_frame.html")]
struct FramedPanel<'a> {
    panel: Panel,
    html: &'a str,
}

/// `GET /panels/NAME?host=&of=`, `/panels/NAME.json`, and `?frame` for the picture alone.
pub async fn panel(State(app): State<Arc<App>>, uri: Uri) -> Answer {
    let name = decoded(uri.path(), "/panels/")?;
    let (name, as_data) = match name.strip_suffix(".json") {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let query = uri.query().unwrap_or_default();
    let framed = query.split('&').any(|pair| pair == "frame");
    let asked: Vec<&str> = query.split('&').filter(|pair| *pair != "frame").collect();
    let Some(panel) = Panel::from_name(name) else {
        return Err(PageError::NoSuchPanel(name.to_owned()).into());
    };
    let key = format!("{name}?{}", asked.join("&"));
    let (_, view) = View::parse_key(&key).ok_or(PageError::NoSuchPanel(key))?;
    let drawn = drawn(&app, panel, &view).await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    if as_data {
        return Ok((headers, Json(drawn.json)).into_response());
    }
    let html = &drawn.html;
    let page = if framed {
        FramedPanel { panel, html }.render()
    } else {
        PanelPage { panel, html }.render()
    };
    Ok((headers, Html(page.map_err(PageError::from)?)).into_response())
}

/// `GET /hosts`: asks each host for its version first, so that the page tells how
/// each is doing now.
pub async fn hosts(State(app): State<Arc<App>>) -> Answer {
    let asked = app
        .engine
        .hosts()
        .iter()
        .map(|host| host.answer(&Ask::Version));
    // Whatever each answers or does not, its status knows.
    futures_util::future::join_all(asked).await;
    let page = super::hosts::page(&app.engine)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(page)).into_response())
}

/// `GET /live?panel=KEY&value=KEY&…`: the page's stream.
pub async fn live(State(app): State<Arc<App>>, uri: Uri) -> Answer {
    let query = uri.query().unwrap_or_default();
    let keys: Vec<String> = query
        .split('&')
        .filter_map(|pair| match pair.split_once('=')? {
            ("panel", key) => Some(decoded(key, "").unwrap_or_default()),
            ("value", key) => Some(format!("{VALUE}{}", decoded(key, "").unwrap_or_default())),
            _ => None,
        })
        .collect();
    Ok(app.live.stream(&app.engine, &keys, app.stopping()))
}

async fn drawn(app: &App, panel: Panel, view: &View) -> Result<Drawn, Failure> {
    let host = app.engine.host(view.host.as_deref());
    let host = host.ok_or_else(|| PageError::NoSuchHost(view.host.clone().unwrap_or_default()))?;
    Ok(draw(host, panel, view).await)
}
