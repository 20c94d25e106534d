//! The hosts, as pages name them: the list, a page for each, and the switch on the
//! masthead's line.

use super::error::PageError;
use crate::engine::pace::Latency;
use crate::engine::roster::{self, ContextLine, Way};
use crate::engine::{Host, Roster, Status};
use crate::panels::frame::Moment;
use crate::panels::hosts::{id_twin, ms, way};
use crate::panels::{Panel, PanelState, View, words};
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// The chip on the masthead's line. With more than one host it is a switch.
#[derive(Template)]
#[template(path = "parts/host.html")]
struct Chip<'a> {
    host: HostLine,
    /// All hosts' names, the default one first; none where there is nothing to choose.
    choice: Vec<&'a str>,
    /// A host that the reader chose and that is not there.
    unknown: Option<&'a str>,
}

/// `GET /hosts`
#[derive(Template)]
#[template(path = "hosts.html")]
struct HostsPage<'a> {
    hosts: Vec<HostLine>,
    contexts: Vec<&'a ContextLine>,
    reader: &'a Reader,
    shown: String,
    unknown: Option<&'a str>,
}

/// `GET /hosts/NAME`
#[derive(Template)]
#[template(path = "host.html")]
struct HostPage {
    host: HostLine,
    is_shown: bool,
    panels: Vec<(Panel, String)>,
    comparisons: Vec<(String, String)>,
}

/// Who asks.
pub struct Reader {
    /// The host of the cookie.
    pub chosen: Option<String>,
    /// Whether the browser was opened with the key.
    pub holds_key: bool,
}

/// What a page says of one host.
struct HostLine {
    name: String,
    endpoint: String,
    way: &'static str,
    engine: String,
    api: String,
    system: String,
    state: PanelState,
    /// How it is doing, in a word or two.
    word: String,
    /// Why, where there is a reason.
    why: String,
    /// What can be done about it, where anything can.
    advice: &'static str,
    since: Option<Moment>,
    latency: String,
    /// What else there is to know.
    remarks: Vec<String>,
}

impl HostLine {
    fn of(line: &roster::HostLine) -> HostLine {
        let facts = line.facts.clone();
        let (state, word, why) = match &line.status {
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
        let since = match &line.status {
            Status::Live => line.live_since,
            Status::Away { since, .. } => Some(*since),
            _ => None,
        };
        HostLine {
            name: facts.name,
            // Of a recording the endpoint says so; where it is looked for is known all the same.
            endpoint: facts.endpoint,
            way: line.way.map_or("", way),
            engine: facts.engine,
            api: facts.api,
            system: line.system.as_ref().map_or(String::new(), |(os, arch)| {
                words::short(format!("{os}, {arch}").trim_end_matches(", "), 60)
            }),
            state,
            word,
            advice: why.map_or("", |why| why.advice()),
            why: why.map(|why| why.to_string()).unwrap_or_default(),
            since: since.map(Moment::from),
            latency: latency(line.latency.as_ref()),
            remarks: match line.way {
                Some(Way::Tcp) => vec![UNENCRYPTED.to_owned()],
                _ => Vec::new(),
            },
        }
    }
}

/// What there is to say of a port without TLS.
const UNENCRYPTED: &str = "This port has no TLS: whoever sits between can read along, and whoever reaches the port owns the machine behind it.";

fn latency(latency: Option<&Latency>) -> String {
    let Some(latency) = latency else {
        return "not measured yet; each page that shows this host measures it every 2 s".into();
    };
    let exact = |trip: std::time::Duration| ms(trip.as_secs_f64() * 1000.0);
    format!(
        "{}, the median of the last {}; the last one {}",
        exact(latency.median),
        words::count(latency.pings, "ping"),
        exact(latency.last)
    )
}

/// The masthead's chip for `host`: a whole `<live-host>`.
pub fn chip(all: &[Arc<Host>], host: &Host, unknown: Option<&str>) -> String {
    let names = all.iter().map(|host| host.name());
    let chip = Chip {
        host: HostLine::of(&host.line()),
        choice: match all {
            [] | [_] => Vec::new(),
            _ => names.collect(),
        },
        unknown,
    };
    // The template cannot fail on text; an empty chip leaves the old one standing.
    chip.render().unwrap_or_default()
}

/// Each host: where it is, and whether it is heard; and what could be connected.
pub fn list(roster: &Roster, reader: &Reader) -> Result<String, PageError> {
    let names = || roster.hosts.iter().map(|host| host.facts.name.as_str());
    let chosen = reader.chosen.as_deref();
    let shown = chosen.filter(|name| names().any(|other| other == *name));
    Ok(HostsPage {
        hosts: roster.hosts.iter().map(HostLine::of).collect(),
        contexts: roster.contexts.iter().collect(),
        shown: shown.or(names().next()).unwrap_or_default().to_owned(),
        unknown: chosen.filter(|_| shown.is_none()),
        reader,
    }
    .render()?)
}

/// One host, and where else it can be seen.
pub fn one(host: &Host, roster: &Roster, reader: &Reader) -> Result<String, PageError> {
    let mut line = HostLine::of(&host.line());
    let names: Vec<&str> = roster
        .hosts
        .iter()
        .map(|host| host.facts.name.as_str())
        .collect();
    line.remarks.extend(id_twin(&roster.hosts, host.name()));
    let view = View::default();
    let alone = view.against(host.name(), None);
    let others = names.iter().filter(|name| **name != host.name());
    let shown = match reader.chosen.as_deref() {
        Some(chosen) if names.contains(&chosen) => Some(chosen),
        _ => names.first().copied(),
    };
    Ok(HostPage {
        is_shown: shown == Some(host.name()) || names.len() < 2,
        panels: Panel::ALL
            .into_iter()
            .map(|panel| (panel, alone.href(panel)))
            .collect(),
        comparisons: others
            .map(|name| {
                let view = view.against(host.name(), Some(name));
                ((*name).to_owned(), view.href(Panel::StorageDriver))
            })
            .collect(),
        host: line,
    }
    .render()?)
}

impl Chip<'_> {
    fn is_shown(&self, name: &str) -> bool {
        self.host.name == name
    }
}

impl HostsPage<'_> {
    fn is_shown(&self, host: &HostLine) -> bool {
        self.shown == host.name
    }

    /// Where a form connects this context.
    fn connect_url(&self, context: &ContextLine) -> String {
        let name = utf8_percent_encode(&context.name, NON_ALPHANUMERIC);
        format!("/hosts/{name}/connect")
    }
}
