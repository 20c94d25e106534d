//! The table of commands: as a page to read, and as completions for the prompt.

use super::access::{self, Access};
use super::pages::parameter;
use crate::web::routes::Answer;
use crate::web::state::App;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;

/// A completion, as the prompt's script takes it: counted in characters.
#[derive(Serialize)]
struct Offer {
    from: usize,
    to: usize,
    word: String,
    about: String,
    /// Something is to follow directly, so that no space is put after it.
    more: bool,
}

/// `GET /demos/command`
pub async fn reference() -> Answer {
    Ok("".into_response())
}

/// `GET /prompt/complete?line=&cursor=&demo=&host=`
pub async fn complete(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let access = Access::of(&app, &headers)?;
    let _host = access::host(&app, &headers, &parameter(&uri, "host")?)?;
    let _ = access;
    let offers: Vec<Offer> = Vec::new();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(offers)).into_response())
}
