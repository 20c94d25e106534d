//! The search of one running Waterline: an index on a thread of its own that follows the
//! notebook. Nobody waits for it: until it is there, a page says so.

use crate::notebook::Notebook;
use crate::notebook::search::{Indexer, Search};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What can be said of the index.
#[derive(Clone)]
pub enum Readiness {
    /// It is being built for the first time.
    Building,
    /// It is there. While the notebook changes, this is the one before.
    Ready(Arc<Search>),
    /// It could not be built; the log says why.
    Broken,
}

/// The index, and the thread that keeps it.
pub struct Finder {
    now: watch::Sender<Readiness>,
    /// To the thread, once there is one.
    tell: Mutex<Option<Sender<Notebook>>>,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder {
            now: watch::Sender::new(Readiness::Building),
            tell: Mutex::default(),
        }
    }
}

impl Finder {
    /// Starts to build, if that has not begun, from the notebook that `notebook` gives.
    pub fn begin(&self, notebook: impl FnOnce() -> Notebook) {
        let mut tell = self.tell.lock().unwrap_or_else(PoisonError::into_inner);
        if tell.is_some() {
            return;
        }
        let (sender, notebooks) = channel();
        let now = self.now.clone();
        let thread = std::thread::Builder::new().name("search-index".into());
        match thread.spawn(move || keep(&notebooks, &now)) {
            Ok(_runs_until_the_sender_is_gone) => {
                // It listens: it has only just begun.
                let _ = sender.send(notebook());
            }
            Err(error) => {
                tracing::error!(%error, "no thread for the search index");
                self.now.send_replace(Readiness::Broken);
            }
        }
        *tell = Some(sender);
    }

    /// Brings the index to a changed notebook, if it has been begun.
    pub fn follow(&self, notebook: &Notebook) {
        let tell = self.tell.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &*tell {
            // Nobody listens any more where it broke, and that has been told.
            let _ = sender.send(notebook.clone());
        }
    }

    /// Told whenever the index was brought to another notebook.
    pub fn brought_up(&self) -> watch::Receiver<Readiness> {
        self.now.subscribe()
    }

    /// What can be said now, or as soon as there is more to say than that it is being
    /// built, but within `patience`.
    pub async fn ready_within(&self, patience: Duration) -> Readiness {
        let mut now = self.now.subscribe();
        let built = now.wait_for(|now| !matches!(now, Readiness::Building));
        match tokio::time::timeout(patience, built).await {
            Ok(Ok(now)) => now.clone(),
            Ok(Err(_)) => Readiness::Broken,
            Err(_) => Readiness::Building,
        }
    }
}

/// Builds and follows until nobody can tell of another notebook.
fn keep(notebooks: &Receiver<Notebook>, now: &watch::Sender<Readiness>) {
    let mut indexer = None;
    while let Ok(mut notebook) = notebooks.recv() {
        // Several changes at once are one: only the last counts.
        while let Ok(newer) = notebooks.try_recv() {
            notebook = newer;
        }
        let search = match indexer.take() {
            Some(indexer) => Ok(indexer),
            None => Indexer::new(),
        }
        .and_then(|mut own| {
            let search = own.follow(&notebook)?;
            indexer = Some(own);
            Ok(search)
        });
        now.send_replace(match search {
            Ok(search) => Readiness::Ready(Arc::new(search)),
            Err(error) => {
                tracing::error!(%error, "the search does not work");
                Readiness::Broken
            }
        });
    }
}
