//! The engine room: the only room that holds a connection to Docker.
//!
//! A [`Host`] is asked an [`Ask`] and gives an [`Answer`]; answers are raw JSON,
//! masked as they enter. The files, in the order in which they make sense:
//!
//! 1. [`ask`], [`answer`]: the closed list of questions, and what comes back.
//! 2. [`endpoint`], [`find`]: where hosts listen, found as the docker command does.
//! 3. [`host`], `kept`, `link`: one call for many callers, kept while it is true.
//! 4. [`listen`], [`events`]: what makes answers stale, and the heartbeat; `past`: the
//!    events that an engine remembers.
//! 5. [`mask`], `shapes`: what of an answer may be said.
//! 6. [`recorded`], [`mod@record`]: a host's answers in a file.
//! 7. [`files`]: what an image holds, read as its export streams by.
//! 8. `transport`, `tls`: the connection itself.

pub mod answer;
pub mod ask;
pub mod endpoint;
pub mod events;
pub mod files;
pub mod find;
pub mod host;
mod kept;
mod link;
pub mod listen;
pub mod mask;
mod past;
mod processes;
pub mod record;
pub mod recorded;
mod shapes;
mod tls;
mod transport;

pub use answer::{Answer, Answers, Away, HostFacts, State, Why};
pub use ask::{Ask, Id};
pub use endpoint::{Endpoint, EndpointError};
pub use find::{FindError, Found, HostName, Surroundings};
pub use host::{Host, Status};
pub use listen::Watch;
pub use record::record;
pub use recorded::Recording;

use std::collections::HashSet;
use std::sync::Arc;

/// All configured hosts, the default one first.
pub struct Engine {
    hosts: Vec<Arc<Host>>,
}

impl Engine {
    /// The hosts given with `--host`, or without any the one that the docker command
    /// would use. Nothing is connected yet.
    ///
    /// # Errors
    /// Which setting is wrong, and what to do about it.
    pub fn find(flags: &[String]) -> Result<Engine, FindError> {
        let found = find::find(flags, &Surroundings::of_this_process())?;
        Ok(Engine::new(found.into_iter().map(Host::new)))
    }

    /// These hosts. Of two with one name the first is kept.
    pub fn new(hosts: impl IntoIterator<Item = Host>) -> Engine {
        let mut names = HashSet::new();
        let hosts = hosts
            .into_iter()
            .filter(|host| names.insert(host.name().to_owned()))
            .map(Arc::new)
            .collect();
        Engine { hosts }
    }

    /// All of them, the default one first.
    pub fn hosts(&self) -> &[Arc<Host>] {
        &self.hosts
    }

    /// The host of this configured name; the default one for `None`.
    pub fn host(&self, name: Option<&str>) -> Option<&Arc<Host>> {
        match name {
            Some(name) => self.hosts.iter().find(|host| host.name() == name),
            None => self.hosts.first(),
        }
    }
}
