//! All sandboxes of this process: who has one, since when, and until when.

use super::place::{Place, as_away};
use super::sandbox::Sandbox;
use super::terms::Terms;
use crate::demos::instance::Slot;
use crate::demos::prepare::Pins;
use crate::demos::sandbox::Limits;
use crate::engine::hands::Hands;
use crate::engine::owned::SandboxId;
use crate::engine::{Away, Engine};
use futures_util::future::join_all;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

/// How often expired sandboxes are looked for.
const ROUND: Duration = Duration::from_secs(20);

/// All sandboxes of this process. There is none of these where demos are turned off.
pub struct Sandboxes {
    engine: Arc<Engine>,
    slot: Slot,
    limits: Arc<Limits>,
    terms: Terms,
    pins: Pins,
    places: Mutex<HashMap<String, Arc<Place>>>,
    open: Mutex<HashMap<SandboxId, Arc<Sandbox>>>,
    /// Whether somebody looks after the expired ones.
    tended: Mutex<bool>,
    me: Weak<Sandboxes>,
}

/// Why there is no sandbox to be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No host has this name.
    #[error("no Docker host here is called {0:?}")]
    NoHost(String),
    /// There is no host at all.
    #[error("no Docker host was found; name one with --host")]
    NoHosts,
    /// The host does not answer.
    #[error("{0}")]
    Away(#[from] Away),
    /// The demo image is not there.
    #[error("the demo image, busybox, is not on host {0}: put it there with `waterline prepare`")]
    NoImage(String),
    /// There are as many as there may be.
    #[error(
        "all {0} sandboxes are taken; one that nobody uses goes by itself, so try again in a while"
    )]
    Full(usize),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers for a sandbox's name: {0}")]
    NoName(String),
}

impl Sandboxes {
    /// The sandboxes that this Waterline makes on these hosts; none yet.
    pub fn new(engine: Arc<Engine>, slot: Slot, limits: Limits, terms: Terms) -> Arc<Sandboxes> {
        Sandboxes::with_pins(engine, slot, limits, terms, Pins::of_user())
    }

    /// The same, with demo images that are pinned elsewhere than in the user's state folder.
    pub fn with_pins(
        engine: Arc<Engine>,
        slot: Slot,
        limits: Limits,
        terms: Terms,
        pins: Pins,
    ) -> Arc<Sandboxes> {
        Arc::new_cyclic(|me| Sandboxes {
            engine,
            slot,
            limits: Arc::new(limits),
            terms,
            pins,
            places: Mutex::default(),
            open: Mutex::default(),
            tended: Mutex::new(false),
            me: me.clone(),
        })
    }

    /// Removes what an earlier process of this instance left on the host of this name, if
    /// none has been opened there yet. [`open`](Sandboxes::open) does it first in any case.
    ///
    /// # Errors
    /// The host does not answer, or has no demo image.
    pub async fn begin(&self, host: Option<&str>) -> Result<(), OpenError> {
        self.place(host)?.known().await.map(|_| ())
    }

    /// A new sandbox on the host of this name; on the default one for `None`. Nothing is
    /// made on the host yet.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(&self, host: Option<&str>) -> Result<Arc<Sandbox>, OpenError> {
        let place = self.place(host)?;
        let known = place.known().await?;
        let id = SandboxId::random().map_err(|error| OpenError::NoName(error.to_string()))?;
        let sandbox = Sandbox::new(id, place, known, Arc::clone(&self.limits), self.terms);
        {
            let mut open = self.lock_open();
            if open.len() >= self.terms.sandboxes {
                return Err(OpenError::Full(self.terms.sandboxes));
            }
            open.insert(id, Arc::clone(&sandbox));
        }
        self.tend();
        Ok(sandbox)
    }

    /// The sandbox of this id, for a look from outside: its time goes on.
    pub fn seen(&self, id: &SandboxId) -> Option<Arc<Sandbox>> {
        self.lock_open().get(id).cloned()
    }

    /// The sandbox of this id, unless it has expired. Its time begins anew.
    pub fn get(&self, id: &SandboxId) -> Option<Arc<Sandbox>> {
        let sandbox = self.lock_open().get(id).cloned()?;
        sandbox.touch();
        Some(sandbox)
    }

    /// Removes everything that the sandbox made, and keeps the sandbox.
    ///
    /// # Errors
    /// Why something may be left.
    pub async fn reset(&self, id: &SandboxId) -> Result<(), Away> {
        match self.get(id) {
            Some(sandbox) => sandbox.reset().await,
            None => Ok(()),
        }
    }

    /// Removes everything that the sandbox made, and the sandbox.
    ///
    /// # Errors
    /// Why something may be left; the next sweep takes it.
    pub async fn close(&self, id: &SandboxId) -> Result<(), Away> {
        let sandbox = self.lock_open().remove(id);
        match sandbox {
            Some(sandbox) => sandbox.close().await,
            None => Ok(()),
        }
    }

    /// Closes all of them: this Waterline ends.
    pub async fn end(&self) {
        let all: Vec<Arc<Sandbox>> = self
            .lock_open()
            .drain()
            .map(|(_, sandbox)| sandbox)
            .collect();
        for result in join_all(all.iter().map(|sandbox| sandbox.close())).await {
            if let Err(away) = result {
                tracing::warn!(%away, "a sandbox could not be removed; the next start does it");
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock_open().len()
    }

    /// What a sandbox may have.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How long sandboxes last.
    pub fn terms(&self) -> &Terms {
        &self.terms
    }

    fn lock_open(&self) -> MutexGuard<'_, HashMap<SandboxId, Arc<Sandbox>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_places(&self) -> MutexGuard<'_, HashMap<String, Arc<Place>>> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, name: Option<&str>) -> Result<Arc<Place>, OpenError> {
        let host = self.engine.host(name).ok_or_else(|| match name {
            Some(name) => OpenError::NoHost(name.to_owned()),
            None => OpenError::NoHosts,
        })?;
        let mut places = self.lock_places();
        let place = places.entry(host.name().to_owned()).or_insert_with(|| {
            let hands = Hands::new(Arc::clone(&host), *self.slot.instance());
            Arc::new(Place::new(hands, self.pins.clone(), self.terms.workers))
        });
        Ok(Arc::clone(place))
    }

    /// Looks after the expired ones from now on, as long as this lives.
    fn tend(&self) {
        let mut tended = self.tended.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *tended, true) {
            return;
        }
        let me = self.me.clone();
        let round = ROUND.min(self.terms.idle / 2);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(round).await;
                let Some(all) = me.upgrade() else { return };
                all.close_expired().await;
                let places = all.lock_places().clone();
                // At once: a host that is away keeps no other waiting.
                join_all(places.values().map(|place| place.expire())).await;
            }
        });
    }

    /// Closes those whose time is over.
    async fn close_expired(&self) {
        let expired: Vec<SandboxId> = {
            let open = self.lock_open();
            let over = open.values().filter(|sandbox| sandbox.has_expired());
            over.map(|sandbox| *sandbox.id()).collect()
        };
        let closed = expired.iter().map(async |id| {
            tracing::info!(sandbox = %id, "expired");
            if let Err(away) = self.close(id).await {
                tracing::warn!(sandbox = %id, %away, "could not be removed; the next start does it");
            }
        });
        join_all(closed).await;
    }
}

/// What a wipe failed on.
pub(super) fn wiped(
    result: Result<crate::demos::janitor::Swept, crate::engine::hands::Failed>,
) -> Result<(), Away> {
    let swept = result.map_err(as_away)?;
    match swept.kept.first() {
        None => Ok(()),
        Some((left, why)) => {
            tracing::warn!(id = %left.id, why, "not removed");
            Err(Away::Refused {
                status: 500,
                message: format!("{} could not be removed", left.name),
            })
        }
    }
}
