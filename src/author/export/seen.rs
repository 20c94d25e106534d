//! What the hosts say when a copy is made: each panel and each live value once, with the
//! time. Nothing in a copy is live, and each says so.

use super::rewrite::Place;
use crate::engine::answer::HostFacts;
use crate::engine::{Answers, Engine, Host, Roster, Status};
use crate::panels::values::{self, VALUES};
use crate::panels::{Panel, View, draw};
use crate::web::panel_pages;
use crate::web::value_pages;
use askama::Template;
use futures_util::future::join_all;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The hosts as they were seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Each host that was configured, the one that is shown first.
    pub hosts: Vec<HostSeen>,
    /// Each panel's fragment, for a page with addresses of the server.
    panels: Vec<(Panel, String)>,
    /// The page of all live values.
    pub values_page: String,
    /// Each live value's fragment, by name.
    pub values: Vec<(&'static str, String)>,
}

/// A host, and whether it was heard.
#[derive(Clone, Debug)]
pub struct HostSeen {
    /// Its name and versions.
    pub facts: HostFacts,
    /// How it stood, in words.
    pub stood: String,
    /// Whether its own answers are shown.
    pub heard: bool,
}

/// Asks the default host what every panel asks, and every live value, once. Whatever has
/// not come after `patience` is left out, and the panel says so.
pub async fn look(engine: &Engine, patience: Duration) -> Seen {
    let hosts = engine.hosts();
    let Some(host) = engine.host(None) else {
        return Seen::default();
    };
    let view = View::default();
    let pictures = Panel::ALL.map(|panel| {
        let (host, view) = (&host, &view);
        async move {
            let asked = host.gather(|have| panel.asks(view, have));
            (panel, within(patience, host, asked).await)
        }
    });
    let told = within(patience, &host, host.gather(value_pages::asks));
    let others = hosts.iter().skip(1).map(|other| async {
        let version = other.gather(|_| vec![crate::engine::Ask::Version]);
        within(patience, other, version).await;
    });
    let (pictures, told, _) = tokio::join!(join_all(pictures), told, join_all(others));
    // No contexts: they are of nobody's concern who reads a copy. And no comparisons.
    let roster = Arc::new(Roster::of(&hosts, Vec::new()));
    let panels = pictures.into_iter().map(|(panel, mut have)| {
        if panel == Panel::Hosts {
            have.roster = Arc::clone(&roster);
        }
        (panel, without_data(panel, draw(panel, &view, &have).html))
    });
    let panels = panels.collect();
    let values = VALUES.iter().filter_map(|value| {
        let fragment = values::draw(value, value.name, &told).render();
        Some((value.name, fragment.ok()?))
    });
    Seen {
        hosts: hosts.iter().map(|host| HostSeen::of(host)).collect(),
        panels,
        values: values.collect(),
        values_page: value_pages::page(&told, &view).unwrap_or_default(),
    }
}

/// Without the way to the answers as data, which a copy does not have.
fn without_data(panel: Panel, html: String) -> String {
    let begins = format!("<p><a href=\"/panels/{}.json", panel.name());
    let Some(at) = html.find(&begins) else {
        return html;
    };
    match html[at..].find("</p>") {
        Some(length) => format!("{}{}", &html[..at], &html[at + length + "</p>".len()..]),
        None => html,
    }
}

/// The answers that came in time, kept as a copy keeps them; else none, from this host.
async fn within(patience: Duration, host: &Host, asked: impl Future<Output = Answers>) -> Answers {
    match tokio::time::timeout(patience, asked).await {
        Ok(have) => have.copied(),
        Err(_) => Answers::from_host(host.facts()),
    }
}

impl HostSeen {
    fn of(host: &Host) -> HostSeen {
        let facts = host.facts();
        let (stood, heard) = match host.status() {
            Status::Live => (format!("Engine {}, API {}", facts.engine, facts.api), true),
            Status::Connecting => ("it did not answer in time".to_owned(), false),
            Status::Away { why, .. } => (format!("it did not answer: {why}"), false),
            Status::Recorded { .. } => (
                format!(
                    "no Docker host answered, so panels show a recording of {}",
                    facts.recorded.as_deref().unwrap_or("an unknown day")
                ),
                false,
            ),
        };
        HostSeen {
            facts,
            stood,
            heard,
        }
    }
}

impl Seen {
    /// A panel as it stands on its own page.
    pub fn whole(&self, panel: Panel) -> Option<String> {
        panel_pages::whole(panel, self.fragment(panel)?, "").ok()
    }

    fn fragment(&self, panel: Panel) -> Option<&str> {
        let mut panels = self.panels.iter();
        panels
            .find(|(own, _)| *own == panel)
            .map(|(_, html)| html.as_str())
    }

    /// What the host said of a live value, as plain words, and how fresh that is.
    pub fn value(&self, name: &str) -> Option<(&str, &str)> {
        let mut values = self.values.iter();
        let (_, html) = values.find(|(own, _)| *own == name)?;
        let between = |begins: &str, ends: &str| {
            let (_, rest) = html.split_once(begins)?;
            rest.split_once(ends).map(|(told, _)| told)
        };
        Some((
            between("<span class=\"host\">", "</span>")?,
            between(" data-state=\"", "\"")?,
        ))
    }

    /// What stands in a panel's place below a heading of level `over`.
    pub fn in_place(&self, place: &Place<'_>, over: u8) -> Option<String> {
        let panel = Panel::from_name(place.name)?;
        if place.again {
            // Twice the same picture would have every id twice.
            return Some(format!(
                "<p class=\"small soft\"><a href=\"/panels/{1}\">{0}</a> is shown above on this page.</p>",
                panel.title(),
                panel.name()
            ));
        }
        let html = self.fragment(panel)?;
        let mut out = String::with_capacity(html.len() + 256);
        let mut rest = html;
        if place.folds
            && let Some(at) = html.find('>')
        {
            out.push_str(&html[..at]);
            out.push_str(" data-folds");
            rest = &html[at..];
        }
        // A panel's headings begin at the third level, one below the heading that it
        // belongs to.
        while let Some(at) = rest.find("<h") {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let (tag, after) = from.split_at("<h".len());
            out.push_str(tag);
            rest = after;
            if let [level @ b'3'..=b'6', b' ' | b'>', ..] = *after.as_bytes() {
                out.push(level as char);
                let _ = write!(out, " aria-level=\"{}\"", level - b'0' - 2 + over);
                rest = &after[1..];
            }
        }
        out.push_str(rest);
        Some(out)
    }
}
