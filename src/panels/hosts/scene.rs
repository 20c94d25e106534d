//! The drawing: this machine above the line, hosts below it, each at the end of a line
//! that is the longer the longer its answers take.

use super::super::room::NARROW;
use super::super::{PanelState, words};
use super::{Line, ms};
use crate::engine::pace::LEAST;
use crate::engine::roster::Way;
use serde::Serialize;

/// Room for the scale on the left, for one host, and for its box.
const LEFT: f64 = 58.0;
const COLUMN: f64 = 156.0;
const BOX: (f64, f64) = (140.0, 62.0);
/// Where 1 ms and less lies below the line, and how much deeper each tenfold is.
const TOP: f64 = 40.0;
const TENFOLD: f64 = 64.0;
/// How deep a host lies that was not measured.
const UNMEASURED: f64 = TOP + TENFOLD;
/// The narrowest that the picture is drawn.
const NARROWEST: f64 = 540.0;
/// On a phone: the boxes' left edge, the room for a box and the gap below it, and the place
/// of the leftmost line.
const STACKED_LEFT: f64 = 92.0;
const STACKED: f64 = BOX.1 + 12.0;
const RAIL: f64 = 16.0;

/// What is drawn. Lengths are in the units of the view box.
#[derive(Clone, Debug, Serialize)]
pub struct Scene {
    pub width: f64,
    /// Of the part below the line.
    pub height: f64,
    /// This machine, from here to there.
    pub machine: (f64, f64),
    pub hosts: Vec<Drawn>,
    /// How wide a host's box is.
    pub breadth: f64,
    /// The scale, where anything was measured.
    pub scale: Vec<Mark>,
    /// Which ways are in the picture, for the legend.
    #[serde(skip)]
    pub ways: Vec<(&'static str, &'static str)>,
}

/// One host.
#[derive(Clone, Debug, Serialize)]
pub struct Drawn {
    pub x: f64,
    /// The upper edge of its box, where its line ends.
    pub y: f64,
    pub left: f64,
    /// Where its words stand.
    pub middle: f64,
    /// Its line, from this machine on.
    #[serde(skip)]
    pub way: String,
    /// The class of its line.
    pub wire: &'static str,
    pub silent: bool,
    pub name: String,
    pub second: String,
    pub third: String,
}

/// A line of the scale.
#[derive(Clone, Debug, Serialize)]
pub struct Mark {
    pub y: f64,
    pub text: String,
}

/// Arranges `hosts` from left to right in their order.
pub fn scene(hosts: &[Line]) -> Scene {
    let count = hosts.len().max(1) as f64;
    let width = NARROWEST.max(LEFT + count * COLUMN);
    let column = (width - LEFT) / count;
    let at = |index: usize| LEFT + column * (index as f64 + 0.5);
    let drawn: Vec<Drawn> = hosts
        .iter()
        .enumerate()
        .map(|(index, host)| draw(host, at(index), BOX.0))
        .collect();
    let measured = hosts.iter().filter_map(|host| host.latency);
    let farthest = measured.clone().fold(1.0, f64::max);
    let deepest = drawn.iter().map(|host| host.y).fold(0.0, f64::max);
    let marks = [1.0, 10.0, 100.0, 1000.0];
    let scale = marks.into_iter().filter(|mark| *mark <= farthest);
    Scene {
        width,
        height: deepest + BOX.1 + 10.0,
        machine: (at(0) - 60.0, at(hosts.len().max(1) - 1) + 60.0),
        scale: match measured.clone().next() {
            Some(_) => scale
                .map(|mark| Mark {
                    y: depth(mark),
                    text: ms(mark),
                })
                .collect(),
            None => Vec::new(),
        },
        ways: ways(hosts),
        hosts: drawn,
        breadth: BOX.0,
    }
}

/// Arranges `hosts` below one another for a phone, the nearest first. The farther one hangs
/// on a line further left, so that no line crosses another. How deep one lies still says
/// how far it is, but boxes need their room: there is no scale.
pub fn stacked(hosts: &[Line]) -> Scene {
    let breadth = NARROW - STACKED_LEFT - 2.0;
    let mut near: Vec<&Line> = hosts.iter().collect();
    // Who was not measured is last: nobody knows how far it is.
    near.sort_by(|a, b| {
        let far = |host: &Line| host.latency.unwrap_or(f64::MAX);
        far(a).total_cmp(&far(b))
    });
    let gap = (STACKED_LEFT - 2.0 * RAIL) / hosts.len().saturating_sub(1).max(1) as f64;
    let mut free = 24.0;
    let drawn: Vec<Drawn> = near
        .iter()
        .enumerate()
        .map(|(index, host)| {
            let x = STACKED_LEFT - RAIL - gap * index as f64;
            let deep = depth(host.latency.unwrap_or(LEAST)) - TOP + 24.0;
            let y = deep.max(free);
            free = y + STACKED;
            Drawn {
                x: x.round(),
                y,
                left: STACKED_LEFT,
                middle: STACKED_LEFT + breadth / 2.0,
                way: format!("V{}H{STACKED_LEFT}", y + BOX.1 / 2.0),
                ..draw(host, x, breadth)
            }
        })
        .collect();
    Scene {
        width: NARROW,
        height: free,
        machine: (2.0, NARROW - 2.0),
        scale: Vec::new(),
        ways: Vec::new(),
        hosts: drawn,
        breadth,
    }
}

fn draw(host: &Line, x: f64, breadth: f64) -> Drawn {
    let silent = host.state != PanelState::Live;
    let y = host.latency.map_or(UNMEASURED, depth);
    Drawn {
        x,
        y,
        left: x - BOX.0 / 2.0,
        middle: x,
        way: format!("V{y}"),
        wire: match host.reached {
            Some(way) => class(way),
            None => "none",
        },
        silent,
        name: words::fit(&host.name, breadth - 12.0),
        second: match (host.version.is_empty(), silent) {
            (_, true) => words::fit(&host.word, breadth - 10.0),
            (true, _) => "Engine not told".into(),
            (false, _) => words::fit(&format!("Engine {}", host.version), breadth - 10.0),
        },
        third: match host.latency {
            Some(about) => super::about(about),
            None if silent => "distance not known".into(),
            None => "not measured yet".into(),
        },
    }
}

/// How deep a host lies whose answers take `ms`.
fn depth(ms: f64) -> f64 {
    (TOP + TENFOLD * (ms.max(LEAST) / LEAST).log10()).round()
}

fn class(way: Way) -> &'static str {
    match way {
        Way::Socket => "socket",
        Way::Tcp => "bare",
        Way::Tls => "tls",
        Way::Ssh => "ssh",
    }
}

fn ways(hosts: &[Line]) -> Vec<(&'static str, &'static str)> {
    [Way::Socket, Way::Tcp, Way::Tls, Way::Ssh]
        .into_iter()
        .filter(|way| hosts.iter().any(|host| host.reached == Some(*way)))
        .map(|way| (class(way), super::way(way)))
        .collect()
}
