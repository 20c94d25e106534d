//! Who reaches whom: the rules, and the one that decides for a pair.
//!
//! [`reach`] is worked out from what the host said, not measured; the tests compare
//! it with real probes. Each verdict names its rule, and each rule says why and what
//! to do.

use super::facts::{Attachment, Container, Facts, Kind, Mode, Network, State};
use serde::Serialize;

/// How one container reaches another, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is the same container.
    Itself,
    /// Both stand in one network stack: `localhost`.
    Local,
    /// By name, and by address too.
    Name,
    /// By address only.
    Ip,
    /// Not directly, but through a published port of the host.
    Port,
    /// We do not know this driver's rules.
    Unsure,
    /// Not at all.
    No,
    /// One of the two does not run.
    Off,
}

impl How {
    /// The word in a cell.
    pub fn word(self) -> &'static str {
        match self {
            How::Itself => "itself",
            How::Local => "local",
            How::Name => "name",
            How::Ip => "IP",
            How::Port => "port",
            How::Unsure => "?",
            How::No => "no",
            How::Off => "off",
        }
    }

    /// The class of its mark in the table.
    pub fn mark(self) -> &'static str {
        match self {
            How::Itself => "me",
            How::Local => "lo",
            How::Name => "nm",
            How::Ip => "ip",
            How::Port => "pt",
            How::Unsure => "un",
            How::No => "no",
            How::Off => "out",
        }
    }

    /// The word in a sentence.
    pub fn phrase(self) -> &'static str {
        match self {
            How::Itself => "itself",
            How::Local => "at localhost",
            How::Name => "by name",
            How::Ip => "by IP only",
            How::Port => "through a port of the host",
            How::Unsure => "not known",
            How::No => "no",
            How::Off => "off",
        }
    }
}

/// The rule that decides for a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "`Rule::why` says each of them, for readers too"
)]
pub enum Rule {
    Itself,
    SameStack,
    UserNetwork,
    Linked,
    DefaultBridge,
    FromHost,
    ToHost,
    HostPort,
    OtherDriver,
    Podman,
    OtherNetwork,
    Internal,
    IccOff,
    NoNetwork,
    SharesStopped,
    HostShutOut,
    HostAndChild,
    Stopped,
    Paused,
}

impl Rule {
    /// Every rule, in the order in which they are listed below a matrix.
    pub const ALL: [Rule; 19] = [
        Rule::Itself,
        Rule::SameStack,
        Rule::UserNetwork,
        Rule::Linked,
        Rule::DefaultBridge,
        Rule::FromHost,
        Rule::ToHost,
        Rule::HostPort,
        Rule::OtherDriver,
        Rule::Podman,
        Rule::OtherNetwork,
        Rule::Internal,
        Rule::IccOff,
        Rule::NoNetwork,
        Rule::SharesStopped,
        Rule::HostShutOut,
        Rule::HostAndChild,
        Rule::Stopped,
        Rule::Paused,
    ];

    /// The rule's name in CSS classes and in the data.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Itself => "itself",
            Rule::SameStack => "same-stack",
            Rule::UserNetwork => "user-network",
            Rule::Linked => "linked",
            Rule::DefaultBridge => "default-bridge",
            Rule::FromHost => "from-host",
            Rule::ToHost => "to-host",
            Rule::HostPort => "host-port",
            Rule::OtherDriver => "other-driver",
            Rule::Podman => "podman",
            Rule::OtherNetwork => "other-network",
            Rule::Internal => "internal",
            Rule::IccOff => "icc-off",
            Rule::NoNetwork => "no-network",
            Rule::SharesStopped => "shares-stopped",
            Rule::HostShutOut => "host-shut-out",
            Rule::HostAndChild => "host-and-child",
            Rule::Stopped => "stopped",
            Rule::Paused => "paused",
        }
    }

    /// What it leads to.
    pub fn how(self) -> How {
        match self {
            Rule::Itself => How::Itself,
            Rule::SameStack => How::Local,
            Rule::UserNetwork | Rule::Linked => How::Name,
            Rule::DefaultBridge | Rule::FromHost | Rule::ToHost => How::Ip,
            Rule::HostPort => How::Port,
            Rule::OtherDriver | Rule::Podman => How::Unsure,
            Rule::OtherNetwork
            | Rule::Internal
            | Rule::IccOff
            | Rule::NoNetwork
            | Rule::SharesStopped
            | Rule::HostShutOut
            | Rule::HostAndChild => How::No,
            Rule::Stopped | Rule::Paused => How::Off,
        }
    }

    /// Why it is so, as sentences.
    pub fn why(self) -> &'static str {
        match self {
            Rule::Itself => "A container reaches itself.",
            Rule::SameStack => {
                "They stand in one network stack: same addresses, same ports. Each finds the other at localhost."
            }
            Rule::UserNetwork => {
                "Both are on a user network. Docker's DNS there answers to names and aliases."
            }
            Rule::Linked => {
                "A link (--link) wrote the name into /etc/hosts when the container started."
            }
            Rule::DefaultBridge => {
                "Both are on the default bridge, which has no DNS: the address answers, the name does not."
            }
            Rule::FromHost => {
                "The host has an address on each bridge, so what uses the host's network reaches every address there. Docker's names are not known to it."
            }
            Rule::ToHost => {
                "The gateway of a bridge is the host itself: what listens on all of the host's addresses answers there, unless a firewall of the host's objects."
            }
            Rule::HostPort => {
                "They share no way of their own, but a port of the host leads in: it answers at any address of the host."
            }
            Rule::OtherDriver => "This depends on a driver, or on a router, that we cannot ask.",
            Rule::Podman => {
                "They share no network, and Podman drops nothing between bridges unless the network says isolate."
            }
            Rule::OtherNetwork => {
                "They share no network, and the host drops packets from one bridge to another."
            }
            Rule::Internal => {
                "They share no network, and an internal network has no way out, not even to a port of the host."
            }
            Rule::IccOff => {
                "The network says enable_icc=false: names resolve, but the host drops packets between its containers."
            }
            Rule::NoNetwork => {
                "A container without a network (--network none) has its own loopback and nothing else."
            }
            Rule::SharesStopped => {
                "It shares the network of a container that has stopped: the stack is still there, its networks are not."
            }
            Rule::HostShutOut => {
                "The host has no address on this network (inhibit_ipv4, or an isolated gateway), so neither finds the other."
            }
            Rule::HostAndChild => {
                "A macvlan or ipvlan container hangs on the host's network card; the kernel lets card and child exchange nothing."
            }
            Rule::Stopped => "One of them does not run: no address and no name until it starts.",
            Rule::Paused => {
                "One of them is paused: address and name are still there, but nothing in it answers."
            }
        }
    }

    /// What to do about it: a sentence, and a command where one helps.
    pub fn advice(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Rule::DefaultBridge => (
                "For names, make a network of your own:",
                "docker network create",
            ),
            Rule::OtherNetwork | Rule::Internal | Rule::HostPort | Rule::Podman => (
                "To join them, hang one on the other's network:",
                "docker network connect",
            ),
            Rule::IccOff => (
                "Publish the port, or hang both on another network:",
                "docker network connect",
            ),
            Rule::NoNetwork => ("Start it again on a network:", "docker run --network"),
            Rule::SharesStopped => (
                "Start the other one, then this one again:",
                "docker restart",
            ),
            Rule::Stopped => ("Start it:", "docker start"),
            Rule::Paused => ("Let it go on:", "docker unpause"),
            Rule::Linked => (
                "Links are a thing of the past; a network of your own does it:",
                "docker network create",
            ),
            _ => return None,
        })
    }
}

/// The verdict on one pair.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reach {
    /// How.
    pub how: How,
    /// By which rule.
    pub rule: Rule,
    /// The network that carries it: its place in [`Facts::networks`].
    pub network: Option<usize>,
    /// Names that work, the other's own name first.
    pub names: Vec<String>,
    /// The address that works; with a port where only a port does.
    pub address: Option<String>,
    /// Names of the other that have a second owner, as seen from here.
    pub contested: Vec<String>,
}

impl Reach {
    fn by(rule: Rule) -> Reach {
        Reach {
            how: rule.how(),
            rule,
            network: None,
            names: Vec::new(),
            address: None,
            contested: Vec::new(),
        }
    }
}

/// How container `from` reaches container `to`, by their places in [`Facts::containers`].
pub fn reach(facts: &Facts, from: usize, to: usize) -> Reach {
    let (Some(a), Some(b)) = (facts.containers.get(from), facts.containers.get(to)) else {
        return Reach::by(Rule::OtherDriver);
    };
    if from == to {
        return Reach::by(Rule::Itself);
    }
    for container in [a, b] {
        match container.state {
            State::Running => {}
            State::Paused => return Reach::by(Rule::Paused),
            _ => return Reach::by(Rule::Stopped),
        }
    }
    let stacks = (facts.stack(from), facts.stack(to));
    if let (Some(one), Some(other)) = stacks
        && (one == other
            || [one, other]
                .iter()
                .all(|s| facts.containers[*s].mode == Mode::Host))
    {
        return Reach {
            address: Some("localhost".into()),
            ..Reach::by(Rule::SameStack)
        };
    }
    let (Some(from_stack), Some(to_stack)) = stacks else {
        return Reach::by(Rule::SharesStopped);
    };
    let (near, far) = (&facts.containers[from_stack], &facts.containers[to_stack]);
    if !near.state.attached() || !far.state.attached() {
        return Reach::by(Rule::SharesStopped);
    }
    match (&near.mode, &far.mode) {
        (Mode::None, _) | (_, Mode::None) => Reach::by(Rule::NoNetwork),
        (Mode::Private(_), _) | (_, Mode::Private(_)) => Reach::by(Rule::OtherDriver),
        (Mode::Host, _) => from_host(facts, far),
        (_, Mode::Host) => to_host(facts, near),
        _ if near.attachments.is_empty() || far.attachments.is_empty() => {
            Reach::by(Rule::NoNetwork)
        }
        _ => between(facts, near, far),
    }
}

/// From the host's own network to a container on wires.
fn from_host(facts: &Facts, far: &Container) -> Reach {
    let verdicts = far.attachments.iter().map(|place| {
        let network = &facts.networks[place.network];
        let rule = host_rule(network, Rule::FromHost);
        Reach {
            network: Some(place.network),
            address: place
                .address()
                .filter(|_| rule == Rule::FromHost)
                .map(str::to_owned),
            ..Reach::by(rule)
        }
    });
    let best = best(verdicts).unwrap_or_else(|| Reach::by(Rule::NoNetwork));
    match far.ports.first() {
        Some(port) if best.how > How::Ip => Reach {
            address: Some(format!("localhost:{}", port.host)),
            ..Reach::by(Rule::HostPort)
        },
        _ => best,
    }
}

/// From a container on wires to the host's own network.
fn to_host(facts: &Facts, near: &Container) -> Reach {
    let verdicts = near.attachments.iter().map(|place| {
        let network = &facts.networks[place.network];
        let rule = host_rule(network, Rule::ToHost);
        let told = network
            .subnets
            .iter()
            .find_map(|subnet| subnet.gateway.clone());
        Reach {
            network: Some(place.network),
            address: place
                .gateway
                .clone()
                .or(told)
                .filter(|_| rule == Rule::ToHost),
            ..Reach::by(rule)
        }
    });
    best(verdicts).unwrap_or_else(|| Reach::by(Rule::NoNetwork))
}

/// Whether the host and a container on `network` find each other there.
fn host_rule(network: &Network, open: Rule) -> Rule {
    match network.kind {
        Kind::UserBridge | Kind::DefaultBridge if network.host_address => open,
        Kind::UserBridge | Kind::DefaultBridge => Rule::HostShutOut,
        // Each of a swarm's containers hangs on docker_gwbridge as well.
        Kind::Overlay if open == Rule::ToHost && !network.internal => open,
        Kind::Overlay => Rule::OtherNetwork,
        Kind::Macvlan | Kind::Ipvlan => Rule::HostAndChild,
        Kind::Host | Kind::None | Kind::Other => Rule::OtherDriver,
    }
}

/// Between two containers on wires, each the owner of its stack.
fn between(facts: &Facts, near: &Container, far: &Container) -> Reach {
    let shared = far.attachments.iter().filter(|place| {
        near.attachments
            .iter()
            .any(|other| other.network == place.network)
    });
    let direct = best(shared.map(|place| on_network(facts, near, far, place)));
    if let Some(direct) = &direct
        && direct.how <= How::Ip
    {
        return direct.clone();
    }
    if let Some(port) = host_port(facts, near, far) {
        return port;
    }
    direct.unwrap_or_else(|| Reach::by(apart(facts, near, far)))
}

/// Between two containers on one network, `place` being the far one's place there.
fn on_network(facts: &Facts, near: &Container, far: &Container, place: &Attachment) -> Reach {
    let network = &facts.networks[place.network];
    let links = || {
        let of_far = near.links.iter().filter(|(name, _)| *name == far.name);
        of_far
            .flat_map(|(name, alias)| [name.clone(), alias.clone()])
            .collect::<Vec<_>>()
    };
    let (rule, mut names) = match network.kind {
        // A link opens the linked one's exposed ports where icc is off.
        Kind::DefaultBridge if !links().is_empty() => (Rule::Linked, links()),
        Kind::DefaultBridge if network.icc => (Rule::DefaultBridge, Vec::new()),
        Kind::UserBridge if network.icc => (Rule::UserNetwork, place.names.clone()),
        Kind::DefaultBridge | Kind::UserBridge => (Rule::IccOff, Vec::new()),
        Kind::Overlay | Kind::Macvlan | Kind::Ipvlan => (Rule::UserNetwork, place.names.clone()),
        Kind::Host | Kind::None | Kind::Other => (Rule::OtherDriver, Vec::new()),
    };
    names.dedup();
    Reach {
        network: Some(place.network),
        address: place
            .address()
            .filter(|_| rule.how() <= How::Ip)
            .map(str::to_owned),
        contested: match rule {
            Rule::UserNetwork => contested(facts, near, far, &names),
            _ => Vec::new(),
        },
        names,
        ..Reach::by(rule)
    }
}

/// Which of `names` have another owner too, on any network of `near`'s.
fn contested(facts: &Facts, near: &Container, far: &Container, names: &[String]) -> Vec<String> {
    let owned_elsewhere = |name: &&String| {
        let others = facts
            .containers
            .iter()
            .filter(|c| c.id != far.id && c.state.attached());
        others.flat_map(|c| &c.attachments).any(|place| {
            place.names.contains(*name)
                && near
                    .attachments
                    .iter()
                    .any(|own| own.network == place.network)
        })
    };
    names.iter().filter(owned_elsewhere).cloned().collect()
}

/// Through a published port of the host, where `near` has a way to the host's addresses.
fn host_port(facts: &Facts, near: &Container, far: &Container) -> Option<Reach> {
    let port = far.ports.iter().find(|port| !port.loopback())?;
    // An internal network has a bridge address of the host's, but the way on from
    // there to another bridge is closed.
    let place = near.attachments.iter().find(|place| {
        let network = &facts.networks[place.network];
        !network.internal && host_rule(network, Rule::ToHost) == Rule::ToHost
    })?;
    let told = facts.networks[place.network]
        .subnets
        .iter()
        .find_map(|s| s.gateway.as_deref());
    let host = port
        .address
        .as_deref()
        .or(place.gateway.as_deref())
        .or(told);
    Some(Reach {
        network: Some(place.network),
        address: host.map(|host| format!("{host}:{}", port.host)),
        ..Reach::by(Rule::HostPort)
    })
}

/// Why two containers that share no network do not reach each other.
fn apart(facts: &Facts, near: &Container, far: &Container) -> Rule {
    let all = |container: &Container, is: fn(&Network) -> bool| {
        container
            .attachments
            .iter()
            .all(|place| is(&facts.networks[place.network]))
    };
    let child = |n: &Network| matches!(n.kind, Kind::Macvlan | Kind::Ipvlan);
    let other = |n: &Network| n.kind == Kind::Other;
    let internal = |n: &Network| n.internal;
    let any = |is: fn(&Network) -> bool| {
        let places = near.attachments.iter().chain(&far.attachments);
        places
            .into_iter()
            .any(|place| is(&facts.networks[place.network]))
    };
    if all(near, internal) || all(far, internal) {
        Rule::Internal
    } else if any(other) || (all(near, child) && all(far, child)) {
        Rule::OtherDriver
    } else if all(near, child) || all(far, child) {
        Rule::HostAndChild
    } else if facts.podman {
        Rule::Podman
    } else {
        Rule::OtherNetwork
    }
}

/// The best of several ways; the first of equals.
fn best(ways: impl Iterator<Item = Reach>) -> Option<Reach> {
    ways.min_by_key(|way| (way.how, way.rule))
}

/// The verdict on a pair in a sentence or two, for `from` and `to` as they are called.
pub fn sentence(facts: &Facts, from: &str, to: &str, reach: &Reach) -> String {
    let on = reach
        .network
        .map(|place| format!(" on {}", facts.networks[place].name))
        .unwrap_or_default();
    let at = reach.address.as_deref().unwrap_or("its address");
    let mut said = match reach.how {
        How::Itself => format!("{from} is this container itself."),
        How::Local => format!("{from} finds {to} at localhost: they share one network stack."),
        How::Name => format!(
            "{from} reaches {to} by name{on}: {}.",
            or_list(&reach.names)
        ),
        How::Ip => format!("{from} reaches {to} by IP only{on}: {at} answers, the name does not."),
        How::Port => format!("{from} reaches {to} through a port of the host only: {at}."),
        How::Unsure => format!("{from} to {to}: not known."),
        How::No => format!("{from} does not reach {to}."),
        How::Off => format!("{from} to {to}: off."),
    };
    if let Some(contested) = reach.contested.first() {
        said.push_str(&format!(
            " “{contested}” has a second owner here and may lead to either; the full name is safe."
        ));
    }
    said
}

fn or_list(names: &[String]) -> String {
    match names {
        [] => "its name".into(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} or {last}", some.join(", ")),
    }
}
