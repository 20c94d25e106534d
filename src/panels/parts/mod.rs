//! The *parts* panel: which programs stand between the docker command and a container,
//! and which way real events went through them.
//!
//! Illustrates `<<Learning_Docker_Parts>>`: the chain with this host's versions, and
//! beside it a lane for each of the last events, from where it began to where it ended.

pub mod chain;
pub mod passage;
#[cfg(test)]
mod tests;

use super::events::facts::{self, Past, moment};
use super::frame::{Frame, Moment, Picture};
use super::{NotTold, Panel, View, need, words};
use crate::engine::{Answers, Ask};
use askama::Template;
use chain::{Chain, Part};
use passage::{Hop, Passage, Seen, passages};
use serde::Serialize;
use serde_json::Value;

/// How many lanes are drawn at most, the last events; a narrow panel hides the oldest.
const LANES: usize = 9;

/// What this panel asks a host, given what it has heard so far: of the containers one.
pub fn asks(_: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Version, Ask::Info, Ask::Containers, Ask::Events];
    if asks.iter().all(|ask| have.get(ask).is_some()) {
        let (passages, _) = passages(&Past::read(have));
        let last = passages.last().map(|passage| &*passage.container);
        asks.extend(chain::pictured(last, have).map(Ask::Container));
    }
    asks
}

/// The picture, ready to be placed.
#[derive(Template, Serialize)]
#[template(path = "panels/parts.html")]
pub struct Parts {
    #[serde(skip)]
    frame: Frame,
    chain: Chain,
    api: String,
    rows: Vec<Row>,
    lanes: Vec<Lane>,
    again: Vec<Again>,
    /// Why there are no lanes.
    silence: Option<String>,
    facts: Vec<(&'static str, String)>,
    remarks: Vec<&'static str>,
}

/// One hop, with what of each lane is to be seen there.
#[derive(Clone, Debug, Serialize)]
struct Row {
    part: Part,
    /// The last event took part here, as its n-th hop.
    lit: Option<usize>,
    /// It left when its work was done.
    leaves: bool,
    cells: Vec<Cell>,
}

/// What is to be seen of one lane at one hop.
#[derive(Clone, Debug, Serialize)]
struct Cell {
    class: &'static str,
    /// Of the last event: as its n-th hop.
    lit: Option<usize>,
}

/// One event that went through, and how it reads.
#[derive(Clone, Debug, Serialize)]
struct Lane {
    /// 1 is the last one.
    number: usize,
    passage: Passage,
    #[serde(skip)]
    moment: Moment,
    what: String,
    told: &'static str,
}

/// Commands that are run again and again.
#[derive(Clone, Debug, Serialize)]
struct Again {
    said: String,
    #[serde(skip)]
    last: Moment,
    why: &'static str,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Parts, NotTold> {
    let version = need(have, &Ask::Version)?;
    let past = Past::read(have);
    let (mut passages, again) = passages(&past);
    let last = passages.last().map(|passage| &*passage.container);
    let pictured = chain::pictured(last, have);
    let chain = chain::read(version, have, &past, pictured.as_ref());
    let mut frame = Frame::new(Panel::Parts, view, have);
    frame.cite(
        have,
        &Ask::Version,
        &[
            "Components.Name",
            "Components.Version",
            "ApiVersion",
            "MinAPIVersion",
        ],
    );
    frame.cite(
        have,
        &Ask::Info,
        &[
            "DefaultRuntime",
            "Runtimes",
            "ContainerdCommit",
            "RuncCommit",
            "InitCommit",
            "InitBinary",
            "LiveRestoreEnabled",
            "OSType",
        ],
    );
    frame.cite(have, &Ask::Containers, &["Id", "State", "Created"]);
    if let Some(id) = pictured {
        frame.cite(
            have,
            &Ask::Container(id),
            &[
                "Name",
                "Path",
                "State.Pid",
                "HostConfig.Runtime",
                "HostConfig.Init",
            ],
        );
    }
    frame.cite(
        have,
        &Ask::Events,
        &["Type", "Action", "Actor.Attributes.name", "timeNano"],
    );
    let shown = passages.split_off(passages.len().saturating_sub(LANES));
    Ok(Parts {
        api: api(version),
        rows: rows(&chain, &shown),
        silence: silence(&shown, have),
        lanes: shown
            .into_iter()
            .rev()
            .enumerate()
            .map(|(index, passage)| Lane {
                number: index + 1,
                moment: moment(passage.at),
                what: passage.what(),
                told: passage.told(chain.podman),
                passage,
            })
            .rev()
            .collect(),
        again: again
            .into_iter()
            .take(5)
            .map(|again| Again {
                said: format!(
                    "{} commands were run inside {}",
                    words::capital(&words::number(again.times)),
                    again.who
                ),
                last: moment(again.last),
                why: match again.checked {
                    true => "it has a health check, which is such a command each time",
                    false => "so often that they are counted here and not drawn",
                },
            })
            .collect(),
        facts: figures(version, have, &chain),
        remarks: remarks(&chain, have),
        frame,
        chain,
    })
}

fn rows(chain: &Chain, shown: &[Passage]) -> Vec<Row> {
    let hops: Vec<Hop> = chain.parts.iter().map(|part| part.hop).collect();
    // The order in which the last event came by.
    let order: Vec<Hop> = shown.last().map_or_else(Vec::new, |last| {
        let mut order: Vec<Hop> = hops.clone();
        if matches!(last.way, passage::Way::Up(_)) {
            order.reverse();
        }
        order.retain(|hop| last.at_hop(*hop).took_part());
        order
    });
    chain
        .parts
        .iter()
        .map(|part| {
            let lit = order.iter().position(|hop| *hop == part.hop);
            Row {
                lit,
                leaves: part.hop == Hop::Runtime,
                cells: shown
                    .iter()
                    .enumerate()
                    .map(|(index, passage)| {
                        let seen = passage.at_hop(part.hop);
                        let newest = index + 1 == shown.len();
                        Cell {
                            class: seen.class(),
                            lit: match seen {
                                Seen::GoesBy if newest => Some(1),
                                _ => lit.filter(|_| newest),
                            },
                        }
                    })
                    .collect(),
                part: part.clone(),
            }
        })
        .collect()
}

fn api(version: &Value) -> String {
    match chain::text(version, "ApiVersion") {
        Some(api) => format!("API {api}"),
        None => "API, version not told".into(),
    }
}

fn silence(shown: &[Passage], have: &Answers) -> Option<String> {
    if !shown.is_empty() {
        return None;
    }
    Some(match have.get(&Ask::Events) {
        _ if facts::not_recorded(have) => {
            "The recording does not hold events. Connect a Docker host to see them pass through the chain.".into()
        }
        Some(Err(away)) => format!("What passed through the chain is not told: {away}."),
        _ => "No container was created, started or ended as far as this engine remembers. Start one, and its way lights here.".into(),
    })
}

fn figures(version: &Value, have: &Answers, chain: &Chain) -> Vec<(&'static str, String)> {
    let nothing = Value::Null;
    let info = have.json(&Ask::Info).unwrap_or(&nothing);
    let oldest = chain::text(version, "MinAPIVersion");
    let mut figures = vec![(
        "API",
        match (chain::text(version, "ApiVersion"), oldest) {
            (Some(api), Some(oldest)) => {
                format!("{api}; clients that speak {oldest} or later are understood")
            }
            (Some(api), None) => format!("{api}; the oldest it understands is not told"),
            (None, _) => "not told".into(),
        },
    )];
    let default = chain::text(info, "DefaultRuntime");
    let runtimes = info["Runtimes"].as_object();
    let names: Vec<String> = runtimes
        .into_iter()
        .flatten()
        .take(8)
        .map(|(name, _)| words::short(name, 40))
        .collect();
    figures.push((
        "Runtimes",
        match (default, names.is_empty()) {
            (Some(default), false) => format!(
                "{}; {default} unless a container asks for another",
                words::list(&names)
            ),
            (Some(default), true) => format!("{default}; others are not told"),
            (None, false) => words::list(&names),
            (None, true) => "not told (Runtimes, DefaultRuntime)".into(),
        },
    ));
    if chain.podman {
        return figures;
    }
    let init = chain::component(version, "docker-init");
    let binary = chain::text(info, "InitBinary");
    figures.push((
        "docker-init",
        match (init, binary) {
            (Some(version), _) => {
                format!("{version}; process 1 of a container that is started with --init")
            }
            (None, Some(binary)) => format!(
                "{binary}, version not told; process 1 of a container that is started with --init"
            ),
            (None, None) => "not told (InitBinary)".into(),
        },
    ));
    figures.push((
        "Live restore",
        match info["LiveRestoreEnabled"].as_bool() {
            Some(true) => "on: when dockerd stops, the shims and their containers go on".into(),
            Some(false) => {
                "off: when dockerd is stopped in order, it stops the containers first".into()
            }
            None => "not told (LiveRestoreEnabled)".into(),
        },
    ));
    figures
}

fn remarks(chain: &Chain, have: &Answers) -> Vec<&'static str> {
    let mut remarks = Vec::new();
    if chain.podman {
        remarks.push("This is Podman: what answers the API need not run for containers to run. Each container has a conmon of its own, as under Docker a shim.");
    }
    if chain.windows {
        remarks.push("This engine runs Windows containers. Its answers name neither containerd nor runc; dockerd asks a service of Windows, which makes the container.");
    }
    if have.json(&Ask::Info).is_none() {
        remarks.push("The host gave no answer to GET /info, so its runtimes are not told.");
    }
    remarks
}

impl Parts {
    /// The sentence that answers the question.
    fn answer(&self) -> String {
        let between: Vec<String> = self
            .chain
            .parts
            .iter()
            .filter(|part| !matches!(part.hop, Hop::Client | Hop::Process))
            .map(|part| {
                if part.hop == Hop::Shim && !self.chain.podman {
                    "a shim".into()
                } else if part.version == chain::NOT_TOLD {
                    part.name.clone()
                } else {
                    format!("{} {}", part.name, part.version)
                }
            })
            .collect();
        words::list(&between)
    }

    /// What is at the far end of it.
    fn end(&self) -> String {
        match &self.chain.leaf.who {
            Some(who) => format!("process 1 of {who}"),
            None => "the first process of a container".into(),
        }
    }

    /// The last event that went through.
    fn last(&self) -> Option<&Lane> {
        self.lanes.last()
    }

    /// Newest first, to be read.
    fn newest(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().rev()
    }

    /// What stands above the line, and what below.
    fn above(&self) -> &[Row] {
        &self.rows[..1]
    }

    fn below(&self) -> &[Row] {
        &self.rows[1..]
    }

    /// Begins the id of whatever shows the last event: another event, another element,
    /// so that it moves when it comes.
    fn mark(&self) -> String {
        let at = self.last().map_or(0, |lane| lane.passage.at);
        format!("{}-{at}", self.frame.id)
    }
}

impl Picture for Parts {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}
