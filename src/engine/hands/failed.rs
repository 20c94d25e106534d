//! Why a change, a look or a stream did not come about.

use crate::engine::Away;

/// Why it did not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failed {
    /// The engine did not answer: nobody can tell whether it happened.
    #[error("{0}")]
    Away(#[from] Away),
    /// The engine refused. The message has real names in it and is never shown as it is.
    #[error("the engine said {status}: {message}")]
    Said {
        /// The HTTP status.
        status: u16,
        /// The engine's own message, whole.
        message: String,
    },
}

impl Failed {
    /// The status of a refusal.
    pub fn status(&self) -> Option<u16> {
        match self {
            Failed::Said { status, .. } => Some(*status),
            Failed::Away(_) => None,
        }
    }

    /// The engine's own message of a refusal; empty otherwise.
    pub fn message(&self) -> &str {
        match self {
            Failed::Said { message, .. } => message,
            Failed::Away(_) => "",
        }
    }

    /// All of it in words, with what to do where the engine does not answer. Only for who
    /// may see real names: whoever runs Waterline, never a visitor.
    pub fn words(&self) -> String {
        match self {
            Failed::Away(away) => format!("{away}. {}", away.advice()),
            Failed::Said { .. } => self.to_string(),
        }
    }

    /// Whether there is no such object (any more).
    pub fn is_missing(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether a start failed on what a killed engine left behind: the container has to
    /// be removed and made again.
    pub fn is_left_over_task(&self) -> bool {
        let message = self.message();
        self.status() == Some(500)
            && message.contains("already exists")
            && (message.contains("task") || message.contains("container with id"))
    }

    /// Whether somebody else is removing the same thing right now.
    pub fn is_already_being_removed(&self) -> bool {
        self.status() == Some(409) && self.message().contains("already in progress")
    }

    /// Whether an address range is taken already.
    pub(super) fn is_overlap(&self) -> bool {
        matches!(self.status(), Some(400 | 403 | 409 | 500)) && {
            let message = self.message().to_ascii_lowercase();
            message.contains("pool overlaps") || message.contains("conflicts with network")
        }
    }

    /// What is said of an object that is not ours.
    pub(super) fn not_ours() -> Failed {
        Failed::Said {
            status: 404,
            message: "no such object of this sandbox".into(),
        }
    }
}
