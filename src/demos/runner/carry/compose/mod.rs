//! `docker compose` over the files of a demo: `up`, `down`, `ps`, `logs`.
//!
//! Names and labels are those of Compose v2. On the host the project's label carries the
//! sandbox's prefix: a plain one would make the owner's own `compose down` remove it.

mod file;
mod logs;
mod sharing;

use super::super::lists::Lists;
use super::super::seen::Seen;
use super::super::step::Stop;
use super::{Carry, Code};
use crate::demos::command::verbs::{Compose, ComposeAction, Run};
use crate::demos::command::{Command, Verb, parse};
use crate::demos::format::{self, ComposePs};
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::{Permitted, permit};
use crate::engine::hands::{Change, FullId, LogsOptions};
use crate::engine::owned::Name;
use crate::engine::rename;
use file::{File, Service, Shared};
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sharing::{Sharing, find};

/// What a demo's compose file is called unless `-f` says otherwise.
const NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yml",
    "docker-compose.yaml",
];

/// What a project is called that has no name: Compose takes the folder's.
const PROJECT: &str = "demo";

/// The beginning of Compose's labels.
const LABEL: &str = "com.docker.compose.";

/// A project: its name, and the file that it is made of.
struct Project {
    name: String,
    file: File,
}

impl Carry<'_> {
    /// `docker compose`
    pub(super) async fn compose(&self, compose: &Compose) -> Code {
        let project = match self.project(compose) {
            Ok(project) => project,
            Err(refusal) => return Err(Stop::Refused(refusal)),
        };
        match &compose.action {
            ComposeAction::Up { detach, services } => {
                if !detach {
                    return Err(Stop::Refused(Refusal::new(
                        Rule::Terminal,
                        "docker compose up follows the logs until somebody presses Ctrl-C. Here use \
                         docker compose up -d, and docker compose logs.",
                    )));
                }
                self.up(&project, services).await
            }
            ComposeAction::Down { volumes } => self.down(&project, *volumes).await,
            ComposeAction::Ps {
                all,
                quiet,
                format,
                services,
            } => {
                let mut containers = self.of_project(self.seen, &project.name);
                for container in &mut containers {
                    rename::typed_container(container, self.step.sandbox.id());
                }
                let options = ComposePs {
                    all: *all,
                    quiet: *quiet,
                    format: format.clone(),
                    only: services.iter().map(ToString::to_string).collect(),
                    ..ComposePs::default()
                };
                self.printed(format::compose_ps(&containers, &options, Timestamp::now()))
            }
            ComposeAction::Logs {
                services,
                follow,
                timestamps,
                tail,
                no_prefix,
            } => {
                let options = LogsOptions {
                    follow: *follow,
                    timestamps: *timestamps,
                    tail: *tail,
                    ..LogsOptions::default()
                };
                self.compose_logs(&project, services, options, *no_prefix)
                    .await
            }
        }
    }

    /// The file, read, and the project's name.
    fn project(&self, compose: &Compose) -> Result<Project, Refusal> {
        let none = || Refusal::usage("no configuration file provided: not found", 1);
        let text = match &compose.file {
            Some(name) => self
                .files
                .get(name.trim_start_matches("./"))
                .ok_or_else(|| {
                    Refusal::usage(format!("open {name}: no such file or directory"), 1)
                })?,
            None => NAMES
                .iter()
                .find_map(|name| self.files.get(*name))
                .ok_or_else(none)?,
        };
        let file = file::read(text)?;
        let name = compose.project.clone().or_else(|| file.name.clone());
        let name = name.unwrap_or_else(|| PROJECT.to_owned());
        let fits = name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b));
        if !fits || Name::parse(&name).is_none() {
            return Err(Refusal::usage(
                format!(
                    "invalid project name \"{name}\": must consist only of lowercase alphanumeric \
                     characters, hyphens, and underscores as well as start with a letter or number"
                ),
                1,
            ));
        }
        Ok(Project { name, file })
    }

    /// A label of Compose's on the project's objects.
    fn label(&self, key: &str, value: &str) -> (String, String) {
        let value = match key {
            "project" => self.step.sandbox.id().real(value),
            _ => value.to_owned(),
        };
        (format!("{LABEL}{key}"), value)
    }

    /// The containers of a project, under their real names.
    fn of_project(&self, seen: &Seen, project: &str) -> Vec<Value> {
        let (key, value) = self.label("project", project);
        let containers = seen.containers.iter();
        let own = containers.filter(|one| one["Labels"][&key] == value.as_str());
        own.cloned().collect()
    }

    fn progress(&self, kind: &str, name: &str, state: &str) -> Result<(), Stop> {
        self.step.stderr(format::progress(kind, name, state))
    }

    async fn look_again(&self) -> Result<Seen, Stop> {
        let look = Seen::look(self.step.sandbox, false, Lists::ALL);
        let seen = self.step.in_time(look).await?;
        seen.map_err(|failed| Stop::from(super::Not::from(failed)))
    }

    /// `docker compose up -d`
    async fn up(&self, project: &Project, only: &[Name]) -> Code {
        let chosen = |service: &&Service| {
            only.is_empty() || only.iter().any(|name| name.as_str() == service.name)
        };
        if let Some(name) = only.iter().find(|name| {
            let mut services = project.file.services.iter();
            !services.any(|service| service.name == name.as_str())
        }) {
            return self.fail(format::Said::new(format!("no such service: {name}"), 1));
        }
        let services: Vec<&Service> = project.file.services.iter().filter(chosen).collect();
        // Everything is permitted before anything is made.
        let planned: Vec<(Run, String)> = services
            .iter()
            .map(|service| self.plan(project, service))
            .collect::<Result<_, Refusal>>()
            .map_err(Stop::Refused)?;
        let used = |shared: &&Shared| {
            services
                .iter()
                .any(|service| service.networks.iter().any(|(key, _)| *key == shared.key))
        };
        for network in project.file.networks.iter().filter(used) {
            if let Some(code) = self.make_shared(project, Sharing::Network, network).await? {
                return Ok(code);
            }
        }
        for volume in &project.file.volumes {
            if let Some(code) = self.make_shared(project, Sharing::Volume, volume).await? {
                return Ok(code);
            }
        }
        let mut to_start = Vec::new();
        for (service, (run, line)) in services.iter().zip(planned) {
            match self.make_service(project, service, run, &line).await? {
                Ok(Some(id)) => to_start.push((container_name(project, service), id)),
                Ok(None) => {}
                Err(code) => return Ok(code),
            }
        }
        for (name, id) in to_start {
            self.progress("Container", &name, "Starting")?;
            self.step.room().await?;
            match self.begin(&id).await {
                Ok(()) => self.progress("Container", &name, "Started")?,
                Err(not) => {
                    let about = super::About {
                        typed: &name,
                        id: id.as_str(),
                        program: "sh",
                        ..super::About::default()
                    };
                    let said = self.said(format::errors::Operation::Start, not, about)?;
                    return self.fail(said);
                }
            }
        }
        Ok(0)
    }

    /// The `docker create` that makes a service's container. The line is read like one that
    /// somebody typed: by the same rules.
    fn plan(&self, project: &Project, service: &Service) -> Result<(Run, String), Refusal> {
        let shared = |all: &[Shared], key: &str| {
            let found = all.iter().find(|shared| shared.key == key);
            found.map(|shared| shared.full_name(&project.name))
        };
        let mut words: Vec<String> = vec!["docker".into(), "create".into(), "--name".into()];
        words.push(container_name(project, service));
        for (at, (network, aliases)) in service.networks.iter().enumerate() {
            // The others are joined afterwards; all names are read here.
            if at == 0 {
                let name = shared(&project.file.networks, network).unwrap_or_default();
                words.extend(["--network".into(), name]);
                words.extend(["--network-alias".into(), service.name.clone()]);
                let aliases = aliases.iter().cloned();
                words.extend(aliases.flat_map(|alias| ["--network-alias".into(), alias]));
            }
        }
        for (source, rest) in &service.volumes {
            let name = shared(&project.file.volumes, source);
            let mount = match (source.is_empty(), name) {
                (true, _) => rest.clone(),
                (false, Some(name)) => format!("{name}:{rest}"),
                (false, None) => format!("{source}:{rest}"),
            };
            words.extend(["-v".into(), mount]);
        }
        words.extend(service.flags.iter().cloned());
        words.push(service.image.clone());
        words.extend(service.command.iter().cloned());
        let line: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        let line = line.join(" ");
        let command = parse(&line)?;
        match command.verb() {
            Verb::Create(run) => Ok((Run::clone(run), line)),
            _ => Err(Refusal::new(Rule::Verb, "a service that is no container")),
        }
    }

    /// Makes a network or a volume, unless it is there. The exit code if it cannot be.
    async fn make_shared(
        &self,
        project: &Project,
        kind: Sharing,
        shared: &Shared,
    ) -> Result<Option<i32>, Stop> {
        let full = shared.full_name(&project.name);
        let seen = self.look_again().await?;
        let is_there = find(kind.things(&seen.snapshot), &full).is_some();
        if shared.external && !is_there {
            return self
                .fail(format::Said::new(kind.missing(&full), 1))
                .map(Some);
        }
        if is_there {
            return Ok(None);
        }
        let name = named(&full).map_err(Stop::Refused)?;
        self.may(kind.create(&name), &seen)?;
        let shown = kind.shown(&full);
        self.progress(kind.word(), &shown, "Creating")?;
        let labels = vec![
            self.label("project", &project.name),
            self.label(kind.key(), &shared.key),
        ];
        match kind {
            Sharing::Network => self.step.new_network(name, labels).await,
            Sharing::Volume => self.step.new_volume(name, labels).await,
        }
        .map_err(Stop::from)?;
        self.progress(kind.word(), &shown, "Created")?;
        Ok(None)
    }

    /// Whether the sandbox permits a part of the whole.
    fn may(&self, command: Command, seen: &Seen) -> Result<Permitted, Stop> {
        permit(&command, &seen.snapshot).map_err(Stop::Refused)
    }

    /// Makes a service's container, unless one of the same making is there: the one that
    /// is to be started, `None` when it runs already, or the exit code if it cannot be made.
    async fn make_service(
        &self,
        project: &Project,
        service: &Service,
        mut run: Run,
        line: &str,
    ) -> Result<Result<Option<FullId>, i32>, Stop> {
        let name = container_name(project, service);
        // The line knows the first network only.
        let asked = format!("{line} {:?}", service.networks);
        let hash = super::super::names::hex(&Sha256::digest(asked.as_bytes()));
        let mut seen = self.look_again().await?;
        if let Some(old) = seen
            .snapshot
            .containers
            .iter()
            .find(|one| one.typed == name)
            .cloned()
        {
            let labels = seen.container(&old.id).map(|one| &one["Labels"]);
            let same = labels.is_some_and(|labels| labels[format!("{LABEL}config-hash")] == hash);
            match (same, old.running) {
                (true, true) => {
                    self.progress("Container", &name, "Running")?;
                    return Ok(Ok(None));
                }
                (true, false) => return Ok(Ok(Some(old.id))),
                (false, _) => {
                    self.progress("Container", &name, "Recreate")?;
                    self.remove_one(&old.id).await?;
                    seen = self.look_again().await?;
                }
            }
        } else {
            self.progress("Container", &name, "Creating")?;
        }
        run.labels.extend([
            self.label("project", &project.name),
            self.label("service", &service.name),
            self.label("container-number", "1"),
            self.label("oneoff", "False"),
            self.label("config-hash", &hash),
        ]);
        let permitted = self.may(Command::new(Verb::Create(Box::new(run)), line), &seen)?;
        let part = Carry {
            step: self.step,
            permitted: &permitted,
            seen: &seen,
            files: self.files,
        };
        let id = match part.made().await? {
            Ok(id) => id,
            Err(code) => return Ok(Err(code)),
        };
        for (network, aliases) in service.networks.iter().skip(1) {
            self.join(project, service, &id, (network, aliases), &seen)
                .await?;
        }
        self.progress("Container", &name, "Created")?;
        Ok(Ok(Some(id)))
    }

    /// Joins a service's container to one more network.
    async fn join(
        &self,
        project: &Project,
        service: &Service,
        container: &FullId,
        (network, aliases): (&str, &[String]),
        seen: &Seen,
    ) -> Result<(), Stop> {
        let shared = project.file.networks.iter().find(|one| one.key == network);
        let full = shared.map(|shared| shared.full_name(&project.name));
        let full = full.unwrap_or_default();
        let mut networks = seen.snapshot.networks.iter();
        let Some(found) = networks.find(|network| network.typed == full) else {
            return Ok(());
        };
        let own = container_name(project, service);
        let all = [own.as_str(), service.name.as_str()].into_iter();
        let all = all.chain(aliases.iter().map(String::as_str));
        let aliases: Vec<Name> = all
            .map(named)
            .collect::<Result<_, Refusal>>()
            .map_err(Stop::Refused)?;
        let change = Change::Connect {
            network: found.id.clone(),
            container: container.clone(),
            aliases,
        };
        self.step.apply(change).await.map_err(Stop::from)?;
        Ok(())
    }

    async fn remove_one(&self, id: &FullId) -> Result<(), Stop> {
        let removal = Change::RemoveContainer {
            id: id.clone(),
            force: true,
            volumes: false,
        };
        self.step.apply(removal).await.map_err(Stop::from)?;
        for volume in self.seen.anonymous_volumes(id) {
            let _used_elsewhere = self.step.apply(Change::RemoveVolume(volume)).await;
        }
        Ok(())
    }

    /// `docker compose down`
    async fn down(&self, project: &Project, volumes: bool) -> Code {
        let id = self.step.sandbox.id();
        let own = self.of_project(self.seen, &project.name);
        let containers: Vec<(&str, FullId)> = own
            .iter()
            .rev()
            .filter_map(|one| {
                let full = FullId::parse(one["Id"].as_str()?)?;
                Some((id.typed(one["Names"][0].as_str()?)?, full))
            })
            .collect();
        let left = [
            (Sharing::Volume, &project.file.volumes),
            (Sharing::Network, &project.file.networks),
        ]
        .into_iter()
        .filter(|(kind, _)| volumes || *kind != Sharing::Volume)
        .flat_map(|(kind, all)| all.iter().map(move |one| (kind, one)))
        .filter(|(_, shared)| !shared.external)
        .filter_map(|(kind, shared)| {
            let name = shared.full_name(&project.name);
            let id = find(kind.things(&self.seen.snapshot), &name)?;
            Some((kind, name, id))
        })
        .collect::<Vec<_>>();
        if containers.is_empty() && left.is_empty() {
            self.step.stderr(format!(
                "Warning: No resource found to remove for project {:?}.\n",
                project.name
            ))?;
        }
        for (name, _) in &containers {
            self.progress("Container", name, "Stopping")?;
        }
        // All at once: one that does not hear SIGTERM takes ten seconds.
        let stops = containers.iter().map(|(name, id)| async move {
            let (id, seconds) = (id.clone(), None);
            let stopped = self.step.apply(Change::Stop { id, seconds }).await;
            stopped.map_err(Stop::from)?;
            self.progress("Container", name, "Stopped")
        });
        let stopped = join_all(stops).await;
        stopped.into_iter().collect::<Result<(), Stop>>()?;
        for (name, id) in &containers {
            self.progress("Container", name, "Removing")?;
            self.remove_one(id).await?;
            self.progress("Container", name, "Removed")?;
        }
        for (kind, name, id) in left {
            let shown = kind.shown(&name);
            self.progress(kind.word(), &shown, "Removing")?;
            let state = match self.step.apply(kind.remove(id)).await {
                Ok(_) => "Removed",
                Err(super::Not::Said { .. }) => "Resource is still in use",
                Err(super::Not::Stop(stop)) => return Err(stop),
            };
            self.progress(kind.word(), &shown, state)?;
        }
        Ok(0)
    }
}

fn container_name(project: &Project, service: &Service) -> String {
    format!("{}-{}-1", project.name, service.name)
}

fn named(name: &str) -> Result<Name, Refusal> {
    Name::parse(name).ok_or_else(|| Refusal::new(Rule::Text, format!("{name:?} is no name")))
}

/// A word as one would type it.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-./:=,@+%".contains(&b);
    match !word.is_empty() && word.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
