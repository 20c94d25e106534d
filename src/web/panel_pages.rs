//! One panel, whole: its page, the frame that stands for it where there are no
//! scripts, and its data.

use super::chosen;
use super::demos;
use super::edits;
use super::error::{Failure, PageError};
use super::live::{VALUE, draw, draw_beside};
use super::routes::{Answer, decoded};
use super::state::App;
use crate::engine::Host;
use crate::panels::{Drawn, Panel, Scope, View, words};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;
use std::time::Duration;

#[derive(Template)]
#[template(path = "panel.html")]
struct PanelPage<'a> {
    panel: Panel,
    html: &'a str,
    /// What is to be known of the host that is shown.
    notice: &'a str,
}

/// The same in a frame: nothing around it. It fetches itself again, since it stands
/// where no script will.
#[derive(Template)]
#[template(path = "panel_frame.html")]
struct FramedPanel<'a> {
    panel: Panel,
    html: &'a str,
    notice: &'a str,
    /// The switch: the other hosts, with where each is chosen.
    others: Vec<(String, String)>,
}

/// How many demos one page can show.
const MOST_DEMOS: usize = 4;

/// How long the page of two hosts waits for either.
const PATIENCE: Duration = Duration::from_millis(1500);

/// `GET /panels/NAME?host=&beside=&of=&scope=`, `/panels/NAME.json`, and `?frame` for the
/// picture alone. Without a host it is the one of the reader's cookie.
pub async fn panel(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
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
    let (_, mut view) = View::parse_key(&key).ok_or(PageError::NoSuchPanel(key))?;
    let mut notice = String::new();
    // Programs have no cookie, and get the same data wherever they ask from.
    if view.host.is_none() && !as_data {
        let chosen = chosen::chosen(&headers);
        if chosen
            .as_deref()
            .is_some_and(|name| app.engine.host(Some(name)).is_some())
        {
            view.host = chosen;
        } else if let (Some(chosen), Some(host)) = (chosen, app.engine.host(None)) {
            notice = format!(
                "You chose the host {}, and no host of that name is connected. This is {}.",
                words::short(&chosen, 64),
                host.name()
            );
        }
    }
    let drawn = drawn(&app, panel, &view).await?;
    let fresh = [(header::CACHE_CONTROL, "no-store")];
    if as_data {
        return Ok((fresh, Json(drawn.json)).into_response());
    }
    let (html, notice) = (&*drawn.html, &*notice);
    let page = if framed {
        let others = others(&app, &view, &headers);
        FramedPanel {
            panel,
            html,
            notice,
            others,
        }
        .render()
    } else {
        PanelPage {
            panel,
            html: &below_the_title(html),
            notice,
        }
        .render()
    };
    Ok((fresh, Html(page.map_err(PageError::from)?)).into_response())
}

/// The headings of a fragment begin at the third level. Alone on a page they follow its title.
fn below_the_title(html: &str) -> String {
    (3..=6).fold(html.to_owned(), |html, level| {
        let level_up = format!("<h{level} aria-level=\"{}\"", level - 1);
        html.replace(&format!("<h{level}"), &level_up)
    })
}

/// `GET /live?host=NAME&panel=KEY&value=KEY&demo=KEY&…`: the page's stream.
pub async fn live(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let query = uri.query().unwrap_or_default();
    let keys: Vec<String> = query
        .split('&')
        .filter_map(|pair| match pair.split_once('=')? {
            ("panel", key) => Some(decoded(key, "").unwrap_or_default()),
            ("value", key) => Some(format!("{VALUE}{}", decoded(key, "").unwrap_or_default())),
            _ => None,
        })
        .collect();
    let host = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("host="))
        .map(|name| decoded(name, ""))
        .transpose()?;
    let host = host.as_deref().filter(|name| !name.is_empty());
    let demos = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("demo="));
    let demos = demos.take(MOST_DEMOS).filter_map(|key| {
        let key = decoded(key, "").ok()?;
        demos::stream::frames(&app, &headers, &key)
    });
    let more = demos.chain(edits::frames(&app)).collect();
    Ok(app
        .live
        .stream(&app.engine, host, &keys, more, app.stopping()))
}

/// The other hosts, with where each is chosen: back to the page that the frame is on. None
/// for a sandbox, which is on one host.
fn others(app: &App, view: &View, headers: &HeaderMap) -> Vec<(String, String)> {
    if view.scope != Scope::Host {
        return Vec::new();
    }
    let page = headers
        .get(header::REFERER)
        .and_then(|page| page.to_str().ok()?.parse::<Uri>().ok());
    let page = page.as_ref().map_or("/", |page| page.path());
    let hosts = app.engine.hosts();
    let shown = app.engine.host(view.host.as_deref());
    let shown = shown.as_deref().map(Host::name);
    hosts
        .iter()
        .map(|host| host.name())
        .filter(|name| Some(*name) != shown)
        .map(|name| {
            let to = utf8_percent_encode(page, NON_ALPHANUMERIC);
            (name.to_owned(), format!("/hosts?choose={name}&to={to}"))
        })
        .collect()
}

async fn drawn(app: &App, panel: Panel, view: &View) -> Result<Drawn, Failure> {
    let host = app.engine.host(view.host.as_deref());
    let host = host.ok_or_else(|| PageError::NoSuchHost(view.host.clone().unwrap_or_default()))?;
    match &view.beside {
        Some(name) => {
            let other = app.engine.host(Some(name));
            let other = other.ok_or_else(|| PageError::NoSuchHost(name.clone()))?;
            Ok(draw_beside(&app.engine, [host, other], panel, view, PATIENCE).await)
        }
        None => {
            let corner = app.live.corner(&host, view.scope);
            let corner = corner.map_err(|none| PageError::NoSuchSandbox(none.0.to_string()))?;
            Ok(draw(&app.engine, &host, panel, view, corner).await)
        }
    }
}
