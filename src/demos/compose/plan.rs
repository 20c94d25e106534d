//! What a compose file asks for, as docker commands in order.
//!
//! A project is made of the same typed commands that a person could type, so every one
//! of them passes the same decision. Only the labels by which a project is known are
//! added by [`Labels`], since a typed command may not set them.
//!
//! Names are those of compose v2: a container is `PROJECT-SERVICE-1`, a network or
//! volume `PROJECT_KEY`, unless the file gives it a `name`; the project's own network is
//! `PROJECT_default`.

use super::file::{File, Joined, Line, Outer, Service};
use crate::demos::refusal::{Refusal, Rule};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The label with the project's name.
pub const PROJECT: &str = "com.docker.compose.project";
/// The label with the service's name.
pub const SERVICE: &str = "com.docker.compose.service";
/// The label with the number of a service's container, from 1.
pub const NUMBER: &str = "com.docker.compose.container-number";
/// The label with the key of a network.
pub const NETWORK: &str = "com.docker.compose.network";
/// The label with the key of a volume.
pub const VOLUME: &str = "com.docker.compose.volume";
/// The label with the hash of what the file asks for.
pub const HASH: &str = "com.docker.compose.config-hash";
/// The label with the file's name.
pub const FILES: &str = "com.docker.compose.project.config_files";

/// Labels that a project's objects carry.
pub type Labels = Vec<(&'static str, String)>;

/// One project, ready to be compared with what is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its name, as compose normalizes it.
    pub name: String,
    /// What must be there before it: external networks and volumes, by their names.
    pub external: Vec<Needed>,
    /// The networks that it makes, in the order of their keys.
    pub networks: Vec<Made>,
    /// The volumes that it makes, in the order of their keys.
    pub volumes: Vec<Made>,
    /// The containers, in the order of their services.
    pub containers: Vec<Planned>,
}

/// Something that somebody else has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// `network` or `volume`.
    pub kind: &'static str,
    /// Its whole name.
    pub name: String,
    /// What docker compose says when it is not there.
    pub missing: String,
}

/// A network or volume of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its whole name.
    pub name: String,
    /// The words of the command that makes it.
    pub command: Vec<String>,
    /// What it is known by.
    pub labels: Labels,
}

/// A container of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Its name, e.g. `shop-web-1`.
    pub name: String,
    /// Its service.
    pub service: String,
    /// The words of the `docker create` that makes it.
    pub create: Vec<String>,
    /// The words of a `docker network connect` for each further network.
    pub connect: Vec<Vec<String>>,
    /// What it is known by.
    pub labels: Labels,
    /// Changes when the file asks for something else.
    pub hash: String,
}

/// The project's name: the one asked for, the file's own, or that of the folder, as
/// docker compose normalizes it.
///
/// # Errors
/// A name asked for that compose would not take.
pub fn project_name(
    asked: Option<&str>,
    file: Option<&str>,
    folder: &str,
) -> Result<String, Refusal> {
    let fits = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
            && name.len() <= 40
    };
    if let Some(name) = asked.or(file) {
        return match fits(name) {
            true => Ok(name.to_owned()),
            false => Err(refuse(format!(
                "invalid project name {name:?}: must consist only of lowercase alphanumeric \
                 characters, hyphens, and underscores as well as start with a letter or number"
            ))),
        };
    }
    let mut name: String = folder
        .to_lowercase()
        .chars()
        .filter(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(*c))
        .collect();
    name = name
        .trim_start_matches(['_', '-'])
        .chars()
        .take(40)
        .collect();
    Ok(if name.is_empty() { "demo".into() } else { name })
}

fn refuse(message: String) -> Refusal {
    Refusal::new(Rule::Text, message)
}

/// Whole names of networks or volumes, by key.
struct Names<'a> {
    kind: &'static str,
    project: &'a str,
    outer: &'a BTreeMap<String, Option<Outer>>,
}

impl Names<'_> {
    /// The whole name of what a service calls `key`.
    fn whole(&self, key: &str, service: &str) -> Result<String, Refusal> {
        match self.outer.get(key) {
            Some(Some(outer)) => Ok(match &outer.name {
                Some(name) => name.clone(),
                // An external one has no project in front.
                None if outer.external => key.to_owned(),
                None => self.made(key),
            }),
            Some(None) => Ok(self.made(key)),
            None if self.kind == "network" && key == "default" => Ok(self.made(key)),
            None => Err(refuse(format!(
                "service {service:?} refers to undefined {} {key}: invalid compose project",
                self.kind
            ))),
        }
    }

    fn made(&self, key: &str) -> String {
        format!("{}_{key}", self.project)
    }
}

impl Project {
    /// What `file`, called `called`, asks for under the project name `name`.
    ///
    /// # Errors
    /// What in it is refused or does not fit together.
    pub fn plan(file: &File, called: &str, name: &str) -> Result<Project, Refusal> {
        let networks = Names {
            kind: "network",
            project: name,
            outer: &file.networks,
        };
        let volumes = Names {
            kind: "volume",
            project: name,
            outer: &file.volumes,
        };
        let mut used = BTreeSet::new();
        let mut containers = Vec::new();
        for (service, asked) in &file.services {
            let planned = container(service, asked, name, called, &networks, &volumes)?;
            used.extend(keys(asked));
            containers.push(planned);
        }
        let mut external = Vec::new();
        // As compose v2: a network that no service is on is not made.
        let made_networks = outer(&networks, &used, &mut external)?;
        let all: BTreeSet<String> = file.volumes.keys().cloned().collect();
        let made_volumes = outer(&volumes, &all, &mut external)?;
        Ok(Project {
            name: name.to_owned(),
            external,
            networks: made_networks,
            volumes: made_volumes,
            containers,
        })
    }
}

/// The keys of the networks of a service.
fn keys(service: &Service) -> Vec<String> {
    match &service.networks {
        None => vec!["default".into()],
        Some(Joined::Keys(keys)) => keys.clone(),
        Some(Joined::Aliases(all)) => all.keys().cloned().collect(),
    }
}

/// The networks or volumes that are made; those of others are added to `external`.
fn outer(
    names: &Names<'_>,
    keys: &BTreeSet<String>,
    external: &mut Vec<Needed>,
) -> Result<Vec<Made>, Refusal> {
    let mut made = Vec::new();
    for key in keys {
        let name = names.whole(key, "")?;
        let is_external = names
            .outer
            .get(key)
            .and_then(Option::as_ref)
            .is_some_and(|outer| outer.external);
        if is_external {
            let missing = match names.kind {
                "network" => format!("network {name} declared as external, but could not be found"),
                _ => format!("external volume {name:?} not found"),
            };
            external.push(Needed {
                kind: names.kind,
                name,
                missing,
            });
            continue;
        }
        let label = match names.kind {
            "network" => NETWORK,
            _ => VOLUME,
        };
        made.push(Made {
            command: words(["docker", names.kind, "create", &name]),
            labels: vec![(PROJECT, names.project.to_owned()), (label, key.clone())],
            name,
        });
    }
    Ok(made)
}

fn container(
    service: &str,
    asked: &Service,
    project: &str,
    called: &str,
    networks: &Names<'_>,
    volumes: &Names<'_>,
) -> Result<Planned, Refusal> {
    let fits = !service.is_empty()
        && service.len() <= 40
        && service
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !fits {
        return Err(refuse(format!("{service:?} is no name for a service.")));
    }
    let name = format!("{project}-{service}-1");
    let joined: Vec<(String, Vec<String>)> = match &asked.networks {
        None => vec![("default".into(), Vec::new())],
        Some(Joined::Keys(keys)) => keys.iter().map(|key| (key.clone(), Vec::new())).collect(),
        Some(Joined::Aliases(all)) => all
            .iter()
            .map(|(key, more)| {
                let more = more.as_ref().map(|more| more.aliases.clone());
                (key.clone(), more.unwrap_or_default())
            })
            .collect(),
    };
    let mut joined = joined.into_iter();
    let Some((first, aliases)) = joined.next() else {
        return Err(refuse(format!(
            "the service {service} is on no network; leave `networks` out for the project's own."
        )));
    };
    let mut create = words(["docker", "create", "--name", &name, "--network"]);
    create.push(networks.whole(&first, service)?);
    for alias in [service.to_owned()].into_iter().chain(aliases) {
        create.extend(["--network-alias".into(), alias]);
    }
    if asked.init {
        create.push("--init".into());
    }
    for volume in &asked.volumes {
        create.push("-v".into());
        create.push(mounted(volume, service, volumes)?);
    }
    create.push(asked.image.clone());
    match &asked.command {
        None => {}
        Some(Line::Words(all)) => create.extend(all.iter().cloned()),
        Some(Line::Line(line)) => create.extend(shlex::split(line).ok_or_else(|| {
            refuse(format!(
                "the command of the service {service} has an open quote."
            ))
        })?),
    }
    let mut connect = Vec::new();
    for (key, aliases) in joined {
        let mut command = words(["docker", "network", "connect"]);
        for alias in [service.to_owned()].into_iter().chain(aliases) {
            command.extend(["--alias".into(), alias]);
        }
        command.extend([networks.whole(&key, service)?, name.clone()]);
        connect.push(command);
    }
    let hash = hash(&create, &connect);
    Ok(Planned {
        labels: vec![
            (PROJECT, project.to_owned()),
            (SERVICE, service.to_owned()),
            (NUMBER, "1".into()),
            (HASH, hash.clone()),
            (FILES, called.to_owned()),
        ],
        service: service.to_owned(),
        name,
        create,
        connect,
        hash,
    })
}

/// A volume of a service with its whole name. A path of the host is left as it is: the
/// decision on the command refuses it, and says why.
fn mounted(volume: &str, service: &str, volumes: &Names<'_>) -> Result<String, Refusal> {
    let Some((source, target)) = volume.split_once(':') else {
        return Ok(volume.to_owned());
    };
    let is_path = source.starts_with(['/', '.', '~']) || source.contains('\\');
    if is_path {
        return Ok(volume.to_owned());
    }
    Ok(format!("{}:{target}", volumes.whole(source, service)?))
}

fn hash(create: &[String], connect: &[Vec<String>]) -> String {
    let mut hasher = Sha256::new();
    for word in create.iter().chain(connect.iter().flatten()) {
        hasher.update(word.as_bytes());
        hasher.update([0]);
    }
    hasher
        .finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(text: &str) -> Result<Project, Refusal> {
        let file = File::parse("compose.yaml", text)?;
        Project::plan(&file, "compose.yaml", "shop")
    }

    #[test]
    fn names_are_those_of_compose() {
        let project = plan(
            "services:\n  web:\n    image: busybox\n    command: sleep 600\n    init: true\n  db:\n    \
             image: busybox\n    networks: [back, bus]\n    volumes: ['data:/data:ro', /tmp2]\nnetworks:\n  \
             back:\n  bus: {external: true, name: joined}\n  idle:\nvolumes:\n  data:\n",
        )
        .expect("a plan");
        let made = |all: &[Made]| all.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        assert_eq!(made(&project.networks), ["shop_back", "shop_default"]);
        assert_eq!(made(&project.volumes), ["shop_data"]);
        assert_eq!(project.external[0].name, "joined");
        let [db, web] = project.containers.as_slice() else {
            panic!("two containers");
        };
        assert_eq!(
            db.create.join(" "),
            "docker create --name shop-db-1 --network shop_back --network-alias db \
             -v shop_data:/data:ro -v /tmp2 busybox"
        );
        assert_eq!(
            db.connect[0].join(" "),
            "docker network connect --alias db joined shop-db-1"
        );
        assert_eq!(
            web.create.join(" "),
            "docker create --name shop-web-1 --network shop_default --network-alias web --init \
             busybox sleep 600"
        );
        assert!(web.labels.contains(&(SERVICE, "web".into())));
        assert_ne!(db.hash, web.hash);
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        for (text, word) in [
            (
                "services: {a: {image: b, networks: [c]}}",
                "undefined network c",
            ),
            (
                "services: {a: {image: b, volumes: ['c:/d']}}",
                "undefined volume c",
            ),
            ("services: {a: {image: b, networks: []}}", "on no network"),
            ("services: {'a b': {image: b}}", "no name for a service"),
            ("services: {a: {image: b, command: \"x 'y\"}}", "open quote"),
        ] {
            let refusal = plan(text).expect_err(text);
            assert!(refusal.message.contains(word), "{}", refusal.message);
        }
    }

    #[test]
    fn a_path_of_the_host_reaches_the_decision_as_it_is() {
        let project =
            plan("services: {a: {image: b, volumes: ['./x:/y', '/etc:/z']}}").expect("a plan");
        let create = project.containers[0].create.join(" ");
        assert!(create.contains("-v ./x:/y -v /etc:/z"), "{create}");
    }

    #[test]
    fn a_project_is_named_as_compose_names_it() {
        let name = |asked, file, folder| project_name(asked, file, folder).ok();
        assert_eq!(name(Some("a"), Some("b"), "c").as_deref(), Some("a"));
        assert_eq!(name(None, Some("b"), "c").as_deref(), Some("b"));
        assert_eq!(
            name(None, None, "Two Projects_x").as_deref(),
            Some("twoprojects_x")
        );
        assert_eq!(name(None, None, "-").as_deref(), Some("demo"));
        assert_eq!(name(Some("Shop"), None, "c"), None);
        assert_eq!(name(Some("../x"), None, "c"), None);
    }
}
