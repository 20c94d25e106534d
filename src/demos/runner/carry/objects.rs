//! Images, volumes and networks: made, joined and removed.

use super::super::names;
use super::super::said::Said;
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::verbs::{Commit, Connect, ImageRm, NetworkCreate, Remove, VolumeCreate};
use crate::demos::sandbox::Target;
use crate::engine::Away;
use crate::engine::hands::{Change, FullId, ImageRef, NewImage};
use crate::engine::owned::{ImageName, Name, is_untagged};
use serde_json::Value;

impl Carry<'_> {
    /// `docker commit`
    pub(super) async fn commit(&self, commit: &Commit) -> Code {
        let Some(container) = self.first() else {
            return self.fail(Said::no_container(commit.container.as_str()));
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
            Err(not) => self.fail(self.daemon(not)?),
        }
    }

    fn first(&self) -> Option<&FullId> {
        self.permitted.targets().first()?.id()
    }

    /// `docker image rm`: one after the other.
    pub(super) async fn image_rm(&self, rm: &ImageRm) -> Code {
        let mut errors = String::new();
        for target in self.permitted.targets() {
            let image = match target {
                Target::Missing(typed) => {
                    let typed = with_tag(typed);
                    errors.push_str(&Said::daemon(format!("No such image: {typed}")).text);
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
                Err(Not::Said { message, .. }) => {
                    let words = self.typed(&message);
                    // Docker asks by what was typed, without a tag where there was none.
                    let full = format!("\"{}\"", with_tag(target.typed()));
                    let words = words.replace(&full, &format!("\"{}\"", target.typed()));
                    errors.push_str(&Said::daemon(words).text);
                }
                Err(Not::Stop(stop)) => return Err(stop),
            }
        }
        self.all(errors)
    }

    /// What was untagged and what was deleted, line by line.
    fn removed(&self, body: &Value) -> String {
        let mut lines = String::new();
        for line in body.as_array().into_iter().flatten() {
            if let Some(tag) = line["Untagged"].as_str() {
                let tag = self.typed(tag);
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

    fn all(&self, errors: String) -> Code {
        match errors.is_empty() {
            true => Ok(0),
            false => self.fail(Said {
                text: errors,
                code: 1,
            }),
        }
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
            match self.new_volume(name.clone(), create.labels.clone()).await {
                Ok(_) => {}
                Err(not) => return self.fail(self.daemon(not)?),
            }
        }
        self.print(&format!("{name}\n"))
    }

    /// `docker volume rm`: one after the other.
    pub(super) async fn volume_rm(&self, rm: &Remove) -> Code {
        let mut errors = String::new();
        for target in self.permitted.targets() {
            let removed = match target.id() {
                None if rm.force => Ok(()),
                None => Err(Said::daemon(format!(
                    "get {}: no such volume",
                    target.typed()
                ))),
                Some(id) => match self.step.apply(Change::RemoveVolume(id.clone())).await {
                    Ok(_) => Ok(()),
                    Err(not) => Err(self.daemon(not)?),
                },
            };
            match removed {
                Ok(()) => self.step.stdout(format!("{}\n", target.typed()))?,
                Err(said) => errors.push_str(&said.text),
            }
        }
        self.all(errors)
    }

    /// `docker network create`
    pub(super) async fn network_create(&self, create: &NetworkCreate) -> Code {
        let networks = &self.seen.snapshot.networks;
        let name = create.name.as_str();
        if networks.iter().any(|network| network.typed == name) || name == "bridge" {
            let words = format!("network with name {name} already exists");
            return self.fail(Said::daemon(words));
        }
        match self
            .new_network(create.name.clone(), create.labels.clone())
            .await
        {
            Ok(id) => self.print(&format!("{id}\n")),
            Err(not) => self.fail(self.daemon(not)?),
        }
    }

    /// `docker network connect`
    pub(super) async fn connect(&self, connect: &Connect) -> Code {
        let (network, container) = match self.both() {
            Ok(both) => both,
            Err(said) => return self.fail(said),
        };
        let aliases = connect.aliases.clone();
        let change = Change::Connect {
            network,
            container,
            aliases,
        };
        self.silently(change).await
    }

    /// `docker network disconnect`
    pub(super) async fn disconnect(&self) -> Code {
        let (network, container) = match self.both() {
            Ok(both) => both,
            Err(said) => return self.fail(said),
        };
        self.silently(Change::Disconnect { network, container })
            .await
    }

    /// The network and the container that were named.
    fn both(&self) -> Result<(FullId, FullId), Said> {
        let mut targets = self.permitted.targets().iter();
        let (network, container) = (targets.next(), targets.next());
        let typed = |target: Option<&Target>| target.map_or("", Target::typed).to_owned();
        let id = |target: Option<&Target>| target.and_then(Target::id).cloned();
        let network = id(network)
            .ok_or_else(|| Said::daemon(format!("network {} not found", typed(network))))?;
        let container = id(container).ok_or_else(|| Said::no_container(&typed(container)))?;
        Ok((network, container))
    }

    async fn silently(&self, change: Change) -> Code {
        match self.step.apply(change).await {
            Ok(_) => Ok(0),
            Err(not) => self.fail(self.daemon(not)?),
        }
    }

    /// `docker network rm`: one after the other.
    pub(super) async fn network_rm(&self, rm: &Remove) -> Code {
        let (mut errors, mut failed) = (String::new(), false);
        for target in self.permitted.targets() {
            let removed = match target.id() {
                None => Err(Said::daemon(format!(
                    "network {} not found",
                    target.typed()
                ))),
                Some(id) => match self.step.apply(Change::RemoveNetwork(id.clone())).await {
                    Ok(_) => Ok(()),
                    Err(not) => Err(self.daemon(not)?),
                },
            };
            match removed {
                Ok(()) => self.step.stdout(format!("{}\n", target.typed()))?,
                // With -f, one that is not there is no failure and is not said.
                Err(_) if rm.force && target.id().is_none() => {}
                Err(said) => {
                    failed = true;
                    errors.push_str(&said.text);
                }
            }
        }
        if failed {
            errors.push_str("exit status 1\n");
        }
        self.all(errors)
    }
}

/// What docker makes of a reference without a tag.
fn with_tag(typed: &str) -> String {
    match typed.contains(':') {
        true => typed.to_owned(),
        false => format!("{typed}:latest"),
    }
}

/// A name for an anonymous volume.
fn made_up() -> Result<Name, Stop> {
    let broken = |words: String| Stop::Away(Away::Broken(words));
    let name = names::volume()
        .map_err(|error| broken(format!("the system gives no random numbers: {error}")))?;
    Name::parse(&name).ok_or_else(|| broken(format!("{name} is no name")))
}
