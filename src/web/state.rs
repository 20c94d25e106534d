//! What all requests share: the notebook as it is now, its kept pages, the hosts,
//! the key.

use super::demos::pages::Card;
use super::demos::reasons::Reasons;
use super::demos::stage::{Off, Stage};
use super::editing::Editing;
use super::edits::{AllLeft, Mark};
use super::error::{Failure, PageError};
use super::finder::Finder;
use super::kept::{Coding, Kept, Page};
use super::key::Key;
use super::live::Live;
use super::pages::{Beside, DemoLink, HostLink, PanelLink};
use super::reply::Reply;
use crate::demos::stock::Demos;
use crate::engine::Engine;
use crate::notebook::{Notebook, Problem};
use crate::panels::attached::Attached;
use arc_swap::{ArcSwap, Guard};
use axum::http::HeaderMap;
use axum::response::Response;
use std::sync::Arc;
use tokio::sync::watch;

/// One running Waterline.
pub struct App {
    /// The port it listens on.
    pub port: u16,
    /// The one-time key of this run.
    pub key: Key,
    /// The Docker hosts.
    pub engine: Arc<Engine>,
    /// What somebody is looking at on them right now.
    pub live: Live,
    /// Where demos run, or why they do not.
    pub stage: Result<Arc<Stage>, Off>,
    /// The search of the notebook.
    pub finder: Finder,
    edition: ArcSwap<Edition>,
    /// The mark of the edition that is shown, where the content is followed.
    pub(super) marks: Option<watch::Sender<Mark>>,
    stopping: watch::Sender<bool>,
}

/// The notebook as it is now, with the pages made from it. A change of the content
/// brings a new edition, whole; a request works with the one it began with.
pub struct Edition {
    /// The notes.
    pub notebook: Notebook,
    /// The demos among them.
    pub demos: Arc<Demos>,
    /// Which topic carries which panels.
    pub attached: Arc<Attached>,
    /// Why a topic has none.
    pub reasons: Arc<Reasons>,
    /// Where the notes come from, as the reader may see it.
    pub source: String,
    /// Where they are written.
    pub editing: Arc<Editing>,
    /// The folder that they come from is not there at the moment.
    pub away: bool,
    /// What became of the addresses of notes that were removed or moved.
    pub left: AllLeft,
    /// Which edition it is, where the content is followed.
    pub mark: Option<Mark>,
    /// The pages that were asked for so far.
    pub kept: Kept,
}

impl Edition {
    /// These notes, with no page made yet.
    pub fn new(notebook: Notebook, attached: Attached, source: String) -> Edition {
        Edition {
            demos: Arc::new(Demos::of(&notebook)),
            reasons: Arc::new(Reasons::built_in()),
            notebook,
            attached: Arc::new(attached),
            source,
            editing: Arc::default(),
            away: false,
            left: AllLeft::default(),
            mark: None,
            kept: Kept::default(),
        }
    }

    /// With what is said of topics that have no demo.
    #[must_use]
    pub fn with_reasons(self, reasons: Reasons) -> Edition {
        Edition {
            reasons: Arc::new(reasons),
            ..self
        }
    }

    /// The first edition of content that is followed as it changes.
    #[must_use]
    pub fn followed(self) -> Edition {
        Edition {
            mark: Some(Mark::first()),
            ..self
        }
    }

    /// With where its notes are written.
    #[must_use]
    pub fn with_editing(self, editing: Editing) -> Edition {
        Edition {
            editing: Arc::new(editing),
            ..self
        }
    }

    /// The same edition, with no page made yet.
    #[must_use]
    pub fn unmade(&self) -> Edition {
        Edition {
            notebook: self.notebook.clone(),
            demos: Arc::clone(&self.demos),
            attached: Arc::clone(&self.attached),
            reasons: Arc::clone(&self.reasons),
            source: self.source.clone(),
            editing: Arc::clone(&self.editing),
            away: self.away,
            left: Arc::clone(&self.left),
            mark: self.mark,
            kept: Kept::default(),
        }
    }

    /// Everything an author should look at.
    pub fn problems(&self) -> Vec<Problem> {
        let mut problems = self.attached.problems(&self.notebook);
        problems.extend(self.notebook.problems());
        problems.extend(self.demos.problems().iter().cloned());
        problems.extend(self.reasons.problems(&self.notebook));
        problems
    }
}

impl App {
    /// A Waterline that listens on `port` and shows `edition` beside these hosts.
    pub fn new(port: u16, key: Key, engine: Engine, edition: Edition) -> App {
        App {
            port,
            key,
            engine: Arc::new(engine),
            live: Live::default(),
            stage: Err(Off::ReadOnly),
            finder: Finder::default(),
            marks: edition.mark.map(watch::Sender::new),
            edition: ArcSwap::from_pointee(edition),
            stopping: watch::Sender::new(false),
        }
    }

    /// With demos that run there, or the reason why they do not. Without this nothing runs.
    /// Its sandboxes are the ones that panels can be scoped to.
    #[must_use]
    pub fn with_stage(self, stage: Result<Arc<Stage>, Off>) -> App {
        let sandboxes = stage
            .as_ref()
            .ok()
            .map(|stage| Arc::clone(&stage.sandboxes));
        let live = Live::of(Arc::new(move |host, id| {
            let sandbox = sandboxes.as_ref()?.seen(&id)?;
            (sandbox.host().name() == host).then(|| sandbox.corner())
        }));
        App {
            stage,
            live,
            ..self
        }
    }

    /// The notebook as it is now, for a lookup: hold it shortly.
    pub fn edition(&self) -> Guard<Arc<Edition>> {
        self.edition.load()
    }

    /// The notebook as it is now, for as long as the caller likes.
    pub fn edition_for_long(&self) -> Arc<Edition> {
        self.edition.load_full()
    }

    /// Shows `edition` from now on.
    pub fn publish(&self, edition: Edition) {
        let edition = Arc::new(edition);
        self.edition.store(Arc::clone(&edition));
        if let (Some(marks), Some(mark)) = (&self.marks, edition.mark) {
            marks.send_replace(mark);
        }
        self.finder.follow(&edition.notebook);
    }

    /// The marks of the editions that are shown, this one first; `None` where the content is
    /// not followed.
    pub fn marks(&self) -> Option<watch::Receiver<Mark>> {
        self.marks.as_ref().map(watch::Sender::subscribe)
    }

    /// Starts to read the notes for the search, in the background, if that has not begun.
    pub fn begin_search(&self) {
        self.finder.begin(|| self.edition().notebook.clone());
    }

    /// Forgets the kept pages: something that is not in the notes has changed on them.
    pub fn remake(&self) {
        self.edition.rcu(|edition| edition.unmade());
    }

    /// Answers with the page kept under `key`, or with the one that `make` makes from
    /// the notebook as it is now, kept until the notebook changes.
    ///
    /// `key` is the path and query as our own links write them, so that the front
    /// door finds the page by the address alone.
    pub async fn kept(
        &self,
        headers: &HeaderMap,
        key: String,
        make: impl FnOnce(&Edition) -> Result<Page, PageError> + Send + 'static,
    ) -> Result<Response, Failure> {
        let edition = self.edition_for_long();
        let from = Arc::clone(&edition);
        let page = edition
            .kept
            .get_or(key, Coding::wanted(headers), move || {
                Ok(make(&from)?.marked(from.mark))
            })
            .await?;
        Ok(page.answer(headers).map(Reply::into_body))
    }

    /// The configured hosts, as pages name them.
    pub fn host_links(&self) -> Vec<HostLink> {
        let hosts = self.engine.hosts();
        hosts
            .iter()
            .map(|host| HostLink {
                name: host.name().to_owned(),
                endpoint: host.endpoint(),
            })
            .collect()
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

impl Edition {
    /// Calls `draw` with what a page shows beside the notebook's own text.
    pub fn beside<T>(&self, hosts: &[HostLink], draw: impl FnOnce(&Beside<'_>) -> T) -> T {
        let panels_of = |topic: &str| -> Vec<PanelLink> {
            let panels = self.attached.of(topic).iter();
            panels.copied().map(PanelLink::from).collect()
        };
        let demos_of = |topic: &str| -> Vec<DemoLink> {
            let demos = self.demos.of_topic(topic);
            demos.map(|demo| Card::of(demo).into()).collect()
        };
        let why_none = |topic: &str| {
            let has_none = self.demos.of_topic(topic).next().is_none();
            let why = self.reasons.of(topic).filter(|_| has_none);
            why.map(str::to_owned)
        };
        draw(&Beside {
            panels_of: &panels_of,
            demos_of: &demos_of,
            why_none: &why_none,
            hosts,
            editing: &self.editing,
            for_authors: true,
        })
    }
}
