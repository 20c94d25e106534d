//! How long sandboxes last, and how much of a host all of them together may take.

use std::time::Duration;

/// The terms on which a host is shared. All are settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// A sandbox that nobody has used for so long is removed.
    pub idle: Duration,
    /// A sandbox is removed after so long in any case: `wl.until` of its objects.
    pub life: Duration,
    /// How many may have one host work at a time; the others wait.
    pub workers: usize,
    /// How much of a host's memory all sandboxes together may take, in percent.
    pub memory_percent: u64,
    /// Below so many bytes of free space on the host nothing new is started.
    pub free_space: u64,
    /// How many there may be at a time, over all hosts.
    pub sandboxes: usize,
}

impl Terms {
    /// How many of a host's `total` bytes of memory all sandboxes together may take.
    pub fn memory_share(&self, total: u64) -> u64 {
        total.saturating_mul(self.memory_percent) / 100
    }
}

impl Default for Terms {
    fn default() -> Terms {
        Terms {
            idle: Duration::from_secs(30 * 60),
            life: Duration::from_secs(4 * 3600),
            workers: 4,
            memory_percent: 50,
            free_space: 1 << 30,
            sandboxes: 200,
        }
    }
}
