//! What the host reported, as plain data.
//!
//! [`Past::read`] is the only place that looks at the JSON of an event. The *parts*
//! panel reads events from here as well.

use crate::engine::{Answers, Ask};
use crate::panels::frame::Moment;
use crate::panels::words;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use std::collections::HashMap;

/// How many events an engine remembers.
pub const REMEMBERED: usize = 256;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A network.
    Network,
    /// A volume.
    Volume,
    /// The build cache.
    Builder,
    /// The engine itself.
    Daemon,
    /// Something else: a swarm's service, a pod, a plugin.
    Other,
}

/// One event. Text from the host is shortened and made plain.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, in nanoseconds since 1970 by the engine's clock (`timeNano`).
    pub at: i64,
    /// What it is about (`Type`).
    pub kind: Kind,
    /// The same in the engine's word.
    pub word: String,
    /// What happened (`Action`), without what may follow a colon.
    pub action: String,
    /// The engine's own word on health, `healthy` or `unhealthy`, where it is about that.
    pub health: Option<String>,
    /// The object's id (`Actor.ID`); for a volume its name.
    pub id: String,
    /// What the object is called.
    pub name: String,
    /// What a container is made from.
    pub image: Option<String>,
    /// For a network or a volume: the id of the container that it was given to.
    pub container: Option<String>,
    /// Where in the container a volume was mounted.
    pub destination: Option<String>,
    /// With which exit code a container's process 1 ended.
    pub exit: Option<i64>,
    /// Which signal was sent.
    pub signal: Option<i64>,
}

impl Event {
    /// The container that it happened to, if any.
    pub fn container(&self) -> Option<&str> {
        match self.kind {
            Kind::Container => Some(self.id.as_str()).filter(|id| !id.is_empty()),
            _ => self.container.as_deref(),
        }
    }

    /// Whether it is part of running a command inside a container.
    pub fn is_exec(&self) -> bool {
        self.action.starts_with("exec_")
    }
}

/// When `at` was, for a `<time>`.
pub fn moment(at: i64) -> Moment {
    Timestamp::from_nanosecond(at.into())
        .unwrap_or_default()
        .into()
}

/// Everything that an engine remembers.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Oldest first.
    pub events: Vec<Event>,
    /// What containers are called, by id, gone ones too.
    names: HashMap<String, String>,
    /// The containers whose status tells of a health check.
    checked: Vec<String>,
}

impl Past {
    /// Reads the answer to [`Ask::Events`], and the names in [`Ask::Containers`].
    pub fn read(have: &Answers) -> Past {
        let mut past = Past::default();
        for line in list(have, &Ask::Containers) {
            let Some(id) = line["Id"].as_str() else {
                continue;
            };
            let name = line["Names"][0].as_str().unwrap_or_default();
            let name = called(name.trim_start_matches('/'), &line["Labels"], id);
            past.names.insert(id.to_owned(), name);
            let status = line["Status"].as_str().unwrap_or_default();
            if ["healthy)", "health: "]
                .iter()
                .any(|word| status.contains(word))
            {
                past.checked.push(id.to_owned());
            }
        }
        past.events = list(have, &Ask::Events).filter_map(event).collect();
        for event in &past.events {
            if event.kind == Kind::Container {
                past.names.insert(event.id.clone(), event.name.clone());
            }
        }
        past
    }

    /// What a container is called, also after it is gone; shortened id when nobody says.
    pub fn name(&self, container: &str) -> String {
        self.names.get(container).map_or_else(
            || format!("container {}", words::short_id(container)),
            Clone::clone,
        )
    }

    /// Whether the engine checks this container's health, perhaps with an exec.
    pub fn is_checked(&self, container: &str) -> bool {
        self.checked.iter().any(|id| id == container)
    }
}

fn list<'a>(have: &'a Answers, ask: &Ask) -> impl Iterator<Item = &'a Value> {
    have.json(ask)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn event(json: &Value) -> Option<Event> {
    let word = json["Type"].as_str()?;
    let kind = match word {
        "container" => Kind::Container,
        "image" => Kind::Image,
        "network" => Kind::Network,
        "volume" => Kind::Volume,
        "builder" => Kind::Builder,
        "daemon" => Kind::Daemon,
        _ => Kind::Other,
    };
    let seconds = || json["time"].as_i64()?.checked_mul(1_000_000_000);
    let attributes = &json["Actor"]["Attributes"];
    let text = |name: &str| attributes[name].as_str().filter(|text| !text.is_empty());
    let number = |name: &str| match &attributes[name] {
        Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    };
    // Up to API 1.51 the same stands at the top as well.
    let said = json["Action"].as_str().or(json["status"].as_str())?;
    let (action, rest) = said.split_once(':').unwrap_or((said, ""));
    let id = json["Actor"]["ID"].as_str().or(json["id"].as_str());
    let id = words::short(id.unwrap_or_default(), 255);
    let name = text("name").unwrap_or_default();
    let name = match kind {
        Kind::Container => called(name, attributes, &id),
        _ if name.is_empty() || name == id => short_name(&id),
        _ => short_name(name),
    };
    Some(Event {
        at: json["timeNano"].as_i64().or_else(seconds)?,
        kind,
        word: words::short(word, 30),
        action: words::short(action.trim(), 40),
        health: (action == "health_status" && !rest.is_empty())
            .then(|| words::short(rest.trim(), 20)),
        name,
        image: text("image").map(short_name),
        container: text("container")
            .filter(|_| kind != Kind::Container)
            .map(|id| words::short(id, 255)),
        destination: text("destination").map(|path| words::short(path, 60)),
        exit: number("exitCode").or_else(|| number("containerExitCode")),
        signal: number("signal"),
        id,
    })
}

/// A name; an id as docker shortens it, an anonymous volume's too.
fn short_name(name: &str) -> String {
    let hex = name.strip_prefix("sha256:").unwrap_or(name);
    if hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()) {
        return words::short_id(name);
    }
    words::short(name, 60)
}

/// A container of Compose by its service, `web of shop`, any other by its name.
fn called(name: &str, labels: &Value, id: &str) -> String {
    let label = |name: &str| labels[format!("com.docker.compose.{name}")].as_str();
    match (label("service"), label("project")) {
        (Some(service), Some(project)) => {
            let number = label("container-number").filter(|number| *number != "1");
            let number = number.map_or(String::new(), |n| format!(" {}", words::short(n, 6)));
            let (service, project) = (words::short(service, 40), words::short(project, 40));
            format!("{service}{number} of {project}")
        }
        _ if name.is_empty() => format!("container {}", words::short_id(id)),
        _ => words::short(name, 60),
    }
}

/// Whether these answers are lacking only because a recording does not hold events.
pub fn not_recorded(have: &Answers) -> bool {
    use crate::engine::Away;
    matches!(have.get(&Ask::Events), Some(Err(Away::NotRecorded(_))))
}
