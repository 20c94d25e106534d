//! The *networks* panel: who hangs on which network, and who can reach whom.
//!
//! Illustrates `Learning_Docker_Networking`: two compose projects are two islands, and
//! one container on both joins them. Read the modules in this order:
//!
//! 1. [`facts`] and its reader: the host's answers as plain data;
//! 2. [`reach`]: the rules, worked out and not measured;
//! 3. [`scene`]: what is drawn, and what a large host has folded;
//! 4. [`layout`]: where it stands; [`matrix`]: who reaches whom, as a table;
//!    [`twin`]: all of it in words.

pub mod facts;
pub mod layout;
pub mod matrix;
pub mod reach;
pub(in crate::panels) mod read;
pub mod scene;
pub mod twin;

use super::frame::{Frame, Picture};
use super::{NotTold, Panel, View, words};
use crate::engine::{Answers, Ask, Id};
use askama::Template;
use facts::Facts;
use layout::Layout;
use matrix::Matrix;
use scene::{Place, Scene};
use serde::Serialize;

/// Answers of one kind that are shown in the drawer; the others are like them.
const CITED: usize = 2;

/// What this panel asks a host: both lists, then each network and container that is
/// drawn. What is folded away is not asked about, however large the host.
pub fn asks(view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = vec![Ask::Networks, Ask::Containers];
    let Ok(facts) = Facts::read(have) else {
        return asks;
    };
    let scene = scene::scene(&facts, focus(view, &facts));
    asks.extend(drawn(&facts, &scene));
    asks
}

fn focus(view: &View, facts: &Facts) -> Option<usize> {
    scene::find_network(facts, view.of.as_deref()?)
}

/// The asks about what is drawn: each bus, and the first container of each unit, whose
/// aliases stand in no list. One that uses another's network has nothing of its own to tell.
fn drawn(facts: &Facts, scene: &Scene) -> Vec<Ask> {
    let networks = scene
        .buses
        .iter()
        .filter_map(|bus| Some(Ask::Network(Id::new(&facts.networks[*bus].id)?)));
    let containers = scene
        .units
        .iter()
        .filter(|unit| unit.place == Place::Bus)
        .filter_map(|unit| Some(Ask::Container(Id::new(&unit.first(facts).id)?)));
    networks.chain(containers).collect()
}

/// What the reader sees.
#[derive(Template, Serialize)]
#[template(path = "panels/networks.html")]
pub struct Networks {
    #[serde(skip)]
    frame: Frame,
    facts: Facts,
    layout: Layout,
    /// The same for a narrow column: a bus below the other, two boxes in a row.
    #[serde(skip)]
    narrow: Layout,
    matrix: Matrix,
    words: Vec<String>,
    /// The network in focus.
    focus: Option<String>,
    /// What was asked for and is no network of this host.
    missing: Option<String>,
    /// Networks with containers that are not drawn: name, how many, where to see them.
    elsewhere: Vec<(String, usize, String)>,
    more_elsewhere: usize,
    /// Networks on which nothing hangs.
    empty: Vec<String>,
    more_empty: usize,
    folded: usize,
    legend: Legend,
    all: String,
}

/// Which shapes the picture has.
#[derive(Serialize)]
struct Legend {
    bus: bool,
    hollow: bool,
    both: bool,
    shared: bool,
    off: bool,
    port: bool,
}

/// Turns the host's answers into what the reader sees. No clock, no network.
pub fn picture(view: &View, have: &Answers) -> Result<Networks, NotTold> {
    let facts = Facts::read(have)?;
    let focus = focus(view, &facts);
    let scene = scene::scene(&facts, focus);
    let notes = twin::notes(&facts, &scene);
    let layout = layout::layout(&facts, &scene, &notes, layout::WIDTH);
    let name = |place: &usize| words::short(&facts.networks[*place].name, 60);
    let look_at = |of: Option<String>| View { of, ..view.clone() }.href(Panel::Networks);
    let elsewhere: Vec<(String, usize, String)> = scene
        .elsewhere
        .iter()
        .take(twin::MOST_LISTED)
        .map(|(place, count)| {
            (
                name(place),
                *count,
                look_at(Some(facts.networks[*place].name.clone())),
            )
        })
        .collect();
    let empty: Vec<String> = scene
        .empty
        .iter()
        .take(twin::MOST_LISTED)
        .map(name)
        .collect();
    let boxes = |class: &str| {
        layout
            .below
            .boxes
            .iter()
            .chain(&layout.above.boxes)
            .any(|b| b.class == class)
    };
    let legend = Legend {
        bus: layout.below.buses.iter().any(|bus| !bus.hollow),
        hollow: layout.below.buses.iter().any(|bus| bus.hollow),
        both: boxes("box both"),
        shared: scene
            .units
            .iter()
            .any(|unit| matches!(unit.place, Place::Stuck(_))),
        off: boxes("box off"),
        port: !layout.below.rings.is_empty(),
    };
    Ok(Networks {
        frame: frame(view, have, &facts, &scene),
        words: twin::in_words(&facts, &scene),
        matrix: matrix::matrix(&facts, &scene),
        focus: focus.as_ref().map(name),
        missing: view
            .of
            .as_ref()
            .filter(|_| focus.is_none())
            .map(|of| words::short(of, 60)),
        more_elsewhere: scene.elsewhere.len() - elsewhere.len(),
        more_empty: scene.empty.len() - empty.len(),
        folded: scene.folded,
        all: look_at(None),
        elsewhere,
        empty,
        legend,
        narrow: layout::layout(&facts, &scene, &notes, layout::NARROW),
        layout,
        facts,
    })
}

/// Cites both lists, and a few of what is drawn: the rest was asked in the same way.
fn frame(view: &View, have: &Answers, facts: &Facts, scene: &Scene) -> Frame {
    let mut frame = Frame::new(Panel::Networks, view, have);
    frame.cite(
        have,
        &Ask::Networks,
        &[
            "Name",
            "Driver",
            "Scope",
            "Internal",
            "IPAM.Config",
            "Options",
        ],
    );
    frame.cite(
        have,
        &Ask::Containers,
        &[
            "Names",
            "State",
            "Status",
            "Ports",
            "HostConfig.NetworkMode",
            "NetworkSettings.Networks",
        ],
    );
    let asked = drawn(facts, scene);
    let is_network = |ask: &&Ask| matches!(ask, Ask::Network(_));
    for ask in asked.iter().filter(is_network).take(CITED) {
        frame.cite(
            have,
            ask,
            &["Name", "Internal", "IPAM.Config", "Containers"],
        );
    }
    for ask in asked.iter().filter(|ask| !is_network(ask)).take(CITED) {
        frame.cite(
            have,
            ask,
            &[
                "Name",
                "State.Status",
                "State.ExitCode",
                "NetworkSettings.Networks",
            ],
        );
    }
    frame
}

impl Picture for Networks {
    fn frame(&self) -> &Frame {
        &self.frame
    }
}

#[cfg(test)]
mod tests;
