//! The demos room: notes that run. A command line becomes a typed command, a permitted
//! one, and then changes on a host, inside one person's sandbox.

pub mod command;
pub mod refusal;
pub mod script;
pub mod stock;
