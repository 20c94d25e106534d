//! The one live stream: `/live`, what a page keeps open while somebody looks at it.
//!
//! A page names the panels that it shows by key, and gets each as a fragment
//! whenever it changes. However many viewers a key has, it is asked, drawn and
//! encoded once: [`Live`] keeps one [`Show`] per key that somebody looks at, and
//! every viewer is sent the same bytes. A slow viewer skips to the newest
//! fragment and holds nobody up. The masthead's host chip comes on the same
//! stream, as the event `host`.

use super::hosts;
use crate::engine::{Answers, Ask, Corner, Engine, Host, Roster, SandboxId, Scoped, Status, Watch};
use crate::panels::beside::{Side, beside};
use crate::panels::values::{self, Value};
use crate::panels::{self, Drawn, Panel, Scope, View};
use askama::Template;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream::{
    self, BoxStream, FuturesUnordered, SelectAll, Stream, StreamExt, select,
};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinError, JoinHandle};
use tokio_stream::wrappers::{IntervalStream, WatchStream};

/// A comment this often keeps middleboxes from closing a quiet stream.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How many pictures are drawn at a time.
const DRAWN_AT_ONCE: usize = 2;

/// How many different pictures are kept current at a time: more than the panels of all
/// pages that a room looks at, where each person has a sandbox. Beyond, a key is answered
/// with `gone`.
const MOST_SHOWS: usize = 1024;

/// How long the panel of all hosts waits for one to say what it calls itself.
const ID_PATIENCE: Duration = Duration::from_millis(500);

/// How many panels one stream carries at most: more than any page shows.
pub const MOST_PANELS: usize = 64;

/// How a live value is told from a panel among the keys of a stream.
pub const VALUE: &str = "value:";

/// Which sandboxes there are: by the name of its host and its id, what decides its part
/// of the host; `None` for one that is not there, or not any more.
pub type Corners = Arc<dyn Fn(&str, SandboxId) -> Option<Corner> + Send + Sync>;

/// Everything that somebody is looking at right now.
pub struct Live {
    // A std mutex: held for one look-up, never across an await.
    shows: Mutex<HashMap<String, Weak<Show>>>,
    corners: Corners,
    drawn: Arc<AtomicU64>,
}

impl Default for Live {
    /// Any id is taken for that of a sandbox. One that owns nothing has empty pictures.
    fn default() -> Live {
        Live::of(Arc::new(|_, id| Some(Corner::from(id))))
    }
}

/// One event of the stream, encoded once for all its viewers. `None` until the
/// first is drawn.
type Frame = Option<Bytes>;

/// One fragment that somebody looks at. Its task ends with its last viewer.
struct Show {
    latest: watch::Receiver<Frame>,
    task: JoinHandle<()>,
}

impl Drop for Show {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Live {
    /// With these sandboxes.
    pub fn of(corners: Corners) -> Live {
        Live {
            shows: Mutex::default(),
            corners,
            drawn: Arc::default(),
        }
    }

    /// What decides the part of `host` that `scope` shows.
    ///
    /// # Errors
    /// There is no such sandbox on this host.
    pub fn corner(&self, host: &Host, scope: Scope) -> Result<Option<Corner>, NoSandbox> {
        corner(&self.corners, host, scope)
    }

    /// How many pictures were drawn for streams so far, whether they were sent or not.
    pub fn drawn(&self) -> u64 {
        self.drawn.load(Ordering::Relaxed)
    }

    /// The stream for a page that shows these panels. A key that names no panel
    /// or no host, or one picture too many, gets the event `gone` with the key, so
    /// that its element can say so; the others go on.
    ///
    /// `host` is the one whose chip the page shows; the default one when there is none
    /// of that name, which the chip then says.
    ///
    /// It ends when `stopping` resolves, so that the server can stop.
    pub fn stream(
        &self,
        engine: &Arc<Engine>,
        host: Option<&str>,
        keys: &[String],
        stopping: impl Future<Output = ()> + Send + 'static,
    ) -> Response {
        let mut frames = SelectAll::new();
        frames.push(once("retry: 1000\n\n".into()));
        let chosen = host.and_then(|name| engine.host(Some(name)));
        let unknown = host.filter(|_| chosen.is_none()).map(str::to_owned);
        if let Some(host) = chosen.or_else(|| engine.host(None)) {
            let name = match &unknown {
                Some(unknown) => format!("host?unknown={unknown}"),
                None => format!("host?host={}", host.name()),
            };
            let engine = Arc::clone(engine);
            let chip = self.show(&name, |frames| chip(engine, host, unknown, frames));
            frames.extend(chip.map(viewing));
        }
        for key in keys.iter().take(MOST_PANELS) {
            let show = match key.strip_prefix(VALUE) {
                Some(value) => self.value(engine, value),
                None => self.panel(engine, key),
            };
            match show {
                Some(show) => frames.push(viewing(show)),
                None => frames.push(once(event("gone", key))),
            }
        }
        let mut keep_alive = tokio::time::interval(KEEP_ALIVE);
        keep_alive.reset();
        frames.push(
            IntervalStream::new(keep_alive)
                .map(|_| Bytes::from_static(b":\n\n"))
                .boxed(),
        );

        let frames = frames
            .take_until(Box::pin(stopping))
            .map(Ok::<_, Infallible>);
        let headers = [
            (CONTENT_TYPE, "text/event-stream"),
            (CACHE_CONTROL, "no-store"),
        ];
        (headers, Body::from_stream(frames)).into_response()
    }

    fn panel(&self, engine: &Arc<Engine>, key: &str) -> Option<Arc<Show>> {
        let (panel, view) = View::parse_key(key)?;
        let host = engine.host(view.host.as_deref())?;
        let other = match &view.beside {
            Some(name) => Some(engine.host(Some(name))?),
            None => None,
        };
        self.corner(&host, view.scope).ok()?;
        let studio = Studio {
            engine: Arc::clone(engine),
            corners: Arc::clone(&self.corners),
            drawn: Arc::clone(&self.drawn),
        };
        self.show(&view.key(panel), |frames| async move {
            match other {
                Some(other) => compare(studio, [host, other], panel, view, frames).await,
                None => redraw(studio, host, panel, view, frames).await,
            }
        })
    }

    fn value(&self, engine: &Engine, key: &str) -> Option<Arc<Show>> {
        let (value, host) = values::parse_key(key)?;
        let key = values::key(value, host.as_deref());
        let host = engine.host(host.as_deref())?;
        self.show(&format!("{VALUE}{key}"), |frames| {
            tell(host, value, key, frames)
        })
    }

    /// The show of this name: the one that others already look at, or a new one.
    /// `None` when there are too many already.
    fn show<F>(&self, name: &str, run: impl FnOnce(watch::Sender<Frame>) -> F) -> Option<Arc<Show>>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(show) = shows.get(name).and_then(Weak::upgrade) {
            return Some(show);
        }
        shows.retain(|_, show| show.strong_count() > 0);
        if shows.len() >= MOST_SHOWS {
            return None;
        }
        let (sender, latest) = watch::channel(None);
        let show = Arc::new(Show {
            latest,
            task: tokio::spawn(run(sender)),
        });
        shows.insert(name.to_owned(), Arc::downgrade(&show));
        Some(show)
    }
}

/// A sandbox that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no sandbox {0} on this host")]
pub struct NoSandbox(pub SandboxId);

fn corner(corners: &Corners, host: &Host, scope: Scope) -> Result<Option<Corner>, NoSandbox> {
    let found = |id| corners(host.name(), id).ok_or(NoSandbox(id));
    scope.sandbox().map(found).transpose()
}

/// What every picture of a stream is drawn with.
#[derive(Clone)]
struct Studio {
    engine: Arc<Engine>,
    corners: Corners,
    drawn: Arc<AtomicU64>,
}

/// Draws a panel, and again whenever its host changes. The event's first line is
/// the panel's key, the rest the fragment. It ends with the sandbox that it shows.
async fn redraw(
    studio: Studio,
    host: Arc<Host>,
    panel: Panel,
    view: View,
    frames: watch::Sender<Frame>,
) {
    let key = view.key(panel);
    let mut drawings = pin!(drawings(studio, host, panel, view));
    while let Some(drawn) = drawings.next().await {
        publish(&frames, event("panel", &format!("{key}\n{}", drawn.html)));
    }
    publish(&frames, event("gone", &key));
}

/// Draws two hosts side by side, and again whenever either changes. Neither waits for
/// the other.
async fn compare(
    studio: Studio,
    hosts: [Arc<Host>; 2],
    panel: Panel,
    view: View,
    frames: watch::Sender<Frame>,
) {
    let key = view.key(panel);
    let [left, right] = sides(&hosts, &view);
    let mut both = select(
        drawings(studio.clone(), Arc::clone(&hosts[0]), panel, left)
            .map(|drawn| (0, drawn))
            .boxed(),
        drawings(studio, Arc::clone(&hosts[1]), panel, right)
            .map(|drawn| (1, drawn))
            .boxed(),
    );
    let mut drawn: [Option<Drawn>; 2] = [None, None];
    while let Some((side, picture)) = both.next().await {
        drawn[side] = Some(picture);
        let together = together(&hosts, panel, &view, &drawn);
        publish(
            &frames,
            event("panel", &format!("{key}\n{}", together.html)),
        );
    }
}

/// What is asked of each of two hosts, each beside the other.
fn sides(hosts: &[Arc<Host>; 2], view: &View) -> [View; 2] {
    let [left, right] = [hosts[0].name(), hosts[1].name()];
    [
        view.against(left, Some(right)),
        view.against(right, Some(left)),
    ]
}

fn together(
    hosts: &[Arc<Host>; 2],
    panel: Panel,
    view: &View,
    drawn: &[Option<Drawn>; 2],
) -> Drawn {
    let side = |at: usize| Side {
        host: hosts[at].name(),
        drawn: drawn[at].as_ref(),
    };
    beside(panel, view, [side(0), side(1)])
}

/// Two hosts side by side as they are now. A side that takes longer than `patience`
/// says that it has not answered yet.
pub async fn draw_beside(
    engine: &Engine,
    hosts: [Arc<Host>; 2],
    panel: Panel,
    view: &View,
    patience: Duration,
) -> Drawn {
    let [left, right] = sides(&hosts, view);
    let (left, right) = tokio::join!(
        tokio::time::timeout(patience, draw(engine, &hosts[0], panel, &left, None)),
        tokio::time::timeout(patience, draw(engine, &hosts[1], panel, &right, None)),
    );
    together(&hosts, panel, view, &[left.ok(), right.ok()])
}

/// The pictures of a panel, one after each change that it may show. Those of a sandbox
/// end when it does; and what others on the host do brings no new one.
fn drawings(
    studio: Studio,
    host: Arc<Host>,
    panel: Panel,
    view: View,
) -> impl Stream<Item = Drawn> + Send {
    let growth = studio.engine.grows();
    let watches = (panel != Panel::Hosts).then(|| host.watch());
    let begun = Begun {
        studio,
        host,
        panel,
        view,
        watch: watches,
        growth,
        all: Vec::new(),
        first: true,
        scoped: None,
        shown: Answers::default(),
    };
    stream::unfold(begun, async |mut begun| {
        loop {
            let first = std::mem::replace(&mut begun.first, false);
            if !first {
                begun.changed().await;
            }
            begun.watch_all();
            let studio = &begun.studio;
            let corner = corner(&studio.corners, &begun.host, begun.view.scope).ok()?;
            begun.scope_to(corner);
            let (panel, view) = (begun.panel, &begun.view);
            // First, whether there is anything new in the sandbox.
            if let (Some(scoped), false) = (&mut begun.scoped, first) {
                let asks = |have: &Answers| asks(panel, view, have);
                let have = begun.host.gather_scoped(asks, scoped, true).await;
                if have.are_those_of(&begun.shown) {
                    continue;
                }
            }
            let scoped = begun.scoped.as_mut();
            let have = gather(&begun.studio.engine, &begun.host, panel, view, scoped).await;
            if begun.scoped.is_some() {
                begun.shown = have.clone();
            }
            begun.studio.drawn.fetch_add(1, Ordering::Relaxed);
            let drawn = draw_from(panel, view, have).await;
            return Some((drawn, begun));
        }
    })
}

/// A panel that is being drawn again and again.
struct Begun {
    studio: Studio,
    host: Arc<Host>,
    panel: Panel,
    view: View,
    watch: Option<Watch>,
    growth: watch::Receiver<u64>,
    /// For the panel of all hosts: each of them.
    all: Vec<Watch>,
    first: bool,
    /// For a sandbox: what it has been shown of its host.
    scoped: Option<Scoped>,
    /// For a sandbox: what the last picture was drawn from.
    shown: Answers,
}

impl Begun {
    /// Goes on with what was shown, while the same decides the sandbox's part.
    fn scope_to(&mut self, corner: Option<Corner>) {
        let known = self.scoped.as_ref().map(Scoped::corner);
        if known != corner.as_ref() {
            self.scoped = scoped(self.panel, corner);
        }
    }

    /// The panel of all hosts watches those that were added, too.
    fn watch_all(&mut self) {
        if self.panel == Panel::Hosts {
            let hosts = self.studio.engine.hosts();
            let new = hosts.iter().skip(self.all.len());
            self.all.extend(new.map(|host| host.watch()));
        }
    }

    async fn changed(&mut self) {
        let all = self.all.iter_mut();
        let mut all: FuturesUnordered<_> = all.map(Watch::changed_or_paced).collect();
        let own = async {
            match &mut self.watch {
                Some(watch) => watch.changed().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = own => {}
            Some(()) = all.next() => {}
            Ok(()) = self.growth.changed() => {}
        }
    }
}

/// Says one live value, and again whenever its host says another.
async fn tell(host: Arc<Host>, value: &'static Value, key: String, frames: watch::Sender<Frame>) {
    let mut watch = host.watch();
    loop {
        let have = host.gather(|_| vec![value.ask.clone()]).await;
        let drawn = values::draw(value, &key, &have).render();
        // The template cannot fail on text; without it the last word stands.
        if let Ok(html) = drawn {
            publish(&frames, event("value", &format!("{key}\n{html}")));
        }
        watch.changed().await;
    }
}

/// Draws the masthead's host chip, and again whenever the host's state changes.
async fn chip(
    engine: Arc<Engine>,
    host: Arc<Host>,
    unknown: Option<String>,
    frames: watch::Sender<Frame>,
) {
    let mut watch = host.watch();
    let mut growth = engine.grows();
    loop {
        let chip = hosts::chip(&engine.hosts(), &host, unknown.as_deref());
        publish(&frames, event("host", &chip));
        tokio::select! {
            () = watch.changed() => {}
            Ok(()) = growth.changed() => {}
        }
    }
}

/// Draws a panel now, from what its host says, or from a sandbox's part of it.
pub async fn draw(
    engine: &Engine,
    host: &Host,
    panel: Panel,
    view: &View,
    corner: Option<Corner>,
) -> Drawn {
    let mut scoped = scoped(panel, corner);
    let have = gather(engine, host, panel, view, scoped.as_mut()).await;
    draw_from(panel, view, have).await
}

/// A sandbox's view. The panel of all hosts shows no sandbox's objects.
fn scoped(panel: Panel, corner: Option<Corner>) -> Option<Scoped> {
    corner.filter(|_| panel != Panel::Hosts).map(Scoped::new)
}

fn asks(panel: Panel, view: &View, have: &Answers) -> Vec<Ask> {
    let mut asks = panel.asks(view, have);
    // The storage driver is compared, whatever the panel shows.
    asks.extend(view.beside.as_ref().map(|_| Ask::Info));
    asks
}

/// Everything that a picture is drawn from.
async fn gather(
    engine: &Engine,
    host: &Host,
    panel: Panel,
    view: &View,
    scoped: Option<&mut Scoped>,
) -> Answers {
    let asks = |have: &Answers| asks(panel, view, have);
    let mut have = match scoped {
        Some(scoped) => host.gather_scoped(asks, scoped, false).await,
        None => host.gather(asks).await,
    };
    have.roster = Arc::new(match panel {
        Panel::Hosts => {
            learn_ids(engine).await;
            engine.roster().await
        }
        // Only their names are shown: no file is read for them.
        _ => Roster::of(&engine.hosts(), Vec::new()),
    });
    have
}

/// A large host takes a while to draw: that is done beside the async threads, a few at a
/// time, so that notes never wait.
async fn draw_from(panel: Panel, view: &View, have: Answers) -> Drawn {
    static DRAWING: Semaphore = Semaphore::const_new(DRAWN_AT_ONCE);
    // An error would mean that the semaphore was closed, which nobody does.
    let turn = DRAWING.acquire().await;
    let view = view.clone();
    let drawing = tokio::task::spawn_blocking(move || {
        // Held by the drawing itself: whoever waited for it may be gone by then.
        let _turn = turn;
        panels::draw(panel, &view, &have)
    });
    match drawing.await.map_err(JoinError::try_into_panic) {
        Ok(drawn) => drawn,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // Waterline is stopping: nobody waits for the picture any more.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Asks each host that answers, once, what it calls itself. One that takes its time is
/// left alone until the next picture.
async fn learn_ids(engine: &Engine) {
    let hosts = engine.hosts();
    let nameless = hosts
        .iter()
        .filter(|host| host.is_nameless() && host.status() == Status::Live);
    let asked = nameless.map(|host| tokio::time::timeout(ID_PATIENCE, host.answer(&Ask::Info)));
    // Whatever each answers or does not, the roster knows.
    join_all(asked).await;
}

/// Sends a frame to every viewer, unless it is what they already have.
fn publish(frames: &watch::Sender<Frame>, frame: Bytes) {
    frames.send_if_modified(|latest| {
        let new = latest.as_ref() != Some(&frame);
        if new {
            *latest = Some(frame);
        }
        new
    });
}

/// One server-sent event. The text may have line breaks; a lone carriage return
/// would end a line too, so none is let through.
fn event(name: &str, text: &str) -> Bytes {
    let mut frame = format!("event: {name}\n");
    for line in text.lines() {
        frame.push_str("data: ");
        frame.extend(line.chars().filter(|&c| c != '\r'));
        frame.push('\n');
    }
    frame.push('\n');
    Bytes::from(frame)
}

type Frames = BoxStream<'static, Bytes>;

fn once(frame: Bytes) -> Frames {
    stream::iter([frame]).boxed()
}

/// The frames of one show, which stays alive as long as this stream does.
fn viewing(show: Arc<Show>) -> Frames {
    let latest = WatchStream::new(show.latest.clone());
    latest
        .filter_map(move |frame| {
            let _alive = &show;
            std::future::ready(frame)
        })
        .boxed()
}
