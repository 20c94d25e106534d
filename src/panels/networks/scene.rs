//! What is drawn of a host: which networks, which containers, in which order, and
//! what is folded away.
//!
//! A small host is drawn whole. On a large one, containers that hang on the same
//! networks in the same way are one [`Unit`], and what is still too much is counted
//! and offered by name: focus one network to see it.

use super::facts::{Container, Facts, Kind, Mode, Network, State};
use super::reach::{Reach, reach};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Up to so many containers, each is a unit of its own.
const SINGLE: usize = 12;
/// So many units are drawn at most: a matrix of more cannot be read.
pub const MOST_UNITS: usize = 16;
/// So many networks are drawn at most.
pub const MOST_BUSES: usize = 8;

/// What is drawn.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Networks that are drawn, by their places in [`Facts::networks`], top to bottom.
    pub buses: Vec<usize>,
    /// Boxes, rows and columns, in the order in which they stand.
    pub units: Vec<Unit>,
    /// Networks with containers that are not drawn, and how many containers hang there.
    pub elsewhere: Vec<(usize, usize)>,
    /// Networks on which nothing hangs.
    pub empty: Vec<usize>,
    /// Containers that are not drawn.
    pub folded: usize,
    /// The network in focus.
    pub focus: Option<usize>,
}

/// One container, or several that hang on the same networks in the same way.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Places in [`Facts::containers`]; never empty.
    pub members: Vec<usize>,
    /// What it is called.
    pub label: String,
    /// Where it stands.
    pub place: Place,
    /// The buses it touches, by their places in [`Scene::buses`], topmost first.
    pub wires: Vec<usize>,
    /// How many networks it hangs on that are not drawn.
    pub more_wires: usize,
}

/// Where a unit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Below the topmost of its buses.
    Bus,
    /// Stuck to the unit whose network it uses, by its place in [`Scene::units`].
    Stuck(usize),
    /// In the host's own network.
    Host,
    /// Apart, on no network.
    Nowhere,
}

impl Unit {
    /// The container that stands for all of them.
    pub fn first<'a>(&self, facts: &'a Facts) -> &'a Container {
        &facts.containers[self.members[0]]
    }

    /// Whether none of it runs.
    pub fn off(&self, facts: &Facts) -> bool {
        !self.first(facts).state.attached()
    }
}

/// How unit `from` reaches unit `to`; within one unit of several, how one reaches another.
pub fn unit_reach(facts: &Facts, from: &Unit, to: &Unit) -> Reach {
    if from.members[0] == to.members[0] {
        return match to.members.get(1) {
            Some(other) => reach(facts, from.members[0], *other),
            None => reach(facts, from.members[0], to.members[0]),
        };
    }
    // Of many sharers and their many owners, most pairs do not share one stack.
    let pairs = from.members.iter().take(2).flat_map(|a| {
        let others = to.members.iter().take(2);
        others.map(move |b| (*a, *b))
    });
    let apart = |pair: &(usize, usize)| facts.stack(pair.0) != facts.stack(pair.1);
    let (a, b) = pairs
        .clone()
        .find(apart)
        .or_else(|| pairs.clone().next())
        .unwrap_or((0, 0));
    reach(facts, a, b)
}

/// The network that `of` names: by name, or by its id or the beginning of it.
pub fn find_network(facts: &Facts, of: &str) -> Option<usize> {
    let by_name = facts.networks.iter().position(|network| network.name == of);
    by_name.or_else(|| {
        let by_id = |network: &Network| of.len() >= 12 && network.id.starts_with(of);
        facts.networks.iter().position(by_id)
    })
}

/// Chooses what to draw.
pub fn scene(facts: &Facts, focus: Option<usize>) -> Scene {
    let scope = scope(facts, focus);
    let groups = groups(facts, &scope);
    let buses = choose_buses(facts, focus, &scope);
    let shown = choose_units(facts, &buses, groups);

    let touched: BTreeSet<usize> = shown
        .iter()
        .flat_map(|members| facts.wires(members[0]))
        .collect();
    let mut buses: Vec<usize> = buses
        .into_iter()
        .filter(|bus| touched.contains(bus))
        .collect();
    if buses.is_empty() {
        buses = lonely_buses(facts, focus);
    }
    let buses = order_buses(facts, buses, &shown);
    let units = order_units(facts, &buses, shown);

    let counted = count_by_network(facts, &scope);
    let drawn: usize = units.iter().map(|unit| unit.members.len()).sum();
    let mut elsewhere: Vec<(usize, usize)> = counted
        .into_iter()
        .filter(|(network, _)| !buses.contains(network))
        .collect();
    elsewhere.sort_by_key(|(network, count)| (Reverse(*count), &facts.networks[*network].name));
    let used = count_by_network(facts, &(0..facts.containers.len()).collect::<Vec<_>>());
    let empty = (0..facts.networks.len())
        .filter(|n| {
            facts.networks[*n].kind.is_wire() && !used.contains_key(n) && !buses.contains(n)
        })
        .collect();
    Scene {
        folded: scope.len().saturating_sub(drawn),
        buses,
        units,
        elsewhere,
        empty,
        focus,
    }
}

/// The containers that are looked at: all, or those on the network in focus.
fn scope(facts: &Facts, focus: Option<usize>) -> Vec<usize> {
    let in_focus = |container: &usize| {
        let Some(focus) = focus else { return true };
        let mode = facts
            .stack(*container)
            .map(|stack| &facts.containers[stack].mode);
        match facts.networks[focus].kind {
            Kind::Host => mode == Some(&Mode::Host),
            Kind::None => mode == Some(&Mode::None),
            _ => facts.wires(*container).contains(&focus),
        }
    };
    (0..facts.containers.len()).filter(in_focus).collect()
}

fn count_by_network(facts: &Facts, scope: &[usize]) -> BTreeMap<usize, usize> {
    let mut counted = BTreeMap::new();
    for container in scope {
        for wire in facts.wires(*container) {
            *counted.entry(wire).or_default() += 1;
        }
    }
    counted
}

/// Containers that no rule tells apart, together.
fn groups(facts: &Facts, scope: &[usize]) -> Vec<Vec<usize>> {
    if scope.len() <= SINGLE {
        return scope.iter().map(|container| vec![*container]).collect();
    }
    let mut groups: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for place in scope {
        let container = &facts.containers[*place];
        let life = match container.state {
            State::Running => 0,
            State::Paused => 1,
            _ => 2,
        };
        let mode = match container.mode {
            Mode::Own => 0,
            Mode::Host => 1,
            Mode::None => 2,
            Mode::Shares(_) => 3,
            Mode::SharesGone => 4,
            Mode::Private(_) => 5,
        };
        let shared_life = facts
            .stack(*place)
            .map(|stack| facts.containers[stack].state.attached());
        let open = match container.ports.iter().map(|port| port.loopback()).min() {
            Some(false) => 2,
            Some(true) => 1,
            None => 0,
        };
        // A link is a way of one's own.
        let links = (!container.links.is_empty()).then_some(*place);
        let key = (mode, facts.wires(*place), shared_life, life, open, links);
        groups.entry(key).or_default().push(*place);
    }
    groups.into_values().collect()
}

/// The networks worth drawing first, at most [`MOST_BUSES`].
fn choose_buses(facts: &Facts, focus: Option<usize>, scope: &[usize]) -> Vec<usize> {
    let counted = count_by_network(facts, scope);
    let running: Vec<usize> = scope
        .iter()
        .copied()
        .filter(|c| facts.containers[*c].state.attached())
        .collect();
    let running = count_by_network(facts, &running);
    let mut buses: Vec<usize> = counted.keys().copied().collect();
    buses.sort_by_key(|bus| {
        (
            Some(*bus) != focus,
            Reverse(running.get(bus).copied().unwrap_or(0)),
            Reverse(counted[bus]),
            &facts.networks[*bus].name,
        )
    });
    // The default bridge teaches more than the eighth network like the other seven.
    let default = buses
        .iter()
        .position(|bus| facts.networks[*bus].kind == Kind::DefaultBridge);
    if let Some(at) = default.filter(|at| *at >= MOST_BUSES) {
        buses.swap(at, MOST_BUSES - 1);
    }
    buses.truncate(MOST_BUSES);
    buses
}

/// What to draw where nothing hangs anywhere: the network in focus, or the default bridge.
fn lonely_buses(facts: &Facts, focus: Option<usize>) -> Vec<usize> {
    let wire = |bus: &usize| facts.networks[*bus].kind.is_wire();
    if let Some(focus) = focus {
        return Some(focus).filter(wire).into_iter().collect();
    }
    let default = |bus: &usize| facts.networks[*bus].kind == Kind::DefaultBridge;
    let all = || 0..facts.networks.len();
    all()
        .find(default)
        .or_else(|| all().find(wire))
        .into_iter()
        .collect()
}

/// Units for every chosen bus in turn, then for the host and nowhere, until there is
/// no more room.
fn choose_units(facts: &Facts, buses: &[usize], groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let corner = |members: &Vec<usize>| -> Option<usize> {
        let wires = facts.wires(members[0]);
        match buses.iter().position(|bus| wires.contains(bus)) {
            Some(bus) => Some(bus),
            // It hangs on networks that are not drawn.
            None if !wires.is_empty() => None,
            None => {
                let stack = facts
                    .stack(members[0])
                    .map(|stack| &facts.containers[stack].mode);
                Some(buses.len() + usize::from(stack != Some(&Mode::Host)))
            }
        }
    };
    let mut corners: Vec<Vec<Vec<usize>>> = vec![Vec::new(); buses.len() + 2];
    for members in groups {
        if let Some(at) = corner(&members) {
            corners[at].push(members);
        }
    }
    for corner in &mut corners {
        corner.sort_by_key(|members| {
            let first = &facts.containers[members[0]];
            // Last first: they are taken from the end.
            Reverse((
                !first.state.attached(),
                sharer(first),
                Reverse(members.len()),
                first.name.clone(),
            ))
        });
    }
    let mut shown = Vec::new();
    while shown.len() < MOST_UNITS {
        let before = shown.len();
        for corner in &mut corners {
            if shown.len() < MOST_UNITS {
                shown.extend(corner.pop());
            }
        }
        if shown.len() == before {
            break;
        }
    }
    shown
}

fn sharer(container: &Container) -> bool {
    matches!(container.mode, Mode::Shares(_) | Mode::SharesGone)
}

/// Puts networks that share a container next to each other, the default bridge last.
fn order_buses(facts: &Facts, buses: Vec<usize>, shown: &[Vec<usize>]) -> Vec<usize> {
    let wires: Vec<BTreeSet<usize>> = shown
        .iter()
        .map(|members| facts.wires(members[0]))
        .collect();
    let weight = |a: usize, b: usize| {
        wires
            .iter()
            .filter(|w| a != b && w.contains(&a) && w.contains(&b))
            .count()
    };
    let published = |bus: usize| {
        let here = shown
            .iter()
            .map(|members| members[0])
            .filter(|c| facts.wires(*c).contains(&bus));
        here.filter(|c| !facts.containers[*c].ports.is_empty())
            .count()
    };
    let preference = |bus: usize| {
        let network = &facts.networks[bus];
        let here = wires.iter().filter(|w| w.contains(&bus)).count();
        (
            network.kind == Kind::DefaultBridge,
            Reverse(published(bus)),
            Reverse(here),
            network.name.clone(),
        )
    };
    let mut left = buses;
    left.sort_by_key(|bus| preference(*bus));
    let mut ordered: Vec<usize> = Vec::new();
    while !left.is_empty() {
        let neighbour = ordered.last().and_then(|last| {
            let tied = left.iter().copied().filter(|bus| weight(*last, *bus) > 0);
            tied.max_by_key(|bus| (weight(*last, *bus), Reverse(preference(*bus))))
        });
        let next = neighbour.unwrap_or_else(|| {
            // Begin the next chain at an end of it.
            let degree = |bus: usize| left.iter().filter(|other| weight(bus, **other) > 0).count();
            let chain = chain_of(left[0], &left, &weight);
            chain
                .into_iter()
                .min_by_key(|bus| (degree(*bus), preference(*bus)))
                .unwrap_or(left[0])
        });
        left.retain(|bus| *bus != next);
        ordered.push(next);
    }
    ordered
}

/// Everything among `left` that hangs together with `start`.
fn chain_of(start: usize, left: &[usize], weight: &impl Fn(usize, usize) -> usize) -> Vec<usize> {
    let mut chain = vec![start];
    let mut at = 0;
    while let Some(bus) = chain.get(at).copied() {
        let tied = left.iter().copied().filter(|other| weight(bus, *other) > 0);
        for other in tied.collect::<Vec<_>>() {
            if !chain.contains(&other) {
                chain.push(other);
            }
        }
        at += 1;
    }
    chain
}

/// Orders the units as they stand: by bus, single ones before those on two buses, each
/// followed by those stuck to it; then the host's, then those on no network.
fn order_units(facts: &Facts, buses: &[usize], shown: Vec<Vec<usize>>) -> Vec<Unit> {
    let mut loose: Vec<Unit> = shown
        .into_iter()
        .map(|members| {
            let wires = facts.wires(members[0]);
            let touched: Vec<usize> = (0..buses.len())
                .filter(|at| wires.contains(&buses[*at]))
                .collect();
            let stack = facts.stack(members[0]);
            let place = match stack.map(|stack| &facts.containers[stack].mode) {
                _ if !touched.is_empty() => Place::Bus,
                Some(Mode::Host) => Place::Host,
                _ => Place::Nowhere,
            };
            Unit {
                label: label(facts, &members),
                more_wires: wires.len() - touched.len(),
                wires: touched,
                members,
                place,
            }
        })
        .collect();
    loose.sort_by_key(|unit| {
        let corner = match unit.place {
            Place::Bus | Place::Stuck(_) => unit.wires.first().copied().unwrap_or(0),
            Place::Host => buses.len(),
            Place::Nowhere => buses.len() + 1,
        };
        (
            corner,
            unit.wires.len() > 1,
            unit.off(facts),
            unit.label.clone(),
            unit.members[0],
        )
    });

    let owner_of = |unit: &Unit| match unit.first(facts).mode {
        Mode::Shares(_) => facts.stack(unit.members[0]),
        _ => None,
    };
    let (owners, mut sharers): (Vec<Unit>, Vec<Unit>) =
        loose.into_iter().partition(|unit| owner_of(unit).is_none());
    let mut units: Vec<Unit> = Vec::new();
    for owner in owners {
        let at = units.len();
        let (mine, others): (Vec<Unit>, Vec<Unit>) = sharers
            .into_iter()
            .partition(|unit| owner_of(unit).is_some_and(|stack| owner.members.contains(&stack)));
        sharers = others;
        units.push(owner);
        units.extend(mine.into_iter().map(|unit| Unit {
            place: Place::Stuck(at),
            ..unit
        }));
    }
    // The one they share with is folded: they hang on its networks all the same.
    units.extend(sharers);
    units
}

/// What several containers are called together: by their compose service, by the
/// beginning their names have in common, or by the first of them.
fn label(facts: &Facts, members: &[usize]) -> String {
    let first = &facts.containers[members[0]];
    let more = members.len();
    if more == 1 {
        return first.name.clone();
    }
    let others = || members.iter().map(|member| &facts.containers[*member]);
    if let (Some(project), Some(service)) = (&first.project, &first.service)
        && others()
            .all(|c| c.service.as_ref() == Some(service) && c.project.as_ref() == Some(project))
    {
        return format!("{project}-{service} ×{more}");
    }
    if let [_, second] = members
        && first.name.len() + facts.containers[*second].name.len() <= 14
    {
        return format!("{}, {}", first.name, facts.containers[*second].name);
    }
    let common = others().fold(first.name.as_str(), |common, c| {
        let same = common
            .char_indices()
            .zip(c.name.chars())
            .take_while(|((_, a), b)| a == b);
        let end = same.last().map_or(0, |((at, a), _)| at + a.len_utf8());
        &common[..end]
    });
    let common = common.trim_end_matches(|c: char| c.is_ascii_digit() || "-_.".contains(c));
    if common.chars().count() >= 3 {
        format!("{common}… ×{more}")
    } else {
        format!("{} and {} more", first.name, more - 1)
    }
}
