//! The engine room: the only room that holds a connection to Docker.
//!
//! A [`Host`] is asked an [`Ask`] and gives an [`Answer`]; answers are raw JSON,
//! masked as they enter. The files, in the order in which they make sense:
//!
//! 1. [`ask`], [`answer`]: the closed list of questions, and what comes back.
//! 2. [`endpoint`], [`find`]: where hosts listen, found as the docker command does.
//! 3. [`host`], `kept`, `link`: one call for many callers, kept while it is true;
//!    [`roster`], [`pace`]: what is known of all of them without asking.
//! 4. [`listen`], [`events`]: what makes answers stale, and the heartbeat; `past`: the
//!    events that an engine remembers.
//! 5. [`mask`], `shapes`: what of an answer may be said.
//! 6. [`recorded`], [`mod@record`]: a host's answers in a file.
//! 7. [`files`]: what an image holds, read as its export streams by.
//! 8. [`owned`], [`only`](mod@only), [`rename`], [`scoped`]: which objects are a sandbox's, their
//!    typed names, and what one sandbox is shown of a host.
//! 9. `transport`, `tls`, `ssh`: the connection itself.
//! 10. [`hands`]: the only code that changes a host.

pub mod answer;
pub mod ask;
pub mod endpoint;
pub mod events;
pub mod files;
pub mod find;
mod gather;
pub mod hands;
pub mod host;
mod kept;
mod link;
pub mod listen;
pub mod mask;
pub mod only;
pub mod owned;
pub mod pace;
mod past;
mod processes;
pub mod record;
pub mod recorded;
pub mod rename;
#[cfg(test)]
mod rename_tests;
pub mod roster;
pub mod scoped;
mod shapes;
mod ssh;
mod tls;
mod transport;

pub use answer::{Answer, Answers, Away, HostFacts, State, Why};
pub use ask::{Ask, Id};
pub use endpoint::{Endpoint, EndpointError};
pub use find::{Context, FindError, Found, HostName, Surroundings, Wanted};
pub use host::{Host, Status};
pub use listen::Watch;
pub use only::{Corner, only};
pub use owned::SandboxId;
pub use record::record;
pub use recorded::Recording;
pub use roster::Roster;
pub use scoped::Scoped;

use arc_swap::ArcSwap;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// All hosts, the default one first. A docker context can be added while it runs.
pub struct Engine {
    hosts: ArcSwap<Vec<Arc<Host>>>,
    /// Counts the hosts that were added.
    growth: watch::Sender<u64>,
    /// One adds at a time, so that no two hosts get one name.
    adding: Mutex<()>,
    /// Where contexts are looked for; `None` where nobody looks.
    around: Option<Arc<Surroundings>>,
}

/// Why a docker context was not added to the hosts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// There is no context of this name.
    #[error("this machine has no docker context {0:?}; see `docker context ls`")]
    NoContext(String),
    /// It leads nowhere.
    #[error("{0}")]
    Leads(FindError),
    /// Its name cannot stand in an address.
    #[error("{0:?} is no name for a host; add it with --host NAME=ENDPOINT instead")]
    Name(String),
}

impl Engine {
    /// The hosts that flags or settings name, or without any the one that the docker command
    /// would use. Nothing is connected yet.
    ///
    /// # Errors
    /// Which setting is wrong, and what to do about it.
    pub fn find(wanted: &[Wanted]) -> Result<Engine, FindError> {
        let around = Surroundings::of_this_process();
        let found = find::find(wanted, &around)?;
        Ok(Engine::new(found.into_iter().map(Host::new)).among(around))
    }

    /// With the docker contexts of these surroundings on offer.
    pub fn among(self, around: Surroundings) -> Engine {
        Engine {
            around: Some(Arc::new(around)),
            ..self
        }
    }

    /// These hosts. Of two with one name the first is kept.
    pub fn new(hosts: impl IntoIterator<Item = Host>) -> Engine {
        let mut names = HashSet::new();
        let hosts = hosts
            .into_iter()
            .filter(|host| names.insert(host.name().to_owned()))
            .map(Arc::new)
            .collect();
        Engine {
            hosts: ArcSwap::from_pointee(hosts),
            growth: watch::Sender::new(0),
            adding: Mutex::default(),
            around: None,
        }
    }

    /// All of them now, the default one first.
    pub fn hosts(&self) -> Arc<Vec<Arc<Host>>> {
        self.hosts.load_full()
    }

    /// The host of this configured name; the default one for `None`.
    pub fn host(&self, name: Option<&str>) -> Option<Arc<Host>> {
        let hosts = self.hosts.load();
        let host = match name {
            Some(name) => hosts.iter().find(|host| host.name() == name),
            None => hosts.first(),
        };
        host.cloned()
    }

    /// Tells of every host that is added from now on.
    pub fn grows(&self) -> watch::Receiver<u64> {
        self.growth.subscribe()
    }

    /// Every host and every docker context of this machine, without asking any.
    pub async fn roster(&self) -> Roster {
        let contexts = match self.around.clone() {
            // Files are read beside the async threads.
            Some(around) => tokio::task::spawn_blocking(move || find::contexts(&around))
                .await
                .unwrap_or_default(),
            None => Vec::new(),
        };
        Roster::of(&self.hosts(), contexts)
    }

    /// Adds the docker context of this name to the hosts, and gives the host's name: that
    /// of the one that is there already where the context leads to it. Nothing is asked
    /// yet. Reads files.
    ///
    /// # Errors
    /// Why it cannot be added.
    pub fn connect_context(&self, name: &str) -> Result<String, ConnectError> {
        let contexts = self.around.as_deref().map(find::contexts);
        let context = contexts
            .unwrap_or_default()
            .into_iter()
            .find(|context| context.name == name)
            .ok_or_else(|| ConnectError::NoContext(name.chars().take(64).collect()))?;
        let endpoint = context.leads.map_err(ConnectError::Leads)?;
        let _alone = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let hosts = self.hosts();
        if let Some(host) = hosts.iter().find(|host| host.is_at(&endpoint)) {
            return Ok(host.name().to_owned());
        }
        // Another host may have its name, at another endpoint.
        let taken = hosts.iter().any(|host| host.name() == name);
        let text = match taken {
            true => format!("{name}-context"),
            false => name.to_owned(),
        };
        let host_name = HostName::new(&text)
            .filter(|name| hosts.iter().all(|host| host.name() != name.as_str()))
            .ok_or(ConnectError::Name(text.clone()))?;
        let host = Arc::new(Host::new(Found::named(host_name, endpoint)));
        let mut hosts = Vec::clone(&hosts);
        hosts.push(host);
        self.hosts.store(Arc::new(hosts));
        self.growth.send_modify(|growth| *growth += 1);
        Ok(text)
    }
}
