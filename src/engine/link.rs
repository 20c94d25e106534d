//! Links: a connection to an engine whose API version has been negotiated.
//!
//! A link lasts until its engine is away or another one answers in its place; then
//! it is broken, which ends every question still waiting on it, and a new one is
//! opened with a new negotiation.

use super::endpoint::{Address, Endpoint};
use super::transport::{Deadline, Door, Transport};
use super::{Ask, Away, files, mask, past};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long an engine may take for a heartbeat: one is sent every two seconds, and
/// what is shown is known to be old within three.
const BEAT: Duration = Duration::from_millis(800);

/// A version of the engine's API, e.g. `1.41`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ApiVersion {
    /// The part before the dot.
    pub major: u16,
    /// The part after it.
    pub minor: u16,
}

impl ApiVersion {
    /// The newest that Waterline knows. 1.53 takes fields away that panels read.
    pub const OURS: ApiVersion = ApiVersion {
        major: 1,
        minor: 52,
    };
    /// The oldest that Waterline understands.
    pub const OLDEST: ApiVersion = ApiVersion {
        major: 1,
        minor: 24,
    };

    /// Reads `1.41`; `None` for anything else.
    pub fn parse(text: &str) -> Option<ApiVersion> {
        let (major, minor) = text.trim().split_once('.')?;
        Some(ApiVersion {
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
        })
    }

    /// The version to speak with an engine that knows `oldest` to `newest`.
    ///
    /// # Errors
    /// [`Away::NoCommonVersion`] when there is none.
    pub fn in_common(newest: &str, oldest: Option<&str>) -> Result<ApiVersion, Away> {
        let no_common = || Away::NoCommonVersion(newest.chars().take(20).collect());
        let theirs = ApiVersion::parse(newest).ok_or_else(no_common)?;
        let at_least = oldest.and_then(ApiVersion::parse);
        let version = theirs.min(ApiVersion::OURS);
        if version < ApiVersion::OLDEST || at_least.is_some_and(|least| version < least) {
            return Err(no_common());
        }
        Ok(version)
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A negotiated connection.
pub struct Link {
    transport: Transport,
    api: ApiVersion,
    engine: String,
    system: Option<(String, String)>,
    /// What `/_ping` said when the link was opened: another engine in the same place
    /// usually says something else.
    greeting: Greeting,
    door: Door,
    /// How far its clock is ahead of ours, and when that was measured. Held for a line.
    ahead: Mutex<Option<(SignedDuration, Instant)>>,
    broken: watch::Sender<Option<Away>>,
}

/// What an engine says of itself with every ping.
type Greeting = (Option<String>, Option<String>);

impl Link {
    /// Connects to `endpoint` and negotiates.
    ///
    /// # Errors
    /// Why nobody answers, or that there is no version in common.
    pub async fn open(endpoint: &Endpoint) -> Result<Link, Away> {
        let transport = Transport::new(endpoint)?;
        let door = transport.knock(Deadline::PING).await?;
        let ping = transport.get("/_ping", Deadline::PING).await?;
        // Asked without a version: it says which ones there are.
        let version = transport.get("/version", Deadline::INSPECT).await?;
        let version: Value = serde_json::from_slice(&version.body)
            .map_err(|error| Away::Unreadable(error.to_string()))?;
        let newest = version["ApiVersion"].as_str().or(ping.api.as_deref());
        let newest = newest.ok_or_else(|| {
            Away::Unreadable("it does not say which API version it speaks".into())
        })?;
        Ok(Link {
            api: ApiVersion::in_common(newest, version["MinAPIVersion"].as_str())?,
            engine: mask::line(version["Version"].as_str().unwrap_or_default()),
            system: version["Os"].as_str().map(|os| {
                let arch = version["Arch"].as_str().unwrap_or_default();
                (mask::line(os), mask::line(arch))
            }),
            greeting: (ping.api, ping.server),
            door,
            transport,
            ahead: Mutex::default(),
            broken: watch::Sender::new(None),
        })
    }

    /// Where it goes.
    pub fn endpoint(&self) -> &Endpoint {
        self.transport.endpoint()
    }

    /// The client under it.
    pub fn transport(&self) -> &Transport {
        &self.transport
    }

    /// The version that goes out on the wire.
    pub fn api(&self) -> ApiVersion {
        self.api
    }

    /// The engine's own version, e.g. `20.10.24`; empty when it does not say.
    pub fn engine(&self) -> &str {
        &self.engine
    }

    /// The engine's system and processor, e.g. `linux` and `amd64`, where it says them.
    pub fn system(&self) -> Option<&(String, String)> {
        self.system.as_ref()
    }

    /// Whether the engine still answers, can still be reached by others, and is the one
    /// that was negotiated with.
    ///
    /// # Errors
    /// Why it does not answer.
    pub async fn ping(&self) -> Result<SameEngine, Away> {
        Ok(self.timed_ping().await?.0)
    }

    /// The same, with the round trip of the ping alone.
    ///
    /// # Errors
    /// Why it does not answer.
    pub async fn timed_ping(&self) -> Result<(SameEngine, Duration), Away> {
        let sent = Instant::now();
        let ping = async {
            let reply = self.transport.get("/_ping", Deadline::PING).await?;
            Ok((reply, sent.elapsed()))
        };
        let knock = self.transport.knock(Deadline::PING);
        let ((ping, took), door) = tokio::try_join!(ping, knock)?;
        let same = (ping.api, ping.server) == self.greeting && door == self.door;
        Ok((SameEngine(same), took))
    }

    /// How long a heartbeat may take.
    pub fn patience(&self) -> Duration {
        match self.endpoint().address {
            // An ssh may have to be started first.
            Address::Ssh(_) => Deadline::SSH_PING.0,
            // The knock is a new connection with its handshakes.
            Address::Tcp { .. } => Deadline::PING.0,
            Address::Unix(_) => BEAT,
        }
    }

    /// Puts `ask` to the engine; the answer is masked.
    ///
    /// # Errors
    /// Why there is no answer; what broke the link when it broke meanwhile.
    pub async fn ask(&self, ask: &Ask) -> Result<Value, Away> {
        if *ask == Ask::Events {
            return self.past_events().await;
        }
        if let Ask::Files(id) = ask {
            let version = format!("/v{}", self.api);
            return tokio::select! {
                files = files::fetch(&self.transport, &version, id, files::LIMITS) => files,
                away = self.broke() => Err(away),
            };
        }
        let path = format!("/v{}{}", self.api, ask.path());
        let deadline = match ask {
            Ask::DiskUsage => Deadline::DISK_USAGE,
            _ => Deadline::INSPECT,
        };
        let reply = tokio::select! {
            reply = self.transport.get(&path, deadline) => reply?,
            away = self.broke() => return Err(away),
        };
        let ask = ask.clone();
        // A host of hundreds of containers answers megabytes: read beside the async threads.
        let read = tokio::task::spawn_blocking(move || {
            let mut json = serde_json::from_slice(&reply.body)
                .map_err(|error| Away::Unreadable(error.to_string()))?;
            mask::answer(&ask, &mut json);
            Ok(json)
        });
        read.await
            .unwrap_or_else(|stopped| Err(Away::Unreadable(stopped.to_string())))
    }

    /// The events that the engine still remembers, masked, oldest first.
    async fn past_events(&self) -> Result<Value, Away> {
        let asked = async {
            let path = past::path(self.api, self.now().await?);
            self.transport
                .get_what_comes(&path, Deadline::INSPECT, past::PATIENCE)
                .await
        };
        let reply = tokio::select! {
            reply = asked => reply?,
            away = self.broke() => return Err(away),
        };
        let read = tokio::task::spawn_blocking(move || {
            let mut json = past::read(&reply.body)?;
            mask::answer(&Ask::Events, &mut json);
            Ok(json)
        });
        read.await
            .unwrap_or_else(|stopped| Err(Away::Unreadable(stopped.to_string())))
    }

    /// The moment that it is by the engine's clock.
    ///
    /// # Errors
    /// The engine did not say.
    pub async fn now(&self) -> Result<Timestamp, Away> {
        let ahead = self.ahead().await?;
        let now = Timestamp::now();
        // A clock at the end of time is not believed.
        Ok(now.checked_add(ahead).unwrap_or(now))
    }

    /// How far the engine's clock is ahead of ours, measured once a minute: the clock
    /// of a virtual machine falls behind while its host sleeps.
    async fn ahead(&self) -> Result<SignedDuration, Away> {
        let known = *self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((ahead, measured)) = known
            && measured.elapsed() < past::MEASURED_FOR
        {
            return Ok(ahead);
        }
        let path = format!("/v{}/info", self.api);
        let before = Timestamp::now();
        let reply = self.transport.get(&path, Deadline::INSPECT).await?;
        let ahead = past::ahead(&reply.body, before, Timestamp::now());
        *self.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some((ahead, Instant::now()));
        Ok(ahead)
    }

    /// Breaks the link: whoever still waits on it is told why. The first reason stays.
    pub fn break_off(&self, why: Away) {
        self.broken.send_if_modified(|broken| {
            let first = broken.is_none();
            broken.get_or_insert(why);
            first
        });
    }

    /// Waits until the link is broken, and says why.
    pub async fn broke(&self) -> Away {
        let mut broken = self.broken.subscribe();
        match broken.wait_for(Option::is_some).await {
            Ok(why) => why.clone().unwrap_or(Away::Connecting),
            // The sender lives as long as the link, which is borrowed here.
            Err(_) => Away::Connecting,
        }
    }
}

/// Whether the engine that answers is the one that was negotiated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SameEngine(pub bool);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_that_both_know_is_spoken() {
        let common = |newest, oldest| ApiVersion::in_common(newest, oldest).map(|v| v.to_string());
        assert_eq!(common("1.41", Some("1.12")), Ok("1.41".into()));
        assert_eq!(common("1.53", Some("1.44")), Ok("1.52".into()));
        assert_eq!(common("1.41", None), Ok("1.41".into()));
        assert_eq!(common("1.100", None), Ok("1.52".into()), "not by letters");
        for (newest, oldest) in [
            ("1.23", None),
            ("1.60", Some("1.55")),
            ("x", None),
            ("", None),
        ] {
            assert!(
                matches!(common(newest, oldest), Err(Away::NoCommonVersion(_))),
                "{newest} {oldest:?}"
            );
        }
    }
}
