//! Docker's words for what an engine refuses.
//!
//! An engine's own message names objects by their real names, which nobody typed. So it
//! is read only to tell what kind of failure it is ([`Failure::of`]), and the words are
//! made anew from what was typed ([`stderr`]): those of an engine 20.10 behind the
//! command 28.2, whichever engine answers.

use super::words::short_id;

/// Text for standard error, and the exit code that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Whole lines.
    pub text: String,
    /// The command's exit code.
    pub code: i32,
}

impl Said {
    /// A text without its last newline.
    pub fn new(text: impl Into<String>, code: i32) -> Said {
        Said {
            text: text.into() + "\n",
            code,
        }
    }

    /// `Error response from daemon: …`.
    pub fn daemon(message: impl AsRef<str>, code: i32) -> Said {
        Said::new(
            format!("Error response from daemon: {}", message.as_ref()),
            code,
        )
    }
}

/// What was being done when the engine refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the command of its name")]
pub enum Operation {
    Run,
    Create,
    Start,
    Stop,
    Restart,
    Pause,
    Unpause,
    Kill,
    Wait,
    Rm {
        force: bool,
    },
    Logs,
    Exec,
    Diff,
    Commit,
    ContainerInspect,
    Top,
    Stats,
    /// `docker inspect` without a type.
    Inspect,
    ImageInspect,
    ImageRm {
        force: bool,
    },
    History,
    VolumeCreate,
    VolumeInspect,
    VolumeRm,
    NetworkCreate,
    NetworkInspect,
    NetworkConnect,
    NetworkDisconnect,
    NetworkRm,
}

/// Why it did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no such container.
    NoSuchContainer,
    /// The container does not run.
    NotRunning,
    /// The container runs, and must not.
    Running,
    /// The container is paused, and must not be.
    Paused,
    /// It is paused already.
    AlreadyPaused,
    /// It is not paused.
    NotPaused,
    /// Another container has the name; [`Subject::other`] is its id.
    NameInUse,
    /// Its removal has begun already.
    RemovalInProgress,
    /// The program ([`Subject::other`]) is not in the image.
    CommandNotFound,
    /// The program ([`Subject::other`]) is there and cannot be run.
    NotExecutable,
    /// The folder to work in ([`Subject::other`]) is not there.
    NoWorkdir,
    /// The folder to work in ([`Subject::other`]) is no absolute path.
    RelativeWorkdir,
    /// There is no such signal ([`Subject::other`]).
    NoSuchSignal,
    /// There is no such image.
    NoSuchImage,
    /// A container has the image; [`Subject::other`] is its id, [`Subject::id`] the
    /// image's.
    ImageInUse,
    /// A running container has the image, which not even force overrides.
    ImageInUseByRunning,
    /// Other images were made from it.
    ImageHasChildren,
    /// It has more than one name, and was given by its id.
    ImageInManyRepositories,
    /// There is no such volume.
    NoSuchVolume,
    /// Containers have the volume; [`Subject::other`] is their ids, joined by `, `.
    VolumeInUse,
    /// There is no such network; in front of a container's verb its name is
    /// [`Subject::other`].
    NoSuchNetwork,
    /// Containers are in the network; [`Subject::id`] is its id.
    NetworkInUse,
    /// There is a network of that name.
    NetworkExists,
    /// Every engine has it, and it cannot be made or removed.
    NetworkBuiltIn,
    /// The container is in that network already; [`Subject::other`] is the network.
    AlreadyConnected,
    /// The container is not in that network; [`Subject::other`] is the network.
    NotConnected,
    /// The address range is taken.
    PoolOverlaps,
    /// Nothing else is known but the HTTP status.
    Other(u16),
}

/// What it happened to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Subject<'a> {
    /// As it was typed: a name or the beginning of an id.
    pub typed: &'a str,
    /// Its whole id, if it exists.
    pub id: &'a str,
    /// The other thing that the failure is about.
    pub other: &'a str,
}

impl Failure {
    /// What kind of failure an engine's answer is. The message is looked at and not kept.
    pub fn of(operation: Operation, status: u16, message: &str) -> Failure {
        let message = message.to_lowercase();
        let says = |text: &str| message.contains(text);
        // More particular words stand before those that they contain.
        let kinds: &[(&str, Failure)] = &[
            ("chdir to cwd", Failure::NoWorkdir),
            ("the working directory", Failure::RelativeWorkdir),
            ("executable file not found", Failure::CommandNotFound),
            ("no such file or directory", Failure::CommandNotFound),
            ("permission denied", Failure::NotExecutable),
            ("is a directory", Failure::NotExecutable),
            ("is already in use by container", Failure::NameInUse),
            ("already in progress", Failure::RemovalInProgress),
            ("is already paused", Failure::AlreadyPaused),
            ("is not paused", Failure::NotPaused),
            ("remove a paused container", Failure::Paused),
            ("container is paused", Failure::Paused),
            ("is paused", Failure::Paused),
            ("remove a running container", Failure::Running),
            ("container is running", Failure::Running),
            ("used by running container", Failure::ImageInUseByRunning),
            ("dependent child images", Failure::ImageHasChildren),
            ("multiple repositories", Failure::ImageInManyRepositories),
            ("is using its referenced image", Failure::ImageInUse),
            ("image is being used", Failure::ImageInUse),
            ("volume is in use", Failure::VolumeInUse),
            ("has active endpoints", Failure::NetworkInUse),
            ("already exists in network", Failure::AlreadyConnected),
            ("pre-defined network", Failure::NetworkBuiltIn),
            ("predefined", Failure::NetworkBuiltIn),
            ("not connected to", Failure::NotConnected),
            ("pool overlaps", Failure::PoolOverlaps),
            ("invalid signal", Failure::NoSuchSignal),
            ("is not running", Failure::NotRunning),
            ("no such container", Failure::NoSuchContainer),
            ("no such image", Failure::NoSuchImage),
            ("no such volume", Failure::NoSuchVolume),
        ];
        if let Some((_, failure)) = kinds.iter().find(|(text, _)| says(text)) {
            return *failure;
        }
        if says("network") && says("already exists") {
            return Failure::NetworkExists;
        }
        if says("network") && says("not found") {
            return Failure::NoSuchNetwork;
        }
        match (status, operation) {
            (404, Operation::NetworkInspect | Operation::NetworkRm) => Failure::NoSuchNetwork,
            (404, Operation::VolumeInspect | Operation::VolumeRm) => Failure::NoSuchVolume,
            (404, Operation::ImageInspect | Operation::ImageRm { .. } | Operation::History) => {
                Failure::NoSuchImage
            }
            (404, _) => Failure::NoSuchContainer,
            _ => Failure::Other(status),
        }
    }
}

/// What docker prints on standard error, and its exit code.
pub fn stderr(operation: Operation, failure: Failure, subject: Subject<'_>) -> Said {
    let message = message(operation, failure, subject);
    match operation {
        Operation::Run => run(failure, subject, &message),
        Operation::Create if failure == Failure::NoSuchImage => Said::new(
            format!(
                "{}\nError response from daemon: {message}",
                not_local(subject.typed)
            ),
            1,
        ),
        Operation::Inspect => Said::new(format!("Error: No such object: {}", subject.typed), 1),
        Operation::Rm { force: true } if failure == Failure::NoSuchContainer => {
            Said::daemon(message, 0)
        }
        Operation::ImageRm { force: true } if failure == Failure::NoSuchImage => {
            Said::daemon(message, 0)
        }
        _ => Said::daemon(message, 1),
    }
}

/// `docker run` has words around the engine's, and an exit code of its own.
fn run(failure: Failure, subject: Subject<'_>, message: &str) -> Said {
    let first = match failure {
        Failure::NoSuchImage => not_local(subject.typed) + "\n",
        _ => String::new(),
    };
    let code = match failure {
        Failure::CommandNotFound | Failure::NoWorkdir => 127,
        Failure::NotExecutable => 126,
        _ => 125,
    };
    Said::new(
        format!(
            "{first}docker: Error response from daemon: {message}\n\nRun 'docker run --help' for \
             more information"
        ),
        code,
    )
}

fn not_local(image: &str) -> String {
    let image = super::images::whole_name(image);
    format!("Unable to find image '{image}' locally")
}

/// The engine's part of the text.
fn message(operation: Operation, failure: Failure, subject: Subject<'_>) -> String {
    let Subject { typed, id, other } = subject;
    let shim = "failed to create shim task: OCI runtime create failed: runc create failed: unable \
                to start container process";
    let oci = match operation {
        Operation::Exec => {
            "OCI runtime exec failed: exec failed: unable to start container process"
        }
        _ => shim,
    };
    match failure {
        Failure::NoSuchContainer if operation == Operation::Kill => {
            format!("Cannot kill container: {typed}: No such container: {typed}")
        }
        Failure::NoSuchContainer => format!("No such container: {typed}"),
        Failure::NotRunning if operation == Operation::Kill => {
            format!("Cannot kill container: {typed}: Container {id} is not running")
        }
        Failure::NotRunning => format!("Container {id} is not running"),
        Failure::Running => format!(
            "You cannot remove a running container {id}. Stop the container before attempting \
             removal or force remove"
        ),
        Failure::Paused if matches!(operation, Operation::Rm { .. }) => format!(
            "You cannot remove a paused container {id}. Unpause and then stop the container before \
             attempting removal or force remove"
        ),
        Failure::Paused => {
            format!("Container {typed} is paused, unpause the container before exec")
        }
        Failure::AlreadyPaused => format!("Container {id} is already paused"),
        Failure::NotPaused => format!("Container {id} is not paused"),
        Failure::NameInUse => format!(
            "Conflict. The container name \"/{typed}\" is already in use by container \"{other}\". \
             You have to remove (or rename) that container to be able to reuse that name."
        ),
        Failure::RemovalInProgress => {
            format!("removal of container {typed} is already in progress")
        }
        Failure::CommandNotFound if other.contains('/') => {
            format!("{oci}: exec: \"{other}\": stat {other}: no such file or directory: unknown")
        }
        Failure::CommandNotFound => {
            format!("{oci}: exec: \"{other}\": executable file not found in $PATH: unknown")
        }
        Failure::NotExecutable => format!("{oci}: exec: \"{other}\": permission denied: unknown"),
        Failure::NoWorkdir => format!(
            "{oci}: chdir to cwd (\"{other}\") set in config.json failed: no such file or \
             directory: unknown"
        ),
        Failure::RelativeWorkdir => {
            format!("the working directory '{other}' is invalid, it needs to be an absolute path")
        }
        Failure::NoSuchSignal => format!("Invalid signal: {other}"),
        Failure::NoSuchImage => match operation {
            Operation::Run | Operation::Create => format!(
                "pull access denied for {}, repository does not exist or may require 'docker login'",
                super::images::split_tag(typed).0
            ),
            Operation::ImageInspect => format!(
                "no such image: {typed}: No such image: {}",
                super::images::whole_name(typed)
            ),
            _ => format!("No such image: {}", super::images::whole_name(typed)),
        },
        Failure::ImageInUse if is_id(typed, id) => format!(
            "conflict: unable to delete {} (must be forced) - image is being used by stopped \
             container {}",
            short_id(id),
            short_id(other)
        ),
        Failure::ImageInUse => format!(
            "conflict: unable to remove repository reference \"{typed}\" (must force) - container \
             {} is using its referenced image {}",
            short_id(other),
            short_id(id)
        ),
        Failure::ImageInUseByRunning => format!(
            "conflict: unable to delete {} (cannot be forced) - image is being used by running \
             container {}",
            short_id(id),
            short_id(other)
        ),
        Failure::ImageHasChildren => format!(
            "conflict: unable to delete {} (cannot be forced) - image has dependent child images",
            short_id(id)
        ),
        Failure::ImageInManyRepositories => format!(
            "conflict: unable to delete {} (must be forced) - image is referenced in multiple \
             repositories",
            short_id(id)
        ),
        Failure::NoSuchVolume => format!("get {typed}: no such volume"),
        Failure::VolumeInUse => format!("remove {typed}: volume is in use - [{other}]"),
        Failure::NoSuchNetwork => {
            let network = if other.is_empty() { typed } else { other };
            format!("network {network} not found")
        }
        Failure::NetworkInUse => {
            format!("error while removing network: network {typed} id {id} has active endpoints")
        }
        Failure::NetworkExists => format!("network with name {typed} already exists"),
        Failure::NetworkBuiltIn if operation == Operation::NetworkRm => {
            format!("{typed} is a pre-defined network and cannot be removed")
        }
        Failure::NetworkBuiltIn => {
            format!("operation is not permitted on predefined {typed} network")
        }
        Failure::AlreadyConnected => {
            format!("endpoint with name {typed} already exists in network {other}")
        }
        Failure::NotConnected => format!("container {id} is not connected to network {other}"),
        Failure::PoolOverlaps => "Pool overlaps with other one on this address space".into(),
        Failure::Other(status) => {
            let about = if typed.is_empty() {
                String::new()
            } else {
                format!(" {typed}:")
            };
            format!("{about} the engine refused this (HTTP status {status})")
                .trim_start()
                .to_owned()
        }
    }
}

/// Whether what was typed is the beginning of the id.
fn is_id(typed: &str, id: &str) -> bool {
    let hex = id.strip_prefix("sha256:").unwrap_or(id);
    typed.len() >= 4 && (hex.starts_with(typed) || id.starts_with(typed))
}

/// The line behind the errors of `docker start`.
pub fn start_failed(names: &[&str]) -> Said {
    Said::new(
        format!("Error: failed to start containers: {}", names.join(", ")),
        1,
    )
}

/// The line behind the errors of `docker network rm`.
pub fn network_rm_failed() -> Said {
    Said::new("exit status 1", 1)
}

#[cfg(test)]
mod tests;
