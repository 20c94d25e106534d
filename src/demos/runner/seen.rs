//! A look at what a sandbox has: what decisions are made from.

use super::lists::Lists;
use super::sandbox::Sandbox;
use crate::demos::sandbox::{Limits, Snapshot, Thing};
use crate::engine::hands::{Failed, FullId, Look, Whose};
use crate::engine::owned::SandboxId;
use jiff::Timestamp;
use serde_json::Value;
use std::time::Instant;

/// The lists of a sandbox's objects as the engine gave them, under their real names, and
/// what follows from them.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// What decisions are made from.
    pub(super) snapshot: Snapshot,
    /// `GET /containers/json?all=1`
    pub(super) containers: Vec<Value>,
    /// `GET /networks`
    pub(super) networks: Vec<Value>,
    /// The `Volumes` of `GET /volumes`
    pub(super) volumes: Vec<Value>,
    /// `GET /images/json`, with the demo image.
    pub(super) images: Vec<Value>,
}

impl Seen {
    /// A sandbox that has nothing in it.
    pub(super) fn nothing(sandbox: &Sandbox, terminal: bool) -> Seen {
        Seen::of(sandbox, terminal, [const { Vec::new() }; 4])
    }

    /// Looks at what is in a sandbox, as far as it is wanted; the other lists are empty.
    pub(super) async fn look(
        sandbox: &Sandbox,
        terminal: bool,
        wanted: Lists,
    ) -> Result<Seen, Failed> {
        let hands = sandbox.hands();
        let whose = Whose::Sandbox(*sandbox.id());
        let at = async |wanted: bool, look: Look| match wanted {
            true => hands.look(look).await,
            false => Ok(Value::Null),
        };
        let then = Instant::now();
        let (containers, networks, volumes, images) = tokio::try_join!(
            at(wanted.containers, Look::Containers { whose, size: false }),
            at(wanted.networks, Look::Networks(whose)),
            at(wanted.volumes, Look::Volumes(whose)),
            at(wanted.images, Look::Images(whose)),
        )?;
        let lists = [containers, networks, volumes, images].map(list);
        let seen = Seen::of(sandbox, terminal, lists);
        if wanted.containers {
            let running = seen.running() as u64;
            sandbox.place.running.note(*sandbox.id(), running, then);
        }
        Ok(seen)
    }

    fn of(sandbox: &Sandbox, terminal: bool, lists: [Vec<Value>; 4]) -> Seen {
        let [containers, networks, volumes, images] = lists;
        let id = *sandbox.id();
        let demo_image = sandbox.known.image.clone();
        let named = |things: &[Value]| {
            let thing =
                |thing: &Value| Some(Thing::new(id.typed(text(thing, "Name")?)?, full_id(thing)?));
            things.iter().filter_map(thing).collect::<Vec<Thing>>()
        };
        let own = |image: &&Value| image["Id"] != demo_image.as_str();
        Seen {
            snapshot: Snapshot {
                id,
                limits: Limits::clone(&sandbox.limits),
                until: sandbox.until(),
                containers: containers
                    .iter()
                    .filter_map(|one| container(&id, one))
                    .collect(),
                networks: named(&networks),
                volumes: volumes
                    .iter()
                    .filter_map(|volume| volume_thing(&id, volume))
                    .collect(),
                images: images
                    .iter()
                    .filter(own)
                    .flat_map(|image| tags(&id, image))
                    .collect(),
                demo_image,
                terminal,
            },
            containers,
            networks,
            volumes,
            images,
        }
    }

    /// How many of its containers run.
    pub(super) fn running(&self) -> usize {
        let containers = self.snapshot.containers.iter();
        containers.filter(|container| container.running).count()
    }

    /// The line of the list about this container.
    pub(super) fn container(&self, id: &FullId) -> Option<&Value> {
        let mut containers = self.containers.iter();
        containers.find(|container| container["Id"] == id.as_str())
    }

    /// The anonymous volumes of this container that no other has.
    pub(super) fn anonymous_volumes(&self, id: &FullId) -> Vec<FullId> {
        let mounted = |container: &Value| -> Vec<String> {
            let mounts = container["Mounts"].as_array().into_iter().flatten();
            let names = mounts.filter_map(|mount| mount["Name"].as_str());
            names.map(str::to_owned).collect()
        };
        let others: Vec<String> = self
            .containers
            .iter()
            .filter(|other| other["Id"] != id.as_str())
            .flat_map(mounted)
            .collect();
        let own = self.container(id).map(mounted).unwrap_or_default();
        own.into_iter()
            .filter(|name| !others.contains(name))
            .filter(|name| self.snapshot.id.typed(name).is_some_and(is_anonymous))
            .filter_map(|name| FullId::parse(&name))
            .collect()
    }
}

/// A sandbox with nothing in it, on no host.
pub(super) fn empty() -> Option<Snapshot> {
    let zeros = "0".repeat(64);
    Some(Snapshot {
        id: SandboxId::parse(&zeros[..8])?,
        limits: Limits::default(),
        until: Timestamp::MAX,
        containers: Vec::new(),
        networks: Vec::new(),
        volumes: Vec::new(),
        images: Vec::new(),
        demo_image: FullId::parse(&format!("sha256:{zeros}"))?,
        terminal: false,
    })
}

/// Whether a volume's typed name is one that we made up.
pub(super) fn is_anonymous(typed: &str) -> bool {
    typed.len() == 64 && typed.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn container(sandbox: &SandboxId, container: &Value) -> Option<Thing> {
    let name = container["Names"].as_array()?.first()?.as_str()?;
    Some(Thing {
        running: matches!(text(container, "State")?, "running" | "paused"),
        ..Thing::new(sandbox.typed(name)?, full_id(container)?)
    })
}

fn volume_thing(sandbox: &SandboxId, volume: &Value) -> Option<Thing> {
    let name = text(volume, "Name")?;
    Some(Thing::new(sandbox.typed(name)?, FullId::parse(name)?))
}

fn tags(sandbox: &SandboxId, image: &Value) -> Vec<Thing> {
    let (Some(tags), Some(id)) = (image["RepoTags"].as_array(), full_id(image)) else {
        return Vec::new();
    };
    tags.iter()
        .filter_map(|tag| sandbox.typed(tag.as_str()?))
        .map(|typed| Thing::new(typed, id.clone()))
        .collect()
}

fn full_id(thing: &Value) -> Option<FullId> {
    FullId::parse(text(thing, "Id")?)
}

fn text<'a>(thing: &'a Value, field: &str) -> Option<&'a str> {
    thing[field].as_str()
}

fn list(json: Value) -> Vec<Value> {
    match json {
        Value::Array(list) => list,
        _ => Vec::new(),
    }
}
