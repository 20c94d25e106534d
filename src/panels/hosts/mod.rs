//! The *hosts* panel: which Docker hosts are connected, how each is reached, how far
//! away it is, and what else could be connected.
//!
//! Illustrates `<<Learning_Docker_Windows_Docker_Machine_Remote_Hosts>>` and
//! `<<Learning_Docker_Contexts>>`. It is drawn from the roster, which is known
//! without asking any host anything.

mod scene;
#[cfg(test)]
mod tests;

use super::frame::{Excerpt, Frame, Moment, Picture, Source, speaker};
use super::{NotTold, Panel, PanelState, View, words};
use crate::engine::pace::LEAST;
use crate::engine::roster::{HostLine, Way};
use crate::engine::{Answers, Ask, Away, Status};
use askama::Template;
use scene::{Scene, scene, stacked};
use serde::Serialize;
use serde_json::json;

/// How many hosts are drawn and told of; the others are counted.
const TOLD: usize = 8;
/// How many contexts are told of.
const CONTEXTS: usize = 12;

/// This panel asks no host anything: it is about all of them.
pub fn asks(_view: &View, _have: &Answers) -> Vec<Ask> {
    Vec::new()
}

/// All hosts, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/hosts.html")]
pub struct Hosts {
    #[serde(skip)]
    frame: Frame,
    answer: String,
    hosts: Vec<Line>,
    /// How many hosts are left out.
    more: usize,
    contexts: Vec<Context>,
    more_contexts: usize,
    scene: Scene,
    /// The same for a phone.
    #[serde(skip)]
    narrow: Scene,
    remarks: Vec<String>,
}

/// One host.
#[derive(Clone, Debug, Serialize)]
struct Line {
    name: String,
    endpoint: String,
    way: Option<&'static str>,
    #[serde(skip)]
    reached: Option<Way>,
    /// e.g. `Engine 27.3.1, API 1.47, linux, amd64`
    engine: String,
    version: String,
    state: PanelState,
    /// How it is doing, in a word or two.
    word: String,
    why: String,
    #[serde(skip)]
    since: Option<Moment>,
    /// A round figure, in milliseconds.
    latency: Option<f64>,
}

/// One docker context that is not connected.
#[derive(Clone, Debug, Serialize)]
struct Context {
    name: String,
    about: String,
    leads: String,
    problem: bool,
}

/// Turns the roster into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Hosts, NotTold> {
    let mut frame = Frame::new(Panel::Hosts, view, have);
    let all = match &*have.roster.hosts {
        // A recording or a fixture knows of one host.
        [] => vec![only(have)],
        hosts => hosts.to_vec(),
    };
    for host in all.iter().take(TOLD) {
        frame.sources.push(source(host));
    }
    let lines: Vec<Line> = all.iter().map(Line::of).collect();
    let (state, chip) = whole(&lines);
    frame.speaks_for_itself(state, chip);
    let answer = answer(&lines);
    let mut hosts = lines;
    let more = hosts.len().saturating_sub(TOLD);
    hosts.truncate(TOLD);
    let open = have.roster.contexts.iter();
    let mut contexts: Vec<Context> = open
        .filter(|context| context.connected.is_none())
        .map(Context::of)
        .collect();
    let more_contexts = contexts.len().saturating_sub(CONTEXTS);
    contexts.truncate(CONTEXTS);
    Ok(Hosts {
        remarks: remarks(&all),
        scene: scene(&hosts),
        narrow: stacked(&hosts),
        frame,
        answer,
        hosts,
        more,
        contexts,
        more_contexts,
    })
}

/// The host that a recording or a fixture speaks of.
fn only(have: &Answers) -> HostLine {
    HostLine {
        status: match have.host.recorded {
            Some(_) => Status::Recorded {
                why: Away::Connecting,
            },
            None => Status::Connecting,
        },
        facts: have.host.clone(),
        way: None,
        live_since: None,
        system: None,
        id: None,
        latency: None,
    }
}

impl Line {
    fn of(host: &HostLine) -> Line {
        let facts = &host.facts;
        let (state, word, why) = match &host.status {
            Status::Live => (PanelState::Live, "answers".to_owned(), None),
            Status::Connecting => (PanelState::Unavailable, "not heard yet".to_owned(), None),
            Status::Away { why, .. } if facts.engine.is_empty() => {
                (PanelState::Unavailable, "does not answer".into(), Some(why))
            }
            Status::Away { why, .. } => (PanelState::Stale, "away".to_owned(), Some(why)),
            Status::Recorded { why } => {
                let day = facts.recorded.as_deref().unwrap_or("an unknown day");
                let why = Some(why).filter(|why| **why != Away::Connecting);
                (
                    PanelState::Recorded,
                    format!("recorded {}", words::short(day, 40)),
                    why,
                )
            }
        };
        let mut engine = Vec::new();
        for (what, text) in [("Engine", &facts.engine), ("API", &facts.api)] {
            if !text.is_empty() {
                engine.push(format!("{what} {}", words::short(text, 40)));
            }
        }
        if let Some((os, arch)) = &host.system {
            engine.push(words::short(os, 20));
            engine.extend(Some(words::short(arch, 20)).filter(|arch| !arch.is_empty()));
        }
        Line {
            name: words::short(&facts.name, 64),
            endpoint: words::short(&facts.endpoint, 200),
            way: host.way.map(way),
            reached: host.way,
            engine: match engine.is_empty() {
                true => "not known yet".into(),
                false => engine.join(", "),
            },
            version: words::short(&facts.engine, 16),
            state,
            word,
            why: why.map_or(String::new(), |why| {
                let happened = words::capital(&words::short(&why.to_string(), 300));
                format!("{happened}. {}", why.advice())
            }),
            since: match &host.status {
                Status::Live => host.live_since.map(Moment::from),
                Status::Away { since, .. } => Some((*since).into()),
                _ => None,
            },
            latency: host.latency.map(|latency| latency.about),
        }
    }

    /// How far away it is, in words.
    fn distance(&self) -> String {
        match (self.latency, self.state) {
            (Some(ms), _) => about(ms),
            (None, PanelState::Live) => "not measured yet".into(),
            (None, PanelState::Recorded) => "a recording is nowhere".into(),
            (None, _) => "not known".into(),
        }
    }

    fn href(&self) -> String {
        format!("/hosts/{}", self.name)
    }

    /// Everything of it, in a sentence.
    fn told(&self) -> String {
        let way = match self.way {
            Some(way) => format!(" ({way})"),
            None => String::new(),
        };
        let mut told = format!(
            "{}, at {}{way}: {}; {}. Distance: {}.",
            self.name,
            self.endpoint,
            self.word,
            self.engine,
            self.distance()
        );
        if !self.why.is_empty() {
            told.push(' ');
            told.push_str(&self.why);
        }
        told
    }
}

impl Context {
    fn of(context: &crate::engine::roster::ContextLine) -> Context {
        Context {
            name: words::short(&context.name, 64),
            about: words::short(&context.about, 120),
            problem: context.leads.is_err(),
            leads: match &context.leads {
                Ok((endpoint, reached)) => {
                    format!("{}, {}", words::short(endpoint, 200), way(*reached))
                }
                Err(problem) => words::capital(&words::short(problem, 300)),
            },
        }
    }
}

/// How a host is reached, in words.
pub fn way(way: Way) -> &'static str {
    match way {
        Way::Socket => "a socket of this machine",
        Way::Tcp => "a port without TLS",
        Way::Tls => "a port with TLS",
        Way::Ssh => "by ssh",
    }
}

/// A round figure in words. The smallest stands for all below it.
fn about(about: f64) -> String {
    if about <= LEAST {
        return "1 ms or less".into();
    }
    format!("about {}", ms(about))
}

/// Milliseconds in words: `0.5 ms`, `20 ms`, `2 s`.
pub fn ms(ms: f64) -> String {
    if ms >= 1000.0 {
        let seconds = format!("{:.1}", ms / 1000.0);
        format!("{} s", seconds.trim_end_matches(".0"))
    } else if ms >= 10.0 {
        format!("{ms:.0} ms")
    } else {
        let text = format!("{ms:.1}");
        format!("{} ms", text.trim_end_matches(".0"))
    }
}

/// What there is to say where another host reports the same ID as this one.
pub fn id_twin(hosts: &[HostLine], name: &str) -> Option<String> {
    let id = hosts
        .iter()
        .find(|host| host.facts.name == name)?
        .id
        .as_deref()?;
    let same = |host: &&HostLine| host.facts.name != name && host.id.as_deref() == Some(id);
    let twin = hosts.iter().find(same)?;
    Some(format!(
        "{} and {} report the same ID. That can be one engine by two ways, or two engines: two daemons of one machine, or a cloned one, can say the same. Waterline tells hosts apart by their endpoints.",
        words::short(name, 64),
        words::short(&twin.facts.name, 64)
    ))
}

/// What deserves a sentence.
fn remarks(hosts: &[HostLine]) -> Vec<String> {
    let mut remarks = Vec::new();
    let bare = hosts.iter().filter(|host| host.way == Some(Way::Tcp));
    let bare: Vec<String> = bare
        .map(|host| words::short(&host.facts.name, 64))
        .collect();
    if !bare.is_empty() {
        remarks.push(format!(
            "{} {} a port without TLS. Whoever sits between can read along, and whoever reaches that port owns the machine behind it, as root.",
            bare.join(", "),
            if bare.len() == 1 { "is at" } else { "are each at" }
        ));
    }
    let mut said = Vec::new();
    for host in hosts {
        if host.id.is_some() && !said.contains(&&host.id) {
            remarks.extend(id_twin(hosts, &host.facts.name));
            said.push(&host.id);
        }
    }
    remarks
}

fn answer(lines: &[Line]) -> String {
    let answering = lines.iter().filter(|line| line.state == PanelState::Live);
    let answering = answering.count();
    match (lines, answering) {
        ([one], 1) => format!("One host is connected, {}, and it answers.", one.name),
        ([one], _) if one.state == PanelState::Recorded => {
            "No host answers: what panels show is a recording.".into()
        }
        ([one], _) => format!("One host is named, {}: {}.", one.name, one.word),
        (all, answering) if answering == all.len() => {
            format!("{} hosts are connected, and all answer.", all.len())
        }
        (all, answering) => {
            let silent = all.iter().filter(|line| line.state != PanelState::Live);
            let silent: Vec<&str> = silent.take(4).map(|line| line.name.as_str()).collect();
            let answer = if answering == 1 { "answers" } else { "answer" };
            format!(
                "{answering} of {} hosts {answer}; not heard: {}.",
                all.len(),
                silent.join(", ")
            )
        }
    }
}

/// How the panel stands as a whole, and what its chip says.
fn whole(lines: &[Line]) -> (PanelState, &'static str) {
    let any = |state| lines.iter().any(|line| line.state == state);
    if any(PanelState::Live) {
        (PanelState::Live, "known now, asked every 2 s")
    } else if any(PanelState::Stale) {
        (PanelState::Stale, "no host answers")
    } else if any(PanelState::Recorded) {
        (PanelState::Recorded, "no host answers")
    } else {
        (PanelState::Unavailable, "no host heard")
    }
}

/// Where a host's line comes from.
fn source(host: &HostLine) -> Source {
    let told = match (&host.status, host.live_since) {
        (Status::Live, Some(since)) => {
            let said = json!({
                "Version": host.facts.engine,
                "ApiVersion": host.facts.api,
                "Os": host.system.as_ref().map(|(os, _)| os),
                "Arch": host.system.as_ref().map(|(_, arch)| arch),
                "ID": host.id,
            });
            Ok(Excerpt {
                asked: since.into(),
                note: "asked when the connection was made. Since then a ping every 2 s, whose round trip is the latency; ID is from /info",
                raw: serde_json::to_string_pretty(&said).unwrap_or_default(),
            })
        }
        (Status::Away { why, .. } | Status::Recorded { why }, _) => {
            Err(words::capital(&why.to_string()))
        }
        _ => Err("Not heard yet".into()),
    };
    Source {
        part: None,
        request: "GET /_ping, GET /version".into(),
        fields: ".Version, .ApiVersion, .Os, .Arch".into(),
        host: speaker(&host.facts),
        command: match host.way {
            Some(_) => format!(
                "docker --host {} version",
                words::short(&host.facts.endpoint, 200)
            ),
            None => "docker version".into(),
        },
        told,
    }
}

impl Hosts {
    fn left_out(&self) -> String {
        format!("{} more", words::count(self.more, "host"))
    }

    fn any_silent(&self) -> bool {
        let mut hosts = self.hosts.iter();
        hosts.any(|host| host.state != PanelState::Live)
    }
}

impl Picture for Hosts {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
