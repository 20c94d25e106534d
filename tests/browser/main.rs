//! The browser tests: what a reader meets in a real Chromium, served by the real
//! `waterline` command.
//!
//! `tests/run` brings the browser and the Docker engine that they need. Each test
//! is one visit ([`browser::visit`]) to a server of its own ([`waterline`]).

mod browser;
mod docker;
mod kinds;
#[expect(
    dead_code,
    reason = "shared with the integration tests, which use more of it"
)]
#[path = "../it/live_engine.rs"]
mod live_engine;
#[expect(
    dead_code,
    reason = "shared with the integration tests, which use more of it"
)]
#[path = "../it/own_engine.rs"]
mod own_engine;
mod seen;
mod waterline;

mod above;
mod barriers;
mod demos;
mod edits;
mod export;
mod keys;
mod live;
mod many_hosts;
mod map;
mod narrow;
mod outages;
mod palette;
mod panels;
mod paper;
mod place;
mod previews;
mod quiet;
mod reading;
mod room;
mod sizes;
mod steady;
mod themes;
mod values;
mod walk;
mod weights;
mod without_docker;
mod without_scripts;
