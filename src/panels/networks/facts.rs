//! What the host said about networks and containers, as plain data.
//!
//! [`Facts::read`], in its own file, is the only place that looks at JSON.

use serde::Serialize;
use std::collections::BTreeSet;

/// Everything that the picture and the reach matrix rest on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// In the engine's order.
    pub networks: Vec<Network>,
    /// By name.
    pub containers: Vec<Container>,
    /// The engine is Podman: it drops nothing between bridges unless told to.
    pub podman: bool,
}

/// One network.
#[derive(Clone, Debug, Serialize)]
pub struct Network {
    /// The engine's id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What kind of network the driver makes.
    pub kind: Kind,
    /// The driver, in the engine's word.
    pub driver: String,
    /// `swarm`, or else this host only.
    pub swarm: bool,
    /// No way out of it.
    pub internal: bool,
    /// Its subnets with their gateways, IPv4 first.
    pub subnets: Vec<Subnet>,
    /// Whether containers on it may talk to each other (`enable_icc`).
    pub icc: bool,
    /// Whether the host has an address on it.
    pub host_address: bool,
    /// The compose project that made it.
    pub project: Option<String>,
    /// Endpoints that stand in the network's own answer and are no container of this
    /// host: those of a swarm's load balancer, for one.
    pub strangers: usize,
}

/// A subnet and the address of its gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subnet {
    /// E.g. `172.20.0.0/16`.
    pub subnet: String,
    /// E.g. `172.20.0.1`; the engine leaves it out where it chose it itself.
    pub gateway: Option<String>,
}

/// What kind of network it is, as far as reaching each other goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A bridge that somebody made: names answer.
    UserBridge,
    /// The bridge that is always there: addresses only.
    DefaultBridge,
    /// A swarm network over several hosts.
    Overlay,
    /// Addresses of the network outside, a MAC address each.
    Macvlan,
    /// Addresses of the network outside, one MAC address for all.
    Ipvlan,
    /// The host's own network.
    Host,
    /// No network at all.
    None,
    /// A driver whose rules we do not know.
    Other,
}

impl Kind {
    /// Whether containers hang on it: `host` and `none` are places, not wires.
    pub fn is_wire(self) -> bool {
        !matches!(self, Kind::Host | Kind::None)
    }
}

/// One container, running or not.
#[derive(Clone, Debug, Serialize)]
pub struct Container {
    /// The engine's id of it.
    pub id: String,
    /// Its name, without the slash.
    pub name: String,
    /// Whether anything runs in it.
    pub state: State,
    /// Whose network it uses.
    pub mode: Mode,
    /// The networks it hangs on; for a stopped one, those it will hang on.
    pub attachments: Vec<Attachment>,
    /// Ports of the host that lead to it.
    pub ports: Vec<Port>,
    /// Its compose project.
    pub project: Option<String>,
    /// Its compose service.
    pub service: Option<String>,
    /// Containers whose names stand in its `/etc/hosts` (`--link`): name and alias.
    pub links: Vec<(String, String)>,
}

/// Whether anything runs in a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It runs.
    Running,
    /// Frozen: it keeps its address, and nothing in it answers.
    Paused,
    /// Between two runs.
    Restarting,
    /// Never started.
    Created,
    /// Ended, with this exit code where the engine says it.
    Exited(Option<i64>),
    /// Any other word of the engine's.
    Other(String),
}

impl State {
    /// Whether it has addresses and answers.
    pub fn runs(&self) -> bool {
        *self == State::Running
    }

    /// Whether it holds its place on its networks.
    pub fn attached(&self) -> bool {
        matches!(self, State::Running | State::Paused)
    }

    /// In words, e.g. `stopped, exit 137`.
    pub fn words(&self) -> String {
        match self {
            State::Running => "running".into(),
            State::Paused => "paused".into(),
            State::Restarting => "restarting".into(),
            State::Created => "never started".into(),
            State::Exited(Some(code)) => format!("stopped, exit {code}"),
            State::Exited(None) => "stopped".into(),
            State::Other(word) => word.clone(),
        }
    }
}

/// Whose network a container uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Its own, on any number of networks.
    Own,
    /// The host's.
    Host,
    /// None: only its own loopback.
    None,
    /// That of another container: its place in [`Facts::containers`].
    Shares(usize),
    /// That of a container that is gone.
    SharesGone,
    /// A way of its engine's own, e.g. `slirp4netns` of a rootless Podman.
    Private(String),
}

/// A container's place on a network.
#[derive(Clone, Debug, Serialize)]
pub struct Attachment {
    /// The network's place in [`Facts::networks`].
    pub network: usize,
    /// Its IPv4 address there, while it runs.
    pub v4: Option<String>,
    /// Its IPv6 address there, where it has one.
    pub v6: Option<String>,
    /// Where it sends what is not for this network: the host's address on it.
    pub gateway: Option<String>,
    /// Names that the network's DNS answers to for it, its own name first. Empty
    /// where there is no DNS.
    pub names: Vec<String>,
}

impl Attachment {
    /// The address to show: IPv4, or else IPv6.
    pub fn address(&self) -> Option<&str> {
        self.v4.as_deref().or(self.v6.as_deref())
    }
}

/// Ports of the host that lead to a container; a run of them is one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Port {
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
    /// The first port of the host.
    pub host: u16,
    /// The first port of the container.
    pub container: u16,
    /// How many ports follow one another, at least 1.
    pub count: u16,
    /// The one address of the host that it is bound to; `None` is all of them.
    pub address: Option<String>,
}

impl Port {
    /// Whether only the host itself can use it.
    pub fn loopback(&self) -> bool {
        self.address
            .as_deref()
            .is_some_and(|address| address.starts_with("127.") || address == "::1")
    }

    /// E.g. `port 8080 → 80`, `127.0.0.1:53 → 53/udp`, `port 9000–9003 → 9000–9003`.
    pub fn words(&self) -> String {
        let run = |first: u16| match self.count {
            0 | 1 => first.to_string(),
            more => format!("{first}–{}", u32::from(first) + u32::from(more) - 1),
        };
        let before = match &self.address {
            None => "port ".to_owned(),
            Some(address) if address.contains(':') => format!("[{address}]:"),
            Some(address) => format!("{address}:"),
        };
        let after = match self.protocol.as_str() {
            "tcp" | "" => String::new(),
            other => format!("/{other}"),
        };
        format!(
            "{before}{} → {}{after}",
            run(self.host),
            run(self.container)
        )
    }
}

impl Facts {
    /// The container whose network stack `container` uses: its own, or that of the
    /// one it shares with. `None` when that one is gone.
    pub fn stack(&self, container: usize) -> Option<usize> {
        let mut at = container;
        // The engine refuses a chain of sharers; a mangled answer may hold a ring.
        for _ in 0..8 {
            match self.containers.get(at)?.mode {
                Mode::Shares(next) => at = next,
                Mode::SharesGone => return None,
                _ => return Some(at),
            }
        }
        None
    }

    /// The networks that a container's stack hangs on.
    pub fn wires(&self, container: usize) -> BTreeSet<usize> {
        self.stack(container)
            .map(|stack| {
                let attachments = &self.containers[stack].attachments;
                attachments.iter().map(|a| a.network).collect()
            })
            .unwrap_or_default()
    }
}
