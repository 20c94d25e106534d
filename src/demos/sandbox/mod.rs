//! The sandbox: what a command may do, decided before any engine is asked.
//!
//! [`permit`] is pure: a command and what is known of the sandbox in, [`Permitted`] or a
//! [`Refusal`] out. Only `permit` makes a [`Permitted`], and the runner carries out
//! nothing else.
//!
//! 1. [`Limits`]: all numbers.
//! 2. [`Snapshot`]: what the sandbox holds now; `resolve`: what a name means in it.
//! 3. `launch`: a container that is to be made.
//! 4. [`Permitted`], [`Launch`]: what may be carried out, every name resolved.

mod launch;
mod limits;
mod permitted;
mod resolve;
mod snapshot;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::example;

pub use crate::engine::hands::Capabilities;
pub use limits::Limits;
pub use permitted::{Join, Launch, Permitted, Target};
pub use snapshot::{Snapshot, Thing};

use super::command::verbs::{Commit, Connect, VolumeCreate};
use super::command::{Command, Typed, Verb};
use super::refusal::{Refusal, Rule};
use crate::demos::janitor::Kind;

/// The typed name of the network for containers that name none.
pub const BRIDGE: &str = "bridge";
/// What the demo image is typed as.
pub const DEMO_IMAGE: &str = "busybox";

/// Decides whether `command` may be carried out in the sandbox.
///
/// # Errors
/// The rule that it meets.
pub fn permit(command: &Command, snapshot: &Snapshot) -> Result<Permitted, Refusal> {
    let verb = command.verb();
    terminal(verb, snapshot)?;
    patience(verb, snapshot)?;
    let launch = match verb {
        Verb::Run(run) => Some(snapshot.launch(run, "run")?),
        Verb::Create(run) => Some(snapshot.launch(run, "create")?),
        _ => None,
    };
    let targets = targets(verb, snapshot);
    let aliases = match verb {
        Verb::Connect(connect) => aliases(connect, &targets)?,
        _ => Vec::new(),
    };
    match verb {
        Verb::Commit(commit) => room_for_image(commit, snapshot)?,
        Verb::VolumeCreate(create) => room_for_volume(create, snapshot)?,
        Verb::NetworkCreate(_) => room_for_network(snapshot)?,
        Verb::ImageRm(_) => demo_image_stays(&targets, snapshot)?,
        Verb::NetworkRm(remove) => bridge_stays(&remove.names)?,
        _ => {}
    }
    Ok(Permitted {
        command: command.clone(),
        targets,
        aliases,
        launch: launch.map(Box::new),
    })
}

/// `-i` and `-t` are for where somebody can type.
fn terminal(verb: &Verb, snapshot: &Snapshot) -> Result<(), Refusal> {
    let wants = match verb {
        Verb::Run(run) | Verb::Create(run) => run.interactive || run.tty,
        Verb::Exec(exec) => exec.interactive || exec.tty,
        Verb::Start(start) => start.interactive,
        _ => false,
    };
    match wants && !snapshot.terminal {
        true => Err(Refusal::new(
            Rule::Terminal,
            "-i and -t need somebody who types. They work in the terminal; here leave them out.",
        )),
        false => Ok(()),
    }
}

/// A stop that would wait longer than a step may take.
fn patience(verb: &Verb, snapshot: &Snapshot) -> Result<(), Refusal> {
    let (Verb::Stop(stop) | Verb::Restart(stop)) = verb else {
        return Ok(());
    };
    let most = snapshot.limits.step.as_secs();
    match stop.seconds {
        Some(seconds) if u64::from(seconds) > most => Err(Refusal::new(
            Rule::Resource,
            format!("-t {seconds}: a step of a sandbox ends after {most} seconds."),
        )),
        _ => Ok(()),
    }
}

/// What the arguments of a verb name.
fn targets(verb: &Verb, snapshot: &Snapshot) -> Vec<Target> {
    let all = |kind: Kind, typed: &[Typed]| -> Vec<Target> {
        let resolved = typed
            .iter()
            .map(|typed| snapshot.resolve(kind, typed.as_str()));
        resolved.collect()
    };
    let one = |typed: &Typed| all(Kind::Container, std::slice::from_ref(typed));
    match verb {
        Verb::Start(start) => all(Kind::Container, &start.containers),
        Verb::Stop(stop) | Verb::Restart(stop) => all(Kind::Container, &stop.containers),
        Verb::Pause(containers) | Verb::Unpause(containers) | Verb::Wait(containers) => {
            all(Kind::Container, containers)
        }
        Verb::Kill(kill) => all(Kind::Container, &kill.containers),
        Verb::Rm(rm) => all(Kind::Container, &rm.containers),
        Verb::Stats(stats) => all(Kind::Container, &stats.containers),
        Verb::Logs(logs) => one(&logs.container),
        Verb::Exec(exec) => one(&exec.container),
        Verb::Diff(container) => one(container),
        Verb::Commit(commit) => one(&commit.container),
        Verb::Top(top) => one(&top.container),
        Verb::Inspect(inspect) => {
            let names = inspect.names.iter();
            let resolved = names.map(|name| match inspect.kind {
                Some(kind) => snapshot.resolve(kind, name.as_str()),
                None => snapshot.resolve_any(name.as_str()),
            });
            resolved.collect()
        }
        Verb::History(history) => vec![snapshot.resolve(Kind::Image, history.image.as_str())],
        Verb::ImageRm(rm) => {
            let images = rm.images.iter();
            images
                .map(|image| snapshot.resolve(Kind::Image, image.as_str()))
                .collect()
        }
        Verb::VolumeRm(remove) => all(Kind::Volume, &remove.names),
        Verb::NetworkRm(remove) => all(Kind::Network, &remove.names),
        Verb::Connect(connect) => both(snapshot, &connect.network, &connect.container),
        Verb::Disconnect(both_of) => both(snapshot, &both_of.network, &both_of.container),
        Verb::Help(_)
        | Verb::Run(_)
        | Verb::Create(_)
        | Verb::Ps(_)
        | Verb::Images(_)
        | Verb::Events(_)
        | Verb::VolumeCreate(_)
        | Verb::VolumeLs(_)
        | Verb::NetworkCreate(_)
        | Verb::NetworkLs(_)
        | Verb::Info(_)
        | Verb::Version(_)
        | Verb::SystemDf(_)
        | Verb::Compose(_) => Vec::new(),
    }
}

/// A network and a container.
fn both(snapshot: &Snapshot, network: &Typed, container: &Typed) -> Vec<Target> {
    vec![
        snapshot.resolve(Kind::Network, network.as_str()),
        snapshot.resolve(Kind::Container, container.as_str()),
    ]
}

/// The names that a container gets on a network that it joins: its own, which docker
/// gives it without being asked, and those that were typed; none on `bridge`.
fn aliases(
    connect: &Connect,
    targets: &[Target],
) -> Result<Vec<crate::engine::owned::Name>, Refusal> {
    let [
        Target::Found { name: network, .. },
        Target::Found { name: own, .. },
    ] = targets
    else {
        return Ok(Vec::new());
    };
    if network == BRIDGE {
        return match connect.aliases.is_empty() {
            true => Ok(Vec::new()),
            false => Err(Refusal::usage(
                format!("Error response from daemon: {NO_ALIASES}"),
                1,
            )),
        };
    }
    let own = crate::engine::owned::Name::parse(own);
    Ok(own
        .into_iter()
        .chain(connect.aliases.iter().cloned())
        .collect())
}

/// What docker says of aliases on the default network.
const NO_ALIASES: &str =
    "network-scoped alias is supported only for containers in user defined networks";

fn quota(most: usize, what: &str, remedy: &str) -> Refusal {
    Refusal::new(
        Rule::Quota,
        format!("a sandbox has at most {most} {what} at a time. {remedy}"),
    )
}

fn room_for_image(_: &Commit, snapshot: &Snapshot) -> Result<(), Refusal> {
    let ids: std::collections::BTreeSet<_> =
        snapshot.images.iter().map(|image| &image.id).collect();
    let most = snapshot.limits.images;
    match ids.len() >= most {
        true => Err(quota(
            most,
            "images of its own",
            "Remove one with docker image rm.",
        )),
        false => Ok(()),
    }
}

fn room_for_volume(create: &VolumeCreate, snapshot: &Snapshot) -> Result<(), Refusal> {
    let most = snapshot.limits.volumes;
    // Docker answers with the volume that is there.
    let is_there = create
        .name
        .as_ref()
        .is_some_and(|name| snapshot.has_volume(name.as_str()));
    match !is_there && snapshot.volumes.len() >= most {
        true => Err(quota(most, "volumes", "Remove one with docker volume rm.")),
        false => Ok(()),
    }
}

fn room_for_network(snapshot: &Snapshot) -> Result<(), Refusal> {
    let own = snapshot
        .networks
        .iter()
        .filter(|network| network.typed != BRIDGE);
    let most = snapshot.limits.networks;
    match own.count() >= most {
        true => Err(quota(
            most,
            "networks besides bridge",
            "Remove one with docker network rm.",
        )),
        false => Ok(()),
    }
}

fn demo_image_stays(targets: &[Target], snapshot: &Snapshot) -> Result<(), Refusal> {
    let is_demo = |target: &Target| target.id() == Some(&snapshot.demo_image);
    match targets.iter().any(is_demo) {
        true => Err(Refusal::new(
            Rule::Foreign,
            "busybox is the demo image, which everybody on this host uses; it stays. Images that you committed can be removed.",
        )),
        false => Ok(()),
    }
}

fn bridge_stays(names: &[Typed]) -> Result<(), Refusal> {
    let predefined = |name: &&Typed| matches!(name.as_str(), "bridge" | "host" | "none");
    match names.iter().find(predefined) {
        Some(name) => Err(Refusal::usage(
            format!(
                "Error response from daemon: {name} is a pre-defined network and cannot be removed\nexit status 1"
            ),
            1,
        )),
        None => Ok(()),
    }
}
