//! The real engine that `tests/run` brings, for the tests that need one.

use std::sync::Arc;
use waterline::engine::{Endpoint, Found, Host, HostName};

/// Where the engine is; `None` when tests that need it are left out by name.
pub fn endpoint() -> Option<String> {
    named_endpoint("live", "WATERLINE_TEST_HOST")
}

/// Where the engine is that `variable` names; `None` when the tests that need it, or
/// any engine, are left out as `word` or as `live`.
pub fn named_endpoint(word: &str, variable: &str) -> Option<String> {
    let skip = std::env::var("WATERLINE_SKIP").unwrap_or_default();
    if skip
        .split(',')
        .any(|skipped| skipped == "live" || skipped == word)
    {
        return None;
    }
    let endpoint = std::env::var(variable).unwrap_or_else(|_| {
        panic!(
            "{variable} names no Docker engine. `tests/run` brings one; \
             WATERLINE_SKIP={word} leaves out the tests that need it"
        )
    });
    Some(endpoint)
}

/// The engine there, as a host that was named with `--host`.
pub fn live_host(endpoint: &str) -> Arc<Host> {
    let endpoint = Endpoint::parse(endpoint, None).expect("an endpoint");
    let name = HostName::new("live").expect("a name");
    Arc::new(Host::new(Found::named(name, endpoint)))
}
