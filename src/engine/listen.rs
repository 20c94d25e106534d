//! Listening: while somebody watches a host, its events, its heartbeat, and the
//! way back to it when it was away.

use super::Away;
use super::events::{BETWEEN_ROUNDS, DEBOUNCE, Event, events};
use super::host::{Core, Host};
use super::link::{Link, SameEngine};
use futures_util::StreamExt;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, sleep, sleep_until, timeout};

/// How often a watched host is pinged: a hung engine ends no stream.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// How long to wait before connecting again, at first and at most. A host that is
/// back is fresh within two seconds, its first answers included.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The same where each try starts a process and knocks at a stranger's door.
const LONGEST_SSH_PAUSE: Duration = Duration::from_secs(15);

/// How many different events are remembered between two rounds; with more, all
/// answers are stale.
const MOST_EVENTS: usize = 1000;

/// Somebody's interest in a host. While any lives, one event stream and one
/// heartbeat run; none otherwise.
pub struct Watch {
    core: Arc<Core>,
    news: watch::Receiver<u64>,
    pace: watch::Receiver<u64>,
}

impl Host {
    /// Begins to watch.
    pub fn watch(self: &Arc<Self>) -> Watch {
        let core = Arc::clone(&self.core);
        let (news, pace) = (core.news.subscribe(), core.pace_news.subscribe());
        core.add_watcher(|| tokio::spawn(listen(Arc::clone(&core))).abort_handle());
        Watch { core, news, pace }
    }
}

impl Watch {
    /// Resolves once answers went stale or the status changed since it last did,
    /// however often. Cancel safe.
    pub async fn changed(&mut self) {
        if self.news.changed().await.is_err() {
            // The sender lives in the core that we hold; were it gone, there would
            // be no news ever.
            std::future::pending::<()>().await;
        }
    }

    /// The same, or the host answers pings slower or faster than it did. Cancel safe.
    pub async fn changed_or_paced(&mut self) {
        let (news, pace) = (&mut self.news, &mut self.pace);
        tokio::select! {
            _ = news.changed() => {}
            _ = pace.changed() => {}
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.core.remove_watcher();
    }
}

/// Connects, listens until the host is gone, and begins again.
async fn listen(core: Arc<Core>) {
    let longest = match core.is_by_ssh() {
        true => LONGEST_SSH_PAUSE,
        false => LONGEST_PAUSE,
    };
    let mut pause = FIRST_PAUSE;
    loop {
        if let Ok(link) = core.connect().await {
            let began = Instant::now();
            let ended = follow(&core, &link).await;
            core.deaf();
            match ended {
                Ended::Away(away) => core.gone(away),
                // It hung up: connect again at once, unless it does that all the time.
                Ended::HungUp | Ended::Replaced => {
                    core.drop_link(&link);
                    if began.elapsed() > HEARTBEAT {
                        pause = FIRST_PAUSE;
                        continue;
                    }
                }
            }
            if began.elapsed() > HEARTBEAT {
                pause = FIRST_PAUSE;
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

/// Why listening ended.
enum Ended {
    /// The host does not answer, or gives no events.
    Away(Away),
    /// The stream of events ended, as when an engine is stopped.
    HungUp,
    /// Another engine answers in its place.
    Replaced,
}

/// Hears one link's events and heartbeat until either fails.
async fn follow(core: &Core, link: &Arc<Link>) -> Ended {
    tokio::select! {
        ended = hear(core, link) => ended,
        ended = heartbeat(core, link) => ended,
        // An ask found out first.
        away = link.broke() => Ended::Away(away),
    }
}

async fn heartbeat(core: &Core, link: &Link) -> Ended {
    let mut beat = interval(HEARTBEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.tick().await; // the first is at once, and the link has just been opened
    let mut heard = Instant::now();
    loop {
        beat.tick().await;
        match timeout(link.patience(), link.timed_ping()).await {
            Ok(Ok((SameEngine(true), took))) => {
                heard = Instant::now();
                core.paced(took);
            }
            Ok(Ok((SameEngine(false), _))) => return Ended::Replaced,
            Err(_) | Ok(Err(Away::Silent(_))) => {
                return Ended::Away(Away::Silent(heard.elapsed().as_secs()));
            }
            Ok(Err(away)) => return Ended::Away(away),
        }
    }
}

/// Collects events, and lets their answers go stale in rounds.
async fn hear(core: &Core, link: &Arc<Link>) -> Ended {
    let (opened, mut is_open) = watch::channel(false);
    let mut stream = match events(link, opened) {
        Ok(stream) => stream,
        Err(away) => return Ended::Away(away),
    };
    let mut pending = HashSet::new();
    let mut everything = false;
    let mut round: Option<tokio::time::Instant> = None;
    let mut last_round: Option<tokio::time::Instant> = None;
    let mut disk_usage: Option<Instant> = None;
    let mut open = false;
    loop {
        tokio::select! {
            // Before events, so that the first event is not taken for the opening.
            biased;
            opening = is_open.wait_for(|open| *open), if !open => {
                if opening.is_ok() {
                    core.listening(link);
                }
                open = true;
            }
            event = stream.next() => match event {
                Some(Ok(event)) => {
                    note(event, &mut pending, &mut everything);
                    let now = tokio::time::Instant::now();
                    let earliest = last_round.map_or(now, |last| last + BETWEEN_ROUNDS);
                    round.get_or_insert((now + DEBOUNCE).max(earliest));
                }
                Some(Err(away)) if !open => return Ended::Away(away),
                // bollard ends the stream after what it cannot read; so may we:
                // with the next one everything is asked again.
                Some(Err(_)) | None => return Ended::HungUp,
            },
            () = until(round), if round.is_some() => {
                last_round = round.take();
                core.make_stale(|ask| {
                    everything || pending.iter().any(|event| event.makes_stale(ask))
                });
                pending.clear();
                everything = false;
                disk_usage = core.disk_usage_due();
            }
            () = until(disk_usage.map(Into::into)), if disk_usage.is_some() => {
                disk_usage = None;
                core.remind();
            }
        }
    }
}

/// Remembers an event for the next round.
fn note(event: Event, pending: &mut HashSet<Event>, everything: &mut bool) {
    if pending.len() < MOST_EVENTS {
        pending.insert(event);
    } else {
        *everything = true;
    }
}

async fn until(when: Option<tokio::time::Instant>) {
    match when {
        Some(when) => sleep_until(when).await,
        None => std::future::pending().await,
    }
}
