//! The real engine that `tests/run` brings, for the tests that need one.

use std::sync::Arc;
use waterline::engine::{Endpoint, Found, Host, HostName};

/// Where the engine is; `None` when tests that need it are left out by name.
pub fn endpoint() -> Option<String> {
    let skip = std::env::var("WATERLINE_SKIP").unwrap_or_default();
    if skip.split(',').any(|skipped| skipped == "live") {
        return None;
    }
    let endpoint = std::env::var("WATERLINE_TEST_HOST").unwrap_or_else(|_| {
        panic!(
            "WATERLINE_TEST_HOST names no Docker engine. `tests/run` brings one; \
             WATERLINE_SKIP=live leaves out the tests that need it"
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
