//! One host, as the sandboxes on it share it: the queue, the demo image, the memory.

use super::queue::Queue;
use super::running::Running;
use super::sandboxes::OpenError;
use crate::demos::prepare::Pins;
use crate::demos::{doctor, janitor, prepare};
use crate::engine::hands::{Failed, FullId, Hands, Look};
use crate::engine::{Away, Host};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long the free space that was seen is taken for true.
const SPACE_IS_TRUE: Duration = Duration::from_secs(10);

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
        Ok(Known {
            image,
            memory: info["MemTotal"].as_u64().unwrap_or(0),
        })
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
