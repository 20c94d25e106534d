//! Waterline: a notebook of Docker notes that are live below the surface.
//!
//! You read a note; beside each topic a panel shows the same thing happening on
//! the Docker engine of this machine. Read the modules in this order; imports
//! run one way, and `tests/it/architecture.rs` holds them to it:
//!
//! 1. [`notebook`]: Markdown in, linked topics and HTML fragments out. Knows no
//!    Docker and no HTTP.
//! 2. [`engine`]: the only room that holds a connection to Docker.
//! 3. [`panels`]: the live picture of a topic, a pure function from answers.
//! 4. [`demos`]: what a note does when it is run, in a sandbox on a host.
//! 5. [`web`]: routes, pages, the guard, the one live stream.
//! 6. [`author`]: what writing notes needs: checking, exporting, an editor that knows anchors.
//! 7. [`config`] and [`cli`]: every setting once, and the subcommands.

pub mod author;
pub mod cli;
pub mod config;
pub mod demos;
pub mod engine;
pub mod notebook;
pub mod panels;
pub mod web;
