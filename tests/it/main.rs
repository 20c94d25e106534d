//! The integration tests: one binary, one module a subject.

mod architecture;
mod pages;
mod shell;
mod shell_start;
