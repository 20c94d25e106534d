//! Demos: notes that run. A command line becomes a typed command, a permitted one, and
//! then changes on a host, inside one person's sandbox.

pub mod refusal;
pub mod runner;
pub mod sandbox;
