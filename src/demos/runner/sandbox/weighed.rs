//! What is known of a sandbox's weight, and that it was stopped for it.

use super::super::weight::{self, Weight};
use super::Sandbox;
use std::sync::{Arc, MutexGuard, PoisonError};

/// What is known of a sandbox's weight.
#[derive(Default)]
pub(super) struct Heavy {
    weight: Weight,
    /// Why it was stopped, until it is light again.
    stopped: Option<String>,
    /// Whether somebody was told.
    told: bool,
    /// How often it was stopped.
    stops: u64,
}

/// Its weight.
impl Sandbox {
    /// What it weighed when it was last measured.
    pub fn weight(&self) -> Weight {
        self.lock_heavy().weight
    }

    /// Something was started: it is measured from now on, until nothing runs.
    pub(in crate::demos::runner) fn stirs(self: &Arc<Self>) {
        self.place.scales.put(self);
    }

    /// It was measured.
    pub(in crate::demos::runner) fn weighs(&self, weight: Weight) {
        let mut heavy = self.lock_heavy();
        heavy.weight = weight;
        if !weight.is_over(&self.limits) && heavy.told {
            heavy.stopped = None;
        }
    }

    /// It was too heavy and is being stopped.
    pub(in crate::demos::runner) fn is_too_heavy(&self, weight: Weight) {
        let why = match weight.total() > self.limits.weight {
            true => format!(
                "it had written {} MB to the host's disk, and may write {} MB. Remove containers, images \
                 or volumes, or reset the sandbox",
                weight.total() / 1_000_000,
                self.limits.weight / 1_000_000
            ),
            false => format!(
                "it had made more than {} files on the host's disk. Remove containers, or reset the sandbox",
                self.limits.files
            ),
        };
        self.lock_heavy().weight = weight;
        self.is_stopped(format!("everything in this sandbox was stopped: {why}"));
    }

    /// It was stopped, since the host has hardly any file left to give.
    pub(in crate::demos::runner) fn is_stopped_for_files(&self) {
        self.is_stopped(
            "everything in this sandbox was stopped: the host's disk can take hardly any more files, and \
             nobody can tell how many are made in a volume"
                .into(),
        );
    }

    /// A container was stopped, since its log grew by more than so many bytes a second.
    pub(in crate::demos::runner) fn is_too_loud(&self, bytes: usize) {
        self.is_stopped(format!(
            "a container of this sandbox was stopped: its log grew by more than {} KB a second",
            bytes / 1024
        ));
    }

    fn is_stopped(&self, why: String) {
        let mut heavy = self.lock_heavy();
        heavy.told = false;
        heavy.stops += 1;
        heavy.stopped = Some(why);
    }

    /// How often it was stopped so far.
    pub(super) fn heavy_count(&self) -> u64 {
        self.lock_heavy().stops
    }

    /// Why it was stopped, if it was since then.
    pub(super) fn stopped_since(&self, stops: u64) -> Option<String> {
        let mut heavy = self.lock_heavy();
        if heavy.stops == stops {
            return None;
        }
        heavy.told = true;
        heavy.stopped.clone()
    }

    /// Why nothing more is started in it: it was stopped for its weight, and weighs as much
    /// still.
    pub(in crate::demos::runner) async fn is_still_too_heavy(&self) -> Option<String> {
        self.lock_heavy().stopped.as_ref()?;
        if let Ok(weight) = weight::now(self).await {
            self.weighs(weight);
        }
        self.lock_heavy().stopped.clone()
    }

    /// A container was started.
    pub(in crate::demos::runner) fn has_started(self: &Arc<Self>) {
        self.place.running.adjust(self.id, 1);
        self.stirs();
    }

    /// A container that was attended to its end has ended.
    pub(in crate::demos::runner) fn has_ended(&self) {
        self.place.running.adjust(self.id, -1);
    }

    /// Why it was stopped, the first time that this is asked.
    pub(in crate::demos::runner) fn stopped_and_not_told(&self) -> Option<String> {
        let mut heavy = self.lock_heavy();
        match std::mem::replace(&mut heavy.told, true) {
            true => None,
            false => heavy.stopped.clone(),
        }
    }

    pub(super) fn lock_heavy(&self) -> MutexGuard<'_, Heavy> {
        self.heavy.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
