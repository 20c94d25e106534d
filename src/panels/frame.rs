//! The frame around every picture: heading, waterline with its state, the picture
//! in words, and "How do we know?".
//!
//! A panel builds a [`Frame`], [`cites`](Frame::cite) each answer that its picture
//! reads (which also settles how fresh the panel is) and puts it into its template,
//! which extends `panels/frame.html`. [`draw`] is the way in.

use super::beside::Head;
use super::excerpt::excerpt;
use super::unavailable::Unavailable;
use super::{Panel, View, part, words};
use crate::engine::{Answer, Answers, Ask, Away, State, Why};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// How fresh the water is: `data-state` on a `<live-panel>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PanelState {
    /// Listened to, nothing has changed since.
    Live,
    /// The host cannot be heard; what is shown is what it said last.
    Stale,
    /// From a recording.
    Recorded,
    /// Nothing to show, and the reason.
    Unavailable,
}

impl PanelState {
    /// The word in `data-state`.
    pub fn word(self) -> &'static str {
        match self {
            PanelState::Live => "live",
            PanelState::Stale => "stale",
            PanelState::Recorded => "recorded",
            PanelState::Unavailable => "unavailable",
        }
    }
}

/// Where a figure in a panel came from: one entry of the drawer.
#[derive(Clone, Debug)]
pub struct Source {
    /// The request as it went out, e.g. `GET /v1.41/info`.
    pub request: String,
    /// The fields that the picture reads, e.g. `.Driver, .DriverStatus`.
    pub fields: String,
    /// The docker command that shows the same.
    pub command: String,
    /// For one sandbox: which part of the answer is shown.
    pub part: Option<String>,
    /// Who was asked: `workshop-1, Engine 20.10.24, API 1.41`.
    pub host: String,
    /// What came back, or why nothing did, as a sentence.
    pub told: Result<Excerpt, String>,
}

impl Source {
    /// What came back.
    pub fn excerpt(&self) -> Option<&Excerpt> {
        self.told.as_ref().ok()
    }

    /// Why nothing did.
    pub fn silence(&self) -> Option<&str> {
        self.told.as_ref().err().map(String::as_str)
    }
}

/// What came back for one source, as far as the picture reads it.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// When it was asked.
    pub asked: Moment,
    /// What else there is to say of its age.
    pub note: &'static str,
    /// The part of the raw answer that the picture reads, as indented JSON.
    pub raw: String,
}

/// A moment, for a `<time>` that a script counts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// RFC 3339.
    pub datetime: String,
    /// What reads where no script runs: `24 Nov 2026, 06:00:12 UTC`.
    pub read: String,
    /// The same where there is little room: `06:00:12 UTC`.
    pub brief: String,
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Moment {
        Moment {
            datetime: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            read: at.strftime("%-d %b %Y, %H:%M:%S UTC").to_string(),
            brief: at.strftime("%H:%M:%S UTC").to_string(),
        }
    }
}

/// What stands on the waterline: a word or two, and an age or a date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chip {
    /// e.g. `live,`
    pub words: &'static str,
    /// A moment that a script counts from.
    pub since: Option<Moment>,
    /// A day that stays as it is: that of a recording.
    pub day: Option<String>,
}

/// How many other hosts a panel offers for comparison.
const COMPARED: usize = 6;

/// Everything around a picture.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Which panel.
    pub panel: Panel,
    /// Whose host, which object.
    pub view: View,
    /// Who is speaking.
    pub host: crate::engine::answer::HostFacts,
    /// Begins every `id` in the picture, so that two panels can stand on one page.
    pub id: String,
    /// The drawer.
    pub sources: Vec<Source>,
    fresh: Fresh,
    oldest: Option<Timestamp>,
    unavailable: Option<&'static str>,
    /// How a panel stands that rests on no answer, and its words on the line.
    own: Option<(PanelState, &'static str)>,
    /// The names of the other hosts, which could stand beside this one.
    others: Vec<String>,
    /// For one sandbox: whose part of the host this is, as sentences.
    pub part: Option<String>,
}

/// How far the answers can be trusted, all of them taken together: the worst wins.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fresh {
    Live,
    Changed,
    Away(Away),
    Copied,
    Recorded,
}

impl Fresh {
    fn of(state: &State) -> Fresh {
        match state {
            State::Live => Fresh::Live,
            State::Stale(Why::Changed) => Fresh::Changed,
            State::Stale(Why::Away(away)) => Fresh::Away(away.clone()),
            State::Stale(Why::Copied) => Fresh::Copied,
            State::Recorded => Fresh::Recorded,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Fresh::Live => 0,
            Fresh::Changed => 1,
            Fresh::Away(_) => 2,
            Fresh::Copied => 3,
            Fresh::Recorded => 4,
        }
    }
}

impl Frame {
    /// A frame that cites nothing yet.
    pub fn new(panel: Panel, view: &View, have: &Answers) -> Frame {
        let key = view.key(panel);
        let id = if *view == View::default() {
            format!("p-{}", panel.name())
        } else {
            let hash = Sha256::digest(key.as_bytes());
            let hex: String = hash.iter().take(4).map(|b| format!("{b:02x}")).collect();
            format!("p-{}-{hex}", panel.name())
        };
        Frame {
            panel,
            view: view.clone(),
            host: have.host.clone(),
            id,
            sources: Vec::new(),
            fresh: Fresh::Live,
            oldest: None,
            unavailable: None,
            own: None,
            part: part::note(panel, view, have),
            others: {
                let others = have.roster.hosts.iter().map(|host| &host.facts.name);
                let others = others.filter(|name| **name != have.host.name);
                others.take(COMPARED).cloned().collect()
            },
        }
    }

    /// Whether it is one side of two hosts: a section instead of a whole panel.
    pub fn is_side(&self) -> bool {
        self.view.beside.is_some()
    }

    /// The hosts that this one can be compared with, with where that is done. None for
    /// what is compared already, for a sandbox, which is on one host, and for the panel
    /// that shows all hosts anyway.
    pub fn comparisons(&self) -> Vec<(&str, String)> {
        let scoped = self.view.scope.sandbox().is_some();
        if self.is_side() || scoped || self.panel == Panel::Hosts {
            return Vec::new();
        }
        let against = |name: &String| {
            let view = self.view.against(&self.host.name, Some(name));
            view.href(self.panel)
        };
        let others = self.others.iter();
        others.map(|name| (name.as_str(), against(name))).collect()
    }

    /// Adds what came back for `ask` to the drawer, and lets its age count. `fields`
    /// are the ones that the picture reads, as paths (`RootFS.Layers`); none: all.
    pub fn cite(&mut self, have: &Answers, ask: &Ask, fields: &[&str]) {
        self.rest_on(have, ask);
        self.enter(have, ask, fields);
    }

    /// The same for an answer that can never change, whose age says nothing.
    pub fn cite_timeless(&mut self, have: &Answers, ask: &Ask, fields: &[&str]) {
        self.enter(have, ask, fields);
    }

    /// The same for figures that are asked seldom and give their own age beside them
    /// (`/system/df`): that the host has changed since does not make the panel stale.
    pub fn cite_seldom(&mut self, have: &Answers, ask: &Ask, fields: &[&str]) {
        if let Some(Ok(answer)) = have.get(ask)
            && matches!(
                answer.state,
                State::Stale(Why::Away(_) | Why::Copied) | State::Recorded
            )
        {
            self.rest_on(have, ask);
        }
        self.enter(have, ask, fields);
    }

    /// An entry of the drawer.
    fn enter(&mut self, have: &Answers, ask: &Ask, fields: &[&str]) {
        let told = match have.get(ask) {
            Some(Ok(answer)) => Ok(read(answer, fields)),
            Some(Err(away)) => Err(words::capital(&away.to_string())),
            None => Err("Not asked yet".into()),
        };
        let version = match self.host.api.as_str() {
            "" => String::new(),
            api => format!("/v{api}"),
        };
        let sandbox = self.view.scope.sandbox();
        self.sources.push(Source {
            request: format!("GET {version}{}", ask.path()),
            fields: match fields {
                [] => "the whole answer".into(),
                some => some
                    .iter()
                    .map(|f| format!(".{f}"))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            told,
            command: match sandbox {
                Some(id) => part::command(ask, id),
                None => ask.command(),
            },
            part: sandbox.map(|id| part::part(ask, id)),
            host: speaker(&self.host),
        });
    }

    /// Lets the age of an answer count without an entry of its own in the drawer, where
    /// the same question was asked about many things.
    pub fn rest_on(&mut self, have: &Answers, ask: &Ask) {
        if let Some(Ok(answer)) = have.get(ask) {
            let fresh = Fresh::of(&answer.state);
            if fresh.rank() > self.fresh.rank() {
                self.fresh = fresh;
            }
            self.oldest = Some(self.oldest.map_or(answer.asked, |at| at.min(answer.asked)));
        }
    }

    /// For a panel that rests on no answer of one host: how it stands, and what its chip says.
    pub(super) fn speaks_for_itself(&mut self, state: PanelState, words: &'static str) {
        self.own = Some((state, words));
    }

    /// A frame around a sentence: nothing can be drawn. `chip` says why in a word or two.
    pub(super) fn without_picture(mut self, chip: &'static str) -> Frame {
        self.unavailable = Some(chip);
        self
    }

    /// How fresh the whole panel is.
    pub fn state(&self) -> PanelState {
        if self.unavailable.is_some() {
            return PanelState::Unavailable;
        }
        if let Some((state, _)) = self.own {
            return state;
        }
        match self.fresh {
            Fresh::Live => PanelState::Live,
            Fresh::Changed | Fresh::Away(_) | Fresh::Copied => PanelState::Stale,
            Fresh::Recorded => PanelState::Recorded,
        }
    }

    /// What stands on the line. The age is that of the oldest answer in the picture.
    pub fn chip(&self) -> Chip {
        if let (None, Some((_, words))) = (self.unavailable, self.own) {
            return Chip {
                words,
                since: None,
                day: None,
            };
        }
        let since = self.oldest.map(Moment::from);
        let (words, since, day) = match (self.unavailable, &self.fresh) {
            (Some(words), _) => (words, None, None),
            (None, Fresh::Live) => ("live, asked", since, None),
            (None, Fresh::Changed) => ("changed, asking again; heard", since, None),
            (None, Fresh::Away(Away::Silent(_))) => ("silent, last heard", since, None),
            (None, Fresh::Away(_)) => ("away, last heard", since, None),
            (None, Fresh::Copied) => ("as seen on", None, self.oldest.map(seen_on)),
            (None, Fresh::Recorded) => ("recorded", None, Some(self.recorded_on())),
        };
        Chip { words, since, day }
    }

    /// For a panel that is not live: what the reader should know of its age, and do.
    pub fn caution(&self) -> Option<Caution> {
        match (&self.unavailable, &self.fresh) {
            (Some(_), _) | (None, Fresh::Live | Fresh::Changed) => None,
            (None, Fresh::Away(away)) => Some(Caution {
                before: "Drawn from what it said last,".into(),
                heard: self.oldest.map(Moment::from),
                after: format!(
                    "{}. {}",
                    words::capital(&away.to_string()),
                    away.advice().trim_end()
                ),
            }),
            (None, Fresh::Copied) => Some(Caution {
                before: format!(
                    "This is how {} stood when this copy was made. It does not follow the host.",
                    words::short(&self.host.name, 60)
                ),
                heard: None,
                after: String::new(),
            }),
            (None, Fresh::Recorded) => Some(Caution {
                before: format!(
                    "A recording of {}{}, not your host. Connect your own to see it here.",
                    self.recorded_on(),
                    match self.host.engine.as_str() {
                        "" => String::new(),
                        engine => format!(", Engine {engine}"),
                    }
                ),
                heard: None,
                after: String::new(),
            }),
        }
    }

    /// The key on the stream.
    pub fn key(&self) -> String {
        self.view.key(self.panel)
    }

    /// The page of this panel alone.
    pub fn whole(&self) -> String {
        if self.is_side() {
            return self.view.against(&self.host.name, None).href(self.panel);
        }
        self.view.href(self.panel)
    }

    /// Its data.
    pub fn data(&self) -> String {
        self.view.json_href(self.panel)
    }

    fn recorded_on(&self) -> String {
        match (&self.host.recorded, self.oldest) {
            (Some(day), _) => words::short(day, 40),
            (None, Some(at)) => at.strftime("%Y-%m-%d").to_string(),
            (None, None) => "an unknown day".into(),
        }
    }
}

/// The day and minute of a copy: it stays as it is, whenever it is read.
fn seen_on(at: Timestamp) -> String {
    at.strftime("%-d %b %Y, %H:%M UTC").to_string()
}

/// Who said it: `workshop-1, Engine 20.10.24, API 1.41`.
pub(super) fn speaker(host: &crate::engine::answer::HostFacts) -> String {
    let mut said = words::short(&host.name, 60);
    for (what, version) in [("Engine", &host.engine), ("API", &host.api)] {
        if !version.is_empty() {
            said.push_str(&format!(", {what} {}", words::short(version, 40)));
        }
    }
    said
}

/// Why a panel is not live, as sentences around an age.
#[derive(Clone, Debug)]
pub struct Caution {
    /// Before the age.
    pub before: String,
    /// The age, where it counts.
    pub heard: Option<Moment>,
    /// After it.
    pub after: String,
}

fn read(answer: &Answer, fields: &[&str]) -> Excerpt {
    Excerpt {
        asked: answer.asked.into(),
        note: match answer.state {
            State::Live => "asked again when the host reports a change",
            State::Stale(Why::Changed) => "the host has changed since, and is being asked again",
            State::Stale(Why::Away(_)) => "the host has not answered since",
            State::Stale(Why::Copied) => "kept in this copy, which does not follow the host",
            State::Recorded => "from a recording",
        },
        raw: excerpt(&answer.json, fields),
    }
}

/// A picture in its frame, ready to be written.
pub trait Picture: askama::Template + Serialize {
    /// The frame around it.
    fn frame(&self) -> &Frame;
}

/// A panel, drawn: what goes onto the page, onto the stream and behind `.json`.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// How fresh it is.
    pub state: PanelState,
    /// The whole `<live-panel>` element.
    pub html: String,
    /// The picture's data and the answers it rests on.
    pub json: Value,
    /// What is compared where two hosts stand side by side.
    pub head: Head,
}

/// Draws `panel` from `have`. Never fails: a host that does not answer is a picture too.
pub fn draw(panel: Panel, view: &View, have: &Answers) -> Drawn {
    let drawn = match panel {
        Panel::Parts => super::parts::picture(view, have).map(|p| write(&p, have)),
        Panel::StorageDriver => super::storage_driver::picture(view, have).map(|p| write(&p, have)),
        Panel::Mounts => super::mounts::picture(view, have).map(|p| write(&p, have)),
        Panel::Layers => super::layers::picture(view, have).map(|p| write(&p, have)),
        Panel::WritableLayer => super::writable_layer::picture(view, have).map(|p| write(&p, have)),
        Panel::OnTheHost => super::on_the_host::picture(view, have).map(|p| write(&p, have)),
        Panel::Networks => super::networks::picture(view, have).map(|p| write(&p, have)),
        Panel::ComposeNetworks => {
            super::compose_networks::picture(view, have).map(|p| write(&p, have))
        }
        Panel::Compose => super::compose::picture(view, have).map(|p| write(&p, have)),
        Panel::Init => super::init::picture(view, have).map(|p| write(&p, have)),
        Panel::Platform => super::platform::picture(view, have).map(|p| write(&p, have)),
        Panel::Virtualization => {
            super::virtualization::picture(view, have).map(|p| write(&p, have))
        }
        Panel::Hosts => super::hosts::picture(view, have).map(|p| write(&p, have)),
        Panel::Events => super::events::picture(view, have).map(|p| write(&p, have)),
    };
    drawn.unwrap_or_else(|why| write(&Unavailable::new(panel, view, have, &why), have))
}

fn write<P: Picture>(picture: &P, have: &Answers) -> Drawn {
    let frame = picture.frame();
    // The templates write into a string and call nothing that fails.
    let html = picture.render().unwrap_or_else(|error| {
        tracing::error!(panel = frame.panel.name(), %error, "a template failed");
        format!(
            r#"<live-panel name="{}" data-state="unavailable">This panel could not be written. The fault is Waterline's.</live-panel>"#,
            frame.panel.name()
        )
    });
    Drawn {
        state: frame.state(),
        html,
        json: data(picture, have),
        head: Head::of(have),
    }
}

/// The picture's data and the answers it rests on, whole.
fn data<P: Picture>(picture: &P, have: &Answers) -> Value {
    let frame = picture.frame();
    let answers: serde_json::Map<String, Value> = have
        .all()
        .into_iter()
        .map(|(ask, told)| {
            let told = match told {
                Ok(answer) => json!({
                    "asked": answer.asked.to_string(),
                    "state": answer.state.to_string(),
                    "json": *answer.json,
                }),
                Err(away) => json!({ "away": away.to_string(), "advice": away.advice() }),
            };
            (ask.path(), told)
        })
        .collect();
    json!({
        "panel": frame.panel.name(),
        "key": frame.key(),
        "state": frame.state(),
        "host": {
            "name": frame.host.name,
            "endpoint": frame.host.endpoint,
            "engine": frame.host.engine,
            "api": frame.host.api,
            "recorded": frame.host.recorded,
        },
        "picture": serde_json::to_value(picture).unwrap_or(Value::Null),
        "answers": answers,
    })
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
