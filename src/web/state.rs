//! What all requests share: the notebook as it is now, its kept pages, the key.

use super::kept::Kept;
use super::key::Key;
use arc_swap::{ArcSwap, Guard};
use std::sync::Arc;
use tokio::sync::watch;

/// One running Waterline.
pub struct App {
    /// The port it listens on.
    pub port: u16,
    /// The one-time key of this run.
    pub key: Key,
    edition: ArcSwap<Edition>,
    stopping: watch::Sender<bool>,
}

/// The notebook as it is now, with the pages made from it. A change of the content
/// brings a new edition, whole; a request works with the one it began with.
#[derive(Default)]
pub struct Edition {
    /// The pages that were asked for so far.
    pub kept: Kept,
}

impl App {
    /// A Waterline that listens on `port` and shows `edition`.
    pub fn new(port: u16, key: Key, edition: Edition) -> App {
        App {
            port,
            key,
            edition: ArcSwap::from_pointee(edition),
            stopping: watch::Sender::new(false),
        }
    }

    /// The notebook as it is now. Hold it for a lookup; [`App::edition_for_long`] otherwise.
    pub fn edition(&self) -> Guard<Arc<Edition>> {
        self.edition.load()
    }

    /// The notebook as it is now, for as long as the caller likes.
    pub fn edition_for_long(&self) -> Arc<Edition> {
        self.edition.load_full()
    }

    /// Shows `edition` from now on.
    pub fn publish(&self, edition: Edition) {
        self.edition.store(Arc::new(edition));
    }

    /// Tells every stream to end.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Resolves once Waterline is stopping: a stream ends then, so that its
    /// connection can be closed.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static + use<> {
        let mut stopping = self.stopping.subscribe();
        async move {
            // An error means that the App is gone: stopping as well.
            let _ = stopping.wait_for(|stopping| *stopping).await;
        }
    }
}
