//! From words to a verb: which one it is, and what was given to it.

use super::flags::{Fault, Given, Walked, walk};
use super::read_compose;
use super::table::{self, FlagDoc, GLOBAL, GROUPS, Is, REFUSED, VerbDoc};
use super::values::{self, no};
use super::verbs::*;
use super::{Filter, When, help};
use crate::demos::janitor::Kind;
use crate::demos::refusal::{Refusal, Rule};
use crate::engine::hands::{PsArgs, Signal};

/// Reads the words of a line.
pub(super) fn verb(words: &[String]) -> Result<Verb, Refusal> {
    let Some((first, words)) = words.split_first() else {
        return Err(no(Rule::Verb, "Type a docker command, such as docker ps."));
    };
    if first != "docker" {
        return Err(no(Rule::Verb, not_docker(first)));
    }
    let globals: Vec<&FlagDoc> = GLOBAL.iter().collect();
    let Walked { rest, help, .. } = walk(words, &globals, true).map_err(|fault| match fault {
        Fault::Refused(refusal) => refusal,
        Fault::Usage(what) => Refusal::usage(
            format!(
                "{what}\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]\n\nRun 'docker --help' for more information"
            ),
            125,
        ),
    })?;
    let (first, rest) = match rest.split_first() {
        Some((first, rest)) if !help => (first.as_str(), rest),
        _ => return Ok(Verb::Help(help::of_docker())),
    };
    if first == "help" {
        return helped(rest);
    }
    if first == "compose" {
        return read_compose::compose(rest);
    }
    if !GROUPS.iter().any(|(group, _)| *group == first) {
        return named(first, rest, &|| {
            format!(
                "docker: unknown command: docker {first}\n\nRun 'docker --help' for more information"
            )
        });
    }
    let Some((second, rest)) = rest.split_first().filter(|(second, _)| !is_help(second)) else {
        return Ok(Verb::Help(help::of_group(first)));
    };
    named(&format!("{first} {second}"), rest, &|| {
        format!(
            "docker: unknown command: docker {first} {second}\n\nUsage:  docker {first}\n\nRun 'docker {first} --help' for more information"
        )
    })
}

fn is_help(word: &str) -> bool {
    matches!(word, "--help" | "-h")
}

fn not_docker(first: &str) -> String {
    match first {
        "docker-compose" => "Write docker compose, in two words.".into(),
        "sudo" | "podman" | "nerdctl" => {
            format!("Leave out {first}: here is a docker prompt, and it begins with docker.")
        }
        _ => format!(
            "{first:?} is not docker: this runs docker commands and nothing else. Another program runs in a container: docker exec NAME COMMAND."
        ),
    }
}

/// `docker help volume ls`
fn helped(words: &[String]) -> Result<Verb, Refusal> {
    let words = words.join(" ");
    let text = match table::find(&words) {
        Some((verb, path)) => help::of_verb(verb, path),
        None if GROUPS.iter().any(|(group, _)| *group == words) => help::of_group(&words),
        None => help::of_docker(),
    };
    Ok(Verb::Help(text))
}

/// The verb that `spelled` is, or why there is none.
pub(super) fn named(
    spelled: &str,
    rest: &[String],
    unknown: &dyn Fn() -> String,
) -> Result<Verb, Refusal> {
    if let Some((verb, path)) = table::find(spelled) {
        return given(verb, path, rest);
    }
    match REFUSED
        .iter()
        .find(|refused| refused.words.contains(&spelled))
    {
        Some(refused) => Err(no(
            Rule::Verb,
            format!("docker {spelled} is not supported. {}", refused.why),
        )),
        None => Err(Refusal::usage(unknown(), 1)),
    }
}

fn given(verb: &'static VerbDoc, path: &'static str, rest: &[String]) -> Result<Verb, Refusal> {
    let given = Given::read(verb, path, rest)?;
    match given.help {
        true => Ok(Verb::Help(help::of_verb(verb, path))),
        false => given.verb(),
    }
}

impl Given {
    fn verb(&self) -> Result<Verb, Refusal> {
        let arguments = &self.arguments;
        Ok(match self.verb.is {
            Is::Run => Verb::Run(Box::new(self.run()?)),
            Is::Create => Verb::Create(Box::new(self.run()?)),
            Is::Start => Verb::Start(Start {
                containers: values::typed_all(arguments)?,
                attach: self.switch("attach")?,
                interactive: self.switch("interactive")?,
            }),
            Is::Stop => Verb::Stop(self.stop()?),
            Is::Restart => Verb::Restart(self.stop()?),
            Is::Pause => Verb::Pause(values::typed_all(arguments)?),
            Is::Unpause => Verb::Unpause(values::typed_all(arguments)?),
            Is::Kill => Verb::Kill(Kill {
                containers: values::typed_all(arguments)?,
                signal: self.signal()?,
            }),
            Is::Wait => Verb::Wait(values::typed_all(arguments)?),
            Is::Rm => Verb::Rm(Rm {
                containers: values::typed_all(arguments)?,
                force: self.switch("force")?,
                volumes: self.switch("volumes")?,
            }),
            Is::Ps => Verb::Ps(Ps {
                all: self.switch("all")?,
                quiet: self.switch("quiet")?,
                size: self.switch("size")?,
                no_trunc: self.switch("no-trunc")?,
                latest: self.switch("latest")?,
                last: self.read_with("last", values::integer)?,
                filters: self.filters()?,
                format: self.format(),
            }),
            Is::Logs => Verb::Logs(Logs {
                container: values::typed(&arguments[0])?,
                follow: self.switch("follow")?,
                timestamps: self.switch("timestamps")?,
                tail: self.tail()?,
                since: self.when("since")?,
                until: self.when("until")?,
            }),
            Is::Exec => Verb::Exec(Exec {
                container: values::typed(&arguments[0])?,
                command: arguments[1..].to_vec(),
                env: self.env()?,
                workdir: self.text("workdir").map(values::workdir).transpose()?,
                detach: self.switch("detach")?,
                interactive: self.switch("interactive")?,
                tty: self.switch("tty")?,
            }),
            Is::Diff => Verb::Diff(values::typed(&arguments[0])?),
            Is::Commit => Verb::Commit(Commit {
                container: values::typed(&arguments[0])?,
                name: arguments
                    .get(1)
                    .map(|name| values::image_name(name))
                    .transpose()?,
                author: self.text("author").map(str::to_owned),
                message: self.text("message").map(str::to_owned),
                pause: self.switch_or("pause", true)?,
            }),
            Is::Inspect => self.inspect(None)?,
            Is::ContainerInspect => self.inspect(Some(Kind::Container))?,
            Is::ImageInspect => self.inspect(Some(Kind::Image))?,
            Is::VolumeInspect => self.inspect(Some(Kind::Volume))?,
            Is::NetworkInspect => self.inspect(Some(Kind::Network))?,
            Is::Top => Verb::Top(Top {
                container: values::typed(&arguments[0])?,
                args: ps_args(&arguments[1..])?,
            }),
            Is::Stats => Verb::Stats(Stats {
                containers: values::typed_all(arguments)?,
                all: self.switch("all")?,
                no_stream: self.switch("no-stream")?,
                no_trunc: self.switch("no-trunc")?,
                format: self.format(),
            }),
            Is::Images => Verb::Images(Images {
                repository: arguments.first().map(|text| repository(text)).transpose()?,
                all: self.switch("all")?,
                quiet: self.switch("quiet")?,
                no_trunc: self.switch("no-trunc")?,
                digests: self.switch("digests")?,
                filters: self.filters()?,
                format: self.format(),
            }),
            Is::History => Verb::History(History {
                image: values::typed_image(&arguments[0])?,
                quiet: self.switch("quiet")?,
                no_trunc: self.switch("no-trunc")?,
                human: self.switch_or("human", true)?,
                format: self.format(),
            }),
            Is::ImageRm => {
                self.switch("no-prune")?;
                Verb::ImageRm(ImageRm {
                    images: values::typed_images(arguments)?,
                    force: self.switch("force")?,
                })
            }
            Is::Events => Verb::Events(Events {
                since: self.when("since")?,
                until: self.when("until")?,
                filters: self.filters()?,
                format: self.format(),
            }),
            Is::VolumeCreate => self.volume_create()?,
            Is::VolumeLs => Verb::VolumeLs(self.list()?),
            Is::VolumeRm => Verb::VolumeRm(self.remove()?),
            Is::NetworkCreate => self.network_create()?,
            Is::NetworkLs => Verb::NetworkLs(self.list()?),
            Is::Connect => Verb::Connect(Connect {
                network: values::typed(&arguments[0])?,
                container: values::typed(&arguments[1])?,
                aliases: self.aliases("alias")?,
            }),
            Is::Disconnect => Verb::Disconnect(Disconnect {
                network: values::typed(&arguments[0])?,
                container: values::typed(&arguments[1])?,
            }),
            Is::NetworkRm => Verb::NetworkRm(self.remove()?),
            Is::Info => Verb::Info(self.format()),
            Is::Version => Verb::Version(self.format()),
            Is::SystemDf => Verb::SystemDf(SystemDf {
                verbose: self.switch("verbose")?,
                format: self.format(),
            }),
            Is::ComposeUp | Is::ComposeDown | Is::ComposePs | Is::ComposeLogs => self.compose()?,
        })
    }

    pub(super) fn format(&self) -> Option<String> {
        self.text("format").map(str::to_owned)
    }

    fn filters(&self) -> Result<Vec<Filter>, Refusal> {
        self.all("filter")
            .map(|(flag, value)| {
                values::filter(value).map_err(|why| self.invalid(flag, value, &why))
            })
            .collect()
    }

    pub(super) fn tail(&self) -> Result<Option<u64>, Refusal> {
        Ok(self.text("tail").map(values::tail).transpose()?.flatten())
    }

    fn when(&self, long: &'static str) -> Result<Option<When>, Refusal> {
        self.text(long)
            .map(|text| values::when(long, text))
            .transpose()
    }

    pub(super) fn env(&self) -> Result<Vec<String>, Refusal> {
        self.all("env")
            .map(|(_, value)| values::env(value))
            .collect()
    }

    pub(super) fn labels(&self) -> Result<Vec<(String, String)>, Refusal> {
        self.all("label")
            .map(|(_, value)| values::label(value))
            .collect()
    }

    pub(super) fn aliases(
        &self,
        long: &'static str,
    ) -> Result<Vec<crate::engine::owned::Name>, Refusal> {
        self.all(long)
            .map(|(_, value)| values::alias(value))
            .collect()
    }

    fn stop(&self) -> Result<Stop, Refusal> {
        let seconds = self.read_with("timeout", values::integer)?;
        let seconds = seconds.map(|seconds| {
            u32::try_from(seconds).map_err(|_| {
                no(
                    Rule::Resource,
                    format!("-t {seconds}: a sandbox waits no longer than a step takes."),
                )
            })
        });
        Ok(Stop {
            containers: values::typed_all(&self.arguments)?,
            seconds: seconds.transpose()?,
        })
    }

    fn signal(&self) -> Result<Signal, Refusal> {
        let Some(text) = self.text("signal") else {
            return Ok(Signal::KILL);
        };
        Signal::parse(text).ok_or_else(|| {
            Refusal::usage(
                format!("Error response from daemon: Invalid signal: {text}"),
                1,
            )
        })
    }

    fn inspect(&self, kind: Option<Kind>) -> Result<Verb, Refusal> {
        let of_kind = kind.is_some();
        let kind = match (kind, self.text("type")) {
            (None, Some(text)) => Some(kind_of(text)?),
            (kind, _) => kind,
        };
        Ok(Verb::Inspect(Inspect {
            kind,
            of_kind,
            names: values::typed_images(&self.arguments)?,
            format: self.format(),
            size: self.switch("size")?,
        }))
    }

    fn list(&self) -> Result<List, Refusal> {
        Ok(List {
            quiet: self.switch("quiet")?,
            no_trunc: self.switch("no-trunc")?,
            filters: self.filters()?,
            format: self.format(),
        })
    }

    fn remove(&self) -> Result<Remove, Refusal> {
        Ok(Remove {
            names: values::typed_all(&self.arguments)?,
            force: self.switch("force")?,
        })
    }

    fn volume_create(&self) -> Result<Verb, Refusal> {
        if let Some(driver) = self.text("driver").filter(|driver| *driver != "local") {
            return Err(no(
                Rule::Mount,
                format!("--driver {driver}: volumes of a sandbox are local ones."),
            ));
        }
        let name = self.arguments.first();
        Ok(Verb::VolumeCreate(VolumeCreate {
            name: name.map(|name| values::name("volume", name)).transpose()?,
            labels: self.labels()?,
        }))
    }

    fn network_create(&self) -> Result<Verb, Refusal> {
        self.switch("internal")?;
        if let Some(driver) = self.text("driver").filter(|driver| *driver != "bridge") {
            return Err(no(
                Rule::Network,
                format!(
                    "--driver {driver}: networks of a sandbox are bridges; the others reach the host's own network."
                ),
            ));
        }
        let name = &self.arguments[0];
        if matches!(name.as_str(), "bridge" | "host" | "none" | "default") {
            return Err(Refusal::usage(
                format!(
                    "Error response from daemon: operation is not permitted on predefined {name} network"
                ),
                1,
            ));
        }
        Ok(Verb::NetworkCreate(NetworkCreate {
            name: values::name("network", name)?,
            labels: self.labels()?,
        }))
    }
}

fn kind_of(text: &str) -> Result<Kind, Refusal> {
    match text {
        "container" => Ok(Kind::Container),
        "image" => Ok(Kind::Image),
        "volume" => Ok(Kind::Volume),
        "network" => Ok(Kind::Network),
        "config" | "node" | "plugin" | "secret" | "service" | "task" => Err(no(
            Rule::Verb,
            format!("--type {text}: a sandbox has containers, images, volumes and networks."),
        )),
        _ => Err(Refusal::usage(
            format!(
                "unknown type: {text:?}: must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\""
            ),
            1,
        )),
    }
}

/// What follows the container in `docker top`.
fn ps_args(words: &[String]) -> Result<PsArgs, Refusal> {
    PsArgs::parse(words).ok_or_else(|| {
        no(
            Rule::Flag,
            format!(
                "docker top takes nothing, -ef, aux, or -eo with pid among these columns: {}.",
                PsArgs::COLUMNS.join(" ")
            ),
        )
    })
}

/// `REPOSITORY[:TAG]`, a pattern.
fn repository(text: &str) -> Result<String, Refusal> {
    let fits = text.len() <= 255
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_.-/:*?".contains(&b));
    match fits && !text.is_empty() {
        true => Ok(text.to_owned()),
        false => Err(no(Rule::Text, format!("{text:?} is no name of an image."))),
    }
}
