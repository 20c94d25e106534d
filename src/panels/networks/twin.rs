//! The picture in words, for who cannot see it, and the remarks below its buses.

use super::facts::{Container, Facts, Kind, Mode, Network};
use super::layout::Note;
use super::scene::{Place, Scene, Unit};
use crate::panels::words;
use std::collections::{BTreeMap, BTreeSet};

/// How many names a list of what is folded away may hold.
pub const MOST_LISTED: usize = 24;

/// How many names with two owners are remarked upon.
const MOST_NOTES: usize = 4;

/// What the picture shows, a sentence or two a paragraph.
pub fn in_words(facts: &Facts, scene: &Scene) -> Vec<String> {
    let mut said = Vec::new();
    for (at, place) in scene.buses.iter().enumerate() {
        said.push(bus_in_words(facts, scene, at, &facts.networks[*place]));
    }
    for unit in &scene.units {
        if let Place::Stuck(owner) = unit.place
            && let Some(owner) = scene.units.get(owner)
        {
            said.push(format!(
                "{} uses the network of {}: the same addresses, the same names{}.",
                words::short(&unit.label, 60),
                words::short(&owner.label, 60),
                state(facts, unit)
            ));
        }
    }
    let at = |place: Place| -> Vec<String> {
        let here = scene.units.iter().filter(|unit| unit.place == place);
        here.map(|unit| format!("{}{}", words::short(&unit.label, 60), state(facts, unit)))
            .collect()
    };
    let host = at(Place::Host);
    if !host.is_empty() {
        said.push(format!(
            "On the host’s own network: {}.",
            words::list(&host)
        ));
    }
    let nowhere = at(Place::Nowhere);
    if !nowhere.is_empty() {
        said.push(format!("On no network: {}.", words::list(&nowhere)));
    }
    for unit in &scene.units {
        let container = unit.first(facts);
        let ports: Vec<String> = container
            .ports
            .iter()
            .take(8)
            .map(|port| port.words())
            .collect();
        if !ports.is_empty() {
            said.push(format!(
                "Ports of the host that lead to {}: {}{}.",
                words::short(&unit.label, 60),
                ports.join(", "),
                match container.ports.len() - ports.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                }
            ));
        }
    }
    said.extend(
        notes(facts, scene)
            .into_iter()
            .map(|note| format!("{} {}", note.alert, note.text)),
    );
    if scene.units.is_empty() {
        said.push("No container is here.".into());
    }
    said
}

fn bus_in_words(facts: &Facts, scene: &Scene, at: usize, network: &Network) -> String {
    let what = match network.kind {
        Kind::DefaultBridge => "the default bridge, addresses only".to_owned(),
        Kind::UserBridge => "a user network, names answer".into(),
        Kind::Overlay => {
            "an overlay over the hosts of a swarm; containers on other hosts are not seen here"
                .into()
        }
        _ => format!("driver {}", words::short(&network.driver, 40)),
    };
    let mut traits = vec![what];
    if network.internal {
        traits.push("internal, no way out".into());
    }
    if !network.icc {
        traits.push("icc off, its containers cannot talk to each other".into());
    }
    if !network.host_address {
        traits.push("the host has no address on it".into());
    }
    traits.extend(
        network
            .subnets
            .iter()
            .take(4)
            .map(|subnet| match &subnet.gateway {
                Some(gateway) => format!("{}, gateway {gateway}", subnet.subnet),
                None => subnet.subnet.clone(),
            }),
    );
    let members: Vec<String> = scene
        .units
        .iter()
        .filter(|unit| unit.wires.contains(&at) && !matches!(unit.place, Place::Stuck(_)))
        .map(|unit| member_in_words(facts, unit, scene.buses[at]))
        .collect();
    let joined = match members.as_slice() {
        [] => "nothing hangs on it".to_owned(),
        some => format!("on it hang {}", words::list(some)),
    };
    let strangers = match network.strangers {
        0 => String::new(),
        n => format!(
            " It has {} that no container of this host owns.",
            words::count(n, "endpoint")
        ),
    };
    format!(
        "{} ({}): {joined}.{strangers}",
        words::short(&network.name, 60),
        traits.join("; ")
    )
}

fn member_in_words(facts: &Facts, unit: &Unit, network: usize) -> String {
    let owner = owner(facts, unit);
    let place = owner
        .attachments
        .iter()
        .find(|place| place.network == network);
    let address = place.and_then(|place| place.address());
    let both = place.and_then(|place| place.v4.as_ref().and(place.v6.as_deref()));
    let mut about: Vec<String> = address.into_iter().chain(both).map(str::to_owned).collect();
    let aliases = place
        .map(|place| place.names.as_slice())
        .unwrap_or_default();
    about.extend(
        aliases
            .iter()
            .skip(1)
            .take(8)
            .map(|alias| format!("also “{}”", words::short(alias, 60))),
    );
    if !unit.first(facts).state.runs() {
        about.push(unit.first(facts).state.words());
    }
    match about.is_empty() {
        true => words::short(&unit.label, 60),
        false => format!("{} ({})", words::short(&unit.label, 60), about.join(", ")),
    }
}

fn owner<'a>(facts: &'a Facts, unit: &Unit) -> &'a Container {
    let first = unit.members[0];
    &facts.containers[facts.stack(first).unwrap_or(first)]
}

fn state(facts: &Facts, unit: &Unit) -> String {
    let container = unit.first(facts);
    let mut said = match container.mode {
        Mode::SharesGone => ", which shares the network of a container that is gone".to_owned(),
        _ => String::new(),
    };
    if !container.state.runs() {
        said.push_str(&format!(" ({})", container.state.words()));
    }
    said
}

/// The remarks below the buses: names with two owners, and what a hollow bus means.
pub fn notes(facts: &Facts, scene: &Scene) -> Vec<Note> {
    // Who answers to each name, on which bus.
    let mut owners: BTreeMap<&str, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for (place, container) in facts.containers.iter().enumerate() {
        for attachment in container
            .attachments
            .iter()
            .filter(|_| container.state.runs())
        {
            let Some(bus) = scene
                .buses
                .iter()
                .position(|bus| *bus == attachment.network)
            else {
                continue;
            };
            for name in &attachment.names {
                owners.entry(name).or_default().insert((bus, place));
            }
        }
    }
    let mut notes: Vec<Note> = Vec::new();
    for (name, places) in owners {
        if notes.len() == MOST_NOTES {
            break;
        }
        let of = |buses: &BTreeSet<usize>| -> BTreeSet<usize> {
            let here = places.iter().filter(|(bus, _)| buses.contains(bus));
            here.map(|(_, container)| *container).collect()
        };
        let all: BTreeSet<usize> = places.iter().map(|(bus, _)| *bus).collect();
        // Somebody on two networks hears the owners on both.
        let heard_by = |container: &Container| -> BTreeSet<usize> {
            let hears = |bus: &usize| {
                let wires = container.attachments.iter();
                wires
                    .into_iter()
                    .any(|place| place.network == scene.buses[*bus])
            };
            all.iter().copied().filter(hears).collect()
        };
        let hearing = facts
            .containers
            .iter()
            .filter(|container| container.state.runs());
        let between = hearing
            .map(|container| (container, heard_by(container)))
            .find(|(_, buses)| buses.len() > 1 && of(buses).len() > 1);
        // On one network Docker deals them out in turn. Where nobody hears two, they are
        // islands, each with a name of its own.
        let alone = all.iter().map(|bus| BTreeSet::from([*bus]));
        let in_turn = alone.into_iter().find(|bus| of(bus).len() > 1);
        let (buses, text) = match (between, in_turn) {
            (Some((container, buses)), _) => (
                buses,
                format!(
                    "{} hangs on both networks and may get either: the full name is safe.",
                    words::short(&container.name, 30)
                ),
            ),
            (None, Some(bus)) => (
                bus,
                "All hang on one network: each question may get another.".to_owned(),
            ),
            (None, None) => continue,
        };
        notes.push(Note {
            bus: buses.last().copied().unwrap_or(0),
            alert: format!(
                "{} containers answer to “{}”.",
                words::capital(&words::number(of(&buses).len())),
                words::short(name, 30)
            ),
            text,
        });
    }
    for (bus, place) in scene.buses.iter().enumerate() {
        let network = &facts.networks[*place];
        let text = match network.kind {
            Kind::DefaultBridge => "The default bridge gives addresses but no names: drawn hollow.",
            Kind::Overlay => {
                "It reaches over other hosts of the swarm; what hangs on it there is not seen from here."
            }
            _ if !network.icc => "enable_icc=false: its containers cannot talk to each other.",
            _ => continue,
        };
        notes.push(Note {
            bus,
            alert: String::new(),
            text: text.into(),
        });
    }
    notes
}
