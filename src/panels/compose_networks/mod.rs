//! The *compose-networks* panel: which projects can talk to which, and under what names.
//!
//! Illustrates `Learning_Docker_Networking_Compose`: each `up` makes a network of its
//! own, so two projects are two islands; a network that both join is a bridge. Who
//! reaches whom is worked out by the rules of the networks panel
//! ([`reach`](super::networks::reach)). [`chart`] says which projects stand where,
//! [`islands`] what is on them, [`crossing`] who gets across, [`names`] which name means
//! two things.

pub mod chart;
pub mod crossing;
pub mod islands;
pub mod names;

use super::compose::read::Told;
use super::frame::{Frame, Picture};
use super::networks::facts::{Facts, Mode};
use super::{NotTold, Panel, View, words};
use crate::engine::{Answers, Ask, Id};
use askama::Template;
use chart::Chart;
use crossing::Crossing;
use islands::Island;
use serde::Serialize;

/// Containers that are asked about one by one, at most.
const MOST_ASKED: usize = 80;
/// Answers of one kind that are shown in the drawer; the others are like them.
const CITED: usize = 2;
/// Names in one sentence.
const MOST_LISTED: usize = 20;

/// What this panel asks a host: both lists, then each container of the islands that are
/// drawn, since aliases stand in no list.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Networks, Ask::Containers];
    if let (Ok(facts), Ok(told)) = (Facts::read(have), Told::read(have)) {
        let chart = chart::chart(&facts, &told, view);
        asks.extend(inspected(&facts, &chart));
    }
    asks
}

fn inspected(facts: &Facts, chart: &Chart) -> Vec<Ask> {
    let drawn = facts.containers.iter().filter(|c| {
        let project = c.project.as_deref();
        project.is_none_or(|project| chart.drawn.iter().any(|drawn| drawn == project))
            && c.mode == Mode::Own
            && !c.attachments.is_empty()
    });
    // Containers of no project have names of their own on an island's network, too.
    let mut drawn: Vec<_> = drawn
        .filter(|c| {
            c.project.is_some()
                || c.attachments
                    .iter()
                    .any(|a| chart.networks.contains(&a.network))
        })
        .collect();
    drawn.sort_by_key(|c| c.project.is_none());
    drawn
        .into_iter()
        .take(MOST_ASKED)
        .filter_map(|c| Some(Ask::Container(Id::new(&c.id)?)))
        .collect()
}

/// What the reader sees.
#[derive(Template, Serialize)]
#[template(path = "panels/compose-networks.html")]
pub struct ComposeNetworks {
    #[serde(skip)]
    frame: Frame,
    /// Which projects share a network.
    answer: String,
    islands: Vec<Island>,
    /// Rows of bridges.
    rows: usize,
    crossings: Vec<Crossing>,
    /// Names that mean different containers on different islands.
    names: Vec<String>,
    /// Projects that are not drawn: name and where to see it.
    elsewhere: Vec<(String, String)>,
    more_elsewhere: usize,
    /// The project in focus.
    focus: Option<String>,
    /// What was asked for and is no project of this host.
    missing: Option<String>,
    all: String,
    /// Containers of no project, as a sentence.
    loose: Option<String>,
    legend: Legend,
}

/// Which shapes the picture has.
#[derive(Serialize)]
struct Legend {
    bridge: bool,
    hollow: bool,
    both: bool,
    off: bool,
    other: bool,
    guest: bool,
}

impl ComposeNetworks {
    /// Whether two of the islands have no way across.
    fn apart(&self) -> bool {
        self.crossings.iter().any(|crossing| !crossing.bridged)
    }
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<ComposeNetworks, NotTold> {
    let facts = Facts::read(have)?;
    let told = Told::read(have)?;
    let chart = chart::chart(&facts, &told, view);
    let homonyms = names::homonyms(&facts, &chart.drawn);
    let islands = islands::islands(&facts, &told, &chart, &homonyms, view);
    let elsewhere: Vec<(String, String)> = chart
        .elsewhere
        .iter()
        .take(MOST_LISTED)
        .map(|name| {
            (
                words::short(name, 60),
                view.focus(name).href(Panel::ComposeNetworks),
            )
        })
        .collect();
    let groups = || islands.iter().flat_map(Island::all_groups);
    let boxes = || groups().flat_map(|group| &group.boxes);
    let legend = Legend {
        bridge: !chart.bridges.is_empty(),
        hollow: groups().any(|group| group.hollow),
        both: boxes().any(|b| b.both && !b.off),
        off: boxes().any(|b| b.off),
        other: boxes().any(|b| b.names.iter().any(|name| name.elsewhere)),
        guest: boxes().any(|b| b.guest),
    };
    Ok(ComposeNetworks {
        frame: frame(view, have, &facts, &chart),
        answer: islands::answer(&facts, &told, &chart, view.scope),
        rows: chart.rows.len(),
        crossings: crossing::crossings(&facts, &chart),
        names: names::sentences(&facts, &homonyms),
        more_elsewhere: chart.elsewhere.len() - elsewhere.len(),
        elsewhere,
        focus: chart.focus.as_ref().map(|name| words::short(name, 60)),
        missing: view
            .of
            .as_ref()
            .filter(|_| chart.focus.is_none())
            .map(|of| words::short(of, 60)),
        all: View {
            of: None,
            ..view.clone()
        }
        .href(Panel::ComposeNetworks),
        loose: loose(&facts),
        legend,
        islands,
    })
}

/// `p1, p2 and three more are in no project.`
fn loose(facts: &Facts) -> Option<String> {
    let loose: Vec<String> = facts
        .containers
        .iter()
        .filter(|c| c.project.is_none())
        .map(|c| words::short(&c.name, 40))
        .collect();
    let mut named: Vec<String> = loose.iter().take(6).cloned().collect();
    if loose.len() > named.len() {
        named.push(format!("{} more", words::number(loose.len() - named.len())));
    }
    let verb = if loose.len() == 1 { "is" } else { "are" };
    (!loose.is_empty()).then(|| format!("Not in a project {verb} {}.", words::list(&named)))
}

/// Cites both lists, and a few of the containers: the rest was asked in the same way.
fn frame(view: &View, have: &Answers, facts: &Facts, chart: &Chart) -> Frame {
    let mut frame = Frame::new(Panel::ComposeNetworks, view, have);
    let network = ["Name", "Driver", "Internal", "Labels"];
    frame.cite(have, &Ask::Networks, &network);
    let container = [
        "Names",
        "State",
        "Labels",
        "Ports",
        "NetworkSettings.Networks",
    ];
    frame.cite(have, &Ask::Containers, &container);
    for (at, ask) in inspected(facts, chart).iter().enumerate() {
        match at < CITED {
            true => frame.cite(have, ask, &["Name", "NetworkSettings.Networks"]),
            false => frame.rest_on(have, ask),
        }
    }
    frame
}

impl Picture for ComposeNetworks {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

#[cfg(test)]
mod tests;
