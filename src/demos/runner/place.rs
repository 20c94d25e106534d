//! One host, as the sandboxes on it share it: the queue, the demo image, the memory.

use super::queue::Queue;
use super::running::Running;
use super::sandboxes::OpenError;
use super::scales::Scales;
use crate::demos::prepare::Pins;
use crate::demos::{doctor, janitor, prepare};
use crate::engine::hands::{Failed, FullId, Hands, Look};
use crate::engine::{Away, Host};
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How long the free space that was seen is taken for true.
const SPACE_IS_TRUE: Duration = Duration::from_secs(10);

/// Below so many files that the disk can still take nothing new is started; on a small
/// disk below a twentieth of all.
const FEWEST_FILES: u64 = 200_000;

/// A host with sandboxes on it.
pub(super) struct Place {
    /// The hands that work there.
    pub(super) hands: Hands,
    /// Which image is the demo image.
    pins: Pins,
    /// Who waits there.
    pub(super) queue: Queue,
    /// What is known of it once somebody has opened a sandbox there.
    known: tokio::sync::Mutex<Option<Known>>,
    /// The free bytes where the engine keeps its files, and when that was seen.
    free: tokio::sync::Mutex<Option<(Instant, Option<u64>)>>,
    /// How many containers run in all sandboxes.
    pub(super) running: Running,
    /// What all of them weigh.
    pub(super) scales: Scales,
    /// The folder in which the engine keeps its files, if it is one of this machine.
    folder: OnceLock<PathBuf>,
}

/// What is known of a host on which sandboxes can be opened.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// The demo image.
    pub(super) image: FullId,
    /// The host's memory in bytes; 0 where it does not say.
    pub(super) memory: u64,
}

impl Place {
    /// This host, with room for so many workers at once.
    pub(super) fn new(hands: Hands, pins: Pins, workers: usize) -> Place {
        Place {
            hands,
            pins,
            queue: Queue::new(workers),
            known: tokio::sync::Mutex::default(),
            free: tokio::sync::Mutex::default(),
            running: Running::default(),
            scales: Scales::default(),
            folder: OnceLock::new(),
        }
    }

    /// The host.
    pub(super) fn host(&self) -> &Arc<Host> {
        self.hands.host()
    }

    /// What sandboxes need to know. At the first time what an earlier process of this
    /// instance left there is removed: no sandbox of ours is there yet.
    pub(super) async fn known(&self) -> Result<Known, OpenError> {
        let mut known = self.known.lock().await;
        if let Some(known) = &*known {
            return Ok(known.clone());
        }
        self.sweep().await.map_err(away)?;
        let found = self.look_around().await?;
        Ok(known.insert(found).clone())
    }

    /// Removes what an earlier process of this instance left.
    async fn sweep(&self) -> Result<(), Failed> {
        let instance = [*self.hands.instance()];
        if janitor::sweep(self.host(), &instance, true)
            .await?
            .found
            .is_empty()
        {
            return Ok(());
        }
        let swept = janitor::sweep(self.host(), &instance, false).await?;
        let host = self.host().name();
        tracing::info!(host, removed = swept.removed, "swept");
        for (left, why) in &swept.kept {
            tracing::warn!(host, id = %left.id, why, "not swept");
        }
        Ok(())
    }

    /// Removes what should be gone by now in any case.
    pub(super) async fn expire(&self) {
        if self.known.lock().await.is_none() {
            return;
        }
        if let Err(failed) = janitor::expire(&self.hands, Timestamp::now()).await {
            tracing::debug!(host = self.host().name(), %failed, "nothing expired");
        }
    }

    async fn look_around(&self) -> Result<Known, OpenError> {
        let image = prepare::find(&self.hands, &self.pins);
        let info = self.hands.look(Look::Info);
        let (image, info) = tokio::try_join!(image, info).map_err(away)?;
        let image = image.ok_or_else(|| OpenError::NoImage(self.host().name().to_owned()))?;
        self.hands.know_demo_image(image.clone());
        if let Some(folder) = doctor::folder_of(&self.hands, &info) {
            let _as_before = self.folder.set(folder.to_owned());
        }
        Ok(Known {
            image,
            memory: info["MemTotal"].as_u64().unwrap_or(0),
        })
    }

    /// Whether the disk where the engine keeps its files can take hardly any further one;
    /// not known of an engine elsewhere.
    pub(super) fn has_few_files(&self) -> bool {
        let folder = self.folder.get();
        let space = folder.and_then(|folder| rustix::fs::statvfs(folder).ok());
        space.is_some_and(|space| are_few(space.f_favail, space.f_files))
    }

    /// The free bytes where the engine keeps its files, where that is known.
    pub(super) async fn free_space(&self) -> Option<u64> {
        let mut free = self.free.lock().await;
        match *free {
            Some((seen, bytes)) if seen.elapsed() < SPACE_IS_TRUE => bytes,
            _ => {
                let bytes = doctor::free(&self.hands).await.ok().flatten();
                *free = Some((Instant::now(), bytes));
                bytes
            }
        }
    }
}

/// Whether so many files are few that a disk can still take. Some file systems have no
/// limit, and say 0 of 0.
fn are_few(free: u64, all: u64) -> bool {
    all > 0 && free < FEWEST_FILES.min(all / 20)
}

/// A failure, as one that keeps a sandbox from being opened.
pub(super) fn away(failed: Failed) -> OpenError {
    OpenError::Away(as_away(failed))
}

/// A failure, as an engine that is away. The engine's own words have real names in them
/// and stay out.
pub(super) fn as_away(failed: Failed) -> Away {
    match failed {
        Failed::Away(away) => away,
        Failed::Said { status, message } => {
            tracing::warn!(status, message, "the engine said no");
            Away::Refused {
                status,
                message: "it could not do a part of this; Waterline's log has its words".into(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_few_by_number_or_by_share_of_the_disk() {
        assert!(!are_few(200_000, 10_000_000));
        assert!(are_few(199_999, 10_000_000));
        assert!(!are_few(50_000, 1_000_000));
        assert!(are_few(49_999, 1_000_000));
        assert!(!are_few(0, 0), "a file system without a limit");
    }
}
