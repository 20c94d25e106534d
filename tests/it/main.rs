//! The integration tests: one binary, one module a subject.

mod architecture;
mod compose;
mod demos;
mod engine;
mod engine_live;
mod engine_secrets;
#[cfg(unix)]
mod engine_ssh;
mod engine_tls;
mod fake_engine;
mod ground;
mod layer_files;
mod live;
mod live_engine;
mod many_hosts;
mod networks;
mod notebook;
mod notebook_bad_input;
mod notebook_properties;
mod notebook_watch;
mod onlooker;
mod outages;
mod own_engine;
mod pages;
mod panels;
mod past_events;
mod places;
mod scopes;
mod scopes_live;
mod secrets_live;
mod shell;
mod shell_start;
mod stage;
mod two_drivers;
mod values;
mod verify_live;
