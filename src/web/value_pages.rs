//! The page of live values: every name that a note can use, what it means, and what
//! the host says now.

use super::error::PageError;
use super::routes::Answer;
use super::state::App;
use crate::engine::{Answers, Ask};
use crate::panels::frame::Moment;
use crate::panels::values::{VALUES, Value};
use crate::panels::{View, words};
use askama::Template;
use axum::extract::State;
use axum::http::{Uri, header};
use axum::response::{Html, IntoResponse};
use std::sync::Arc;

/// `GET /values`
#[derive(Template)]
#[template(path = "values.html")]
struct ValuesPage {
    host: String,
    recorded: Option<String>,
    rows: Vec<Row>,
}

/// One value on the page.
struct Row {
    value: &'static Value,
    panel: String,
    /// What the host says, or why it does not.
    told: Result<String, String>,
    asked: Option<Moment>,
}

/// `GET /values?host=`: asks the host first, so that the page says what holds now.
pub async fn values(State(app): State<Arc<App>>, uri: Uri) -> Answer {
    let query = uri.query().unwrap_or_default();
    let view = View::parse_key(&format!("parts?{query}"))
        .map(|(_, view)| view)
        .ok_or_else(|| PageError::NoSuchPage(format!("/values?{query}")))?;
    let host = app.engine.host(view.host.as_deref());
    let host = host.ok_or_else(|| PageError::NoSuchHost(view.host.clone().unwrap_or_default()))?;
    let have = host.gather(asks).await;
    let html = page(&have, &view).map_err(PageError::from)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}

/// What the values rest on.
pub fn asks(_: &Answers) -> Vec<Ask> {
    VALUES.iter().map(|value| value.ask.clone()).collect()
}

/// The page, from what a host says.
pub fn page(have: &Answers, view: &View) -> askama::Result<String> {
    ValuesPage {
        host: words::short(&have.host.name, 60),
        recorded: have.host.recorded.clone(),
        rows: VALUES.iter().map(|value| row(value, view, have)).collect(),
    }
    .render()
}

fn row(value: &'static Value, view: &View, have: &Answers) -> Row {
    let asked = match have.get(&value.ask) {
        Some(Ok(answer)) => Some(answer.asked.into()),
        _ => None,
    };
    Row {
        value,
        panel: view.href(value.panel),
        told: value
            .told(have)
            .map_err(|why| words::capital(&words::short(&why.to_string(), 200))),
        asked,
    }
}
