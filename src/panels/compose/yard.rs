//! One project as it is drawn: its services with their replicas inside the fence that
//! `down` clears, and beside it what stays.

use super::read::{Health, Made, Member, Standing, Told};
use crate::panels::networks::facts::State;
use crate::panels::{Panel, Scope, View, words};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Services of one project that are drawn.
pub const MOST_SERVICES: usize = 12;
/// Replicas of one service, and things of one kind, that are drawn.
pub const MOST_REPLICAS: usize = 12;

/// One project.
#[derive(Clone, Debug, Serialize)]
pub struct Yard {
    /// Its name, as the label has it.
    #[serde(skip)]
    pub project: String,
    /// Its name, safe to show.
    pub name: String,
    /// Where to see it alone.
    pub href: String,
    /// Its files, its folder and the Compose that made it, as a sentence.
    pub from: String,
    /// The command of that Compose: `docker compose` or `docker-compose`.
    pub command: &'static str,
    /// By name.
    pub services: Vec<Service>,
    /// Services that are not drawn.
    pub more_services: usize,
    /// Containers that `run` made.
    pub oneoffs: Vec<Replica>,
    /// Networks that it made.
    pub networks: Vec<Thing>,
    /// Networks that it uses and did not make.
    pub outside: Vec<Thing>,
    /// Volumes that it made, or uses.
    pub volumes: Vec<Thing>,
    /// Containers in all.
    pub containers: usize,
    /// How each of all services is.
    #[serde(skip)]
    pub states: Vec<(String, Look)>,
    /// Whether any container says what it waits for.
    pub order_told: bool,
}

/// One service.
#[derive(Clone, Debug, Serialize)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// Its images; more than one where replicas differ.
    pub image: String,
    /// What it waits for: `after api`.
    pub after: Option<String>,
    /// Ports of the host that lead to it.
    pub ports: Vec<String>,
    /// Its containers, by number.
    pub replicas: Vec<Replica>,
    /// Containers that are not drawn.
    pub more: usize,
    /// How many versions of the file its containers came from.
    pub versions: usize,
}

/// One container.
#[derive(Clone, Debug, Serialize)]
pub struct Replica {
    /// Its name on the host.
    pub name: String,
    /// E.g. `1`; the API tells it by a label.
    pub number: String,
    /// How it is.
    pub look: Look,
    /// In words.
    pub words: String,
    /// The first digits of its `config-hash`, where its siblings have another.
    pub hash: Option<String>,
}

/// A network or a volume.
#[derive(Clone, Debug, Serialize)]
pub struct Thing {
    /// Its name on the host.
    pub name: String,
    /// What else there is to say.
    pub remark: String,
}

/// How a container is, worst first: the worst of its containers is how a service is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Look {
    /// Ended with a code that is not 0.
    Failed(i64),
    /// Between two runs.
    Again,
    /// It runs, and its health check fails.
    Sick,
    /// Ended; the engine does not say how.
    Ended,
    /// A state that we do not know.
    Other,
    /// Frozen.
    Paused,
    /// Never started.
    Created,
    /// Ended with 0.
    Done,
    /// It runs, and its health check has not spoken.
    Starting,
    /// It runs.
    Runs,
}

impl Look {
    fn of(member: &Member) -> Look {
        match (&member.state, member.health) {
            (State::Running, Some(Health::Unhealthy)) => Look::Sick,
            (State::Running, Some(Health::Starting)) => Look::Starting,
            (State::Running, _) => Look::Runs,
            (State::Paused, _) => Look::Paused,
            (State::Restarting, _) => Look::Again,
            (State::Created, _) => Look::Created,
            (State::Exited(Some(0)), _) => Look::Done,
            (State::Exited(Some(code)), _) => Look::Failed(*code),
            (State::Exited(None), _) => Look::Ended,
            (State::Other(_), _) => Look::Other,
        }
    }

    /// Whether it runs.
    pub fn up(&self) -> bool {
        matches!(self, Look::Runs | Look::Starting | Look::Sick)
    }

    /// The class of its box.
    pub fn class(&self) -> &'static str {
        match self {
            Look::Runs | Look::Starting => "up",
            Look::Sick | Look::Again => "up bad",
            Look::Failed(_) => "off bad",
            _ => "off",
        }
    }

    /// The sign before the word.
    pub fn sign(&self) -> &'static str {
        match self {
            Look::Runs => "●",
            Look::Starting => "◐",
            Look::Sick => "!",
            Look::Again => "↻",
            Look::Failed(_) => "×",
            Look::Done => "✓",
            Look::Paused => "‖",
            Look::Created => "○",
            Look::Ended => "■",
            Look::Other => "?",
        }
    }

    /// In words; `member` gives the engine's own word where there is no better.
    fn words(&self, member: &Member) -> String {
        match self {
            Look::Other => words::short(&member.state.words(), 30),
            _ => self.word(),
        }
    }

    fn word(&self) -> String {
        match self {
            Look::Failed(code) => format!("exit {code}"),
            Look::Again => "restarting".into(),
            Look::Sick => "unhealthy".into(),
            Look::Ended => "ended, code not told".into(),
            Look::Other => "state not known".into(),
            Look::Paused => "paused".into(),
            Look::Created => "never started".into(),
            Look::Done => "finished, exit 0".into(),
            Look::Starting => "runs, health not known yet".into(),
            Look::Runs => "running".into(),
        }
    }
}

/// Arranges one project. `members` are its containers.
pub fn yard(told: &Told, project: &str, members: &[&Member], view: &View) -> Yard {
    let mut by_service: BTreeMap<&str, Vec<&Member>> = BTreeMap::new();
    for member in members.iter().filter(|member| !member.oneoff) {
        let service = member.service.as_deref().unwrap_or("(no service)");
        by_service.entry(service).or_default().push(member);
    }
    let states = by_service
        .iter()
        .filter_map(|(name, of)| {
            let worst = of.iter().map(|member| Look::of(member)).min()?;
            Some((words::short(name, 60), worst))
        })
        .collect();
    let more_services = by_service.len().saturating_sub(MOST_SERVICES);
    let services = by_service
        .iter()
        .take(MOST_SERVICES)
        .map(|(name, members)| service(name, members))
        .collect();
    let oneoffs = members.iter().filter(|member| member.oneoff);
    let (networks, outside) = networks(told, project, members);
    Yard {
        project: project.to_owned(),
        name: words::short(project, 60),
        href: view.focus(project).href(Panel::Compose),
        from: from(members),
        command: match members.iter().find_map(|m| m.version.as_deref()) {
            Some(version) if version.starts_with("1.") => "docker-compose",
            _ => "docker compose",
        },
        services,
        more_services,
        oneoffs: oneoffs
            .take(MOST_REPLICAS)
            .map(|member| replica(member, false))
            .collect(),
        networks,
        outside,
        volumes: volumes(told, project, members),
        containers: members.len(),
        states,
        order_told: members.iter().any(|member| member.after.is_some()),
    }
}

fn service(name: &str, members: &[&Member]) -> Service {
    let mut members = members.to_vec();
    members.sort_by_key(|member| (member.number, &member.name));
    let distinct = |of: &dyn Fn(&Member) -> Vec<String>| -> Vec<String> {
        let all: BTreeSet<String> = members.iter().flat_map(|member| of(member)).collect();
        all.into_iter().collect()
    };
    let hashes = distinct(&|member| member.hash.iter().cloned().collect());
    let images = distinct(&|member| vec![words::short(&member.image, 80)]);
    let after = distinct(&|member| {
        let after = member.after.iter().flatten();
        after
            .map(|after| words::short(&after.words(), 60))
            .collect()
    });
    let ports = distinct(&|member| member.ports.iter().map(|port| port.words()).collect());
    Service {
        name: words::short(name, 60),
        image: match images.as_slice() {
            [one] if one.is_empty() => "image not told".into(),
            some => words::list(&some[..some.len().min(3)]),
        },
        after: Some(after)
            .filter(|after| !after.is_empty())
            .map(|after| format!("after {}", words::list(&after))),
        ports: ports
            .iter()
            .take(MOST_REPLICAS)
            .map(|port| words::plain(port))
            .collect(),
        replicas: members
            .iter()
            .take(MOST_REPLICAS)
            .map(|member| replica(member, hashes.len() > 1))
            .collect(),
        more: members.len().saturating_sub(MOST_REPLICAS),
        versions: hashes.len(),
    }
}

fn replica(member: &Member, hash: bool) -> Replica {
    let look = Look::of(member);
    Replica {
        name: words::short(&member.name, 60),
        number: member.number.map_or("–".into(), |n| n.to_string()),
        words: look.words(member),
        look,
        hash: member
            .hash
            .as_ref()
            .filter(|_| hash)
            .map(|hash| words::short_id(hash).chars().take(7).collect()),
    }
}

/// `from compose.yaml in the folder shop, by Compose 2.29.1`
fn from(members: &[&Member]) -> String {
    let all = |of: &dyn Fn(&Member) -> Vec<String>| -> Vec<String> {
        let all: BTreeSet<String> = members.iter().flat_map(|member| of(member)).collect();
        all.iter()
            .take(4)
            .map(|text| words::short(text, 60))
            .collect()
    };
    if members.is_empty() {
        return "No containers: taken down, or not started.".into();
    }
    let files = all(&|member| member.files.clone());
    let folder = all(&|member| member.folder.iter().cloned().collect());
    let version = all(&|member| member.version.iter().cloned().collect());
    let mut said = match files.as_slice() {
        [] => "From a file that its labels do not name".to_owned(),
        some => format!("From {}", words::list(some)),
    };
    if !folder.is_empty() {
        said.push_str(&format!(" in {}/", words::list(&folder)));
    }
    if !version.is_empty() {
        said.push_str(&format!(", by Compose {}", words::list(&version)));
    }
    said + "."
}

/// The networks that the project made, and those that it uses besides.
fn networks(told: &Told, project: &str, members: &[&Member]) -> (Vec<Thing>, Vec<Thing>) {
    let (mut own, mut outside) = (Vec::new(), Vec::new());
    for made in told.networks.iter().flatten() {
        let used = members
            .iter()
            .any(|member| member.networks.contains(&made.name));
        let standing = made.standing(project);
        if standing.own() {
            let others: Vec<String> = told
                .containers
                .iter()
                .filter(|c| c.project.as_deref() != Some(project) && c.state.attached())
                .filter(|c| c.networks.contains(&made.name))
                .map(|c| words::short(&c.name, 60))
                .collect();
            let mut remark = called(made, standing, "network");
            if !others.is_empty() {
                remark.push_str(&format!(
                    "; down cannot remove it while {} on it",
                    hang(&others)
                ));
            }
            own.push(Thing {
                name: words::short(&made.name, 60),
                remark,
            });
        } else if used {
            let remark = match &made.project {
                Some(maker) => format!("external: {} made it", words::short(maker, 60)),
                None if made.built_in => "the engine’s own".to_owned(),
                None => "external: no project made it".to_owned(),
            };
            outside.push(Thing {
                name: words::short(&made.name, 60),
                remark,
            });
        }
    }
    own.truncate(MOST_REPLICAS);
    outside.truncate(MOST_REPLICAS);
    (own, outside)
}

fn hang(names: &[String]) -> String {
    match names {
        [one] => format!("{one} hangs"),
        [..] if names.len() > 3 => format!("{} others hang", names.len()),
        some => format!("{} hang", words::list(some)),
    }
}

/// What the file calls it, and whether the project's name was put before that.
fn called(made: &Made, standing: Standing, what: &str) -> String {
    match (&made.key, standing) {
        (Some(key), Standing::Named) => format!(
            "the file calls it {}, and gives it this name",
            words::short(key, 60)
        ),
        (Some(key), _) => format!("{} in the file, prefixed", words::short(key, 60)),
        (None, Standing::Named) => "the file gives it this name, without a prefix".into(),
        (None, _) => format!("a {what} of the project"),
    }
}

fn volumes(told: &Told, project: &str, members: &[&Member]) -> Vec<Thing> {
    let mut things = Vec::new();
    let users = |name: &String| -> Vec<String> {
        let users = members.iter().filter(|m| m.volumes.contains(name));
        let services: BTreeSet<&str> = users
            .map(|member| member.service.as_deref().unwrap_or(&member.name))
            .collect();
        services
            .into_iter()
            .take(6)
            .map(|service| words::short(service, 60))
            .collect()
    };
    let mut known = BTreeSet::new();
    for made in told.volumes.iter().flatten() {
        let used = users(&made.name);
        let standing = made.standing(project);
        if !standing.own() && used.is_empty() {
            continue;
        }
        known.insert(made.name.as_str());
        let said = match (&made.project, standing) {
            (Some(maker), Standing::Foreign) => format!("{} made it", words::short(maker, 60)),
            (_, Standing::External) if anonymous(&made.name) => "no name of its own".into(),
            (_, Standing::External) => "external: no project made it".into(),
            _ => called(made, standing, "volume"),
        };
        things.push(thing(&made.name, said, &used));
    }
    if told.volumes.is_none() {
        let mounted: BTreeSet<&String> = members.iter().flat_map(|m| &m.volumes).collect();
        for name in mounted {
            things.push(thing(name, "who made it was not told".into(), &users(name)));
        }
    }
    things.truncate(MOST_REPLICAS);
    things
}

fn thing(name: &str, said: String, used: &[String]) -> Thing {
    let used = match used {
        [] => "no container uses it".to_owned(),
        some => format!("used by {}", words::list(some)),
    };
    Thing {
        name: match anonymous(name) {
            true => words::short_id(name),
            false => words::short(name, 60),
        },
        remark: format!("{said}; {used}"),
    }
}

/// A volume that nobody gave a name has 64 digits for one.
fn anonymous(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit())
}

/// How many projects and services there are, and what does not run.
pub fn answer(yards: &[Yard], scope: Scope) -> String {
    let states: Vec<&(String, Look)> = yards.iter().flat_map(|yard| &yard.states).collect();
    if yards.is_empty() {
        return match scope {
            Scope::Host => "No compose project on this host.".into(),
            Scope::Sandbox(_) => "No compose project in this sandbox.".into(),
        };
    }
    let counted = format!(
        "{}, {}",
        words::capital(&words::count(yards.len(), "project")),
        words::count(states.len(), "service")
    );
    let not: Vec<&&(String, Look)> = states
        .iter()
        .filter(|(_, look)| !matches!(look, Look::Runs | Look::Starting))
        .collect();
    let told = |(name, look): &(String, Look)| match look {
        Look::Done => format!("{name} (finished)"),
        look => format!("{name} ({})", look.word()),
    };
    match (states.len(), not.len()) {
        (0, _) => format!("{counted}: nothing runs."),
        (1, 0) => format!("{counted}: it runs."),
        (2, 0) => format!("{counted}: both run."),
        (_, 0) => format!("{counted}: all run."),
        (all, some) if some == all && some > 3 => format!("{counted}: none runs as it should."),
        (all, some) if some > 3 => format!(
            "{counted}: {} run, {} do not, or not well.",
            words::number(all - some),
            words::number(some)
        ),
        (all, some) => {
            let not: Vec<String> = not.iter().map(|state| told(state)).collect();
            match some == all {
                true => format!("{counted}: {}.", words::list(&not)),
                false => format!("{counted}: all run but {}.", words::list(&not)),
            }
        }
    }
}
