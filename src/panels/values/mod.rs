//! Live values: single facts of a host that a note can name, as in
//! `[overlay2](live:storage-driver)`.
//!
//! [`VALUES`] is the whole list. A [`Value`] knows which answer and which field it
//! stands in and how it reads; [`told`](Value::told) is a pure function of the answers.
//! [`draw`] makes the fragment that the live stream carries: the host's word, how
//! fresh it is, and nothing of any note, so that one fragment serves every page.

mod list;
mod read;

use super::view::{LONGEST, RESERVED};
use super::{NotTold, Panel, PanelState, View, need, words};
use crate::engine::{Answer, Answers, Ask, State, Why};
use askama::Template;
pub use list::VALUES;
use percent_encoding::utf8_percent_encode;
use serde_json::Value as Json;

/// The page that explains every value, with one anchor each.
pub const PAGE: &str = "/values";

/// The names alone, for whoever only has to know which there are.
pub static NAMES: [&str; VALUES.len()] = {
    let mut names = [""; VALUES.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = VALUES[at].name;
        at += 1;
    }
    names
};

/// How a note's word is compared with the host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Upper and lower case are one, and spaces do not count: `23.5 GiB` is `23.5gib`.
    Words,
    /// Letter by letter: a path.
    Exactly,
    /// A version may be written shorter than the host says it: `20.10` agrees with
    /// `20.10.24+dfsg1`.
    Version,
}

impl Compare {
    /// The word in `data-compare`, which the page's script reads.
    pub fn word(self) -> &'static str {
        match self {
            Compare::Words => "words",
            Compare::Exactly => "exactly",
            Compare::Version => "version",
        }
    }

    /// How the page of values explains it.
    pub fn means(self) -> &'static str {
        match self {
            Compare::Words => "upper and lower case and spaces do not count",
            Compare::Exactly => "letter by letter",
            Compare::Version => "a shorter version agrees with a longer one",
        }
    }
}

/// One fact of a host that a note can name.
pub struct Value {
    /// The name after `live:`.
    pub name: &'static str,
    /// What it means, as half a sentence.
    pub means: &'static str,
    /// The question whose answer holds it.
    pub ask: Ask,
    /// The field in that answer, as the drawer names fields.
    pub field: &'static str,
    /// The docker command that shows the same.
    pub command: &'static str,
    /// How it is compared.
    pub compare: Compare,
    /// The panel that shows more of it.
    pub panel: Panel,
    read: fn(&Json) -> Option<String>,
}

impl Value {
    /// The value of this name.
    pub fn named(name: &str) -> Option<&'static Value> {
        VALUES.iter().find(|value| value.name == name)
    }

    /// What the host says, as it reads in a text.
    ///
    /// # Errors
    /// The host did not answer, or its answer lacks the field.
    pub fn told(&self, have: &Answers) -> Result<String, NotTold> {
        let json = need(have, &self.ask)?;
        (self.read)(json)
            .map(|told| words::short(told.trim(), 80))
            .filter(|told| !told.is_empty())
            .ok_or_else(|| NotTold::NoField {
                ask: format!("GET {}", self.ask.path()),
                field: self.field,
            })
    }

    /// The request as it is written: `GET /info`.
    pub fn request(&self) -> String {
        format!("GET {}", self.ask.path())
    }
}

/// The key on the stream, `kernel` or `kernel?host=lab`, in its one spelling.
pub fn key(value: &Value, host: Option<&str>) -> String {
    match host {
        Some(host) => format!(
            "{}?host={}",
            value.name,
            utf8_percent_encode(host, RESERVED)
        ),
        None => value.name.to_owned(),
    }
}

/// The value and the host that `key` names; `None` for anything that is no key.
pub fn parse_key(key: &str) -> Option<(&'static Value, Option<String>)> {
    if key.len() > LONGEST {
        return None;
    }
    let (name, query) = key.split_once('?').unwrap_or((key, ""));
    // Keys of panels and of values are read alike.
    let (_, view) = View::parse_key(&format!("{}?{query}", Panel::Parts.name()))?;
    let value = Value::named(name)?;
    let plain = View {
        host: view.host.clone(),
        ..View::default()
    };
    (view == plain).then_some((value, view.host))
}

/// The fragment of one value: a whole `<live-value>` with the host's word.
#[derive(Template)]
#[template(path = "parts/value.html")]
pub struct Drawn<'a> {
    value: &'static Value,
    key: &'a str,
    state: PanelState,
    /// The host's word, or why there is none.
    told: Result<String, String>,
    /// What qualifies it, where it is not live: `as of 12:00 UTC`, `recorded`.
    when: Option<String>,
}

/// Draws `value` from `have`. `key` is repeated in the fragment.
pub fn draw<'a>(value: &'static Value, key: &'a str, have: &Answers) -> Drawn<'a> {
    let told = value
        .told(have)
        .map_err(|why| words::short(&why.to_string(), 200));
    let (state, when) = match (&told, have.get(&value.ask)) {
        (Ok(_), Some(Ok(answer))) => fresh(answer),
        _ => (PanelState::Unavailable, None),
    };
    Drawn {
        value,
        key,
        state,
        told,
        when,
    }
}

fn fresh(answer: &Answer) -> (PanelState, Option<String>) {
    match &answer.state {
        State::Live => (PanelState::Live, None),
        // It is being asked again this very moment: not worth a word that comes and goes.
        State::Stale(Why::Changed) => (PanelState::Live, None),
        State::Stale(Why::Away(_)) => {
            let at = answer.asked.strftime("as of %H:%M UTC").to_string();
            (PanelState::Stale, Some(at))
        }
        State::Stale(Why::Copied) => {
            let on = answer.asked.strftime("on %-d %b %Y").to_string();
            (PanelState::Stale, Some(on))
        }
        State::Recorded => (PanelState::Recorded, Some("recorded".into())),
    }
}

impl Drawn<'_> {
    /// Where the value is explained.
    fn href(&self) -> String {
        format!("{PAGE}#{}", self.value.name)
    }
}

#[cfg(test)]
mod tests;
