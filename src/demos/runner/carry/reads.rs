//! What only looks: lists, inspect, history, diff, top, stats, info, version, df. The
//! engine's answers get the names that were typed, and are then printed as docker does.

use super::super::said::{About, missing, no_container};
use super::super::step::{Not, Stop};
use super::{Carry, Code};
use crate::demos::command::verbs::{History, Images, Inspect, List, Ps, Stats, SystemDf, Top};
use crate::demos::command::{Filter as Typed, Typed as TypedName};
use crate::demos::format::errors::{Failure, Operation};
use crate::demos::format::{self, Asked, Filter};
use crate::demos::janitor::Kind;
use crate::demos::prepare::TYPED;
use crate::demos::sandbox::Target;
use crate::engine::hands::{FullId, Look};
use crate::engine::owned::SandboxId;
use crate::engine::rename;
use crate::engine::{Ask, Away};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Carry<'_> {
    fn id(&self) -> &SandboxId {
        self.step.sandbox.id()
    }

    /// A list under the names that were typed.
    fn renamed(&self, list: &[Value], rename: impl Fn(&mut Value, &SandboxId)) -> Vec<Value> {
        let mut list = list.to_vec();
        for item in &mut list {
            rename(item, self.id());
        }
        list
    }

    /// `docker ps`
    pub(super) async fn ps(&self, ps: &Ps) -> Code {
        let last = match ps.latest {
            true => Some(1),
            false => ps.last.and_then(|last| usize::try_from(last).ok()),
        };
        let options = format::PsOptions {
            all: ps.all,
            quiet: ps.quiet,
            size: ps.size,
            no_trunc: ps.no_trunc,
            last,
            format: ps.format.clone(),
            filters: filters(&ps.filters),
            images: self.images_seen(),
        };
        let sized = match format::ps_needs_size(&options) {
            false => None,
            true => {
                let whose = self.step.whose();
                let look = Look::Containers { whose, size: true };
                Some(self.step.look(look).await.map_err(Stop::from)?)
            }
        };
        let containers = match &sized {
            Some(sized) => sized.as_array().map_or(&[][..], Vec::as_slice),
            None => &self.seen.containers,
        };
        let containers = self.renamed(containers, rename::typed_container);
        self.printed(format::ps(&containers, &options, Timestamp::now()))
    }

    /// The images, under the names that were typed. The demo image has one name here,
    /// whatever the host calls it.
    fn images_seen(&self) -> Vec<Value> {
        let mut images = self.renamed(&self.seen.images, rename::typed_image);
        for image in &mut images {
            self.as_demo_image(image);
        }
        images
    }

    fn as_demo_image(&self, image: &mut Value) {
        if image["Id"] == self.seen.snapshot.demo_image.as_str() {
            image["RepoTags"] = json!([format!("{TYPED}:latest")]);
            if image.get("RepoDigests").is_some() {
                image["RepoDigests"] = json!([]);
            }
        }
    }

    /// `docker images`
    pub(super) fn images(&self, images: &Images) -> Code {
        let options = format::ImagesOptions {
            all: images.all,
            quiet: images.quiet,
            no_trunc: images.no_trunc,
            digests: images.digests,
            format: images.format.clone(),
            filters: filters(&images.filters),
            name: images.repository.clone(),
        };
        self.printed(format::images(
            &self.images_seen(),
            &options,
            Timestamp::now(),
        ))
    }

    /// `docker history`
    pub(super) async fn history(&self, history: &History) -> Code {
        let typed = history.image.as_str();
        let Some(id) = self.first() else {
            return self.fail(missing(Operation::History, Failure::NoSuchImage, typed));
        };
        let mut layers = match self.step.look(Look::History(id.clone())).await {
            Ok(layers) => layers,
            Err(not) => return self.fail(self.named(Operation::History, not, typed, id)?),
        };
        rename::typed_history(&mut layers, self.id());
        let options = format::HistoryOptions {
            quiet: history.quiet,
            no_trunc: history.no_trunc,
            plain: !history.human,
            format: history.format.clone(),
        };
        let layers = layers.as_array().map_or(&[][..], Vec::as_slice);
        self.printed(format::history(layers, &options, Timestamp::now()))
    }

    /// The engine's words about the one thing that was named.
    fn named(
        &self,
        operation: Operation,
        not: Not,
        typed: &str,
        id: &FullId,
    ) -> Result<format::Said, Stop> {
        let about = About {
            typed,
            id: id.as_str(),
            ..About::default()
        };
        self.said(operation, not, about)
    }

    /// `docker volume ls`
    pub(super) fn volume_ls(&self, list: &List) -> Code {
        let volumes = self.renamed(&self.seen.volumes, rename::typed_volume);
        let mounts = self.seen.containers.iter().flat_map(|container| {
            let mounts = container["Mounts"].as_array().into_iter().flatten();
            mounts.filter_map(|mount| self.id().typed(mount["Name"].as_str()?))
        });
        let options = format::VolumesOptions {
            quiet: list.quiet,
            format: list.format.clone(),
            filters: filters(&list.filters),
            used: mounts.map(str::to_owned).collect(),
        };
        self.printed(format::volumes(&volumes, &options))
    }

    /// `docker network ls`
    pub(super) fn network_ls(&self, list: &List) -> Code {
        let networks = self.renamed(&self.seen.networks, rename::typed_network);
        let joined = self.seen.containers.iter().flat_map(|container| {
            let networks = container
                .pointer("/NetworkSettings/Networks")
                .and_then(Value::as_object);
            let names = networks.into_iter().flat_map(|networks| networks.keys());
            names.filter_map(|name| self.id().typed(name))
        });
        let options = format::NetworksOptions {
            quiet: list.quiet,
            no_trunc: list.no_trunc,
            format: list.format.clone(),
            filters: filters(&list.filters),
            used: joined.map(str::to_owned).collect(),
        };
        self.printed(format::networks(&networks, &options))
    }

    /// `docker inspect`
    pub(super) async fn inspect(&self, inspect: &Inspect) -> Code {
        let targets = self.permitted.targets();
        let looks = targets
            .iter()
            .map(|target| self.object(target, inspect.size));
        let found = try_join_all(looks).await?;
        let asked: Vec<Asked<'_>> = targets
            .iter()
            .zip(&found)
            .map(|(target, found)| Asked {
                name: target.typed(),
                found: found.as_ref(),
            })
            .collect();
        let kind = match inspect.kind {
            None => format::Kind::Any,
            Some(Kind::Container) => format::Kind::Container,
            Some(Kind::Image) => format::Kind::Image,
            Some(Kind::Volume) => format::Kind::Volume,
            Some(Kind::Network) => format::Kind::Network,
        };
        self.printed(format::inspect(&asked, kind, inspect.format.as_deref()))
    }

    /// One object, whole, under the names that were typed; `None` for what is not there.
    async fn object(&self, target: &Target, size: bool) -> Result<Option<Value>, Stop> {
        let Target::Found { kind, id, .. } = target else {
            return Ok(None);
        };
        let id = id.clone();
        let look = match kind {
            Kind::Container => Look::Container { id, size },
            Kind::Image => Look::Image(id),
            Kind::Volume => Look::Volume(id),
            Kind::Network => Look::Network(id),
        };
        let mut object = match self.step.look(look).await {
            Ok(object) => object,
            // It went while we looked.
            Err(Not::Said { status: 404, .. }) => return Ok(None),
            Err(not) => return Err(not.into()),
        };
        match kind {
            Kind::Container => {
                rename::typed_container(&mut object, self.id());
                rename::network_names(&mut object, &self.network_names());
            }
            Kind::Image => {
                rename::typed_image(&mut object, self.id());
                self.as_demo_image(&mut object);
            }
            Kind::Volume => rename::typed_volume(&mut object, self.id()),
            Kind::Network => rename::typed_network(&mut object, self.id()),
        }
        Ok(Some(object))
    }

    /// The networks' typed names by their ids.
    fn network_names(&self) -> BTreeMap<String, String> {
        let networks = self.seen.snapshot.networks.iter();
        networks
            .map(|network| (network.id.to_string(), network.typed.clone()))
            .collect()
    }

    /// `docker diff`, sorted: the engine gives siblings in no certain order.
    pub(super) async fn diff(&self, typed: &TypedName) -> Code {
        let typed = typed.as_str();
        let Some(id) = self.first() else {
            return self.fail(no_container(Operation::Diff, typed));
        };
        match self.step.look(Look::Changes(id.clone())).await {
            Ok(changes) => self.print(&format::diff(&changes, true)),
            Err(not) => self.fail(self.named(Operation::Diff, not, typed, id)?),
        }
    }

    /// `docker top`
    pub(super) async fn top(&self, top: &Top) -> Code {
        let typed = top.container.as_str();
        let Some(id) = self.first() else {
            return self.fail(no_container(Operation::Top, typed));
        };
        let told = self
            .step
            .in_time(self.step.hands().top(id, &top.args))
            .await?;
        match told {
            Ok(processes) => self.print(&format::top(&processes)),
            Err(failed) => self.fail(self.named(Operation::Top, failed.into(), typed, id)?),
        }
    }

    /// `docker stats`: one reading.
    pub(super) async fn stats(&self, stats: &Stats) -> Code {
        if !stats.no_stream {
            self.step
                .teller
                .note("one reading, as with --no-stream: here nothing prints for ever");
        }
        let targets = self.permitted.targets();
        if let Some(target) = targets.iter().find(|target| target.id().is_none()) {
            return self.fail(no_container(Operation::Stats, target.typed()));
        }
        let mut readings: Vec<(String, FullId)> = targets
            .iter()
            .filter_map(|target| Some((target.typed().to_owned(), target.id()?.clone())))
            .collect();
        if targets.is_empty() {
            let containers = self.seen.snapshot.containers.iter();
            let shown = containers.filter(|container| stats.all || container.running);
            readings.extend(shown.map(|one| (one.id.short().to_owned(), one.id.clone())));
        }
        let read = readings.into_iter().map(async |(called, id)| {
            let reading = self.step.in_time(self.step.hands().stats(&id)).await?;
            let mut reading = reading.map_err(|failed| Stop::from(Not::from(failed)))?;
            rename::typed_stats(&mut reading, self.id());
            Ok::<(String, Value), Stop>((called, reading))
        });
        let readings = try_join_all(read).await?;
        let options = format::StatsOptions {
            no_trunc: stats.no_trunc,
            format: stats.format.clone(),
        };
        self.printed(format::stats(&readings, &options))
    }

    /// `docker info`: of the host, with the counts of the sandbox's own objects. Secrets
    /// are masked, as in the panels.
    pub(super) async fn info(&self, template: Option<&str>) -> Code {
        let host = self.step.sandbox.host();
        let answer = self.step.in_time(host.answer(&Ask::Info)).await?;
        let mut info = Value::clone(&answer.map_err(Stop::Away)?.json);
        if !info.is_object() {
            let words = "its answer about itself is no object".to_owned();
            return Err(Stop::Away(Away::Unreadable(words)));
        }
        let state = |state: &str| {
            let containers = self.seen.containers.iter();
            containers.filter(|one| one["State"] == state).count()
        };
        let (all, running, paused) = (
            self.seen.containers.len(),
            state("running"),
            state("paused"),
        );
        info["Containers"] = all.into();
        info["ContainersRunning"] = running.into();
        info["ContainersPaused"] = paused.into();
        info["ContainersStopped"] = (all - running - paused).into();
        info["Images"] = self.seen.images.len().into();
        let client = format::own_client(&host.facts().api);
        self.printed(format::info(&info, &client, template))
    }

    /// `docker version`
    pub(super) async fn version(&self, template: Option<&str>) -> Code {
        let server = self.step.look(Look::Version).await.map_err(Stop::from)?;
        let client = format::own_client(&self.step.sandbox.host().facts().api);
        self.printed(format::version(&server, &client, template))
    }

    /// `docker system df`
    pub(super) async fn system_df(&self, df: &SystemDf) -> Code {
        let look = Look::DiskUsage(self.step.whose());
        let mut usage = self.step.look(look).await.map_err(Stop::from)?;
        rename::typed_disk_usage(&mut usage, self.id());
        for image in usage["Images"].as_array_mut().into_iter().flatten() {
            self.as_demo_image(image);
            self.own_containers_only(image);
        }
        // What the layers of the whole host take is nothing of the sandbox's.
        usage["LayersSize"] = Value::Null;
        let options = format::DfOptions {
            verbose: df.verbose,
            format: df.format.clone(),
        };
        self.printed(format::df(&usage, &options, Timestamp::now()))
    }

    /// The engine counts everybody's containers of an image.
    fn own_containers_only(&self, image: &mut Value) {
        let of_image = |one: &&Value| one["ImageID"] == image["Id"];
        let count = self.seen.containers.iter().filter(of_image).count();
        if image.get("Containers").is_some() {
            image["Containers"] = count.into();
        }
    }
}

/// Filters, as the formatters take them.
pub(super) fn filters(typed: &[Typed]) -> Vec<Filter> {
    let filter = |filter: &Typed| Filter {
        name: filter.key.to_lowercase(),
        value: filter.value.clone(),
    };
    typed.iter().map(filter).collect()
}
