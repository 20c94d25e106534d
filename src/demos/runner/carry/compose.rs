//! `docker compose`: a project as the typed commands that it comes to, each decided like
//! one that a person typed.

use super::super::seen::Seen;
use super::super::step::{Not, Stop};
use super::super::told::{Finished, Outcome, Teller};
use super::{Carry, Code};
use crate::demos::command::verbs::{Compose, ComposeAction};
use crate::demos::command::{Command, parse};
use crate::demos::compose::file::{DEFAULT_NAMES, File};
use crate::demos::compose::plan::{self, Labels, Made, Planned, Project};
use crate::demos::format::{ComposePs, compose_ps, log_line, progress};
use crate::demos::refusal::{Refusal, Rule};
use crate::demos::sandbox::permit;
use crate::engine::hands::{Change, FullId, LogsOptions, StdStream};
use crate::engine::owned::Name;
use crate::engine::rename;
use futures_util::StreamExt;
use futures_util::future::join_all;
use jiff::Timestamp;
use serde_json::Value;
use std::pin::Pin;

/// What a project is called whose file and command line give it no name: docker compose
/// takes the folder's, and a sandbox has none.
const FOLDER: &str = "demo";

/// How a container of the file stands to the one that is there.
enum There {
    /// There is none.
    No,
    /// It is the one that the file asks for.
    Same { running: bool },
    /// The file asks for another one by now.
    Differs(FullId),
}

impl Carry<'_> {
    /// `docker compose …`
    pub(super) async fn compose(&self, compose: &Compose) -> Code {
        match &compose.action {
            ComposeAction::Up { detach, services } => self.up(compose, *detach, services).await,
            ComposeAction::Down { volumes } => self.down(compose, *volumes).await,
            ComposeAction::Ps {
                all,
                quiet,
                format,
                services,
            } => {
                let project = self.project(compose)?;
                let mut containers = self.of_project(&self.seen.containers, &project);
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
                self.printed(compose_ps(&containers, &options, Timestamp::now()))
            }
            ComposeAction::Logs {
                services,
                follow,
                timestamps,
                tail,
                no_prefix,
            } => {
                if *follow {
                    return refuse(
                        Rule::Flag,
                        "docker compose logs prints what was said so far, without -f: a step has \
                         to come to an end. docker logs -f follows one container.",
                    );
                }
                let project = self.project(compose)?;
                let shown = Shown {
                    services,
                    timestamps: *timestamps,
                    tail: *tail,
                    prefix: !no_prefix,
                };
                self.project_logs(&project, &shown).await
            }
        }
    }

    /// The file that the command means, with its name; `None` where there is none.
    fn file(&self, compose: &Compose) -> Result<Option<(&str, File)>, Stop> {
        let files = &self.step.files;
        let found = match &compose.file {
            Some(name) => match files.get_key_value(name) {
                Some(found) => Some(found),
                None => {
                    let words = format!("open {name}: no such file or directory");
                    return Err(Stop::Refused(Refusal::usage(words, 1)));
                }
            },
            None => DEFAULT_NAMES
                .iter()
                .find_map(|name| files.get_key_value(*name)),
        };
        let Some((name, text)) = found else {
            return Ok(None);
        };
        let file = File::parse(name, text).map_err(Stop::Refused)?;
        Ok(Some((name, file)))
    }

    /// The file, which has to be there.
    fn needed_file(&self, compose: &Compose) -> Result<(&str, File), Stop> {
        self.file(compose)?.ok_or_else(|| {
            let words = "no configuration file provided: not found";
            Stop::Refused(Refusal::usage(words, 1))
        })
    }

    /// The name of the project that is meant.
    fn project(&self, compose: &Compose) -> Result<String, Stop> {
        let file = match &compose.project {
            // Then the file is not read, as long as it is not asked for.
            Some(_) if compose.file.is_none() => None,
            _ => Some(self.needed_file(compose)?.1),
        };
        let named = file.as_ref().and_then(|file| file.name.as_deref());
        plan::project_name(compose.project.as_deref(), named, FOLDER).map_err(Stop::Refused)
    }

    /// Those of the sandbox's objects that belong to the project.
    fn of_project(&self, things: &[Value], project: &str) -> Vec<Value> {
        let real = self.step.sandbox.id().real(project);
        let belongs = |thing: &&Value| thing["Labels"][plan::PROJECT] == real.as_str();
        things.iter().filter(belongs).cloned().collect()
    }

    /// `docker compose up -d`
    async fn up(&self, compose: &Compose, detach: bool, services: &[Name]) -> Code {
        if !detach {
            return refuse(
                Rule::Terminal,
                "docker compose up without -d stays until it is stopped, and a step has to come \
                 to an end. Use docker compose up -d, and docker compose logs.",
            );
        }
        let (called, file) = self.needed_file(compose)?;
        let name = plan::project_name(compose.project.as_deref(), file.name.as_deref(), FOLDER);
        let name = name.map_err(Stop::Refused)?;
        let mut project = Project::plan(&file, called, &name).map_err(Stop::Refused)?;
        if !services.is_empty() {
            for service in services {
                if !file.services.contains_key(service.as_str()) {
                    self.step.stderr(format!("no such service: {service}\n"))?;
                    return Ok(1);
                }
            }
            let asked = |one: &Planned| services.iter().any(|name| name.as_str() == one.service);
            project.containers.retain(asked);
        }
        let snapshot = &self.seen.snapshot;
        let has_network = |name: &str| snapshot.networks.iter().any(|one| one.typed == name);
        let has_volume = |name: &str| snapshot.volumes.iter().any(|one| one.typed == name);
        for needed in &project.external {
            let is_there = match needed.kind {
                "network" => has_network(&needed.name),
                _ => has_volume(&needed.name),
            };
            if !is_there {
                self.step.stderr(format!("{}\n", needed.missing))?;
                return Ok(1);
            }
        }
        project.networks.retain(|one| !has_network(&one.name));
        project.volumes.retain(|one| !has_volume(&one.name));
        self.decide_all(&project)?;
        self.make_all(&project).await
    }

    /// Decides on the whole project before anything of it is made.
    fn decide_all(&self, project: &Project) -> Result<(), Stop> {
        let snapshot = &self.seen.snapshot;
        let new = |one: &&Planned| !snapshot.containers.iter().any(|c| c.typed == one.name);
        let limits = &snapshot.limits;
        for (kind, there, more, most) in [
            (
                "containers",
                snapshot.containers.len(),
                project.containers.iter().filter(new).count(),
                limits.containers,
            ),
            (
                "networks",
                snapshot
                    .networks
                    .iter()
                    .filter(|one| one.typed != "bridge")
                    .count(),
                project.networks.len(),
                limits.networks,
            ),
            (
                "volumes",
                snapshot.volumes.len(),
                project.volumes.len(),
                limits.volumes,
            ),
        ] {
            if more > 0 && there + more > most {
                return Err(Stop::Refused(Refusal::new(
                    Rule::Quota,
                    format!(
                        "A sandbox has room for {most} {kind}; there are {there}, and this project \
                         asks for {more} more. Remove some first, or reset the sandbox."
                    ),
                )));
            }
        }
        let made = project.networks.iter().chain(&project.volumes);
        let commands = made
            .map(|one| &one.command)
            .chain(project.containers.iter().filter(new).map(|one| &one.create));
        for words in commands {
            permit(&typed(words)?, snapshot).map_err(Stop::Refused)?;
        }
        Ok(())
    }

    async fn make_all(&self, project: &Project) -> Code {
        for (kind, all) in [("Network", &project.networks), ("Volume", &project.volumes)] {
            for Made {
                name,
                command,
                labels,
            } in all
            {
                let shown = match kind {
                    "Volume" => format!("{name:?}"),
                    _ => name.clone(),
                };
                self.tell(kind, &shown, "Creating")?;
                if let Some(code) = self.failed(command, labels).await? {
                    return Ok(code);
                }
                self.tell(kind, &shown, "Created")?;
            }
        }
        let mut to_start = Vec::new();
        for planned in &project.containers {
            let name = &planned.name;
            let (doing, done) = match self.there(planned) {
                There::Same { running: true } => {
                    self.tell("Container", name, "Running")?;
                    continue;
                }
                There::Same { running: false } => {
                    to_start.push(name);
                    continue;
                }
                There::No => ("Creating", "Created"),
                There::Differs(old) => {
                    self.tell("Container", name, "Recreate")?;
                    self.remove_old(&old).await?;
                    ("", "Recreated")
                }
            };
            if !doing.is_empty() {
                self.tell("Container", name, doing)?;
            }
            let commands = [&planned.create].into_iter().chain(&planned.connect);
            for command in commands {
                if let Some(code) = self.failed(command, &planned.labels).await? {
                    return Ok(code);
                }
            }
            self.tell("Container", name, done)?;
            to_start.push(name);
        }
        for name in to_start {
            self.tell("Container", name, "Starting")?;
            let start = ["docker", "start", name].map(str::to_owned);
            if let Some(code) = self.failed(&start, &Labels::new()).await? {
                return Ok(code);
            }
            self.tell("Container", name, "Started")?;
        }
        Ok(0)
    }

    /// What is there of a container.
    fn there(&self, planned: &Planned) -> There {
        let containers = &self.seen.snapshot.containers;
        let Some(thing) = containers.iter().find(|one| one.typed == planned.name) else {
            return There::No;
        };
        let line = self.seen.container(&thing.id);
        let hash = line.and_then(|line| line["Labels"][plan::HASH].as_str());
        match hash == Some(planned.hash.as_str()) {
            true => There::Same {
                running: thing.running,
            },
            false => There::Differs(thing.id.clone()),
        }
    }

    async fn remove_old(&self, id: &FullId) -> Result<(), Stop> {
        let stop = Change::Stop {
            id: id.clone(),
            seconds: None,
        };
        // One that does not run is removed all the same.
        if let Err(Not::Stop(stop)) = self.step.apply(stop).await {
            return Err(stop);
        }
        let remove = Change::RemoveContainer {
            id: id.clone(),
            force: true,
            volumes: true,
        };
        self.step.apply(remove).await.map_err(Stop::from)?;
        Ok(())
    }

    /// `docker compose down`
    async fn down(&self, compose: &Compose, volumes: bool) -> Code {
        let project = self.project(compose)?;
        let id = self.step.sandbox.id();
        let named = |things: Vec<Value>, id_field: &str| -> Vec<(String, FullId)> {
            let one = |thing: &Value| {
                let real = thing["Names"][0].as_str().or(thing["Name"].as_str())?;
                Some((
                    id.typed(real)?.to_owned(),
                    FullId::parse(thing[id_field].as_str()?)?,
                ))
            };
            let mut all: Vec<_> = things.iter().filter_map(one).collect();
            all.sort();
            all
        };
        let containers = named(self.of_project(&self.seen.containers, &project), "Id");
        let networks = named(self.of_project(&self.seen.networks, &project), "Id");
        let made_volumes = match volumes {
            true => named(self.of_project(&self.seen.volumes, &project), "Name"),
            false => Vec::new(),
        };
        if containers.is_empty() && networks.is_empty() && made_volumes.is_empty() {
            let words = format!("Warning: No resource found to remove for project {project:?}.\n");
            self.step.stderr(words)?;
            return Ok(0);
        }
        for (name, _) in &containers {
            self.tell("Container", name, "Stopping")?;
        }
        // All at once, as docker compose does: one without an init takes its full time.
        let stops = containers.iter().map(|(_, id)| {
            let id = id.clone();
            self.step.apply(Change::Stop { id, seconds: None })
        });
        for (stopped, (name, _)) in join_all(stops).await.into_iter().zip(&containers) {
            if let Err(Not::Stop(stop)) = stopped {
                return Err(stop);
            }
            self.tell("Container", name, "Stopped")?;
        }
        for (name, id) in &containers {
            self.tell("Container", name, "Removing")?;
            let remove = Change::RemoveContainer {
                id: id.clone(),
                force: true,
                volumes: true,
            };
            self.step.apply(remove).await.map_err(Stop::from)?;
            self.tell("Container", name, "Removed")?;
        }
        for (name, id) in networks {
            self.tell("Network", &name, "Removing")?;
            match self.step.apply(Change::RemoveNetwork(id)).await {
                Ok(_) => self.tell("Network", &name, "Removed")?,
                Err(Not::Said { .. }) => {
                    self.tell("Network", &name, "Resource is still in use")?;
                }
                Err(Not::Stop(stop)) => return Err(stop),
            }
        }
        for (name, id) in made_volumes {
            self.tell("Volume", &name, "Removing")?;
            match self.step.apply(Change::RemoveVolume(id)).await {
                Ok(_) => self.tell("Volume", &name, "Removed")?,
                Err(Not::Said { .. }) => self.tell("Volume", &name, "Resource is still in use")?,
                Err(Not::Stop(stop)) => return Err(stop),
            }
        }
        Ok(0)
    }

    /// `docker compose logs`: all lines of the project in the order in which they were
    /// said, each with the name of its container in front.
    async fn project_logs(&self, project: &str, shown: &Shown<'_>) -> Code {
        let id = self.step.sandbox.id();
        let mut lines: Vec<(String, usize, StdStream, String)> = Vec::new();
        let mut names = Vec::new();
        for container in self.of_project(&self.seen.containers, project) {
            let service = container["Labels"][plan::SERVICE].as_str();
            let service = service.unwrap_or_default();
            let wanted = shown.services.is_empty()
                || shown.services.iter().any(|one| one.as_str() == service);
            let name = container["Names"][0]
                .as_str()
                .and_then(|name| id.typed(name));
            let full = container["Id"].as_str().and_then(FullId::parse);
            let (true, Some(name), Some(full)) = (wanted, name, full) else {
                continue;
            };
            let short = name.strip_prefix(&format!("{project}-")).unwrap_or(name);
            names.push(short.to_owned());
            for (stream, line) in self.log(&full, shown.tail).await? {
                let (time, text) = line.split_once(' ').unwrap_or((&line, ""));
                let text = match shown.timestamps {
                    true => line.clone(),
                    false => text.to_owned(),
                };
                lines.push((time.to_owned(), names.len() - 1, stream, text));
            }
        }
        lines.sort_by(|a, b| a.0.cmp(&b.0));
        let width = names.iter().map(String::len).max().unwrap_or(0);
        for (_, at, stream, text) in lines {
            let line = match shown.prefix {
                true => log_line(&names[at], width, &text),
                false => format!("{text}\n"),
            };
            self.step.out(stream, line.into())?;
        }
        Ok(0)
    }

    /// What a container said, line by line, each with its time in front.
    async fn log(&self, id: &FullId, tail: Option<u64>) -> Result<Vec<(StdStream, String)>, Stop> {
        let options = LogsOptions {
            timestamps: true,
            tail,
            ..LogsOptions::default()
        };
        let frames = self
            .step
            .in_time(self.step.hands().logs(id, options))
            .await?;
        let mut frames = frames.map_err(|failed| Stop::from(Not::from(failed)))?;
        let (mut out, mut err, mut size) = (Vec::new(), Vec::new(), 0);
        while let Some(frame) = self.step.in_time(frames.next()).await? {
            let frame = frame.map_err(|failed| Stop::from(Not::from(failed)))?;
            size += frame.bytes.len();
            if size > self.seen.snapshot.limits.output {
                // More than the step may print in all: what it prints is cut there.
                break;
            }
            match frame.stream {
                StdStream::Out => out.extend_from_slice(&frame.bytes),
                StdStream::Err => err.extend_from_slice(&frame.bytes),
            }
        }
        let lines = |bytes: &[u8], stream: StdStream| -> Vec<(StdStream, String)> {
            let text = String::from_utf8_lossy(bytes);
            text.lines().map(|line| (stream, line.to_owned())).collect()
        };
        let mut all = lines(&out, StdStream::Out);
        all.extend(lines(&err, StdStream::Err));
        Ok(all)
    }

    fn tell(&self, kind: &str, name: &str, state: &str) -> Result<(), Stop> {
        self.step.stderr(progress(kind, name, state))
    }

    /// Carries out one command of the project, in silence. What docker would say against
    /// it is said, and its exit code given.
    ///
    /// A box, since it carries out commands as what calls it does.
    fn failed<'b>(
        &'b self,
        words: &'b [String],
        labels: &'b Labels,
    ) -> Pin<Box<dyn Future<Output = Result<Option<i32>, Stop>> + Send + 'b>> {
        Box::pin(async move {
            let command = typed(words)?;
            let seen = self
                .step
                .in_time(Seen::look(self.step.sandbox, false))
                .await?;
            let seen = seen.map_err(|failed| Stop::from(Not::from(failed)))?;
            let labels = labels
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone()));
            let permitted = permit(&command, &seen.snapshot)
                .map_err(Stop::Refused)?
                .labelled(labels);
            let teller = Teller::new();
            let heard = teller.listen();
            let step = self.step.aside(&teller);
            let carry = Carry {
                step: &step,
                permitted: &permitted,
                seen: &seen,
            };
            let code = carry.out().await?;
            teller.end(Outcome::Done { code });
            let finished: Finished = heard.finished().await;
            if code == 0 {
                return Ok(None);
            }
            self.step.stderr(finished.stderr())?;
            // Whatever goes wrong with a command of its own, compose ends with 1.
            Ok(Some(1))
        })
    }
}

/// What of the logs is shown.
struct Shown<'a> {
    services: &'a [Name],
    timestamps: bool,
    tail: Option<u64>,
    prefix: bool,
}

/// The command that these words are.
fn typed(words: &[String]) -> Result<Command, Stop> {
    let line = shlex::try_join(words.iter().map(String::as_str)).map_err(|_| {
        let words = "a word of the compose file holds a zero byte";
        Stop::Refused(Refusal::new(Rule::Text, words))
    })?;
    parse(&line).map_err(Stop::Refused)
}

fn refuse(rule: Rule, why: &str) -> Code {
    Err(Stop::Refused(Refusal::new(rule, why)))
}
