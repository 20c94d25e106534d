//! The roster: every host, how it is reached and how it is doing, and the docker
//! contexts that nobody has asked for yet. All of it is known already: making one
//! asks no host anything.

use super::answer::HostFacts;
use super::endpoint::{Address, Endpoint};
use super::host::{Host, Status};
use super::pace::Latency;
use jiff::Timestamp;

/// All hosts and contexts at one moment.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// The connected hosts, the default one first.
    pub hosts: Vec<HostLine>,
    /// The docker contexts of this machine, by name.
    pub contexts: Vec<ContextLine>,
}

/// How a host is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// A socket of this machine.
    Socket,
    /// A port, with nothing between the reader and the wire.
    Tcp,
    /// A port behind certificates.
    Tls,
    /// The docker command of another machine.
    Ssh,
}

impl Way {
    /// How `endpoint` is reached.
    pub fn of(endpoint: &Endpoint) -> Way {
        match (&endpoint.address, &endpoint.tls) {
            (Address::Unix(_), _) => Way::Socket,
            (Address::Ssh(_), _) => Way::Ssh,
            (Address::Tcp { .. }, Some(_)) => Way::Tls,
            (Address::Tcp { .. }, None) => Way::Tcp,
        }
    }
}

/// One connected host.
#[derive(Clone, Debug)]
pub struct HostLine {
    /// Its name, endpoint and versions.
    pub facts: HostFacts,
    /// How it is reached; `None` when no setting says where it is.
    pub way: Option<Way>,
    /// How it is doing.
    pub status: Status,
    /// Since when it has answered without a break.
    pub live_since: Option<Timestamp>,
    /// The engine's system and processor, e.g. `linux` and `amd64` (`Os`, `Arch`).
    pub system: Option<(String, String)>,
    /// What the engine calls itself (`ID`), once it was asked: two can say the same.
    pub id: Option<String>,
    /// How long it takes to answer a ping.
    pub latency: Option<Latency>,
}

/// One docker context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextLine {
    /// Its name.
    pub name: String,
    /// What its author wrote about it; empty when nothing.
    pub about: String,
    /// Where it leads, or what is wrong with it.
    pub leads: Result<(String, Way), String>,
    /// The host that is connected there already.
    pub connected: Option<String>,
}

impl Roster {
    /// These hosts and contexts, as they are now.
    pub fn of(hosts: &[std::sync::Arc<Host>], contexts: Vec<super::Context>) -> Roster {
        let contexts = contexts.into_iter().map(|context| {
            let connected = match &context.leads {
                Ok(endpoint) => hosts.iter().find(|host| host.is_at(endpoint)),
                Err(_) => None,
            };
            ContextLine {
                connected: connected.map(|host| host.name().to_owned()),
                leads: match &context.leads {
                    Ok(endpoint) => Ok((endpoint.to_string(), Way::of(endpoint))),
                    Err(problem) => Err(problem.to_string()),
                },
                name: context.name,
                about: context.about,
            }
        });
        Roster {
            contexts: contexts.collect(),
            hosts: hosts.iter().map(|host| host.line()).collect(),
        }
    }
}
