//! Images, volumes and networks: made, joined and removed.

use super::super::names;
use super::super::said::{About, missing, no_container};
use super::super::step::Stop;
use super::{Carry, Code};
use crate::demos::command::verbs::{Commit, ImageRm, NetworkCreate, Remove, VolumeCreate};
use crate::demos::format::errors::{Failure, Operation, network_rm_failed};
use crate::demos::sandbox::Target;
use crate::engine::Away;
use crate::engine::hands::{Change, FullId, ImageRef, NewImage};
use crate::engine::owned::{ImageName, Name, is_untagged};
use crate::engine::rename::plain_text;
use serde_json::Value;

impl Carry<'_> {
    /// `docker commit`
    pub(super) async fn commit(&self, commit: &Commit) -> Code {
        let Some(container) = self.first() else {
            return self.fail(no_container(Operation::Commit, commit.container.as_str()));
        };
        let new = NewImage {
            sandbox: *self.step.sandbox.id(),
            container: container.clone(),
            name: commit.name.clone(),
            until: self.seen.snapshot.until,
            message: commit.message.clone(),
            author: commit.author.clone(),
            no_pause: !commit.pause,
        };
        match self.step.apply(Change::Commit(new)).await {
            Ok(done) => match done.id {
                Some(id) => self.print(&format!("{id}\n")),
                None => Err(Stop::Away(Away::Unreadable("no id of an image".into()))),
            },
            Err(not) => {
                let about = About {
                    typed: commit.container.as_str(),
                    id: container.as_str(),
                    ..About::default()
                };
                self.fail(self.said(Operation::Commit, not, about)?)
            }
        }
    }

    /// `docker image rm`: one after the other.
    pub(super) async fn image_rm(&self, rm: &ImageRm) -> Code {
        let mut errors = Vec::new();
        let operation = Operation::ImageRm { force: rm.force };
        for target in self.permitted.targets() {
            let image = match target {
                Target::Missing(typed) => {
                    errors.push(missing(operation, Failure::NoSuchImage, typed));
                    continue;
                }
                Target::Found {
                    id, name, by_id, ..
                } => match (by_id, ImageName::parse(name)) {
                    (false, Some(name)) => ImageRef::Tag(*self.step.sandbox.id(), name),
                    _ => ImageRef::Id(id.clone()),
                },
            };
            let force = rm.force;
            match self.step.apply(Change::RemoveImage { image, force }).await {
                Ok(done) => self.step.stdout(self.removed(&done.body))?,
                Err(not) => errors.push(self.said_of(operation, not, target)?),
            }
        }
        self.errors(errors)
    }

    /// What was untagged and what was deleted, line by line.
    fn removed(&self, body: &Value) -> String {
        let mut lines = String::new();
        for line in body.as_array().into_iter().flatten() {
            if let Some(tag) = line["Untagged"].as_str() {
                let tag = plain_text(tag, self.step.sandbox.id());
                let repository = tag.rsplit_once(':').map_or(&*tag, |(name, _)| name);
                if !is_untagged(repository) {
                    lines.push_str(&format!("Untagged: {tag}\n"));
                }
            }
            if let Some(id) = line["Deleted"].as_str() {
                lines.push_str(&format!("Deleted: {id}\n"));
            }
        }
        lines
    }

    /// `docker volume create`
    pub(super) async fn volume_create(&self, create: &VolumeCreate) -> Code {
        let name = match &create.name {
            Some(name) => name.clone(),
            None => made_up()?,
        };
        let volumes = &self.seen.snapshot.volumes;
        let is_there = volumes.iter().any(|volume| volume.typed == name.as_str());
        if !is_there {
            match self
                .step
                .new_volume(name.clone(), create.labels.clone())
                .await
            {
                Ok(_) => {}
                Err(not) => {
                    let about = About {
                        typed: name.as_str(),
                        ..About::default()
                    };
                    return self.fail(self.said(Operation::VolumeCreate, not, about)?);
                }
            }
        }
        self.print(&format!("{name}\n"))
    }

    /// `docker volume rm`: one after the other.
    pub(super) async fn volume_rm(&self, rm: &Remove) -> Code {
        let mut errors = Vec::new();
        for target in self.permitted.targets() {
            let removed = match target.id() {
                None if rm.force => Ok(()),
                None => Err(missing(
                    Operation::VolumeRm,
                    Failure::NoSuchVolume,
                    target.typed(),
                )),
                Some(id) => match self.step.apply(Change::RemoveVolume(id.clone())).await {
                    Ok(_) => Ok(()),
                    Err(not) => Err(self.said_of(Operation::VolumeRm, not, target)?),
                },
            };
            match removed {
                Ok(()) => self.step.stdout(format!("{}\n", target.typed()))?,
                Err(said) => errors.push(said),
            }
        }
        self.errors(errors)
    }

    /// `docker network create`
    pub(super) async fn network_create(&self, create: &NetworkCreate) -> Code {
        let networks = &self.seen.snapshot.networks;
        let name = create.name.as_str();
        if networks.iter().any(|network| network.typed == name) || name == "bridge" {
            return self.fail(missing(
                Operation::NetworkCreate,
                Failure::NetworkExists,
                name,
            ));
        }
        let made = self
            .step
            .new_network(create.name.clone(), create.labels.clone());
        match made.await {
            Ok(id) => self.print(&format!("{id}\n")),
            Err(not) => {
                let about = About {
                    typed: name,
                    ..About::default()
                };
                self.fail(self.said(Operation::NetworkCreate, not, about)?)
            }
        }
    }

    /// `docker network connect`
    pub(super) async fn connect(&self) -> Code {
        let aliases = self.permitted.aliases().to_vec();
        let change = |network, container| Change::Connect {
            network,
            container,
            aliases,
        };
        self.between(Operation::NetworkConnect, change).await
    }

    /// `docker network disconnect`
    pub(super) async fn disconnect(&self) -> Code {
        let change = |network, container| Change::Disconnect { network, container };
        self.between(Operation::NetworkDisconnect, change).await
    }

    /// Changes something between the network and the container that were named.
    async fn between(
        &self,
        operation: Operation,
        change: impl FnOnce(FullId, FullId) -> Change,
    ) -> Code {
        let mut targets = self.permitted.targets().iter();
        let (Some(network), Some(container)) = (targets.next(), targets.next()) else {
            let words = "a network or a container is missing".to_owned();
            return Err(Stop::Away(Away::Broken(words)));
        };
        let about = About {
            typed: container.typed(),
            id: container.id().map_or("", FullId::as_str),
            network: network.typed(),
            ..About::default()
        };
        let (network, container) = match (network.id(), container.id()) {
            (Some(network), Some(container)) => (network.clone(), container.clone()),
            (None, _) => {
                let failure = Failure::NoSuchNetwork;
                return self.fail(missing(operation, failure, about.network));
            }
            (_, None) => return self.fail(no_container(operation, about.typed)),
        };
        match self.step.apply(change(network, container)).await {
            Ok(_) => Ok(0),
            Err(not) => self.fail(self.said(operation, not, about)?),
        }
    }

    /// `docker network rm`: one after the other.
    pub(super) async fn network_rm(&self, rm: &Remove) -> Code {
        let mut errors = Vec::new();
        for target in self.permitted.targets() {
            let removed = match target.id() {
                None => Err(missing(
                    Operation::NetworkRm,
                    Failure::NoSuchNetwork,
                    target.typed(),
                )),
                Some(id) => match self.step.apply(Change::RemoveNetwork(id.clone())).await {
                    Ok(_) => Ok(()),
                    Err(not) => Err(self.said_of(Operation::NetworkRm, not, target)?),
                },
            };
            match removed {
                Ok(()) => self.step.stdout(format!("{}\n", target.typed()))?,
                // With -f, one that is not there is no failure and is not said.
                Err(_) if rm.force && target.id().is_none() => {}
                Err(said) => errors.push(said),
            }
        }
        if !errors.is_empty() {
            errors.push(network_rm_failed());
        }
        self.errors(errors)
    }
}

/// A name for an anonymous volume.
fn made_up() -> Result<Name, Stop> {
    let broken = |words: String| Stop::Away(Away::Broken(words));
    let name = names::volume()
        .map_err(|error| broken(format!("the system gives no random numbers: {error}")))?;
    Name::parse(&name).ok_or_else(|| broken(format!("{name} is no name")))
}
