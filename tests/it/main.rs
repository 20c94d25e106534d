//! The integration tests: one binary, one module a subject.

mod notebook;
mod notebook_bad_input;
mod notebook_properties;
mod notebook_watch;
