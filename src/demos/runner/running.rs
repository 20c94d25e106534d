//! How many containers run in all sandboxes of a host, as far as we know: what the share
//! of the host's memory is counted by. What is about to start counts already, so that a
//! whole room that starts something at once finds no more room than there is.

use crate::engine::owned::SandboxId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// The count of one host. Clones share it.
#[derive(Clone, Default)]
pub(super) struct Running {
    // A std mutex: held for a few lines, never across an await.
    counts: Arc<Mutex<Counts>>,
}

#[derive(Default)]
struct Counts {
    running: HashMap<SandboxId, Count>,
    starting: u64,
}

/// How many run in one sandbox, and when that was so.
struct Count {
    running: u64,
    since: Instant,
}

/// Room for one container that is about to start. Given back when dropped: by then it
/// counts as one that runs, or did not start.
pub(super) struct Room(Running);

impl Drop for Room {
    fn drop(&mut self) {
        let mut counts = self.0.lock();
        counts.starting = counts.starting.saturating_sub(1);
    }
}

impl Running {
    /// Takes note of how many containers of a sandbox run, by a look that began `then`.
    /// What was started or ended since is known better.
    pub(super) fn note(&self, sandbox: SandboxId, running: u64, then: Instant) {
        let mut counts = self.lock();
        let known = counts.running.get(&sandbox);
        if known.is_none_or(|count| count.since <= then) {
            let since = then;
            counts.running.insert(sandbox, Count { running, since });
        }
    }

    /// A sandbox is gone.
    pub(super) fn forget(&self, sandbox: &SandboxId) {
        self.lock().running.remove(sandbox);
    }

    /// A container of a sandbox was started, or has ended.
    pub(super) fn adjust(&self, sandbox: SandboxId, by: i64) {
        let since = Instant::now();
        let mut counts = self.lock();
        let known = counts.running.get(&sandbox);
        let running = known.map_or(0, |count| count.running);
        let running = running.saturating_add_signed(by);
        counts.running.insert(sandbox, Count { running, since });
    }

    /// Room for one more, if `fits` says that so many may run.
    pub(super) fn one_more(&self, fits: impl FnOnce(u64) -> bool) -> Option<Room> {
        let mut counts = self.lock();
        let running: u64 = counts.running.values().map(|count| count.running).sum();
        let all = running + counts.starting + 1;
        fits(all).then(|| {
            counts.starting += 1;
            Room(self.clone())
        })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_that_starts_at_once_gets_no_more_than_there_is() {
        let running = Running::default();
        let of = |id| SandboxId::parse(id).expect("an id");
        let two = |all| all <= 2;
        running.note(of("aaaaaaaa"), 1, Instant::now());
        let first = running.one_more(two).expect("room for a second");
        assert!(running.one_more(two).is_none(), "it is about to start");
        running.adjust(of("bbbbbbbb"), 1);
        drop(first);
        assert!(running.one_more(two).is_none(), "it runs now");
        running.note(of("aaaaaaaa"), 0, Instant::now());
        drop(running.one_more(two).expect("the first has ended"));
        assert!(running.one_more(two).is_some(), "the other did not start");
    }

    #[test]
    fn a_look_from_before_a_start_does_not_undo_it() {
        let running = Running::default();
        let id = SandboxId::parse("aaaaaaaa").expect("an id");
        let before = Instant::now();
        running.adjust(id, 1);
        running.note(id, 0, before);
        assert!(running.one_more(|all| all == 2).is_some());
        running.note(id, 0, Instant::now());
        assert!(running.one_more(|all| all == 1).is_some());
    }
}
