//! The integration tests: one binary, one module a subject.

mod architecture;
mod compose;
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
mod refusal_cases;
mod refusal_properties;
mod refusals;
mod secrets_live;
mod shell;
mod shell_start;
mod stage;
mod stays_inside;
mod two_drivers;
mod values;
