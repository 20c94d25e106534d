//! The hosts that a subcommand acts on: those named with `--host`, in the settings, or
//! the one that the docker command would use.

use crate::config::Settings;
use crate::engine::{Engine, FindError, Host};
use std::io;
use std::sync::Arc;

/// Why a subcommand that acts on hosts did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum HostsError {
    /// A setting names no host.
    #[error("{0}")]
    Find(#[from] FindError),
    /// There is no host at all.
    #[error("no Docker host was found. Name one with --host ENDPOINT")]
    NoHost,
    /// The system does not let us start threads.
    #[error("the system does not let Waterline start: {0}")]
    System(io::Error),
    /// Some hosts are not as they should be; each has said why.
    #[error("{0}")]
    Not(String),
}

/// The hosts, of which there is at least one.
pub fn hosts(settings: &Settings) -> Result<Arc<Vec<Arc<Host>>>, HostsError> {
    let hosts = Engine::find(&settings.hosts)?.hosts();
    match hosts.is_empty() {
        true => Err(HostsError::NoHost),
        false => Ok(hosts),
    }
}

/// Runs `work` with what it needs to wait.
pub fn run<T>(work: impl Future<Output = Result<T, HostsError>>) -> Result<T, HostsError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(HostsError::System)?
        .block_on(work)
}

/// `1 thing`, `2 things`.
pub fn count(number: usize, thing: &str) -> String {
    match number {
        1 => format!("1 {thing}"),
        _ => format!("{number} {thing}s"),
    }
}

/// A line on standard output; a closed pipe is no reason to stop.
pub fn say(text: std::fmt::Arguments<'_>) {
    use io::Write;
    let _ = writeln!(io::stdout(), "{}", super::harmless(&text.to_string()));
}
