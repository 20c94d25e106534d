//! The integration tests: one binary, one module a subject.

mod architecture;
mod engine;
mod engine_live;
mod engine_secrets;
#[cfg(unix)]
mod engine_ssh;
mod engine_tls;
mod fake_engine;
mod live;
mod live_engine;
mod many_hosts;
mod networks;
mod notebook;
mod notebook_bad_input;
mod notebook_properties;
mod notebook_watch;
mod pages;
mod panels;
mod shell;
mod shell_start;
