//! The browser tests: what a reader meets in a real Chromium, served by the real
//! `waterline` command.
//!
//! `tests/run` brings the browser and the Docker engine that they need. Each test
//! is one visit ([`browser::visit`]) to a server of its own ([`waterline`]).

mod browser;
mod docker;
mod seen;
mod waterline;

mod barriers;
mod live;
mod many_hosts;
mod reading;
mod steady;
mod without_docker;
mod without_scripts;
