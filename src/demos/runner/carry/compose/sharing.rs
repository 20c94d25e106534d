//! What the services of a project share, networks and volumes: how each is told, found,
//! made and removed.

use crate::demos::command::verbs::{NetworkCreate, VolumeCreate};
use crate::demos::command::{Command, Verb};
use crate::demos::sandbox::{Snapshot, Thing};
use crate::engine::hands::{Change, FullId};
use crate::engine::owned::Name;

/// What the services of a project share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sharing {
    Network,
    Volume,
}

impl Sharing {
    pub(super) fn word(self) -> &'static str {
        match self {
            Sharing::Network => "Network",
            Sharing::Volume => "Volume",
        }
    }

    /// The end of its label.
    pub(super) fn key(self) -> &'static str {
        match self {
            Sharing::Network => "network",
            Sharing::Volume => "volume",
        }
    }

    /// Its name as Compose tells it.
    pub(super) fn shown(self, name: &str) -> String {
        match self {
            Sharing::Network => name.to_owned(),
            Sharing::Volume => format!("\"{name}\""),
        }
    }

    /// What Compose says when an external one is not there.
    pub(super) fn missing(self, name: &str) -> String {
        match self {
            Sharing::Network => {
                format!("network {name} declared as external, but could not be found")
            }
            Sharing::Volume => format!("external volume \"{name}\" not found"),
        }
    }

    pub(super) fn things(self, snapshot: &Snapshot) -> &[Thing] {
        match self {
            Sharing::Network => &snapshot.networks,
            Sharing::Volume => &snapshot.volumes,
        }
    }

    /// The command that makes one.
    pub(super) fn create(self, name: &Name) -> Command {
        let labels = Vec::new();
        let verb = match self {
            Sharing::Network => Verb::NetworkCreate(NetworkCreate {
                name: name.clone(),
                labels,
            }),
            Sharing::Volume => Verb::VolumeCreate(VolumeCreate {
                name: Some(name.clone()),
                labels,
            }),
        };
        Command::new(verb, format!("docker {} create {name}", self.key()))
    }

    pub(super) fn remove(self, id: FullId) -> Change {
        match self {
            Sharing::Network => Change::RemoveNetwork(id),
            Sharing::Volume => Change::RemoveVolume(id),
        }
    }
}

/// The thing of this typed name.
pub(super) fn find(things: &[Thing], name: &str) -> Option<FullId> {
    let found = things.iter().find(|thing| thing.typed == name);
    found.map(|thing| thing.id.clone())
}
