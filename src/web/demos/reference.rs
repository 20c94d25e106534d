//! The table of commands: as a page to read, and as completions for the prompt.

use super::access::{self, Access};
use super::pages::parameter;
use crate::demos::command::{self, FlagDoc, VerbDoc};
use crate::engine::Host;
use crate::web::error::PageError;
use crate::web::kept::Page;
use crate::web::routes::Answer;
use crate::web::state::App;
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::Serialize;
use std::sync::Arc;

#[derive(Template)]
#[template(path = "demo_command.html")]
struct ReferencePage {
    verbs: Vec<VerbRow>,
}

struct VerbRow {
    id: String,
    name: &'static str,
    about: &'static str,
    usage: &'static str,
    others: String,
    taken: Vec<FlagRow>,
    refused: Vec<FlagRow>,
}

struct FlagRow {
    words: String,
    about: &'static str,
    many: bool,
    rule: Option<&'static str>,
}

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

impl VerbRow {
    fn of(verb: &VerbDoc) -> Option<VerbRow> {
        let name = *verb.paths.first()?;
        let others = verb.spellings().filter(|spelling| *spelling != name);
        Some(VerbRow {
            id: name.replace(' ', "-"),
            name,
            about: verb.about,
            usage: verb.usage,
            others: others.collect::<Vec<_>>().join(", "),
            taken: verb.taken().map(FlagRow::of).collect(),
            refused: verb.refused().map(FlagRow::of).collect(),
        })
    }
}

impl FlagRow {
    fn of(flag: &FlagDoc) -> FlagRow {
        let takes = flag.takes.filter(|_| flag.refused.is_none());
        FlagRow {
            words: match takes {
                Some(value) => format!("{} {value}", flag.shown()),
                None => flag.shown(),
            },
            about: flag.about,
            many: flag.many,
            rule: flag.refused.map(|rule| rule.name()),
        }
    }
}

/// `GET /demos/command`: the same for everybody.
pub async fn reference(State(app): State<Arc<App>>, headers: HeaderMap) -> Answer {
    app.kept(&headers, "/demos/command".into(), |_| {
        let verbs = command::reference().into_iter();
        let page = ReferencePage {
            verbs: verbs.filter_map(VerbRow::of).collect(),
        };
        Ok(Page::html(page.render()?))
    })
    .await
}

/// `GET /prompt/complete?line=&cursor=&demo=&host=`: what could stand at the cursor.
pub async fn complete(State(app): State<Arc<App>>, uri: Uri, headers: HeaderMap) -> Answer {
    let access = Access::of(&app, &headers)?;
    let host = access::host(&app, &headers, &parameter(&uri, "host")?)?;
    let name = host.as_deref().map_or("", Host::name);
    let Some((stage, place)) = access.place(&parameter(&uri, "demo")?, name) else {
        return Err(PageError::Key(crate::web::key::KeyTrouble::Missing).into());
    };
    let bench = stage.known(&place);
    let _sandbox = bench.and_then(|bench| bench.seen().sandbox);
    let offers: Vec<Offer> = Vec::new();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(offers)).into_response())
}
