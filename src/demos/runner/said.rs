//! What docker says when an engine refuses: made of the operation, what kind of failure
//! the engine's words tell of, and the names that were typed.

use crate::demos::format::Said;
use crate::demos::format::errors::{Failure, Operation, Subject, stderr};

/// What a command was about, as far as an error may name it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// The object, as it was typed.
    pub(super) typed: &'a str,
    /// Its full id.
    pub(super) id: &'a str,
    /// The program that was to be started.
    pub(super) program: &'a str,
    /// The folder in which it was to be started.
    pub(super) workdir: &'a str,
    /// The network, as it was typed.
    pub(super) network: &'a str,
}

/// Docker's words for what an engine said.
pub(super) fn words(operation: Operation, status: u16, message: &str, about: About<'_>) -> Said {
    let failure = Failure::of(operation, status, message);
    if let Failure::Other(_) = failure {
        tracing::warn!(?operation, status, message, "the engine said no");
    }
    let ids;
    let other = match failure {
        Failure::CommandNotFound | Failure::NotExecutable => about.program,
        Failure::NoWorkdir | Failure::RelativeWorkdir => about.workdir,
        Failure::NoSuchNetwork | Failure::AlreadyConnected | Failure::NotConnected => about.network,
        _ => {
            ids = ids_in(message, about.id);
            &ids
        }
    };
    let subject = Subject {
        typed: about.typed,
        id: about.id,
        other,
    };
    stderr(operation, failure, subject)
}

/// Docker's words for a container that is not there.
pub(super) fn no_container(operation: Operation, typed: &str) -> Said {
    missing(operation, Failure::NoSuchContainer, typed)
}

/// Docker's words for something that is not there.
pub(super) fn missing(operation: Operation, failure: Failure, typed: &str) -> Said {
    let subject = Subject {
        typed,
        ..Subject::default()
    };
    stderr(operation, failure, subject)
}

/// The ids of containers in an engine's words, but for the one that it is about anyway.
fn ids_in(message: &str, but: &str) -> String {
    let is_id = |word: &&str| {
        matches!(word.len(), 12 | 64) && word.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let bare = but.strip_prefix("sha256:").unwrap_or(but);
    let words = message.split(|c: char| !c.is_ascii_alphanumeric());
    let ids = words.filter(is_id).filter(|id| !bare.starts_with(*id));
    ids.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "be18bc5dbdbcf7793e74c3f9f185764f279ac06f6b3abad9c09519ede012d7bf";

    #[test]
    fn an_error_has_the_ids_of_the_engine_and_the_names_that_were_typed() {
        let about = About {
            typed: "data",
            id: "wl-k3x9q2ab-data",
            ..About::default()
        };
        let message = format!("remove wl-k3x9q2ab-data: volume is in use - [{ID}]");
        let said = words(Operation::VolumeRm, 409, &message, about);
        assert_eq!(
            said.text,
            format!("Error response from daemon: remove data: volume is in use - [{ID}]\n")
        );
        let about = About {
            typed: "snap:1",
            id: "sha256:1ec48314eb41f086d39b4c354fe8441fcec064a826ca08d44e2835c19c1206ad",
            ..About::default()
        };
        let message = "conflict: unable to remove repository reference \"wl-k3x9q2ab-snap:1\" (must \
                       force) - container d0fbc7905590 is using its referenced image 1ec48314eb41";
        let said = words(Operation::ImageRm { force: false }, 409, message, about);
        assert_eq!(
            said.text,
            "Error response from daemon: conflict: unable to remove repository reference \"snap:1\" \
             (must force) - container d0fbc7905590 is using its referenced image 1ec48314eb41\n"
        );
    }
}
