//! What a sandbox holds at one moment, under the names that were typed.

use super::limits::Limits;
use crate::engine::hands::FullId;
use crate::engine::owned::SandboxId;
use jiff::Timestamp;

/// One object of a sandbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    /// The typed name; of an image with its tag, one `Thing` for each tag.
    pub typed: String,
    /// The full id; of a volume its real name.
    pub id: FullId,
    /// Whether it is a container that runs (a paused one too).
    pub running: bool,
}

impl Thing {
    /// An object that does not run.
    pub fn new(typed: impl Into<String>, id: FullId) -> Thing {
        Thing {
            typed: typed.into(),
            id,
            running: false,
        }
    }
}

/// A sandbox as it is now, and what holds for it.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Which sandbox.
    pub id: SandboxId,
    /// What it may have.
    pub limits: Limits,
    /// When its objects are removed in any case.
    pub until: Timestamp,
    /// Its containers.
    pub containers: Vec<Thing>,
    /// Its networks; `bridge` is among them once it has been made.
    pub networks: Vec<Thing>,
    /// Its volumes.
    pub volumes: Vec<Thing>,
    /// The images committed in it, without the demo image.
    pub images: Vec<Thing>,
    /// The demo image, typed `busybox`.
    pub demo_image: FullId,
    /// Whether a terminal is at the other end.
    pub terminal: bool,
}
