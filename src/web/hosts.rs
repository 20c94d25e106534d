//! The hosts, as pages name them: `/hosts`, and the chip on the masthead's line.

use super::error::PageError;
use crate::engine::{Engine, Host, Status};
use crate::panels::PanelState;
use askama::Template;

/// The chip on the masthead's line, with the event that carries it.
#[derive(Template)]
#[template(path = "parts/host.html")]
struct Chip {
    host: HostLine,
}

/// `GET /hosts`
#[derive(Template)]
#[template(path = "hosts.html")]
struct HostsPage {
    hosts: Vec<HostLine>,
}

/// What a page says of one host.
struct HostLine {
    name: String,
    endpoint: String,
    engine: String,
    api: String,
    state: PanelState,
    /// How it is doing, in a word or two.
    word: String,
    /// Why, where there is a reason.
    why: String,
    /// What can be done about it, where anything can.
    advice: &'static str,
}

impl HostLine {
    fn of(host: &Host) -> HostLine {
        let facts = host.facts();
        let (state, word, why) = match host.status() {
            Status::Live => (PanelState::Live, "live".to_owned(), None),
            Status::Connecting => (PanelState::Unavailable, "not heard yet".to_owned(), None),
            // Never heard: its panels have nothing to show, not even something old.
            Status::Away { why, .. } if facts.engine.is_empty() => {
                (PanelState::Unavailable, "unavailable".to_owned(), Some(why))
            }
            Status::Away { why, .. } => (PanelState::Stale, "away".to_owned(), Some(why)),
            Status::Recorded { why } => {
                let day = facts.recorded.as_deref().unwrap_or_default();
                (PanelState::Recorded, format!("recorded {day}"), Some(why))
            }
        };
        HostLine {
            name: facts.name,
            endpoint: host.endpoint(),
            engine: facts.engine,
            api: facts.api,
            state,
            word,
            advice: why.as_ref().map_or("", |why| why.advice()),
            why: why.map(|why| why.to_string()).unwrap_or_default(),
        }
    }
}

/// The masthead's chip for `host`: a whole `<live-host>`.
pub fn chip(host: &Host) -> String {
    let host = HostLine::of(host);
    // The template cannot fail on text; an empty chip leaves the old one standing.
    Chip { host }.render().unwrap_or_default()
}

/// Each host: where it is, and whether it is heard.
pub fn page(engine: &Engine) -> Result<String, PageError> {
    let hosts = engine.hosts().iter().map(|host| HostLine::of(host));
    Ok(HostsPage {
        hosts: hosts.collect(),
    }
    .render()?)
}
