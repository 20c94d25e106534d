//! The integration tests: one binary, one module a subject.

mod engine;
mod engine_live;
mod engine_secrets;
mod engine_tls;
mod fake_engine;
mod networks;
