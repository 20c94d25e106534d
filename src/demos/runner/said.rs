//! What docker says when an engine refuses, made of the operation, the status and the
//! names that were typed. The engine's own words have real names in them; where they are
//! docker's text, the sandbox's prefix is taken out.

use crate::engine::owned::SandboxId;
use crate::engine::rename::plain_text;

/// An error's text, with its last newline, and the exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) code: i32,
}

impl Said {
    /// `Error response from daemon: …`
    pub(super) fn daemon(message: impl AsRef<str>) -> Said {
        Said {
            text: format!("Error response from daemon: {}\n", message.as_ref()),
            code: 1,
        }
    }

    /// There is no such container.
    pub(super) fn no_container(typed: &str) -> Said {
        Said::daemon(format!("No such container: {typed}"))
    }

    /// The error of `docker run`, with its exit code: 127 for a command that is not
    /// there, 126 for one that cannot be executed, 125 for everything else.
    pub(super) fn run(message: &str) -> Said {
        Said {
            text: format!(
                "docker: Error response from daemon: {message}\n\nRun 'docker run --help' for more \
                 information\n"
            ),
            code: start_code(message),
        }
    }
}

/// The engine's words, under the names that were typed.
pub(super) fn typed(message: &str, sandbox: &SandboxId) -> String {
    plain_text(message.trim_end(), sandbox)
}

/// The exit code of a container that could not be started.
pub(super) fn start_code(message: &str) -> i32 {
    let says = |words: &[&str]| words.iter().any(|word| message.contains(word));
    if says(&["executable file not found", "no such file or directory"]) {
        127
    } else if says(&["permission denied", "is a directory"]) {
        126
    } else {
        125
    }
}
