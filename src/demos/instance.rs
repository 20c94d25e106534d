//! Which Waterline this is, and remains after a crash.
//!
//! Each running Waterline holds a slot: a file `instance-N` in the user's state folder,
//! locked while the process lives, with the [`Instance`] in it. The next process to take
//! the slot is the same instance, and may remove what the last one left.

use crate::engine::owned::Instance;

/// The slot that this process holds.
#[derive(Debug)]
pub struct Slot {
    instance: Instance,
}

impl Slot {
    /// Takes the first free slot. Without a folder that can be written the instance is
    /// a new one that nobody knows afterwards.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn take() -> Result<Slot, getrandom::Error> {
        Instance::random().map(|instance| Slot { instance })
    }

    /// The instance.
    pub fn instance(&self) -> &Instance {
        &self.instance
    }
}
