//! Answers: what came back from a host, when, and how far it can be trusted.

use super::{Ask, Roster};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// What a host said to one [`Ask`], masked.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The engine's JSON, with secrets masked as it entered the room.
    pub json: Arc<Value>,
    /// When it was asked.
    pub asked: Timestamp,
    /// How far it can be trusted now.
    pub state: State,
}

/// How far an answer can be trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// The host is being listened to, and has reported no change since.
    Live,
    /// The host cannot be heard, or has changed since; `Why` says which.
    Stale(Why),
    /// It comes from a recording, not from a host.
    Recorded,
}

/// Why an answer is stale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// The host reported a change, and is being asked again.
    Changed,
    /// The host does not answer any more.
    Away(Away),
    /// It was kept in a copy of the notebook, which follows no host.
    Copied,
}

/// Why a host gave no answer. Each says what happened; [`Away::advice`] what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Away {
    /// Nobody has asked yet, or the first answer is still on its way.
    #[error("the host has not answered yet")]
    Connecting,
    /// Nothing listens at the endpoint.
    #[error("nothing listens at {0}")]
    NobodyThere(String),
    /// The socket is there, but this user may not open it.
    #[error("this user may not open {0}")]
    NotAllowed(String),
    /// The host took the question and said nothing within the deadline.
    #[error("the host has said nothing for {0} s")]
    Silent(u64),
    /// The connection failed or broke for another reason, in the system's words.
    #[error("the connection failed: {0}")]
    Broken(String),
    /// TLS did not come about: whose certificate, and why.
    #[error("no secure connection: {0}")]
    Tls(String),
    /// `ssh` does not get through to the engine, in its own words.
    #[error("ssh does not get through: {0}")]
    Ssh(String),
    /// The engine answered with an error status.
    #[error("the engine answered {status}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The engine's own message, shortened.
        message: String,
    },
    /// The engine answered something that is not the JSON we know.
    #[error("the engine's answer could not be read: {0}")]
    Unreadable(String),
    /// The engine and Waterline share no API version.
    #[error("the engine speaks API {0}, which is too old or too new")]
    NoCommonVersion(String),
    /// A setting says where the host is, and is wrong.
    #[error("{0}")]
    Misconfigured(String),
    /// A recording that does not hold this answer.
    #[error("the recording does not hold {0}")]
    NotRecorded(String),
}

impl Away {
    /// What the reader can do about it, in one sentence.
    pub fn advice(&self) -> &'static str {
        match self {
            Away::Connecting => "Wait a moment.",
            Away::NobodyThere(_) => {
                "Start Docker on this machine, or name another host with --host."
            }
            Away::NotAllowed(_) => {
                "Add your user to the docker group, or run Waterline as a user who may open the socket."
            }
            Away::Silent(_) => {
                "The engine may be hung: see whether `docker info` answers, and its log if it does not."
            }
            Away::Broken(_) => "See whether `docker info` answers.",
            Away::Tls(_) => {
                "Check the certificates that the docker command uses (DOCKER_CERT_PATH, or the context's)."
            }
            Away::Ssh(_) => {
                "Try the same at a prompt, as in `ssh HOST docker version`: Waterline cannot answer what ssh asks there."
            }
            Away::Refused { .. } => "The engine's own log says more.",
            Away::Unreadable(_) => "Check that the endpoint is a Docker engine.",
            Away::NoCommonVersion(_) => "Use an engine with API 1.24 or later.",
            Away::Misconfigured(_) => "Correct the setting, or name a host with --host.",
            Away::NotRecorded(_) => "Connect a Docker host to see it.",
        }
    }
}

/// The answers a panel has to draw from, by ask, with what is known of the host.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// Which host said this.
    pub host: HostFacts,
    /// All hosts and what is known of them, where the picture may speak of others.
    pub roster: Arc<Roster>,
    told: HashMap<Ask, Result<Answer, Away>>,
}

/// What every panel says of the host it draws.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostFacts {
    /// The configured name.
    pub name: String,
    /// The endpoint as the reader may see it, e.g. `unix:///var/run/docker.sock`.
    pub endpoint: String,
    /// The engine's own version, e.g. `20.10.24`; empty until it is known.
    pub engine: String,
    /// The API version that goes out on the wire, e.g. `1.41`; empty until it is negotiated.
    pub api: String,
    /// For a recording: the day it was taken, e.g. `2026-11-24`.
    pub recorded: Option<String>,
}

impl Answers {
    /// No answers yet, from this host.
    pub fn from_host(host: HostFacts) -> Answers {
        Answers {
            host,
            roster: Arc::default(),
            told: HashMap::new(),
        }
    }

    /// Adds what came back for one ask.
    pub fn insert(&mut self, ask: Ask, answer: Result<Answer, Away>) {
        self.told.insert(ask, answer);
    }

    /// What came back for `ask`: `None` when it was never asked.
    pub fn get(&self, ask: &Ask) -> Option<&Result<Answer, Away>> {
        self.told.get(ask)
    }

    /// The JSON that came back for `ask`, where any did.
    pub fn json(&self, ask: &Ask) -> Option<&Value> {
        match self.told.get(ask) {
            Some(Ok(answer)) => Some(&answer.json),
            _ => None,
        }
    }

    /// Whether these are the very same answers as `other`: a picture of them is the same.
    pub fn are_those_of(&self, other: &Answers) -> bool {
        let same = |(ask, told): (&Ask, &Result<Answer, Away>)| match (told, other.told.get(ask)) {
            (Ok(now), Some(Ok(then))) => {
                Arc::ptr_eq(&now.json, &then.json)
                    && now.asked == then.asked
                    && now.state == then.state
            }
            (Err(now), Some(Err(then))) => now == then,
            _ => false,
        };
        self.host == other.host && self.told.len() == other.told.len() && self.told.iter().all(same)
    }

    /// The same answers as a copy of the notebook keeps them: nothing in it is live.
    #[must_use]
    pub fn copied(mut self) -> Answers {
        for answer in self.told.values_mut().flatten() {
            if answer.state != State::Recorded {
                answer.state = State::Stale(Why::Copied);
            }
        }
        self
    }

    /// Everything that was asked, in a stable order.
    pub fn all(&self) -> Vec<(&Ask, &Result<Answer, Away>)> {
        let mut all: Vec<_> = self.told.iter().collect();
        all.sort_by(|a, b| a.0.cmp(b.0));
        all
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Live => "live",
            State::Stale(_) => "stale",
            State::Recorded => "recorded",
        })
    }
}
