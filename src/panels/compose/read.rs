//! What Compose wrote on the host's objects, as plain data.
//!
//! An engine knows no projects. Compose leaves labels on what it makes, and finds its
//! own things again by them; so do we. [`Told::read`] is the only place that looks at
//! JSON.

use crate::engine::{Answers, Ask};
use crate::panels::networks::facts::{Port, State};
use crate::panels::networks::read::{label, own_name, ports, state, text};
use crate::panels::{NotTold, need};
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that carries Compose's labels, and what stands beside it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Told {
    /// Containers, with or without a project, by name.
    pub containers: Vec<Member>,
    /// Networks, by name. `None`: the engine did not tell.
    pub networks: Option<Vec<Made>>,
    /// Volumes, by name. `None`: the engine did not tell.
    pub volumes: Option<Vec<Made>>,
}

/// One container, with what Compose wrote on it.
#[derive(Clone, Debug, Serialize)]
pub struct Member {
    /// The engine's id of it.
    pub id: String,
    /// Its name, without the slash.
    pub name: String,
    /// `com.docker.compose.project`
    pub project: Option<String>,
    /// `com.docker.compose.service`
    pub service: Option<String>,
    /// `com.docker.compose.container-number`: which replica it is, from 1.
    pub number: Option<u32>,
    /// `com.docker.compose.oneoff`: made by `run`, not by `up`.
    pub oneoff: bool,
    /// Whether anything runs in it.
    pub state: State,
    /// What its health check says, where it has one.
    pub health: Option<Health>,
    /// The image, as it was asked for.
    pub image: String,
    /// Ports of the host that lead to it.
    pub ports: Vec<Port>,
    /// `com.docker.compose.depends_on`, written since Compose 2. `None`: not written.
    pub after: Option<Vec<After>>,
    /// `com.docker.compose.config-hash`: the service as the file described it.
    pub hash: Option<String>,
    /// `com.docker.compose.version`
    pub version: Option<String>,
    /// `com.docker.compose.project.config_files`, names without their folders.
    pub files: Vec<String>,
    /// `com.docker.compose.project.working_dir`, its last part.
    pub folder: Option<String>,
    /// Names of the networks that it hangs on, or will hang on.
    pub networks: BTreeSet<String>,
    /// Names of the volumes mounted in it.
    pub volumes: BTreeSet<String>,
}

/// What a health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Health {
    /// Nothing yet.
    Starting,
    /// It passes.
    Healthy,
    /// It fails.
    Unhealthy,
}

/// One entry of `depends_on`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct After {
    /// The service that is waited for.
    pub service: String,
    /// Until when, in Compose's word, e.g. `service_healthy`.
    pub until: String,
}

impl After {
    /// E.g. `api`, `db once it is healthy`.
    pub fn words(&self) -> String {
        let when = match self.until.as_str() {
            "service_healthy" => " once it is healthy",
            "service_completed_successfully" => " once it has finished",
            _ => "",
        };
        format!("{}{when}", self.service)
    }
}

/// A network or a volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Its name on the host.
    pub name: String,
    /// `com.docker.compose.project`: who made it.
    pub project: Option<String>,
    /// `com.docker.compose.network` or `.volume`: what the file calls it. Where the file gives it
    /// a name, Compose 1 writes that name here, and so nothing is known: `None`.
    pub key: Option<String>,
    /// The engine's own: `bridge`, `host`, `none`.
    pub built_in: bool,
}

/// How a project stands to a network or volume that it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Its own, with the project's name before it.
    Prefixed,
    /// Its own, under a name that the file gave: `name:`.
    Named,
    /// Another project made it.
    Foreign,
    /// No project made it.
    External,
}

impl Standing {
    /// Whether `down` of the project would think of it.
    pub fn own(self) -> bool {
        matches!(self, Standing::Prefixed | Standing::Named)
    }
}

impl Made {
    /// How `project` stands to it.
    pub fn standing(&self, project: &str) -> Standing {
        match self.project.as_deref() {
            None => Standing::External,
            Some(maker) if maker != project => Standing::Foreign,
            Some(maker) => {
                let rest = self.name.strip_prefix(maker);
                match rest.is_some_and(|rest| rest.starts_with('_')) {
                    true => Standing::Prefixed,
                    false => Standing::Named,
                }
            }
        }
    }
}

impl Told {
    /// Reads what `have` holds. Fails only without the list of containers.
    pub fn read(have: &Answers) -> Result<Told, NotTold> {
        let json = need(have, &Ask::Containers)?;
        let rows = json.as_array().ok_or_else(|| NotTold::NoField {
            ask: format!("GET {}", Ask::Containers.path()),
            field: "a list",
        })?;
        let mut containers: Vec<Member> = rows.iter().filter_map(member).collect();
        containers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let networks = have.json(&Ask::Networks).and_then(Value::as_array);
        let volumes = have.json(&Ask::Volumes).and_then(|told| {
            // A host without volumes may say null; one that says nothing has no such field.
            match told.get("Volumes")? {
                Value::Null => Some(&[][..]),
                list => list.as_array().map(Vec::as_slice),
            }
        });
        let made = |label: &'static str| {
            move |list: &[Value]| {
                let mut all: Vec<Made> = list.iter().filter_map(|told| made(told, label)).collect();
                all.sort_by(|a, b| a.name.cmp(&b.name));
                all
            }
        };
        Ok(Told {
            containers,
            networks: networks
                .map(Vec::as_slice)
                .map(made("com.docker.compose.network")),
            volumes: volumes.map(made("com.docker.compose.volume")),
        })
    }

    /// Every project of which there is anything, by name, with its containers.
    pub fn projects(&self) -> BTreeMap<&str, Vec<&Member>> {
        let mut projects: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
        let things = [&self.networks, &self.volumes].into_iter().flatten();
        for made in things.flatten() {
            if let Some(project) = &made.project {
                projects.entry(project).or_default();
            }
        }
        for member in &self.containers {
            if let Some(project) = &member.project {
                projects.entry(project).or_default().push(member);
            }
        }
        projects
    }
}

fn member(row: &Value) -> Option<Member> {
    let id = text(row, "Id")?;
    let compose = |name: &str| label(row, &format!("com.docker.compose.{name}"));
    let named = |list: Option<&Value>, of: &dyn Fn(&Value) -> Option<String>| {
        let list = list.and_then(Value::as_array);
        list.into_iter().flatten().filter_map(of).collect()
    };
    let networks = row
        .pointer("/NetworkSettings/Networks")
        .and_then(Value::as_object);
    Some(Member {
        name: own_name(row).unwrap_or_else(|| id.chars().take(12).collect()),
        project: compose("project"),
        service: compose("service"),
        number: compose("container-number").and_then(|number| number.parse().ok()),
        oneoff: compose("oneoff").is_some_and(|told| told.eq_ignore_ascii_case("true")),
        state: state(row, None),
        health: health(row),
        image: text(row, "Image").unwrap_or_default().to_owned(),
        ports: ports(row),
        after: row
            .pointer("/Labels")
            .and_then(|labels| labels.get("com.docker.compose.depends_on")?.as_str())
            .map(afters),
        hash: compose("config-hash"),
        version: compose("version"),
        files: compose("project.config_files")
            .map(|files| files.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
        folder: compose("project.working_dir"),
        networks: networks
            .into_iter()
            .flat_map(|all| all.keys().cloned())
            .collect(),
        volumes: named(row.get("Mounts"), &|mount| {
            let volume = text(mount, "Type") == Some("volume");
            text(mount, "Name").filter(|_| volume).map(str::to_owned)
        }),
        id: id.to_owned(),
    })
}

/// `api:service_started:false,db:service_healthy:true`
fn afters(told: &str) -> Vec<After> {
    let entries = told.split(',').filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let mut parts = entry.split(':');
            let mut next = || parts.next().unwrap_or_default().to_owned();
            After {
                service: next(),
                until: next(),
            }
        })
        .collect()
}

/// From its own field (API 1.52), or from the status in words: `Up 3 minutes (unhealthy)`.
fn health(row: &Value) -> Option<Health> {
    let own = row.get("Health").and_then(|health| text(health, "Status"));
    let status = text(row, "Status").unwrap_or_default();
    let in_words = || Some(status.rsplit_once('(')?.1.trim_end_matches(')'));
    match own.or_else(in_words)? {
        "healthy" => Some(Health::Healthy),
        "unhealthy" => Some(Health::Unhealthy),
        "starting" | "health: starting" => Some(Health::Starting),
        _ => None,
    }
}

fn made(told: &Value, key: &str) -> Option<Made> {
    let driver = text(told, "Driver").unwrap_or_default();
    let name = text(told, "Name")?.to_owned();
    let built_in = matches!(driver, "host" | "null") || (name == "bridge" && driver == "bridge");
    Some(Made {
        project: label(told, "com.docker.compose.project"),
        key: label(told, key).filter(|key| *key != name),
        built_in,
        name,
    })
}
