//! The demos room: what a note does when it is run. A command line becomes a typed
//! command, a permitted one, and then changes on a host, inside one person's sandbox.

pub mod command;
pub mod instance;
pub mod janitor;
pub mod refusal;
pub mod runner;
pub mod sandbox;
pub mod script;
