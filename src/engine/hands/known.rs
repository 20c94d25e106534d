//! What is known to be ours, so that each object is looked at once before it is touched.

use super::ids::FullId;
use crate::engine::owned::SandboxId;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many objects are remembered; then all are forgotten, and looked at again.
const MOST: usize = 20_000;

/// What kind of object an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A container, and whether it has a terminal.
    Container {
        /// `Config.Tty`
        tty: bool,
    },
    /// An image of a sandbox.
    Image,
    /// The demo image, which belongs to no sandbox and is never removed.
    DemoImage,
    /// A network.
    Network,
}

/// Ids are never used again, so what was ours once stays ours. Volumes have names
/// instead, and are looked at each time.
#[derive(Default)]
pub struct Known(Mutex<HashMap<FullId, (Kind, Option<SandboxId>)>>);

impl Known {
    /// Remembers an object.
    pub fn add(&self, id: FullId, kind: Kind, sandbox: Option<SandboxId>) {
        let mut known = self.lock();
        if known.len() >= MOST {
            // The demo image was told to us by somebody: nobody tells it again.
            known.retain(|_, (kind, _)| *kind == Kind::DemoImage);
        }
        known.insert(id, (kind, sandbox));
    }

    /// What is known of it.
    pub fn get(&self, id: &FullId) -> Option<(Kind, Option<SandboxId>)> {
        self.lock().get(id).copied()
    }

    /// Forgets an object that is gone.
    pub fn forget(&self, id: &FullId) {
        self.lock().remove(id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FullId, (Kind, Option<SandboxId>)>> {
        // Nothing in here can be left half done by a panic.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
