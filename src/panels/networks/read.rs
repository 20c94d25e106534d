//! Reads the host's answers into [`Facts`].
//!
//! Engines differ, and the same fact stands in several answers: the list of
//! networks has no containers in it, a network's own answer leaves stopped
//! containers out, a container that shares another's network has no network of
//! its own in any of them. [`Facts::read`] puts the pieces together; nothing after
//! it looks at JSON.

use super::facts::{Attachment, Container, Facts, Kind, Mode, Network, Port, State, Subnet};
use crate::engine::{Answers, Ask, Id};
use crate::panels::NotTold;
use serde_json::Value;
use std::collections::BTreeSet;

impl Facts {
    /// Reads what `have` holds. Fails only when the host told neither list; whatever
    /// else is missing or mangled is left out.
    pub fn read(have: &Answers) -> Result<Facts, NotTold> {
        let networks = list(have, &Ask::Networks)?;
        let containers = list(have, &Ask::Containers)?;

        let mut facts = Facts {
            networks: networks.iter().filter_map(network).collect(),
            ..Facts::default()
        };
        let bridge = |name: &str| {
            facts
                .networks
                .iter()
                .position(|n| n.name == name && n.driver == "bridge")
        };
        // Docker's `bridge` is always there; Podman has `podman` in its place.
        if let (None, Some(podman)) = (bridge("bridge"), bridge("podman")) {
            facts.podman = true;
            facts.networks[podman].kind = Kind::DefaultBridge;
        }

        let mut rows: Vec<(Container, String)> = Vec::new();
        for row in containers {
            let Some(id) = text(row, "Id") else { continue };
            let inspected = Id::new(id).and_then(|id| have.json(&Ask::Container(id)));
            rows.push(container(&facts, id, row, inspected));
        }
        // A `--link a:b` shows in the list as one more name of `a`: `/me/b`.
        let linked: Vec<(String, String, String)> = containers
            .iter()
            .flat_map(|row| {
                let own = own_name(row).unwrap_or_default();
                names(row).filter_map(move |name| {
                    let (from, alias) = name.trim_start_matches('/').split_once('/')?;
                    Some((from.to_owned(), own.clone(), alias.to_owned()))
                })
            })
            .collect();
        for (from, to, alias) in linked {
            if let Some((row, _)) = rows.iter_mut().find(|(row, _)| row.name == from) {
                row.links.push((to, alias));
            }
        }

        rows.sort_by(|a, b| (&a.0.name, &a.0.id).cmp(&(&b.0.name, &b.0.id)));
        let owners: Vec<Option<usize>> = rows
            .iter()
            .map(|(_, mode)| {
                let whose = mode.strip_prefix("container:")?;
                rows.iter()
                    .position(|(row, _)| row.id == whose || row.name == whose)
                    .or_else(|| {
                        let short =
                            |row: &Container| whose.len() >= 12 && row.id.starts_with(whose);
                        rows.iter().position(|(row, _)| short(row))
                    })
            })
            .collect();
        for ((row, mode), owner) in rows.iter_mut().zip(owners) {
            if mode.starts_with("container:") {
                row.mode = owner.map_or(Mode::SharesGone, Mode::Shares);
            }
        }
        facts.containers = rows.into_iter().map(|(row, _)| row).collect();
        facts.hear_networks(have);
        Ok(facts)
    }

    /// Adds what only a network's own answer holds: places of containers that the
    /// list of containers was silent about, and endpoints of nobody here.
    fn hear_networks(&mut self, have: &Answers) {
        for place in 0..self.networks.len() {
            let Some(told) = Id::new(&self.networks[place].id)
                .and_then(|id| have.json(&Ask::Network(id)))
                .and_then(|told| told.get("Containers")?.as_object())
            else {
                continue;
            };
            for (id, endpoint) in told {
                let Some(found) = self.containers.iter_mut().find(|c| c.id == *id) else {
                    self.networks[place].strangers += 1;
                    continue;
                };
                let (v4, v6) = (
                    address(endpoint, "IPv4Address"),
                    address(endpoint, "IPv6Address"),
                );
                match found.attachments.iter_mut().find(|a| a.network == place) {
                    Some(known) => {
                        known.v4 = known.v4.take().or(v4);
                        known.v6 = known.v6.take().or(v6);
                    }
                    None if found.mode == Mode::Own && found.state.attached() => {
                        let names = match self.networks[place].kind {
                            Kind::DefaultBridge => Vec::new(),
                            _ => vec![found.name.clone()],
                        };
                        found.attachments.push(Attachment {
                            network: place,
                            v4,
                            v6,
                            gateway: None,
                            names,
                        });
                    }
                    None => {}
                }
            }
        }
    }
}

fn list<'a>(have: &'a Answers, ask: &Ask) -> Result<&'a Vec<Value>, NotTold> {
    match have.get(ask) {
        Some(Ok(answer)) => answer.json.as_array().ok_or_else(|| NotTold::NoField {
            ask: format!("GET {}", ask.path()),
            field: "a list",
        }),
        Some(Err(away)) => Err(NotTold::Away(away.clone())),
        None => Err(NotTold::Away(crate::engine::Away::Connecting)),
    }
}

pub(in crate::panels) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str().filter(|text| !text.is_empty())
}

pub(in crate::panels) fn label(value: &Value, name: &str) -> Option<String> {
    Some(text(value.get("Labels")?, name)?.to_owned())
}

/// An address without the length of its prefix.
fn address(endpoint: &Value, field: &str) -> Option<String> {
    let told = text(endpoint, field)?;
    Some(told.split('/').next().unwrap_or(told).to_owned())
}

fn network(told: &Value) -> Option<Network> {
    let name = text(told, "Name")?.to_owned();
    let driver = text(told, "Driver").unwrap_or_default().to_owned();
    let option = |name: &str| told.get("Options").and_then(|options| text(options, name));
    let bridge_option = |name: &str| option(&format!("com.docker.network.bridge.{name}"));
    let kind = match driver.as_str() {
        "bridge" if name == "bridge" || bridge_option("default_bridge") == Some("true") => {
            Kind::DefaultBridge
        }
        "bridge" => Kind::UserBridge,
        "overlay" => Kind::Overlay,
        "macvlan" => Kind::Macvlan,
        "ipvlan" => Kind::Ipvlan,
        "host" => Kind::Host,
        "null" => Kind::None,
        _ => Kind::Other,
    };
    let configs = told.pointer("/IPAM/Config").and_then(Value::as_array);
    let mut subnets: Vec<Subnet> = configs
        .into_iter()
        .flatten()
        .filter_map(|config| {
            Some(Subnet {
                subnet: text(config, "Subnet")?.to_owned(),
                gateway: address(config, "Gateway"),
            })
        })
        .collect();
    subnets.sort_by_key(|subnet| subnet.subnet.contains(':'));
    let isolated = bridge_option("inhibit_ipv4") == Some("true")
        || bridge_option("gateway_mode_ipv4") == Some("isolated");
    Some(Network {
        id: text(told, "Id")
            .or_else(|| text(told, "ID"))
            .unwrap_or(&name)
            .to_owned(),
        kind,
        swarm: text(told, "Scope") == Some("swarm"),
        internal: told
            .get("Internal")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        icc: bridge_option("enable_icc") != Some("false"),
        host_address: !isolated,
        project: label(told, "com.docker.compose.project"),
        strangers: 0,
        subnets,
        driver,
        name,
    })
}

/// All names in a row of the list of containers.
fn names(row: &Value) -> impl Iterator<Item = &str> {
    row.get("Names")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// The name that is the container's own: the others are links to it, with two slashes.
pub(in crate::panels) fn own_name(row: &Value) -> Option<String> {
    names(row)
        .map(|name| name.trim_start_matches('/'))
        .find(|name| !name.is_empty() && !name.contains('/'))
        .map(str::to_owned)
}

/// One row of the list of containers with the container's own answer, where it was
/// asked; and its network mode in the engine's words.
fn container(
    facts: &Facts,
    id: &str,
    row: &Value,
    inspected: Option<&Value>,
) -> (Container, String) {
    let name = own_name(row)
        .or_else(|| Some(text(inspected?, "Name")?.trim_start_matches('/').to_owned()))
        .unwrap_or_else(|| id.chars().take(12).collect());
    let mode = [Some(row), inspected]
        .into_iter()
        .flatten()
        .find_map(|told| text(told.get("HostConfig")?, "NetworkMode"))
        .unwrap_or("default")
        .to_owned();
    let state = state(row, inspected);
    let service = label(row, "com.docker.compose.service");

    let mut attachments: Vec<Attachment> = Vec::new();
    for told in [inspected, Some(row)].into_iter().flatten() {
        let places = told
            .pointer("/NetworkSettings/Networks")
            .and_then(Value::as_object);
        for (called, place) in places.into_iter().flatten() {
            let Some(network) = find_network(facts, called, place) else {
                continue;
            };
            if !facts.networks[network].kind.is_wire()
                || attachments.iter().any(|a| a.network == network)
            {
                continue;
            }
            let names = match facts.networks[network].kind {
                Kind::DefaultBridge => Vec::new(),
                _ => dns_names(id, &name, service.as_deref(), place, inspected.is_some()),
            };
            // A container that does not run has no address, whatever is remembered.
            let live = state.attached();
            attachments.push(Attachment {
                network,
                v4: address(place, "IPAddress").filter(|_| live),
                v6: address(place, "GlobalIPv6Address").filter(|_| live),
                gateway: address(place, "Gateway"),
                names,
            });
        }
    }
    attachments.sort_by_key(|a| a.network);

    let own = match mode.as_str() {
        "host" => Mode::Host,
        "none" if attachments.is_empty() => Mode::None,
        "slirp4netns" | "pasta" | "private" if attachments.is_empty() => {
            Mode::Private(mode.clone())
        }
        _ if mode.starts_with("container:") => Mode::SharesGone,
        _ => Mode::Own,
    };
    if own != Mode::Own {
        attachments.clear();
    }
    let container = Container {
        id: id.to_owned(),
        ports: ports(row),
        project: label(row, "com.docker.compose.project"),
        links: Vec::new(),
        mode: own,
        name,
        state,
        attachments,
        service,
    };
    (container, mode)
}

/// The network that an entry of `NetworkSettings.Networks` means: by id, and where a
/// container that was never started has none yet, by name.
fn find_network(facts: &Facts, called: &str, place: &Value) -> Option<usize> {
    let by_id = text(place, "NetworkID")
        .and_then(|id| facts.networks.iter().position(|network| network.id == id));
    by_id.or_else(|| {
        let by_name = |network: &Network| network.name == called || network.id == called;
        facts.networks.iter().position(by_name)
    })
}

/// What the network's DNS answers to: the name, then the aliases. Engines before API
/// 1.45 put the short id among them, which nobody types.
fn dns_names(
    id: &str,
    name: &str,
    service: Option<&str>,
    place: &Value,
    inspected: bool,
) -> Vec<String> {
    let told = ["Aliases", "DNSNames"]
        .into_iter()
        .filter_map(|field| place.get(field)?.as_array())
        .flatten()
        .filter_map(Value::as_str);
    // The list gives no aliases; compose gives each container its service's name.
    let assumed = service.filter(|_| !inspected);
    let mut all = vec![name.to_owned()];
    for alias in told.chain(assumed) {
        let short_id = alias.len() >= 12 && id.starts_with(alias);
        if !alias.is_empty() && !short_id && !all.iter().any(|known| known == alias) {
            all.push(alias.to_owned());
        }
    }
    all
}

pub(in crate::panels) fn state(row: &Value, inspected: Option<&Value>) -> State {
    match text(row, "State").unwrap_or_default() {
        "running" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        "created" | "configured" | "initialized" => State::Created,
        "exited" | "stopped" | "dead" => {
            let told = inspected.and_then(|told| told.pointer("/State/ExitCode")?.as_i64());
            // `Exited (137) 3 hours ago`: the code is data, the rest is age.
            let in_words = text(row, "Status")
                .and_then(|words| words.split_once('(')?.1.split_once(')')?.0.parse().ok());
            State::Exited(told.or(in_words))
        }
        "" => State::Other("in an unknown state".into()),
        other => State::Other(other.to_owned()),
    }
}

/// The published ports, runs of them folded, IPv4 and IPv6 as one.
pub(in crate::panels) fn ports(row: &Value) -> Vec<Port> {
    let number = |port: &Value, field: &str| -> Option<u16> {
        u16::try_from(port.get(field)?.as_u64()?).ok()
    };
    let told = row
        .get("Ports")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let single: BTreeSet<Port> = told
        .filter_map(|port| {
            Some(Port {
                protocol: text(port, "Type").unwrap_or("tcp").to_owned(),
                host: number(port, "PublicPort").filter(|public| *public != 0)?,
                container: number(port, "PrivatePort")?,
                count: 1,
                address: text(port, "IP")
                    .filter(|ip| !matches!(*ip, "0.0.0.0" | "::"))
                    .map(str::to_owned),
            })
        })
        .collect();
    let mut folded: Vec<Port> = Vec::new();
    for port in single {
        let follows = |run: &Port| {
            let next = |first: u16| u32::from(first) + u32::from(run.count);
            run.protocol == port.protocol
                && run.address == port.address
                && next(run.host) == u32::from(port.host)
                && next(run.container) == u32::from(port.container)
        };
        match folded.iter_mut().find(|run| follows(run)) {
            Some(run) => run.count += 1,
            None => folded.push(port),
        }
    }
    folded
}
