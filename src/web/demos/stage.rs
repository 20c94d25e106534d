//! The stage: all benches of this Waterline, and the sandboxes behind them.

use super::bench::Bench;
use super::visitor::{Secret, Visitor};
use crate::demos::runner::Sandboxes;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The most sandboxes that one visitor has at a time. A further one takes the place of
/// the one that was not used for longest.
const MOST_SANDBOXES: usize = 3;

/// The most benches that are kept: far more than a room has.
const MOST_BENCHES: usize = 2_000;

/// A bench that nobody has worked at for so long is forgotten; its sandbox is gone by then.
const FORGOTTEN: Duration = Duration::from_secs(6 * 3600);

/// Whose work, on what, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Whose.
    pub visitor: Visitor,
    /// The demo; empty for the prompt alone.
    pub demo: String,
    /// The name of the host.
    pub host: String,
}

/// Everything that runs demos.
pub struct Stage {
    /// The sandboxes.
    pub sandboxes: Arc<Sandboxes>,
    /// What the tokens of forms are made with.
    pub secret: Secret,
    // A std mutex: held for one look-up, never across an await.
    benches: Mutex<HashMap<Place, Arc<Bench>>>,
    /// What each visitor holds while a sandbox of theirs is being opened.
    openings: Mutex<HashMap<Visitor, Arc<tokio::sync::Mutex<()>>>>,
}

/// Why nothing can be run here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Off {
    /// Waterline was started so.
    ReadOnly,
    /// It could not be prepared, and why.
    Unable(String),
}

impl Stage {
    /// A stage with nobody on it.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(sandboxes: Arc<Sandboxes>) -> Result<Arc<Stage>, getrandom::Error> {
        Ok(Arc::new(Stage {
            sandboxes,
            secret: Secret::new()?,
            benches: Mutex::default(),
            openings: Mutex::default(),
        }))
    }

    /// The bench of this place, where somebody has worked there.
    pub fn known(&self, place: &Place) -> Option<Arc<Bench>> {
        self.lock().get(place).cloned()
    }

    /// The bench of this place.
    pub fn bench(&self, place: &Place) -> Arc<Bench> {
        let mut benches = self.lock();
        if let Some(bench) = benches.get(place) {
            return Arc::clone(bench);
        }
        if benches.len() >= MOST_BENCHES {
            forget(&mut benches);
        }
        let bench = Bench::new(place.clone());
        benches.insert(place.clone(), Arc::clone(&bench));
        bench
    }

    /// What is held while a sandbox of this visitor is being opened: two at once in one
    /// place would open two, and two in two places find the same room.
    pub fn opening(&self, visitor: &Visitor) -> Arc<tokio::sync::Mutex<()>> {
        let openings = self.openings.lock();
        let mut openings = openings.unwrap_or_else(PoisonError::into_inner);
        openings.retain(|_, held| Arc::strong_count(held) > 1);
        Arc::clone(openings.entry(visitor.clone()).or_default())
    }

    /// Sees to it that this place may have a sandbox: the visitor's others that were not
    /// used for longest give theirs up.
    pub async fn make_room(&self, place: &Place) {
        let mut others: Vec<(Option<Instant>, Arc<Bench>)> = self
            .lock()
            .iter()
            .filter(|(other, _)| other.visitor == place.visitor && *other != place)
            .map(|(_, bench)| (bench.used(), Arc::clone(bench)))
            .filter(|(_, bench)| bench.seen().sandbox.is_some())
            .collect();
        others.sort_by_key(|(used, _)| *used);
        let too_many = (others.len() + 1).saturating_sub(MOST_SANDBOXES);
        for (_, bench) in others.into_iter().take(too_many) {
            bench.give_up(self).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Place, Arc<Bench>>> {
        self.benches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the benches that nobody works at; if there are none, those at which nothing
/// is being done.
fn forget(benches: &mut HashMap<Place, Arc<Bench>>) {
    let old = |bench: &Bench| bench.used().is_none_or(|used| used.elapsed() > FORGOTTEN);
    benches.retain(|_, bench| bench.is_busy() || !old(bench));
    if benches.len() >= MOST_BENCHES {
        benches.retain(|_, bench| bench.is_busy());
    }
}
