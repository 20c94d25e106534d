//! Hosts: one Docker engine each, asked once however many want to know.
//!
//! [`Host::answer`] is the way in. While somebody holds a [`Watch`](super::Watch),
//! `listen` keeps the connection, hears the events and the heartbeat, and answers
//! are kept until an event makes them stale. When nobody watches, a host is connected
//! when it is asked and answers are kept for a second.

use super::answer::HostFacts;
use super::endpoint::Endpoint;
use super::files::TURN;
use super::find::{Found, HostName};
use super::kept::{Flight, Kept, Told, Truth, UNHEARD, is_definite};
use super::link::{Link, SameEngine};
use super::pace::Pace;
use super::roster::{HostLine, Way};
use super::{Answer, Ask, Away, Recording, State, Why, recorded};
use futures_util::FutureExt;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::AbortHandle;

/// How many questions may be at one engine at a time: the panels of a page on a host
/// of hundreds of containers ask an inspect for each.
const AT_A_TIME: usize = 8;

/// The same where each is a process of its own.
const AT_A_TIME_BY_SSH: usize = 2;

/// How a host is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has asked yet, or the first answer is still on its way.
    Connecting,
    /// It answers.
    Live,
    /// It does not answer any more, or never did.
    Away {
        /// Why.
        why: Away,
        /// Since when this is known.
        since: Timestamp,
    },
    /// It has never answered, and a recording stands in for it.
    Recorded {
        /// Why it does not answer.
        why: Away,
    },
}

/// One Docker engine. Known by its endpoint, never by the engine's own ID: two
/// engines can report the same.
pub struct Host {
    pub(super) core: Arc<Core>,
}

/// What a host's tasks share.
pub(super) struct Core {
    name: HostName,
    /// Where it may listen, in the order in which they are tried.
    candidates: Vec<Endpoint>,
    /// Why there are none.
    problem: Option<Away>,
    /// What stands in for it while it has never answered.
    stand_in: Option<Arc<Recording>>,
    /// Held for a few lines at a time, never across an await.
    now: Mutex<Now>,
    /// One connects, the others wait and take what came of it.
    connecting: tokio::sync::Mutex<()>,
    at_a_time: Semaphore,
    /// One image is exported at a time: the engine packs it on its own disk.
    exports: Semaphore,
    /// Counts what happened: answers gone stale, the host gone or back.
    pub(super) news: watch::Sender<u64>,
    /// Counts how often another figure was to be shown for its pace.
    pub(super) pace_news: watch::Sender<u64>,
}

/// What is known of a host now.
#[derive(Default)]
struct Now {
    kept: Kept,
    link: Option<Arc<Link>>,
    /// When the link's engine last answered a ping.
    confirmed: Option<Instant>,
    /// Whether its events are being heard.
    listening: bool,
    away: Option<Gone>,
    was_live: bool,
    engine: String,
    api: String,
    system: Option<(String, String)>,
    id: Option<String>,
    live_since: Option<Timestamp>,
    pace: Pace,
    endpoint: Option<Endpoint>,
    watchers: usize,
    listener: Option<AbortHandle>,
}

/// A host that does not answer.
struct Gone {
    why: Away,
    since: Timestamp,
    /// When it was last tried.
    tried: Instant,
}

impl Host {
    /// A host that was found; nothing is connected yet. One that was not named by
    /// the reader is replaced by the embedded recording while it has never answered.
    pub fn new(found: Found) -> Host {
        let stand_in = (!found.named).then(recorded::embedded);
        Host::with_stand_in(found, stand_in)
    }

    /// A host with a recording of the caller's choice, or none, to stand in for it.
    pub fn with_stand_in(found: Found, stand_in: Option<Arc<Recording>>) -> Host {
        let at_a_time = match found.candidates.iter().any(Endpoint::is_ssh) {
            true => AT_A_TIME_BY_SSH,
            false => AT_A_TIME,
        };
        Host {
            core: Arc::new(Core {
                name: found.name,
                candidates: found.candidates,
                problem: found
                    .problem
                    .map(|problem| Away::Misconfigured(problem.to_string())),
                stand_in,
                now: Mutex::default(),
                connecting: tokio::sync::Mutex::default(),
                at_a_time: Semaphore::new(at_a_time),
                exports: Semaphore::new(1),
                news: watch::Sender::new(0),
                pace_news: watch::Sender::new(0),
            }),
        }
    }

    /// The configured name.
    pub fn name(&self) -> &str {
        self.core.name.as_str()
    }

    /// The endpoint as the reader may see it, e.g. `unix:///var/run/docker.sock`:
    /// the one that answered last, or the first that is tried.
    pub fn endpoint(&self) -> String {
        self.core.endpoint()
    }

    /// Whether this host is the one that listens at `endpoint`: the one that answered
    /// there, or the only place where it is looked for.
    pub fn is_at(&self, endpoint: &Endpoint) -> bool {
        let now = self.core.now();
        let there = match (&now.endpoint, &*self.core.candidates) {
            (Some(answered), _) => Some(answered),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        there.is_some_and(|there| there.address == endpoint.address)
    }

    /// Everything that is known of this host without asking it.
    pub fn line(&self) -> HostLine {
        let facts = self.facts();
        let status = self.status();
        let now = self.core.now();
        let endpoint = now.endpoint.as_ref().or(self.core.candidates.first());
        let is_live = status == Status::Live;
        HostLine {
            way: endpoint.map(Way::of),
            live_since: now.live_since.filter(|_| is_live),
            system: now.system.clone(),
            id: now.id.clone().filter(|id| !id.is_empty()),
            latency: now.pace.latency().filter(|_| is_live),
            facts,
            status,
        }
    }

    /// A link that can be asked through now, for the hands.
    pub(super) async fn link(&self) -> Result<Arc<Link>, Away> {
        self.core.link().await
    }

    /// Whether nobody has asked yet what the engine calls itself.
    pub fn is_nameless(&self) -> bool {
        self.core.now().id.is_none()
    }

    /// What every panel says of this host.
    pub fn facts(&self) -> HostFacts {
        match self.core.standing_in() {
            Some((recording, _)) => HostFacts {
                name: self.name().to_owned(),
                ..recording.facts()
            },
            None => {
                let now = self.core.now();
                HostFacts {
                    name: self.name().to_owned(),
                    engine: now.engine.clone(),
                    api: now.api.clone(),
                    recorded: None,
                    endpoint: self.core.endpoint_of(&now),
                }
            }
        }
    }

    /// How it is doing, as far as is known.
    pub fn status(&self) -> Status {
        if let Some((_, why)) = self.core.standing_in() {
            return Status::Recorded { why };
        }
        let now = self.core.now();
        match (&now.away, &now.link) {
            (Some(gone), _) => Status::Away {
                why: gone.why.clone(),
                since: gone.since,
            },
            (None, Some(_)) => Status::Live,
            (None, None) if now.was_live => Status::Live,
            (None, None) => Status::Connecting,
        }
    }

    /// What the host says to `ask`. Many callers make one call; an answer is not
    /// asked again while it is known to be true.
    ///
    /// # Errors
    /// Why there is no answer. A host that is away repeats what it said last, marked
    /// stale, or what was recorded, where there is any.
    pub async fn answer(&self, ask: &Ask) -> Result<Answer, Away> {
        self.core.answer(ask).await
    }
}

impl Core {
    fn now(&self) -> MutexGuard<'_, Now> {
        // Nothing in here can be left half done by a panic.
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is reached by ssh, where each try starts a process.
    pub(super) fn is_by_ssh(&self) -> bool {
        self.candidates.iter().any(Endpoint::is_ssh)
    }

    /// Takes the round trip of a ping.
    pub(super) fn paced(&self, trip: Duration) {
        if self.now().pace.add(trip) {
            self.pace_news.send_modify(|news| *news += 1);
        }
    }

    fn tell(&self) {
        self.news.send_modify(|news| *news += 1);
    }

    fn endpoint(&self) -> String {
        self.endpoint_of(&self.now())
    }

    fn endpoint_of(&self, now: &Now) -> String {
        let endpoint = now.endpoint.as_ref().or(self.candidates.first());
        endpoint.map(ToString::to_string).unwrap_or_default()
    }

    /// The recording that stands in for the host now, and why.
    pub(super) fn standing_in(&self) -> Option<(Arc<Recording>, Away)> {
        let now = self.now();
        match (&now.away, &self.stand_in) {
            (Some(gone), Some(recording)) if !now.was_live => {
                Some((Arc::clone(recording), gone.why.clone()))
            }
            _ => None,
        }
    }

    async fn answer(self: &Arc<Self>, ask: &Ask) -> Result<Answer, Away> {
        if let Some(answer) = self.fresh(ask) {
            return answer;
        }
        let link = match self.link().await {
            Ok(link) => link,
            Err(away) => return self.instead(ask, away),
        };
        // It may have been answered while the link was awaited.
        if let Some(answer) = self.fresh(ask) {
            return answer;
        }
        let told = self.fly(ask, link).await;
        match told.result {
            Ok(json) => Ok(Answer {
                json,
                asked: told.asked,
                state: State::Live,
            }),
            Err(away) if is_definite(&away) => Err(away),
            Err(away) => self.instead(ask, away),
        }
    }

    /// The kept answer, if it need not be asked again.
    fn fresh(&self, ask: &Ask) -> Option<Result<Answer, Away>> {
        let mut now = self.now();
        if now.away.is_some() {
            return None;
        }
        let listening = now.listening;
        let (told, truth) = now.kept.fresh(ask, listening)?;
        let state = match truth {
            Truth::True => State::Live,
            Truth::Outdated => State::Stale(Why::Changed),
        };
        Some(told.result.map(|json| Answer {
            json,
            asked: told.asked,
            state,
        }))
    }

    /// The answer to something that changes without a report, where it is the one that
    /// `whole` came with and no event has spoken of it since, however old.
    pub(super) fn unreported(&self, ask: &Ask, whole: &Arc<serde_json::Value>) -> Option<Answer> {
        let now = self.now();
        if now.away.is_some() || !now.listening {
            return None;
        }
        let told = now.kept.unreported(ask)?;
        let json = told
            .result
            .as_ref()
            .ok()
            .filter(|json| Arc::ptr_eq(json, whole))?;
        Some(Answer {
            json: Arc::clone(json),
            asked: told.asked,
            state: State::Live,
        })
    }

    /// What can be said although the host does not answer.
    fn instead(&self, ask: &Ask, away: Away) -> Result<Answer, Away> {
        if let Some((recording, _)) = self.standing_in() {
            return recording.answer(ask);
        }
        match self.now().kept.last(ask) {
            Some(Told {
                result: Ok(json),
                asked,
                ..
            }) => Ok(Answer {
                json: Arc::clone(json),
                asked: *asked,
                state: State::Stale(Why::Away(away)),
            }),
            _ => Err(away),
        }
    }

    /// Joins or starts the flight for `ask`. It flies on its own, so that a caller
    /// who gives up takes nobody else's answer along.
    fn fly(self: &Arc<Self>, ask: &Ask, link: Arc<Link>) -> Flight {
        let core = Arc::clone(self);
        let wanted = ask.clone();
        let (after, lost) = (Arc::clone(self), ask.clone());
        self.now().kept.fly(ask, move |departure| {
            let task = tokio::spawn(async move {
                let (asked, at, result) = match &wanted {
                    // An export takes seconds: it waits beside the other questions.
                    Ask::Files(_) => core.export(&wanted, &link).await,
                    _ => {
                        let permit = core.at_a_time.acquire().await;
                        let (asked, at) = (Timestamp::now(), Instant::now());
                        let result = link.ask(&wanted).await;
                        drop(permit);
                        (asked, at, result)
                    }
                };
                if let Err(away) = &result {
                    core.doubt(&link, away).await;
                }
                let told = departure.brought(result, asked, at);
                let mut now = core.now();
                let same = now
                    .link
                    .as_ref()
                    .is_some_and(|held| Arc::ptr_eq(held, &link));
                if let (true, Ask::Info, Ok(info)) = (same, &wanted, &told.result) {
                    // Known to be empty, where the engine does not say.
                    now.id = Some(info["ID"].as_str().unwrap_or_default().to_owned());
                }
                now.kept.land(&wanted, &told);
                drop(now);
                told
            });
            async move {
                task.await.unwrap_or_else(|error| {
                    let why = Away::Broken(format!("the question was lost: {error}"));
                    let told = departure.brought(Err(why), Timestamp::now(), Instant::now());
                    // Landed as well, so that the next who asks does not join a lost flight.
                    after.now().kept.land(&lost, &told);
                    told
                })
            }
            .boxed()
        })
    }

    /// Exports an image when no other one is being exported.
    async fn export(
        &self,
        ask: &Ask,
        link: &Link,
    ) -> (Timestamp, Instant, Result<serde_json::Value, Away>) {
        let turn = tokio::time::timeout(TURN, self.exports.acquire()).await;
        let (asked, at) = (Timestamp::now(), Instant::now());
        let result = match turn {
            Ok(_turn) => link.ask(ask).await,
            Err(_) => Err(Away::Unreadable(
                "another image of this host is being read; ask again in a moment".into(),
            )),
        };
        (asked, at, result)
    }

    /// After a failed ask: is it the ask, or the host?
    async fn doubt(&self, link: &Arc<Link>, why: &Away) {
        if matches!(why, Away::Refused { .. } | Away::Unreadable(_)) {
            return;
        }
        let _alone = self.connecting.lock().await;
        if !self.is_current(link) {
            return;
        }
        match link.ping().await {
            Ok(SameEngine(true)) => {}
            Ok(SameEngine(false)) => self.drop_link(link),
            Err(away) => self.gone(away),
        }
    }

    /// A link that can be asked through.
    async fn link(&self) -> Result<Arc<Link>, Away> {
        let mut news = self.news.subscribe();
        loop {
            news.borrow_and_update();
            if let Some(settled) = self.settled() {
                return settled;
            }
            if self.now().watchers == 0 {
                return self.connect().await;
            }
            // Whoever listens connects: wait for what comes of it.
            if news.changed().await.is_err() {
                return Err(Away::Connecting);
            }
        }
    }

    /// The link, or why there is none, if that was found out just now.
    fn settled(&self) -> Option<Result<Arc<Link>, Away>> {
        let now = self.now();
        let recent = |at: Instant| at.elapsed() < UNHEARD;
        if let Some(gone) = &now.away {
            let known = now.watchers > 0 || recent(gone.tried);
            return known.then(|| Err(gone.why.clone()));
        }
        let link = now.link.as_ref()?;
        let usable = now.listening || (now.watchers == 0 && now.confirmed.is_some_and(recent));
        usable.then(|| Ok(Arc::clone(link)))
    }

    /// Connects, or makes sure that the link still holds.
    ///
    /// # Errors
    /// Why nobody answers at any of the candidates.
    pub(super) async fn connect(&self) -> Result<Arc<Link>, Away> {
        let _alone = self.connecting.lock().await;
        // Somebody else may have done it meanwhile.
        if let Some(settled) = self.settled()
            && self.now().watchers == 0
        {
            return settled;
        }
        let held = self.now().link.clone();
        if let Some(link) = held {
            match link.ping().await {
                Ok(SameEngine(true)) => {
                    self.now().confirmed = Some(Instant::now());
                    return Ok(link);
                }
                _ => self.drop_link(&link),
            }
        }
        let mut nobody = None;
        let mut telling = self.problem.clone();
        for candidate in &self.candidates {
            match Link::open(candidate).await {
                Ok(link) => return Ok(self.live(link)),
                Err(away @ Away::NobodyThere(_)) => {
                    nobody.get_or_insert(away);
                }
                Err(away) => {
                    telling.get_or_insert(away);
                }
            }
        }
        // A socket that may not be opened says more than one that is not there.
        let away = telling.or(nobody).unwrap_or(Away::Connecting);
        self.gone(away.clone());
        Err(away)
    }

    /// The host answers.
    fn live(&self, link: Link) -> Arc<Link> {
        let link = Arc::new(link);
        let watched = {
            let mut now = self.now();
            now.api = link.api().to_string();
            now.engine = link.engine().to_owned();
            now.system = link.system().cloned();
            now.id = None;
            now.pace.clear();
            now.live_since = Some(Timestamp::now());
            now.endpoint = Some(link.endpoint().clone());
            now.link = Some(Arc::clone(&link));
            now.confirmed = Some(Instant::now());
            now.away = None;
            now.was_live = true;
            now.kept.begin_anew();
            now.watchers > 0
        };
        tracing::info!(
            host = self.name.as_str(),
            endpoint = %link.endpoint(),
            engine = link.engine(),
            api = %link.api(),
            "host answers"
        );
        // For those who watch there is news once the events are heard.
        if !watched {
            self.tell();
        }
        link
    }

    /// The host does not answer.
    pub(super) fn gone(&self, why: Away) {
        let news = {
            let mut now = self.now();
            now.listening = false;
            if let Some(link) = now.link.take() {
                link.break_off(why.clone());
            }
            let tried = Instant::now();
            match &mut now.away {
                // The same again, perhaps in other words: keep what was said first.
                Some(gone) if same_kind(&gone.why, &why) => {
                    gone.tried = tried;
                    false
                }
                Some(gone) => {
                    (gone.why, gone.tried) = (why.clone(), tried);
                    true
                }
                None => {
                    let since = Timestamp::now();
                    now.away = Some(Gone {
                        why: why.clone(),
                        since,
                        tried,
                    });
                    true
                }
            }
        };
        if news {
            tracing::warn!(host = self.name.as_str(), "host is away: {why}");
            self.tell();
        }
    }

    /// Forgets a link whose engine is not the one any more that was negotiated with.
    pub(super) fn drop_link(&self, link: &Arc<Link>) {
        link.break_off(Away::Broken("another engine answers now".into()));
        let mut now = self.now();
        if now
            .link
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, link))
        {
            now.link = None;
            now.listening = false;
        }
    }

    fn is_current(&self, link: &Arc<Link>) -> bool {
        let now = self.now();
        now.link
            .as_ref()
            .is_some_and(|held| Arc::ptr_eq(held, link))
    }

    /// From now on the events of `link` are heard. What was asked before may have
    /// changed unheard.
    pub(super) fn listening(&self, link: &Arc<Link>) {
        {
            let mut now = self.now();
            if !now
                .link
                .as_ref()
                .is_some_and(|held| Arc::ptr_eq(held, link))
            {
                return;
            }
            now.listening = true;
            now.kept.make_stale(|_| true);
        }
        self.tell();
    }

    /// The events are not heard any more, and nothing is known of the host.
    pub(super) fn deaf(&self) {
        self.now().listening = false;
    }

    /// Makes stale what `is_stale` names, and tells who watches.
    pub(super) fn make_stale(&self, is_stale: impl Fn(&Ask) -> bool) {
        if self.now().kept.make_stale(is_stale) {
            self.tell();
        }
    }

    /// Tells who watches that an answer may be asked again.
    pub(super) fn remind(&self) {
        self.tell();
    }

    pub(super) fn disk_usage_due(&self) -> Option<Instant> {
        self.now().kept.disk_usage_due()
    }

    /// Counts one more who watches; the first starts `listener`.
    pub(super) fn add_watcher(&self, listener: impl FnOnce() -> AbortHandle) {
        let mut now = self.now();
        now.watchers += 1;
        if now.watchers == 1 {
            now.listener = Some(listener());
        }
    }

    /// Counts one less; with the last one everything stops.
    pub(super) fn remove_watcher(&self) {
        let mut now = self.now();
        now.watchers = now.watchers.saturating_sub(1);
        if now.watchers > 0 {
            return;
        }
        if let Some(listener) = now.listener.take() {
            listener.abort();
        }
        now.listening = false;
        drop(now);
        // Who still waits for the listener to connect now does it himself.
        self.tell();
    }
}

fn same_kind(a: &Away, b: &Away) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
}
